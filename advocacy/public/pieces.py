"""Pieces of pages as HTML, kept by a process until anything public changes or the day does.

A page is kept whole under its very address (`web/page_cache.py`). Many addresses show the same: the
card of an ask stands in every list that it matches, and whoever follows a link from elsewhere may
bring words in the address that no page knows. Such a page is made anew, of pieces that are there.

A piece says by its key all that it is made of, beside the content and the day: so a piece must hold
no link that keeps the address as it was asked for. What the settings and the machine say, such as
whether pictures can be drawn, is the same as long as the process lives.
"""

from collections import Counter
from collections.abc import Hashable
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from advocacy.models import ContentVersion, TranslationState
from advocacy.models.kept import KeptTexts

LETTERS = 8_000_000


class Piece(NamedTuple):
    """What a piece says, and the states of the translations in it, for the notes of the page."""

    html: SafeString
    shown: Counter[TranslationState]
    # What the page has to know beside it, where it is not made anew.
    beside: Any


kept = KeptTexts[Piece](LETTERS, length=lambda piece: len(piece.html))


class Pieces:
    """The pieces of one page, to be made before any of its rows is read."""

    def __init__(self, request: HttpRequest, kind: str, *key: Hashable) -> None:
        # None: within a transaction, or a preview of what nobody has said yet.
        version = ContentVersion.objects.current()
        self.edition = None if version is None else (version, timezone.localdate())
        # Letters, citations and what is passed on carry whole addresses.
        origin = request.scheme, request.get_host()
        self.key = (kind, get_language(), *origin, *key)
        self.keys: dict[Hashable, tuple[Hashable, ...]] = {}
        self.found: dict[Hashable, Piece] = {}
        self.beside: dict[Hashable, Any] = {}

    def lacks(self, name: Hashable, *key: Hashable) -> bool:
        """Whether a piece has to be made, so that what it shows has to be read.

        `key` is what this piece depends on beside the key of the page.
        """
        if self.edition is None:
            return True
        whole = (*self.key, name, *key)
        piece = kept.find(self.edition, whole)
        if piece is None:
            self.keys[name] = whole
        else:
            # Found once: it may be pushed out before the page gets there.
            self.found[name] = piece
        return piece is None

    def note(self, name: Hashable, beside: Any) -> None:
        """What a page needs to know with a piece, also where that is kept."""
        self.beside[name] = beside

    def leave(self, name: Hashable) -> None:
        """Not to be kept, after all."""
        self.keys.pop(name, None)

    def made(self, name: Hashable, html: SafeString, shown: Counter[TranslationState]) -> Piece:
        """Keep a piece that was lacking."""
        piece = Piece(html, shown, self.beside.get(name))
        if whole := self.keys.get(name):
            kept.keep(self.edition, whole, piece)
        return piece
