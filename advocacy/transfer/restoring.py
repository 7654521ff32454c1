"""Puts a backup into a database: all of it, or nothing.

It is read twice. Damage may show only at its end, and then no row of the database was touched.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from itertools import filterfalse
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, transaction

from advocacy.models import Edition, KeptCopy, content_version, copy_files
from advocacy.models.kept import forget
from advocacy.transfer import archives
from advocacy.transfer.archives import ArchiveError, Member
from advocacy.transfer.backups import (
    CONTENT,
    COPIES,
    MANIFEST,
    ROWS,
    SETTINGS,
    AnyField,
    Manifest,
    Step,
    content_files,
    kept_models,
    migrations_applied,
    read_manifest,
    rows_of,
    stored_fields,
)

# What `migrate` writes by itself: a database that holds nothing else is empty.
MADE_BY_MIGRATE = {
    "auth.Group",
    "auth.Group_permissions",
    "auth.Permission",
    "contenttypes.ContentType",
}
# Of these JSON holds a text.
WRITTEN_AS_TEXT = {
    "BinaryField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DurationField",
    "TimeField",
    "UUIDField",
}

type Keys = list[Any]


class Checked(NamedTuple):
    """A backup that is whole: what it says of itself, and the files of its record's folder."""

    manifest: Manifest
    files: dict[str, str]

    @property
    def has_other_files(self) -> bool:
        """Whether its folder of the record is another than the one that is there now."""
        there = {
            path.relative_to(settings.CONTENT_DIR).as_posix(): sha256(path.read_bytes()).hexdigest()
            for path in content_files()
        }
        return self.files != there


def rows_there() -> str:
    """Which rows keep the database from being empty, in words; "" where it is."""
    found = [
        (rows_of(model).count(), model._meta.verbose_name_plural)
        for model in kept_models()
        if model._meta.label not in MADE_BY_MIGRATE
    ]
    filled = sorted((pair for pair in found if pair[0]), key=lambda pair: -pair[0])
    return ", ".join(f"{number} {name}" for number, name in filled[:3])


def check(path: Path, keys: Keys, progress: Callable[[int], Step]) -> Checked:
    """Read a backup to its end and refuse one that is damaged, or made by another version."""
    archives.check_sum(path)
    manifest: Manifest | None = None
    found: Counter[str] = Counter()
    files: dict[str, str] = {}
    with archives.read(path, keys) as members:
        for member in members:
            if manifest is None:
                manifest = _manifest_in(member)
                step = progress(manifest.number)
            elif member.name.startswith(f"{ROWS}/"):
                number = member.content.count(b"\n")
                found[_table_of(member)] += number
                step(number)
            elif member.name.startswith(f"{CONTENT}/"):
                name = member.name.removeprefix(f"{CONTENT}/")
                files[name] = sha256(member.content).hexdigest()
            elif member.name.startswith(f"{COPIES}/"):
                _demand_its_hash(member)
    if manifest is None:
        raise ArchiveError(f"{path} is no backup of this program: it is empty.")
    promised = {table.name: table.rows for table in manifest.tables if table.rows}
    if promised != dict(found):
        raise ArchiveError(f"{path} is not whole: it holds other numbers of rows than it says.")
    _demand_the_same_tables(manifest)
    return Checked(manifest, files)


def _demand_its_hash(member: Member) -> None:
    if sha256(member.content).hexdigest() != member.name.removeprefix(f"{COPIES}/"):
        raise ArchiveError(f"The file {member.name} of the backup does not hold what was read.")


def _manifest_in(member: Member) -> Manifest:
    if member.name != MANIFEST:
        raise ArchiveError("It is no backup of this program: it does not say what it holds.")
    return read_manifest(member.content)


def _table_of(member: Member) -> str:
    return member.name.split("/")[1]


