"""Brings databases of earlier versions up to date as an operator does, and compares their rows.

    python -m bench.upgrades                 # from each tag of a version before this one
    python -m bench.upgrades f0f7428         # from a commit

Each is cloned and installed into a folder of its own and filled on SQLite with made-up content.
Then `bin/answerable upgrade` takes it to the commit that is checked out here. Ends with 1 where
that fails, where a row of a table is another afterwards, or where the record does not hold.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from contextlib import closing
from pathlib import Path

from bench.processes import ROOT

ASKS, ENTRIES, FOLLOWERS = 100, 1000, 50
# What changes by itself: how often the database changed, and what is known of migrations.
NOT_COMPARED = {"advocacy_contentversion", "django_migrations", "sqlite_sequence"}


def git(*arguments, folder=ROOT):
    asked = ["git", "-C", str(folder), *arguments]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def earlier_versions():
    head = git("rev-parse", "HEAD")
    tags = git("tag", "--list", "v*", "--merged", "HEAD").split()
    return [tag for tag in tags if git("rev-parse", f"{tag}^{{commit}}") != head]


class Server:
    """A checkout of an earlier version with a database and settings of its own."""

    def __init__(self, folder, version):
        self.here, self.var = folder / "here", folder / "var"
        git("clone", "--quiet", "--bare", str(ROOT), str(folder / "origin"))
        git("clone", "--quiet", str(folder / "origin"), str(self.here))
        git("checkout", "--quiet", "--detach", version, folder=self.here)
        self.var.mkdir()
        # No service of this machine is stopped for it.
        programs = folder / "programs"
        programs.mkdir()
        (programs / "systemctl").write_text("#!/bin/sh\nexit 1\n")
        (programs / "systemctl").chmod(0o755)
        self.settings = folder / "settings"
        self.told = {
            "ADDRESS_KEYS": "proof",
            "BACKUP_FOLDER": str(folder / "backups"),
            "DATABASE_URL": f"sqlite:///{self.var}/db.sqlite3",
            "HTTPS": "0",
            "MAIL_URL": "folder:",
            "SECRET_KEY": "proof",
            "VAR_DIR": str(self.var),
        }
        (folder / "backups").mkdir()
        self.variables = os.environ | {
            "ANSWERABLE_ENV": str(self.settings),
            "PATH": f"{programs}:{os.environ['PATH']}",
        }
        self.write_settings()

    def write_settings(self):
        self.settings.write_text("".join(f"{name}={value}\n" for name, value in self.told.items()))

    def run(self, *command, **options):
        done = subprocess.run(command, cwd=self.here, env=self.variables | options, check=False)
        return done.returncode == 0

    def answerable(self, *arguments):
        return self.run(str(self.here / "bin" / "answerable"), *arguments)

    def fill(self):
        key = self.var / "key"
        python = str(self.here / ".venv" / "bin" / "python")
        load = [python, "-m", "bench.make_load", "--quiet", "--actions", str(ASKS)]
        load += ["--updates", str(ENTRIES), "--followers", str(FOLLOWERS)]
        if not self.run("make", "--no-print-directory", "install") or not self.run(
            *load, **self.told
        ):
            return False
        made = [python, "manage.py", "backup", "--new-key", str(key)]
        variables = self.variables | self.told
        said = subprocess.check_output(made, cwd=self.here, env=variables, text=True)
        self.told["BACKUP_KEYS"] = said.partition("BACKUP_KEYS=")[2].split()[0]
        self.write_settings()
        return True

    def rows(self, tables=None):
        """{table: (its columns, its rows)}, of the columns that are named."""
        found = {}
        with closing(sqlite3.connect(self.var / "db.sqlite3")) as database:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                if name in NOT_COMPARED or (tables is not None and name not in tables):
                    continue
                columns = tables[name][0] if tables else None
                chosen = ", ".join(f'"{column}"' for column in columns) if columns else "*"
                rows = database.execute(f'SELECT {chosen} FROM "{name}"')
                columns = [column[0] for column in rows.description]
                found[name] = columns, {repr(row) for row in rows}
        return found


def upgrade(folder, version, head):
    """Whether all that this version had is there afterwards."""
    print(f"    {version}", flush=True)
    server = Server(folder, version)
    if not server.fill():
        return False
    before = server.rows()
    if not server.answerable("upgrade", head):
        return False
    after = server.rows(before)
    lost = [name for name, (_, rows) in before.items() if rows - after.get(name, ((), set()))[1]]
    number = sum(len(rows) for _columns, rows in before.values())
    print(f"    {number:,} rows of {len(before)} tables; others in {', '.join(lost) or 'none'}")
    return (
        not lost
        and server.answerable("verify_record")
        and server.answerable("rebuild_standing", "--check")
    )


def main(folder, versions=()):
    versions = versions or earlier_versions()
    if not versions:
        print("    skipped: there is no tag of a version before this one")
    good, head = True, git("rev-parse", "HEAD")
    for number, version in enumerate(versions):
        place = folder / str(number)
        place.mkdir()
        good = upgrade(place, version, head) and good
        shutil.rmtree(place)
    return good


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.upgrades",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("version", nargs="*", help="a tag or a commit; without any, each tag")
    named = parser.parse_args().version
    with tempfile.TemporaryDirectory(prefix="answerable-upgrades-") as place:
        sys.exit(0 if main(Path(place), named) else 1)
