from collections import Counter

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import RecommendedAction, StatusUpdate, TargetBody
from advocacy.public.forms import AsOfForm, FollowForm


@require_safe
def body_list(request):
    actions = RecommendedAction.objects.published().open().with_status()
    phases = actions.phase_counts("body")
    bodies = [(body, phases.get(body.pk, {})) for body in TargetBody.objects.all()]
    context = {
        "asked": [(body, counts) for body, counts in bodies if counts],
        "not_asked": [body for body, counts in bodies if not counts],
    }
    return render(request, "bodies/list.html", context)


@require_safe
def body_detail(request, slug):
    """The scorecard of one body: every ask to it, its clocks, its record, seats and meetings."""
    filters = AsOfForm(request.GET)
    at = filters.as_of_day or timezone.localdate()
    body = get_object_or_404(TargetBody, slug=slug)
    actions = list(
        RecommendedAction.objects.published(at)
        .filter(body=body)
        .with_status(at)
        .with_sessions_passed()
        .with_related()
        .order_by("asked_on", "reference")
    )
    seats = list(body.seats.order_by("country", "starts_on"))
    context = {
        "filters": filters,
        "as_of": at,
        "body": body,
        "actions": actions,
        "phases": Counter(action.standing.counted_as for action in actions),
        "updates": StatusUpdate.objects.published(at)
        .filter(action__body=body)
        .newest_first()
        .with_related(),
        "seats": [seat for seat in seats if seat.is_held(at)],
        "next_seats": [seat for seat in seats if seat.starts_on and seat.starts_on > at],
        "meetings": body.meetings.upcoming(at),
        "standing": body.meetings.standing(),
        "replies": body.replies.filter(replied_on__lte=at).select_related("action").newest_first(),
        "follow": FollowForm(subject=f"body:{body.slug}"),
        "mails": StatusUpdate.objects.mails_in_last_year(body=body),
    }
    return render(request, "bodies/detail.html", context)
