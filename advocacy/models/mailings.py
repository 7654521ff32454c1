"""Mailings to followers: who is told of which entry, each of them once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.enums import DeliveryState, EditionKind, EditionState, Frequency, Tell
from advocacy.models.followers import Follow, Subscriber, SubscriberQuerySet
from advocacy.models.responses import StatusUpdate
from advocacy.models.roles import MAIL, demand
from advocacy.models.update_queryset import StatusUpdateQuerySet

# Time to look at a notice once more, and to cancel it.
TIME_TO_CANCEL = timedelta(minutes=10)
TIME_TO_CANCEL_DIGEST = timedelta(hours=1)
ROWS_AT_ONCE = 1000


class EditionQuerySet(models.QuerySet["Edition"]):
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
        or not at all if the corrected entry is not to be told at once.
        """
        corrected, planned = entry.corrects, None
        while corrected and not planned:
            # Locked: it either starts before and tells the old entry, or waits and tells this one.
            planned = (
                self.select_for_update(of=("self",))
                .filter(entry=corrected, state=EditionState.PLANNED)
                .first()
            )
            corrected = corrected.corrects
        if entry.tell == Tell.AT_ONCE and not planned:
            self.plan_notice(entry, by=by)
        elif entry.tell != Tell.AT_ONCE and planned:
            self.filter(pk=planned.pk, state=EditionState.PLANNED).update(
                state=EditionState.CANCELLED, finished_at=timezone.now()
            )

    def plan_digest(self, week: date) -> "Edition | None":
        """The digest of the week that starts on a Monday; None where nothing is to be told.

        A second call for the same week gives the same edition.
        """
        if existing := self.filter(week=week).first():
            return existing
        if not StatusUpdate.objects.for_digest(week).exists():
            return None
        edition, _created = self.get_or_create(
            week=week,
            defaults={
                "kind": EditionKind.DIGEST,
                "send_at": timezone.now() + TIME_TO_CANCEL_DIGEST,
            },
        )
        return edition

    def due(self, now: datetime | None = None) -> Self:
        return self.filter(state=EditionState.PLANNED, send_at__lte=now or timezone.now())

    def unfinished(self) -> Self:
        return self.filter(state=EditionState.SENDING)

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


