"""The messages of a mailing, one for each follower: how each ended, and what it told."""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from operator import attrgetter
from typing import NamedTuple, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.enums import DeliveryState, EditionState, RefusalKind
from advocacy.models.followers import Subscriber
from advocacy.models.responses import StatusUpdate
from advocacy.models.text import Line
from advocacy.models.withheld import Withheld

# Of these the follower has the mail, or may have it.
REACHED = [DeliveryState.SENT, DeliveryState.DOUBTFUL, DeliveryState.CLAIMED]


class SelectionQuerySet(models.QuerySet["Selection"]):
    def of(self, edition, entries: Sequence[StatusUpdate]) -> "Selection":
        """The selection of exactly these entries; the same one for all who get the same."""
        keys = ",".join(str(key) for key in sorted(entry.pk for entry in entries))
        selection, created = self.get_or_create(
            edition=edition, digest=sha256(keys.encode()).hexdigest()
        )
        if created:
            selection.entries.set(entries)
        return selection


class Selection(models.Model):
    """The entries that one digest tells to some of its followers: those that concern them.

    Kept so that whoever was told of an entry is told of its correction, whatever they follow then.
    """

    edition = models.ForeignKey("Edition", on_delete=models.CASCADE, related_name="selections")
    # Stands for the keys of its entries, however many.
    digest = Line(max_length=64, editable=False)
    entries = models.ManyToManyField(StatusUpdate, related_name="+")

    objects = SelectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("selection of a digest")
        verbose_name_plural = _("selections of digests")
        constraints = [
            models.UniqueConstraint(fields=["edition", "digest"], name="selection_of_digest_once")
        ]

    def __str__(self):
        return f"{self.edition_id}: {self.digest[:8]}"


class Ended(NamedTuple):
    """How the sending of a message ended; a refusal also says of which kind it is."""

    delivery: "Delivery"
    state: DeliveryState
    problem: str = ""
    refusal: RefusalKind | None = None

    @property
    def follower(self) -> int:
        return self.delivery.subscriber_id or 0


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> Self:
        return self.filter(state=DeliveryState.WAITING)

    def stopped(self) -> Self:
        """Messages of mailings of which nothing more goes out for now, or ever."""
        halted = models.Q(edition__state__in=[EditionState.PAUSED, EditionState.CANCELLED])
        return self.filter(halted | models.Q(edition__sent_entry__correction__isnull=False))

    @transaction.atomic
    def claim(
        self, keys: Sequence[int], *, worker: str, withheld: int | None = None
    ) -> list["Delivery"]:
        """Take those of these messages that wait, to send them.

        No message is taken of a mailing that was paused or cancelled, or whose entry was corrected,
        since it started; nor where words were withheld after the last withholding that its letter
        knows of (`withheld`; None where no letter is made yet).
        """
        stopped = Delivery.objects.stopped().filter(pk=models.OuterRef("pk"))
        free = self.waiting().filter(~models.Exists(stopped), pk__in=keys).order_by("pk")
        if withheld is not None:
            free = free.filter(~models.Exists(Withheld.objects.filter(pk__gt=withheld)))
        held = list(free.select_for_update(of=("self",)).select_related("subscriber"))
        self.filter(pk__in=[delivery.pk for delivery in held]).update(
            state=DeliveryState.CLAIMED, claimed_by=worker, attempts=models.F("attempts") + 1
        )
        return held

    def put_back(self, held: Iterable["Delivery"], *, worker: str) -> int:
        """Let what this worker has claimed and not sent wait again, as if it was never claimed."""
        keys = [delivery.pk for delivery in held]
        return self.filter(pk__in=keys, state=DeliveryState.CLAIMED, claimed_by=worker).update(
            state=DeliveryState.WAITING, claimed_by="", attempts=models.F("attempts") - 1
        )

    @transaction.atomic
    def settle(self, ended: Iterable[Ended]) -> None:
        """Write down how the sending of these ended, and what it says of those who refused."""
        alike: dict[tuple[DeliveryState, str, str, int | None], list[int]] = {}
        # Followers first, in the order of `forget`, and in one order for all who lock several.
        for delivery, state, problem, refusal in sorted(ended, key=attrgetter("follower")):
            if refusal and delivery.subscriber:
                delivery.subscriber.note_refusal(refusal, problem)
            how = (state, problem, refusal or "", delivery.selection_id)
            alike.setdefault(how, []).append(delivery.pk)
        for (state, problem, kind, selection), keys in alike.items():
            self.filter(pk__in=keys).update(
                state=state,
                problem=problem,
                refusal=kind,
                selection=selection,
                sent_at=timezone.now() if state == DeliveryState.SENT else None,
            )

    def abandoned_by(self, workers: Iterable[str]) -> int:
        """Mark what dead workers were just sending: nobody knows whether it went out."""
        return self.filter(state=DeliveryState.CLAIMED, claimed_by__in=workers).update(
            state=DeliveryState.DOUBTFUL
        )

    def reached(self) -> Self:
        """Messages that a follower has, or may have."""
        return self.filter(state__in=REACHED, subscriber__isnull=False)

    def telling_at_once(self, entries: Iterable[int]) -> Self:
        """Messages of notices by which a follower was told of one of these entries (keys)."""
        return self.reached().filter(edition__sent_entry__in=entries)

    def telling_in_digest(self, entries: Iterable[int]) -> Self:
        """The same of digests."""
        # Looked up first: few, and then an index finds the messages.
        chosen = Selection.objects.filter(entries__in=entries).values_list("pk", flat=True)
        return self.reached().filter(selection__in=list(chosen.distinct()))


class Delivery(models.Model):
    """One message of one edition to one follower. Claimed before it goes, so never sent twice."""

    edition = models.ForeignKey("Edition", on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    # What a digest told; a notice tells the entry of its edition.
    selection = models.ForeignKey(
        Selection, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    state = Line(_("state"), max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_by = Line(max_length=64, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    # The code of the mail server and nothing of its words, which may quote the address.
    problem = Line(_("problem"), max_length=40, blank=True)
    refusal = Line(_("refusal"), max_length=5, choices=RefusalKind, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [models.Index(fields=["edition", "state", "id"], name="delivery_to_send")]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "subscriber"], name="delivery_once_per_follower"
            ),
            models.CheckConstraint(
                condition=models.Q(refusal="") | models.Q(state=DeliveryState.FAILED),
                name="delivery_refused_has_failed",
            ),
        ]

    def __str__(self):
        return f"{self.edition_id}: {self.state}"


def corrections_owed(week: date) -> dict[int, list[int]]:
    """The corrections of a week that somebody is owed: {entry key: keys of what it corrects}."""
    corrections = StatusUpdate.objects.corrections_for_digest(week).select_related("corrects")
    corrected = {entry.pk: StatusUpdate.objects.corrected_by(entry) for entry in corrections}
    return {
        key: keys for key, keys in corrected.items() if any(told.exists() for told in telling(keys))
    }


def telling(entries: list[int]) -> list[DeliveryQuerySet]:
    """The messages that told followers of one of these entries: those of notices, of digests."""
    rows = Delivery.objects
    return [rows.telling_at_once(entries), rows.telling_in_digest(entries)]
