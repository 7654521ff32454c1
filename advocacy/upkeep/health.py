"""Whether the site works: what `/readyz`, the desk, `manage.py health` and a mail to staff say."""

import logging
import shutil
import smtplib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.mail import mailers
from django.db import Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone, translation
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext

from advocacy.bundle import made
from advocacy.mailing import letters, sending
from advocacy.models import (
    OPERATE,
    DeliveryState,
    StaffCall,
    StatusUpdate,
    Worker,
    keys_are_lost,
    mail_waits,
    tasks_wait_since,
)
from advocacy.models.dates import written_moment
from advocacy.upkeep import backups

logger = logging.getLogger(__name__)

STANDS_STILL = timedelta(minutes=5)
# One is made a day.
BACKUP_IS_OLD = timedelta(days=2)
# After a change one is made within the hour.
RECORD_ZIP_IS_OLD = timedelta(hours=3)
CLOCK_IS_BEHIND = timedelta(minutes=5)
# A look that has no answer by then takes that for the answer.
SECONDS_TO_LOOK = 5
# A restart is over by then: only what is still so is told.
PAUSE_BEFORE_TELLING = 60
WATCH_EVERY = 60
MEGABYTE = 1024 * 1024


class Check(NamedTuple):
    """What one check found. `is_ok` is None where it could not be asked."""

    name: str
    is_ok: bool | None
    what: str
    since: datetime | None = None

    @property
    def sentence(self) -> str:
        """For people: what was found and, where that is known, since when."""
        if self.since is None:
            return self.what
        when = {"moment": written_moment(self.since), "duration": timesince(self.since)}
        since = gettext("Since %(moment)s (%(duration)s).") % when
        return f"{self.what} {since}"


def database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check("database", True, gettext("The database answers."))


def migrations() -> Check:
    executor = MigrationExecutor(connection)
    number = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not number:
        return Check("migrations", True, gettext("The database is up to date."))
    what = ngettext(
        "The database is not up to date: %(number)s migration is not applied.",
        "The database is not up to date: %(number)s migrations are not applied.",
        number,
    )
    return Check("migrations", False, what % {"number": number})


def worker() -> Check:
    idle = Worker.objects.idle_queues()
    if not idle:
        return Check("worker", True, gettext("The workers are at work."))
    if idle == ["mail"]:
        what = gettext("The worker for mail is not at work: no mail leaves.")
    elif "mail" not in idle:
        what = gettext("Mail has a worker; what is not mail has none and is not done.")
    else:
        what = gettext("No worker is at work: no mail leaves, and nothing else is done.")
    seen = [moment for queue in idle if (moment := Worker.objects.last_seen(queue))]
    return Check("worker", False, what, min(seen, default=None))


def tasks() -> Check:
    since = tasks_wait_since()
    if since is None or since > timezone.now() - STANDS_STILL:
        return Check("tasks", True, gettext("Background work is taken up."))
    return Check("tasks", False, gettext("Background work waits and is not taken up."), since)


def mail() -> Check:
    waiting = mail_waits()
    if waiting is None or waiting.since > timezone.now() - STANDS_STILL:
        return Check("mail", True, gettext("Mail leaves."))
    if waiting.is_refused:
        what = gettext("The mail server cannot be reached or takes nothing: no mail leaves.")
    else:
        what = gettext("Mail waits and does not leave.")
    return Check("mail", False, what, waiting.since)


def keys() -> Check:
    if not keys_are_lost():
        return Check("keys", True, gettext("The keys read what is encrypted."))
    what = gettext(
        "No key in ADDRESS_KEYS reads what is stored encrypted, addresses of followers among it:"
        " the key that wrote it is missing."
    )
    return Check("keys", False, what)


def clock() -> Check:
    """Whether the clock is behind what was recorded last: as it is now, or as it was ahead then."""
    recorded_at = StatusUpdate.objects.order_by("-pk").values_list("recorded_at", flat=True).first()
    if recorded_at is None or recorded_at < timezone.now() + CLOCK_IS_BEHIND:
        return Check("clock", True, gettext("The clock is not behind the record."))
    what = gettext(
        "The newest entry was recorded at %(moment)s by the clock of this site: the clock is behind"
        " now, or was ahead then."
    )
    return Check("clock", False, what % {"moment": written_moment(recorded_at)})


