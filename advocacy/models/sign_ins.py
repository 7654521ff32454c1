"""Who signed in when, kept for a year; no address of a network, and no name that was mistyped."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.text import Line

KEPT = timedelta(days=365)


class SignInQuerySet(models.QuerySet["SignIn"]):
    def refused(self, name):
        """Note a sign-in that was refused; for a name that nobody has, only that there was one."""
        people = get_user_model().objects
        person = name and people.filter(models.Q(username=name) | models.Q(email__iexact=name))
        return self.create(user=person.first() if person else None, outcome=SignIn.Outcome.REFUSED)

    def outdated(self, now: datetime | None = None) -> Self:
        return self.filter(tried_at__lt=(now or timezone.now()) - KEPT)


class SignIn(models.Model):
    """One attempt of staff to sign in."""

    class Outcome(models.TextChoices):
        IN = "in", _("signed in")
        REFUSED = "refused", _("refused")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="sign_ins",
        verbose_name=_("account"),
    )
    tried_at = models.DateTimeField(_("when"), default=timezone.now)
    outcome = Line(_("outcome"), max_length=7, choices=Outcome)
    method = Line(_("how"), max_length=100, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering = ["-tried_at", "-pk"]
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [models.Index(fields=["-tried_at"], name="sign_in_newest")]

    def __str__(self):
        return f"{self.tried_at:%Y-%m-%d %H:%M} {self.get_outcome_display()}"
