from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from advocacy.models import AskState, Meeting, RecommendedAction, StatusUpdate
from advocacy.public.forms import ActionFilterForm, AsOfForm, FollowForm, StepFilterForm
from advocacy.web.pagination import page_of


@require_safe
@vary_on_headers("HX-Request")
def action_list(request):
    filters = ActionFilterForm(request.GET)
    actions = RecommendedAction.objects.published(filters.as_of_day).with_status(filters.as_of_day)
    facets = actions.facets(**filters.filters)
    filters.show_counts(facets)
    actions = actions.matching(**filters.filters).sorted_by(filters.sort_by).with_related()
    page = page_of(request, actions, facets["total"])

    template = "actions/list.html"
    if request.htmx and not request.htmx.history_restore_request:
        template += "#results"
    return render(request, template, {"filters": filters, "page": page, "actions": page})


@require_safe
@vary_on_headers("HX-Request")
def action_detail(request, slug):
    """One ask: its text, clocks, full record and checklist."""
    filters = AsOfForm(request.GET)
    at = filters.as_of_day or timezone.localdate()
    actions = RecommendedAction.objects.exclude(state=AskState.DRAFT).with_status(at)
    actions = actions.with_sessions_passed().with_related()
    action = get_object_or_404(actions, slug=slug)
    step_filters = StepFilterForm(request.GET)
    steps = action.steps.matching(**step_filters.filters).with_related()

    template = "actions/detail.html"
    if request.htmx and not request.htmx.history_restore_request:
        template += "#checklist"
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
    return render(request, template, context)
