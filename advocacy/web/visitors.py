"""Where a form comes from, asked without a cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt

from advocacy.models.networks import form_token, is_form_token

TOKEN = "form_token"


def from_this_site[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Refuse a form that another site sends, without a cookie: by what the browser says of it.

    Old and text browsers say nothing, and `null` where a page asks for that. The answer to them is
    the form once more, with a token of their own: public pages are kept, and hold nobody's.
    """

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST" or comes_from_here(request):
            return view(request, *args, **kwargs)
        if is_silent(request):
            return ask_once_more(request)
        raise PermissionDenied

    return checked


def is_silent(request: HttpRequest) -> bool:
    """Whether the browser does not say where a form comes from."""
    says_nothing = request.headers.get("Origin", "null") == "null"
    return says_nothing and not request.headers.get("Sec-Fetch-Site")


def comes_from_here(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form: by what the browser says, or else by a token."""
    if is_silent(request):
        return is_form_token(request.POST.get(TOKEN, ""), visitor_address(request))
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    try:
        return urlsplit(request.headers["Origin"]).netloc == request.get_host()
    except ValueError:
        return False


def ask_once_more(request: HttpRequest) -> HttpResponse:
    """The form as it came, to be sent by whoever sees this page and presses the button."""
    fields = [
        (name, value) for name, values in request.POST.lists() for value in values if name != TOKEN
    ]
    token = form_token(visitor_address(request), timezone.localdate())
    page = render(request, "once_more.html", {"fields": fields, TOKEN: token}, status=403)
    add_never_cache_headers(page)
    return page


def visitor_address(request: HttpRequest) -> str:
    """The network address of the visitor; it is hashed before it is kept."""
    if settings.TRUST_PROXY and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rpartition(",")[2].strip()
    return str(request.META["REMOTE_ADDR"])