class Edition(models.Model):
    """One mailing: the notice of one entry, or the digest of one week."""

    kind = models.CharField(_("kind"), max_length=6, choices=EditionKind)
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
        _("week"), null=True, blank=True, unique=True, help_text=_("The Monday it starts on.")
    )
    state = models.CharField(
        _("state"), max_length=9, choices=EditionState, default=EditionState.PLANNED
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
                condition=models.Q(kind=EditionKind.NOTICE, entry__isnull=False, week=None)
                | models.Q(kind=EditionKind.DIGEST, entry=None, week__isnull=False),
                name="edition_tells_an_entry_or_a_week",
                violation_error_message=_("A notice tells one entry, a digest one week."),
            ),
        ]

    def __str__(self):
        if self.entry:
            return f"{self.entry.action.reference}: {self.entry}"
        return gettext("Week of %(day)s") % {"day": self.week and date_format(self.week)}

    @property
    def entry_to_tell(self) -> StatusUpdate:
        """What a notice tells: an entry corrected before it went out is told corrected."""
        entry = self.sent_entry or self.entry
        assert entry, "A digest has no entry of its own."
        while not self.sent_entry and entry.is_corrected:
            entry = entry.correction
        return entry

    @property
    def is_planned(self):
        return self.state == EditionState.PLANNED

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
        """Take a planned mailing up. False where it is not to go out, or went already."""
        self.refresh_from_db(from_queryset=Edition.objects.select_for_update())
        if self.state != EditionState.PLANNED:
            return False
        if self.kind == EditionKind.NOTICE:
            self.sent_entry = self.entry_to_tell
        public = self.sent_entry is None or self.sent_entry.action.is_public
        self.state = EditionState.SENDING if public else EditionState.CANCELLED
        self.started_at = timezone.now()
        self.save(update_fields=["sent_entry", "state", "started_at"])
        return public

    def recipients(self) -> SubscriberQuerySet:
        """The followers this edition is for. Of a digest: those who may find something in it."""
        if self.kind == EditionKind.NOTICE:
            followers = Subscriber.objects.following([self.entry_to_tell])
            return followers.filter(frequency=Frequency.AT_ONCE)
        return Subscriber.objects.following(self.entries())

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
        # Locked: one who is deleted in between would take the deliveries of all others along.
        followers = list(self.recipients().select_for_update().filter(pk__gt=last)[:ROWS_AT_ONCE])
        if not followers:
            return None, []
        after = followers[-1].pk
        if self.kind == EditionKind.DIGEST:
            entries = self.entries_for(followers)
            followers = [follower for follower in followers if entries[follower.pk]]
        rows = [Delivery(edition=self, subscriber=follower) for follower in followers]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        keys = self.deliveries.waiting().filter(subscriber__in=followers)
        return after, list(keys.order_by("pk").values_list("pk", flat=True))

    def entries(self) -> StatusUpdateQuerySet:
        """What an edition tells; the entries of a digest by issue and day."""
        if self.kind == EditionKind.NOTICE:
            return StatusUpdate.objects.filter(pk=self.entry_to_tell.pk).with_related()
        return (
            StatusUpdate.objects.for_digest(self.week)
            .with_related()
            .order_by("action__issue__position", "action__issue__title", "happened_on", "pk")
        )

    def entries_for(self, followers: Iterable[Subscriber]) -> dict[int, list[StatusUpdate]]:
        """What a digest tells each of these followers: {follower key: [entry, …]}.

        What one was told at once is not told again.
        """
        entries = list(self.entries())
        follows: dict[int, list[Follow]] = {}
        for follow in Follow.objects.filter(subscriber__in=followers):
            follows.setdefault(follow.subscriber_id, []).append(follow)
        told_at_once = set(
            Delivery.objects.filter(subscriber__in=followers, edition__sent_entry__in=entries)
            .exclude(state=DeliveryState.DROPPED)
            .values_list("subscriber", "edition__sent_entry")
        )
        return {
            follower.pk: [
                entry
                for entry in entries
                if any(_covers(follow, entry) for follow in follows.get(follower.pk, []))
                and (follower.pk, entry.pk) not in told_at_once
            ]
            for follower in followers
        }

    def finish(self) -> None:
        """Close the mailing once nothing of it is left to do."""
        left = self.deliveries.filter(state__in=[DeliveryState.WAITING, DeliveryState.CLAIMED])
        if not left.exists():
            Edition.objects.filter(pk=self.pk, state=EditionState.SENDING).update(
                state=EditionState.SENT, finished_at=timezone.now()
            )

    def counts(self) -> Counter[str]:
        """How many deliveries stand in each state: Counter of state."""
        rows = self.deliveries.order_by().values_list("state").annotate(models.Count("pk"))
        return Counter(dict(rows))


def _covers(follow: Follow, entry: StatusUpdate) -> bool:
    action = entry.action
    if follow.issue_id:
        return follow.issue_id == action.issue_id
    if follow.body_id:
        return follow.body_id == action.body_id
    return follow.action_id in (None, action.pk)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> Self:
        return self.filter(state=DeliveryState.WAITING)

    def claim(self, key: int, *, worker: str) -> "Delivery | None":
        """Take one message to send, or None where it is taken, sent or not wanted any more."""
        claimed = self.filter(pk=key, state=DeliveryState.WAITING).update(
            state=DeliveryState.CLAIMED, claimed_by=worker, attempts=models.F("attempts") + 1
        )
        return self.select_related("subscriber").get(pk=key) if claimed else None

    def abandoned_by(self, workers: Iterable[str]) -> int:
        """Mark what workers that died were just sending. Nobody knows whether it went out."""
        return self.filter(state=DeliveryState.CLAIMED, claimed_by__in=workers).update(
            state=DeliveryState.DOUBTFUL
        )


class Delivery(models.Model):
    """One message of one edition to one follower. Claimed before it goes, so never sent twice."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    state = models.CharField(
        _("state"), max_length=8, choices=DeliveryState, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_by = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    # The code of the mail server and nothing of its words, which may quote the address.
    problem = models.CharField(_("problem"), max_length=40, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [models.Index(fields=["edition", "state", "id"], name="delivery_to_send")]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "subscriber"], name="delivery_once_per_follower"
            )
        ]

    def __str__(self):
        return f"{self.edition_id}: {self.state}"

    def mark(self, state: str, problem: str = "") -> None:
        """Write down how the sending ended."""
        Delivery.objects.filter(pk=self.pk).update(
            state=state,
            problem=problem,
            sent_at=timezone.now() if state == DeliveryState.SENT else None,
        )

    @transaction.atomic
    def bounce(self, problem: str) -> None:
        """The mail server refused this address for good: it gets no more mail."""
        # The follower first, in the order of `forget`.
        if self.subscriber:
            self.subscriber.bounce()
        self.mark(DeliveryState.FAILED, problem)
