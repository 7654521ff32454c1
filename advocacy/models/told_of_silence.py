"""Which silence followers are told of: a session that has ended, or a day that has passed, after
which somebody looked and found nothing.
"""

from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.dates import written_day
from advocacy.models.enums import CalledOff, EditionKind, EditionState
from advocacy.models.meetings import Meeting, MeetingQuerySet
from advocacy.models.responses import StatusUpdate
from advocacy.models.standing import STALE_AFTER
from advocacy.models.standing_today import StandingToday
from advocacy.models.text import Line
from advocacy.models.update_queryset import StatusUpdateQuerySet

# Time to look at the mailing once more, and to look for the next ask of the same session.
TIME_TO_LOOK = timedelta(hours=1)
# So long a mailing waits until somebody has looked for every ask of its session.
LONGEST_WAIT = timedelta(days=7)


def looks_after(day: Any) -> StatusUpdateQuerySet:
    """Looks in force that were made after a day."""
    return StatusUpdate.objects.looks().not_corrected().filter(happened_on__gt=day)


def sessions_to_look_after(day: date | None = None) -> MeetingQuerySet:
    """The newest session of each body that has ended, with `to_look`: for how many asks on which it
    could have acted, and did not move, nobody has looked since. Those with none are left out.
    """
    day = day or timezone.localdate()
    ended = Meeting.objects.ended_lately(day)
    newer = ended.filter(body=models.OuterRef("body"), ends_on__gt=models.OuterRef("ends_on"))
    asks = StandingToday.objects.waiting_in_public(day).unmoved_through(
        body=models.OuterRef("body"), starts_on=models.OuterRef("starts_on")
    )
    looked = looks_after(models.OuterRef(models.OuterRef("ends_on")))
    asks = asks.exclude(models.Exists(looked.filter(action=models.OuterRef("action")).order_by()))
    number = asks.order_by().values("body").annotate(n=models.Count("pk")).values("n")
    rows = ended.annotate(to_look=Coalesce(models.Subquery(number), 0))
    return rows.filter(~models.Exists(newer.order_by()), to_look__gt=0)


def asks_to_look_for(meeting: Meeting) -> list[int]:
    """The keys of the asks of an ended session for which nobody has looked since it ended."""
    edition = apps.get_model("advocacy", "Edition")
    return edition(kind=EditionKind.SILENCE, meeting=meeting).keys_to_look_for()


class Silence(models.Model):
    """Of a mailing about silence: what has ended or passed, and why it was called off, if so."""

    meeting = models.OneToOneField(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("session"),
    )
    action = models.ForeignKey(
        "advocacy.RecommendedAction",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("ask"),
    )
    deadline = models.DateField(_("answer expected by"), null=True, blank=True)
    called_off = Line(_("does not go out because"), max_length=9, choices=CalledOff, blank=True)

    class Meta:
        abstract = True

    @property
    def ended_on(self) -> date:
        """The last day of the session, or the day by which an answer was due."""
        day = self.meeting.ends_on if self.meeting else self.deadline
        assert day, "Only a mailing about silence knows one."
        return day

    @property
    def silence_words(self) -> str:
        if self.meeting:
            return gettext("Silence after %(session)s") % {"session": self.meeting}
        words = {"ask": self.action, "day": written_day(self.ended_on)}
        return gettext("%(ask)s: no answer by %(day)s") % words

    def silent_asks(self) -> Any:
        """The standings of the asks on which the body was silent then, and is to this day."""
        today = timezone.localdate()
        rows = StandingToday.objects.on_day(today).waiting_in_public(today)
        if self.meeting:
            return rows.unmoved_through(body=self.meeting.body_id, starts_on=self.meeting.starts_on)
        return rows.unmoved_by_deadline().filter(action=self.action_id, expected_by=self.deadline)

    def looks(self) -> list[StatusUpdate]:
        """The newest look since then for each of these asks that somebody has looked for."""
        rows = looks_after(self.ended_on).filter(action__in=self.silent_asks().values("action"))
        newest: dict[int, StatusUpdate] = {}
        for look in rows.newest_first():
            newest.setdefault(look.action_id, look)
        return list(newest.values())

    def keys_to_look_for(self) -> list[int]:
        """The keys of the other ones."""
        looked = looks_after(self.ended_on).filter(action=models.OuterRef("action"))
        rows = self.silent_asks().exclude(models.Exists(looked.order_by()))
        return list(rows.order_by("action__reference").values_list("action", flat=True))

    def number_to_look_for(self) -> int:
        """For how many asks of its session somebody has to look; of other mailings, none."""
        return len(self.keys_to_look_for()) if self.meeting else 0

    def why_not_yet(self) -> dict[str, Any]:
        """The values that a mailing which must not go out now is to have; none where it may go.

        It waits until somebody has looked for every ask of the session, but not for ever, and is
        called off where nothing is left to tell.
        """
        now = timezone.now()
        looks = self.looks()
        if not looks:
            return called_off(CalledOff.OVER)
        until = min(look.recorded_at for look in looks) + LONGEST_WAIT
        if now < until and self.keys_to_look_for():
            return {"send_at": min(now + TIME_TO_LOOK, until)}
        return {}


