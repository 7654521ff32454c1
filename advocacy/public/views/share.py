from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from advocacy.models import Issue, RecommendedAction, TargetBody, columns_of, in_one_language
from advocacy.public.forms import OverviewForm
from advocacy.public.share import drawing, silence_drawing, silence_layout
from advocacy.public.share.silence_words import dated, told_of
from advocacy.public.share.words import words_of
from advocacy.public.views import issues, overview

# So that lines and letters of a picture to keep are sharp on any screen.
SCALE = 2


@require_safe
@cache_control(public=True, max_age=3600)
def picture(request, kind, slug):
    """The picture of a link to an issue, a body or an ask, as the record stands now.

    It is in the language of the page, or all of it in that of the record. That of an issue is its
    silence, once somebody was asked.
    """
    if not drawing.is_possible():
        raise Http404
    asks = RecommendedAction.objects.published().open().with_status().with_related()
    if kind == "actions":
        row = get_object_or_404(asks, slug=slug)
        asks = [row]
    elif kind == "issues":
        row = get_object_or_404(Issue, slug=slug)
        silence = issues.silence_on(issues.asks_of(row, timezone.localdate()), timezone.localdate())
        if silence.groups:
            laid_out = _laid_out(request, silence, row, None, silence_layout.small)
            return shown(silence_drawing.png(laid_out))
        asks = list(asks.on(row))
    else:
        row = get_object_or_404(TargetBody, slug=slug)
        asks = list(asks.filter(body=row))
    told, _language, _states = in_one_language(lambda _states: words_of(row, asks))
    return shown(drawing.picture(**told))


@require_safe
@cache_control(public=True, max_age=3600)
def overview_picture(request):
    """The picture of a link to the record as a whole: its longest silences."""
    _possible(drawing.is_possible())
    silence = overview.silence_of_record(columns_of(timezone.localdate()), "wait")
    _possible(silence.groups)
    laid_out = _laid_out(request, silence, None, None, silence_layout.small)
    return shown(silence_drawing.png(laid_out))


@require_safe
@cache_control(public=True, max_age=3600)
def silence_file(request, form, slug=""):
    """The picture of the overview or of an issue as a file, of the day and in the order asked for.

    It is the silence of that page and its words, in one language, with what it is and whose.
    """
    filters = OverviewForm(request.GET)
    _possible(drawing.is_possible() and not filters.errors)
    day = filters.as_of_day or timezone.localdate()
    issue = get_object_or_404(Issue.objects.opened(), slug=slug) if slug else None
    if issue:
        silence = issues.silence_on(issues.asks_of(issue, day), day)
    else:
        silence = overview.silence_of_record(columns_of(day), filters.by_shown or "body")
    _possible(silence.groups)
    laid_out = _laid_out(request, silence, issue, filters.as_of_day, silence_layout.whole)
    if form == "png":
        answer = shown(silence_drawing.png(laid_out, SCALE))
    else:
        written = render_to_string("share/silence.svg", {"picture": laid_out})
        answer = HttpResponse(written.strip(), content_type="image/svg+xml; charset=utf-8")
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    name = f"silence-{slug}-{day.isoformat()}" if slug else f"silence-{day.isoformat()}"
    answer["Content-Disposition"] = f'inline; filename="{name}.{form}"'
    return answer


def _possible(found):
    if not found:
        raise Http404


def _laid_out(request, silence, issue, as_of, lay_out):
    """The picture in the language of the page, or all of it in that of the record."""
    address = issue.get_absolute_url() if issue else reverse("overview")
    url = dated(request.build_absolute_uri(address), as_of)
    day = as_of or timezone.localdate()

    def make(_states):
        return lay_out(silence, told_of(issue, day, url))

    made, _language, _states = in_one_language(make)
    return made


def shown(path):
    answer = FileResponse(path.open("rb"), content_type="image/png")
    # Made for pages of others, which show it beside the link.
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
