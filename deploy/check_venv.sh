#!/bin/sh
# Says in one sentence why .venv cannot be used, and has the Makefile make it anew: check_venv.sh
set -eu

[ -d .venv ] || exit 0
if [ ! -f .venv/pyvenv.cfg ] || ! .venv/bin/python -c "" >/dev/null 2>&1; then
    reason="is not whole"
elif [ "$(cat .venv/made-in 2>/dev/null || pwd -P)" != "$(pwd -P)" ]; then
    # Its programs name the folder they were made in.
    reason="was made in another folder"
else
    exit 0
fi
[ -w .venv ] || { echo "The folder .venv $reason, and cannot be written to."; exit 0; }
rm -f .venv/pyvenv.cfg .venv/installed .venv/installed-dev
echo "The folder .venv $reason: it is made anew."
