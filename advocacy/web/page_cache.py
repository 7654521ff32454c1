"""Public pages, kept as they are until anything that they show has changed."""

import math
import re
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from cachetools import LRUCache
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.utils.translation import get_language_from_request
from django.utils.translation.trans_real import get_languages

from advocacy.web import machines
from advocacy.web.editions import Edition, Editions
from advocacy.web.gateway import Application, Environ, Start
from advocacy.web.htmx import wants_part
from advocacy.web.kept_pages import Headers, KeptPage, can_be_kept
from advocacy.web.limits import API, DESK
from advocacy.web.places import place_of

MEGABYTE = 1024 * 1024
# The same search is rarely made again, but a search in the news is.
SECONDS_OF_A_SEARCH = 30
SEARCH = re.compile(r"(?:^|&)q=[^&]")
# Addresses with a query that were asked for: so many are remembered, each as one number.
MOST_SEEN = 20_000
# Whoever makes up addresses pushes no page out with the first of each.
ASKED_TWICE = 2
# How long a page of the content before may stand in for one that is being made.
STALE = 10
STALE_PAGE = '110 - "Response is Stale"'
DATABASE_AWAY = '111 - "Revalidation Failed"'
# A longer address is not kept.
LONGEST_ADDRESS = 2000
# All headers that whatever makes a page gets to see, beside those made of the key: it cannot depend
# on any other, nor answer with less than the page.
SHOWN_HEADERS = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT_ENCODING"}
# Whose network asks for data decides whether an answer is made, and nothing of what it says; that
# none is made is never kept.
NETWORK = {"HTTP_X_FORWARDED_FOR"}
METHODS = {"GET", "HEAD"}
# Written while it is read, and too long to keep.
STREAMED = ".csv"


class Key(NamedTuple):
    """What tells pages apart, beside what they are made of."""

    scheme: str
    host: str
    path: str
    query: str
    # Of an address that names none.
    language: str
    is_part: bool


# A page that is being made, for all who wait for it: it and its mark, or none for all of them.
type Flight = Future[tuple[KeptPage | None, Headers]]


class Found(NamedTuple):
    """What there is for a request: a page, or one to wait for, or to make if it is the first."""

    page: KeptPage | None
    mark: Headers = ()
    flight: Flight | None = None
    is_first: bool = False


class PageCache:
    """WSGI: answers with the page as it is kept, or has it made, once for all who ask.

    A page is kept under the number of the content that was read before it was made, and the day.
    Whoever carries a session gets it fresh.
    """

    def __init__(self, application: Application, editions: Editions | None = None) -> None:
        self.application = application
        self.editions = editions or Editions()
        self.falls = 0
        self.lock = threading.Lock()
        most = settings.PAGE_CACHE_MB * MEGABYTE
        self.pages: LRUCache[Key, KeptPage] = LRUCache(most, getsizeof=lambda page: page.size)
        self.flights: dict[tuple[Key, Edition], Flight] = {}
        self.seen: LRUCache[int, int] = LRUCache(MOST_SEEN)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        key = key_of(environ)
        edition = self.editions.current() if key else None
        if key is None or edition is None:
            return self.application(environ, start)
        found = self.find(key, edition)
        if found.is_first:
            return self.make(key, edition, found.page, environ, start)
        page, mark = found.flight.result() if found.flight else (found.page, found.mark)
        if page is None:
            return self.application(environ, start)
        return page.answer(environ, start, mark)

    def answer_at_once(self, environ: Environ, start: Start) -> list[bytes] | None:
        """The page as it is kept, if that is certain without asking or waiting for anything."""
        key = key_of(environ)
        if key is None or self.editions.is_due() or not self.editions.is_sure:
            return None
        edition = self.editions.known()
        with self.lock:
            page = self.kept(key)
        if edition is None or page is None or not page.is_of(edition):
            return None
        return page.answer(environ, start)

    def find(self, key: Key, edition: Edition) -> Found:
        """Whoever is the first to ask for a page has to have it made."""
        is_sure, flight, is_first = self.editions.is_sure, None, False
        with self.lock:
            page = self.kept(key)
            is_current = page is not None and page.is_of(edition)
            if is_sure and not is_current:
                flight = self.flights.get((key, edition))
                if is_first := flight is None:
                    flight = self.flights[key, edition] = Future()
                    # Nobody who ceases to wait for it ends it.
                    flight.set_running_or_notify_cancel()
                if key.query:
                    self.seen[hash(key)] = self.seen.get(hash(key), 0) + 1
        if is_first or (page and is_sure and is_current):
            return Found(page, flight=flight, is_first=is_first)
        if page and (mark := self.stale_mark(page, edition)):
            return Found(page, mark)
        return Found(None, flight=flight)

    def kept(self, key: Key) -> KeptPage | None:
        if self.falls != self.editions.falls:
            self.falls = self.editions.falls
            self.pages.clear()
        page: KeptPage | None = self.pages.get(key)
        return page

    def make(
        self, key: Key, edition: Edition, old: KeptPage | None, environ: Environ, start: Start
    ) -> Iterable[bytes]:
        """Have the page made, and give it to all who wait for it if it is the same for them."""
        falls, page = self.editions.falls, None
        mark: Headers | None = None
        told: list[Any] = []
        try:
            body = self.application(
                what_it_is_made_of(key, environ), lambda *args: told.append(args)
            )
            status, headers = told[0][:2]
            if can_be_kept(status, headers):
                page = KeptPage(edition, headers, whole(body), until(key))
                # What had to go meanwhile does not come back as a page that was being made.
                if self.editions.falls == falls:
                    self.keep(key, page)
            elif (
                status.startswith("5")
                and old
                and (mark := self.stale_mark(old, edition, at_once=True))
            ):
                whole(body)
                page = old
            else:
                start(status, headers)
                return body if environ["REQUEST_METHOD"] == "GET" else without(body)
        finally:
            with self.lock:
                flight = self.flights.pop((key, edition))
            flight.set_result((page, mark or ()))
        return page.answer(environ, start, mark or ())

    def keep(self, key: Key, page: KeptPage) -> None:
        with self.lock:
            if key.query and self.seen.get(hash(key), 0) < ASKED_TWICE:
                return
        page.encode_all()
        with self.lock, suppress(ValueError):  # It is larger than all that may be kept.
            self.pages[key] = page

    def stale_mark(
        self, old: KeptPage, edition: Edition, *, at_once: bool = False
    ) -> Headers | None:
        """How a page is marked that may no longer be current; None if it may not be shown.

        Where the database is away it may until the day is over: it says nothing of another day.
        """
        if at_once:
            self.editions.look(at_once=True)
        if old.edition.day != edition.day:
            return None
        if not self.editions.is_sure:
            return [("Age", str(int(self.editions.age))), ("Warning", DATABASE_AWAY)]
        age = self.editions.outdated_for(old.edition)
        return [("Age", str(int(age))), ("Warning", STALE_PAGE)] if age <= STALE else None


