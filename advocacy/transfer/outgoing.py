"""A whole table as text, a row at a time."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import batched, chain
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, Prefetch, QuerySet

from advocacy.transfer.columns import (
    BATCH,
    KINDS,
    Column,
    Row,
    as_text,
    columns_of,
    demand,
    escape,
    is_of_the_record,
    key_column,
    name_of,
    named_by,
    other_rows,
)
from advocacy.transfer.incoming import Fate, What
from advocacy.transfer.parts import States


def export_rows(kind: str, format: str, *, by: User | AnonymousUser | None) -> Iterator[str]:
    """Give the whole table as pieces of text."""
    model = KINDS[kind]
    demand(by, model, "view")
    columns = columns_of(model)
    related: list[str | Prefetch[Any]] = [
        Prefetch(name, other_rows(field).order_by().only(named_by(field)))
        for name, field in columns.items()
        if field.is_relation
    ]
    related += [name for name, field in columns.items() if isinstance(field, States)]
    rows = named_first(model, model._default_manager.prefetch_related(*related))
    values = ({name: written(row, columns[name]) for name in columns} for row in rows)
    return WRITERS[format](columns, values)


def named_first(model: type[Row], rows: QuerySet[Any]) -> Iterator[Any]:
    """All rows, each after the one of its own kind that it names: an import finds that on file.

    What stands in the record names earlier rows alone.
    """
    rows = rows.order_by("pk")
    fields = [field.name for field in model._meta.concrete_fields if field.related_model is model]
    if is_of_the_record(model) or not fields:
        return rows.iterator(chunk_size=BATCH)
    (name,) = fields
    named = dict(model._default_manager.exclude(**{name: None}).values_list("pk", name))

    def depth(key: int) -> int:
        """How many rows stand before this one; rows that name each other in a ring end at once."""
        passed: set[int] = set()
        while key in named and key not in passed:
            passed.add(key)
            key = named[key]
        return len(passed)

    def read(keys: Sequence[int]) -> Iterator[Any]:
        found = rows.in_bulk(keys)
        return (found[key] for key in keys if key in found)

    first = rows.filter(**{name: None}).iterator(chunk_size=BATCH)
    keys = sorted(named, key=lambda key: (depth(key), key))
    return chain(first, *map(read, batched(keys, BATCH, strict=False)))


def written(row: Row, field: Column) -> Any:
    if isinstance(field, States):
        return field.said_by(row)
    if field.many_to_many:
        return sorted(name_of(other) for other in getattr(row, field.name).all())
    # Of a row that may not be told (`as_data`) nothing is there, also where a row has to have one.
    value = getattr(row, field.name, None)
    if isinstance(value, Model):
        return name_of(value)
    return value.isoformat() if isinstance(value, date) else value


class Line:
    """A file-like object for csv.writer whose `write` returns the line."""

    write = staticmethod(str)


def csv_text(columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    writer = csv.writer(Line)
    # Without a byte-order mark Excel assumes a legacy encoding.
    yield "\ufeff" + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([escape(as_text(value)) for value in row.values()])


def refusals_csv(kind: str, fates: Iterable[Fate]) -> Iterator[str]:
    """The refused rows of an import as pieces of text: line, key and reasons of each."""
    key = key_column(columns_of(KINDS[kind]))
    refused = (fate for fate in fates if fate.what == What.REFUSED)
    rows = ({"line": f.line, key: f.key, "reasons": "\n".join(f.reasons)} for f in refused)
    return csv_text(["line", key, "reasons"], rows)


def json_text(_columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Each row names its columns itself."""
    before = "[\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


WRITERS = {"csv": csv_text, "json": json_text}