def disk() -> Check:
    free = min(shutil.disk_usage(_existing(folder)).free for folder in folders_written())
    if free >= settings.LEAST_FREE_DISK * MEGABYTE:
        return Check("disk", True, gettext("There is room on the disk."))
    what = gettext("The disk is nearly full: %(free)s MB left, at least %(least)s are needed.")
    numbers = {"free": free // MEGABYTE, "least": settings.LEAST_FREE_DISK}
    return Check("disk", False, what % numbers)


def folders_written() -> set[Path]:
    """The folders of this machine that the program writes to, each perhaps on a disk of its own."""
    folders = {settings.VAR_DIR}
    if connection.vendor == "sqlite":
        folders.add(Path(connection.settings_dict["NAME"]).absolute().parent)
    if settings.MAIL_URL.startswith("folder:"):
        folders.add(settings.VAR_DIR / "mail")
    if settings.BACKUP_KEYS:
        folders.add(settings.BACKUP_FOLDER)
    return folders


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def backup() -> Check:
    """Whether the last good backup is young enough. Where nobody set them up, nothing is amiss."""
    last = backups.last()
    now = timezone.now()
    if last and last.made_at > now - BACKUP_IS_OLD:
        return Check("backup", True, gettext("There is a backup of the last two days."))
    if last:
        what = gettext("The last good backup is older than two days.")
        return Check("backup", False, what, last.made_at)
    what = gettext("No backup was made.")
    if not settings.BACKUP_KEYS:
        return Check("backup", None, what)
    since = MigrationRecorder.Migration.objects.earliest("id").applied
    return Check("backup", False if since < now - BACKUP_IS_OLD else None, what)


def record_zip() -> Check:
    """Whether the file of the whole record can be made, and holds what the record says."""
    if not settings.RECORD_ZIP:
        return Check("record_zip", None, gettext("No worker makes record.zip: RECORD_ZIP is 0."))
    since = made.behind_since()
    if made.has_failed():
        what = gettext("record.zip could not be made anew; the log of the worker says why.")
    elif since and since < timezone.now() - RECORD_ZIP_IS_OLD:
        what = gettext("record.zip was not made anew for hours after a change.")
    elif not since and not made.last_made():
        # Another machine may make it: of that one nothing is known here.
        return Check("record_zip", None, gettext("No record.zip was made on this machine yet."))
    else:
        return Check("record_zip", True, gettext("record.zip follows the record."))
    return Check("record_zip", False, what, since)


CHECKS: Mapping[str, Callable[[], Check]] = {
    check.__name__: check
    for check in (database, migrations, worker, tasks, mail, keys, clock, disk, backup, record_zip)
}
# A disk that hangs must not keep the database from being asked, nor the other way round.
ROUNDS = [
    ["database", "migrations", "worker", "tasks", "mail", "keys", "clock"],
    ["disk", "backup", "record_zip"],
]


def look(names: Iterable[str] = CHECKS) -> Iterator[Check]:
    """Make these checks, on the connection of the caller."""
    is_away = False
    for name in names:
        if is_away and name not in ROUNDS[1]:
            yield _not_asked(name)
            continue
        try:
            yield CHECKS[name]()
        except Error:
            is_away = is_away or name == "database"
            away = gettext("The database does not answer.")
            yield Check(name, False, away if is_away else gettext("The database is not readable."))
        except OSError:
            yield Check(name, False, gettext("The disk is not readable."))


def _not_asked(name: str) -> Check:
    return Check(name, None, gettext("Not asked, as the database does not answer."))


def cautions(checks: Iterable[Check]) -> list[Check]:
    """What is no failure yet, and whoever runs the site should know."""
    return [check for check in checks if check.name == "backup" and check.is_ok is None]


def failing(checks: Iterable[Check]) -> list[Check]:
    return [check for check in checks if check.is_ok is False]


class _Round(threading.Thread):
    """Some checks, made in a thread and on a connection of its own: they may hang, we do not."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(daemon=True)
        self.names = names
        self.found: dict[str, Check] = {}

    def run(self) -> None:
        try:
            with translation.override(settings.LANGUAGE_CODE):
                for check in look(self.names):
                    self.found[check.name] = check
        finally:
            connections.close_all()

    def so_far(self) -> Iterator[Check]:
        """What was found; of the rest, the first has no answer and the others were not asked."""
        found = [self.found[name] for name in self.names if name in self.found]
        yield from found
        for number, name in enumerate(self.names[len(found) :]):
            if number:
                yield _not_asked(name)
            else:
                what = gettext("No answer within %(seconds)s seconds.")
                yield Check(name, False, what % {"seconds": SECONDS_TO_LOOK})


_turn = threading.Lock()
_rounds: dict[int, _Round] = {}


def look_in_time(seconds: float = SECONDS_TO_LOOK) -> list[Check]:
    """Make all checks; after so many seconds, what has not answered has failed.

    Who asks while a round goes on gets its answer: one that hangs is not joined by others.
    """
    end = time.monotonic() + seconds
    with _turn:
        for number, names in enumerate(ROUNDS):
            if number not in _rounds or not _rounds[number].is_alive():
                _rounds[number] = _Round(names)
                _rounds[number].start()
        rounds = list(_rounds.values())
    for current in rounds:
        current.join(max(0, end - time.monotonic()))
    with translation.override(settings.LANGUAGE_CODE):
        return [check for current in rounds for check in current.so_far()]


class Watch:
    """Called again and again: tells staff what has failed at two looks in a row."""

    def __init__(self) -> None:
        self.failed_before: set[str] = set()

    def __call__(self) -> None:
        failed = failing(look())
        lasting = [check for check in failed if check.name in self.failed_before]
        self.failed_before = {check.name for check in failed}
        if lasting:
            # A mail server may keep us waiting for longer than a worker may be silent.
            threading.Thread(target=_tell_and_close, args=[lasting], daemon=True).start()


def keep_watch() -> None:
    """Look every minute, in a process of its own, as a worker may be what has ended."""
    watch = Watch()
    while True:
        time.sleep(WATCH_EVERY)
        watch()
        connections.close_all()


def _tell_and_close(checks: list[Check]) -> None:
    try:
        tell_staff(checks)
    finally:
        connections.close_all()


def operators() -> list[User]:
    """Who is told: staff who may see that, and have an address."""
    people = get_user_model().objects.with_perm(OPERATE).filter(is_staff=True)
    return list(people.exclude(email="").order_by("pk"))


def tell_staff(checks: list[Check]) -> int:
    """Write to the staff who may do something, past the queue; returns to how many.

    One mail a day each, whichever processes notice it. Where none can go out, that is an error in
    the log, and the next look tries again.
    """
    if not checks:
        return 0
    words = "; ".join(check.name for check in checks)
    number = 0
    try:
        people = operators()
        if not people:
            logger.error("Something stands still (%s), and no operator has an address.", words)
        for person in people:
            if call := StaffCall.objects.take(person):
                state = _call(person, checks)
                if state != DeliveryState.WAITING:
                    call.told()
                    number += 1
    except (sending.Later, OSError, smtplib.SMTPException, Error) as problem:
        # Not the words of an error: they may quote an address.
        why = str(problem) if isinstance(problem, sending.Later) else type(problem).__name__
        logger.error("Something stands still (%s), and staff cannot be told: %s.", words, why)
    return number


def _call(person: User, checks: list[Check]) -> DeliveryState:
    with translation.override(settings.LANGUAGE_CODE):
        letter = letters.letter("standstill", checks=checks)
        mail = letters.message(letter, person.email, headers={})
    with mailers.default as mail_server:
        return sending.hand_over(mail_server, mail).state
