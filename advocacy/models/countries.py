"""Which countries the record has something to say of."""

from collections.abc import Iterable

from django.db.models import Q, Value
from django.utils import timezone

from advocacy.models.bodies import Seat, TargetBody
from advocacy.models.kept import Kept
from advocacy.models.states import GROUP_OF

kept = Kept[frozenset[str]](most=1)


def known_countries() -> frozenset[str]:
    """The codes of the countries of which the record knows a seat, a neighbour's or a body.

    A State has a seat now or to come, or may speak where every State sits; where another of its
    regional group sits, it can ask that one; and a country has bodies of its own.
    """
    return kept.get("countries", lambda: frozenset(_countries()))


def _countries() -> Iterable[str]:
    lasting = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    seats = Seat.objects.filter(lasting).order_by()
    bodies = TargetBody.objects.exclude(country="", all_states_sit=False).order_by()
    rows = bodies.values_list("country", "all_states_sit", Value(value=False)).union(
        seats.values_list("country", Value(value=False), Value(value=True))
    )
    for country, all_states_sit, is_seat in rows.order_by():
        yield from [country] if country else ()
        yield from GROUP_OF if all_states_sit else ()
        yield from neighbours_of(country) if is_seat else ()


def neighbours_of(country: str) -> Iterable[str]:
    """The States of its regional group, itself among them."""
    group = GROUP_OF.get(country)
    return (code for code, other in GROUP_OF.items() if group and other == group)
