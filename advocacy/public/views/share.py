from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from advocacy.models import Issue, RecommendedAction, Site, TargetBody
from advocacy.public.share import drawing
from advocacy.public.share.words import words_of_ask, words_of_asks


@require_safe
@cache_control(public=True, max_age=3600)
def picture(request, kind, slug):
    """The picture of a link to an issue, a body or an ask, as the record stands now."""
    if not drawing.is_possible():
        raise Http404
    asks = RecommendedAction.objects.published().open().with_status().with_related()
    if kind == "actions":
        ask = get_object_or_404(asks, slug=slug)
        words = {"title": ask.title, "kicker": ask.body.name, **words_of_ask(ask)}
    elif kind == "issues":
        issue = get_object_or_404(Issue, slug=slug)
        words = {
            "title": issue.title,
            "kicker": gettext("Issue"),
            **words_of_asks(asks.on(issue)),
        }
    else:
        body = get_object_or_404(TargetBody, slug=slug)
        words = {
            "title": body.name,
            "kicker": gettext("Body"),
            **words_of_asks(asks.filter(body=body)),
        }
    drawn = drawing.picture(site=Site.current().name, **words)
    answer = FileResponse(drawn.open("rb"), content_type="image/png")
    # Made for pages of others, which show it beside the link.
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
