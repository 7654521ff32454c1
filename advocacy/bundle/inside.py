"""Asks this program for a page of its own, as a stranger without a cookie would see it."""

from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.utils import translation


class NoSuchPage(Exception):
    """A page that the copy needs, and that the site did not give."""


class Answer(NamedTuple):
    content_type: str
    body: bytes


class Inside:
    """The program as its server calls it, without the server: no network is asked."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        site = urlsplit(settings.SITE_URL)
        self.scheme = "https" if settings.SECURE_SSL_REDIRECT else site.scheme
        self.host = site.netloc

    def get(self, address: str) -> Answer:
        """What lies at a path, which may have a query. Raises NoSuchPage."""
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_HOST": self.host,
            "HTTP_X_FORWARDED_PROTO": self.scheme,
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": BytesIO(),
        }
        setup_testing_defaults(environ)
        # The page chooses a language, and leaves it chosen.
        with translation.override(translation.get_language()):
            response = self.handler.get_response(self.handler.request_class(environ))
            body = b"".join(response)
            # `close` would tell everybody that a request is over, and so close the database.
            for close in response._resource_closers:  # type: ignore[attr-defined]
                close()
        if response.status_code != 200:
            raise NoSuchPage(
                f"{address} cannot be copied: the site answers {response.status_code}."
            )
        return Answer(response.headers["Content-Type"], body)
