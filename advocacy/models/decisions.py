"""What bodies decided, and how each State voted: dated, sourced, added and never changed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from advocacy.models.actions import RecommendedAction
from advocacy.models.bodies import Seat
from advocacy.models.chain import Link
from advocacy.models.dates import machine_day
from advocacy.models.decision_enums import Outcome, Vote
from advocacy.models.decision_parts import (
    Ballot,
    DecisionAsk,
    DecisionIssue,
    DecisionParagraph,
    DecisionSource,
    Sponsor,
)
from advocacy.models.decision_rules import (
    CONSTRAINTS,
    check_ballots,
    check_doubles,
    check_paragraphs,
    check_sources,
    check_sponsors,
    counted,
)
from advocacy.models.enums import DatePrecision, Tier
from advocacy.models.page_addresses import page_address
from advocacy.models.recorded import Recorded, RecordedQuerySet, insert_all, witness
from advocacy.models.sources import whole_sources
from advocacy.models.text import Line, Text

# The tally by the vote that each of its numbers counts.
TALLY = {vote.value: vote for vote in Vote}


class DecisionQuerySet(RecordedQuerySet["Decision"]):
    DAY = "decided_on"

    def with_related(self) -> Self:
        """Fetch what is shown of a decision wherever it stands, its ballots apart."""
        return self.select_related("body__parent", "corrects", "correction").prefetch_related(
            whole_sources(), "sponsors", "paragraphs"
        )

    def with_ballots(self) -> Self:
        """Fetch how each State voted, and `seated`: how many had a seat that day."""
        body = Coalesce(models.OuterRef("body__parent"), models.OuterRef("body"))
        seats = Seat.objects.filter(body=body).held(models.OuterRef("decided_on")).order_by()
        numbers = seats.values("body").annotate(number=models.Count("country", distinct=True))
        return self.prefetch_related("ballots").annotate(
            seated=Coalesce(models.Subquery(numbers.values("number")), 0)
        )

    def bearing_on(self, asks: Iterable[Any]) -> Self:
        return self.filter(pk__in=DecisionAsk.objects.filter(action__in=asks).values("decision"))

    def about(self, issue: Any) -> Self:
        """Decisions on an issue, or that bear on an ask of it."""
        asks = RecommendedAction.objects.about([issue]).values("pk")
        return self.filter(
            models.Q(pk__in=DecisionIssue.objects.filter(issue=issue).values("decision"))
            | models.Q(pk__in=DecisionAsk.objects.filter(action__in=asks).values("decision"))
        )

    def voted(self, state: str, vote: str = "") -> Self:
        """Decisions on which a State is known to have voted; with a vote, so."""
        ballots = Ballot.objects.filter(state=state)
        ballots = ballots.filter(vote=vote) if vote else ballots
        return self.filter(pk__in=ballots.values("decision"))

    def sponsored_by(self, state: str) -> Self:
        return self.filter(pk__in=Sponsor.objects.filter(state=state).values("decision"))

    @transaction.atomic
    def enter(
        self,
        *,
        by: Any,
        body: Any,
        decided_on: date,
        sources: Iterable[Any],
        ballots: Mapping[str, str] | None = None,
        sponsors: Iterable[str] = (),
        actions: Iterable[Any] = (),
        issues: Iterable[Any] = (),
        paragraphs: Iterable[Mapping[str, Any]] = (),
        **said: Any,
    ) -> "Decision":
        """Add a decision, whoever writes it: for content that comes with the program.

        `ballots` are {code of a State: vote}: all of them or none, for they must make the tally,
        which is counted from them where it is not given. `paragraphs` are the fields of
        DecisionParagraph, in their order. Raises ValidationError keyed by field.
        """
        # One after another for each body, so that nothing is decided twice.
        type(body)._default_manager.select_for_update().get(pk=body.pk)
        ballots, sponsors = dict(ballots or {}), list(dict.fromkeys(sponsors))
        sources, actions, issues = ([*dict.fromkeys(rows)] for rows in (sources, actions, issues))
        for name, number in counted(ballots).items():
            if said.get(name) is None:
                said[name] = number
        if not said.get("slug"):
            text = said.get("symbol") or said.get("draft_symbol") or decided_on
            said["slug"] = self.free_slug(body.slug, text)
        decision = self.model(body=body, decided_on=decided_on, recorded_by=by, **said)
        read = decision.make_paragraphs(paragraphs, by=by)
        decision.check_record(
            lambda: check_sources(sources),
            lambda: check_ballots(decision, ballots),
            lambda: check_sponsors(sponsors),
            lambda: check_doubles(decision),
            lambda: check_paragraphs(read),
        )
        witness([body, *sources, *actions])
        insert_all(
            decision,
            {
                DecisionSource: [{"source": source} for source in sources],
                DecisionAsk: [{"action": action} for action in actions],
                DecisionIssue: [{"issue": issue} for issue in issues],
                Sponsor: [{"state": state} for state in sponsors],
                Ballot: [{"state": state, "vote": vote} for state, vote in ballots.items()],
            },
        )
        for paragraph in read:
            paragraph.decision = decision
            paragraph.save_base(force_insert=True)
        Link.objects.append_all([decision, *read])
        return decision


class Decision(Recorded):
    """What became of one text that was put to a body: adopted, not adopted, or never voted on.

    Ballots are those of all who voted, or none are here: a part of them would say of the others
    what nobody knows. Append-only: a wrong one is corrected by a new one that names it.
    """

    TRANSLATED = ("title", "note", "correction_reason")

    KIND = "decision"
    HASHED: ClassVar[list[str]] = [
        "slug",
        "body_id",
        "symbol",
        "draft_symbol",
        "title",
        "decided_on",
        "decided_precision",
        "outcome",
        *TALLY,
        "note",
        "took_place",
        "recorded_at",
        "recorded_by_id",
        "approved_by_id",
        "corrects_id",
        "correction_reason",
        "sources",
        "actions",
        "issues",
        "sponsors",
        "ballots",
    ]
    # Of doubles `check_doubles` says more than the index can.
    ASKED_APART: ClassVar[tuple[str, ...]] = ("symbol", "draft_symbol")
    PARTS: ClassVar[Mapping[str, tuple[str, str]]] = {
        "sources": ("cited", "source_id"),
        "actions": ("bears_on", "action_id"),
        "issues": ("is_about", "issue_id"),
        "sponsors": ("sponsors", "state"),
        "ballots": ("ballots", "said"),
    }

    body = models.ForeignKey(
        "TargetBody", on_delete=models.PROTECT, related_name="decisions", verbose_name=_("body")
    )
    symbol = Line(
        _("symbol"), max_length=100, blank=True, help_text=_("As the body writes it: A/RES/79/181.")
    )
    draft_symbol = Line(_("symbol of the draft"), max_length=100, blank=True)
    title = Line(_("title"), max_length=300)
    decided_on = models.DateField(_("decided on"))
    decided_precision = Line(
        _("precision of the date"),
        max_length=5,
        choices=DatePrecision,
        default=DatePrecision.DAY,
    )
    outcome = Line(_("outcome"), max_length=20, choices=Outcome)
    yes = models.PositiveSmallIntegerField(_("votes in favour"), null=True, blank=True)
    no = models.PositiveSmallIntegerField(_("votes against"), null=True, blank=True)
    abstain = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    absent = models.PositiveSmallIntegerField(_("absent"), null=True, blank=True)
    not_voting = models.PositiveSmallIntegerField(_("present, did not vote"), null=True, blank=True)
    note = Text(_("note"), blank=True, help_text=_("What a reader has to know of it."))
    actions = models.ManyToManyField(
        "advocacy.RecommendedAction",
        blank=True,
        through="advocacy.DecisionAsk",
        related_name="decisions",
        verbose_name=_("bears on"),
    )
    issues = models.ManyToManyField(
        "advocacy.Issue",
        blank=True,
        through="advocacy.DecisionIssue",
        related_name="decisions",
        verbose_name=_("issues"),
    )
    sources = models.ManyToManyField(
        "advocacy.Source",
        through="advocacy.DecisionSource",
        related_name="decisions",
        verbose_name=_("sources"),
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_on", "-pk"]
        base_manager_name = "objects"
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = CONSTRAINTS
        indexes = [models.Index(fields=["-decided_on", "-id"], name="decision_newest")]

    def __str__(self) -> str:
        return f"{self.day} {self.symbol or self.draft_symbol or self.title}"

    def get_absolute_url(self) -> str:
        return page_address("decision_detail", self.slug)

    @property
    def day(self) -> str:
        return machine_day(self.decided_on, self.decided_precision)

    @property
    def label(self) -> str:
        """What became of it, in words."""
        return str(self.get_outcome_display())

    @property
    def tally(self) -> dict[Vote, int]:
        """How many voted in each way, as far as that is known."""
        numbers = {vote: getattr(self, name) for name, vote in TALLY.items()}
        return {vote: number for vote, number in numbers.items() if number is not None}

    @property
    def rests_on_reports(self) -> bool:
        """Whether no source of it is the official record, so that it is marked everywhere."""
        return not any(s.tier == Tier.OFFICIAL_RECORD for s in self.standing_sources)

    @property
    def are_seats_checked(self) -> bool:
        """Whether each ballot was held against who sat in the body that day."""
        seated = getattr(self, "seated", None)
        numbers = None if seated is None else {self.body.parent_id or self.body_id: seated}
        return self.body.all_states_sit or self.body.lists_all_members(self.decided_on, numbers)

    def by_vote(self) -> dict[Vote, list[str]]:
        """The codes of the States by how they voted; see `with_ballots`."""
        states: dict[Vote, list[str]] = {vote: [] for vote in Vote}
        for ballot in self.ballots.all():
            states[Vote(ballot.vote)].append(ballot.state)
        return {vote: sorted(codes) for vote, codes in states.items() if codes}

    def make_paragraphs(
        self, said: Iterable[Mapping[str, Any]], *, by: Any
    ) -> "list[DecisionParagraph]":
        """Paragraphs of it that are not written yet, each named after its number."""
        rows = [{"recorded_by": by, **values} for values in said]
        for values in rows:
            values["slug"] = values.get("slug") or f"{self.slug}-{slugify(values['number'])}"
        return [DecisionParagraph(**values) for values in rows]
