"""The kinds of public rows: which rows readers may see, and what each says beside its columns."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import override

from advocacy.as_data import shapes
from advocacy.as_data.decided import of_decision, of_paragraph, of_stance, of_statement
from advocacy.as_data.public import (
    Rows,
    asks,
    contact_points,
    decision_paragraphs,
    decisions,
    entries,
    events,
    every,
    issues,
    of_asks,
    paragraphs,
    replies,
    search_logs,
    sources,
    stances,
    statements,
    steps,
    submissions,
)
from advocacy.as_data.told import Told, cited
from advocacy.models import (
    AskRelation,
    AskState,
    BodyKind,
    ChecklistStep,
    ContactPoint,
    Decision,
    DecisionParagraph,
    Event,
    Issue,
    LegalReference,
    Meeting,
    Organisation,
    Pack,
    Paragraph,
    RecommendedAction,
    Reply,
    SearchLog,
    SearchWords,
    Seat,
    Source,
    Standing,
    Statement,
    StatementAsk,
    StatusUpdate,
    Submission,
    TargetBody,
    Topic,
    TreatyStatus,
    Withheld,
)

type More = Callable[[Any, Told], Mapping[str, Any]]


def nothing(_row: Any, _told: Told) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of public rows. `name` is that of its address and of its file."""

    name: str
    model: type[Model]
    # What readers may see of the table on a day.
    public: Callable[[date], Rows]
    # Whether a past day shows other rows, or says other things of them.
    is_dated: bool = False
    # Columns that editors write for each other, and that no page shows.
    hidden: frozenset[str] = frozenset()
    # The columns of rows that no file brings in.
    named: tuple[str, ...] = ()
    # Fetches with the rows what `more` reads.
    fetch: Callable[[Rows, date], Rows] = lambda rows, _day: rows
    # The same for what takes a query of its own.
    read: Callable[[list[Any], date], Any] = lambda _rows, _day: None
    # What a row says beside its columns, and the shape of that.
    more: More = nothing
    shape: type = dict
    # What stands in columns instead of what they hold: nothing later than the day.
    instead: More = nothing


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def standing_data(standing: Standing, languages: Collection[str]) -> shapes.Standing:
    """How an ask stands: the codes, and the words in each language."""
    words: dict[str, shapes.StandingWords] = {}
    for language in languages:
        with override(language):
            words[language] = {"label": str(standing.label), "sentence": str(standing.sentence)}
    is_said = standing.is_found or not (standing.is_proposed or standing.in_confidence)
    return {
        "day": standing.day.isoformat(),
        "status": str(standing.status.value) if is_said else None,
        "group": str(standing.counted_as),
        "is_proposed": standing.is_proposed,
        "asked_on": iso(standing.asked_on),
        "asked_how": str(standing.asked_how) if standing.asked_on else None,
        "status_on": iso(standing.status_on),
        "status_precision": standing.status_precision if standing.status_on else None,
        "acknowledged_on": iso(standing.acknowledged_on),
        "answered_on": iso(standing.answered_on),
        "last_moved_on": iso(standing.last_moved_on),
        "last_checked_on": iso(standing.last_checked_on),
        "days_waiting": standing.days_waiting,
        "is_overdue": standing.is_overdue,
        "points_other_way": standing.points_other_way,
        "from_digests": standing.from_digests,
        "words": words,
    }


def of_action(action: Any, told: Told) -> shapes.OfAction:
    return {"standing": standing_data(action.standing, told.languages)}


def action_on_that_day(action: Any, told: Told) -> Mapping[str, Any]:
    """An ask that was closed or paused later was neither on the day."""
    instead: dict[str, Any] = {}
    if action.closed_on and action.closed_on > told.day:
        instead |= {"state": AskState.OPEN.value, "closed_on": None, "closed_because": ""}
        instead |= {"superseded_by": None}
    if action.paused_on and action.paused_on > told.day:
        instead |= {"paused_on": None, "pause_reason": ""}
    return instead


def of_asked(row: Any, told: Told) -> shapes.OfAsked:
    return {"asks": {str(group): number for group, number in told.of_all[row.pk].items()}}


def asks_of_issues(issues: list[Any], day: date) -> Any:
    return RecommendedAction.standings(day).published(day).phase_counts_of(issues)


def asks_of_bodies(bodies: list[Any], day: date) -> Any:
    asks = RecommendedAction.standings(day).published(day).filter(body__in=bodies)
    return asks.phase_counts("body")


def of_entry(entry: Any, told: Told) -> shapes.OfEntry:
    label, not_put = {}, {}
    for language in told.languages:
        with override(language):
            label[language] = str(entry.label)
            not_put[language] = entry.action.not_put_words(told.day)
    return {
        "uuid": str(entry.uuid),
        "recorded_at": entry.recorded_at.isoformat(),
        "is_look": entry.is_look,
        "label": label,
        "not_put": not_put if any(not_put.values()) else None,
        "cited": cited(entry),
        "corrected_by": entry.correction.key if entry.is_corrected else None,
    }


def of_submission(submission: Any, _told: Told) -> shapes.OfSubmission:
    return {
        "recorded_at": submission.recorded_at.isoformat(),
        "corrected_by": submission.correction.slug if submission.is_corrected else None,
    }


def of_event(event: Any, _told: Told) -> shapes.OfEvent:
    return {"cited": cited(event)}


def trusted_address(office: Any, _told: Told) -> Mapping[str, Any]:
    """An address that may not stand in a letter stands nowhere."""
    return {} if office.may_be_addressed() else {"email": ""}


def linked_addresses(source: Any, _told: Told) -> Mapping[str, Any]:
    names = ("url", "archive_url")
    return {name: None for name in names if source.is_weak}


