"""Pages: what the organisation that keeps a record says in words of its own."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.kept import Kept
from advocacy.models.page_addresses import page_address
from advocacy.models.text import Line, Slug, Text, check_headings

# The pages that every record has. What the program knows stands on them whatever a row says, and
# their slugs are the names of their addresses.
EVERY_RECORD_HAS = ("about", "method", "privacy", "accessibility")
FOOTER = "footer"
LANGUAGE_CODE = RegexValidator(
    r"^[a-z]{2,3}(-[a-z0-9]{2,8})*\Z", _("Give the code of a language: uk, ko, pt-br.")
)

in_memory = Kept[list["Page"]](1)


class PageQuerySet(ContentQuerySet["Page"]):
    def get_by_natural_key(self, slug: str, language: str = "") -> "Page":
        return self.get(slug=slug, language=language)

    def of_the_organisation(self) -> "PageQuerySet":
        """Pages at addresses of their own, beside those that every record has."""
        return self.exclude(slug__in=EVERY_RECORD_HAS)

    def for_reader(self, slug: str) -> "Page | None":
        """The page in the reader's language; else in the site's, else in one that there is."""
        return min(self.filter(slug=slug), key=Page.distance, default=None)

    def in_footer(self) -> "list[Page]":
        """The organisation's own pages that every page leads to, without their texts."""
        rows = self.of_the_organisation().defer("text").order_by("position", "slug", "language")
        nearest: dict[str, Page] = {}
        for page in in_memory.get(FOOTER, lambda: list(rows)):
            nearest[page.slug] = min(nearest.get(page.slug, page), page, key=Page.distance)
        return sorted(
            (page for page in nearest.values() if page.in_footer), key=lambda page: page.position
        )

    def missing(self) -> list[str]:
        """Those of the pages that every record has on which the organisation says nothing yet."""
        written = set(self.filter(slug__in=EVERY_RECORD_HAS).values_list("slug", flat=True))
        return [slug for slug in EVERY_RECORD_HAS if slug not in written]


class Page(Content):
    """What the organisation says on one of the pages that every record has, or on one of its own.

    A row for each language in which somebody wrote it.
    """

    slug = Slug(
        _("slug"),
        max_length=80,
        help_text=_(
            "about, method, privacy and accessibility are pages that every record has: your text"
            " stands on them beside what the program knows. Any other word is the address of a"
            " page of your own."
        ),
    )
    language = Line(
        _("language"),
        max_length=16,
        blank=True,
        default="",
        validators=[LANGUAGE_CODE],
        help_text=_("Of this text. Left empty: the language of the site."),
    )
    title = Line(
        _("title"),
        max_length=200,
        help_text=_("On method, privacy and accessibility: the heading above your text."),
    )
    standfirst = Line(
        _("standfirst"), max_length=400, blank=True, default="", help_text=_("In one sentence.")
    )
    text = Text(
        _("text"), help_text=_("Markdown: headings from ## on, paragraphs, lists, > quotations.")
    )
    in_footer = models.BooleanField(
        _("in the footer"),
        default=False,
        help_text=_("Of a page of your own: every page leads to it."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Its place among your own pages in the footer.")
    )

    history = HistoricalRecords()
    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["slug", "language"]
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language"],
                name="page_stands_once_in_a_language",
                violation_error_message=_("This page exists in this language already."),
            ),
            # `About` beside `about` would pass for the page that every record has.
            models.CheckConstraint(
                condition=models.Q(slug=Lower("slug")),
                name="page_slug_is_in_small_letters",
                violation_error_message=_("Write the slug in small letters."),
            ),
            models.CheckConstraint(
                condition=models.Q(in_footer=False) | ~models.Q(slug__in=EVERY_RECORD_HAS),
                name="page_of_every_record_has_its_place",
                violation_error_message=_(
                    "about, method, privacy and accessibility are reserved for the pages that every"
                    " record has, which stand in the footer anyway."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})" if self.language else self.title

    def natural_key(self) -> tuple[str, ...]:
        return self.slug, self.language

    def get_absolute_url(self) -> str:
        if self.slug in EVERY_RECORD_HAS:
            return page_address(self.slug)
        return page_address("page_detail", self.slug)

    def clean(self) -> None:
        super().clean()
        check_headings(text=self.text)

    @property
    def lang(self) -> str:
        """The language it is written in, as HTML names it."""
        return self.language or settings.LANGUAGE_CODE

    def distance(self) -> Any:
        """How far its language is from the reader's: the nearest of several is shown."""
        own = settings.LANGUAGE_CODE
        return self.lang != get_language(), self.lang != own, self.language
