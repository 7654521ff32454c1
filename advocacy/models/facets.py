"""Live counts behind the options of a filter, from few and narrow queries."""

from collections import Counter
from typing import Any

from django.db import models

from advocacy.models.enums import Phase

# A longer list is no help: whoever does not find an option in it searches for it by words.
MOST_OPTIONS = 60


def values_of(chosen: Any) -> set:
    """The values of a row that a chosen option of a filter stands for: a phase for its statuses."""
    if isinstance(chosen, models.Model):
        return {chosen.pk}
    if chosen in Phase.values:
        return {status.value for status in Phase(chosen).statuses}
    return {chosen}


def count_values(rows: models.QuerySet, lookup: str, number: models.Aggregate) -> Counter:
    """What stands behind each value of a lookup: the most frequent values, and only so many."""
    counts = rows.order_by().values_list(lookup).annotate(n=number).order_by("-n", lookup)
    found = counts[: MOST_OPTIONS + 1]
    return Counter({value: n for value, n in found if value is not None and n})


def phase_of(lookup: str) -> models.Case:
    """The phase of a status, to be grouped by."""
    return models.Case(
        *[
            models.When(**{f"{lookup}__in": phase.statuses}, then=models.Value(phase.value))
            for phase in Phase
        ],
        output_field=models.CharField(),
    )


def with_phases(counts: Counter) -> Counter:
    """Counts by status, with those of their phases."""
    phases = Counter({p.value: sum(counts[s] for s in p.statuses) for p in Phase})
    return counts + phases


class Cells:
    """How many rows have each combination of some values, to be added up in any way.

    `rows` has a dict for each combination: its values by `lookups`, and their number as `n`.
    A value with commas is several.
    """

    def __init__(self, rows, lookups):
        self.cells = [
            (row["n"] or 0, {lookup: _parted(row[lookup]) for lookup in lookups}) for row in rows
        ]

    def total(self, chosen: dict[str, set]) -> int:
        """How many have the chosen values."""
        return sum(n for n, _values in self._having(chosen))

    def counts(self, chosen: dict[str, set], by: str) -> Counter:
        """How many have each value of one lookup, whatever is chosen there."""
        counts = Counter()
        others = {lookup: values for lookup, values in chosen.items() if lookup != by}
        for n, values in self._having(others):
            for value in values[by]:
                counts[value] += n
        return counts

    def _having(self, chosen):
        for n, values in self.cells:
            if all(not wanted.isdisjoint(values[lookup]) for lookup, wanted in chosen.items()):
                yield n, values


def _parted(value):
    return value.split(",") if isinstance(value, str) else [value]
