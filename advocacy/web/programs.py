"""What holds of every answer to a program: who may read it, and how often it may ask."""

from collections.abc import Callable
from http import HTTPStatus
from math import ceil

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.http import http_date

from advocacy.models.networks import HOUR, MOST_AN_HOUR, NetworkUse, hour_of
from advocacy.web.limits import API
from advocacy.web.problems import answered, for_programs, problem
from advocacy.web.visitors import visitor_address

METHODS = "GET, HEAD, OPTIONS"
# What a script of another site may read of an answer, beside what it may anyway.
SHOWN = "ETag, Link, Retry-After"
# What it may send: to ask whether something has changed.
TAKEN = "If-None-Match, If-Modified-Since"
A_DAY = 24 * 3600

type Answer = Callable[[HttpRequest], HttpResponseBase]


def answer_programs(get_response: Answer) -> Answer:
    """Middleware. The API is read alone, from any site, and not without end."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API):
            return get_response(request)
        return for_all_sites(answer(request))

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return allowed()
        if request.method not in ("GET", "HEAD"):
            refusal = problem(HTTPStatus.METHOD_NOT_ALLOWED, detail="This API is read-only.")
            refusal["Allow"] = METHODS
            return refusal
        return refused(request) or for_programs(made(request))

    def made(request: HttpRequest) -> HttpResponseBase:
        """A HEAD is answered as a GET, by what knows of that alone; the body is left out later."""
        method, request.method = request.method, "GET"
        try:
            return get_response(request)
        finally:
            request.method = method

    # Feeds and files of lists refuse what they do not know as well.
    middleware.process_exception = answered  # type: ignore[attr-defined]
    return middleware


def allowed() -> HttpResponse:
    """The answer to a browser that asks for a script of another site."""
    return HttpResponse(
        status=HTTPStatus.NO_CONTENT,
        headers={
            "Allow": METHODS,
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": TAKEN,
            "Access-Control-Max-Age": str(A_DAY),
        },
    )


def refused(request: HttpRequest) -> HttpResponse | None:
    """The refusal where a network has asked too often in this hour; else it is counted once more.

    What is kept is answered before, and counts for nobody.
    """
    if NetworkUse.objects.allows("data", visitor_address(request)):
        return None
    left = hour_of(None) + HOUR - timezone.now()
    refusal = problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        detail=f"At most {MOST_AN_HOUR['data']} answers an hour are made for one network.",
    )
    refusal["Retry-After"] = str(max(1, ceil(left.total_seconds())))
    return refusal


def for_all_sites[Response: HttpResponseBase](response: Response) -> Response:
    """Let scripts and pages of any site read it: all of it is public, and nobody's own."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = SHOWN
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def made_now[Response: HttpResponseBase](response: Response) -> Response:
    """Say when it was made: until something changes it is kept, and stays of that moment."""
    response["Last-Modified"] = http_date(timezone.now().timestamp())
    return response
