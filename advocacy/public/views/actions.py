from django.shortcuts import get_object_or_404
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
    actions = RecommendedAction.objects.exclude(state=AskState.DRAFT)
    actions = actions.with_status(filters.as_of_day).with_sessions_passed().with_related()
    action = get_object_or_404(actions, slug=slug)
    context = action_page(action, filters=filters, step_filters=StepFilterForm(request.GET))
    return render_part(request, "actions/detail.html", "checklist", context)


def action_page(action, *, filters=None, step_filters=None, preview=None):
    """What the page of an ask shows; `preview` is for staff, who look at it before the public does.

    Needs an ask with all that its cards show.
    """
    step_filters = step_filters or StepFilterForm({})
    day = action.as_of
    return {
        "filters": filters or AsOfForm({}),
        "preview": preview,
        "as_of": day,
        "action": action,
        "was_asked": action.asked_on <= day,
        "asked_by": action.asked_by.all(),
        "legal_references": action.legal_references.all(),
        "updates": action.updates.filter(happened_on__lte=day).newest_first().with_related(),
        "replies": action.replies.filter(replied_on__lte=day).newest_first(),
        "meetings": Meeting.objects.upcoming(day).filter(body=action.body)[:3],
        "step_filters": step_filters,
        "steps": action.steps.matching(**step_filters.filters).with_related(),
        "follow": FollowForm(subject=f"action:{action.slug}"),
        "mails": StatusUpdate.objects.mails_in_last_year(action=action),
    }
