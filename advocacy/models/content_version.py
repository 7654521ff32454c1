"""One number that changes with everything the public pages show, so that they can be kept."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection, connections, models, transaction

# What no public page shows. Every other table of ours counts, one that is new as well.
NOT_PUBLIC = {
    "ContentVersion",
    # People, and the mail to them.
    *[
        "Subscriber",
        "Follow",
        "SignUp",
        "Refusal",
        "Edition",
        "Delivery",
        "StateNews",
        "NetworkUse",
    ],
    *["Selection", "Selection_entries"],
    # The desk: what readers told, what is not said yet, and who came.
    "Report",
    *["Draft", "Draft_sources", "SubmissionDraft", "SubmissionDraft_organisations"],
    "RecordedDraft",
    *["Withholding", "OnceKey", "SignIn", "Attempt"],
    # How the program is doing.
    *["Worker", "MailOutage", "StaffCall", "LoadedRecord"],
    # Steps that are not counted yet.
    "StepDone",
}
# Fields that no public page shows, of tables that count: those of the link check, which would
# change the number a hundred times an hour. Whether a link is dead is shown.
OF_LINKS = {"link_checked_at", "link_answer", "link_failures"}
# Of a kept copy, hash and the day it was read first are shown.
OF_COPIES = {"last_asked_at", "last_sha256", "tries", "answer", "looked_at", "looked_by"}
NOT_SHOWN = {"Source": OF_LINKS, "ContactPoint": OF_LINKS, "KeptCopy": OF_COPIES}
NAME = "content_changed"

# Once a transaction. The rows are added up, as one row that all writers update would make each wait
# until the one before has ended; the worker folds them into one.
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('answerable.{NAME}', true), '') = '' THEN
        INSERT INTO advocacy_contentversion (number) VALUES (1);
        PERFORM set_config('answerable.{NAME}', 'yes', true);
    END IF;
    RETURN NULL;
END $$
"""
# SQLite has one writer at a time anyway.
SQLITE = """
INSERT INTO advocacy_contentversion (number)
    SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM advocacy_contentversion);
UPDATE advocacy_contentversion SET number = number + 1;
"""


# What a page that is being made has read of it, once it has asked.
_of_page: ContextVar[list[int] | None] = ContextVar("of_page", default=None)


@contextmanager
def one_version() -> Iterator[None]:
    """A page that writes nothing asks for the number once, before all that is kept by it."""
    token = _of_page.set([])
    try:
        yield
    finally:
        _of_page.reset(token)


class ContentVersionQuerySet(models.QuerySet["ContentVersion"]):
    def current(self) -> int | None:
        """The number under which what is read from now on may be kept.

        Two equal numbers: no transaction that changed anything public has ended in between. A
        smaller one than before: another database. None inside a transaction, where nothing may be
        kept: its own changes count already, and may be taken back.
        """
        if connection.in_atomic_block:
            return None
        known = _of_page.get()
        if known is None:
            return self.total()
        if not known:
            known.append(self.total())
        return known[0]

    def total(self) -> int:
        # Asked at every page: written down, it costs a fifth of what the ORM takes to write it.
        with connections[self.db].cursor() as cursor:
            cursor.execute(f"SELECT sum(number) FROM {self.model._meta.db_table}")
            return int(cursor.fetchone()[0] or 0)

    def count_one(self) -> None:
        """Count a change of what pages show that no table holds: of a file, for example."""
        self.create(number=1)

    @transaction.atomic
    def fold(self) -> None:
        """Make one row of all, with the same sum."""
        rows = dict(self.select_for_update(skip_locked=True).values_list("pk", "number"))
        if len(rows) > 1:
            self.filter(pk__in=rows).delete()
            self.create(number=sum(rows.values()))


class ContentVersion(models.Model):
    """How often what the public pages show has changed: the sum of the rows.

    Triggers of the database count, in the transaction of the change: no way of writing gets past
    them. A sequence or a clock would show a change before its transaction has ended.
    """

    number = models.PositiveBigIntegerField(editable=False)

    objects = ContentVersionQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.number)


class Trigger(NamedTuple):
    name: str
    table: str
    sql: str


def counts(model: type[models.Model]) -> bool:
    """Whether public pages show rows of this model."""
    label, name = model._meta.app_label, model._meta.object_name or ""
    return label == "advocacy" and not name.startswith("Historical") and name not in NOT_PUBLIC


def wanted(all_models: Iterable[type[models.Model]], vendor: str) -> Iterator[Trigger]:
    for model in filter(counts, all_models):
        table, hidden = model._meta.db_table, NOT_SHOWN.get(model._meta.object_name or "", ())
        fields = model._meta.local_concrete_fields
        # In one order: migrations add fields at the end.
        shown = sorted(str(field.column) for field in fields if field.name not in hidden)
        old, new = (", ".join(f'{row}."{column}"' for column in shown) for row in ("OLD", "NEW"))
        differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
        when = {"INSERT": "", "DELETE": "", "UPDATE": f"WHEN (({old}) {differs} ({new}))"}
        act = f"EXECUTE FUNCTION {NAME}()" if vendor == "postgresql" else f"BEGIN {SQLITE} END"
        for event, condition in when.items():
            sql = f'AFTER {event} ON "{table}" FOR EACH ROW {condition} {act}'
            # Another definition is another name, so that a change of this file gets through.
            name = f"{NAME}_{event.lower()}_{sha256(sql.encode()).hexdigest()[:12]}"
            yield Trigger(name, table, f"CREATE TRIGGER {name} {sql}")


def existing(using: str) -> dict[str, str]:
    """{name of a trigger: its table}."""
    sql = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    if connections[using].vendor == "postgresql":
        sql = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        )
    with connections[using].cursor() as cursor:
        cursor.execute(sql)
        return {name: table for name, table in cursor.fetchall() if name.startswith(NAME)}


def drop_triggers(using: str, names: Iterable[str] | None = None) -> None:
    """Before a migration: SQLite can neither drop a column that they name nor make a table anew."""
    tables = existing(using)
    with connections[using].cursor() as cursor:
        for name in tables if names is None else names:
            on = f' ON "{tables[name]}"' if connections[using].vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")


def make_triggers(using: str, apps: Any) -> None:
    """After a migration. Whatever was written without them counts as one change."""
    vendor = connections[using].vendor
    needed = {trigger.name: trigger for trigger in wanted(apps.get_models(True), vendor)}
    there = existing(using)
    drop_triggers(using, there.keys() - needed)
    if missing := needed.keys() - there:
        with connections[using].cursor() as cursor:
            if vendor == "postgresql":
                cursor.execute(POSTGRESQL)
            for name in sorted(missing):
                cursor.execute(needed[name].sql)
        ContentVersion.objects.using(using).create(number=1)
