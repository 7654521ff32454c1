"""The databases of a run: what one process has made, the others copy."""

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test.utils import setup_databases

from advocacy.models import ContentVersion
from advocacy.models.kept import forget
from tests.running import database_url


@contextmanager
def locked(file):
    """Inside the block, no other process of the run is in a block of the same file."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(folder):
    """An empty database for this process. The first one migrates: that takes its time."""
    made = folder / "migrated"
    with locked(folder / "migrated.lock"):
        users = users_of_migrated(folder)
        users.mkdir(exist_ok=True)
        (users / str(os.getpid())).touch()
        is_there = made.exists()
        if is_there:
            copy_migrated(made)
        databases = setup_databases(verbosity=0, interactive=False, keepdb=is_there)
        if not is_there:
            keep_migrated(made)
    remember_empty(made)
    return databases


def users_of_migrated(folder):
    """A file for each process of the run that has not ended yet."""
    return folder / "migrated.users"


def beside_all_databases():
    """A cursor of the server, in none of the databases that are made here."""
    creation: Any = connection.creation
    return creation._nodb_cursor()


@contextmanager
def of_its_own(folder, name):
    """The address of an empty database that has all tables, for processes to work in."""
    made = folder / "migrated"
    if connection.vendor == "sqlite":
        yield f"sqlite:///{shutil.copy(made, folder / f'{name}.sqlite3')}"
        return
    url = database_url()
    with beside_all_databases() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{made.read_text()}"')
    try:
        yield f"{url.rpartition('/')[0]}/{name}"
    finally:
        with beside_all_databases() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def keep_migrated(made):
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(made)) as file:
            connection.connection.backup(file)
        return
    name = connection.settings_dict["NAME"]
    connection.close()  # Nobody may be in a database that is copied.
    with beside_all_databases() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_migrated"')
        cursor.execute(f'CREATE DATABASE "{name}_migrated" TEMPLATE "{name}"')
    made.write_text(f"{name}_migrated")


def copy_migrated(made):
    creation: Any = connection.creation
    name = creation._get_test_db_name()
    if connection.vendor == "sqlite":
        shutil.copy(made, name)
        return
    with beside_all_databases() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{made.read_text()}"')


def drop_migrated(folder):
    """Leave nothing behind on a server that is not thrown away with the run."""
    made = folder / "migrated"
    with locked(folder / "migrated.lock"):
        users = users_of_migrated(folder)
        (users / str(os.getpid())).unlink()
        # The others may still copy it.
        if connection.vendor != "sqlite" and made.exists() and not any(users.iterdir()):
            with beside_all_databases() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{made.read_text()}"')
            made.unlink()


# The database of this process as it is between tests: the file to copy, or, on PostgreSQL, the rows
# of the tables that have some: {table: rows}.
EMPTY: dict[str, Any] = {}


def remember_empty(made):
    if connection.vendor == "sqlite":
        EMPTY["file"] = made
    elif is_master():
        counted = {ContentVersion._meta.db_table}
        EMPTY.update({table: rows_of(table) for table in {*tables_with_rows()} - counted})


def is_master():
    """Whether PostgreSQL lets us pass over its triggers and constraints."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return cursor.fetchone()[0]


def tables_with_rows():
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor]


def rows_of(table):
    with connection.cursor() as cursor:
        return read(cursor, table, tables()[table])


def empty(flush):
    """What Django's `flush` leaves after a test with transactions of its own, in a fifth of the
    time: only the tables that got rows are emptied, and kinds of content, permissions and groups
    are not made anew where the test left them alone.
    """
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(EMPTY["file"])) as file:
            file.backup(connection.connection)
        return
    if not EMPTY or any(rows_of(table) != rows for table, rows in EMPTY.items()):
        flush()
        EMPTY.update({table: rows_of(table) for table in EMPTY})
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in tables_with_rows():
            if table not in EMPTY:
                cursor.execute(f"DELETE FROM {table}")


def load_dossier(folder):
    """Load it, or copy what another process of the run has loaded."""
    connection.ensure_connection()
    load = load_into_sqlite if connection.vendor == "sqlite" else load_into_postgres
    with locked(folder / "dossier.lock"):
        load(folder)
    forget()


def load_into_sqlite(folder):
    loaded = folder / "dossier.sqlite3"
    with closing(sqlite3.connect(loaded)) as file:
        if loaded.stat().st_size:
            file.backup(connection.connection)
        else:
            call_command("load_content", verbosity=0)
            connection.connection.backup(file)


def load_into_postgres(folder):
    loaded = folder / "dossier"
    if loaded.exists():
        write_all({path.name: path.read_bytes() for path in loaded.iterdir()})
        return
    call_command("load_content", verbosity=0)
    loaded.mkdir()
    for table, rows in read_all().items():
        (loaded / table).write_bytes(rows)


def tables():
    """{table: its columns} of all models; the number of the content counts what others write."""
    models = sorted(apps.get_models(include_auto_created=True), key=lambda m: m is ContentVersion)
    return {model._meta.db_table: columns_of(model) for model in models}


def columns_of(model):
    return [f'"{f.column}"' for f in model._meta.concrete_fields if not f.generated]


def read_all():
    """{table: its rows}, as the database itself writes values."""
    with connection.cursor() as cursor:
        return {table: read(cursor, table, columns) for table, columns in tables().items()}


def read(cursor, table, columns):
    if connection.vendor == "sqlite":
        values = ", ".join(f"quote({column})" for column in columns)
        return cursor.execute(f"SELECT {values} FROM {table}").fetchall()
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) TO STDOUT (FORMAT binary)") as rows:
        return b"".join(rows)


def write_all(kept):
    """Put these rows into their tables, instead of what is there."""
    columns = {table: ", ".join(names) for table, names in tables().items() if table in kept}
    with transaction.atomic(), connection.cursor() as cursor:
        for table, names in columns.items():
            cursor.execute(f"DELETE FROM {table}")
            if connection.vendor == "sqlite":
                for row in kept[table]:
                    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(row)})")
                continue
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)") as into:
                into.write(kept[table])
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
    connection.check_constraints()
    forget()


# What a maker of rows made of a database: {its name and the state before: {table: rows}}.
MADE: dict[tuple[str, str], dict] = {}


def made_once(name, make):
    """Have rows made; from the second time on, put in what the first made of the same state."""
    before = read_all()
    state = name, repr((before, settings.CONTENT_DIR, settings.LANGUAGES))
    if state in MADE:
        write_all(MADE[state])
        return
    make()
    MADE[state] = {table: rows for table, rows in read_all().items() if rows != before[table]}


@contextmanager
def dossier_loaded(folder):
    """The whole dossier inside the block, and an empty database after it."""
    if connection.vendor != "sqlite":
        with transaction.atomic():
            load_dossier(folder)
            yield
            transaction.set_rollback(True)
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(":memory:")) as empty:
        connection.connection.backup(empty)
        load_dossier(folder)
        try:
            yield
        finally:
            empty.backup(connection.connection)
            forget()
