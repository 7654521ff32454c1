"""What one person writes and another decides."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.enums import DraftState
from advocacy.models.roles import CHANGE_PEOPLE, WRITE, demand
from advocacy.models.text import Line

# The states in which something is still to be done.
OPEN = (DraftState.WAITING, DraftState.RETURNED)


class Decided(models.Model):
    """Who decided what somebody else wrote or proposed, and when."""

    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        abstract = True

    def _decide(self, state, by, *also):
        """Settle it; `also` names other fields that were set."""
        self.state, self.decided_by, self.decided_at = state, by, timezone.now()
        decided: list[str] = ["state", "decided_by", "decided_at", *also]
        self.save(update_fields=decided)


class AnyDraftQuerySet[Row: "AnyDraft"](models.QuerySet[Row]):
    def waiting(self):
        return self.filter(state=DraftState.WAITING)

    def open_of(self, person):
        """What somebody wrote that is neither published nor withdrawn."""
        return self.filter(written_by=person, state__in=OPEN)

    @transaction.atomic
    def hand_over(self, *, to, by):
        """Give these drafts to somebody else, who is their author from now on; returns them."""
        demand(by, CHANGE_PEOPLE)
        if not to.has_perm(WRITE):
            raise ValidationError(gettext("%(name)s may not write.") % {"name": to})
        drafts = list(self.select_for_update(of=("self",)))
        self.filter(pk__in=[draft.pk for draft in drafts]).update(written_by=to)
        return drafts


class AnyDraft(Decided):
    """What somebody wrote and nobody has published: staff alone see it."""

    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("written by"),
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    state = Line(_("state"), max_length=9, choices=DraftState, default=DraftState.WAITING)

    class Meta:
        abstract = True

    def _take(self, *states):
        """Lock the draft as it is now; refuse if it has been decided already."""
        self.refresh_from_db(from_queryset=type(self)._default_manager.select_for_update())
        if self.state not in states:
            raise ValidationError(
                gettext("This draft is no longer open: it is %(state)s.")
                % {"state": self.get_state_display()}
            )

    def _take_to_publish(self, by):
        """The same, for whoever publishes it: not who wrote it."""
        self._take(DraftState.WAITING)
        if self.written_by == by:
            raise ValidationError(gettext("You wrote it: a second person publishes it."))
