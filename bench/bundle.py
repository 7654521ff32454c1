"""How long record.zip takes, how large it gets, and whether its memory stays flat.

    python -m bench.bundle --asks 1000 --entries 10000    # and 100000, 1000000 for the whole of it

It makes up a record of that size in a SQLite database of its own and one of a tenth, makes the
file of each in a process of its own, and checks it with its own `verify.py`. Ends with 1 where the
larger one took more memory than twice the smaller one, or does not hold. `--database-url` names one
of that size that `bench.make_load` has filled.
"""

import json
import sys
import tempfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from bench.processes import ROOT, environment, fill, used


def measure(asks, entries, filled=""):
    """Print what it takes for a record of this size; returns the megabytes of memory."""
    with tempfile.TemporaryDirectory(prefix="answerable-bundle-") as place:
        folder = Path(place)
        variables = environment(folder, filled)
        if not filled:
            fill(asks, entries, variables, followers=0)
        make = [sys.executable, "manage.py", "make_record_zip", "--verbosity", "0"]
        made = used(make, variables)
        facts = json.loads((folder / "record" / "made.json").read_text())
        (file,) = (folder / "record").glob("*.zip")
        verify = [sys.executable, "-I", "-S", ROOT / "advocacy/bundle/verify.py", file]
        checked = used(verify, variables)
        print(
            f"{asks} asks, {entries} entries: {facts['size'] / 1e6:.1f} MB, {facts['pages']} pages,"
            f" {made.seconds:.0f} s ({made.cpu:.0f} of CPU), {made.megabytes:.0f} MB of memory;"
            f" verify.py {checked.seconds:.0f} s ({checked.cpu:.0f} of CPU),"
            f" {checked.megabytes:.0f} MB",
            flush=True,
        )
        return made.megabytes


def main(asks, entries, filled):
    small = measure(asks // 10, entries // 10)
    return 0 if measure(asks, entries, filled) <= 2 * small else 1


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.bundle",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--asks", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=10000)
    parser.add_argument("--database-url", default="", help="one that is filled")
    options = parser.parse_args()
    sys.exit(main(options.asks, options.entries, options.database_url))
