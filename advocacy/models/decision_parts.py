"""What belongs to a decision: ballots, sponsors, paragraphs, sources and what it bears on."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import Link
from advocacy.models.decision_enums import Vote
from advocacy.models.decision_rules import check_paragraphs
from advocacy.models.recorded import Noted, NotedQuerySet, Part
from advocacy.models.text import LanguageCode, Line, Slug, Text


class DecisionParagraphQuerySet(NotedQuerySet["DecisionParagraph"]):
    @transaction.atomic
    def enter(self, *, by: Any, decision: Any, **said: Any) -> "DecisionParagraph":
        """Add a paragraph of a decision that stands already, as when its text was read later."""
        decision = type(decision).objects.select_for_update().get(pk=decision.pk)
        (paragraph,) = decision.make_paragraphs([said], by=by)
        paragraph.decision = decision
        check_paragraphs([*decision.paragraphs.all(), paragraph])
        paragraph.save_base(force_insert=True)
        Link.objects.append(paragraph)
        return paragraph


class DecisionParagraph(Noted):
    """A paragraph of the text that matters here: whether we read it, and its words."""

    TRANSLATED = ("words",)

    KIND = "decisionparagraph"
    HASHED: ClassVar[list[str]] = [
        "slug",
        "decision_id",
        "number",
        "words",
        "language",
        "is_read",
        "recorded_at",
        "recorded_by_id",
        "approved_by_id",
    ]

    slug = Slug(_("slug"), max_length=130, unique=True)
    decision = models.ForeignKey(
        "Decision", on_delete=models.PROTECT, related_name="paragraphs", verbose_name=_("decision")
    )
    number = Line(_("paragraph"), max_length=60, help_text=_("As the text counts it: OP 12, PP 3."))
    words = Text(
        _("words"),
        blank=True,
        help_text=_("As they stand there; of one that we have not read, as others give them."),
    )
    language = LanguageCode(_("language"))
    is_read = models.BooleanField(_("read by us"), default=False)

    objects = DecisionParagraphQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        base_manager_name = "objects"
        verbose_name = _("paragraph of a decision")
        verbose_name_plural = _("paragraphs of decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "number"], name="decision_paragraph_stands_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_read=False) | ~models.Q(words=""),
                name="decision_paragraph_that_was_read_has_words",
                violation_error_code="words",
                violation_error_message=_("What was read of it, in its words."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision}, {self.number}"

    @classmethod
    def language_field(cls, field: str) -> str:
        return "language"


class Ballot(Part):
    """How one State voted on one decision, or that it did not."""

    HASHED_FROM: ClassVar[Mapping[str, tuple[str, ...]]] = {"said": ("state", "vote")}

    decision = models.ForeignKey("Decision", on_delete=models.PROTECT, related_name="ballots")
    state = Line(_("State"), max_length=2)
    vote = Line(_("vote"), max_length=10, choices=Vote)

    class Meta(Part.Meta):
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(fields=["decision", "state"], name="ballot_is_cast_once"),
            models.CheckConstraint(
                condition=models.Q(vote__in=Vote.values), name="ballot_vote_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(state=""), name="ballot_is_of_a_state"),
        ]
        indexes = [
            models.Index(fields=["state", "decision"], include=["vote"], name="ballot_of_state")
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.said}"

    @property
    def said(self) -> str:
        return f"{self.state}:{self.vote}"


class Sponsor(Part):
    """A State that put a text forward, with others or alone."""

    decision = models.ForeignKey("Decision", on_delete=models.PROTECT, related_name="sponsors")
    state = Line(_("State"), max_length=2)

    class Meta(Part.Meta):
        verbose_name = _("sponsor")
        verbose_name_plural = _("sponsors")
        constraints = [
            models.UniqueConstraint(fields=["decision", "state"], name="sponsor_is_named_once"),
            models.CheckConstraint(condition=~models.Q(state=""), name="sponsor_is_a_state"),
        ]
        indexes = [models.Index(fields=["state", "decision"], name="sponsor_of_state")]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.state}"


class DecisionSource(Part):
    decision = models.ForeignKey("Decision", on_delete=models.PROTECT, related_name="cited")
    source = models.ForeignKey("Source", on_delete=models.PROTECT, related_name="+")

    class Meta(Part.Meta):
        verbose_name = _("source of a decision")
        verbose_name_plural = _("sources of decisions")
        constraints = [
            models.UniqueConstraint(fields=["decision", "source"], name="decision_source_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.source_id}"


class DecisionAsk(Part):
    decision = models.ForeignKey("Decision", on_delete=models.PROTECT, related_name="bears_on")
    action = models.ForeignKey("RecommendedAction", on_delete=models.PROTECT, related_name="+")

    class Meta(Part.Meta):
        verbose_name = _("ask that a decision bears on")
        verbose_name_plural = _("asks that decisions bear on")
        constraints = [
            models.UniqueConstraint(fields=["decision", "action"], name="decision_ask_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.action_id}"


class DecisionIssue(Part):
    decision = models.ForeignKey("Decision", on_delete=models.PROTECT, related_name="is_about")
    issue = models.ForeignKey("Issue", on_delete=models.PROTECT, related_name="+")

    class Meta(Part.Meta):
        verbose_name = _("issue of a decision")
        verbose_name_plural = _("issues of decisions")
        constraints = [
            models.UniqueConstraint(fields=["decision", "issue"], name="decision_issue_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.issue_id}"
