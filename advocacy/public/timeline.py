"""The timeline of an issue: what happened stands there once, and what rests on it beneath."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from advocacy.models import DatePrecision, Event, RecommendedAction, StatusUpdate, Submission


@dataclass(frozen=True)
class Row:
    """One line: its day, which template shows it (`templates/issues/_row_….html`), and of what."""

    day: date
    kind: str
    thing: Event | StatusUpdate | Sequence[tuple[RecommendedAction, Submission]]
    precision: str = DatePrecision.DAY
    beneath: Sequence[StatusUpdate] = ()


def in_order(*kinds: Iterable[Row]) -> list[Row]:
    """The rows of all kinds, the oldest first; on one day in the order of the kinds."""
    return sorted(chain(*kinds), key=lambda row: row.day)


def of_events(events: Iterable[Event], updates: Iterable[StatusUpdate]) -> list[Row]:
    """Each event, with the responses that rest on it."""
    resting: dict[int, list[StatusUpdate]] = {}
    for update in updates:
        if update.event_id:
            resting.setdefault(update.event_id, []).append(update)
    return [
        Row(event.happened_on, "event", event, event.happened_precision, resting.get(event.pk, ()))
        for event in events
    ]


def of_submissions(actions: Iterable[Any]) -> list[Row]:
    """How the asks were put to their bodies, on each day [(ask, submission)].

    Needs the submissions of each ask as its list `put`.
    """
    put: dict[date, list[tuple[RecommendedAction, Submission]]] = {}
    for action in actions:
        for submission in action.put:
            put.setdefault(submission.submitted_on, []).append((action, submission))
    return [Row(day, "asks", pairs) for day, pairs in put.items()]


def of_entries(updates: Iterable[StatusUpdate], events: Iterable[Event]) -> list[Row]:
    """The entries of the record that rest on none of these events."""
    shown = {event.pk for event in events}
    return [
        Row(update.happened_on, "update", update, update.happened_precision)
        for update in updates
        if update.event_id not in shown
    ]
