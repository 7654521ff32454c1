"""How an ask stands on one day, in the words that may be shown: the only place that makes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.channels import after, since
from advocacy.models.dates import wait_words, written_ago, written_day, written_days
from advocacy.models.enums import Channel, DatePrecision, ExpectedBasis, Phase, ResponseStatus
from advocacy.models.vocabulary import (
    DEFINITION_OF_PROPOSED,
    DEFINITIONS,
    ENDED,
    IN_CONFIDENCE,
    OPEN_STATUSES,
    PROPOSED,
    RECORDED,
    counted_as,
)

S = ResponseStatus
STALE_AFTER = timedelta(days=90)
# Only these statuses may be called "without an answer".
UNANSWERED = (S.NO_RESPONSE, S.ACKNOWLEDGED)
BINDING = (ExpectedBasis.RULE, ExpectedBasis.PROMISE)
NO_PUBLIC_POSITION = _("No public position; this body works in confidence")
# What a response may carry beside its status: it says the opposite of what was asked.
POINTS_OTHER_WAY = _("points the other way")
# Of a source that nobody opened, and of a response that rests on such sources and copies alone.
FROM_DIGESTS = _("known from digests; the article was not read")

NOT_PUT = _("Proposed by the editors; not put to this body")
# The groups that are no phase, in words.
GROUPS = {IN_CONFIDENCE: _("Works in confidence"), PROPOSED: _("Proposed by the editors")}

RECORDED_CHOICES = [(status.value, status.label) for status in RECORDED]


def label_of(status: str, in_confidence: bool = False) -> str:
    """The words of a status. The silence of a body that works in confidence is no failure."""
    if status == S.NO_RESPONSE and in_confidence:
        return str(NO_PUBLIC_POSITION)
    return str(S(status).label)


def marks_of(*, points_other_way: bool, from_digests: bool) -> list[str]:
    """What has to be said of a response wherever its status is shown."""
    marks = {POINTS_OTHER_WAY: points_other_way, FROM_DIGESTS: from_digests}
    return [str(mark) for mark, holds in marks.items() if holds]


def marked(words: str, marks: Iterable[str | Promise]) -> str:
    """A status with what has to be said wherever it is shown, in brackets."""
    said = "; ".join(str(mark) for mark in marks)
    return gettext("%(status)s (%(marks)s)") % {"status": words, "marks": said} if said else words


def mark_of(status: str, in_confidence: bool = False) -> str:
    """The symbol and colour of a status: its phase, or “unknown” where silence is no failure."""
    return mark_of_group(counted_as(status, in_confidence))


def mark_of_group(group: str) -> str:
    """The symbol and colour of a phase, or “unknown” for a group that is none."""
    return Phase.UNKNOWN.value if group in GROUPS else Phase(group).value


def label_of_group(group: str) -> str:
    """The words of a phase, or of what is counted apart from every phase."""
    return str(GROUPS[group] if group in GROUPS else Phase(group).label)


def label_of_code(code: str) -> str:
    """The words of a status or of a phase."""
    return label_of(code) if code in S.values else label_of_group(code)


def status_choices() -> list[tuple[Promise, list[tuple[str, str | Promise]]]]:
    """Each phase and its statuses, as the options of a filter."""
    return [
        (phase.label, [(code.value, code.label) for code in (phase, *phase.statuses)])
        for phase in Phase
    ]


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
    # None: nobody had put it to the body by that day.
    asked_on: date | None
    status: ResponseStatus
    asked_how: str = Channel.PUBLIC
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
    points_other_way: bool = False
    from_digests: bool = False

    @property
    def phase(self) -> Phase:
        return self.status.phase

    @property
    def is_proposed(self) -> bool:
        """Whether the editors alone propose it: it has no clock and is in no count of asks."""
        return self.asked_on is None

    @property
    def counted_as(self) -> str:
        """Its phase, or the group in which it is counted apart."""
        return counted_as(self.status, self.in_confidence, self.is_proposed)

    @property
    def mark(self) -> str:
        if self.is_proposed and not self.is_found:
            return mark_of_group(PROPOSED)
        return mark_of(self.status, self.in_confidence)

    @property
    def marks(self) -> list[str]:
        """What has to be said wherever the status is shown."""
        return marks_of(points_other_way=self.points_other_way, from_digests=self.from_digests)

    @property
    def label(self) -> str:
        if self.is_proposed and not self.is_found:
            return label_of_group(PROPOSED)
        return marked(label_of(self.status, self.in_confidence), self.marks)

    @property
    def definition(self) -> str:
        """The sentence printed wherever the status is explained."""
        if self.is_proposed and not self.is_found:
            return str(DEFINITION_OF_PROPOSED)
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
        if self.status_on is None or self.asked_on is None:
            return False
        return self.status_on <= self.asked_on

    @property
    def is_paused(self) -> bool:
        return self._paused_since is not None

    @property
    def has_clock(self) -> bool:
        """No clock runs where nobody has asked or nobody has looked, nor against a body that works
        in confidence.
        """
        return not (self.is_proposed or self.status == S.NOT_CHECKED or self.in_confidence)

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
            and not self.is_proposed
            and self.expected_by < self.day
            and self.expected_basis in BINDING
            and self.status in OPEN_STATUSES
            and not self.is_paused
        )

    @property
    def is_stale(self) -> bool:
        """Whether somebody should look again: not for an answer to what was never asked."""
        if self.is_proposed and not self.is_found:
            return False
        return self.last_checked_on is None or self.last_checked_on < self.day - STALE_AFTER

    @property
    def status_words(self) -> str:
        """Promised on 19 February 2025."""
        if not self.is_found or self.status_on is None:
            return self.label
        words = {
            "status": label_of(self.status),
            "day": written_day(self.status_on, self.status_precision),
        }
        if self.status_precision == DatePrecision.DAY:
            dated = gettext("%(status)s on %(day)s") % words
        else:
            dated = gettext("%(status)s in %(day)s") % words
        return marked(dated, self.marks)

    @property
    def clock_words(self) -> str:
        """How long the ask has waited, or how long it took: the first sentence that is true."""
        if self.is_proposed:
            return str(NOT_PUT)
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
            if not self._running_days:
                return gettext("It stood so before the ask (%(day)s)") % words
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
        says_status = not self.is_found or (self.phase == Phase.AGAINST and not self.is_proposed)
        if self.is_paused and not self.is_proposed:
            says_status = False
        if says_status and not (self.in_confidence and self.is_found):
            return self.clock_words
        words = {"status": self.status_words, "clock": self.clock_words}
        return gettext("%(status)s. %(clock)s") % words

    @property
    def wait(self) -> str:
        """The wait in short, where there is one: 710 days without an answer."""
        return wait_words(self.days_waiting)

    @property
    def named_wait(self) -> str:
        """The same with what it began with: … since the public call of 16 December 2024."""
        if not self.wait:
            return ""
        words = {"wait": self.wait, "since": self.since_words}
        return gettext("%(wait)s %(since)s") % words

    @property
    def since_words(self) -> str:
        """What its clocks start at: since the public call of 16 December 2024."""
        return since(self.asked_how, self.asked_on) if self.asked_on else ""

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
        elif self._paused_since:
            state = gettext("paused on %(day)s") % {"day": written_day(self._paused_since)}
        else:
            state = gettext("running %(since)s") % {"since": self.since_words}
        if stopped_on is None and self.has_ended:
            days = self._days_after_ask(self._set_on)
        else:
            days = self._days_after_ask(stopped_on) if stopped_on else self._running_days
        return Clock(title, days, state, stopped_on is not None)

    def _days_after_ask(self, day: date) -> int:
        """Only where a clock may run."""
        assert self.asked_on is not None
        return max((day - self.asked_on).days, 0)

    @property
    def _running_days(self) -> int:
        """Days from the ask to the day looked at, or to the pause before it."""
        return self._days_after_ask(self._paused_since or self.day)

    @property
    def _paused_since(self) -> date | None:
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
        words = {
            "days": written_days(self._days_after_ask(self._set_on)),
            "after": after(self.asked_how),
        }
        before, later = ENDED[self.status if self.status == S.ACTION_TAKEN else self.phase]
        return gettext(before) if self.stood_before else gettext(later) % words

    @property
    def _against_words(self) -> str:
        days = self._days_after_ask(self.day)
        if self.last_moved_on:
            days = min(days, (self.day - self.last_moved_on).days)
        words = {"status": self.status_words, "days": written_days(days)}
        if not days:
            return self.status_words
        if self.stood_before:
            return gettext("%(status)s, before the ask; nothing new in %(days)s") % words
        return gettext("%(status)s; nothing new in %(days)s") % words

    @property
    def _unanswered_words(self) -> str:
        words = {"days": written_days(self._running_days), "since": since(self.asked_how)}
        if self.last_checked_on is None:
            # Nobody had looked by that day; what we know of it was found later.
            if not self._running_days:
                return gettext("Put to the body on this day")
            return gettext("No answer on the substance in %(days)s %(since)s") % words
        words["day"] = written_day(self.last_checked_on)
        if self.status == S.ACKNOWLEDGED:
            sentence = gettext(
                "No answer on the substance in %(days)s %(since)s (last looked %(day)s)"
            )
        elif self._running_days:
            sentence = gettext(
                "No public response found in %(days)s %(since)s (last looked %(day)s)"
            )
        else:
            sentence = gettext("No public response found so far (last looked %(day)s)")
        return sentence % words
