"""One page as it is kept: its bytes in each encoding, and the answers that can be made of them."""

import gzip
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

import brotli
from django.utils.http import parse_etags, parse_http_date_safe

from advocacy.web.editions import Edition

type Headers = Sequence[tuple[str, str]]

# What the key of a page tells apart. A page that depends on anything else is not kept.
VARIES_BY = {
    *["accept-encoding", "accept-language"],
    *["hx-request", "hx-history-restore-request"],
}
LONGEST = 2 * 1024 * 1024
# About what Python needs beside the bytes.
OVERHEAD = 4096
# Best first. A length that tells of a secret (BREACH) is none here: a page that is kept holds none.
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
# What depends on the encoding, or is worked out anew.
OWN = {"content-length", "content-encoding", "etag", "vary"}
# Of a body that is not sent.
OF_THE_BODY = {"content-type", "content-length", "content-encoding", "content-language"}
# Where a directive of Cache-Control says that a page is for one visitor, or for now.
NOT_KEPT = re.compile(r"\b(private|no-store|no-cache|max-age=0)\b")


def can_be_kept(status: str, headers: Headers) -> bool:
    """Whether an answer is the same for everybody; without its length it may be endless."""
    by_name = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200 ")
        and "set-cookie" not in by_name
        and not NOT_KEPT.search(by_name.get("cache-control", ""))
        and varies_by(by_name) <= VARIES_BY
        and by_name.get("content-encoding", "gzip") == "gzip"
        and int(by_name.get("content-length", LONGEST + 1)) <= LONGEST
    )


def varies_by(by_name: Mapping[str, str]) -> set[str]:
    return {name.strip() for name in by_name.get("vary", "").lower().split(",")} - {""}


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """The best of our encodings that an Accept-Encoding takes; empty: as it is."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        weights[name] = weight.strip("0.") != "" if weight else True
    return next((encoding for encoding in ENCODERS if weights.get(encoding)), "")


class KeptPage:
    """A page of one edition. Its ETag is the same from every process, in every encoding."""

    def __init__(self, edition: Edition, headers: Headers, body: bytes, until: float) -> None:
        by_name = {name.lower(): value for name, value in headers}
        if by_name.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.edition, self.until = edition, until
        self.bodies = {"": body}
        self.etag = f'W/"{sha256(body).hexdigest()[:32]}"'
        self.modified = parse_http_date_safe(by_name.get("last-modified", ""))
        vary = ", ".join(sorted(varies_by(by_name) | {"accept-encoding"}))
        self.headers = [(name, value) for name, value in headers if name.lower() not in OWN]
        self.headers += [("ETag", self.etag), ("Vary", vary)]
        self.bare = [(name, v) for name, v in self.headers if name.lower() not in OF_THE_BODY]
        self.answers: dict[str, tuple[list[tuple[str, str]], list[bytes]]] = {}

    def is_of(self, edition: Edition) -> bool:
        return self.edition == edition and time.monotonic() < self.until

    @property
    def size(self) -> int:
        return OVERHEAD + sum(map(len, self.bodies.values()))

    def encode_all(self) -> None:
        for encoding in ENCODERS:
            self.encoded(encoding)

    def encoded(self, encoding: str) -> bytes:
        """The body in this encoding, made once; as it is where that is no longer."""
        body = self.bodies.get(encoding)
        if body is None:
            body, plain = ENCODERS[encoding](self.bodies[""]), self.bodies[""]
            self.bodies[encoding] = body if len(body) < len(plain) else plain
        return self.bodies[encoding]

    def is_known_to(self, environ: Mapping[str, Any]) -> bool:
        """Whether whoever asks says that they have this very page."""
        if known := environ.get("HTTP_IF_NONE_MATCH"):
            tags = [known] if known == self.etag else parse_etags(known)
            return "*" in tags or self.etag in tags or self.etag[2:] in tags
        if self.modified is None or "HTTP_IF_MODIFIED_SINCE" not in environ:
            return False
        since = parse_http_date_safe(environ["HTTP_IF_MODIFIED_SINCE"])
        return since is not None and self.modified <= since

    def answer(self, environ: Mapping[str, Any], start: Any, more: Headers = ()) -> list[bytes]:
        if self.is_known_to(environ):
            start("304 Not Modified", [*self.bare, *more])
            return []
        headers, body = self.answer_in(best_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
        start("200 OK", [*headers, *more] if more else headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    def answer_in(self, encoding: str) -> tuple[list[tuple[str, str]], list[bytes]]:
        """The headers and the body in this encoding, put together once."""
        if (made := self.answers.get(encoding)) is None:
            body = self.encoded(encoding)
            headers = [*self.headers, ("Content-Length", str(len(body)))]
            if encoding and body is not self.bodies[""]:
                headers.append(("Content-Encoding", encoding))
            made = self.answers[encoding] = headers, [body]
        return made
