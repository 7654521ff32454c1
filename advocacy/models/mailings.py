"""Mailings to followers: who is told of which entry, each of them once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.deliveries import Delivery, corrections_owed, telling
from advocacy.models.enums import (
    CalledOff,
    DeliveryState,
    EditionKind,
    EditionState,
    Frequency,
    RefusalKind,
    Tell,
)
from advocacy.models.follower_queryset import ROWS_AT_ONCE, SubscriberQuerySet
from advocacy.models.followers import Subscriber
from advocacy.models.pauses import Pausable, paused_says_since_when_and_why
from advocacy.models.responses import StatusUpdate
from advocacy.models.roles import MAIL, demand
from advocacy.models.state_mailings import NewsQuerySet
from advocacy.models.text import Line
from advocacy.models.told_entries import TellsEntries
from advocacy.models.told_of_silence import called_off

# Time to look at a notice once more, and to cancel it.
TIME_TO_CANCEL = timedelta(minutes=10)
TIME_TO_CANCEL_DIGEST = timedelta(hours=1)
RUNNING = [EditionState.SENDING, EditionState.PAUSED]
# Of silence, either a session or the day of one ask; of other mailings, neither.
NO_SILENCE: dict[str, Any] = {"meeting": None, "action": None, "deadline": None}
LOUD: dict[str, Any] = {**NO_SILENCE, "news": None, "called_off": ""}
OF_STATES = models.Q(news__isnull=False, week=None) | models.Q(news=None, week__isnull=False)
SILENT = models.Q(meeting__isnull=False, action=None, deadline=None) | models.Q(
    meeting=None, action__isnull=False, deadline__isnull=False
)


class EditionQuerySet(NewsQuerySet):
    def plan_notice(self, entry, *, by):
        """Plan to tell followers of an entry at once; ten minutes remain to cancel it."""
        return self.create(
            kind=EditionKind.NOTICE,
            entry=entry,
            planned_by=by,
            send_at=timezone.now() + TIME_TO_CANCEL,
        )

    def tell(self, entry, *, by):
        """Do what staff decided about a new entry.

        Where it corrects one whose notice has not gone out yet, that notice goes out corrected,
        or not at all if the correction is not to be told at once. Whoever was told at once of what
        it corrects is told at once of it, too, whatever staff decided.
        """
        self.call_off_silence(entry)
        corrected, planned = entry.corrects, None
        while corrected and not planned:
            # Locked: it either starts before and tells the old entry, or waits and tells this one.
            planned = (
                self.select_for_update(of=("self",))
                .filter(entry=corrected, state=EditionState.PLANNED)
                .first()
            )
            corrected = corrected.corrects
        keys = StatusUpdate.objects.corrected_by(entry)
        told = Delivery.objects.telling_at_once(keys).exists()
        # Of a mailing that runs just now, more may have it by the time this one goes out.
        runs = self.filter(sent_entry__in=keys, state__in=RUNNING).exists()
        wanted = entry.tell == Tell.AT_ONCE or told or runs
        if wanted and not planned:
            self.plan_notice(entry, by=by)
        elif planned and not wanted:
            self.filter(pk=planned.pk, state=EditionState.PLANNED).update(
                state=EditionState.CANCELLED, finished_at=timezone.now()
            )

    def plan_digest(self, week: date) -> "Edition | None":
        """The digest of the week that starts on a Monday; None where nothing is to be told.

        A second call for the same week gives the same edition.
        """
        if existing := self.filter(kind=EditionKind.DIGEST, week=week).first():
            return existing
        if not StatusUpdate.objects.for_digest(week).exists() and not corrections_owed(week):
            return None
        edition, _created = self.get_or_create(
            kind=EditionKind.DIGEST,
            week=week,
            defaults={"send_at": timezone.now() + TIME_TO_CANCEL_DIGEST},
        )
        return edition

    @transaction.atomic
    def hold_back(self, made_at: datetime) -> None:
        """After a backup was put back: send nothing that may have gone out since it was made."""
        now, today = timezone.now(), timezone.localdate()
        open_states = [DeliveryState.WAITING, DeliveryState.CLAIMED]
        Delivery.objects.filter(state__in=open_states).update(
            state=DeliveryState.DOUBTFUL, problem="restored from a backup"
        )
        self.filter(state__in=RUNNING).update(
            state=EditionState.SENT, finished_at=now, paused_at=None, paused_for=""
        )
        held = {"state": EditionState.CANCELLED, "finished_at": now}
        self.filter(state=EditionState.PLANNED).update(**held)
        # The digest that was planned on Monday is not in a backup from before.
        monday = today - timedelta(days=today.weekday())
        if timezone.localtime(made_at).date() <= monday:
            week = monday - timedelta(days=7)
            for kind in (EditionKind.DIGEST, EditionKind.STATES):
                self.get_or_create(kind=kind, week=week, defaults={"send_at": now} | held)
        self.hold_back_silence()
        self.hold_back_news()

    def due(self, now: datetime | None = None) -> Self:
        return self.filter(state=EditionState.PLANNED, send_at__lte=now or timezone.now())

    def unfinished(self) -> Self:
        return self.filter(state=EditionState.SENDING)

    def paused(self) -> Self:
        return self.filter(state=EditionState.PAUSED)

    def with_progress(self):
        """Annotate `expected`, `sent`, `failed`, `doubtful` and `waiting` deliveries."""

        def number(*states):
            condition = models.Q(deliveries__state__in=states) if states else None
            return models.Count("deliveries", filter=condition)

        return self.annotate(
            expected=number(),
            sent=number(DeliveryState.SENT),
            failed=number(DeliveryState.FAILED),
            doubtful=number(DeliveryState.DOUBTFUL),
            dropped=number(DeliveryState.DROPPED),
            waiting=number(DeliveryState.WAITING, DeliveryState.CLAIMED),
        )


class Edition(Pausable, TellsEntries):
    """One mailing: the notice of an entry, the digest of a week, about a silence or States."""

    kind = Line(_("kind"), max_length=7, choices=EditionKind)
    entry = models.OneToOneField(
        StatusUpdate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="edition",
        verbose_name=_("entry"),
    )
    # The entry itself, or what had corrected it by the time the mailing started.
    sent_entry = models.ForeignKey(
        StatusUpdate, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    week = models.DateField(
        _("week"), null=True, blank=True, help_text=_("The Monday it starts on.")
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("planned by"),
    )
    send_at = models.DateTimeField(_("goes out at"))
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["-send_at", "-pk"]
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=EditionKind.NOTICE, entry__isnull=False, week=None, **LOUD)
                | models.Q(kind=EditionKind.DIGEST, entry=None, week__isnull=False, **LOUD)
                | models.Q(SILENT, kind=EditionKind.SILENCE, entry=None, week=None, news=None)
                | models.Q(OF_STATES, kind=EditionKind.STATES, entry=None, **NO_SILENCE),
                name="edition_tells_what_its_kind_tells",
                violation_error_message=_(
                    "A notice tells one entry, a digest one week, a mailing about silence one"
                    " session or day, and one about States a piece of news or a week."
                ),
            ),
            models.UniqueConstraint(fields=["kind", "week"], name="edition_of_a_week_once"),
            models.UniqueConstraint(
                fields=["action", "deadline"], name="edition_tells_a_deadline_once"
            ),
            paused_says_since_when_and_why("edition_paused_says_since_when_and_why"),
        ]

    def __str__(self):
        if self.entry:
            return f"{self.entry.action.reference}: {self.entry}"
        if self.kind == EditionKind.SILENCE:
            return self.silence_words
        if self.news:
            return gettext("States: %(news)s") % {"news": self.news}
        week = {"day": self.week and date_format(self.week)}
        if self.kind == EditionKind.STATES:
            return gettext("States, week of %(day)s") % week
        return gettext("Week of %(day)s") % week

    def is_outdated(self) -> bool:
        """Whether the entry of this notice was corrected after the notice had started."""
        return (
            StatusUpdate.objects.filter(corrects=self.sent_entry_id).exclude(corrects=None).exists()
        )

    @property
    def is_planned(self):
        return self.state == EditionState.PLANNED

    @property
    def is_paused(self) -> bool:
        return self.state == EditionState.PAUSED

    def cancel(self, *, by):
        """Keep a planned mailing from going out; one that has started cannot be called back."""
        demand(by, MAIL)
        changed = Edition.objects.filter(pk=self.pk, state=EditionState.PLANNED).update(
            state=EditionState.CANCELLED, finished_at=timezone.now()
        )
        if not changed:
            raise ValidationError(gettext("It has started to go out and cannot be cancelled."))

    @transaction.atomic
    def start(self) -> bool:
        """Start a planned mailing. False where it is not to go out, or has started already."""
        self.refresh_from_db(from_queryset=Edition.objects.select_for_update())
        if self.state != EditionState.PLANNED:
            return False
        if self.news and self.news.row.is_corrected:
            Edition.objects.filter(pk=self.pk).update(**called_off(CalledOff.REPLACED))
            Edition.objects.follow_corrections()
            return False
        if self.kind == EditionKind.SILENCE and (values := self.why_not_yet()):
            Edition.objects.filter(pk=self.pk).update(**values)
            return False
        if self.kind == EditionKind.NOTICE:
            self.sent_entry = self.entry_to_tell
        public = self.sent_entry is None or self.sent_entry.action.is_public
        self.state = EditionState.SENDING if public else EditionState.CANCELLED
        self.started_at = timezone.now()
        self.save(update_fields=["sent_entry", "state", "started_at"])
        return public

    def recipients(self) -> SubscriberQuerySet:
        """The followers this edition is for; of a digest, those who may find something in it."""
        if self.kind == EditionKind.NOTICE:
            entry = self.entry_to_tell
            corrected = StatusUpdate.objects.corrected_by(entry)
            told = Delivery.objects.telling_at_once(corrected)
            wanted = models.Q(pk__in=told.values("subscriber"))
            if entry.tell == Tell.AT_ONCE:
                wanted |= models.Q(pk__in=Subscriber.objects.following([entry]).values("pk"))
            return Subscriber.objects.confirmed().filter(wanted, frequency=Frequency.AT_ONCE)
        if self.kind == EditionKind.STATES:
            at_once = {"frequency": Frequency.AT_ONCE} if self.news else {}
            return self.followers_of_states().filter(**at_once)
        if self.kind == EditionKind.SILENCE:
            return Subscriber.objects.following(self.entries()).filter(of_silence=True)
        corrected = list(chain.from_iterable(self._corrections().values()))
        following = Subscriber.objects.following(StatusUpdate.objects.for_digest(self.week))
        wanted = models.Q(pk__in=following.values("pk"))
        for told in telling(corrected):
            wanted |= models.Q(pk__in=told.values("subscriber"))
        return Subscriber.objects.confirmed().filter(wanted)

    def add_deliveries(self) -> Iterator[list[int]]:
        """Write down who is to be told; yields the keys of the deliveries, a thousand at a time.

        Cut short and called again, it adds those that are missing.
        """
        last, keys = self._add_deliveries_after(0)
        while last:
            yield keys
            last, keys = self._add_deliveries_after(last)

    @transaction.atomic
    def _add_deliveries_after(self, last: int) -> tuple[int | None, list[int]]:
        """The keys of the next thousand, and the last of their followers; None after all."""
        if self.is_outdated():
            return None, []
        # Locked: one who is deleted in between would take the deliveries of all others along.
        followers = list(self.recipients().select_for_update().filter(pk__gt=last)[:ROWS_AT_ONCE])
        if not followers:
            return None, []
        after = followers[-1].pk
        if self.kind != EditionKind.NOTICE:
            entries = self.told_to(followers)
            followers = [follower for follower in followers if entries[follower.pk]]
        rows = [Delivery(edition=self, subscriber=follower) for follower in followers]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        keys = self.deliveries.waiting().filter(subscriber__in=followers)
        return after, list(keys.order_by("pk").values_list("pk", flat=True))

    def give_up(self, keys: Iterable[int]) -> bool:
        """After the last try: what was refused one by one has failed.

        True where more is left, which the mail server never looked at.
        """
        waiting = self.deliveries.waiting().filter(pk__in=keys)
        one_by_one = models.Q(problem__startswith="RCPT") | models.Q(problem__startswith="DATA")
        waiting.filter(one_by_one).update(state=DeliveryState.FAILED, refusal=RefusalKind.OTHER)
        return waiting.exists()

    def finish(self) -> None:
        """Close the mailing once there is nothing left to do."""
        if self.is_outdated():
            # Its followers are told of the correction by a mailing of its own.
            self.deliveries.waiting().update(state=DeliveryState.DROPPED, problem="corrected")
        left = self.deliveries.filter(state__in=[DeliveryState.WAITING, DeliveryState.CLAIMED])
        if not left.exists():
            Edition.objects.filter(pk=self.pk, state=EditionState.SENDING).update(
                state=EditionState.SENT, finished_at=timezone.now()
            )

    def counts(self) -> Counter[str]:
        """How many deliveries stand in each state: Counter of state."""
        rows = self.deliveries.order_by().values_list("state").annotate(models.Count("pk"))
        return Counter(dict(rows))
