"""Pages that htmx asks for in part."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_part(
    request: HttpRequest, template: str, part: str, context: Mapping[str, Any]
) -> HttpResponse:
    """The page; or the named part of it for htmx, except where a visitor goes back to the page."""
    htmx = getattr(request, "htmx", None)
    if htmx and not htmx.history_restore_request:
        template += f"#{part}"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
