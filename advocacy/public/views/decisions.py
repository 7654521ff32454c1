from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.languages import place_in_a_list
from advocacy.models import (
    Decision,
    Outcome,
    RecommendedAction,
    RecordHead,
    Statement,
    country_name,
)
from advocacy.public.decision_list import DecisionList
from advocacy.public.forms import AsOfForm
from advocacy.public.lists import render_list
from advocacy.public.votes import Votes

# Nobody could vote on such a text.
WITHOUT_VOTE = {Outcome.ADOPTED_WITHOUT_VOTE, Outcome.WITHDRAWN, Outcome.NOT_RECEIVED}


@require_safe
def decision_list(request):
    """What was decided, and what failed, the newest first."""
    return render_list(request, DecisionList(request.GET), "decisions/list.html")


@require_safe
def decision_detail(request, slug):
    """One decision: what became of it, who voted how, its words, and the asks it bears on."""
    filters = AsOfForm(request.GET)
    day = filters.as_of_day or timezone.localdate()
    decision = get_object_or_404(Decision.objects.with_related().with_ballots(), slug=slug)
    asks = RecommendedAction.objects.published(day).filter(decisions=decision)
    said = Statement.objects.in_force(day).filter(
        said_on=decision.decided_on, forum_body=decision.body
    )
    sponsors = [sponsor.state for sponsor in decision.sponsors.all()]
    context = {
        "filters": filters,
        "as_of": day,
        "decision": decision,
        # Of a day before it, nothing is told.
        "is_decided": decision.decided_on <= day,
        "had_no_vote": decision.outcome in WITHOUT_VOTE,
        "votes": Votes.of(decision.ballots.all()),
        "sponsors": sorted(sponsors, key=lambda code: place_in_a_list(country_name(code))),
        "paragraphs": list(decision.paragraphs.all()),
        "asks": list(asks.with_status(day).with_related().order_by("reference")),
        "issues": list(decision.issues.opened(day)),
        "said": list(said.bearing_on(asks).with_related().order_by("pk")),
        "head": RecordHead.current(),
    }
    return render(request, "decisions/detail.html", context)