def of_source(source: Any, _told: Told) -> shapes.OfSource:
    return {
        "kept_on": source.kept_at.isoformat() if source.kept_at else None,
        "kept_sha256": source.kept_sha256,
    }


def rows_of_withheld(withheld: list[Any], day: date) -> Any:
    """How the rows are named of which words were withheld: {(model, key): name}."""
    named: dict[tuple[str, int], str] = {}
    for kind in KINDS.values():
        of = kind.model._meta.model_name or ""
        keys = [gone.row for gone in withheld if gone.of == of]
        if keys:
            public = kind.public(day).filter(pk__in=keys)
            named |= {(of, row.pk): str(getattr(row, key_name(kind.model))) for row in public}
    return named


def of_withheld(gone: Any, told: Told) -> shapes.OfWithheld:
    kind = kind_of(gone.of)
    return {"kind": kind.name if kind else gone.of, "row": told.of_all.get((gone.of, gone.row))}


def key_name(model: Any) -> str:
    """The field that names a row for good."""
    return getattr(model, "NATURAL_KEY", "") or "pk"


_ALL = [
    Kind("topics", Topic, every(Topic)),
    Kind("organisations", Organisation, every(Organisation)),
    Kind("legal_references", LegalReference, every(LegalReference)),
    Kind("kinds", BodyKind, every(BodyKind)),
    Kind(
        "bodies",
        TargetBody,
        every(TargetBody),
        is_dated=True,
        hidden=frozenset({"note"}),
        read=asks_of_bodies,
        more=of_asked,
        shape=shapes.OfAsked,
    ),
    Kind("seats", Seat, every(Seat), hidden=frozenset({"note"})),
    Kind("meetings", Meeting, every(Meeting)),
    Kind(
        "contact_points",
        ContactPoint,
        contact_points,
        hidden=frozenset({"note", "seen", "is_offered", "weak_source"}),
        instead=trusted_address,
    ),
    Kind(
        "sources",
        Source,
        sources,
        fetch=lambda rows, _day: rows.with_kept(),
        more=of_source,
        shape=shapes.OfSource,
        instead=linked_addresses,
    ),
    Kind("treaties", TreatyStatus, every(TreatyStatus)),
    Kind(
        "issues",
        Issue,
        issues,
        is_dated=True,
        read=asks_of_issues,
        more=of_asked,
        shape=shapes.OfAsked,
        # As it is today.
        instead=lambda _issue, told: {"summary": ""} if told.is_past else {},
    ),
    Kind("paragraphs", Paragraph, paragraphs, is_dated=True),
    Kind(
        "events",
        Event,
        events,
        is_dated=True,
        fetch=lambda rows, _day: rows.prefetch_related("sources"),
        more=of_event,
        shape=shapes.OfEvent,
    ),
    Kind(
        "actions",
        RecommendedAction,
        asks,
        is_dated=True,
        fetch=lambda rows, day: rows.with_status(day).select_related("body"),
        more=of_action,
        shape=shapes.OfAction,
        instead=action_on_that_day,
    ),
    Kind(
        "relations",
        AskRelation,
        lambda day: of_asks(AskRelation.objects.all(), day, "action", "other"),
        is_dated=True,
    ),
    Kind(
        "submissions",
        Submission,
        submissions,
        is_dated=True,
        fetch=lambda rows, _day: rows.select_related("correction"),
        more=of_submission,
        shape=shapes.OfSubmission,
    ),
    Kind(
        "decisions",
        Decision,
        decisions,
        is_dated=True,
        fetch=lambda rows, _day: (
            rows.with_ballots()
            .select_related("body__parent", "correction")
            .prefetch_related("sources")
        ),
        more=of_decision,
        shape=shapes.OfDecision,
    ),
    Kind(
        "decision_paragraphs",
        DecisionParagraph,
        decision_paragraphs,
        is_dated=True,
        fetch=lambda rows, _day: rows.select_related("decision__correction"),
        more=of_paragraph,
        shape=shapes.OfDecisionParagraph,
    ),
    Kind(
        "statements",
        Statement,
        statements,
        is_dated=True,
        fetch=lambda rows, _day: rows.select_related(
            "correction", "organisation", "body"
        ).prefetch_related("sources"),
        more=of_statement,
        shape=shapes.OfStatement,
    ),
    Kind(
        "stances",
        StatementAsk,
        stances,
        is_dated=True,
        fetch=lambda rows, _day: rows.select_related("statement__correction", "action"),
        more=of_stance,
        shape=shapes.OfStance,
    ),
    Kind("steps", ChecklistStep, steps),
    Kind("search_logs", SearchLog, search_logs, is_dated=True),
    Kind(
        "entries",
        StatusUpdate,
        entries,
        is_dated=True,
        fetch=lambda rows, _day: (
            rows.select_related(
                "action__body", "action__standing_today", "search_log", "correction"
            )
            .prefetch_related("sources")
            .with_place()
        ),
        more=of_entry,
        shape=shapes.OfEntry,
    ),
    Kind("packs", Pack, every(Pack)),
    Kind("search_words", SearchWords, every(SearchWords), hidden=frozenset({"note"})),
    Kind(
        "replies",
        Reply,
        replies,
        is_dated=True,
        named=("body", "action", "text", "language", "signed", "replied_on", "url"),
    ),
    Kind(
        "withheld",
        Withheld,
        every(Withheld),
        named=("field", "reason", "withheld_at"),
        read=rows_of_withheld,
        more=of_withheld,
        shape=shapes.OfWithheld,
    ),
]
# A row names rows of the kinds before it, of its own, and no others.
KINDS = {kind.name: kind for kind in _ALL}


def kind_of(model_name: str) -> Kind | None:
    """The kind of the rows of a table, by the name of its model."""
    return next((k for k in _ALL if k.model._meta.model_name == model_name), None)
