"""What stands in the way of a newcomer is said in one sentence, and in no traceback."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.running import ROOT, environment

pytestmark = pytest.mark.programs


@pytest.fixture
def checkout():
    """What `make` reads of a fresh clone, where any user may look."""
    with tempfile.TemporaryDirectory(prefix="answerable-clone-", dir="/tmp") as made:
        folder = Path(made)
        folder.chmod(0o755)
        shutil.copytree(ROOT / "deploy", folder / "deploy")
        for name in ("Makefile", ".python-version", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(ROOT / name, folder)
        yield folder


def venv_in(checkout, *, made_in):
    """A .venv as `make` leaves it behind."""
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (checkout / ".venv" / "pyvenv.cfg").touch()
    (checkout / ".venv" / "installed").touch()
    (checkout / ".venv" / "made-in").write_text(f"{made_in}\n")


def first_line_of_make(checkout, *user):
    """What `make install` says first, and whether it would go on; nothing is installed."""
    made = subprocess.run(
        [*user, "make", "--dry-run", "--no-print-directory", "install"],
        cwd=checkout,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return (made.stdout + made.stderr).splitlines()[0], made.returncode


def test_a_folder_that_was_moved_has_its_venv_made_anew(checkout):
    venv_in(checkout, made_in="/where/it/was")

    said, code = first_line_of_make(checkout)

    assert said == "The folder .venv was made in another folder: it is made anew."
    assert code == 0
    assert not (checkout / ".venv" / "installed").exists()


def test_a_venv_that_is_half_made_is_made_anew(checkout):
    venv_in(checkout, made_in=checkout.resolve())
    (checkout / ".venv" / "bin" / "python").unlink()

    said, code = first_line_of_make(checkout)

    assert said == "The folder .venv is not whole: it is made anew."
    assert code == 0


def test_a_venv_that_is_whole_is_left_alone(checkout):
    venv_in(checkout, made_in=checkout.resolve())

    said, _code = first_line_of_make(checkout)

    assert "The folder .venv" not in said
    assert (checkout / ".venv" / "installed").exists()


def test_a_folder_that_cannot_be_written_to_is_one_sentence(checkout):
    # Whoever runs as root may write everywhere.
    nobody = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    checkout.chmod(0o555)

    said, code = first_line_of_make(checkout, *nobody)
    checkout.chmod(0o755)

    assert "This folder cannot be written to: copy it to one of your own" in said
    assert code == 2


def test_an_old_python_is_one_sentence(checkout):
    old = checkout / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    refused = subprocess.run(
        ["sh", "deploy/install_uv.sh", old],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "This Python is too old to begin with: install Python 3.9 or newer with the system's"
        " packages."
    ]
