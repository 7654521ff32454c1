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


def newest_first(*kinds: Iterable[Row]) -> list[Row]:
    """The rows of all kinds; of one day, those of the first kind last."""
    return sorted(chain(*kinds), key=lambda row: row.day)[::-1]


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
    """The entries of the record that rest on none of these events.

    What is said of several asks in the same words stands there once: the others are beneath.
    """
    shown = {event.pk for event in events}
    alike: dict[tuple[Any, ...], list[StatusUpdate]] = {}
    for update in updates:
        if update.event_id not in shown:
            alike.setdefault(_said(update), []).append(update)
    return [
        Row(first.happened_on, "update", first, first.happened_precision, others)
        for first, *others in alike.values()
    ]


def _said(update: StatusUpdate) -> tuple[Any, ...]:
    """What an entry says on the timeline, whichever ask it is of."""
    return (
        update.happened_on,
        update.happened_precision,
        update.mark,
        update.label,
        update.account,
        update.missed_words,
        update.is_corrected,
    )
