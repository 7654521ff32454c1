"""Which pages of the site a copy holds, and what they are called there."""

import posixpath
import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qsl, quote, unquote

from django.urls import reverse
from django.utils import translation

from advocacy.as_data import KINDS
from advocacy.models import EVERY_RECORD_HAS, Page
from advocacy.models.countries import known_countries

LISTS = [
    *["overview", "issue_list", "body_list", "action_list", "my_checklist", "meeting_list"],
    *["update_list", "correction_list", "withheld_list", "decision_list", "statement_list"],
    *["pack_list", *EVERY_RECORD_HAS],
]
# {kind of rows: the names of the pages of each}
PAGES_OF = {
    "issues": ["issue_detail", "issue_brief"],
    "bodies": ["body_detail", "body_brief"],
    "actions": ["action_detail"],
    "decisions": ["decision_detail"],
    "statements": ["statement_detail"],
    "meetings": ["meeting_detail"],
    "packs": ["pack_detail"],
}
# Files to which pages lead.
FILES = {"pack_text", "meeting_file", "meeting_calendar", "site_key"}
# The same page with more of it, or seen otherwise. What else narrows a list stays on the site.
KEPT_QUERY = {"page", "timeline", "looks", "view", "by", "proposed"}
A_WORD = re.compile(r"[\w-]{1,40}")


def pages(language: str, day: date) -> Iterator[str]:
    """The path of every public page in a language."""
    with translation.override(language):
        yield from map(reverse, LISTS)
        for kind, names in PAGES_OF.items():
            public = KINDS[kind].public(day).order_by("pk")
            for slug in public.values_list("slug", flat=True).iterator():
                yield from (reverse(name, args=[slug]) for name in names)
        if countries := known_countries():
            yield reverse("seat_list")
            yield from (reverse("seat_country", args=[c.lower()]) for c in sorted(countries))
        own = Page.objects.of_the_organisation().order_by("slug")
        for slug in own.values_list("slug", flat=True).distinct():
            yield reverse("page_detail", args=[slug])


def is_kept(query: str) -> bool:
    """Whether a page with this query is in the copy as well as without one."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return all(name in KEPT_QUERY and A_WORD.fullmatch(value) for name, value in pairs)


def file_of(address: str) -> str:
    """What a page is called in the copy: en/actions/index.html, or index.page-2.html."""
    path, _, query = address.partition("?")
    name = unquote(path).lstrip("/")
    if not name.endswith("/"):
        return name
    words = "".join(f".{name}-{value}" for name, value in parse_qsl(query))
    return f"{name}index{words}.html"


def way(from_file: str, to_file: str) -> str:
    """The relative address that leads from one file of the copy to another."""
    return quote(posixpath.relpath(to_file, posixpath.dirname(from_file) or "."))
