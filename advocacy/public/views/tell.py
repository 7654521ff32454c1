"""Tell us what the record misses: without an account, a cookie or a script."""

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from advocacy.models import NetworkUse, Report
from advocacy.public.forms import TellForm
from advocacy.web.visitors import from_this_site, visitor_address


@require_http_methods(["GET", "HEAD", "POST"])
@from_this_site
def tell(request):
    """The form. What was typed into it is kept by nobody until it is taken as a whole."""
    if request.method != "POST":
        return show(request, TellForm(ask=request.GET.get("ask", "")))
    form = TellForm(request.POST)
    if not form.is_valid():
        return show(request, form, status=200 if form.is_search else 422)
    if not NetworkUse.objects.allows("reports", visitor_address(request)):
        form.add_error(
            None,
            _(
                "Too many reports came from your network. This one was not sent, and all of it is"
                " still here: try again in an hour."
            ),
        )
        return show(request, form, status=429)
    report = Report.objects.tell(language=get_language(), **form.told)
    return HttpResponseRedirect(reverse("tell_sent", args=[report.token]), status=303)


def show(request, form, status=200):
    form.show_first()
    page = render(request, "tell/form.html", {"form": form}, status=status)
    if form.is_bound:
        add_never_cache_headers(page)
    return page


@require_safe
@never_cache
def sent(request, token):
    """What happens with a report now. It holds nothing of what was typed."""
    report = Report.objects.by_token(token)
    if report is None:
        raise Http404
    page = render(request, "tell/sent.html", {"report": report})
    page["X-Robots-Tag"] = "noindex"
    return page
