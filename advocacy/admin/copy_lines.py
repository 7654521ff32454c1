"""Which words of a page are other ones in a later copy of it, line by line."""

import re
from difflib import SequenceMatcher
from html import unescape
from typing import NamedTuple

import nh3
from django.utils.http import parse_header_parameters
from django.utils.text import Truncator

# More is compared on a machine of one's own: here somebody waits for the page.
MOST_BYTES = 1_000_000
MOST_LINES = 4000
MOST_CHANGES = 100
LONGEST_LINE = 600
BLOCK_TAGS = """
address article aside blockquote br caption dd details div dl dt figcaption figure footer form h1 h2
h3 h4 h5 h6 header hr legend li main nav ol option p pre section summary table tbody td tfoot th
thead title tr ul
"""
# What begins a line where it stands, and what no reader sees.
BLOCKS = set(BLOCK_TAGS.split())
UNSEEN = {"script", "style", "template", "noscript"}
NAMED_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)


class TooMuch(Exception):
    """The copies are too large to be compared while somebody waits."""


class Change(NamedTuple):
    """Lines that went, and those that stand in their place."""

    gone: list[str]
    came: list[str]


def visible_lines(content: bytes, content_type: str) -> list[str]:
    """What a reader of an HTML page sees, a line for each block of it."""
    html = content.decode(charset_of(content, content_type), errors="replace")
    plain = nh3.clean(html, tags=BLOCKS, attributes={}, clean_content_tags=UNSEEN)
    lines = (" ".join(unescape(part).split()) for part in re.split(r"<[^>]*>", plain))
    return [line for line in lines if line]


def charset_of(content: bytes, content_type: str) -> str:
    """The charset that the server named, else the page itself; UTF-8 where there is none such."""
    named = parse_header_parameters(content_type)[1].get("charset", "")
    found = NAMED_CHARSET.search(content[:2048])
    charset = named or (found[1].decode() if found else "")
    try:
        "".encode(charset)
    except (LookupError, ValueError):
        return "utf-8"
    return charset


def changes(before: list[str], after: list[str]) -> list[Change]:
    """Where the lines differ, from the first on; raises TooMuch."""
    if max(len(before), len(after)) > MOST_LINES:
        raise TooMuch
    codes = SequenceMatcher(None, before, after).get_opcodes()
    return [
        Change(shortened(before[a:b]), shortened(after[c:d]))
        for kind, a, b, c, d in codes
        if kind != "equal"
    ]


def shortened(lines: list[str]) -> list[str]:
    return [Truncator(line).chars(LONGEST_LINE) for line in lines]