def called_off(why: CalledOff) -> dict[str, Any]:
    return {"state": EditionState.CANCELLED, "called_off": why, "finished_at": timezone.now()}


class SilenceQuerySet(models.QuerySet[Any]):
    """Mailings about silence: planned by a look of the staff, called off by what is recorded."""

    def tell_of_silence(self, look: StatusUpdate, *, by: Any) -> None:
        """Plan the mailing of the session or day that this look shows to have passed in silence.

        There is one for each, whoever looks and however often. What somebody of the staff
        cancelled stays so; what was called off by an entry comes back with the next look.
        """
        found = _shown_by(look) if look.is_look else {}
        if not found:
            return
        send_at = timezone.now() + TIME_TO_LOOK
        defaults = {"kind": EditionKind.SILENCE, "planned_by": by, "send_at": send_at}
        edition, is_new = self.get_or_create(**found, defaults=defaults)
        if not is_new:
            back = models.Q(state=EditionState.CANCELLED, started_at=None) & models.Q(
                called_off__in=[CalledOff.MOVED, CalledOff.CORRECTED, CalledOff.OVER]
            )
            waits = models.Q(state=EditionState.PLANNED)
            self.filter(waits | back, pk=edition.pk).update(
                state=EditionState.PLANNED, called_off="", finished_at=None, send_at=send_at
            )

    def call_off_silence(self, entry: StatusUpdate) -> None:
        """Call off what nothing is left of, now that this entry has joined the record."""
        if entry.is_look and not entry.corrects_id:
            return
        of_ask = models.Q(meeting__body=entry.action.body_id) | models.Q(action=entry.action_id)
        planned = self.filter(of_ask, kind=EditionKind.SILENCE, state=EditionState.PLANNED)
        for edition in planned.select_for_update(of=("self",)).select_related("meeting"):
            if not edition.looks():
                why = CalledOff.CORRECTED if entry.is_look else CalledOff.MOVED
                self.filter(pk=edition.pk).update(**called_off(why))

    def hold_back_silence(self) -> None:
        """After a backup was put back: of no session that has ended may anybody be told twice."""
        held = called_off(CalledOff.RESTORED)
        for meeting in Meeting.objects.ended_lately():
            defaults = {"kind": EditionKind.SILENCE, "send_at": timezone.now()} | held
            self.get_or_create(meeting=meeting, defaults=defaults)
        late = StandingToday.objects.on_day(timezone.localdate()).unmoved_by_deadline()
        for ask, day in late.values_list("action", "expected_by"):
            defaults = {"kind": EditionKind.SILENCE, "send_at": timezone.now()} | held
            self.get_or_create(action_id=ask, deadline=day, defaults=defaults)


def _shown_by(look: StatusUpdate) -> dict[str, Any]:
    """What passed in silence by a look: the last session of the body, else a day of the ask."""
    today = timezone.localdate()
    ended = Meeting.objects.ended_lately(today).filter(
        body=look.action.body_id, ends_on__lt=look.happened_on
    )
    rows = StandingToday.objects.on_day(today).waiting_in_public(today)
    rows = rows.filter(action=look.action_id)
    if (meeting := ended.first()) and rows.unmoved_through(
        body=meeting.body_id, starts_on=meeting.starts_on
    ).exists():
        return {"meeting": meeting}
    late = rows.unmoved_by_deadline().filter(
        expected_by__lt=look.happened_on, expected_by__gte=today - STALE_AFTER
    )
    if day := late.values_list("expected_by", flat=True).first():
        return {"action_id": look.action_id, "deadline": day}
    return {}
