"""What somebody follows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Everything:
    """The subject of those who follow the whole record."""

    def __str__(self):
        return str(_("Everything in this record"))


EVERYTHING = Everything()


class Subject(models.Model):
    """What is followed: an issue, a body or one ask; where all three are empty, everything."""

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

    class Meta:
        abstract = True

    @property
    def subject(self):
        return self.issue or self.body or self.action or EVERYTHING

    @property
    def subject_words(self):
        """The name of what is followed, in the language of the page where it is there."""
        if ask := self.action:
            return f"{ask.reference} {ask.text_of('title')}"
        if row := self.issue or self.body:
            return row.text_of("title" if self.issue else "name")
        return str(EVERYTHING)


def one_subject(name):
    """At most one of the three is set."""
    fields = ["issue", "body", "action"]
    pairs = [(a, b) for n, a in enumerate(fields) for b in fields[n + 1 :]]
    condition = models.Q()
    for a, b in pairs:
        condition &= models.Q(**{f"{a}__isnull": True}) | models.Q(**{f"{b}__isnull": True})
    return models.CheckConstraint(condition=condition, name=name)
