from django.shortcuts import get_object_or_404, render
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
    actions = RecommendedAction.objects.exclude(state=AskState.DRAFT)
    actions = actions.with_status(filters.as_of_day).with_sessions_passed().with_related()
    action = get_object_or_404(actions, slug=slug)

    template = "actions/detail.html"
    if request.htmx and not request.htmx.history_restore_request:
        template += "#checklist"
    context = action_page(action, filters=filters, step_filters=StepFilterForm(request.GET))
    return render(request, template, context)


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
