"""Work that nobody waits for, apart from mailings: tasks of the queue, and chores between them."""

import logging
import time
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain, islice

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.tasks import task
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from advocacy.bundle.building import AnotherIsAtIt, WordsWereWithheld, make
from advocacy.bundle.made import is_behind, is_due, note_behind
from advocacy.models import (
    Attempt,
    ContactPoint,
    Delivery,
    DeliveryState,
    Edition,
    NetworkUse,
    OnceKey,
    RecommendedAction,
    Refusal,
    Report,
    SignIn,
    SignUp,
    Source,
    StaffCall,
    StandingToday,
    StepDone,
    Subscriber,
    Worker,
    figures,
)
from advocacy.upkeep import links

logger = logging.getLogger(__name__)

LINKS_AN_HOUR = 100
SECONDS_OF_LINKS = 60
# How often a task that was cut short is tried again at once, and the longest wait after that.
TRIES_AT_ONCE = 3
MOST_MINUTES = 60
KEEP_RESULTS = timedelta(days=7)
# From this hour on, local time, once a day.
NIGHT = 3
STANDING_CHECKED = "standing-checked-on"
# Files made of pages are built in `public`, which this room does not import: only their names.
FORGET_FILES = {
    "pictures of shared links": "advocacy.public.share.drawing.forget_old",
    "copies that no source names": "advocacy.models.kept_copies.forget_files",
    "files of imports": "advocacy.transfer.kept.forget_old",
}


def give_back(dead: Collection[str] | None = None) -> None:
    """Queue again what these workers had in hand, or all those that have stopped showing up.

    A message that one of them was handing over becomes doubtful: it may have gone out.
    """
    running = DBTaskResult.objects.running()
    claimed = Delivery.objects.filter(state=DeliveryState.CLAIMED)
    if dead is None:
        holders = {result.worker_ids[-1] for result in running if result.worker_ids}
        holders.update(claimed.values_list("claimed_by", flat=True).distinct())
        dead = holders - set(Worker.objects.alive().values_list("name", flat=True))
    Delivery.objects.abandoned_by(dead)
    for result in running:
        if result.worker_ids and result.worker_ids[-1] in dead:
            # Unless another worker has it by now.
            running.filter(pk=result.pk, worker_ids=result.worker_ids).update(
                status="READY",
                started_at=None,
                run_after=next_try(len(result.worker_ids), result.run_after),
            )
    for edition in Edition.objects.unfinished().filter(deliveries__isnull=False).distinct():
        edition.finish()


def next_try(tries: int, planned: datetime) -> datetime:
    """When a task that was cut short is tried again: the more often it was, the later.

    It may be what kills its worker, and must not go on doing so all day.
    """
    minutes = min(max(0, tries - TRIES_AT_ONCE), MOST_MINUTES)
    return timezone.now() + timedelta(minutes=minutes) if minutes else planned


def count_steps() -> None:
    """Add up the steps that people did."""
    StepDone.objects.collect()


@task
def check_links(most: int = LINKS_AN_HOUR) -> None:
    """Ask the sources and offices whose addresses nobody has looked at for a week.

    It asks for a minute and leaves the rest to a task of its own, so that others get a turn. What
    many offices share, a directory, is asked once.
    """
    end = time.monotonic() + SECONDS_OF_LINKS
    answers: dict[str, links.Answer] = {}
    waiting = chain(
        Source.objects.links_to_try()[:most], ContactPoint.objects.links_to_try()[:most]
    )
    for tried, row in enumerate(islice(waiting, most)):
        if time.monotonic() > end:
            check_links.enqueue(most - tried)
            return
        for url in row.addresses:
            if url not in answers:
                answers[url] = links.ask(url)
        answer = min((answers[url] for url in row.addresses), key=lambda answer: answer.works)
        row.note_link(answer.text, works=answer.works, gone=answer.gone)


@task
def check_standing() -> int:
    """Compare the stored standing of every ask with what its entries say."""
    wrong = [
        pk
        for _number, differing in StandingToday.objects.differences(RecommendedAction.objects.all())
        for pk, _what in differing
    ]
    if wrong:
        logger.error(
            "%d asks are kept wrong, ask %d first: run manage.py rebuild_standing.",
            len(wrong),
            wrong[0],
        )
    cache.set(STANDING_CHECKED, timezone.localdate().isoformat(), timeout=None)
    return len(wrong)


def check_standing_nightly(now: datetime | None = None) -> None:
    """Queue that comparison once a day, at night."""
    now = timezone.localtime(now)
    if now.hour >= NIGHT and cache.get(STANDING_CHECKED) != now.date().isoformat():
        check_standing.enqueue()


@task
def make_record_zip() -> None:
    """Make the file with the whole record anew; it may have been made since this was queued."""
    if is_due():
        with suppress(AnotherIsAtIt, WordsWereWithheld):
            make()


# What reads the whole record may take as many times TASK_SECONDS: it grows with the record, and on
# a busy machine it takes many times what it takes on an idle one.
OF_THE_WHOLE_RECORD = {check_standing.module_path, make_record_zip.module_path}
TIMES_AS_LONG = 12


def seconds_of(task_path: str) -> float:
    """How long a task may take."""
    seconds: float = settings.TASK_SECONDS
    return seconds * (TIMES_AS_LONG if task_path in OF_THE_WHOLE_RECORD else 1)


def ask_for_record_zip() -> None:
    """Queue that, once anything public has changed and the last try is an hour ago."""
    if settings.RECORD_ZIP and is_behind():
        note_behind()
        if is_due():
            make_record_zip.enqueue()


def refresh_desk() -> None:
    """Count a large record for the desk, so that no page waits for it."""
    if figures.is_counted_ahead():
        figures.refresh()


def purge() -> dict[str, int]:
    """Delete what is no longer kept. Returns how many rows of each kind."""
    old = timezone.now() - KEEP_RESULTS
    outdated = {
        "sign-ups": SignUp.objects.outdated(),
        "followers who left": Subscriber.objects.outdated(),
        "counts of refused mail": Refusal.objects.outdated(),
        "closed reports": Report.objects.outdated(),
        "sessions": Session.objects.filter(expire_date__lt=timezone.now()),
        "sign-ins": SignIn.objects.outdated(),
        "attempts at accounts": Attempt.objects.outdated(),
        "network counts": NetworkUse.objects.outdated(),
        "keys of forms": OnceKey.objects.outdated(),
        "finished tasks": DBTaskResult.objects.finished().filter(finished_at__lt=old),
        "calls to staff": StaffCall.objects.outdated(),
        "workers": Worker.objects.filter(seen_at__lt=old),
    }
    deleted = {name: rows.delete()[0] for name, rows in outdated.items()}
    deleted["addresses refused for good"] = Subscriber.objects.bounced_for_good().reduce()
    return deleted | {name: import_string(forget)() for name, forget in FORGET_FILES.items()}
