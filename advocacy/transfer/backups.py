"""A whole site as one encrypted file: every row, the record's folder, the copies of sources and
settings, but no secrets.

Rows are written as they are stored, so that the chain and what the keys encrypt stay what they are,
and another kind of database can take them.
"""

import json
import shlex
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field, Model, QuerySet
from django.utils import timezone
from django.utils.duration import duration_iso_string

from advocacy.models import KeptCopy, RecordHead, Site, copy_files
from advocacy.transfer import archives
from advocacy.transfer.archives import ArchiveError, Member
from advocacy.version import VERSION

FORMAT = 1
ROWS_A_FILE = 1000
MANIFEST, SETTINGS, ROWS, CONTENT = "manifest.json", "settings.env", "rows", "content"
# What was read at the addresses of sources, each file under its hash.
COPIES = "evidence"
# Of these no row is kept: who is signed in, the processes of one machine, and how often one
# database has changed, which must only grow.
LEFT_OUT = {"sessions.Session", "advocacy.Worker", "advocacy.ContentVersion"}

type AnyField = Field[Any, Any]
type Step = Callable[[int], Any]


class Table(NamedTuple):
    """The rows of one model in a backup: the columns in their order, and how many rows."""

    name: str
    columns: list[str]
    rows: int


class Manifest(NamedTuple):
    """What a backup says of itself, before all the rest."""

    format: int
    made_at: datetime
    version: str
    site: str
    address: str
    database: str
    head: str
    migrations: list[str]
    tables: list[Table]

    @property
    def number(self) -> int:
        return sum(table.rows for table in self.tables)


class Written(NamedTuple):
    """A backup that was written: what it holds, its checksum, and which copies it lacks."""

    manifest: Manifest
    digest: str
    lost: list[str]


def kept_models() -> list[type[Model]]:
    """Every model that has a table, those between two others as well, but what is left out."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in LEFT_OUT
    ]


def stored_fields(model: type[Model]) -> list[AnyField]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def migrations_applied() -> list[str]:
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )


@contextmanager
def one_moment() -> Iterator[None]:
    """Read the database as it is at one moment, however long that takes; others go on writing."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            if len(connection.savepoint_ids) == 0:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # A transaction that is to write would make all others wait; this one begins as it reads.
    sqlite: Any = connection
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic():
            yield
    finally:
        sqlite.transaction_mode = usual


def write(path: Path, keys: Sequence[str], progress: Callable[[int], Step]) -> Written:
    """Write a backup.

    `progress` is told how many rows there are, and gives what is called with each number of rows.
    A copy of a source whose file is gone or damaged is left out, and named.
    """
    archives.recipients(keys)
    with one_moment():
        manifest = _manifest()
        step = progress(manifest.number)
        lost: list[str] = []
        members = chain(_members(manifest, step), _copies(lost))
        return Written(manifest, archives.write(path, members, keys), lost)


def _manifest() -> Manifest:
    tables = [
        Table(
            model._meta.db_table,
            [str(field.column) for field in stored_fields(model)],
            rows_of(model).count(),
        )
        for model in kept_models()
    ]
    return Manifest(
        FORMAT,
        timezone.now(),
        VERSION,
        Site.current().name,
        settings.SITE_URL,
        connection.vendor,
        RecordHead.current().noted or "",
        migrations_applied(),
        tables,
    )


def rows_of(model: type[Model]) -> QuerySet[Any]:
    """All rows: a manager of the model may show some of them alone."""
    return QuerySet(model=model).order_by("pk")


def _members(manifest: Manifest, step: Step) -> Iterator[Member]:
    yield Member(MANIFEST, as_json(manifest._asdict() | {"tables": _as_dicts(manifest)}))
    yield Member(SETTINGS, settings_kept().encode())
    for path in content_files():
        name = path.relative_to(settings.CONTENT_DIR).as_posix()
        yield Member(f"{CONTENT}/{name}", path.read_bytes())
    for model in kept_models():
        for number, lines in enumerate(_lines(model), start=1):
            yield Member(f"{ROWS}/{model._meta.db_table}/{number:06}.jsonl", b"".join(lines))
            step(len(lines))


def _copies(lost: list[str]) -> Iterator[Member]:
    """The copies that rows name; the hashes of those that cannot be read go into `lost`."""
    for digest in sorted(KeptCopy.objects.named()):
        try:
            content = copy_files.read(digest)
        except OSError:
            lost.append(digest)
        else:
            yield Member(f"{COPIES}/{digest}", content)


def _as_dicts(manifest: Manifest) -> list[dict[str, Any]]:
    return [table._asdict() for table in manifest.tables]


def _lines(model: type[Model]) -> Iterator[list[bytes]]:
    names = [field.attname for field in stored_fields(model)]
    lines = []
    for row in rows_of(model).values_list(*names).iterator(chunk_size=ROWS_A_FILE):
        lines.append(as_json(row))
        if len(lines) == ROWS_A_FILE:
            yield lines
            lines = []
    if lines:
        yield lines


def content_files() -> list[Path]:
    """The files of the record's folder; none where it is not there."""
    folder = settings.CONTENT_DIR
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def settings_kept() -> str:
    """The settings that somebody gave and that are no secret, as the environment file has them."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.TOLD.items())


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_plain).encode() + b"\n"


def _plain(value: Any) -> str:
    """What JSON has no form for. Django's own encoder would cut a moment short."""
    match value:
        case timedelta():
            return duration_iso_string(value)
        case bytes() | memoryview():
            return b64encode(value).decode()
        case UUID() | Decimal():
            return str(value)
        case _ if hasattr(value, "isoformat"):
            return str(value.isoformat())
    raise TypeError(f"{type(value).__name__} has no form in a backup.")


def read_manifest(content: bytes) -> Manifest:
    try:
        said = json.loads(content)
        if said["format"] != FORMAT:
            raise ArchiveError(
                f"This backup has format {said['format']}, and this program reads {FORMAT}: use the"
                " version of the program that made it."
            )
        tables = [Table(**table) for table in said.pop("tables")]
        made_at = datetime.fromisoformat(said.pop("made_at"))
        return Manifest(made_at=made_at, tables=tables, **said)
    except (KeyError, TypeError, ValueError):
        raise ArchiveError(
            "It is no backup of this program: it does not say what it holds."
        ) from None
