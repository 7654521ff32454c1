from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import AskState, Meeting, RecommendedAction, StatusUpdate
from advocacy.public.forms import AsOfForm, FollowForm, StepFilterForm
from advocacy.public.lists import ActionList, render_list
from advocacy.web.htmx import render_part


@require_safe
def action_list(request):
    return render_list(request, ActionList(request.GET), "actions/list.html")


@require_safe
def action_detail(request, slug):
    """One ask: its text, clocks, full record and checklist."""
    filters = AsOfForm(request.GET)
    at = filters.as_of_day or timezone.localdate()
    actions = RecommendedAction.objects.exclude(state=AskState.DRAFT).with_status(at)
    actions = actions.with_sessions_passed().with_related()
    action = get_object_or_404(actions, slug=slug)
    step_filters = StepFilterForm(request.GET)
    steps = action.steps.matching(**step_filters.filters).with_related()
    context = {
        "filters": filters,
        "as_of": at,
        "action": action,
        "was_asked": action.asked_on <= at,
        "asked_by": action.asked_by.all(),
        "legal_references": action.legal_references.all(),
        "updates": action.updates.filter(happened_on__lte=at).newest_first().with_related(),
        "replies": action.replies.filter(replied_on__lte=at).newest_first(),
        "meetings": Meeting.objects.upcoming(at).filter(body=action.body)[:3],
        "step_filters": step_filters,
        "steps": steps,
        "follow": FollowForm(subject=f"action:{action.slug}"),
        "mails": StatusUpdate.objects.mails_in_last_year(action=action),
    }
    return render_part(request, "actions/detail.html", "checklist", context)
