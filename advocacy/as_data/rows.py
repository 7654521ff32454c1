"""One row as data, many rows as data, and all of a kind a few hundred at a time."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import batched
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import override

from advocacy.as_data import shapes
from advocacy.as_data.kinds import KINDS, Kind, Rows, key_name
from advocacy.as_data.told import Told
from advocacy.models import (
    ContactPoint,
    Decision,
    Event,
    Issue,
    RecommendedAction,
    Statement,
    StatusUpdate,
    Submission,
    reading,
)
from advocacy.transfer import KINDS as IN_FILES
from advocacy.transfer import columns_of
from advocacy.transfer.columns import BATCH, Column, named_by, other_rows
from advocacy.transfer.outgoing import written
from advocacy.transfer.parts import States

API = "/api/v1/"
# Rows of these tables may be there without being public: a row that names one leaves it out.
NOT_ALL_PUBLIC = {
    *(ContactPoint, Decision, Event, Issue, RecommendedAction, Statement, StatusUpdate),
    Submission,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The day of which rows are asked, and the languages beside their own."""

    day: date
    languages: tuple[str, ...] = ()

    @classmethod
    def today(cls, *languages: str) -> "Asked":
        return cls(timezone.localdate(), languages)

    @property
    def all_languages(self) -> tuple[str, ...]:
        """With that of the record first, which every row has its words in."""
        return tuple(dict.fromkeys([settings.LANGUAGE_CODE, *self.languages]))


def fields_of(kind: Kind) -> dict[str, Column]:
    """The columns of a kind that readers may see: those that files have, where files have it."""
    if kind.named:
        fields: dict[str, Any] = {f.name: f for f in kind.model._meta.concrete_fields}
        return {name: fields[name] for name in kind.named}
    model: Any = kind.model
    found = columns_of(model).items()
    return {name: field for name, field in found if name not in kind.hidden}


def columns_of_kind(kind: Kind) -> list[str]:
    """The columns of a file of it that can be imported as it is."""
    assert kind.name in IN_FILES, f"No file brings in {kind.name}."
    return list(fields_of(kind))


def words_of(kind: Kind) -> list[str]:
    """The columns that are words of a language."""
    translated = getattr(kind.model, "TRANSLATED", ())
    return [name for name in fields_of(kind) if name in translated]


def whole(kind: Kind, rows: Rows, day: date) -> Rows:
    """Rows with all that is said of them."""
    return with_named(kind, kind.fetch(rows, day), day)


def with_named(kind: Kind, rows: Rows, day: date) -> Rows:
    """Rows with those that their columns name, where these are public."""
    joined = rows.query.select_related
    there = {
        *(joined if isinstance(joined, dict) else {}),
        *(lookup for lookup in rows._prefetch_related_lookups if isinstance(lookup, str)),
    }
    related = [
        Prefetch(name, named_rows(field, day))
        for name, field in fields_of(kind).items()
        if field.is_relation and name not in there
    ]
    parts = [name for name, field in fields_of(kind).items() if isinstance(field, States)]
    return rows.prefetch_related(*related, *parts)


def named_rows(field: Column, day: date) -> Rows:
    """The public rows that a column may name."""
    model = other_rows(field).model
    by_key = named_by(field)
    if model not in NOT_ALL_PUBLIC:
        return other_rows(field).only(by_key)
    (kind,) = [kind for kind in KINDS.values() if kind.model is model]
    return kind.public(day).order_by().only(by_key)


def rows_as_data(kind: Kind, rows: Rows | Iterable[int], asked: Asked) -> list[dict[str, Any]]:
    """Rows as data, in their order: a QuerySet of public rows, or their keys."""
    if isinstance(rows, QuerySet):
        return list(data_by_key(kind, rows, asked).values())
    keys = list(rows)
    found = data_by_key(kind, kind.public(asked.day).filter(pk__in=keys), asked)
    return [found[key] for key in keys if key in found]


def data_by_key(kind: Kind, rows: Rows, asked: Asked) -> dict[int, dict[str, Any]]:
    """Public rows as data, in their order: {key of the row: what it says}."""
    with reading():
        read = list(whole(kind, rows, asked.day))
        told = Told(asked.day, asked.all_languages, asked.day < timezone.localdate())
        told = replace(told, of_all=kind.read(read, asked.day))
        return {row.pk: row_as_data(kind, row, told, asked.languages) for row in read}


def batches_of(kind: Kind, asked: Asked) -> Iterator[list[dict[str, Any]]]:
    """All public rows of a kind, in the order in which they came, a few hundred at a time."""
    keys = kind.public(asked.day).order_by("pk").values_list("pk", flat=True)
    for some in batched(keys.iterator(chunk_size=BATCH), BATCH, strict=False):
        yield rows_as_data(kind, some, asked)


def row_as_data(
    kind: Kind, row: Any, told: Told, languages: Collection[str] = ()
) -> dict[str, Any]:
    """What a row says: its columns in its own language, other languages, and what follows of it.

    The one definition of it, for the lists, the API and files.
    """
    instead = kind.instead(row, told)
    columns = {name: written(row, field) for name, field in fields_of(kind).items()}
    name = str(getattr(row, key_name(kind.model)))
    return {
        "id": name,
        "address": f"{settings.SITE_URL}{API}{kind.name}/{name}",
        "page": page_of(row),
        **columns,
        **instead,
        **kind.more(row, told),
        "translations": {
            language: in_language(kind, row, language, instead) for language in languages
        },
    }


def page_of(row: Any) -> str | None:
    """Where readers find it, in the language of the record."""
    if not hasattr(row, "get_absolute_url"):
        return None
    with override(settings.LANGUAGE_CODE):
        return f"{settings.SITE_URL}{row.get_absolute_url()}"


def in_language(
    kind: Kind, row: Any, language: str, instead: Mapping[str, Any]
) -> dict[str, shapes.Translation]:
    """The fields of a row that are in another language than this, each in it if it is there."""
    found: dict[str, shapes.Translation] = {}
    for name in words_of(kind):
        if name in instead or not getattr(row, name) or row.language_of(name) == language:
            continue
        words = row.shown(name, language)
        is_there = words.language == language
        found[name] = {
            "text": words.text if is_there else None,
            "state": str(words.state.value) if words.state else "missing",
        }
    return found


def columns_as_data(
    kind: Kind, keys: Iterable[int], day: date, *, as_held: bool = False
) -> Iterator[dict[str, Any]]:
    """The columns of rows by their keys, in order, as a file of them has them.

    `as_held` puts nothing in the place of what the columns hold.
    """
    fields = fields_of(kind)
    told = Told(day, (), day < timezone.localdate())
    for some in batched(keys, BATCH, strict=False):
        found = with_named(kind, kind.public(day).filter(pk__in=some), day).in_bulk()
        for row in (found[key] for key in some if key in found):
            values = {name: written(row, field) for name, field in fields.items()}
            yield values if as_held else {**values, **kind.instead(row, told)}
