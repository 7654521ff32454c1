"""Refused mail, counted by follower and day: on the third day a dead mailbox ends its follower."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.enums import RefusalKind
from advocacy.models.text import Line

if TYPE_CHECKING:
    from advocacy.models.followers import Subscriber

# So many days on which the mailbox was said not to exist, within so long, end a follower.
DAYS_TO_END = 3
WITHIN = timedelta(days=30)
# Staff see why a follower was ended for as long as that can be undone.
KEEP_REFUSALS = timedelta(days=60)


class RefusalQuerySet(models.QuerySet["Refusal"]):
    def note(self, follower: "Subscriber", kind: RefusalKind, code: str, day: date) -> None:
        """Count one refusal. Call it with the follower's row locked."""
        row, created = self.get_or_create(
            subscriber=follower, kind=kind, day=day, defaults={"code": code}
        )
        if not created:
            self.filter(pk=row.pk).update(code=code, times=models.F("times") + 1)

    def is_enough_to_end(self, day: date) -> bool:
        """Whether these refusals, of one follower, say often enough that the mailbox is gone."""
        days = self.filter(kind=RefusalKind.GONE, day__gt=day - WITHIN, day__lte=day)
        return days.count() >= DAYS_TO_END

    def outdated(self, today: date | None = None) -> Self:
        return self.filter(day__lt=(today or timezone.localdate()) - KEEP_REFUSALS)


class Refusal(models.Model):
    """The mails to one follower that were refused for one kind of reason on one day."""

    subscriber = models.ForeignKey(
        "Subscriber",
        on_delete=models.CASCADE,
        related_name="refusals",
        verbose_name=_("follower"),
    )
    kind = Line(_("reason"), max_length=5, choices=RefusalKind)
    day = models.DateField(_("day"))
    # The code of the server or provider and none of its words, which may quote the address.
    code = Line(_("code"), max_length=40)
    times = models.PositiveIntegerField(_("how often"), default=1)

    objects = RefusalQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
        constraints = [
            # Three mails refused on one day are one sign, not three.
            models.UniqueConstraint(
                fields=["subscriber", "kind", "day"], name="refusal_counts_once_a_day"
            ),
        ]

    def __str__(self):
        return f"{self.day} {self.get_kind_display()} ({self.code})"
