"""When a mailing is refused over and over, it waits for staff, and nobody loses a message by it."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.deliveries import Delivery, DeliveryQuerySet
from advocacy.models.enums import DeliveryState, EditionState, RefusalKind
from advocacy.models.roles import MAIL, demand
from advocacy.models.text import Line

# Like refusals in a row after which a mailing pauses. A smaller mailing pauses when all of it was
# refused alike, provided that is more than a full mailbox or two.
LIKE_REFUSALS = 10
FEWEST_REFUSALS = 3
# So many times in a row turned away by the mail server before it was given a message.
TURNED_AWAY = 3


def paused_says_since_when_and_why(name: str) -> models.CheckConstraint:
    paused = models.Q(state=EditionState.PAUSED)
    return models.CheckConstraint(
        condition=paused & models.Q(paused_at__isnull=False) & ~models.Q(paused_for="")
        | ~paused & models.Q(paused_at=None, paused_for=""),
        name=name,
    )


class Pausable(models.Model):
    """How a mailing stands, and what it knows of its refusals."""

    state = Line(_("state"), max_length=9, choices=EditionState, default=EditionState.PLANNED)
    paused_at = models.DateTimeField(_("paused at"), null=True, editable=False)
    paused_for = Line(_("paused because of"), max_length=40, blank=True, editable=False)
    # The last refusal, and how many like it came one after the other.
    refused_with = Line(max_length=40, blank=True, editable=False)
    refused_in_a_row = models.PositiveSmallIntegerField(default=0, editable=False)

    deliveries: DeliveryQuerySet

    class Meta:
        abstract = True

    @property
    def fewest_to_pause(self) -> int:
        """How many like refusals in a row pause this mailing."""
        expected = self.deliveries.order_by()[:LIKE_REFUSALS].count()
        return max(FEWEST_REFUSALS, expected)

    def note_refused(self, problem: str) -> int:
        """Count one refusal; returns how many like it came one after the other by now."""
        is_like = problem == self.refused_with
        self.refused_in_a_row = self.refused_in_a_row + 1 if is_like else 1
        self.refused_with = problem
        return self.refused_in_a_row

    def note_taken(self) -> None:
        """A message was taken: the row of refusals is over."""
        self.refused_in_a_row, self.refused_with = 0, ""

    def keep_count(self) -> None:
        """Write the row of refusals down, for the next task of this mailing."""
        self.save(update_fields=["refused_in_a_row", "refused_with"])

    def pause(self, problem: str) -> bool:
        """Hold the mailing until staff resume it. True for the one who paused it."""
        row = type(self)._default_manager.filter(pk=self.pk, state=EditionState.SENDING)
        return (
            row.update(state=EditionState.PAUSED, paused_at=timezone.now(), paused_for=problem) == 1
        )

    def refused_for_us(self) -> models.QuerySet[Delivery]:
        """What failed for the reason of the pause and can go out once that is mended."""
        return self.deliveries.filter(
            state=DeliveryState.FAILED,
            refusal=RefusalKind.OTHER,
            problem=self.paused_for,
            subscriber__isnull=False,
        )

    @transaction.atomic
    def resume(self, *, by) -> None:
        """Go on where a paused mailing stood; what was refused because of us is tried again."""
        demand(by, MAIL)
        self.refresh_from_db(
            from_queryset=type(self)._default_manager.select_for_update(of=("self",))
        )
        if self.state != EditionState.PAUSED:
            raise ValidationError(gettext("It is not paused."))
        self.refused_for_us().update(state=DeliveryState.WAITING, problem="", refusal="")
        self.state, self.paused_at, self.paused_for = EditionState.SENDING, None, ""
        self.note_taken()
        self.save(
            update_fields=["state", "paused_at", "paused_for", "refused_in_a_row", "refused_with"]
        )
