from collections import Counter

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import Issue, Meeting, RecommendedAction, StatusUpdate
from advocacy.public.forms import AsOfForm, FollowForm
from advocacy.public.lists import IssueList, render_list


@require_safe
def issue_list(request):
    return render_list(request, IssueList(request.GET), "issues/list.html")


@require_safe
def issue_detail(request, slug):
    filters = AsOfForm(request.GET)
    at = filters.as_of_day or timezone.localdate()
    issues = Issue.objects.opened().prefetch_related("topics", "legal_references", "sources")
    issue = get_object_or_404(issues, slug=slug)
    actions = list(
        RecommendedAction.objects.published(at)
        .filter(issue=issue)
        .with_status(at)
        .with_related()
        .prefetch_related("asked_by", "steps")
        .order_by("body__position", "body__name", "reference")
    )
    updates = list(StatusUpdate.objects.published(at).filter(action__issue=issue).with_related())
    sources = [source for source in issue.sources.all() if source.published_on <= at]
    context = {
        "filters": filters,
        "as_of": at,
        "issue": issue,
        "actions": actions,
        "phases": Counter(action.standing.counted_as for action in actions),
        "steps": _three_steps(actions),
        "timeline": _timeline(actions, updates, sources),
        "sources": _cited(updates, sources),
        "meetings": Meeting.objects.upcoming(at)
        .filter(body__in={action.body_id for action in actions})
        .with_related()[:5],
        "follow": FollowForm(subject=f"issue:{issue.slug}"),
        "mails": StatusUpdate.objects.mails_in_last_year(issue=issue),
    }
    return render(request, "issues/detail.html", context)


def _timeline(actions, updates, sources):
    """Every dated event of the issue, oldest first: (day, kind, thing)."""
    asks = {}
    for action in actions:
        asks.setdefault(action.asked_on, []).append(action)
    events = [
        *((source.published_on, "source", source) for source in sources),
        *((day, "asks", made) for day, made in asks.items()),
        *((update.happened_on, "update", update) for update in updates),
    ]
    return sorted(events, key=lambda event: event[0])


def _cited(updates, sources):
    cited = {source.pk: source for update in updates for source in update.sources.all()}
    cited |= {source.pk: source for source in sources}
    return sorted(cited.values(), key=lambda source: source.published_on, reverse=True)


def _three_steps(actions):
    """The quickest step of the three asks that have waited longest."""
    waiting = sorted(
        actions, key=lambda action: (action.standing.days_waiting is None, action.asked_on)
    )
    with_steps = [action for action in waiting if action.steps.all()]
    return [
        (action, min(action.steps.all(), key=lambda step: step.minutes))
        for action in with_steps[:3]
    ]
