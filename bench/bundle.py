"""How long record.zip takes, how large it gets, and whether its memory stays flat.

    python -m bench.bundle --asks 1000 --entries 10000    # and 100000, 1000000 for the whole of it

It makes up a record of that size in a SQLite database of its own and one of a tenth, makes the
file of each in a process of its own, and checks it with its own `verify.py`. Ends with 1 where the
larger one took more memory than twice the smaller one, or does not hold.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment(folder):
    return os.environ | {
        "ADDRESS_KEYS": "bench",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "HTTPS": "0",
        "MAIL_URL": "folder:",
        "SECRET_KEY": "bench",
        "VAR_DIR": str(folder),
    }


def used(command, folder):
    """(seconds, megabytes at most, what it wrote) of a program in a process of its own."""
    before = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(folder), stdout=subprocess.PIPE, text=True
    )
    said = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - before, usage.ru_maxrss / 1024, said


def measure(asks, entries):
    """Print what it takes for a record of this size; returns the megabytes of memory."""
    with tempfile.TemporaryDirectory(prefix="answerable-bundle-") as place:
        folder = Path(place)
        sizes = ["--issues", max(1, asks // 10), "--bodies", 20, "--actions", asks]
        sizes += ["--updates", entries, "--followers", 0]
        sizes += ["--database-url", f"sqlite:///{folder}/db.sqlite3"]
        load = [sys.executable, "-m", "bench.make_load", *map(str, sizes)]
        used(load, folder)
        make = [sys.executable, "manage.py", "make_record_zip", "--verbosity", "0"]
        seconds, memory, _said = used(make, folder)
        facts = json.loads((folder / "record" / "made.json").read_text())
        (file,) = (folder / "record").glob("*.zip")
        verify = [sys.executable, "-I", "-S", str(ROOT / "advocacy/bundle/verify.py"), str(file)]
        checked, to_check, _said = used(verify, folder)
        print(
            f"{asks} asks, {entries} entries: {facts['size'] / 1e6:.1f} MB, {facts['pages']} pages,"
            f" {seconds:.0f} s, {memory:.0f} MB of memory; verify.py {checked:.0f} s,"
            f" {to_check:.0f} MB",
            flush=True,
        )
        return memory


def main(asks, entries):
    small = measure(asks // 10, entries // 10)
    return 0 if measure(asks, entries) <= 2 * small else 1


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.bundle",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--asks", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=10000)
    options = parser.parse_args()
    sys.exit(main(options.asks, options.entries))
