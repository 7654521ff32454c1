"""What a program takes in a process of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Used(NamedTuple):
    """Seconds by the clock and of CPU, megabytes at most, and what the program wrote."""

    seconds: float
    cpu: float
    megabytes: float
    said: str


def environment(folder, database_url=""):
    """Of a site of its own in a folder, on SQLite unless told."""
    return os.environ | {
        "ADDRESS_KEYS": "bench",
        "DATABASE_URL": database_url or f"sqlite:///{folder}/db.sqlite3",
        "HTTPS": "0",
        "MAIL_URL": "folder:",
        "SECRET_KEY": "bench",
        "VAR_DIR": str(folder),
    }


def fill(asks, entries, variables, *, followers):
    """Make up a record of that size in the database of a site."""
    sizes = ["--issues", max(1, asks // 10), "--bodies", 20, "--actions", asks]
    sizes += ["--updates", entries, "--followers", followers]
    sizes += ["--database-url", variables["DATABASE_URL"]]
    used([sys.executable, "-m", "bench.make_load", *sizes], variables)


def used(command, variables):
    """Run it to its end; whatever it complains of is seen. Where it fails, so does this program."""
    before = time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)), cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True
    )
    said = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))} ended with {os.waitstatus_to_exitcode(status)}")
    return Used(
        time.monotonic() - before, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said
    )
