from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from advocacy.models import Issue, RecommendedAction, TargetBody, in_one_language
from advocacy.public.share import drawing
from advocacy.public.share.words import words_of


@require_safe
@cache_control(public=True, max_age=3600)
def picture(request, kind, slug):
    """The picture of a link to an issue, a body or an ask, as the record stands now.

    It is in the language of the page, or all of it in that of the record.
    """
    if not drawing.is_possible():
        raise Http404
    asks = RecommendedAction.objects.published().open().with_status().with_related()
    if kind == "actions":
        row = get_object_or_404(asks, slug=slug)
        asks = [row]
    elif kind == "issues":
        row = get_object_or_404(Issue, slug=slug)
        asks = list(asks.on(row))
    else:
        row = get_object_or_404(TargetBody, slug=slug)
        asks = list(asks.filter(body=row))
    told, _language, _states = in_one_language(lambda _states: words_of(row, asks))
    drawn = drawing.picture(**told)
    answer = FileResponse(drawn.open("rb"), content_type="image/png")
    # Made for pages of others, which show it beside the link.
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
