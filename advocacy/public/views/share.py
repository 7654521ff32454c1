from collections import Counter

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from advocacy.models import Issue, Phase, RecommendedAction, TargetBody
from advocacy.public.share import drawing


@require_safe
@cache_control(public=True, max_age=3600)
def picture(request, kind, slug):
    """The picture of a link to an issue, a body or an ask, as the record stands now."""
    if not drawing.is_possible():
        raise Http404
    asks = RecommendedAction.objects.published().open().with_status().with_related()
    if kind == "actions":
        ask = get_object_or_404(asks, slug=slug)
        said = {"title": ask.title, "kicker": ask.body.name, **_ask(ask)}
    elif kind == "issues":
        issue = get_object_or_404(Issue, slug=slug)
        said = {"title": issue.title, "kicker": gettext("Issue"), **_asks(asks.filter(issue=issue))}
    else:
        body = get_object_or_404(TargetBody, slug=slug)
        said = {"title": body.name, "kicker": gettext("Body"), **_asks(asks.filter(body=body))}
    return FileResponse(drawing.picture(**said).open("rb"), content_type="image/png")


def _waiting(number):
    days = ngettext("%(number)d day", "%(number)d days", number) % {"number": number}
    return gettext("%(days)s without an answer") % {"days": days}


def _ask(ask):
    return {
        "phase": ask.phase.value,
        "status": ask.current_status.label,
        "wait": _waiting(ask.days_to_answer) if ask.is_waiting else "",
    }


def _asks(asks):
    """How most of several asks stand, and how long the longest has waited."""
    asks = list(asks)
    phases = Counter(ask.phase for ask in asks)
    longest = max((ask.days_to_answer for ask in asks if ask.is_waiting), default=None)
    phase, number = phases.most_common(1)[0] if phases else (Phase.UNKNOWN, 0)
    asked = ngettext("%(number)s ask", "%(number)s asks", len(asks)) % {"number": len(asks)}
    return {
        "phase": phase.value,
        "status": f"{phase.label}: {number}",
        "wait": asked if not longest else f"{asked} · {_waiting(longest)}",
    }