def _demand_the_same_tables(manifest: Manifest) -> None:
    here = set(migrations_applied())
    if older := sorted(here - set(manifest.migrations)):
        raise ArchiveError(
            f"The backup is older than this program (it lacks {older[0]}): restore it with the"
            f" version that made it ({manifest.version}), then upgrade."
        )
    if newer := sorted(set(manifest.migrations) - here):
        raise ArchiveError(
            f"The backup is newer than this database (it has {newer[0]}): bring the program up to"
            f" date, to {manifest.version} or later, and run `manage.py migrate` first."
        )
    columns = {
        model._meta.db_table: {str(field.column) for field in stored_fields(model)}
        for model in kept_models()
    }
    for table in manifest.tables:
        if columns.get(table.name) != set(table.columns):
            raise ArchiveError(f"The table {table.name} has other columns in the backup than here.")


def restore(
    path: Path, keys: Keys, manifest: Manifest, progress: Callable[[int], Step], *, moved: bool
) -> None:
    """Put the rows of a checked backup in the place of all that the database holds.

    Unless the site only `moved`, mailings that were planned or on their way are held: they may have
    gone out since the backup was made.
    """
    with transaction.atomic():
        content_version.drop_triggers(DEFAULT_DB_ALIAS)
        _empty()
        step = progress(manifest.number)
        with archives.read(path, keys) as members:
            for member in members:
                if member.name.startswith(f"{ROWS}/"):
                    step(_insert(member, manifest))
        # Before triggers are made: no table of PostgreSQL may have unchecked rows then.
        connection.check_constraints()
        with connection.cursor() as cursor:
            for sql in connection.ops.sequence_reset_sql(no_style(), kept_models()):
                cursor.execute(sql)
        if not moved:
            Edition.objects.hold_back(manifest.made_at)
        content_version.make_triggers(DEFAULT_DB_ALIAS, apps)
    ContentType.objects.clear_cache()
    cache.clear()
    forget()


def _empty() -> None:
    """Delete every row but the number that counts the changes of this database."""
    tables = [model._meta.db_table for model in kept_models()]
    tables += ["django_session", "advocacy_worker"]
    statements = connection.ops.sql_flush(no_style(), tables, reset_sequences=True)
    connection.ops.execute_sql_flush(statements)


def _insert(member: Member, manifest: Manifest) -> int:
    """Write the rows of one file as they are: no check of a model, no clock, no history."""
    name = _table_of(member)
    model = next(model for model in kept_models() if model._meta.db_table == name)
    (columns,) = (table.columns for table in manifest.tables if table.name == name)
    by_column = {str(field.column): field for field in stored_fields(model)}
    fields = [by_column[column] for column in columns]
    rows = [
        [_stored(field, value) for field, value in zip(fields, json.loads(line), strict=True)]
        for line in member.content.splitlines()
    ]
    quoted = ", ".join(map(connection.ops.quote_name, columns))
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {connection.ops.quote_name(name)} ({quoted}) VALUES ({places})", rows
        )
    return len(rows)


def _stored(field: AnyField, value: Any) -> Any:
    if value is None and field.null:
        return None
    kind: AnyField = getattr(field, "target_field", field)
    if kind.get_internal_type() in WRITTEN_AS_TEXT:
        value = kind.to_python(value)
    return field.get_db_prep_value(value, connection)


def write_files(path: Path, keys: Keys, folder: Path, *, with_content: bool) -> list[str]:
    """Write the settings of a backup, and the folder of its record, for their owner alone.

    The copies of sources go where the program keeps them; gives the hashes of those that rows name
    and that are not there now.
    """
    kinds = [f"{CONTENT}/"] if with_content else []
    with archives.read(path, keys) as members:
        for member in members:
            if member.name.startswith(f"{COPIES}/"):
                # Where the disk is full, it is named with those that are missing.
                with suppress(OSError):
                    copy_files.write(member.content)
            elif member.name == SETTINGS or member.name.startswith(tuple(kinds)):
                _write_file(folder, member)
    return sorted(filterfalse(copy_files.is_there, KeptCopy.objects.named()))


def _write_file(folder: Path, member: Member) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise ArchiveError(f"The file {name} of the backup would lie outside {folder}.")
    target = folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in name.parts[:-1]:
        target = target / part
        target.mkdir(mode=0o700, exist_ok=True)
    number = os.open(target / name.name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(number, "wb") as file:
        file.write(member.content)
