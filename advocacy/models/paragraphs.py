"""What an issue tells, in dated paragraphs, so that a past day shows nothing later."""

from collections.abc import Collection, Iterable, Mapping
from typing import Self
from uuid import uuid4

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.enums import DatePrecision
from advocacy.models.evidence import check_can_stand
from advocacy.models.issues import Issue
from advocacy.models.sources import Source
from advocacy.models.text import Line, Slug, Text


class ParagraphQuerySet(ContentQuerySet["Paragraph"]):
    def told(self, day=None) -> Self:
        """Paragraphs that tell of nothing later than a day."""
        day = day or timezone.localdate()
        return self.filter(models.Q(day=None) | models.Q(day__lte=day))

    def insert(self, rows: "list[Paragraph]") -> None:
        for row in rows:
            row.name_it()
        super().insert(rows)
        keep_search_texts({row.issue_id for row in rows})

    def change(self, rows: "list[Paragraph]") -> None:
        before = self.filter(pk__in=[row.pk for row in rows]).order_by()
        issues = set(before.values_list("issue", flat=True))
        super().change(rows)
        keep_search_texts(issues | {row.issue_id for row in rows})

    @transaction.atomic
    def delete(self):
        """Delete, and forget the words that the search finds their issues by."""
        issues = set(self.order_by().values_list("issue", flat=True))
        deleted = super().delete()
        keep_search_texts(issues)
        return deleted


def keep_search_texts(issues: Iterable[int]) -> None:
    """Bring the words that the search finds these issues by up to date."""
    Issue.objects.filter(pk__in=issues).keep_search_texts()


class Paragraph(Content):
    """One dated paragraph of what an issue tells: a past day shows those told by then."""

    TRANSLATED = ("text",)

    slug = Slug(_("slug"), max_length=80, unique=True, blank=True)
    issue = models.ForeignKey(
        Issue, on_delete=models.CASCADE, related_name="paragraphs", verbose_name=_("issue")
    )
    day = models.DateField(
        _("day"),
        null=True,
        blank=True,
        help_text=_("The last day that it tells of. Empty: it holds on any day."),
    )
    precision = Line(
        _("precision of the date"),
        max_length=5,
        choices=DatePrecision,
        default=DatePrecision.DAY,
    )
    text = Text(_("text"), help_text=_("Say who claims what."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    sources = models.ManyToManyField(
        Source, blank=True, related_name="paragraphs", verbose_name=_("sources")
    )

    history = HistoricalRecords()
    objects = ParagraphQuerySet.as_manager()

    class Meta:
        ordering = ["issue", "position", "pk"]
        verbose_name = _("paragraph")
        verbose_name_plural = _("paragraphs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(precision__in=DatePrecision.values),
                name="paragraph_precision_is_known",
            ),
        ]

    def __str__(self):
        return f"{self.slug}: {self.text[:60]}"

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save, and keep the words by which the search finds its issue up to date."""
        self.name_it()
        before = Paragraph.objects.filter(pk=self.pk).values_list("issue", flat=True)
        issues = {*before, self.issue_id}
        super().save(*args, **kwargs)
        keep_search_texts(issues)

    def check_many(self, values: Mapping[str, Collection[int]]) -> None:
        """A paragraph needs no source; one that has some does not rest on copies alone."""
        super().check_many(values)
        check_can_stand(list(Source.objects.filter(pk__in=values.get("sources", ()))))

    def found_with(self):
        return self.issue

    def name_it(self) -> None:
        """Give it a slug if it has none."""
        if not self.slug:
            self.slug = f"{self.issue.slug[:60]}-{uuid4().hex[:8]}"

    @transaction.atomic
    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        self.issue.keep_search_text()
        return deleted
