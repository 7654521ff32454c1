"""What is tried at accounts is counted here, so that nobody tries many passwords or codes."""

import hmac
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from advocacy.models.addresses import derived
from advocacy.models.text import Line

DAY = timedelta(days=1)
# How often within how long. Strict for a network and lenient for an account: otherwise strangers
# could lock anyone out. Codes have a limit a day as well, as only whoever has the password gets to
# try them. A code of an app stays right for ninety seconds; it is taken once.
MOST_ATTEMPTS = {
    "network": [(5, timedelta(minutes=5))],
    "password": [(20, timedelta(minutes=5))],
    "code": [(20, timedelta(minutes=5)), (100, DAY)],
    "code taken": [(1, timedelta(minutes=2))],
    "reset mail": [(5, timedelta(hours=1))],
}


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def make(self, *named: tuple[str, str], now: datetime | None = None) -> Self | None:
        """Count one more attempt of each (kind, whose). None where one is too many: none counts.

        It is counted before it is judged, so that many at once do not pass together. Where it was
        right, delete what this returns.
        """
        now = now or timezone.now()
        rows = [self.model(key=_key(*name, now.date()), made_at=now) for name in named]
        made = self.filter(pk__in=[row.pk for row in self.bulk_create(rows)])
        for kind, whose in named:
            counted = self._of(kind, whose, now)
            for most, within in MOST_ATTEMPTS[kind]:
                if counted.filter(made_at__gt=now - within).count() > most:
                    made.delete()
                    return None
        return made

    def forget(self, kind: str, whose: str) -> None:
        self._of(kind, whose, timezone.now()).delete()

    def _of(self, kind: str, whose: str, now: datetime) -> Self:
        """Those of today and of yesterday."""
        return self.filter(key__in=[_key(kind, whose, day.date()) for day in (now, now - DAY)])

    def outdated(self, now: datetime | None = None) -> Self:
        return self.filter(made_at__lt=(now or timezone.now()) - DAY)


def _key(kind: str, whose: str, day: date) -> str:
    key = derived(settings.ADDRESS_KEYS[0], f"answerable {kind} {day}".encode())
    return hmac.new(key, whose.encode(errors="backslashreplace"), sha256).hexdigest()


class Attempt(models.Model):
    """One attempt at an account, of the account or of a network: which, as a keyed hash.

    A password or a code that was wrong, a code that was taken, or a mail for a new password.
    Deleted after a day.
    """

    key = Line(max_length=64, editable=False)
    made_at = models.DateTimeField(editable=False)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["key", "made_at"], name="attempts_are_counted")]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
