from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import RecommendedAction, StatusUpdate, TargetBody
from advocacy.public.forms import AsOfForm, FollowForm
from advocacy.public.lists import BodyList, render_list
from advocacy.web.pagination import page_of

# More stand in the list of all entries.
MOST_UPDATES = 25


@require_safe
def body_list(request):
    return render_list(request, BodyList(request.GET), "bodies/list.html")


@require_safe
def body_detail(request, slug):
    """The scorecard of one body: every ask to it, its clocks, its record, seats and meetings."""
    filters = AsOfForm(request.GET)
    at = filters.as_of_day or timezone.localdate()
    body = get_object_or_404(TargetBody, slug=slug)
    standings = RecommendedAction.standings(at).published(at).filter(body=body)
    phases = standings.phase_counts("body")[body.pk]
    actions = (
        RecommendedAction.objects.published(at)
        .filter(body=body)
        .with_status(at)
        .with_sessions_passed()
        .with_related()
        .order_by("asked_on", "reference")
    )
    page = page_of(actions, request.GET.get("page"), total=phases.total())
    updates = StatusUpdate.objects.published(at).filter(action__body=body).newest_first()
    updates = list(updates.with_related()[: MOST_UPDATES + 1])
    seats = list(body.seats.order_by("country", "starts_on"))
    context = {
        "filters": filters,
        "as_of": at,
        "body": body,
        "page": page,
        "actions": page.object_list,
        "phases": phases,
        "updates": updates[:MOST_UPDATES],
        "has_more_updates": len(updates) > MOST_UPDATES,
        "seats": [seat for seat in seats if seat.is_held(at)],
        "next_seats": [seat for seat in seats if seat.starts_on and seat.starts_on > at],
        "meetings": body.meetings.upcoming(at),
        "standing": body.meetings.standing(),
        "replies": body.replies.filter(replied_on__lte=at).select_related("action").newest_first(),
        "follow": FollowForm(subject=f"body:{body.slug}"),
        "mails": StatusUpdate.objects.mails_in_last_year(body=body),
    }
    return render(request, "bodies/detail.html", context)
