"""Failures for programs: problem details (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """What a program asked for cannot be answered as it was asked."""

    def __init__(self, title: str, **more: Any) -> None:
        super().__init__(title)
        self.title, self.more = title, more


def wrong(name: str, value: object, code: str | None = None) -> dict[str, str]:
    """One parameter that has a value which cannot be used."""
    return {"name": name, "value": str(value), "code": code or "invalid"}


def problem(status: int, title: str = "", **more: Any) -> HttpResponse:
    """Without a type of its own, its title says what the status does; `more` says the rest."""
    said = {"title": title or HTTPStatus(status).phrase, "status": int(status), **more}
    text = json.dumps(said, ensure_ascii=False)
    return HttpResponse(text, status=int(status), content_type=CONTENT_TYPE)


def answered(_request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The answer to what a program asked for wrongly, wherever that was noticed."""
    return (
        problem(HTTPStatus.BAD_REQUEST, error.title, **error.more)
        if isinstance(error, Problem)
        else None
    )


def for_programs(response: HttpResponseBase) -> HttpResponseBase:
    """A failure as a program can read it, in place of a page."""
    if response.status_code < 400 or response.get("Content-Type") == CONTENT_TYPE:
        return response
    return problem(response.status_code)
