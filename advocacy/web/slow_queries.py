"""A query of a page may take only so long, so that a few readers cannot hold up all the others."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

type GetResponse = Callable[[HttpRequest], HttpResponseBase]

# The code of SQL for a query that was stopped.
STOPPED = "57014"


def limit_queries() -> None:
    """Let PostgreSQL stop any query of this process after `QUERY_SECONDS`.

    Called by the web processes alone: the worker and the commands take as long as they need.
    """
    if connection.vendor == "postgresql":
        options = connection.settings_dict["OPTIONS"]
        options["options"] += f" -c statement_timeout={settings.QUERY_SECONDS}s"


class SlowQueryMiddleware:
    """Answers with a page that says so where the query of a page was stopped."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        cause = exception.__cause__
        if isinstance(exception, DatabaseError) and getattr(cause, "sqlstate", None) == STOPPED:
            return render(request, "503.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
        return None
