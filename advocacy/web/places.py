"""By which scheme and name a page is asked for, as Django reads them, before Django runs."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

DECIDE = ["wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "HTTP_X_FORWARDED_PROTO"]


class Place(NamedTuple):
    scheme: str
    host: str


def place_of(environ: Mapping[str, Any]) -> Place | None:
    """None if the site has another name."""
    return _place_of(*[environ.get(name) for name in DECIDE])


class AskedFor(HttpRequest):
    def _get_scheme(self) -> str:
        scheme: str = self.META["wsgi.url_scheme"]
        return scheme


@lru_cache(maxsize=64)
def _place_of(*values: str | None) -> Place | None:
    request = AskedFor()
    given = zip(DECIDE, values, strict=True)
    request.META = {name: value for name, value in given if value is not None}
    try:
        return Place(request.scheme or "", request.get_host())
    except DisallowedHost:
        return None
