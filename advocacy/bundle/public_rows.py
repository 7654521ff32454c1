"""Which rows of the record a stranger may read: the copy holds these and no other."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from advocacy.models import (
    AskRelation,
    ChecklistStep,
    Citation,
    ContactPoint,
    Event,
    Issue,
    Paragraph,
    RecommendedAction,
    SearchLog,
    Source,
    StatusUpdate,
    Submission,
)
from advocacy.models.contact_points import trusted
from advocacy.transfer import KINDS

type PublicRows = dict[type[Model], QuerySet[Any]]

# Columns that editors write for each other.
NOT_PUBLIC = {"bodies": {"note"}, "contact_points": {"note"}, "search_words": {"note"}}


def public_rows() -> PublicRows:
    """The public rows of each kind; of kinds that are public throughout, all."""
    rows: PublicRows = {model: model._default_manager.all() for model in KINDS.values()}
    asks = RecommendedAction.objects.published()
    issues = Issue.objects.filter(
        Q(opened_on__lte=timezone.localdate()) | Q(pk__in=asks.values("issue"))
    )
    entries = StatusUpdate.objects.published()
    submissions = Submission.objects.filter(action__in=asks.values("pk"))
    paragraphs = Paragraph.objects.told().filter(issue__in=issues.values("pk"))
    events = Event.objects.filter(
        pk__in=Event.issues.through._default_manager.filter(issue__in=issues.values("pk")).values(
            "event"
        )
    )
    sources = Source.objects.filter(
        Q(pk__in=Citation.objects.filter(update__in=entries.values("pk")).values("source"))
        | Q(pk__in=submissions.exclude(source=None).values("source"))
        | Q(pk__in=events.exclude(sources=None).values("sources"))
        | Q(pk__in=paragraphs.exclude(sources=None).values("sources"))
    )
    return rows | {
        RecommendedAction: asks,
        Issue: issues,
        StatusUpdate: entries,
        Submission: submissions,
        Paragraph: paragraphs,
        Event: events,
        Source: sources,
        SearchLog: SearchLog.objects.filter(
            pk__in=entries.exclude(search_log=None).values("search_log")
        ),
        ChecklistStep: ChecklistStep.objects.filter(action__in=asks.values("pk")),
        AskRelation: AskRelation.objects.filter(
            action__in=asks.values("pk"), other__in=asks.values("pk")
        ),
        # What stands in no letter, as nobody can trust it, is passed on by no copy either.
        ContactPoint: ContactPoint.objects.offered().filter(Q(email="") | trusted()),
    }
