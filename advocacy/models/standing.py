"""How an ask stands on one day, in the words that may be shown: the only place that makes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.dates import written_ago, written_day, written_days
from advocacy.models.enums import DatePrecision, ExpectedBasis, Phase, ResponseStatus
from advocacy.models.vocabulary import (
    DEFINITIONS,
    IN_CONFIDENCE,
    OPEN_STATUSES,
    RECORDED,
    counted_as,
)

S = ResponseStatus
STALE_AFTER = timedelta(days=90)
# Only these statuses may be called "without an answer".
UNANSWERED = (S.NO_RESPONSE, S.ACKNOWLEDGED)
BINDING = (ExpectedBasis.RULE, ExpectedBasis.PROMISE)
NO_PUBLIC_POSITION = _("No public position; this body works in confidence")


RECORDED_CHOICES = [(status.value, status.label) for status in RECORDED]


def label_of(status: str, in_confidence: bool = False) -> str:
    """The words of a status. The silence of a body that works in confidence is no failure."""
    if status == S.NO_RESPONSE and in_confidence:
        return str(NO_PUBLIC_POSITION)
    return str(S(status).label)


def mark_of(status: str, in_confidence: bool = False) -> str:
    """The symbol and colour of a status: its phase, but none of failure where it is no failure."""
    group = counted_as(status, in_confidence)
    return Phase.UNKNOWN.value if group == IN_CONFIDENCE else Phase(group).value


def label_of_group(group: str) -> str:
    """The words of a phase, or of the group of bodies that work in confidence."""
    return gettext("Works in confidence") if group == IN_CONFIDENCE else str(Phase(group).label)


def label_of_code(code: str) -> str:
    """The words of a status or of a phase."""
    return label_of(code) if code in S.values else label_of_group(code)


def status_choices() -> list[tuple[Promise, list[tuple[str, str | Promise]]]]:
    """Each phase and its statuses, as the options of a filter."""
    return [
        (phase.label, [(code.value, code.label) for code in (phase, *phase.statuses)])
        for phase in Phase
    ]


def look_label(*, in_confidence: bool, answered_before: bool, looked_before: bool) -> str:
    """What a look says: we searched on a day and found nothing, or nothing new."""
    if answered_before:
        return gettext("Looked again: nothing new")
    if in_confidence:
        return gettext("Looked: no public position; this body works in confidence")
    if looked_before:
        return gettext("Looked again: no public response found")
    return gettext("Looked: no public response found")


class Clock(NamedTuple):
    """One of the two clocks of an ask: what it measures, the days so far, and how it runs."""

    title: str
    days: int
    state: str
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What the record says of one ask on one day. Made by `RecommendedAction.standing` alone."""

    day: date
    asked_on: date
    status: ResponseStatus
    in_confidence: bool = False
    update_id: int | None = None
    status_on: date | None = None
    status_precision: str = DatePrecision.DAY
    acknowledged_on: date | None = None
    answered_on: date | None = None
    last_moved_on: date | None = None
    last_checked_on: date | None = None
    expected_by: date | None = None
    expected_basis: str = ""
    paused_on: date | None = None
    pause_reason: str = ""
    sessions_passed: int = 0

    @property
    def phase(self) -> Phase:
        return self.status.phase

    @property
    def counted_as(self) -> str:
        """Its phase, or `IN_CONFIDENCE` for the silence of a body that works so."""
        return counted_as(self.status, self.in_confidence)

    @property
    def mark(self) -> str:
        return mark_of(self.status, self.in_confidence)

    @property
    def label(self) -> str:
        return label_of(self.status, self.in_confidence)

    @property
    def definition(self) -> str:
        """The sentence printed wherever the status is explained."""
        return str(DEFINITIONS[self.status])

    @property
    def is_found(self) -> bool:
        """Whether the status comes from a response of the body, not from our having looked."""
        return self.status not in (S.NOT_CHECKED, S.NO_RESPONSE)

    @property
    def has_ended(self) -> bool:
        return self.phase in (Phase.DELIVERED, Phase.CLOSED)

    @property
    def stood_before(self) -> bool:
        """Whether the status was so when the ask was made: that stops no clock."""
        return self.status_on is not None and self.status_on <= self.asked_on

    @property
    def is_paused(self) -> bool:
        return self._stands_since is not None

    @property
    def has_clock(self) -> bool:
        """No clock runs where nobody has looked, nor against a body that works in confidence."""
        return self.status != S.NOT_CHECKED and not self.in_confidence

    @property
    def days_waiting(self) -> int | None:
        """Days without an answer; None where that may not be said."""
        if self.status not in UNANSWERED or self.is_paused or not self.has_clock:
            return None
        return self._days_after_ask(self.day)

    @property
    def is_overdue(self) -> bool:
        """Whether the body has missed a date that its own rules or words bind it to."""
        return (
            self.expected_by is not None
            and self.expected_by < self.day
            and self.expected_basis in BINDING
            and self.status in OPEN_STATUSES
            and not self.is_paused
        )

    @property
    def is_stale(self) -> bool:
        return self.last_checked_on is None or self.last_checked_on < self.day - STALE_AFTER

    @property
    def status_words(self) -> str:
        """Promised on 19 February 2025."""
        if not self.is_found or self.status_on is None:
            return self.label
        words = {"status": self.label, "day": written_day(self.status_on, self.status_precision)}
        if self.status_precision == DatePrecision.DAY:
            return gettext("%(status)s on %(day)s") % words
        return gettext("%(status)s in %(day)s") % words

    @property
    def clock_words(self) -> str:
        """How long the ask has waited or took: the first sentence that is true of it."""
        if self.status == S.NOT_CHECKED:
            return self.label
        if self.is_paused:
            words = {"days": written_days(self._running_days), "reason": self.pause_reason}
            return gettext("Clock paused after %(days)s: %(reason)s") % words
        if self.in_confidence:
            return self.label if not self.is_found else gettext("This body works in confidence")
        if self.has_ended:
            return self._ended_words
        if self.phase == Phase.AGAINST:
            return self._against_words
        if self.stood_before:
            words = {
                "day": written_day(self._set_on, self.status_precision),
                "days": written_days(self._running_days),
            }
            return gettext("It stood so before the ask (%(day)s); nothing new in %(days)s") % words
        if self.answered_on and self.last_moved_on:
            words = {
                "days": written_days(self._days_after_ask(self.answered_on)),
                "ago": written_ago((self.day - self.last_moved_on).days),
            }
            return gettext("First answer after %(days)s; last movement %(ago)s") % words
        return self._unanswered_words

    @property
    def sentence(self) -> str:
        """Status and clock as one text, without saying the status twice."""
        says_status = not self.is_paused and (not self.is_found or self.phase == Phase.AGAINST)
        if says_status and not (self.in_confidence and self.is_found):
            return self.clock_words
        words = {"status": self.status_words, "clock": self.clock_words}
        return gettext("%(status)s. %(clock)s") % words

    @property
    def wait(self) -> str:
        """The wait in short, where there is one: 710 days without an answer."""
        return wait_words(self.days_waiting)

    @property
    def checked_words(self) -> str:
        if self.last_checked_on is None:
            return gettext("never checked")
        return gettext("last checked %(day)s") % {"day": written_day(self.last_checked_on)}

    @property
    def overdue_words(self) -> str:
        if self.expected_by is None or not self.is_overdue:
            return ""
        words = {
            "day": written_day(self.expected_by),
            "basis": ExpectedBasis(self.expected_basis).label,
        }
        return gettext("Overdue: an answer was due by %(day)s (%(basis)s).") % words

    @property
    def clocks(self) -> list[Clock]:
        """Days to the first sign of receipt and to the first answer; empty where none may run."""
        if not self.has_clock:
            return []
        return [
            self._clock(gettext("To the first sign of receipt"), self.acknowledged_on),
            self._clock(gettext("To the first answer on the substance"), self.answered_on),
        ]

    def _clock(self, title: str, stopped_on: date | None) -> Clock:
        if stopped_on:
            state = gettext("stopped on %(day)s") % {"day": written_day(stopped_on)}
        elif self.has_ended:
            state = gettext("ended without one")
        elif self._stands_since:
            state = gettext("paused on %(day)s") % {"day": written_day(self._stands_since)}
        else:
            state = gettext("running since %(day)s") % {"day": written_day(self.asked_on)}
        if stopped_on is None and self.has_ended:
            days = self._days_after_ask(self._set_on)
        else:
            days = self._days_after_ask(stopped_on) if stopped_on else self._running_days
        return Clock(title, days, state, stopped_on is not None)

    def _days_after_ask(self, day: date) -> int:
        return max((day - self.asked_on).days, 0)

    @property
    def _running_days(self) -> int:
        """Days from the ask to the day looked at, or to the pause before it."""
        return self._days_after_ask(self._stands_since or self.day)

    @property
    def _stands_since(self) -> date | None:
        """The day of the pause that keeps the clocks from running; None where they may run."""
        if self.paused_on is None or self.paused_on > self.day or self.has_ended:
            return None
        return self.paused_on

    @property
    def _set_on(self) -> date:
        """The day of the response that set the status. Only where one did."""
        assert self.status_on is not None
        return self.status_on

    @property
    def _ended_words(self) -> str:
        days = written_days(self._days_after_ask(self._set_on))
        if self.phase == Phase.DELIVERED and self.stood_before:
            return gettext("Done before the ask")
        if self.phase == Phase.DELIVERED:
            return gettext("Done %(days)s after the ask") % {"days": days}
        if self.stood_before:
            return gettext("Closed before the ask")
        return gettext("Closed %(days)s after the ask") % {"days": days}

    @property
    def _against_words(self) -> str:
        since = max(self.last_moved_on or self._set_on, self.asked_on)
        words = {"status": self.status_words, "days": written_days((self.day - since).days)}
        if self.stood_before:
            return gettext("%(status)s, before the ask; nothing new in %(days)s") % words
        return gettext("%(status)s; nothing new in %(days)s") % words

    @property
    def _unanswered_words(self) -> str:
        words = {"days": written_days(self._running_days)}
        if self.last_checked_on is None:
            # What is known of that day was found later.
            return gettext("No answer on the substance in %(days)s since the ask") % words
        words["day"] = written_day(self.last_checked_on)
        if self.status == S.ACKNOWLEDGED:
            return (
                gettext(
                    "No answer on the substance in %(days)s since the ask (last looked %(day)s)"
                )
                % words
            )
        return (
            gettext("No public response found in %(days)s since the ask (last looked %(day)s)")
            % words
        )


