"""Keeps the databases of the present version, for the tests that bring them up to date.

    python -m tests.releases.make_dump            # once for each version, before its tag

It makes a small record on SQLite and on a PostgreSQL of its own, and writes both into
`tests/releases/VERSION`, with the key of its addresses and the checksums of the migrations. A
version that was tagged stays as it is.
"""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from hashlib import sha256
from pathlib import Path

from advocacy.version import VERSION
from tests.postgres import ROOT, Cluster, programs
from tests.releases import KEYS, MIGRATIONS, POSTGRESQL, RELEASES, SQLITE

# Statements that any program can send, without COPY.
AS_SQL = ["--no-owner", "--no-privileges", "--rows-per-insert=100"]
# What only the newest servers know, or only psql.
NOT_FOR_EVERY_SERVER = re.compile(r"^(?:SET \w+ = .*;|\\(?:un)?restrict .*)\n", flags=re.M)


def make(folder):
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="answerable-release-") as place:
        keep_sqlite(Path(place), folder / SQLITE)
    keep_postgresql(folder / POSTGRESQL)
    files = sorted((ROOT / "advocacy" / "migrations").glob("0*.py"))
    sums = [
        f"{sha256(file.read_bytes()).hexdigest()}  {file.relative_to(ROOT)}\n" for file in files
    ]
    (folder / MIGRATIONS).write_text("".join(sums))


def fill(url, keys):
    """In a process of its own, as one process has one database."""
    fill_it = [sys.executable, "-m", "tests.releases.make_dump", "--fill", str(keys)]
    subprocess.run(fill_it, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, check=True)


def keep_sqlite(place, kept):
    fill(f"sqlite:///{place}/db.sqlite3", kept.parent / KEYS)
    keep(kept, (place / "db.sqlite3").read_bytes())


def keep_postgresql(kept):
    cluster = Cluster()
    try:
        fill(cluster.url, kept.parent / KEYS)
        dump = [f"{programs()}/pg_dump", *AS_SQL, cluster.url]
        said = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    finally:
        cluster.remove()
    keep(kept, NOT_FOR_EVERY_SERVER.sub("", said).encode())


def keep(file, content):
    file.write_bytes(gzip.compress(content, mtime=0))
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1000} kB")


def fill_database(keys):
    """What `fill` runs: the record in an empty database, and the key of its addresses."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests.releases.full_record import empty_tables, make_record_of_all

    call_command("migrate", verbosity=0)
    make_record_of_all()
    keys.write_text(settings.ADDRESS_KEYS[0] + "\n")
    shutil.rmtree(settings.VAR_DIR)
    if empty := empty_tables():
        sys.exit(f"tests/releases/full_record.py leaves these tables empty: {', '.join(empty)}")


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m tests.releases.make_dump",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--again", action="store_true", help="the version is not tagged yet")
    parser.add_argument("--fill", type=Path, metavar="KEYS", help="only fill DATABASE_URL")
    options = parser.parse_args()
    if options.fill:
        fill_database(options.fill)
    elif ".dev" in VERSION:
        parser.error(f"{VERSION} is no version yet: docs/releasing.md says how it becomes one.")
    elif (RELEASES / VERSION).exists() and not options.again:
        parser.error(f"{VERSION} is kept already: give the next version its number, or --again.")
    else:
        make(RELEASES / VERSION)
