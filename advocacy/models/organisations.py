"""Who asks: the organisations that put asks to bodies."""

from datetime import date
from functools import lru_cache

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.submissions import Submission
from advocacy.models.text import Line, Slug, Text, Url


class OrganisationQuerySet(ContentQuerySet["Organisation"]):
    def that_asked(self, day: date | None = None) -> "OrganisationQuerySet":
        """Those that had put an ask to a body by a day, today unless told."""
        return self.alias(put=_put_by(day or timezone.localdate())).exclude(put=None)

    def those_first_who_asked(self, day: date) -> "OrganisationQuerySet":
        has_asked = models.Case(models.When(put=None, then=0), default=1)
        return self.alias(put=_put_by(day)).order_by(has_asked.desc(), "name", "pk")


@lru_cache(maxsize=100)
def _put_by(day: date) -> models.Subquery:
    """Of an organisation, some submission of it by a day. The same whenever that is asked for:
    built once.

    Not `Exists`: PostgreSQL would read all asks to answer for the few organisations there are.
    """
    occasions = Submission.objects.public(day).filter(organisations=models.OuterRef("pk"))
    return models.Subquery(occasions.order_by().values("pk")[:1])


class Organisation(Content):
    """Who asks."""

    TRANSLATED = ("name", "abbreviation", "description")

    slug = Slug(_("slug"), unique=True)
    name = Line(_("name"), max_length=200)
    abbreviation = Line(_("abbreviation"), max_length=30, blank=True)
    url = Url(_("website"), max_length=500, blank=True)
    description = Text(_("description"), blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation_detail", args=[self.slug])
