"""Who sits in a body, by regional group: who leaves it within a year, and who is to join it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from advocacy.languages import place_in_a_list
from advocacy.models import GROUP_OF, Seat, TargetBody, country_name
from advocacy.models.enums import RegionalGroup
from advocacy.models.states import group_name

# Whose seat ends within so many days is soon gone.
SOON = timedelta(days=365)
A_DAY = timedelta(days=1)


class Member(NamedTuple):
    """A State that sits in a body, or is to sit there."""

    seat: Seat
    # The last day on which it sits there: of a State that was elected again, that of its next term.
    until: date | None
    is_leaving: bool
    is_joining: bool


class Group(NamedTuple):
    """The members of one regional group, by name."""

    label: str
    members: list[Member]


class Members(NamedTuple):
    groups: list[Group]
    # Whether a State that is not among them does not sit there.
    are_all: bool

    def number(self, *, leaving: bool | None = None, joining: bool = False) -> int:
        """How many sit there, or leave soon, or join."""
        return sum(
            member.is_joining == joining and leaving in (None, member.is_leaving)
            for group in self.groups
            for member in group.members
        )

    @property
    def now(self) -> int:
        return self.number()

    @property
    def leaving(self) -> int:
        return self.number(leaving=True)

    @property
    def joining(self) -> int:
        return self.number(joining=True)


def members_of(body: TargetBody, day: date) -> Members:
    """Who sits in a body on a day. One query. Of a past day nothing is told of those after it."""
    seats = list(body.members.order_by("starts_on", "pk"))
    held = [seat for seat in seats if seat.is_held(day)]
    number = len({seat.country for seat in held})
    are_all = body.all_states_sit or body.lists_all_members(
        day, {body.parent_id or body.pk: number}
    )
    if day < timezone.localdate():
        return Members(_grouped(Member(seat, None, False, False) for seat in held), are_all)
    later = [seat for seat in seats if seat.starts_on and seat.starts_on > day]
    members = []
    # A next term that follows at once is no joining.
    while held or later:
        is_joining = not held
        seat = (held or later).pop(0)
        until = _last_day(seat, later)
        is_leaving = not is_joining and until is not None and until <= day + SOON
        members.append(Member(seat, until, is_leaving, is_joining))
    return Members(_grouped(members), are_all)


def _last_day(seat: Seat, later: list[Seat]) -> date | None:
    """When a State leaves; its terms that follow at once are taken from those to come."""
    until = seat.ends_on
    for following in list(later):
        if until and following.country == seat.country and following.starts_on == until + A_DAY:
            until = following.ends_on
            later.remove(following)
    return until


def _grouped(members: Iterable[Member]) -> list[Group]:
    """In the order of the groups; who stands in none comes last."""
    of_each: dict[str, list[Member]] = {}
    for member in members:
        of_each.setdefault(GROUP_OF.get(member.seat.country, ""), []).append(member)
    for some in of_each.values():
        some.sort(key=lambda member: place_in_a_list(country_name(member.seat.country)))
    named = [(group.value, str(group.label)) for group in RegionalGroup]
    named.append(("", group_name("")))
    return [Group(label, of_each[value]) for value, label in named if value in of_each]
