"""Logs without addresses of people and without the secret part of their links."""

import json
import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase

from advocacy.text import carried, carried_line, without_secrets

# Of a refused request: enough to know it by.
MOST_OF_A_REFUSAL = 200
# Made at random for each request, so it tells nothing of who made it.
request_id: ContextVar[str] = ContextVar("request_id", default="-")


def number_requests(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: what is logged of one request carries the same id."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        token = request_id.set(secrets.token_hex(4))
        try:
            return get_response(request)
        finally:
            request_id.reset(token)

    return middleware


class Line(logging.Formatter):
    """Moment (UTC), level, request ("-" outside of one), logger and message."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {request_id} {name}: {message}", style="{")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.get()
        return super().format(record)


class JsonLine(Line):
    """The same as one object of JSON on one line, with the traceback as a text."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "request": request_id.get(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        # `WithoutSecrets` has made texts of them.
        if record.exc_text:
            said["traceback"] = record.exc_text
        if record.stack_info:
            said["stack"] = record.stack_info
        return json.dumps(said, ensure_ascii=False)


class ShortRefusals(logging.Filter):
    """A request that Django refuses is a warning of one short line: anybody can send a million.

    Among them are a name (Host) that is not the site's and a form with too many fields.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, SuspiciousOperation):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args = record.getMessage()[:MOST_OF_A_REFUSAL], ()
            record.exc_info = record.exc_text = None
        return True


class WithoutSecrets(logging.Filter):
    """Takes addresses and tokens out of a line and its traceback before it is written.

    A message stays on one line, so nothing in it can pass for another message.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = carried_line(without_secrets(record.getMessage())), ()
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_text, record.exc_info = carried(without_secrets(text)), None
        if record.stack_info:
            record.stack_info = carried(without_secrets(record.stack_info))
        return True
