"""Pages that htmx asks for in part."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_part(environ: Mapping[str, Any]) -> bool:
    """Whether htmx asks for a part of the page: not where a visitor goes back to the page."""
    restores = environ.get("HTTP_HX_HISTORY_RESTORE_REQUEST") == "true"
    return environ.get("HTTP_HX_REQUEST") == "true" and not restores


def render_part(
    request: HttpRequest, template: str, part: str, context: Mapping[str, Any]
) -> HttpResponse:
    """The page; or the named part of it for htmx, except where a visitor goes back to the page."""
    if wants_part(request.META):
        template += f"#{part}"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
