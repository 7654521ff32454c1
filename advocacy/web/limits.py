"""What no page gets to see of a request."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase

from advocacy.web.gateway import Application, Environ, Start

# Staff sign in under this address; nowhere else is anybody known.
DESK = "/admin/"
# Programs ask here.
API = "/api/"

type Answer = Callable[[HttpRequest], HttpResponseBase]


def leave_cookies_out(get_response: Answer) -> Answer:
    """Middleware. A public page sees no cookie, so it tells nobody apart and sets none.

    Otherwise Django answers a cookie that it cannot use with another one, on every page.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(DESK):
            request.COOKIES = {}
        return get_response(request)

    return middleware


def read_query_first(get_response: Answer) -> Answer:
    """Middleware. More parameters than Django reads are refused here, once, as a bad request.

    Django reads them when somebody first asks. Where that is the page of a 404, which names the
    first page of a list, the refusal would come too late to be answered.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # Raises TooManyFieldsSent, of which Django makes the answer 400.
        _ = request.GET
        return get_response(request)

    return middleware


class Unreadable:
    """WSGI: a bad request, where Django refuses to make anything of it that middleware could meet.

    It reads the parameters while it makes the request if that names the encoding of its body.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start: Start) -> Any:
        try:
            return self.application(environ, start)
        except SuspiciousOperation:
            start("400 Bad Request", [("Content-Type", "text/plain")])
            return [b"400 Bad Request\n"]
