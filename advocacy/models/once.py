"""A form that is sent twice does its work once."""

import json
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.text import Line

# A page left open for longer is no double click.
KEEP_KEYS = timedelta(days=30)
# Whoever says exactly the same within this time says it twice, and not anew.
SAME_WITHIN = timedelta(days=1)
KEY = re.compile(r"[\w-]{22}")


def once_key(given: str = "") -> str:
    """The key that a form came with; a new one where it came with none."""
    return given if KEY.fullmatch(given) else secrets.token_urlsafe(16)


def content_digest(about: Iterable[Any], fields: Iterable[tuple[str, list[str]]]) -> str:
    """A hash of what a form says: the order of its fields, blanks and line ends do not matter."""
    filled = []
    for name, values in fields:
        words = sorted(" ".join(value.split()) for value in values)
        if any(words):
            filled.append((name, words))
    text = json.dumps([[str(part) for part in about], sorted(filled)], ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


class OnceKeyQuerySet(models.QuerySet["OnceKey"]):
    def take(self, key: str, *, by: Any, content: str = "") -> tuple["OnceKey", bool]:
        """Take up the key of a form: (its row, whether for the first time).

        `content` is the digest of what the form says: where the same person has said the same
        within a day, this gives the row of that form. Empty: only the key counts.

        Call it in the transaction of what the form does: whoever sends the form again meanwhile
        waits for the end of that transaction, and where it fails, both are free again.
        """
        same = models.Q(by=by, content=content) if content else models.Q(key=key)
        taken = self.filter(models.Q(key=key) | same)
        # Its own key first, where a form was changed and sent again.
        taken = taken.order_by(models.Case(models.When(key=key, then=0), default=1))
        if content:
            long_ago = timezone.now() - SAME_WITHIN
            self.filter(by=by, content=content, taken_at__lt=long_ago).forget_content()
        if row := taken.first():
            return row, False
        try:
            with transaction.atomic():
                return self.create(key=key, by=by, content=content), True
        except IntegrityError:
            return taken[0], False

    def forget_content(self) -> int:
        """From now on, the same may be said again in another form."""
        return self.update(content="")

    def outdated(self, now: datetime | None = None) -> Self:
        return self.filter(taken_at__lt=(now or timezone.now()) - KEEP_KEYS)


class OnceKey(models.Model):
    """A form of the desk that was sent, and where its answer led: sent again, it leads there.

    So does another form in which the same person says the same on the same day.
    """

    key = Line(_("key"), max_length=22, unique=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("sent by"),
    )
    content = Line(_("hash of what it says"), max_length=64, blank=True)
    taken_at = models.DateTimeField(_("sent at"), default=timezone.now)
    leads_to = Line(_("leads to"), max_length=500, blank=True)

    objects = OnceKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of a form")
        verbose_name_plural = _("keys of forms")
        constraints = [
            models.UniqueConstraint(
                fields=["by", "content"],
                condition=~models.Q(content=""),
                name="once_key_content_is_said_once",
            )
        ]

    def __str__(self):
        return self.key

    def lead_to(self, address: str) -> None:
        """Remember where that is seen which the form made."""
        self.leads_to = address
        self.save(update_fields=["leads_to"])
