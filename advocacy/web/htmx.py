"""Pages that htmx asks for in part."""

from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_part(request, template, part, context):
    """The page; or the named part of it for htmx, except where a visitor goes back to the page."""
    if request.htmx and not request.htmx.history_restore_request:
        template += f"#{part}"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
