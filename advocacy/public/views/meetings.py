from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import Audience, ChecklistStep, Meeting, RecommendedAction
from advocacy.public.forms import AsOfForm
from advocacy.public.lists import render_list
from advocacy.public.meeting_list import MeetingList
from advocacy.public.members import members_of

# More stand in the list of asks and on the checklist.
MOST_ASKS = 30
MOST_STEPS = 40


@require_safe
def meeting_list(request):
    """The next chances to act, by date, and those that are open on any day."""
    return render_list(request, MeetingList(request.GET), "meetings/list.html")


@require_safe
def meeting_detail(request, slug):
    """One meeting as a session pack: until when to act, who may, what is asked, who sits there."""
    filters = AsOfForm(request.GET)
    today = timezone.localdate()
    day = filters.as_of_day or today
    is_past = day < today
    meetings = Meeting.objects.select_related("body__parent")
    meeting = get_object_or_404(meetings, slug=slug)
    asks = list(_asks(meeting, day)[: MOST_ASKS + 1])
    shown = asks[:MOST_ASKS]
    # Of a past day nothing is said of what can be done today.
    has_steps = not is_past and not meeting.is_over
    steps = list(_steps(shown)[: MOST_STEPS + 1]) if has_steps else []
    # Who will sit there, as far as that is known: some of today's members may have left by then.
    members_day = max(day, meeting.starts_on or day) if not is_past else day
    context = {
        "filters": filters,
        "as_of": day,
        "meeting": meeting,
        "body": meeting.body,
        # A page of a past day names no later one.
        "is_dated": not is_past or not meeting.starts_on or meeting.starts_on <= day,
        "is_past": is_past,
        "asked": [ask for ask in shown if not ask.standing.is_proposed],
        "proposed": [ask for ask in shown if ask.standing.is_proposed],
        "has_more_asks": len(asks) > MOST_ASKS,
        "steps": _by_audience(steps[:MOST_STEPS], shown),
        "has_more_steps": len(steps) > MOST_STEPS,
        "packs": [] if is_past else list(meeting.packs.in_short()),
        "members": members_of(meeting.body, members_day),
        "members_day": members_day if members_day != today else None,
    }
    return render(request, "meetings/detail.html", context)


def _asks(meeting, day):
    """The open asks to its body, those that were put to it first."""
    asks = RecommendedAction.objects.published(day).open(day).filter(body=meeting.body_id)
    asks = asks.with_status(day).with_related()
    return asks.order_by(F("asked_on").asc(nulls_last=True), "reference")


def _steps(asks):
    """What anyone can do for these asks; families and witnesses meet their steps on the ask."""
    steps = ChecklistStep.objects.filter(action__in=[ask.pk for ask in asks])
    steps = steps.exclude(audience=Audience.FAMILY)
    return steps.order_by("minutes", "action__reference", "position", "pk")


def _by_audience(steps, asks):
    """The steps that make sense as their ask stands now, by whom they are for: [(label, steps)]."""
    of_key = {ask.pk: ask for ask in asks}
    of_each: dict[str, list[ChecklistStep]] = {}
    for step in steps:
        step.action = of_key[step.action_id]
        if step.is_open(step.action.standing.status):
            of_each.setdefault(step.audience, []).append(step)
    return [(who.label, of_each[who]) for who in Audience if who in of_each]
