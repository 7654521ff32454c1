"""What a process keeps in its memory until anything public changes or the day does; or briefly."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import wraps
from threading import Condition, Lock
from typing import Any, ClassVar

from cachetools import LRUCache, TTLCache, cached
from django.db import connection
from django.utils import timezone

from advocacy.models.content_version import ContentVersion

# Counts, each by what it is of.
MOST_NUMBERS = 500


class Kept[Value]:
    """A few values by their keys, those made last.

    The first reader after a change makes a value; whoever else asks meanwhile waits for it. Within
    a transaction nothing is kept: what is read there may be taken back.
    """

    everywhere: ClassVar[list["Kept[Any]"]] = []

    def __init__(self, most: int) -> None:
        self.everywhere.append(self)
        self.most = most
        self.until: Any = None
        self.values: OrderedDict[Hashable, Value] = OrderedDict()
        # The value made last, whatever has changed since: for whoever cannot ask.
        self.last: Value | None = None
        self.turns = Lock()

    def get(
        self,
        key: Hashable,
        make: Callable[[], Value],
        will_do: Callable[[Value], bool] = lambda value: True,
    ) -> Value:
        """The value of a key, made now unless one is there that will do."""
        # Read before what is kept by it.
        version, today = ContentVersion.objects.current(), timezone.localdate()
        if version is None:
            self.last = make()
            return self.last
        value = self.values.get(key) if self.until == (version, today) else None
        if value is not None and will_do(value):
            return value
        with self.turns:
            if self.until != (version, today):
                self.values.clear()
                self.until = version, today
            value = self.values.get(key)
            if value is None or not will_do(value):
                self.last = value = make()
                self.values[key] = value
                if len(self.values) > self.most:
                    self.values.popitem(last=False)
            return value

    def clear(self) -> None:
        self.values.clear()
        self.last = None


class KeptTexts[Value]:
    """Very many values, up to so many letters in all; those go first that nobody asks for.

    Whoever makes one has read the edition, a number of the content and a day, before anything else
    that is in it. Nobody waits for what another is making.
    """

    everywhere: ClassVar[list["KeptTexts[Any]"]] = []

    def __init__(self, letters: int, length: Callable[[Value], int]) -> None:
        self.everywhere.append(self)
        self.edition: Any = None
        self.values: LRUCache[Hashable, Value] = LRUCache(letters, getsizeof=length)
        self.turns = Lock()

    def find(self, edition: Hashable, key: Hashable) -> Value | None:
        with self.turns:
            return self.values.get(key) if self.edition == edition else None

    def keep(self, edition: Hashable, key: Hashable, value: Value) -> None:
        with self.turns:
            if self.edition != edition:
                self.values.clear()
                self.edition = edition
            # One that is longer than all there may be is not kept.
            with suppress(ValueError):
                self.values[key] = value

    def clear(self) -> None:
        with self.turns:
            self.values.clear()


numbers = Kept[Any](MOST_NUMBERS)
answers: list[TTLCache[Any, Any]] = []


def kept_for[Value](seconds: float) -> Callable[[Callable[[], Value]], Callable[[], Value]]:
    """Ask a function again only after so long: of what depends on the clock, not on the content.

    Within a transaction nothing is kept, as above.
    """

    def keep(ask: Callable[[], Value]) -> Callable[[], Value]:
        answers.append(TTLCache(maxsize=1, ttl=seconds))
        ask_rarely = cached(answers[-1], condition=Condition())(ask)

        @wraps(ask)
        def known() -> Value:
            return ask() if connection.in_atomic_block else ask_rarely()

        return known

    return keep


def forget() -> None:
    """Keep nothing of all that a process keeps: it belongs to another database."""
    for kept in Kept.everywhere:
        kept.clear()
    for texts in KeptTexts.everywhere:
        texts.clear()
    for answer in answers:
        answer.clear()
