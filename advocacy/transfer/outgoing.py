"""A whole table as text, a row at a time."""

import csv
import json
from datetime import date

from django.db.models import Model, Prefetch

from advocacy.transfer.columns import (
    BATCH,
    KINDS,
    as_text,
    columns_of,
    demand,
    escape,
    name_of,
    named_by,
)


def export_rows(kind, format, *, by):
    """Give the whole table as pieces of text."""
    model = KINDS[kind]
    demand(by, model, "view")
    columns = columns_of(model)
    related = [
        Prefetch(name, field.related_model.objects.order_by().only(named_by(field)))
        for name, field in columns.items()
        if field.is_relation
    ]
    rows = model.objects.order_by("pk").prefetch_related(*related).iterator(chunk_size=BATCH)
    values = ({name: written(row, columns[name]) for name in columns} for row in rows)
    return csv_text(columns, values) if format == "csv" else json_text(values)


def written(row, field):
    if field.many_to_many:
        return sorted(name_of(other) for other in getattr(row, field.name).all())
    value = getattr(row, field.name)
    if isinstance(value, Model):
        return name_of(value)
    return value.isoformat() if isinstance(value, date) else value


class Line:
    """A file-like object for csv.writer whose `write` returns the line."""

    write = staticmethod(str)


def csv_text(columns, rows):
    writer = csv.writer(Line)
    # Without a byte-order mark Excel assumes a legacy encoding.
    yield "\ufeff" + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([escape(as_text(value)) for value in row.values()])


def json_text(rows):
    before = "[\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"
