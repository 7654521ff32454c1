"""What becomes of the rows of a file: new, changed, same or refused, in one transaction."""

import json
import re
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import batched
from traceback import clear_frames
from typing import Any, BinaryIO

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Prefetch, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advocacy.transfer.columns import (
    BATCH,
    KEY,
    KINDS,
    Column,
    Row,
    columns_of,
    demand,
    is_needed,
    named_by,
    other_rows,
)
from advocacy.transfer.files import READERS, Broken, Given, shown

type Reader = Callable[[BinaryIO, Mapping[str, Column]], Iterator[Given]]
# The keys of the rows of other tables, by column and name.
type Known = dict[str, dict[str, int]]


class What(TextChoices):
    NEW = "new", gettext_lazy("new")
    CHANGED = "changed", gettext_lazy("changed")
    SAME = "same", gettext_lazy("same")
    REFUSED = "refused", gettext_lazy("refused")


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one row of a file: the line where it begins, and why it is refused."""

    line: int
    key: str
    what: What
    reasons: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def import_rows(
    kind: str, file: BinaryIO, format: str, *, by: User | None, dry_run: bool = False
) -> Generator[Fate]:
    """Read a binary file and yield the Fate of each row.

    When the last was taken, all is saved; nothing if a row was refused, or in a dry run. Who stops
    before saves nothing either.
    """
    demand(by, KINDS[kind], "add", "change")
    return Import(KINDS[kind], by).fates(READERS[format], file, dry_run)


class Import:
    def __init__(self, model: type[Row], by: User | None) -> None:
        self.model, self.by = model, by
        self.columns = columns_of(model)
        self.relations = {n: field for n, field in self.columns.items() if field.is_relation}
        self.many = [name for name, field in self.relations.items() if field.many_to_many]
        self.now = timezone.now()

    def fates(self, reader: Reader, file: BinaryIO, dry_run: bool) -> Generator[Fate]:
        any_refused = False
        # Keys already seen go to a temporary table on disk: there may be too many for memory.
        with transaction.atomic(), closing(sqlite3.connect("")) as seen:
            seen.execute("CREATE TABLE seen (name TEXT PRIMARY KEY, line INTEGER)")
            for batch in batched(self.given(reader, file, seen), BATCH, strict=False):
                for fate in self.settle(batch):
                    any_refused |= fate.what == What.REFUSED
                    yield fate
            transaction.set_rollback(dry_run or any_refused)

    def given(self, reader: Reader, file: BinaryIO, seen: sqlite3.Connection) -> Iterator[Given]:
        """The rows of the file, with what is wrong with them before the database is asked."""
        try:
            for line, cells, reasons in reader(file, self.columns):
                yield line, cells, reasons or list(faults(line, cells, seen))
        except Broken as broken:
            why = " ".join([broken.why, _("Nothing was read from here on.")])
            yield broken.line, {}, [why]

    def settle(self, batch: Sequence[Given]) -> Iterator[Fate]:
        """Save the rows of a batch that can be saved, and say what became of each."""
        good = [cells for _line, cells, wrong in batch if not wrong]
        stored = {row.slug: row for row in self.stored_rows([cells[KEY] for cells in good])}
        known = {name: self.look_up(name, good) for name in self.relations}
        history: list[LogEntry] = []
        for line, cells, wrong in batch:
            key = cells.get(KEY, "")
            row = stored.get(key)
            try:
                if wrong:
                    raise ValidationError(wrong)
                changed = self.apply(row or self.model(), cells, known, history)
            except ValidationError as error:
                fate = Fate(line, shown(key), What.REFUSED, tuple(sentences(error)))
                # The traceback references the row; drop it, or refused rows pile up in memory.
                clear_frames(error.__traceback__)
                yield fate
            else:
                what = What.NEW if row is None else What.CHANGED if changed else What.SAME
                yield Fate(line, key, what, changed=changed if row else ())
        LogEntry.objects.bulk_create(history)

    def stored_rows(self, keys: list[str]) -> Iterable[Row]:
        related = [
            Prefetch(name, other_rows(self.relations[name]).only("pk")) for name in self.many
        ]
        rows = self.model.objects.filter(slug__in=keys).order_by()
        return rows.select_for_update().prefetch_related(*related)

    def look_up(self, name: str, rows: list[dict[str, str]]) -> dict[str, int]:
        """The rows of the other table that a column of this batch names: {name: pk}."""
        names = {part for cells in rows for part in self.parts(name, cells.get(name, ""))}
        if not names:
            return {}
        by = named_by(self.relations[name])
        wanted = Q(**{f"{by}__in": names})
        if by != KEY:
            numbers = [part[1:] for part in names if re.fullmatch(r"#[0-9]{1,18}", part)]
            wanted |= Q(**{by: "", "pk__in": numbers})
        others = other_rows(self.relations[name]).filter(wanted)
        return {key or f"#{pk}": pk for key, pk in others.values_list(by, "pk")}

    def parts(self, name: str, cell: str) -> list[str]:
        """The names in the cell of a relation: several in one of many, one or none otherwise."""
        parts = re.split(r"[\s,;]+", cell) if name in self.many else [cell.strip()]
        return [part for part in parts if part]

    def apply(
        self, row: Row, cells: dict[str, str], known: Known, history: list[LogEntry]
    ) -> tuple[str, ...]:
        """Put the cells into a row, and save it if that changes it. Gives the columns changed."""
        is_new = row.pk is None
        values = self.values(cells, known, is_new)
        changed = [name for name in values if is_new or values[name] != self.stored(row, name)]
        if not changed:
            return ()
        for name in changed:
            if name not in self.many:
                setattr(row, self.columns[name].attname, values[name])
        # The rows that these name were found for the whole batch at once.
        row.full_clean(exclude=[name for name in self.relations if values.get(name)])
        row.edited_by_staff_at = self.now
        try:
            with transaction.atomic():
                row.save()
                for name in set(changed).intersection(self.many):
                    getattr(row, name).set(values[name])
        except DatabaseError as error:
            raise ValidationError(_("The database refused it: %s") % error) from error
        if self.by:
            history.append(self.remember(self.by, row, is_new, changed))
        return tuple(changed)

    def values(self, cells: dict[str, str], known: Known, is_new: bool) -> dict[str, Any]:
        """What the cells mean, as the attributes of a row hold it. Gathers all that is wrong."""
        values: dict[str, Any] = {}
        reasons: list[str] = []
        for name, cell in cells.items():
            try:
                values[name] = self.value(self.columns[name], cell, known)
            except ValidationError as error:
                reasons += [f"{name}: {message}" for message in error.messages]
        if is_new:
            missing = [self.columns[name] for name in self.many if name not in cells]
            reasons += [f"{field.name}: {blank(field)}" for field in missing if is_needed(field)]
        if reasons:
            raise ValidationError(reasons)
        return values

    def value(self, field: Column, cell: str, known: Known) -> Any:
        if not field.is_relation:
            if cell or field.empty_strings_allowed:
                return field.to_python(cell)
            if not field.null:
                raise ValidationError(blank(field))
            return None
        parts = self.parts(field.name, cell)
        kind = other_rows(field).model._meta.verbose_name
        unknown = [part for part in parts if part not in known[field.name]]
        if unknown:
            sentence = _("There is no %(kind)s “%(key)s”.")
            raise ValidationError(
                [sentence % {"kind": kind, "key": shown(part)} for part in unknown]
            )
        if not parts and not field.blank:
            raise ValidationError(blank(field))
        pks = {known[field.name][part] for part in parts}
        return pks if field.many_to_many else next(iter(pks), None)

    def stored(self, row: Row, name: str) -> Any:
        if name in self.many:
            return {other.pk for other in getattr(row, name).all()}
        return getattr(row, self.columns[name].attname)

    def remember(self, by: User, row: Row, is_new: bool, changed: list[str]) -> LogEntry:
        """The line in the history of the row: who imported what."""
        message = {"added": {}} if is_new else {"changed": {"fields": changed}}
        return LogEntry(
            user_id=by.pk,
            content_type=ContentType.objects.get_for_model(self.model),
            object_id=str(row.pk),
            object_repr=row.slug,
            action_flag=ADDITION if is_new else CHANGE,
            change_message=json.dumps([message]),
        )


def faults(line: int, cells: dict[str, str], seen: sqlite3.Connection) -> Iterator[str]:
    """What no database takes (NUL, halves of characters), and a key that is empty or a double."""
    for name, cell in cells.items():
        if re.search("[\0\ud800-\udfff]", cell):
            yield _("%s: it holds a character that cannot be stored.") % name
            return
    if not cells[KEY]:
        yield _("%s: every row needs one.") % KEY
    elif not seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (cells[KEY], line)).rowcount:
        before = seen.execute("SELECT line FROM seen WHERE name = ?", (cells[KEY],)).fetchone()[0]
        yield _("%(key)s: line %(line)d has the same.") % {"key": KEY, "line": before}


def blank(field: Column) -> str:
    return str(field.error_messages["blank"])


def sentences(error: ValidationError) -> list[str]:
    """The reasons of a refusal, each with the column it is about."""
    if not hasattr(error, "error_dict"):
        return error.messages
    return [
        message if name == "__all__" else f"{name}: {message}"
        for name, messages in error.message_dict.items()
        for message in messages
    ]