def key_of(environ: Environ) -> Key | None:
    """What the page that is asked for is kept under, if it may be kept."""
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if (
        environ["REQUEST_METHOD"] not in METHODS
        or path.startswith(DESK)
        or path in machines.PATHS
        or path.endswith(STREAMED)
        or len(path) + len(query) > LONGEST_ADDRESS
        or environ.get("CONTENT_LENGTH", "0") not in ("", "0")
        or "HTTP_TRANSFER_ENCODING" in environ
        or "HTTP_AUTHORIZATION" in environ
        or ("HTTP_COOKIE" in environ and carries_session(environ["HTTP_COOKIE"]))
    ):
        return None
    place = place_of(environ)
    if place is None:
        return None
    language = ""
    if path[1:].partition("/")[0] not in get_languages():
        language = language_of(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    return Key(*place, path, query, language, wants_part(environ))


def carries_session(cookies: str) -> bool:
    names = {cookie.partition("=")[0].strip() for cookie in cookies.split(";")}
    return not names.isdisjoint({settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name})


@lru_cache(maxsize=256)
def language_of(accepted: str) -> str:
    """The language that Django chooses for an address that names none."""
    request = HttpRequest()
    request.META = {"HTTP_ACCEPT_LANGUAGE": accepted}
    return get_language_from_request(request)


def what_it_is_made_of(key: Key, environ: Environ) -> Environ:
    """The request as it would be from anybody who asks for this page."""
    shown = SHOWN_HEADERS | NETWORK if key.path.startswith(API) else SHOWN_HEADERS
    made = {
        name: value
        for name, value in environ.items()
        if not name.startswith("HTTP_") or name in shown
    }
    made["REQUEST_METHOD"] = "GET"
    if key.is_part:
        made["HTTP_HX_REQUEST"] = "true"
    if key.language:
        made["HTTP_ACCEPT_LANGUAGE"] = key.language
    return made


def until(key: Key) -> float:
    return time.monotonic() + SECONDS_OF_A_SEARCH if SEARCH.search(key.query) else math.inf


def whole(body: Iterable[bytes]) -> bytes:
    """All of an answer, which is then closed as the server would."""
    try:
        return b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()


def without(body: Iterable[bytes]) -> list[bytes]:
    if hasattr(body, "close"):
        body.close()
    return []
