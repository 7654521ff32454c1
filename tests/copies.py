"""Copies of what stood at the addresses of sources, as the worker keeps them."""

from datetime import UTC, datetime

from advocacy.models import CopyOutcome, Reading, copy_files
from tests.factories import make_source

#: When the first of them was read, and when something else stood there.
THEN = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = datetime(2026, 4, 3, 12, tzinfo=UTC)
PAGE = b"<!doctype html><title>Minutes</title><h1>Minutes</h1><p>It met on 4 March.</p>"


def keep(source, content=PAGE, *, now=THEN, content_type="text/html; charset=utf-8", **fields):
    """A copy of a source, with its file."""
    reading = Reading(
        CopyOutcome.KEPT,
        "200 OK",
        sha256=copy_files.write(content),
        size=len(content),
        content_type=content_type,
        **fields,
    )
    return source.note_reading(reading, url=source.url, now=now)


def keep_nothing(source, outcome, answer="", *, now=THEN):
    return source.note_reading(Reading(outcome, answer), url=source.url, now=now)


def changed_source(**fields):
    """A source whose address gives other words than when it was read first."""
    source = make_source(**fields)
    keep(source)
    keep(source, PAGE.replace(b"It met", b"Nobody met"), now=LATER)
    return source
