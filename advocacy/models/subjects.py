"""What somebody follows."""

from itertools import combinations
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.countries import country_name
from advocacy.models.text import Line


class Everything:
    """The subject of those who follow the whole record."""

    def __str__(self):
        return str(_("Everything in this record"))


EVERYTHING = Everything()
# What follows everything.
NO_SUBJECT: dict[str, Any] = {"issue": None, "body": None, "action": None, "state": ""}


def state_words(state):
    """What is followed of a State, in words."""
    return gettext("%(state)s: how it votes and what it says") % {"state": country_name(state)}


class Subject(models.Model):
    """What is followed: an issue, a body, one ask or a State; where all are empty, everything."""

    issue = models.ForeignKey(
        "advocacy.Issue", null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("issue")
    )
    body = models.ForeignKey(
        "advocacy.TargetBody",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("body"),
    )
    action = models.ForeignKey(
        "advocacy.RecommendedAction",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("ask"),
    )
    state = Line(_("State"), max_length=2, blank=True)

    class Meta:
        abstract = True

    @property
    def subject(self):
        if self.state:
            return state_words(self.state)
        return self.issue or self.body or self.action or EVERYTHING

    @property
    def subject_words(self):
        """The name of what is followed, in the language of the page where it is there."""
        if ask := self.action:
            return f"{ask.reference} {ask.text_of('title')}"
        if row := self.issue or self.body:
            return row.text_of("title" if self.issue else "name")
        return str(self.subject)


def one_subject(name):
    """At most one of the four is set, and a State is two capital letters."""
    condition = models.Q(state__regex=r"^([A-Z]{2})?$")
    for a, b in combinations(NO_SUBJECT.items(), 2):
        condition &= models.Q(a) | models.Q(b)
    return models.CheckConstraint(condition=condition, name=name)
