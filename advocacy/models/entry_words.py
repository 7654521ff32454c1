"""What an entry of the record says, in the words that may be shown."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, gettext

from advocacy.models.dates import written_day
from advocacy.models.enums import DatePrecision, Phase, ResponseStatus
from advocacy.models.evidence import rests_on_digests
from advocacy.models.sources import Source
from advocacy.models.standing import label_of, mark_of, marked, marks_of
from advocacy.models.translated import Words


class LookKind(Enum):
    """What a look says, by what was asked, what was on record and how its body works."""

    FIRST = "first"
    AGAIN = "again"
    NO_POSITION = "no_position"
    NOT_ASKED = "not_asked"
    NOTHING_NEW = "nothing_new"


def look_kind(
    *, was_asked: bool, in_confidence: bool, answered_before: bool, looked_before: bool
) -> LookKind:
    if answered_before:
        return LookKind.NOTHING_NEW
    if not was_asked:
        return LookKind.NOT_ASKED
    if in_confidence:
        return LookKind.NO_POSITION
    return LookKind.AGAIN if looked_before else LookKind.FIRST


def look_label(kind: LookKind) -> str:
    """What a look says: we searched on a day and found nothing, or nothing new."""
    match kind:
        case LookKind.NOTHING_NEW:
            return gettext("Looked again: nothing new")
        case LookKind.NO_POSITION:
            return gettext("Looked: no public position; this body works in confidence")
        case LookKind.NOT_ASKED:
            return gettext("Looked: nothing public found on it")
        case LookKind.AGAIN:
            return gettext("Looked again: no public response found")
        case LookKind.FIRST:
            return gettext("Looked: no public response found")


class EntryWords(models.Model):
    """The words of a `StatusUpdate`. Those of how its ask stands are `Standing`'s.

    Beside its fields it has an `account` to be shown, which is its summary where it has one.
    """

    pk: Any
    objects: Any
    action: Any
    sources: Any
    place: Any
    search_log_id: int | None
    status: str
    summary: str
    happened_on: date
    happened_precision: str
    checked_on: date
    recorded_at: datetime
    text_of: Any
    points_other_way: bool
    to_cite: Sequence[Source] = ()

    class Meta:
        abstract = True

    @property
    def is_look(self):
        """Whether the entry says that we searched and found nothing (new)."""
        return self.search_log_id is not None

    @property
    def was_asked(self):
        """Whether anybody is known to have put the ask to its body by that day."""
        asked_on = self.action.standing_today.asked_on
        return asked_on is not None and asked_on <= self.happened_on

    @property
    def is_checked_that_day(self):
        """Whether it was last checked on the very day on which it happened."""
        known = self.happened_precision == DatePrecision.DAY
        return known and self.happened_on == self.checked_on

    @property
    def is_of_one_day(self):
        """Whether it happened, was recorded and was last checked on one and the same day."""
        return self.is_checked_that_day and timezone.localdate(self.recorded_at) == self.checked_on

    @property
    def label(self):
        """The words of the entry: of its status, or that we looked and found nothing."""
        if not self.is_look:
            return marked(label_of(self.status, self.action.body.works_in_confidence), self.marks)
        kind = look_kind(
            was_asked=self.was_asked,
            in_confidence=self.action.body.works_in_confidence,
            answered_before=self.place.answered_before,
            looked_before=self.place.looked_before,
        )
        return look_label(kind)

    @property
    def marks(self):
        """What has to be said wherever the status is shown; see `Standing.marks`."""
        return marks_of(
            points_other_way=self.points_other_way,
            from_digests=rests_on_digests(self, self.cited),
        )

    @property
    def cited(self):
        """Its sources; of an entry that is not saved, those it is to have."""
        return self.sources.all() if self.pk else self.to_cite

    @property
    def mark(self):
        """The symbol beside the words; a look has one only where silence is a failure."""
        in_confidence = self.action.body.works_in_confidence
        if not self.is_look:
            return mark_of(self.status, in_confidence)
        was_awaited = self.was_asked and not in_confidence
        return Phase.NO_ANSWER.value if was_awaited and not self.place.answered_before else ""

    @property
    def account(self):
        """What happened, in a sentence or more; for a look without words, what we did."""
        if self.summary or not self.is_look:
            return self.text_of("summary")
        if self.place.answered_before:
            return gettext("We looked again and found nothing new. The status stays what it was.")
        if not self.was_asked:
            return gettext("A search found nothing public on it.")
        return gettext("A search found no public response.")

    def shown(self, field: str, language: str = "") -> Words:
        if field != "account":
            return super().shown(field, language)  # type: ignore[misc]
        if self.summary or not self.is_look:
            return self.shown("summary", language)
        return Words(self.account, get_language() or settings.LANGUAGE_CODE, None)

    @property
    def missed_words(self):
        """For a look that missed what had already happened: a sentence that says so."""
        if self.is_look and self.place.missed_on and not self.place.answered_before:
            day = written_day(self.place.missed_on)
            return gettext("We had missed it: a response of %(day)s was found later.") % {
                "day": day
            }
        return ""

    @property
    def earlier_label(self):
        """The words of the status before this response; empty if it did not change them."""
        if self.is_look:
            return ""
        if earlier := type(self).objects.before(self):
            return earlier.label if earlier.label != self.label else ""
        if self.place.looked_before:
            return label_of(ResponseStatus.NO_RESPONSE, self.action.body.works_in_confidence)
        return ""
