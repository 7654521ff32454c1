from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.content import Content, ContentQuerySet, Searchable, SearchableQuerySet
from advocacy.models.enums import IssueSort
from advocacy.models.facets import count_values, phase_of


class Topic(Content):
    """The legal frame of an issue: security, labour law, humanitarian law, human rights."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
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

    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    point = models.TextField(_("what it says"))
    url = models.URLField(_("official text"), max_length=500, blank=True)
    caution = models.TextField(_("caution"), blank=True)

    objects = ContentQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("legal reference")
        verbose_name_plural = _("legal references")

    def __str__(self):
        return self.title


ISSUE_ORDER = {
    IssueSort.POSITION: ["position"],
    IssueSort.TITLE: ["title"],
    IssueSort.NEWEST: ["-opened_on"],
}


class IssueQuerySet(SearchableQuerySet["Issue"]):
    def opened(self, day=None):
        return self.filter(opened_on__lte=day or timezone.localdate())

    def with_related(self):
        """Fetch what an issue card shows."""
        return self.prefetch_related("topics")

    def searching(self, text, asks):
        """Issues where each word is in the issue, in one of these asks of it or in a body asked."""
        issues = self
        for word in text.split():
            asked = asks.searching(word).order_by()
            issues = issues.filter(
                models.Q(pk__in=Issue.objects.containing(word).values("pk"))
                | models.Q(pk__in=asked.values(f"{asks.ASK}issue"))
            )
        return issues

    def matching(self, asks, *, q="", topic=None, body=None, status=""):
        """Narrow to the given filters; an empty one matches everything.

        `body` and `status` look at the asks of the issue: rows of asks that need `with_status`.
        """
        issues = self.searching(q, asks)
        if topic:
            issues = issues.filter(pk__in=topic.issues.values("pk"))
        if body or status:
            rows = asks.matching(body=body, status=status).order_by()
            issues = issues.filter(pk__in=rows.values(f"{asks.ASK}issue"))
        return issues

    def facets(self, asks, counted, *, among=None, **filters):
        """Count the issues behind each option of each filter; see `AskRowsQuerySet.facets`.

        What a row of an ask has itself is counted over the asks of the issues.
        """
        total = self.matching(asks, **filters).order_by().count()
        facets = {"total": total}
        for name, lookup in counted.items():
            others = {n: value for n, value in filters.items() if n != name}
            issues = self.matching(asks, **others).order_by()
            if lookup not in asks.IN_ROW:
                facets[name] = count_values(issues, lookup, models.Count("pk"))
                continue
            of_asks = {n: value for n, value in others.items() if n in ("body", "status")}
            rows = asks.about(issues).matching(**of_asks)
            issue = models.Count(f"{asks.ASK}issue", distinct=True)
            facets[name] = count_values(rows, lookup, issue)
            if name == "status":
                phases = rows.annotate(phase=phase_of("status"))
                facets[name] += count_values(phases, "phase", issue)
        return facets

    def sorted_by(self, sort):
        return self.order_by(*ISSUE_ORDER[sort], "pk")


class Issue(Searchable):
    """A wrong that the campaign wants answered."""

    SEARCHED = ("title", "question", "summary", "narrative")

    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    question = models.CharField(_("question"), max_length=300)
    summary = models.TextField(_("summary"))
    narrative = models.TextField(
        _("what happened"),
        help_text=_("Paragraphs separated by an empty line. Say who claims what."),
    )
    opened_on = models.DateField(_("opened"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    topics = models.ManyToManyField(Topic, related_name="issues", verbose_name=_("topics"))
    legal_references = models.ManyToManyField(
        LegalReference, blank=True, related_name="issues", verbose_name=_("legal basis")
    )
    sources = models.ManyToManyField(
        "advocacy.Source",
        blank=True,
        related_name="issues",
        verbose_name=_("sources"),
        help_text=_("Events and reports of the issue that are not a body's response to an ask."),
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
        return reverse("issue_detail", args=[self.slug])
