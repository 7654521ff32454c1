"""One address for each page: what was typed in capitals leads to the address in small letters."""

from collections.abc import Callable
from itertools import zip_longest

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path
from django.utils.translation import override

# What a path holds beside words: its letters, large and small, mean something.
SECRETS = {"token"}


def lead_to_small_letters(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware. A page that is not found in capitals is looked for in small letters.

    Codes of languages and countries and the names of rows are read aloud, printed and typed from
    paper: `/EN/seats/UA/` leads to `/en/seats/ua/`.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        address = in_small_letters(request.path_info)
        if address is None:
            return response
        # The query as it came.
        query = request.META.get("QUERY_STRING", "")
        address = escape_uri_path(address)
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)

    return middleware


def in_small_letters(path: str) -> str | None:
    """The address of the page that this path means, or None if it is no other or there is none."""
    language = path.strip("/").split("/")[0].lower()
    if path == path.lower() or language not in dict(settings.LANGUAGES):
        return None
    for small in (path.lower(), f"{path.lower()}/"):
        with override(language):
            try:
                match = resolve(small)
            except Resolver404:
                continue
        secrets = {match.kwargs[name] for name in SECRETS & match.kwargs.keys()}
        parts = zip_longest(small.split("/"), path.split("/"), fillvalue="")
        small = "/".join(typed if part in secrets else part for part, typed in parts)
        return small if small != path else None
    return None