def wait_words(days: int | None) -> str:
    """710 days without an answer; nothing where that may not be said."""
    if days is None:
        return ""
    return gettext("%(days)s without an answer") % {"days": written_days(days)}


class Group(NamedTuple):
    """Asks of one body on one issue that stand alike, as one cell of the matrix shows them."""

    label: str
    mark: str
    number: int
    wait: str
    status_on: date | None
    last_checked_on: date | None


def grouped(standings: Iterable[Standing]) -> list[Group]:
    """The standings of one cell, a group for each status in the order of the vocabulary.

    The longest wait, the latest status and the oldest look stand for the group.
    """
    by_status: dict[ResponseStatus, list[Standing]] = {}
    for standing in standings:
        by_status.setdefault(standing.status, []).append(standing)
    return [
        Group(
            label=alike[0].label,
            mark=alike[0].mark,
            number=len(alike),
            wait=wait_words(
                max((s.days_waiting for s in alike if s.days_waiting is not None), default=None)
            ),
            status_on=max((s.status_on for s in alike if s.is_found and s.status_on), default=None),
            last_checked_on=min(
                (s.last_checked_on for s in alike if s.last_checked_on), default=None
            ),
        )
        for _status, alike in sorted(by_status.items(), key=lambda item: item[0].order)
    ]
