"""Live counts behind the options of a filter, from few and narrow queries."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import models

from advocacy.models.enums import Phase, ResponseStatus

# A longer list is no help: whoever does not find an option in it searches for it by words.
MOST_OPTIONS = 60

# What is chosen: the values that will do, by lookup.
type Chosen = Mapping[str, set[Any]]


def values_of(chosen: object) -> set[Any]:
    """The values of a row that a chosen option of a filter stands for: a phase for its statuses."""
    if isinstance(chosen, models.Model):
        return {chosen.pk}
    if chosen in Phase.values:
        return {status.value for status in Phase(chosen).statuses}
    return {chosen}


def count_values(
    rows: models.QuerySet[Any, Any], lookup: str, number: models.Aggregate
) -> Counter[Any]:
    """What stands behind each value of a lookup: the most frequent values, and only so many."""
    counts = rows.order_by().values_list(lookup).annotate(n=number).order_by("-n", lookup)
    found = counts[: MOST_OPTIONS + 1]
    return Counter({value: n for value, n in found if value is not None and n})


def count_statuses(rows: models.QuerySet[Any], counted: str) -> Counter[str]:
    """How many different `counted` have rows in each status and in each phase, from one query."""
    groups = {phase.value: phase.statuses for phase in Phase}
    groups |= {status.value: [status] for status in ResponseStatus}
    numbers = rows.order_by().aggregate(
        **{
            code: models.Count(counted, distinct=True, filter=models.Q(status__in=statuses))
            for code, statuses in groups.items()
        }
    )
    return Counter({code: number for code, number in numbers.items() if number})


def with_phases(counts: Counter[str]) -> Counter[str]:
    """Counts by status, with those of their phases."""
    phases = Counter({p.value: sum(counts[s] for s in p.statuses) for p in Phase})
    return counts + phases


class Cells:
    """How many rows have each combination of some values, to be added up in any way.

    `rows` has a dict for each combination: its values by `lookups`, and their number as `n`.
    A value with commas is several.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]], lookups: Sequence[str]) -> None:
        self.cells = [
            (row["n"] or 0, {lookup: _parted(row[lookup]) for lookup in lookups}) for row in rows
        ]

    def total(self, chosen: Chosen) -> int:
        """How many have the chosen values."""
        return sum(n for n, _values in self._having(chosen))

    def counts(self, chosen: Chosen, by: str) -> Counter[Any]:
        """How many have each value of one lookup, whatever is chosen there."""
        counts: Counter[Any] = Counter()
        others = {lookup: values for lookup, values in chosen.items() if lookup != by}
        for n, values in self._having(others):
            for value in values[by]:
                counts[value] += n
        return counts

    def _having(self, chosen: Chosen) -> Iterator[tuple[int, Mapping[str, list[Any]]]]:
        for n, values in self.cells:
            if all(not wanted.isdisjoint(values[lookup]) for lookup, wanted in chosen.items()):
                yield n, values


def _parted(value: Any) -> list[Any]:
    return value.split(",") if isinstance(value, str) else [value]
