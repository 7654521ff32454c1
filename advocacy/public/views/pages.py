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
from advocacy.models.standing import label_of
from advocacy.models.vocabulary import RECORDED


@require_safe
def about(request):
    return render(request, "pages/about.html")


def _explained(status):
    """What a status means, what it demands and what it is like elsewhere."""
    return {
        "code": status.value,
        "label": label_of(status),
        "definition": DEFINITIONS[status],
        "evidence": EVIDENCE[status],
        "analogue": ANALOGUES[status],
    }


@require_safe
def method(request):
    context = {
        "phases": [(phase, [_explained(status) for status in phase.statuses]) for phase in Phase],
        "statuses": [label_of(status) for status in RECORDED],
        "transitions": [
            (label_of(before), [TRANSITIONS[before].get(after, "") for after in RECORDED])
            for before in (ResponseStatus.NOT_CHECKED, *RECORDED)
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
