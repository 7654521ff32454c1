"""The page cache in front of the real program, asked as a server asks it."""

import gzip
import threading
from typing import NamedTuple

import brotli
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from advocacy.web.page_cache import PageCache

DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


class Answer(NamedTuple):
    status_code: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return DECODERS[self.headers.get("content-encoding")](self.body).decode()


class Door:
    """One process: what it keeps, and what it had made."""

    def __init__(self, application=None, **options):
        self.program = application or WSGIHandler()
        self.cache = PageCache(self.make, **options)
        self.made = []
        self.before = self.after = lambda: None

    def make(self, environ, start):
        self.made.append(environ)
        self.before()
        answer = self.program(environ, start)
        self.after()
        return answer

    def get(self, path, *, method="GET", **headers):
        """Ask for a page; an argument is a header, such as `accept_encoding`."""
        given = {"host": "localhost", **headers}
        environ = RequestFactory().generic(
            method, path, **{f"HTTP_{name.upper()}": value for name, value in given.items()}
        )
        return self.ask(environ.environ)

    def ask(self, environ):
        told = []
        pieces = self.cache(environ, lambda *said: told.append(said))
        try:
            body = b"".join(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        ((status, headers, *_rest),) = told
        headers = {name.lower(): value for name, value in headers}
        return Answer(int(status[:3]), headers, body)

    def get_at_once(self, number, path, **headers):
        """So many ask at the same time; returns what they got, in the order in which they did."""
        answers = []
        barrier = threading.Barrier(number)

        def ask():
            barrier.wait()
            answers.append(self.get(path, **headers))

        threads = [threading.Thread(target=ask) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers
