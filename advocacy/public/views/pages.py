"""Pages about the record itself."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from advocacy.models import (
    ANALOGUES,
    DEFINITIONS,
    EVIDENCE,
    STALE_AFTER,
    TRANSITIONS,
    Phase,
    RecordHead,
    ResponseStatus,
    Tier,
    Verification,
)


@require_safe
def about(request):
    return render(request, "pages/about.html")


@require_safe
def method(request):
    statuses = [status for status in ResponseStatus if status != ResponseStatus.NOT_CHECKED]
    context = {
        "phases": [
            {
                "phase": phase,
                "statuses": [
                    {
                        "status": status,
                        "definition": DEFINITIONS[status],
                        "evidence": EVIDENCE[status],
                        "analogue": ANALOGUES[status],
                    }
                    for status in phase.statuses
                ],
            }
            for phase in Phase
        ],
        "statuses": statuses,
        "transitions": [
            (before, [(after, TRANSITIONS[before].get(after, "")) for after in statuses])
            for before in ResponseStatus
        ],
        "tiers": Tier,
        "verifications": Verification,
        "stale_days": STALE_AFTER.days,
    }
    context["head"] = RecordHead.current()
    return render(request, "pages/method.html", context)


@require_safe
def privacy(request):
    return render(request, "pages/privacy.html")


@require_safe
def accessibility(request):
    return render(request, "pages/accessibility.html")
