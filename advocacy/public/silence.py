"""The silence after each ask: one row an ask on one axis of time, from its day to today.

Made of the record alone: the days on which asks were put to their bodies, and the entries in force.
Where nobody has looked, or a body works in confidence, no silence is drawn; and none beyond the day
on which somebody looked last.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from advocacy.models import RecommendedAction, ResponseStatus, StatusUpdate
from advocacy.models.dates import written_month
from advocacy.models.standing import mark_of

MOST_ROWS = 40
# A shorter time is drawn as this long, so that a first week is no picture of years.
SHORTEST = timedelta(days=60)
MOST_TICKS = 6
# How the rows may be grouped and put in order.
ORDERS = ("body", "issue", "wait")


class Part(NamedTuple):
    """A piece of a row: a silence, or a time in which another status held."""

    x: str
    width: str
    is_silence: bool
    mark: str


class Row(NamedTuple):
    ask: RecommendedAction
    # Where it was put to its body.
    asked_at: str
    parts: list[Part]
    # Where its status changed: (place, mark).
    changes: list[tuple[str, str]]


class Tick(NamedTuple):
    x: str
    label: str
    # As SVG names it: on which side of the place the words stand.
    anchor: str


class Group(NamedTuple):
    """Rows under one heading: those of a body or an issue; in order of the wait, under none."""

    of: Any
    # The field of it that is its name.
    named: str
    rows: list[Row]


class Silence(NamedTuple):
    groups: list[Group]
    ticks: list[Tick]
    # Asks of which there was no room for a row.
    left_out: int

    @property
    def longest(self) -> int:
        """The longest wait without an answer, in days."""
        rows = [row for group in self.groups for row in group.rows]
        return max((row.ask.standing.days_waiting or 0 for row in rows), default=0)


class Axis:
    """Where a day stands in a row, in percent of its width."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = min(first, last - SHORTEST), last
        self.days = (self.last - self.first).days

    def x(self, day: date) -> str:
        return self.length(self.first, day)

    def length(self, start: date, end: date) -> str:
        start, end = (min(max(day, self.first), self.last) for day in (start, end))
        return f"{100 * (end - start).days / self.days:.2f}%"

    def ticks(self) -> list[Tick]:
        """The beginnings of some months: of each, of each third or sixth, of each year."""
        months = range(self.first.year * 12 + self.first.month, self.last.year * 12 + 12)
        starts = [date(month // 12, month % 12 + 1, 1) for month in months]
        # The last one leaves room for its words.
        room = self.last - timedelta(days=self.days // 20)
        some = [day for day in starts if day <= room]
        for every in (1, 3, 6, 12, 24, 60, 120):
            chosen = [day for day in some if (day.year * 12 + day.month - 1) % every == 0]
            if len(chosen) <= MOST_TICKS:
                break
        return [Tick(self.x(day), written_month(day), self._anchor(day)) for day in chosen]

    def _anchor(self, day: date) -> str:
        """Words at the very beginning start there, and do not run out of the picture."""
        return "start" if (day - self.first).days < self.days / 20 else "middle"


def silence_of(
    asks: Iterable[RecommendedAction], day: date, *, by: str = "body", left_out: int = 0
) -> Silence:
    """The picture of some asks that were put to their bodies, on a day. One query.

    `asks` come with their status of that day, their issue and their body.
    """
    asks = [ask for ask in asks if not ask.standing.is_proposed]
    if not asks:
        return Silence([], [], left_out)
    moved = _moves(asks, day)
    axis = Axis(min(map(_asked_on, asks)), day)
    rows = [_row(ask, moved[ask.pk], axis) for ask in asks]
    return Silence(_grouped(rows, by), axis.ticks(), left_out)


def _asked_on(ask: RecommendedAction) -> date:
    """Its day, as of every ask of the picture: none of them is proposed."""
    assert ask.asked_on is not None
    return ask.asked_on


def _moves(asks: list[RecommendedAction], day: date) -> dict[int, list[tuple[date, str]]]:
    """The responses in force by a day of each ask, the oldest first: {key: [(day, status)]}."""
    moves: dict[int, list[tuple[date, str]]] = defaultdict(list)
    entries = StatusUpdate.objects.in_force(day).responses().filter(action__in=asks).oldest_first()
    for action, happened_on, status in entries.values_list("action", "happened_on", "status"):
        moves[action].append((happened_on, status))
    return moves


def _row(ask: RecommendedAction, moves: list[tuple[date, str]], axis: Axis) -> Row:
    standing, asked_on = ask.standing, _asked_on(ask)
    before = [status for on, status in moves if on <= asked_on]
    steps = [(asked_on, before[-1] if before else _before_any_response(standing))]
    steps += [(on, status) for on, status in moves if on > asked_on]
    ends = [on for on, _status in steps[1:]] + [_last_day(ask, axis.last)]
    parts, changes = [], []
    for (start, status), end in zip(steps, ends, strict=True):
        is_silence = status == ResponseStatus.NO_RESPONSE
        if status == ResponseStatus.NOT_CHECKED or (is_silence and standing.in_confidence):
            continue
        if is_silence and end == ends[-1] and standing.last_checked_on:
            # Of the days since the last look nobody knows.
            end = max(min(end, standing.last_checked_on), start)
        x, mark = axis.x(start), mark_of(status, standing.in_confidence)
        parts.append(Part(x, axis.length(start, end), is_silence, mark))
        if start > asked_on:
            changes.append((x, mark))
    return Row(ask, axis.x(asked_on), parts, changes)


def _before_any_response(standing: Any) -> str:
    """Silence, where somebody has looked by the day of the picture; else nothing is said."""
    looked = standing.last_checked_on is not None
    return ResponseStatus.NO_RESPONSE if looked else ResponseStatus.NOT_CHECKED


def _last_day(ask: RecommendedAction, last: date) -> date:
    """No wait runs on after an ask was closed, or while its clock is paused."""
    stops = [day for day in (ask.closed_on, ask.paused_on) if day]
    return max(min([last, *stops]), _asked_on(ask))


def _grouped(rows: list[Row], by: str) -> list[Group]:
    if by == "wait":
        return [Group(None, "", sorted(rows, key=_longest_silence_first))]
    of_each: dict[int, list[Row]] = {}
    heads = {}
    for row in rows:
        head = row.ask.issue if by == "issue" else row.ask.body
        heads[head.pk] = head
        of_each.setdefault(head.pk, []).append(row)
    for some in of_each.values():
        some.sort(key=lambda row: (row.ask.asked_on, row.ask.reference))
    named = "title" if by == "issue" else "name"
    groups = [Group(heads[key], named, some) for key, some in of_each.items()]
    if by == "issue":
        return sorted(groups, key=lambda group: (group.of.position, group.of.title))
    # The body that has been silent longest comes first.
    return sorted(groups, key=lambda group: min(map(_longest_silence_first, group.rows)))


def _longest_silence_first(row: Row) -> Any:
    days = row.ask.standing.days_waiting
    in_confidence = row.ask.standing.in_confidence
    return (-(days if days is not None else -1), in_confidence, row.ask.asked_on, row.ask.reference)
