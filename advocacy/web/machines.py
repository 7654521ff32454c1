"""Health checks are answered before anything else of a request is looked at."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve

PATHS = {"/healthz", "/readyz"}


def answer_machines(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware. Whoever asks these two paths is answered, under whatever name.

    A check from the machine itself, or from the supervisor of a container, knows the site by its
    number. Nothing in these answers is made of the name, and no other page leaves out its check.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in PATHS:
            return get_response(request)
        answer: HttpResponseBase = resolve(request.path_info).func(request)
        return answer

    return middleware
