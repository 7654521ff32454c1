"""Who signed in when, kept for a year; no address of a network, and no name that was mistyped."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT = timedelta(days=365)


class SignInQuerySet(models.QuerySet["SignIn"]):
    def refused(self, name):
        """Write down a refusal; of a name that nobody has, only that there was one."""
        people = get_user_model().objects
        person = name and people.filter(models.Q(username=name) | models.Q(email__iexact=name))
        return self.create(user=person.first() if person else None, outcome=SignIn.Outcome.REFUSED)

    def outdated(self, now: datetime | None = None) -> Self:
        return self.filter(at__lt=(now or timezone.now()) - KEPT)


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
    at = models.DateTimeField(_("when"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome)
    method = models.CharField(_("how"), max_length=100, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [models.Index(fields=["-at"], name="sign_in_newest")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_outcome_display()}"
