"""The tables of a copy: the public rows of each kind that files bring in."""

from collections.abc import Iterator
from datetime import date

from advocacy.as_data import KINDS, columns_as_data, columns_of_kind
from advocacy.bundle.verify import COMPARED
from advocacy.transfer import KINDS as IN_FILES
from advocacy.transfer.outgoing import WRITERS, named_first


def table(name: str, format: str, day: date) -> Iterator[str]:
    """A table as pieces of text, its rows in the order in which they can be brought in.

    What `verify.py` compares with the chain stands there as the chain has it.
    """
    kind = KINDS[name]
    keys = (row.pk for row in named_first(IN_FILES[name], kind.public(day).only("pk")))
    rows = columns_as_data(kind, keys, day, as_held=name in COMPARED)
    return WRITERS[format](columns_of_kind(kind), rows)
