"""Pages about the record itself: what the organisation says, beside what the program knows."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from advocacy.models import (
    ANALOGUES,
    DEFINITIONS,
    EVERY_RECORD_HAS,
    EVIDENCE,
    STALE_AFTER,
    TRANSITIONS,
    Page,
    Phase,
    RecordHead,
    ResponseStatus,
    Tier,
    Verification,
)
from advocacy.models.standing import label_of
from advocacy.models.vocabulary import RECORDED


def page_of(request, slug, page=None, **context):
    """What readers see at the address of a page; `page` in place of the row that is stored."""
    page = page or Page.objects.for_reader(slug)
    if slug not in EVERY_RECORD_HAS:
        if not page:
            raise Http404
        return render(request, "pages/detail.html", {"page": page, **context})
    facts = FACTS[slug]() if slug in FACTS else {}
    return render(request, f"pages/{slug}.html", {"page": page, **facts, **context})


@require_safe
def about(request):
    return page_of(request, "about")


@require_safe
def method(request):
    return page_of(request, "method")


@require_safe
def privacy(request):
    return page_of(request, "privacy")


@require_safe
def accessibility(request):
    return page_of(request, "accessibility")


@require_safe
def page_detail(request, slug):
    """A page of the organisation's own."""
    if slug in EVERY_RECORD_HAS:
        raise Http404
    return page_of(request, slug)


def _explained(status):
    """What a status means, what it demands and what it is like elsewhere."""
    return {
        "code": status.value,
        "label": label_of(status),
        "definition": DEFINITIONS[status],
        "evidence": EVIDENCE[status],
        "analogue": ANALOGUES[status],
    }


def _about_facts():
    return {"number_of_statuses": len(ResponseStatus)}


def _method_facts():
    return {
        "phases": [(phase, [_explained(status) for status in phase.statuses]) for phase in Phase],
        "statuses": [label_of(status) for status in RECORDED],
        "transitions": [
            (label_of(before), [TRANSITIONS[before].get(after, "") for after in RECORDED])
            for before in (ResponseStatus.NOT_CHECKED, *RECORDED)
        ],
        "tiers": Tier,
        "verifications": Verification,
        "stale_days": STALE_AFTER.days,
        "head": RecordHead.current(),
    }


FACTS = {"about": _about_facts, "method": _method_facts}
