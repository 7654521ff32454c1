"""The tables of a copy: the public rows of each kind that files bring in."""

from collections.abc import Iterator
from datetime import date

from advocacy.as_data import KINDS, columns_as_data, columns_of_kind
from advocacy.bundle.verify import COMPARED
from advocacy.transfer import KINDS as IN_FILES
from advocacy.transfer.columns import BATCH
from advocacy.transfer.outgoing import WRITERS, csv_text, named_first

# Beside the tables: no import takes it, as whoever reads it in has no copy.
KEPT = ["source", "kept_on", "kept_sha256"]


def kept_copies(day: date) -> Iterator[str]:
    """Of which public sources the site keeps a copy: since when, and the hash of its bytes."""
    rows = KINDS["sources"].public(day).with_kept().exclude(kept_at=None).order_by("pk")
    for_each = rows.values_list("key", "kept_at", "kept_sha256").iterator(chunk_size=BATCH)
    values = ((key, moment.isoformat(), digest) for key, moment, digest in for_each)
    return csv_text(KEPT, (dict(zip(KEPT, row, strict=True)) for row in values))


def table(name: str, format: str, day: date) -> Iterator[str]:
    """A table as pieces of text, its rows in the order in which they can be brought in.

    What `verify.py` compares with the chain stands there as the chain has it.
    """
    kind = KINDS[name]
    keys = (row.pk for row in named_first(IN_FILES[name], kind.public(day).only("pk")))
    rows = columns_as_data(kind, keys, day, as_held=name in COMPARED)
    return WRITERS[format](columns_of_kind(kind), rows)
