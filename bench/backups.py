"""What a backup and its restore take: time, CPU, memory, and the size of the file.

    python -m bench.backups --asks 1000 --entries 10000    # and 100000, 1000000 for a large record
    make bench-backups                                     # the large one, on a PostgreSQL

It makes up a record of that size, backs it up, puts the backup into another database of the same
kind, and verifies it there. Ends with 1 where either took more memory than it may. `--database-url`
names one that `bench.make_load` has filled, with the keys of ADDRESS_KEYS_FILE if that is set; the
other is then made on the server of DATABASE_URL.
"""

import sys
import tempfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from contextlib import closing
from os import environ
from pathlib import Path
from urllib.parse import urlsplit

from bench.processes import environment, fill, used

# Rows are read, written and sent by the thousand, so a larger record takes no more.
MOST_MEGABYTES = 200
FOLLOWERS = 1000


def two_databases(folder):
    """The addresses of a database to be filled and of an empty one."""
    url = environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return f"sqlite:///{folder}/db.sqlite3", f"sqlite:///{folder}/other.sqlite3"
    import psycopg

    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("CREATE DATABASE bench_backed_up")
        connection.execute("CREATE DATABASE bench_restored")
    server = urlsplit(url)
    return tuple(
        server._replace(path=f"/{name}").geturl() for name in ("bench_backed_up", "bench_restored")
    )


def main(asks, entries, filled):
    with tempfile.TemporaryDirectory(prefix="answerable-backups-") as place:
        folder = Path(place)
        first, second = two_databases(folder)
        full, empty = environment(folder, filled or first), environment(folder, second)
        if filled and "ADDRESS_KEYS_FILE" in environ:
            # Its followers were written with the keys of whoever filled it.
            del full["ADDRESS_KEYS"], empty["ADDRESS_KEYS"]
        if not filled:
            fill(asks, entries, full, followers=FOLLOWERS)
        key, file = folder / "key", folder / "site.age"
        made = used([sys.executable, "manage.py", "backup", "--new-key", key], full)
        full["BACKUP_KEYS"] = made.said.partition("BACKUP_KEYS=")[2].split()[0]
        backup = used([sys.executable, "manage.py", "backup", file], full)
        restore = used([sys.executable, "manage.py", "restore", file, "--key", key], empty)
        print(f"{asks:,} asks, {entries:,} entries: {file.stat().st_size / 1e6:.1f} MB")
        for name, took in {"backup": backup, "restore": restore}.items():
            print(
                f"{name}: {took.seconds:.0f} s, {took.cpu:.0f} of CPU,"
                f" {took.megabytes:.0f} MB of memory (at most {MOST_MEGABYTES})"
            )
        print(restore.said, end="")
        return 0 if max(backup.megabytes, restore.megabytes) <= MOST_MEGABYTES else 1


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.backups",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--asks", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=10000)
    parser.add_argument("--database-url", default="", help="one that is filled")
    options = parser.parse_args()
    sys.exit(main(options.asks, options.entries, options.database_url))
