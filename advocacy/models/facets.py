"""What the counts behind the options of every filter share."""

import json
from collections import Counter
from collections.abc import Iterable
from heapq import nlargest, nsmallest
from typing import Any

from django.db import models
from django.db.models.functions import Cast
from django.db.models.lookups import Lookup

from advocacy.models.enums import Phase

# A longer list is no help: whoever does not find an option in it searches for it by words.
MOST_OPTIONS = 60
# Between the values of a column that is read as one text.
BETWEEN = ";"


def values_of(chosen: object) -> set[Any]:
    """The values of a row that a chosen option of a filter stands for: a phase for its statuses."""
    if isinstance(chosen, models.Model):
        return {chosen.pk}
    if chosen in Phase.values:
        return {status.value for status in Phase(chosen).statuses}
    return {chosen}


class Keys(list[int]):
    """Many keys as one value, which Django compares often while it makes a query."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self is other


class Among(Lookup[Any]):
    """Rows by many keys, given to the database as one value and not as a thousand.

    PostgreSQL looks each row up in a hash of them. A list of parameters, or a subquery of keys,
    takes several times as long.
    """

    prepare_rhs = False

    def __init__(self, lookup: str, keys: Iterable[int]) -> None:
        super().__init__(models.F(lookup), Keys(keys))

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        return "%s", [value]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        row, row_params = self.process_lhs(compiler, connection)
        return f"{row} IN (SELECT value FROM json_each(%s))", [*row_params, json.dumps(self.rhs)]

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        row, row_params = self.process_lhs(compiler, connection)
        # Of another type than the column it would not be a hash, and each row compared with all.
        # Written as text here: the driver takes ten times as long for a list.
        keys = f"{{{','.join(map(str, self.rhs))}}}"
        return f"{row} = ANY(%s::bigint[])", [*row_params, keys]


def most_frequent(counts: Counter[Any]) -> Counter[Any]:
    """The most frequent values, and only so many."""
    # Most are left out by their numbers alone.
    least = min(nlargest(MOST_OPTIONS + 1, counts.values()), default=0)
    frequent = [(-n, value) for value, n in counts.items() if n >= least]
    return Counter({value: -minus for minus, value in nsmallest(MOST_OPTIONS + 1, frequent)})


def with_phases(counts: Counter[str]) -> Counter[str]:
    """Counts by status, with those of their phases."""
    phases = Counter({p.value: sum(counts[s] for s in p.statuses) for p in Phase})
    return counts + phases


def key_of(lookup: str) -> Cast:
    return Cast(lookup, models.TextField())


def joined(column: Any) -> models.StringAgg:
    # In one text there is a column in half the time that its rows would take.
    return models.StringAgg(column, models.Value(BETWEEN))


def split(text: str | None) -> list[str]:
    return [] if text is None else text.split(BETWEEN)


def keys_of(rows: models.QuerySet[Any, Any]) -> set[str]:
    """The keys of rows, as the columns have them."""
    return set(split(rows.order_by().aggregate(keys=joined(key_of("pk")))["keys"]))
