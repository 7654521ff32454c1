"""What others show of the record in frames of theirs, and badges. Nothing else may be framed."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import get_language, override
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from advocacy.models import (
    Issue,
    Organisation,
    RecommendedAction,
    Site,
    TargetBody,
    columns_of,
    in_one_language,
)
from advocacy.public import look
from advocacy.public.badges import badge_of_ask, badge_of_body, png_of
from advocacy.public.embeds import MOST_ROWS, asks_of, frame
from advocacy.public.share import drawing
from advocacy.public.silence import silence_of
from advocacy.public.views.overview import silence_of_record
from advocacy.public.views.site import A_YEAR

# So long whoever shows it need not ask again.
SECONDS = 300
# It shows what is in it, in its own style, in any frame; and it can do nothing else.
POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}

INDENTED = re.compile(r"\s*\n\s*")

type View = Callable[..., HttpResponse]


def embedded(view: View) -> View:
    """A view whose answer others may show, in the language that its address names."""

    @require_safe
    @xframe_options_exempt
    @csp_override(POLICY)
    @cache_control(public=True, max_age=SECONDS)
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        asked = request.GET.get("lang")
        language = asked if asked in dict(settings.LANGUAGES) else get_language()
        with override(language):
            response = view(request, *args, **named)
        response["Content-Language"] = language
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        # Found by search engines are the pages that they lead to.
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


@embedded
def of_row(request, kind, slug):
    """An issue or a body with its asks, or one ask: as it stands today."""
    day = timezone.localdate()
    row = _row(kind, slug, day)
    if kind == "actions":
        return _shown(request, "embeds/ask.html", kind, row, ask=row)
    asks, has_more = asks_of(row, day)
    return _shown(request, "embeds/asks.html", kind, row, asks=asks, has_more=has_more)


@embedded
def silence(request, kind=None, slug=None):
    """The silence after each ask of the record, or of an issue or a body."""
    day = timezone.localdate()
    if kind is None:
        row, has_more = None, False
        drawn = silence_of_record(columns_of(day), "wait", MOST_ROWS)
    else:
        row = _row(kind, slug, day)
        asks, has_more = asks_of(row, day)
        drawn = silence_of(asks, day, by="wait")
    has_more = has_more or bool(drawn.left_out)
    return _shown(request, "embeds/silence.html", "silence", row, silence=drawn, has_more=has_more)


def _row(kind: str, slug: str, day: Any) -> Any:
    match kind:
        case "actions":
            asks = RecommendedAction.objects.published(day).with_status(day).with_related()
            return get_object_or_404(asks, slug=slug)
        case "issues":
            return get_object_or_404(Issue.objects.opened(), slug=slug)
    return get_object_or_404(TargetBody.objects.select_related("kind"), slug=slug)


def _shown(request: HttpRequest, template: str, kind: str, row: Any, **more: Any) -> HttpResponse:
    # An organisation of the record or nobody: no address makes up who brings it.
    via = Organisation.objects.filter(slug=request.GET.get("via", "")).first()
    context = {
        "subject": row,
        "page": row.get_absolute_url() if row else reverse("overview"),
        "via": via,
        "as_of": timezone.localdate(),
        "code": frame(kind, row, via=via),
        "sheet": reverse("embed_look", args=[look.digest_of_embeds(Site.current())]),
        **more,
    }
    # Without the room at the beginning of lines it is a third shorter.
    return HttpResponse(INDENTED.sub("\n", render_to_string(template, context, request)))


@embedded
def badge(request, kind, slug, form):
    """How an ask or the asks to a body stand, as a small picture."""
    day = timezone.localdate()
    row = _row(kind, slug, day)
    if form == "png" and not drawing.is_possible():
        raise Http404
    asks = RecommendedAction.objects.published(day).open().filter(body=row.pk)
    asks = [] if kind == "actions" else list(asks.with_status(day).with_related())
    made, _language, _states = in_one_language(
        lambda _states: badge_of_ask(row) if kind == "actions" else badge_of_body(row, asks, day)
    )
    if form == "png":
        return HttpResponse(png_of(made), content_type="image/png")
    return render(request, "embeds/badge.svg", {"badge": made}, content_type="image/svg+xml")


@require_safe
def style(request, digest):
    """The style sheet of embeds. A frame without an origin of its own has to get it as well."""
    sheet = look.of_embeds(Site.current())
    response = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    is_of_now = digest == look.digest_of_embeds(Site.current())
    seconds = f"public, max-age={A_YEAR}, immutable" if is_of_now else "no-cache"
    response["Cache-Control"] = seconds
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
