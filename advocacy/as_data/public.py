"""Which rows of the record a stranger may see on a day: the one home of that rule."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from advocacy.models import (
    ChecklistStep,
    ContactPoint,
    Decision,
    DecisionParagraph,
    Event,
    Issue,
    Paragraph,
    RecommendedAction,
    Reply,
    SearchLog,
    Source,
    StandingToday,
    Statement,
    StatementAsk,
    StatusUpdate,
    Submission,
    TreatyStatus,
)
from advocacy.models.contact_points import trusted

# Of any model, with the methods of its own.
type Rows = Any


def every(model: Any) -> Callable[[date], Rows]:
    return lambda _day: model.objects.all()


def asks(day: date) -> Rows:
    return RecommendedAction.objects.published(day)


def of_asks(rows: Rows, day: date, *columns: str) -> Rows:
    """Rows of which all asks that these columns name are public. Those that are not are few."""
    drafts = RecommendedAction.objects.unpublished(day).order_by().values("pk")
    for column in columns:
        rows = rows.exclude(**{f"{column}__in": drafts})
    return rows


def entries(day: date) -> Rows:
    return StatusUpdate.objects.published(day)


def submissions(day: date) -> Rows:
    return of_asks(Submission.objects.by(day), day, "action")


def decisions(day: date) -> Rows:
    return Decision.objects.by(day)


def decision_paragraphs(day: date) -> Rows:
    return DecisionParagraph.objects.filter(decision__decided_on__lte=day)


def statements(day: date) -> Rows:
    return Statement.objects.by(day)


def stances(day: date) -> Rows:
    said = StatementAsk.objects.filter(statement__said_on__lte=day)
    return of_asks(said, day, "action")


def issues(day: date) -> Rows:
    return Issue.objects.opened(day)


def events(day: date) -> Rows:
    """What happened on an issue that is open to readers, and has a source that they may open."""
    on_issues = Event.issues.through._default_manager.filter(issue__in=issues(day).values("pk"))
    return Event.objects.happened(day).filter(pk__in=on_issues.values("event"))


def paragraphs(day: date) -> Rows:
    return Paragraph.objects.told(day).filter(issue__in=issues(day).values("pk"))


def steps(day: date) -> Rows:
    return ChecklistStep.objects.of_open_asks(day)


def contact_points(day: date) -> Rows:
    """Offices whose address is not in doubt, and those that a step cannot do without."""
    of_steps = steps(day).exclude(office=None).order_by().values("office")
    return ContactPoint.objects.offered().filter(Q(email="") | trusted() | Q(pk__in=of_steps))


def of_public_asks(rows: Rows, day: date) -> Rows:
    """What is of asks that are public, each row joined to its ask: to be asked of a few rows.

    Held against the keys of all other asks, PostgreSQL would rather look at every row.
    """
    via = "action__standing_today__"
    return rows.exclude(StandingToday.objects.unpublished_on(day, via=via))


def sources(day: date) -> Rows:
    """Sources of something that readers may see, looked for from each source.

    Gathered from a million entries instead, a hundred sources would take more than a second.
    """
    held = [
        Exists(rows.order_by().filter(**{name: OuterRef("pk")}))
        for rows, name in [
            (of_public_asks(StatusUpdate.objects.filter(happened_on__lte=day), day), "sources"),
            (of_public_asks(Submission.objects.by(day), day), "source"),
            (decisions(day), "sources"),
            (statements(day), "sources"),
            (TreatyStatus.objects.all(), "source"),
            (events(day), "sources"),
            (paragraphs(day), "sources"),
        ]
    ]
    return Source.objects.filter(Q(*held, _connector=Q.OR))


def search_logs(day: date) -> Rows:
    told = of_public_asks(StatusUpdate.objects.filter(happened_on__lte=day), day).order_by()
    told = told.filter(search_log=OuterRef("pk"))
    return SearchLog.objects.filter(Exists(told))


def replies(day: date) -> Rows:
    drafts = RecommendedAction.objects.unpublished(day).order_by().values("pk")
    told = Q(action=None) | ~Q(action__in=drafts)
    return Reply.objects.filter(told, replied_on__lte=day)
