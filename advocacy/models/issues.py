from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.enums import IssueSort
from advocacy.models.page_addresses import page_address
from advocacy.models.searchable import Searchable, SearchableQuerySet
from advocacy.models.text import Line, Slug, Text, Url
from advocacy.models.translated import in_words, texts_in_all_languages


class Topic(Content):
    """The legal frame of an issue: security, labour law, humanitarian law, human rights."""

    TRANSLATED = ("name", "description")

    slug = Slug(_("slug"), unique=True)
    name = Line(_("name"), max_length=100)
    description = Text(_("description"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = ContentQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self):
        return self.name


class LegalReference(Content):
    """A treaty article, resolution or convention that an ask stands on."""

    TRANSLATED = ("title", "point", "caution")

    slug = Slug(_("slug"), unique=True)
    title = Line(_("title"), max_length=200)
    point = Text(_("what it says"))
    url = Url(_("official text"), max_length=500, blank=True)
    caution = Text(_("caution"), blank=True)
    treaty = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
        verbose_name=_("is part of"),
        help_text=_("The treaty whose article it is: who is a party is said of the treaty once."),
    )

    objects = ContentQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("legal reference")
        verbose_name_plural = _("legal references")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(treaty=None) | ~models.Q(treaty=models.F("pk")),
                name="legal_reference_is_no_part_of_itself",
                violation_error_code="treaty",
                violation_error_message=_("It is no part of itself."),
            ),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        super().clean()
        if self.treaty and (self.treaty.treaty_id or (self.pk and self.articles.exists())):
            raise ValidationError(
                {"treaty": gettext("Choose the treaty itself, not a part of it.")}
            )


ISSUE_ORDER = {
    IssueSort.POSITION: "position",
    IssueSort.NEWEST: "-opened_on",
}


class IssueQuerySet(SearchableQuerySet["Issue"]):
    def opened(self, day=None):
        return self.filter(opened_on__lte=day or timezone.localdate())

    def with_related(self):
        """Fetch what an issue card shows."""
        return self.prefetch_related("topics")

    def sorted_by(self, sort):
        """Order by one of `IssueSort`; titles as the page has them."""
        first = ISSUE_ORDER[sort] if sort in ISSUE_ORDER else in_words(Issue, "title")
        return self.order_by(first, "pk")


class Issue(Searchable):
    """A wrong that the campaign wants answered."""

    TRANSLATED = ("title", "question", "summary")
    SEARCHED = ("title", "question", "summary")

    slug = Slug(_("slug"), unique=True)
    title = Line(_("title"), max_length=200)
    question = Line(_("question"), max_length=300)
    summary = Text(_("summary"), help_text=_("As it is today: a page of a past day leaves it out."))
    opened_on = models.DateField(_("opened"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    topics = models.ManyToManyField(Topic, related_name="issues", verbose_name=_("topics"))
    legal_references = models.ManyToManyField(
        LegalReference, blank=True, related_name="issues", verbose_name=_("legal basis")
    )
    history = HistoricalRecords(excluded_fields=["search_text"])
    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]
        verbose_name = _("issue")
        verbose_name_plural = _("issues")

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return page_address("issue_detail", self.slug)

    @property
    def asks(self):
        """The asks that stand on it, be it their first issue or a further one."""
        return apps.get_model("advocacy", "RecommendedAction").objects.about([self.pk])

    def searched_texts(self):
        """Its own words and those of its paragraphs."""
        told = self.paragraphs.all() if self.pk else ()
        return [*super().searched_texts(), *(row.text for row in told)]

    @classmethod
    def told_elsewhere(cls, rows):
        """The translations of its own words and of its paragraphs."""
        told = super().told_elsewhere(rows)
        of_rows = apps.get_model("advocacy", "Paragraph").objects.filter(issue__in=rows)
        paragraphs = {row.pk: row for row in of_rows.order_by("pk")}
        found = texts_in_all_languages(paragraphs.values(), ["text"])
        for key, texts in found.items():
            told[paragraphs[key].issue_id] += texts
        return told

    def keep_search_text(self):
        """Bring the words it is found by up to date, after a change of its paragraphs."""
        Issue.objects.filter(pk=self.pk).keep_search_texts()
