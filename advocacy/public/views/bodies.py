from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import Event, Pack, RecommendedAction, StatusUpdate, TargetBody
from advocacy.public.forms import AsOfForm, FollowForm
from advocacy.public.lists import BodyList, render_list
from advocacy.public.members import members_of
from advocacy.public.silence import silence_of
from advocacy.public.state_record import record_of_state
from advocacy.web.pagination import page_of

# More entries stand in the list of all, more events on the pages of the issues.
MOST_UPDATES = 25
MOST_DECISIONS = 10


@require_safe
def body_list(request):
    return render_list(request, BodyList(request.GET), "bodies/list.html")


@require_safe
def body_detail(request, slug):
    """The scorecard of one body: every ask to it, its clocks, its record, seats and meetings."""
    filters = AsOfForm(request.GET)
    today = timezone.localdate()
    day = filters.as_of_day or today
    body = get_object_or_404(TargetBody.objects.select_related("kind", "parent"), slug=slug)
    standings = RecommendedAction.standings(day).published(day).filter(body=body)
    phases = standings.phase_counts("body")[body.pk]
    actions = (
        RecommendedAction.objects.published(day)
        .filter(body=body)
        .with_status(day)
        .with_sessions_passed()
        .with_related()
        .order_by(F("asked_on").asc(nulls_last=True), "reference")
    )
    page = page_of(actions, request.GET.get("page"), total=phases.total())
    asks = list(page.object_list)
    updates = StatusUpdate.objects.published(day).filter(action__body=body).newest_first()
    updates = list(updates.with_related()[: MOST_UPDATES + 1])
    did = Event.objects.filter(by_bodies=body).happened(day).newest_first().with_related()
    events = list(did.prefetch_related("issues")[: MOST_UPDATES + 1])
    decisions = list(body.decisions.in_force(day).newest_first()[: MOST_DECISIONS + 1])
    meetings, standing = list(body.meetings.chances(day)), list(body.meetings.standing())
    replies = body.replies.filter(replied_on__lte=day)
    context = {
        "filters": filters,
        "as_of": day,
        "body": body,
        "page": page,
        "actions": asks,
        "asked": [ask for ask in asks if not ask.standing.is_proposed],
        "proposed": [ask for ask in asks if ask.standing.is_proposed],
        "silence": silence_of(asks, day, by="wait"),
        "phases": phases,
        "updates": updates[:MOST_UPDATES],
        "has_more_updates": len(updates) > MOST_UPDATES,
        "did": record_of_state(body.country, day) if body.speaks_for_its_state else None,
        "decisions": decisions[:MOST_DECISIONS],
        "has_more_decisions": len(decisions) > MOST_DECISIONS,
        "events": events[:MOST_UPDATES],
        "has_more_events": len(events) > MOST_UPDATES,
        "members": members_of(body, day),
        "members_day": filters.as_of_day,
        "meetings": meetings,
        "next_then": list(body.meetings.next_then(day).with_related()[:5]),
        "standing": standing,
        "packs": Pack.objects.by_meeting([*meetings, *standing] if day == today else []),
        "replies": list(replies.select_related("action").newest_first()),
        "follow": FollowForm(subject=f"body:{body.slug}"),
        "mails": StatusUpdate.objects.mails_in_last_year(body=body),
    }
    return render(request, "bodies/detail.html", context)
