from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import (
    AskRelation,
    AskState,
    Doors,
    Meeting,
    RecommendedAction,
    RecordHead,
    StatusUpdate,
)
from advocacy.models.checklists import first_step
from advocacy.public.forms import AskStepForm, AsOfForm, FollowForm
from advocacy.public.lists import ActionList, render_list
from advocacy.public.safety import letters_or_safety
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
    actions = actions.select_related("superseded_by")
    action = get_object_or_404(actions, slug=slug)
    context = action_page(action, filters=filters, step_filters=AskStepForm(request.GET))
    return render_part(request, "actions/detail.html", "checklist", context)


def action_page(action, *, filters=None, step_filters=None, preview=None):
    """What the page of an ask shows; `preview` is for staff, who look at it before the public does.

    Needs an ask with all that its cards show.
    """
    step_filters = step_filters or AskStepForm({})
    day = action.as_of
    submissions = list(action.submissions.by(day).oldest_first().with_related())
    is_past = day < timezone.localdate()
    country = step_filters.chosen_country
    steps = list(action.steps.matching(**step_filters.narrowing).safe_in(country).with_related())
    doors = Doors(country, [action.body], steps)
    first = first_step(steps, action.standing.status)
    updates = list(action.updates.filter(happened_on__lte=day).newest_first().with_related())
    return {
        "filters": filters or AsOfForm({}),
        "preview": preview,
        "as_of": day,
        "action": action,
        "wording_changes": action.wording_changes(),
        "is_listed": action.public_from <= day,
        "also_on": list(action.also_on.opened()),
        "relations": AskRelation.objects.seen_from(
            action, RecommendedAction.objects.published(day).select_related("body")
        ),
        "submissions": submissions,
        "legal_references": list(action.legal_references.all()),
        "updates": updates,
        "timeline": _timeline(submissions, updates),
        "replies": list(action.replies.filter(replied_on__lte=day).newest_first()),
        "meetings": list(Meeting.objects.chances(day).filter(body=action.body)[:3]),
        "step_filters": step_filters,
        "steps": steps,
        "first_step": first,
        "act_at": _act_at(first, doors),
        # Of a past day nothing is said of what can be done today, nor of a closed ask.
        "can_act": not is_past and action.state == AskState.OPEN,
        "country": country,
        "has_country_choice": "country" in step_filters.fields,
        **letters_or_safety(doors),
        "body_doors": doors.with_rules(action.body),
        # Their words are of today.
        "packs": [] if is_past else list(action.packs.in_short()),
        "head": RecordHead.current(),
        "follow": FollowForm(subject=f"action:{action.slug}"),
        "mails": StatusUpdate.objects.mails_in_last_year(action=action),
    }


def _act_at(step, doors):
    """Where the bar at the foot of a phone leads: to the letter, if no choice comes before it."""
    if step and step.is_letter and not doors.of_step(step).needs_country:
        return f"write-{step.slug}"
    return "what-you-can-do"


def _timeline(submissions, updates):
    """What counts of the ask, oldest first: (day, kind, thing). An ask comes before its answer."""
    events = [
        *((row.submitted_on, "submission", row) for row in submissions if row.counts),
        *((update.happened_on, "update", update) for update in reversed(updates)),
    ]
    return sorted(events, key=lambda event: event[0])
