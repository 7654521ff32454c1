"""Packs: texts that somebody can fill in, sign, say or send, for asks and meetings."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any, Self

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy import markdown
from advocacy.models.actions import RecommendedAction
from advocacy.models.enums import PackKind, TranslationState
from advocacy.models.issues import Issue
from advocacy.models.meetings import Meeting
from advocacy.models.page_addresses import page_address
from advocacy.models.searchable import Searchable, SearchableQuerySet
from advocacy.models.text import LanguageCode, Line, Slug, Text, check_headings

S = TranslationState
# How fast a statement is read so that interpreters can follow: in words a minute, which are longer
# in Ukrainian than in English; in syllables a minute where each is written as one sign.
WORDS_A_MINUTE, WORDS_A_MINUTE_IN = 120, {"uk": 100}
SYLLABLES_A_MINUTE_IN = {"ko": 300}


@dataclass(frozen=True, slots=True)
class PackText:
    """A pack as it is sent or said: its title and its text, both in one language."""

    title: str
    text: str
    language: str
    # What a reader has to know of its translation: nothing where it was reviewed or is none.
    state: TranslationState | None
    # How long whoever says it is given.
    limit: int | None

    @property
    def is_other(self) -> bool:
        """Whether it is in another language than the page."""
        return self.language != get_language()

    @property
    def states(self) -> Counter[TranslationState]:
        return Counter([self.state] if self.state else [])

    @property
    def as_plain(self) -> str:
        """Its text without signs of Markdown."""
        return markdown.as_plain(self.text)

    @property
    def has_places(self) -> bool:
        """Whether anything in it is to be filled in."""
        return markdown.has_places(self.text)

    @property
    def in_syllables(self) -> bool:
        """Whether it is in a language whose words say nothing of how long they take."""
        return self.language in SYLLABLES_A_MINUTE_IN

    @property
    def number_spoken(self) -> int:
        """How many words of it are read aloud, or how many syllables."""
        count = markdown.syllables_spoken if self.in_syllables else markdown.words_spoken
        return count(self.text)

    @property
    def a_minute(self) -> int:
        """How many of them are said in a minute."""
        speeds = SYLLABLES_A_MINUTE_IN | WORDS_A_MINUTE_IN
        return speeds.get(self.language, WORDS_A_MINUTE)

    @property
    def seconds_spoken(self) -> int:
        """How long that takes, at the speed that interpreters follow."""
        return ceil(self.number_spoken * 60 / self.a_minute)

    @property
    def is_too_long(self) -> bool:
        """Whether it takes longer to say than whoever says it is given."""
        return self.limit is not None and self.seconds_spoken > self.limit


class PackQuerySet(SearchableQuerySet["Pack"]):
    def matching(self, *, q="", kind="", issue=None) -> Self:
        """Narrow to a kind, and to what serves an issue: itself or an ask that stands on it."""
        packs = self.containing(q)
        if kind:
            packs = packs.filter(kind=kind)
        if issue:
            of_asks = Pack.actions.through.objects.filter(recommendedaction__in=issue.asks)
            packs = packs.filter(
                models.Q(pk__in=issue.packs.values("pk")) | models.Q(pk__in=of_asks.values("pack"))
            )
        return packs

    def in_order(self) -> Self:
        """By kind, in the order that these are listed in, then by title."""
        order = [models.When(kind=kind, then=n) for n, kind in enumerate(PackKind)]
        return self.order_by(models.Case(*order), "title", "pk")

    def in_short(self) -> Self:
        """What pages name of them, in order, without their texts."""
        return self.defer("text", "search_text").in_order()

    def by_meeting(self, meetings: Iterable[Meeting]) -> "dict[int, list[Pack]]":
        """The packs of each of these meetings: {key of a meeting: [pack, …]}."""
        of_each: dict[int, list[Pack]] = {}
        packs: Any = self.filter(meetings__in=list(meetings)).annotate(meeting=models.F("meetings"))
        for pack in packs.in_short():
            of_each.setdefault(pack.meeting, []).append(pack)
        return of_each


class Pack(Searchable):
    """A text to work with: a letter, a statement, questions; with who may use it, and what for."""

    TRANSLATED = ("title", "summary", "who", "text")
    SEARCHED = ("title", "summary", "who", "text")

    slug = Slug(_("slug"), max_length=80, unique=True)
    title = Line(_("title"), max_length=200)
    summary = Line(_("summary"), max_length=400, help_text=_("In one sentence."))
    kind = Line(_("kind"), max_length=16, choices=PackKind)
    who = Text(_("who may use or sign it"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), help_text=_("How long it takes to read it and to fill it in.")
    )
    spoken_seconds = models.PositiveSmallIntegerField(
        _("seconds to speak"),
        null=True,
        blank=True,
        help_text=_("Of an oral statement: how long a speaker has where it is made."),
    )
    language = LanguageCode(_("language"))
    text = Text(
        _("text"),
        help_text=_(
            "Markdown: headings from ## on, paragraphs, lists, > quotations. A place to fill in"
            " stands [in brackets]. What is spoken of an oral statement stands as a quotation."
        ),
    )
    actions = models.ManyToManyField(
        RecommendedAction, blank=True, related_name="packs", verbose_name=_("asks")
    )
    meetings = models.ManyToManyField(
        Meeting, blank=True, related_name="packs", verbose_name=_("meetings")
    )
    issues = models.ManyToManyField(
        Issue, blank=True, related_name="packs", verbose_name=_("issues")
    )

    history = HistoricalRecords(excluded_fields=["search_text"])
    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=PackKind.values), name="pack_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1),
                name="pack_takes_time",
                violation_error_message=_("Say how many minutes it takes: at least 1."),
            ),
            models.CheckConstraint(
                condition=models.Q(spoken_seconds=None)
                | models.Q(spoken_seconds__gte=1, kind=PackKind.STATEMENT),
                name="pack_is_spoken_only_as_a_statement",
                violation_error_message=_("Only a statement has seconds to speak: at least 1."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return page_address("pack_detail", self.slug)

    @classmethod
    def language_field(cls, field: str) -> str:
        return "language"

    def clean(self):
        super().clean()
        check_headings(text=self.text)

    def in_original(self) -> PackText:
        """Its title and text as they were written."""
        return PackText(self.title, self.text, self.language, None, self.spoken_seconds)

    def in_one_language(self) -> PackText:
        """The same in the page's language if both are there in it, else as they were written."""
        title, text = self.shown("title"), self.shown("text")
        if title.language != text.language:
            return self.in_original()
        states = {title.state, text.state}
        told = [S.OUTDATED, S.TO_REVIEW]
        state = next((state for state in told if state in states), None)
        return PackText(title.text, text.text, text.language, state, self.spoken_seconds)
