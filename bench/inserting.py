"""Bulk inserts with a progress bar."""

from itertools import batched

from django.db import connection, models
from tqdm import tqdm

BATCH = 2000


class Insertion:
    """Writes rows a batch at a time, whatever their model says of writing."""

    def __init__(self, *, quiet):
        self.quiet = quiet

    def bar(self, what, total):
        return tqdm(total=total, desc=str(what), disable=self.quiet or None)

    def write(self, model, rows):
        """Insert these rows at once; those of PostgreSQL do not learn their keys."""
        if connection.vendor == "postgresql":
            _copy(model, rows)
        else:
            _create(model, rows)

    def insert(self, model, rows, total):
        """Insert an iterable of rows with flat memory; returns their keys."""
        keys = []
        with self.bar(model._meta.verbose_name_plural, total) as bar:
            for batch in batched(rows, BATCH, strict=False):
                for row in batch:
                    if hasattr(row, "folded_text"):
                        row.search_text = row.folded_text()
                keys += [row.pk for row in _create(model, batch)]
                bar.update(len(batch))
        return keys


def _create(model, rows):
    # A plain QuerySet, because the record's own one refuses to write in bulk.
    return models.QuerySet(model).bulk_create(rows, batch_size=BATCH)


def _copy(model, rows):
    """Four times as fast, which counts where there are a million."""
    has_keys = rows and rows[0].pk is not None
    fields = [field for field in model._meta.concrete_fields if has_keys or not field.primary_key]
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(
                [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
            )
