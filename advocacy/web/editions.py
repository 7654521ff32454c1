"""Which content a page is of: its number and the day, asked at most once a second."""

import math
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import NamedTuple

from django.db import Error, close_old_connections
from django.utils import timezone

READ_EVERY = 1
# A number that nobody could read anew is good for as long again.
GRACE = 1
# So long one request waits for the reading of another.
PATIENCE = 2
# How long it is remembered when a number was no longer current.
REMEMBERED = 60


class Read(NamedTuple):
    """The number of the content, and of the last withholding of words."""

    number: int | None
    withheld: int


def read_number() -> Read:
    # The server imports this before Django is set up.
    from advocacy.models import ContentVersion, Withheld

    # As Django does around a request: a connection that broke is made anew.
    close_old_connections()
    try:
        return Read(ContentVersion.objects.current(), Withheld.objects.newest())
    finally:
        close_old_connections()


class Edition(NamedTuple):
    """The content of one number on one day, local time: days waited turn at midnight."""

    number: int
    day: date


# Asked at every request: a date and time of Python costs ten times as much.
moment = time.time


class Day(NamedTuple):
    """A day, local time, and from when to when it is, in seconds of the clock."""

    day: date
    begins: float
    ends: float


def day_of(now: datetime) -> Day:
    day = timezone.localdate(now)
    zone = timezone.get_current_timezone()
    nights = [datetime.combine(one, clock.min, zone) for one in (day, day + timedelta(days=1))]
    begins, ends = (night.timestamp() for night in nights)
    return Day(day, begins, ends)


class Editions:
    """What a process knows of the number of the content."""

    def __init__(self, read: Callable[[], Read] = read_number) -> None:
        self.read = read
        self.number: int | None = None
        self.edition: Edition | None = None
        self.read_at = self.tried_at = -math.inf
        self.has_failed = False
        # {a number of before: when it was seen to be no longer current}
        self.superseded: dict[int, float] = {}
        self.turn = threading.Lock()
        self.withheld: int | None = None
        # How often all that is kept had to go: the number fell, so that it is that of another
        # database, or words were withheld, and no page of before may show them again.
        self.falls = 0
        self.day = day_of(timezone.now())

    def current(self) -> Edition | None:
        """The edition to file under what is made from now on. None: it could never be read."""
        if self.is_due():
            self.look()
        return self.known()

    def known(self) -> Edition | None:
        """The same, as far as it was read."""
        known, day = self.edition, self.today()
        if known is None or known.number != self.number or known.day != day:
            known = None if self.number is None else Edition(self.number, day)
            self.edition = known
        return known

    def today(self) -> date:
        """The day, worked out once: pages are asked for ten thousand times a second."""
        day = self.day
        if not day.begins <= moment() < day.ends:
            day = self.day = day_of(timezone.now())
        return day.day

    @property
    def age(self) -> float:
        """Since when, in seconds, nobody could say whether the number is still current."""
        return time.monotonic() - self.read_at

    @property
    def is_sure(self) -> bool:
        return not self.has_failed and self.age < READ_EVERY + GRACE

    def is_due(self) -> bool:
        return time.monotonic() - self.tried_at >= READ_EVERY

    def look(self, *, at_once: bool = False) -> None:
        """One thread reads; the others go on with what is known, or wait if that is old."""
        patience = 0 if self.is_sure and not at_once else PATIENCE
        if not self.turn.acquire(timeout=patience):
            if patience:
                # The database hangs: nobody else waits for it during the next second.
                self.tried_at = time.monotonic()
            return
        try:
            if at_once or self.is_due():
                self._read()
        finally:
            self.turn.release()

    def _read(self) -> None:
        begun = time.monotonic()
        try:
            number, withheld = self.read()
        except Error:
            self.has_failed, self.tried_at = True, time.monotonic()
            return
        if self.number is not None and number is not None and number != self.number:
            since = {n: seen for n, seen in self.superseded.items() if begun - seen < REMEMBERED}
            self.superseded = since | {self.number: begun}
            if number < self.number or withheld != self.withheld:
                self.falls, self.superseded = self.falls + 1, {}
        self.withheld = withheld
        self.number, self.read_at, self.tried_at = number, begun, time.monotonic()
        self.has_failed = False

    def outdated_for(self, old: Edition) -> float:
        """For how many seconds it has been known that this edition is no longer current."""
        return time.monotonic() - self.superseded.get(old.number, -math.inf)
