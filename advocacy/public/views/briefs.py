from django.db.models import Count, F
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import ContactPoint, Issue, Meeting, StatusUpdate, Submission, TargetBody

# What fits on one printed page in every language.
MOST_ASKS = 5


@require_safe
def issue_brief(request, slug):
    """One page to print on an issue: its open asks, how they stand, and on which source."""
    issue = get_object_or_404(Issue, slug=slug)
    return brief(request, issue, ["title", "question"], issue.asks)


@require_safe
def body_brief(request, slug):
    """One page to print on a body: what it is asked, how it answered, and on which source."""
    body = get_object_or_404(TargetBody, slug=slug)
    return brief(request, body, ["name", "mandate"], body.actions.all())


def brief(request, subject, fields, asks):
    """`fields` of the subject are its name and what is said of it in short."""
    asks = asks.published().open().with_status()
    asks = asks.with_related().order_by(F("asked_on").asc(nulls_last=True), "reference")
    shown = list(asks[:MOST_ASKS])
    entries = StatusUpdate.objects.with_related().in_bulk([ask.status_update_id for ask in shown])
    first = Submission.objects.first_of(shown)
    bodies = {ask.body_id: ask.body for ask in shown}
    if isinstance(subject, TargetBody):
        bodies[subject.pk] = subject
    context = {
        "subject": subject,
        "title_field": fields[0],
        "summary_field": fields[1],
        "today": timezone.localdate(),
        "asks": [(ask, entries.get(ask.status_update_id), first.get(ask.pk)) for ask in shown],
        "doors": doors_of(bodies.values()),
        **more_than(shown, asks),
    }
    return render(request, "briefs/brief.html", context)


def doors_of(bodies):
    """When and where each body can be reached: [(body, next meeting, office)], where known."""
    meetings = Meeting.objects.chances().next_of(bodies)
    offices = ContactPoint.objects.of_bodies(bodies)
    doors = [(body, meetings.get(body.pk), offices.get(body.pk)) for body in bodies]
    return [door for door in doors if door[1] or door[2]]


def more_than(shown, asks):
    """How many asks, and how many proposals, the page does not show."""
    counts = asks.order_by().aggregate(all=Count("pk"), asked=Count("asked_on"))
    proposed = sum(ask.standing.is_proposed for ask in shown)
    return {
        "more": counts["asked"] - (len(shown) - proposed),
        "more_proposed": counts["all"] - counts["asked"] - proposed,
    }
