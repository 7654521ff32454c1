"""What becomes of the rows of a file: new, changed, same or refused, in one transaction."""

import json
import re
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Prefetch, QuerySet, TextChoices
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advocacy.text import check_text, tidy
from advocacy.transfer import copies
from advocacy.transfer.columns import (
    BATCH,
    KINDS,
    Column,
    Row,
    blank,
    choices_of,
    columns_of,
    demand,
    is_needed,
    is_of_the_record,
    key_column,
    name_of,
    named_by,
    other_rows,
)
from advocacy.transfer.files import READERS, Broken, Given, shown
from advocacy.transfer.recording import Recording
from advocacy.transfer.saving import Saving, Wish

type Reader = Callable[[BinaryIO, Mapping[str, Column]], Iterator[Given]]
MOST_OPTIONS = 30
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

    Once the last was taken, all is saved; nothing if a row was refused, in a dry run, or if the
    caller stops before the last.
    """
    demand(by, KINDS[kind], "add", "change")
    return Import(KINDS[kind], by).fates(READERS[format], file, dry_run)


class Import:
    def __init__(self, model: type[Row], by: User | None) -> None:
        self.model, self.by = model, by
        self.objects: Any = model._default_manager
        self.columns = columns_of(model)
        self.relations = {n: field for n, field in self.columns.items() if field.is_relation}
        self.many = [name for name, field in self.relations.items() if field.many_to_many]
        self.own = [n for n, field in self.relations.items() if field.related_model is model]
        self.key = key_column(self.columns)
        self.first_options: dict[str, list[str]] = {}
        self.now = timezone.now()

    def fates(self, reader: Reader, file: BinaryIO, dry_run: bool) -> Generator[Fate]:
        """The fate of each row. A file is tried in a copy first where writers wait in turn."""
        if copies.has_one_writer():
            with copies.copied() as in_the_copy:
                any_refused = yield from self.read(reader, file, in_the_copy)
            if dry_run or any_refused:
                return
            file.seek(0)
            yield from self.save(reader, file)
        else:
            with transaction.atomic():
                any_refused = yield from self.read(reader, file, nullcontext)
                transaction.set_rollback(dry_run or any_refused)

    def save(self, reader: Reader, file: BinaryIO) -> list[Fate]:
        """Save all rows of a file that was tried before; what is refused by now takes all back."""
        with transaction.atomic():
            refused = [f for f in self.read(reader, file, nullcontext) if f.what == What.REFUSED]
            transaction.set_rollback(bool(refused))
        return refused

    def read(
        self, reader: Reader, file: BinaryIO, place: copies.Place
    ) -> Generator[Fate, None, bool]:
        """Write the rows to the database in this place. Returns whether one was refused."""
        any_refused = False
        # Keys already seen go to a temporary table on disk: there may be too many for memory.
        with closing(sqlite3.connect("")) as seen:
            seen.execute("CREATE TABLE seen (name TEXT PRIMARY KEY, line INTEGER)")
            for batch in self.batches(self.given(reader, file, seen)):
                with place():
                    fates = list(self.settle(batch))
                any_refused |= any(fate.what == What.REFUSED for fate in fates)
                yield from fates
        return any_refused

    def given(self, reader: Reader, file: BinaryIO, seen: sqlite3.Connection) -> Iterator[Given]:
        """The rows of the file, with what is wrong with them before the database is asked."""
        try:
            for line, cells, reasons in reader(file, self.columns):
                if self.key in cells:
                    cells[self.key] = cells[self.key].strip()
                yield line, cells, reasons or list(faults(line, self.key, cells, seen))
        except Broken as broken:
            why = " ".join([broken.why, _("Nothing was read from here on.")])
            yield broken.line, {}, [why]

    def batches(self, rows: Iterable[Given]) -> Iterator[list[Given]]:
        """Rows to be saved together. One that names a row above it finds that saved.

        The row above it comes along, unless it is the named one: of an entry that was found late
        and the correction below it that this needs, both are saved in one act.
        """
        batch: list[Given] = []
        keys: list[str] = []
        for row in rows:
            cells = row[1]
            named = {key for name in self.own for key in self.parts(name, cells.get(name, ""))}
            named = {key.lower() for key in named}
            if len(batch) >= BATCH or named.intersection(keys):
                along = 0 if keys[-1] in named else 1
                yield batch[: len(batch) - along]
                batch, keys = batch[len(batch) - along :], keys[len(keys) - along :]
            batch.append(row)
            keys.append(cells.get(self.key, "").lower())
        yield batch

    def settle(self, batch: Sequence[Given]) -> Iterator[Fate]:
        """Save the rows of a batch that can be saved, and say what became of each."""
        good = [cells for _line, cells, wrong in batch if not wrong]
        keys = [cells[self.key] for cells in good]
        stored = {name_of(row): row for row in self.stored_rows(keys)}
        taken = self.taken([key for key in keys if key not in stored])
        known = {name: self.look_up(name, good) for name in self.relations}
        wishes = []
        for line, cells, wrong in batch:
            key = cells.get(self.key, "")
            row = stored.get(key)
            wish = Wish(line, key, row or self.model(), is_new=row is None)
            with wish.refused_by_errors():
                if wrong:
                    raise ValidationError(wrong)
                if key.lower() in taken:
                    raise ValidationError(other_capitals(self.key, taken[key.lower()]))
                wish.values = self.values(cells, known, wish.is_new)
            wishes.append(wish)
        how = Recording if is_of_the_record(self.model) else Saving
        how(self.model, self.columns, self.now, self.by).save_all(wishes)
        if self.by:
            saved = [wish for wish in wishes if wish.changed and not wish.error]
            LogEntry.objects.bulk_create(self.remember(self.by, wish) for wish in saved)
        for wish in wishes:
            yield self.fate(wish)

    def fate(self, wish: Wish) -> Fate:
        if wish.error:
            why = tuple(sentences(wish.error, self.columns))
            return Fate(wish.line, shown(wish.key), What.REFUSED, why)
        if wish.is_new:
            return Fate(wish.line, wish.key, What.NEW)
        what = What.CHANGED if wish.changed else What.SAME
        return Fate(wish.line, wish.key, what, changed=wish.changed)

    def stored_rows(self, keys: list[str]) -> Iterable[Row]:
        related = [
            Prefetch(name, other_rows(self.relations[name]).only("pk")) for name in self.many
        ]
        rows: QuerySet[Row] = self.objects.filter(**{f"{self.key}__in": keys}).order_by()
        return rows.select_for_update().prefetch_related(*related)

    def taken(self, keys: list[str]) -> dict[str, str]:
        """The rows on file whose key differs from one of these by capitals alone."""
        if not keys:
            return {}
        small = self.objects.order_by().annotate(small=Lower(self.key))
        rows = small.filter(small__in=[key.lower() for key in keys])
        return {key.lower(): key for key in rows.values_list(self.key, flat=True)}

    def look_up(self, name: str, rows: list[dict[str, str]]) -> dict[str, int]:
        """The rows that a column of this batch names: {name: pk}."""
        names = {part for cells in rows for part in self.parts(name, cells.get(name, ""))}
        if not names:
            return {}
        by = named_by(self.relations[name])
        others = other_rows(self.relations[name])
        known = dict(others.filter(**{f"{by}__in": names}).values_list(by, "pk"))
        if missing := {part.lower(): part for part in names - known.keys()}:
            others = others.annotate(small=Lower(by)).filter(small__in=missing)
            known |= {missing[small]: pk for small, pk in others.values_list("small", "pk")}
        return known

    def options(self, field: Column) -> list[str]:
        """The first names that a cell of this relation may hold."""
        if field.name not in self.first_options:
            by = named_by(field)
            names = other_rows(field).exclude(**{by: ""}).order_by(by).values_list(by, flat=True)
            self.first_options[field.name] = list(names[: MOST_OPTIONS + 1])
        return self.first_options[field.name]

    def parts(self, name: str, cell: str) -> list[str]:
        """The names in the cell of a relation: several in one of many, one or none otherwise."""
        parts = re.split(r"[\s,;]+", cell) if name in self.many else [cell.strip()]
        return [part for part in parts if part]

    def values(self, cells: dict[str, str], known: Known, is_new: bool) -> dict[str, Any]:
        """What the cells mean, as attributes of a row. Raises all that is wrong at once."""
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
            if field.choices or not field.empty_strings_allowed:
                cell = cell.strip()
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
            reasons = [sentence % {"kind": kind, "key": shown(part)} for part in unknown]
            reasons[-1] = " ".join([reasons[-1], *one_of(self.options(field))])
            raise ValidationError(reasons)
        if not parts and not field.blank:
            raise ValidationError(blank(field))
        pks = {known[field.name][part] for part in parts}
        return pks if field.many_to_many else next(iter(pks), None)

    def remember(self, by: User, wish: Wish) -> LogEntry:
        """The line in the history of the row that says who imported what."""
        changed = {"changed": {"fields": wish.changed}}
        return LogEntry(
            user_id=by.pk,
            content_type=ContentType.objects.get_for_model(self.model),
            object_id=str(wish.row.pk),
            object_repr=wish.key,
            action_flag=ADDITION if wish.is_new else CHANGE,
            change_message=json.dumps([{"added": {}} if wish.is_new else changed]),
        )


def faults(line: int, name: str, cells: dict[str, str], seen: sqlite3.Connection) -> Iterator[str]:
    """Characters that cannot be kept; a key that is missing, or that an earlier line has."""
    reasons = [f"{column}: {why}" for column, cell in cells.items() for why in not_kept(cell)]
    if reasons:
        yield from reasons
        return
    if not cells[name]:
        yield _("%s: every row needs one.") % name
        return
    key = cells[name].lower()
    if not seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line)).rowcount:
        before = seen.execute("SELECT line FROM seen WHERE name = ?", (key,)).fetchone()[0]
        yield _("%(key)s: line %(line)d has the same.") % {"key": name, "line": before}


def not_kept(cell: str) -> list[str]:
    try:
        check_text(tidy(cell))
    except ValidationError as refusal:
        return refusal.messages
    return []


def one_of(options: Sequence[str]) -> list[str]:
    """A sentence with the first values that a cell may hold, if there are any."""
    if not options:
        return []
    named = [*options[:MOST_OPTIONS], *(["…"] if len(options) > MOST_OPTIONS else [])]
    return [_("Choose one of: %(values)s.") % {"values": ", ".join(named)}]


def other_capitals(name: str, key: str) -> str:
    values = {"key": name, "stored": key}
    return _("%(key)s: “%(stored)s” is on file, and capitals make no other key.") % values


def sentences(error: ValidationError, columns: Mapping[str, Column]) -> Iterator[str]:
    """The reasons of a refusal, each with the column it is about and the values that are good."""
    if not hasattr(error, "error_dict"):
        yield from error.messages
        return
    for name, of_column in error.error_dict.items():
        for part in of_column:
            for message in part.messages:
                said = message if name == NON_FIELD_ERRORS else f"{name}: {message}"
                bad = part.code == "invalid_choice" and name in columns
                yield " ".join([said, *(one_of(choices_of(columns[name])) if bad else [])])
