"""Bringing the database up to date: one at a time, and back to where it was if that fails."""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

# Any number that no other program takes on this database.
LOCK = 0x616E7377


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else migrates this database meanwhile: whoever comes second waits for the first."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR_DIR / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def missing() -> list[str]:
    """The migrations that are not applied, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def note_file() -> Path:
    return settings.VAR_DIR / "before-migration.json"


def copy_file() -> Path:
    return settings.VAR_DIR / "before-migration.sqlite3"


def forget() -> None:
    """There is nothing to go back to any more."""
    note_file().unlink(missing_ok=True)
    copy_file().unlink(missing_ok=True)


def remember() -> None:
    """Note how the database is now; of SQLite, keep a copy, as not everything goes back there."""
    forget()
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    if connection.vendor == "sqlite":
        os.close(os.open(copy_file(), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        connection.ensure_connection()
        with closing(sqlite3.connect(copy_file())) as copy:
            connection.connection.backup(copy)
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    note_file().write_text(json.dumps(applied))


def go_back() -> bool:
    """Bring the database to where it was when that was noted. False where nothing is noted."""
    if not note_file().exists():
        return False
    if copy_file().exists():
        connection.ensure_connection()
        with closing(sqlite3.connect(copy_file())) as copy:
            copy.backup(connection.connection)
    else:
        then = {(app, name) for app, name in json.loads(note_file().read_text())}
        now = set(MigrationRecorder(connection).applied_migrations())
        for app in sorted({app for app, _name in now - then}):
            names = sorted(name for its, name in then if its == app)
            call_command("migrate", app, names[-1] if names else "zero", verbosity=0)
    forget()
    return True
