"""Which rows of the record a stranger may see on a day: the one home of that rule."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from advocacy.models import (
    ChecklistStep,
    ContactPoint,
    Event,
    Issue,
    Paragraph,
    RecommendedAction,
    Reply,
    SearchLog,
    Source,
    StatusUpdate,
    Submission,
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


def sources(day: date) -> Rows:
    """Sources of something that readers may see, looked for from each source.

    Gathered from a million entries instead, a hundred sources would take more than a second.
    """
    held = [
        Exists(rows.order_by().filter(**{name: OuterRef("pk")}))
        for rows, name in [
            (entries(day), "sources"),
            (submissions(day), "source"),
            (events(day), "sources"),
            (paragraphs(day), "sources"),
        ]
    ]
    return Source.objects.filter(Q(*held, _connector=Q.OR))


def search_logs(day: date) -> Rows:
    told = entries(day).order_by().filter(search_log=OuterRef("pk"))
    return SearchLog.objects.filter(Exists(told))


def replies(day: date) -> Rows:
    drafts = RecommendedAction.objects.unpublished(day).order_by().values("pk")
    told = Q(action=None) | ~Q(action__in=drafts)
    return Reply.objects.filter(told, replied_on__lte=day)
