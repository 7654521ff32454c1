"""A whole table as text, a row at a time."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Prefetch

from advocacy.models import Submission
from advocacy.models.content import Content
from advocacy.transfer.columns import (
    BATCH,
    KEY,
    KINDS,
    Column,
    Row,
    as_text,
    columns_of,
    demand,
    escape,
    name_of,
    named_by,
    other_rows,
)
from advocacy.transfer.incoming import Fate, What


def export_rows(kind: str, format: str, *, by: User | AnonymousUser | None) -> Iterator[str]:
    """Give the whole table as pieces of text."""
    model = KINDS[kind]
    demand(by, model, "view")
    columns = columns_of(model)
    related = [
        Prefetch(name, other_rows(field).only(named_by(field)))
        for name, field in columns.items()
        if field.is_relation
    ]
    rows = model.objects.order_by("pk").prefetch_related(*related).iterator(chunk_size=BATCH)
    values = ({name: written(row, columns[name]) for name in columns} for row in rows)
    return csv_text(columns, values) if format == "csv" else json_text(values)


def written(row: Row, field: Column) -> Any:
    if field.many_to_many:
        return sorted(name_of(other) for other in getattr(row, field.name).all())
    value = getattr(row, field.name)
    if isinstance(value, Content | Submission):
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


def refusals_csv(fates: Iterable[Fate]) -> Iterator[str]:
    """The refused rows of an import as pieces of text: line, key and reasons of each."""
    refused = (fate for fate in fates if fate.what == What.REFUSED)
    rows = ({"line": f.line, KEY: f.key, "reasons": "\n".join(f.reasons)} for f in refused)
    return csv_text(["line", KEY, "reasons"], rows)


def json_text(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    before = "[\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"
