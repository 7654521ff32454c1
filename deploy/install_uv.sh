#!/bin/sh
# Puts uv into .tools with the help of pip, or of venv where there is no pip: install_uv.sh PYTHON
set -eu

python=$1
command -v "$python" >/dev/null || {
    echo "Python 3 is needed: install it with the system's packages." >&2
    exit 1
}
"$python" -c "import sys; sys.exit(sys.version_info < (3, 9))" || {
    echo "This Python is too old to begin with: install Python 3.9 or newer with the system's packages." >&2
    exit 1
}
echo "Fetching uv, the installer, into .tools…"
options="--quiet --disable-pip-version-check --no-warn-script-location --require-hashes"
if "$python" -m pip --version >/dev/null 2>&1; then
    # --target leaves the system's Python alone.
    log=$(PIP_ROOT_USER_ACTION=ignore "$python" -m pip install $options --upgrade --target .tools \
        -r deploy/requirements-uv.txt 2>&1) || { echo "$log" >&2; exit 1; }
elif "$python" -m venv .tools >/dev/null 2>&1; then
    .tools/bin/python -m pip install $options -r deploy/requirements-uv.txt
else
    echo "pip is missing: install the system's python3-pip or python3-venv, or uv itself." >&2
    exit 1
fi
