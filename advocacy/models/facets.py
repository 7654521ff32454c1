"""Live counts behind the options of a filter, from one query."""

from typing import NamedTuple

from django.db import models


class FacetOption(NamedTuple):
    value: str
    label: str
    count: int


def count_facets(parts, counted="pk", repeated=()):
    """Count rows per option: {facet: [FacetOption, …]}, most frequent first.

    `parts` maps a facet to (rows, value lookup, label lookup). A facet without a lookup is one
    number. `repeated` names facets whose lookup can reach the same value twice from one row, or
    the same `counted` from several rows. One UNION ALL, so a page pays one query however many
    filters it has.
    """
    queries = []
    for facet, (rows, value, label) in parts.items():
        constant = models.Value("", output_field=models.CharField())
        grouped = rows.order_by().annotate(
            facet=models.Value(facet, output_field=models.CharField()),
            facet_value=models.F(value) if value else constant,
            facet_label=models.F(label) if label else constant,
        )
        if value:
            grouped = grouped.exclude(facet_value=None)
        queries.append(
            grouped.values_list("facet", "facet_value", "facet_label").annotate(
                n=models.Count(counted, distinct=facet in repeated)
            )
        )
    first, *others = queries
    facets = {facet: [] for facet in parts}
    for facet, value, label, n in first.union(*others, all=True).order_by():
        facets[facet].append(FacetOption(value, label, n))
    for facet, (_rows, value, _label) in parts.items():
        if value:
            facets[facet].sort(key=lambda option: (-option.count, option.label, option.value))
        else:
            facets[facet] = sum(option.count for option in facets[facet])
    return facets
