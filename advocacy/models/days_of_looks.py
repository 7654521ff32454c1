"""Our own looks of one day, told in one line: how many asks we looked at, and what we found."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, Count, F, Q, When
from django.utils.translation import ngettext

from advocacy.models.entry_words import LookKind, look_kind

if TYPE_CHECKING:
    from advocacy.models.update_queryset import StatusUpdateQuerySet

# So many days are told at once.
MOST_DAYS = 60


class DayOfLooks(NamedTuple):
    """The looks of one day: how many asks by what was found, and those of which it was missed."""

    day: date
    asks: Counter[LookKind]
    missed: int

    @property
    def sentences(self) -> list[str]:
        """What the day's looks found, one sentence for each kind of them."""
        told = [SENTENCES[kind](self.asks[kind]) for kind in SENTENCES if self.asks[kind]]
        return [*told, *([_missed(self.missed)] if self.missed else [])]


def days_of_looks(looks: "StatusUpdateQuerySet") -> tuple[list[DayOfLooks], date | None]:
    """The newest days on which somebody looked, and the next earlier one if there are more."""
    listed = looks.order_by("-happened_on").values_list("happened_on", flat=True).distinct()
    days = list(listed[: MOST_DAYS + 1])
    if not days:
        return [], None
    found = {day: DayOfLooks(day, Counter(), 0) for day in days[:MOST_DAYS]}
    rows = looks.filter(happened_on__gte=min(found)).with_place().order_by()
    rows = rows.annotate(
        missed=Q(missed_on__isnull=False),
        was_asked=Case(
            When(action__standing_today__asked_on__lte=F("happened_on"), then=True), default=False
        ),
        in_confidence=F("action__body__works_in_confidence"),
    )
    kinds = ("was_asked", "in_confidence", "answered_before", "looked_before")
    rows = rows.values("happened_on", "missed", *kinds)
    for row in rows.annotate(n=Count("action", distinct=True)):
        day, kind = found[row["happened_on"]], look_kind(**{name: row[name] for name in kinds})
        day.asks[kind] += row["n"]
        if row["missed"] and not row["answered_before"]:
            found[day.day] = day._replace(missed=day.missed + row["n"])
    return list(found.values()), days[MOST_DAYS] if len(days) > MOST_DAYS else None


def _first(number: int) -> str:
    return ngettext(
        "We looked at %(number)s ask and found no public response.",
        "We looked at %(number)s asks and found no public response.",
        number,
    ) % {"number": number}


def _again(number: int) -> str:
    return ngettext(
        "We looked again at %(number)s ask and found no public response.",
        "We looked again at %(number)s asks and found no public response.",
        number,
    ) % {"number": number}


def _no_position(number: int) -> str:
    return ngettext(
        "We looked at %(number)s ask to a body that works in confidence, and found no public"
        " position.",
        "We looked at %(number)s asks to bodies that work in confidence, and found no public"
        " position.",
        number,
    ) % {"number": number}


def _not_asked(number: int) -> str:
    return ngettext(
        "We looked at %(number)s ask that nobody is known to have put, and found nothing public.",
        "We looked at %(number)s asks that nobody is known to have put, and found nothing public.",
        number,
    ) % {"number": number}


def _nothing_new(number: int) -> str:
    return ngettext(
        "We looked again at %(number)s ask and found nothing new.",
        "We looked again at %(number)s asks and found nothing new.",
        number,
    ) % {"number": number}


def _missed(number: int) -> str:
    return ngettext(
        "For %(number)s ask a response that we had missed was found later.",
        "For %(number)s asks responses that we had missed were found later.",
        number,
    ) % {"number": number}


SENTENCES: dict[LookKind, Callable[[int], str]] = {
    LookKind.FIRST: _first,
    LookKind.AGAIN: _again,
    LookKind.NO_POSITION: _no_position,
    LookKind.NOT_ASKED: _not_asked,
    LookKind.NOTHING_NEW: _nothing_new,
}
