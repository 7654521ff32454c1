"""Work that nobody waits for; the worker does it between the tasks of its queue."""

import logging
from datetime import datetime, timedelta

from django.core.cache import cache
from django.tasks import task
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from advocacy.models import (
    Delivery,
    DeliveryState,
    Edition,
    NetworkUse,
    OnceKey,
    RecommendedAction,
    SignIn,
    SignUp,
    Source,
    StandingToday,
    StepDone,
    Subscriber,
    Worker,
    figures,
)
from advocacy.upkeep import links

logger = logging.getLogger(__name__)

LINKS_AT_ONCE = 100
KEEP_RESULTS = timedelta(days=7)
# From this hour on, local time, once a day.
NIGHT = 3
STANDING_CHECKED = "standing-checked-on"
# Files made of pages are built in `public`, which this room does not import: only their names.
FORGET_FILES = {"pictures of shared links": "advocacy.public.share.drawing.forget_old"}


def give_back() -> None:
    """Queue again what a worker that died was doing; its message in flight becomes doubtful."""
    alive = set(Worker.objects.alive().values_list("name", flat=True))
    claimed = Delivery.objects.filter(state=DeliveryState.CLAIMED)
    senders = claimed.values_list("claimed_by", flat=True)
    Delivery.objects.abandoned_by(set(senders.distinct()) - alive)
    for result in DBTaskResult.objects.running():
        if result.worker_ids and result.worker_ids[-1] not in alive:
            DBTaskResult.objects.filter(pk=result.pk, status=result.status).update(
                status="READY", started_at=None
            )
    for edition in Edition.objects.unfinished().filter(deliveries__isnull=False).distinct():
        edition.finish()


def count_steps() -> None:
    """Add up the steps that people did."""
    StepDone.objects.collect()


@task
def check_links() -> None:
    """Ask the sources whose address nobody has looked at for a week."""
    for source in Source.objects.to_check()[:LINKS_AT_ONCE]:
        answer = links.ask(source.url)
        source.note_link(answer.text, works=answer.works, gone=answer.gone)


@task
def check_standing() -> int:
    """Compare how every ask is kept to stand today with what its entries say."""
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
    """Queue that comparison once a day, in the night."""
    now = timezone.localtime(now)
    if now.hour >= NIGHT and cache.get(STANDING_CHECKED) != now.date().isoformat():
        check_standing.enqueue()


def refresh_desk() -> None:
    """Count a large record for the desk, so that no page waits for it."""
    if figures.is_counted_ahead():
        figures.refresh()


def purge() -> dict[str, int]:
    """Delete what is kept no longer: returns how many rows of each kind."""
    old = timezone.now() - KEEP_RESULTS
    outdated = {
        "sign-ups": SignUp.objects.outdated(),
        "followers who left": Subscriber.objects.outdated(),
        "sign-ins": SignIn.objects.outdated(),
        "network counts": NetworkUse.objects.outdated(),
        "keys of forms": OnceKey.objects.outdated(),
        "finished tasks": DBTaskResult.objects.finished().filter(finished_at__lt=old),
        "workers": Worker.objects.filter(seen_at__lt=old),
    }
    deleted = {name: rows.delete()[0] for name, rows in outdated.items()}
    return deleted | {name: import_string(forget)() for name, forget in FORGET_FILES.items()}
