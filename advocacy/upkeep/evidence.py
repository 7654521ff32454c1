"""Keeps copies of what stands at the addresses of sources: what may be kept, and how it is read.

What forbids copies is asked first and honoured: `robots.txt`, a header, a line in the page itself.
"""

import logging
import re
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from protego import Protego

from advocacy.models import CopyOutcome, KeptCopy, Reading, Source, copy_files
from advocacy.models.kept_copies import MOST_BYTES
from advocacy.upkeep import links

logger = logging.getLogger(__name__)

# The name by which a site may forbid it.
NAME = "answerable"
AGENT = "Answerable evidence keeper"
COPIES_AN_HOUR = 120
SECONDS_OF_COPIES = 60
# Between two requests to one host.
SECONDS_BETWEEN = 1.0
MOST_OF_ROBOTS = 512 * 1024
MEGABYTE = 1024 * 1024
PAGES = {"text/html", "application/xhtml+xml"}
PDF = "application/pdf"
# So far a page is searched for what it says to programs.
HEAD = 256 * 1024
META = re.compile(rb"<meta\b[^<>]*>", re.IGNORECASE)
FOR_PROGRAMS = re.compile(rb"\bname\s*=\s*[\"']?(?:robots|answerable)\b", re.IGNORECASE)
CONTENT = re.compile(rb"\bcontent\s*=\s*(\"[^\"]*|'[^']*|[^\s>]+)", re.IGNORECASE)
# Of a page, what nobody reads: comments, scripts, styles and all tags but those of links. Each is
# taken to its end, or to that of the page: time grows with the length alone.
NOT_READ = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1|\Z)|<(?!a\b)[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)


class Unkept(Exception):
    """Why nothing is kept."""

    def __init__(self, outcome: CopyOutcome, answer: str) -> None:
        super().__init__(answer)
        self.outcome = outcome


