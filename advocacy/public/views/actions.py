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
from advocacy.models.page_addresses import page_address
from advocacy.models.positions import Positions
from advocacy.public.forms import AskStepForm, AsOfForm, FollowForm
from advocacy.public.lists import ActionList, render_list
from advocacy.public.pieces import Pieces
from advocacy.public.safety import letters_or_safety
from advocacy.public.voices import voices_on
from advocacy.web.htmx import render_part, wants_part

# The pieces of the page of an ask: those that depend on who does its steps, as nothing is offered
# to send where writing is dangerous, and the others.
NARROWED = ("steps", "packs", "act")
REST = ("title", "head", "top", "record", "aside")


@require_safe
def action_list(request):
    return render_list(request, ActionList(request.GET), "actions/list.html")


@require_safe
def action_detail(request, slug):
    """One ask: its text, clocks, full record and checklist."""
    filters, step_filters = AsOfForm(request.GET), AskStepForm(request.GET)
    pieces = Pieces(request, "ask", slug, filters.as_of_day)
    context = {
        "pieces": pieces,
        "filters": filters,
        "step_filters": step_filters,
        "as_of": filters.as_of_day or timezone.localdate(),
        "address": page_address("action_detail", slug),
    }
    chosen = "country" in step_filters.fields, *sorted(step_filters.filters.items())
    narrowed, rest = (("steps",), ()) if wants_part(request.META) else (NARROWED, REST)
    lacks_steps = [name for name in narrowed if pieces.lacks(name, *chosen)]
    lacks_rest = [name for name in rest if pieces.lacks(name)]
    if lacks_steps or lacks_rest:
        actions = RecommendedAction.objects.exclude(state=AskState.DRAFT)
        actions = actions.with_status(filters.as_of_day).with_sessions_passed().with_related()
        action = get_object_or_404(actions.select_related("superseded_by"), slug=slug)
        context |= steps_of(action, step_filters)
        if not context["steps"]:
            # What is said then keeps the address as it was asked for.
            pieces.leave("steps")
        if rest:
            context |= offers_of(action)
    if lacks_rest:
        context |= record_of(action)
    return render_part(request, "actions/detail.html", "checklist", context)


def action_page(action, preview):
    """The same for staff, who look at it before the public does.

    Needs an ask with all that its cards show.
    """
    step_filters = AskStepForm({})
    return {
        "filters": AsOfForm({}),
        "step_filters": step_filters,
        "preview": preview,
        "as_of": action.as_of,
        "address": action.get_absolute_url(),
        **steps_of(action, step_filters),
        **offers_of(action),
        **record_of(action),
    }


def steps_of(action, step_filters):
    """What anybody can do for an ask, narrowed to one person."""
    country = step_filters.chosen_country
    steps = list(action.steps.matching(**step_filters.narrowing).safe_in(country).with_related())
    doors = Doors(country, [action.body], steps)
    first = first_step(steps, action.standing.status)
    return {
        "action": action,
        "is_listed": action.public_from <= action.as_of,
        "steps": steps,
        "first_step": first,
        "act_at": _act_at(first, doors),
        # Of a past day nothing is said of what can be done today, nor of a closed ask.
        "can_act": action.as_of >= timezone.localdate() and action.state == AskState.OPEN,
        "country": country,
        "has_country_choice": "country" in step_filters.fields,
        **letters_or_safety(doors),
        "positions": Positions(country, [action], action.as_of),
        "body_doors": doors.with_rules(action.body),
    }


def offers_of(action):
    """What else there is to do for it, where that is no danger to whoever does it."""
    return {
        # Their words are of today.
        "packs": [] if action.as_of < timezone.localdate() else list(action.packs.in_short()),
        "follow": FollowForm(subject=f"action:{action.slug}"),
        "mails": StatusUpdate.objects.mails_in_last_year(action=action),
    }


def record_of(action):
    """All else on the page of an ask: how it was put, what became of it, what it rests on."""
    day = action.as_of
    submissions = list(action.submissions.by(day).oldest_first().with_related())
    updates = list(action.updates.filter(happened_on__lte=day).newest_first().with_related())
    return {
        "wording_changes": action.wording_changes(),
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
        "voices": voices_on(action, updates, day),
        "head": RecordHead.current(),
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
