"""A form that is sent twice does its work once."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A page left open for longer is no double click.
KEEP_KEYS = timedelta(days=30)
KEY = re.compile(r"[\w-]{22}")


def once_key(given: str = "") -> str:
    """The key that a form came with; a new one where it came with none."""
    return given if KEY.fullmatch(given) else secrets.token_urlsafe(16)


class OnceKeyQuerySet(models.QuerySet["OnceKey"]):
    def take(self, key: str) -> tuple["OnceKey", bool]:
        """Take up the key of a form: (its row, whether for the first time).

        Call it in the transaction of what the form does: whoever sends the form again meanwhile
        waits for the end of that transaction, and where it fails, the key is free again.
        """
        return self.get_or_create(key=key)

    def outdated(self, now: datetime | None = None) -> Self:
        return self.filter(taken_at__lt=(now or timezone.now()) - KEEP_KEYS)


class OnceKey(models.Model):
    """A form of the desk that was sent, and where its answer led: sent again, it leads there."""

    key = models.CharField(_("key"), max_length=22, unique=True)
    taken_at = models.DateTimeField(_("sent at"), default=timezone.now)
    leads_to = models.CharField(_("leads to"), max_length=500, blank=True)

    objects = OnceKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of a form")
        verbose_name_plural = _("keys of forms")

    def __str__(self):
        return self.key

    def lead_to(self, address: str) -> None:
        """Remember where that is seen which the form made."""
        self.leads_to = address
        self.save(update_fields=["leads_to"])
