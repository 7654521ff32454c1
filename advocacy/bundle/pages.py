"""Copies every public page in every language, so that they open from a folder without a network."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from html import escape
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import get_language_from_path, gettext

from advocacy.bundle.addresses import FILES, file_of, is_kept, way
from advocacy.bundle.inside import Inside
from advocacy.bundle.rewriting import Rewriter, Target, Words
from advocacy.models.dates import written_day

# What pages are made of beside their text.
OF_THE_LOOK = {"look", "site_picture"}


class Copies:
    """The pages of a copy, as files. Pages that others lead to come after them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.waiting = deque(paths)
        self.paths = set(self.waiting)
        self.wanted = set(self.waiting)
        self.inside = Inside()
        self.site = f"{self.inside.scheme}://{self.inside.host}"
        self.words = {code: words_of_a_copy(code) for code, _name in settings.LANGUAGES}

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The name and the bytes of each file."""
        while self.waiting:
            address = self.waiting.popleft()
            answer = self.inside.get(address)
            body = answer.body
            if answer.content_type.startswith("text/html"):
                body = self.rewritten(address, body.decode()).encode()
            yield file_of(address), body

    def rewritten(self, address: str, page: str) -> str:
        live = f"{settings.SITE_URL}{address}"
        of_language = self.words[language_of(address)]
        words = Words(*(text.replace("LIVE", escape(live)) for text in of_language))
        return Rewriter(self.find_from(address), words, live).rewrite(page)

    def find_from(self, page: str) -> Callable[[str], Target]:
        """What finds where the links of a page lead in the copy."""

        def find(href: str) -> Target:
            url = urlsplit(urljoin(f"{self.site}{page}", href))
            own = f"{url.scheme}://{url.netloc}" in (self.site, settings.SITE_URL)
            if not own:
                return Target(href, is_live=False)
            address = f"{url.path}?{url.query}" if url.query else url.path
            fragment = f"#{url.fragment}" if url.fragment else ""
            if not self.holds(url.path, url.query):
                return Target(f"{settings.SITE_URL}{address}{fragment}", is_live=True)
            if address not in self.wanted:
                self.wanted.add(address)
                self.waiting.append(address)
            return Target(f"{way(file_of(page), file_of(address))}{fragment}", is_live=False)

        return find

    def holds(self, path: str, query: str) -> bool:
        if path in self.paths:
            return is_kept(query)
        if path.startswith(settings.STATIC_URL):
            return True
        with translation.override(language_of(path)):
            try:
                name = resolve(path).url_name
            except Resolver404:
                return False
        return not query and name in FILES | OF_THE_LOOK


def language_of(address: str) -> str:
    return get_language_from_path(address) or settings.LANGUAGE_CODE


def words_of_a_copy(language: str) -> Words:
    """LIVE stands for the address of the page on the site."""
    link = '<a href="LIVE" rel="external">LIVE</a>'
    with translation.override(language):
        day = written_day(timezone.localdate())
        told = {"day": day, "address": link}
        of_a_day = gettext("This is a copy of %(day)s. On the site: %(address)s")
        needs_site = gettext("This part works on the site alone: %(address)s")
        there = gettext("on the site")
        mark = '<span aria-hidden="true">\u00a0↗</span>'
        return Words(
            f'<p class="flag">{of_a_day % told}</p>',
            f"<p>{needs_site % told}</p>",
            f'{mark}<span class="visually-hidden"> ({there})</span>',
        )
