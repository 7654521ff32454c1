"""Rows with addresses on the web that the worker tries from week to week."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.text import Line
from advocacy.text import carried_line

# How long until an address is tried again.
TRY_AGAIN_AFTER = timedelta(days=7)
# How many failures in a row make an address dead; one whose server says it is gone is so at once.
DEAD_AFTER = 3


class LinkedQuerySet[Row: "Linked"](ContentQuerySet[Row]):
    def links_to_try(self, now: datetime | None = None) -> Self:
        """Rows whose addresses were not tried for a week, those left longest first."""
        before = (now or timezone.now()) - TRY_AGAIN_AFTER
        nowhere = models.Q(**dict.fromkeys(self.model.ADDRESSES, ""))
        rows = self.filter(
            models.Q(link_checked_at=None) | models.Q(link_checked_at__lt=before), ~nowhere
        )
        return rows.order_by(models.F("link_checked_at").asc(nulls_first=True), "pk")

    def dead(self) -> Self:
        return self.exclude(dead_since=None).order_by("dead_since", "pk")


class Linked(Content):
    """What the addresses of a row (`ADDRESSES`) answered when they were tried last."""

    ADDRESSES: ClassVar[tuple[str, ...]] = ("url",)

    link_checked_at = models.DateTimeField(_("address tried"), null=True, editable=False)
    link_answer = Line(_("answer"), max_length=200, blank=True, editable=False)
    link_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    dead_since = models.DateTimeField(_("dead since"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def addresses(self) -> list[str]:
        """Its addresses, each once."""
        given = (getattr(self, name) for name in self.ADDRESSES)
        return list(dict.fromkeys(address for address in given if address))

    def note_link(
        self, answer: str, *, works: bool, gone: bool = False, now: datetime | None = None
    ) -> None:
        """Write down what its addresses answered, and since when one is dead (`DEAD_AFTER`)."""
        now = now or timezone.now()
        failures = 0 if works else self.link_failures + 1
        is_dead = not works and (gone or failures >= DEAD_AFTER)
        self.link_answer, self.link_failures = carried_line(answer)[:200], failures
        self.link_checked_at = now
        self.dead_since = (self.dead_since or now) if is_dead else None
        # Only if they are still the same: staff may have replaced one meanwhile.
        same = {name: getattr(self, name) for name in self.ADDRESSES}
        type(self)._base_manager.filter(pk=self.pk, **same).update(
            link_answer=self.link_answer,
            link_failures=failures,
            link_checked_at=now,
            dead_since=self.dead_since,
        )
