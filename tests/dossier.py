"""The dossier that comes with the program, and a few rows of it that load in no time."""

import fcntl
import json
import shutil
import sqlite3
from contextlib import closing, contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from advocacy.content_folder import SITE
from advocacy.management.commands.load_content import FILES
from advocacy.models.kept import forget

DOSSIER = settings.CONTENT_DIR


def rows_of(folder, file):
    return json.loads((folder / file).read_text(encoding="utf-8"))


def write_rows(folder, file, rows):
    (folder / file).write_text(json.dumps(rows), encoding="utf-8")


def few_rows(folder, number=2):
    """Fill a folder with the first rows of each file of the dossier, and all that they name."""
    folder.mkdir(exist_ok=True)
    rows = {model: rows_of(DOSSIER, file) for file, model in FILES.items()}
    kept = {model: [] for model in rows}
    wanted = [(model, row) for model in rows for row in rows[model][:number]]
    while wanted:
        model, row = wanted.pop()
        if row not in kept[model]:
            kept[model].append(row)
            wanted += named_by(model, row, rows)
    for file, model in FILES.items():
        write_rows(folder, file, [row for row in rows[model] if row in kept[model]])
    shutil.copy(DOSSIER / SITE, folder)
    return folder


def named_by(model, row, rows):
    """The rows of other files, or of the same, whose keys stand in a row."""
    for field in model._meta.get_fields():
        keys = row["fields"].get(field.name)
        if not keys or field.related_model not in rows:
            continue
        for (key,) in keys if field.many_to_many else [keys]:
            (named,) = (r for r in rows[field.related_model] if key_of(r) == key)
            yield field.related_model, named


def key_of(row):
    return row["fields"].get("slug") or row["fields"].get("key")


def load_dossier(folder):
    """Load it, or copy what another process of the same run has loaded: that takes no time."""
    connection.ensure_connection()
    loaded = folder / "dossier.sqlite3"
    with (folder / "dossier.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with closing(sqlite3.connect(loaded)) as file:
            if loaded.stat().st_size:
                file.backup(connection.connection)
            else:
                call_command("load_content", verbosity=0)
                connection.connection.backup(file)
    forget()


@contextmanager
def dossier_loaded(folder):
    """The whole dossier inside the block, and an empty database after it."""
    if connection.vendor != "sqlite":
        with transaction.atomic():
            call_command("load_content", verbosity=0)
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
