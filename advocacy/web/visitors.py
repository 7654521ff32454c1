"""Where a form comes from, asked without a cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt


def from_this_site[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Refuse a form that another site sends, without a cookie: by what the browser says of it."""

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST":
            site = request.headers.get("Sec-Fetch-Site")
            origin = urlsplit(request.headers.get("Origin", "")).netloc
            if site != "same-origin" if site else origin != request.get_host():
                raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def visitor_address(request: HttpRequest) -> str:
    """The network address of the visitor; it is hashed before it is kept."""
    if settings.TRUST_PROXY and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rpartition(",")[2].strip()
    return str(request.META["REMOTE_ADDR"])
