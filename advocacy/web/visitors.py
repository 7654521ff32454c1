"""Where a form comes from, asked without a cookie."""

from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.views.decorators.csrf import csrf_exempt


def from_this_site(view):
    """Refuse a form that another site sends, without a cookie: by what the browser says of it."""

    @csrf_exempt
    @wraps(view)
    def checked(request, *args, **kwargs):
        if request.method == "POST":
            site = request.headers.get("Sec-Fetch-Site")
            origin = urlsplit(request.headers.get("Origin", "")).netloc
            if site != "same-origin" if site else origin != request.get_host():
                raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def visitor_address(request):
    """The network address of the visitor; it is hashed before it is kept."""
    if settings.TRUST_PROXY and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rpartition(",")[2].strip()
    return request.META["REMOTE_ADDR"]