class Keeper:
    """Reads one address after the other, and asks each site once what it forbids."""

    def __init__(self) -> None:
        self.rules: dict[str, Protego | None] = {}
        self.asked: dict[str, float] = {}
        # What went wrong here, and not at a site.
        self.failures: list[str] = []

    def keep(self, source: Source) -> KeptCopy | None:
        """Read the address of a source and write down what came of it."""
        if source.exposes_people:
            source.keep_no_copy(CopyOutcome.AT_RISK)
            return source.copies.first()
        reading = self.read(source)
        copy = source.note_reading(reading, url=source.url)
        if copy is None and reading.sha256:
            # Meanwhile it got another address, or words of it were withheld.
            named = KeptCopy.objects.kept().filter(sha256=reading.sha256)
            copy_files.forget([] if named.exists() else [reading.sha256])
        return copy

    def read(self, source: Source) -> Reading:
        try:
            return self._read(source)
        except Unkept as why:
            return Reading(why.outcome, str(why))
        except links.Refused as why:
            return Reading(CopyOutcome.REFUSED, str(why))
        except links.TooLarge:
            return Reading(CopyOutcome.TOO_LARGE, f"More than {MOST_BYTES // 1_000_000} MB.")
        except (OSError, HTTPException, ValueError) as error:
            return Reading(CopyOutcome.FAILED, links.reason(error))

    def _read(self, source: Source) -> Reading:
        page = links.fetch(source.url, most=MOST_BYTES, agent=AGENT, before=self.demand_may)
        kind = kind_of(page)
        content = page.content
        last = ""
        if is_same_page(source, kind, content):
            digest, size = source.kept_copies[0].sha256, source.kept_copies[0].size
            last = sha256(content).hexdigest()
        else:
            digest, size = self.write(content), len(content)
        return Reading(
            CopyOutcome.KEPT,
            page.words,
            digest,
            size,
            kind,
            page.headers.get("Last-Modified", ""),
            page.headers.get("ETag", ""),
            page.url if page.url != source.url else "",
            "" if last == digest else last,
        )

    def write(self, content: bytes) -> str:
        """Keep the bytes, and leave the room on the disk that the site needs."""
        try:
            free = shutil.disk_usage(settings.VAR_DIR).free
            if free - len(content) < settings.LEAST_FREE_DISK * MEGABYTE:
                raise OSError("the disk of this site is nearly full")
            return copy_files.write(content)
        except OSError as error:
            why = f"The copy could not be written: {error.strerror or error}."
            self.failures.append(why)
            logger.error(why)
            raise Unkept(CopyOutcome.FAILED, why) from error

    def demand_may(self, url: str) -> None:
        """Before an address is asked, that of a redirect as well: whether its site forbids it."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return  # It is refused in a moment.
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.rules:
            self.rules[site] = self.rules_of(site)
        rules = self.rules[site]
        if rules is None:
            raise Unkept(CopyOutcome.FAILED, "Its robots.txt could not be read.")
        if not rules.can_fetch(url, NAME):
            raise Unkept(CopyOutcome.FORBIDDEN, "Its robots.txt forbids it.")
        self.wait_for(url)

    def rules_of(self, site: str) -> Protego | None:
        """What the `robots.txt` of a site says. None where it cannot be told (RFC 9309)."""
        with suppress(OSError, HTTPException, ValueError):
            found = links.fetch(
                f"{site}/robots.txt",
                most=MOST_OF_ROBOTS,
                agent=AGENT,
                whole=False,
                before=self.wait_for,
            )
            if found.status == 200:
                return Protego.parse(found.content.decode("utf-8", "replace"))
            if 400 <= found.status < 500 and found.status != 429:
                return Protego.parse("")
        return None

    def wait_for(self, url: str) -> None:
        """Never ask one host twice within a second."""
        host = urlsplit(url).hostname or ""
        if host in self.asked:
            time.sleep(max(0, self.asked[host] + SECONDS_BETWEEN - time.monotonic()))
        self.asked[host] = time.monotonic()


def kind_of(page: links.Fetched) -> str:
    """The kind of what came. Raises Unkept where it is not to be kept."""
    if page.status != 200:
        raise Unkept(CopyOutcome.FAILED, page.words)
    if not page.content:
        raise Unkept(CopyOutcome.FAILED, "It answers with nothing.")
    if page.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Unkept(CopyOutcome.FAILED, "It sent compressed what was asked for plain.")
    kind = page.headers.get_content_type() if page.headers["Content-Type"] else ""
    if kind == "application/octet-stream" and page.content.startswith(b"%PDF-"):
        kind = PDF
    if kind not in PAGES and kind != PDF:
        raise Unkept(CopyOutcome.OTHER_KIND, kind or "It does not say what it is.")
    for said in page.headers.get_all("X-Robots-Tag", []):
        if forbids(said):
            raise Unkept(CopyOutcome.FORBIDDEN, f"X-Robots-Tag: {said}")
    if kind in PAGES:
        for tag in META.findall(page.content[:HEAD]):
            rules = CONTENT.search(tag) if FOR_PROGRAMS.search(tag) else None
            if rules and forbids(rules[1].decode("utf-8", "replace")):
                raise Unkept(CopyOutcome.FORBIDDEN, tag.decode("utf-8", "replace"))
    return kind


def forbids(said: str) -> bool:
    """Whether what a site says to programs forbids keeping a copy."""
    name, _colon, rest = said.partition(":")
    rules = rest if name.strip().lower() == NAME else said
    return bool({"noarchive", "none"} & {rule.strip(" \"'").lower() for rule in rules.split(",")})


def is_same_page(source: Source, kind: str, content: bytes) -> bool:
    """Whether a page says what its newest copy says, in words and links.

    Most pages come with other scripts and marks at each request. That is no change to look at.
    """
    if kind not in PAGES or not source.kept_copies:
        return False
    newest = source.kept_copies[0]
    if newest.content_type not in PAGES:
        return False
    try:
        return what_is_read(newest.read()) == what_is_read(content)
    except OSError:
        return False  # Its file is gone or damaged: this one is kept.


def what_is_read(page: bytes) -> list[bytes]:
    return NOT_READ.sub(b" ", page).split()


@task
def keep_evidence(most: int = COPIES_AN_HOUR) -> None:
    """Read the addresses of sources of which a copy is to be kept, or kept anew.

    It reads for a minute and leaves the rest to a task of its own, so that others get a turn.
    """
    end = time.monotonic() + SECONDS_OF_COPIES
    keeper = Keeper()
    for tried, source in enumerate(due()[:most]):
        if time.monotonic() > end:
            keep_evidence.enqueue(most - tried)
            return
        keeper.keep(source)


def due() -> Any:
    return Source.objects.copies_to_try().prefetch_related("copies")


def ask_for_copies() -> None:
    """Queue that, where something is due, no such task waits, and the hour has room for more."""
    if not settings.KEEP_EVIDENCE:
        return
    queued = DBTaskResult.objects.filter(status__in=["READY", "RUNNING"])
    if queued.filter(task_path=keep_evidence.module_path).exists():
        return
    lately = timezone.now() - timedelta(hours=1)
    room = COPIES_AN_HOUR - KeptCopy.objects.filter(last_asked_at__gt=lately).count()
    if room > 0 and Source.objects.copies_to_try().exists():
        keep_evidence.enqueue(room)


def lost(watch: Callable[[list[KeptCopy]], Iterable[KeptCopy]] = iter) -> list[KeptCopy]:
    """Copies of which the file is gone or holds something else, one for each file.

    Each file is read whole: `watch` is given them all and passes them on, as a progress bar does.
    """
    named = {copy.sha256: copy for copy in KeptCopy.objects.kept()}
    return [copy for copy in watch([*named.values()]) if not copy_files.is_there(copy.sha256)]
