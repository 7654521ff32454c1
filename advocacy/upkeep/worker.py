"""The loop of the process that works through the queue, and its schedule."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands import db_worker

from advocacy.mailing import tasks as mailing
from advocacy.models import Worker
from advocacy.upkeep import tasks

logger = logging.getLogger(__name__)

BEAT_EVERY = 5


def run(*, batch: bool, parent: int | None) -> None:
    """Work until told to stop, or with `batch` until nothing is waiting."""
    name = get_random_string(32)
    Worker.objects.beat(name)
    hourly()
    between_tasks()
    if not batch:
        threading.Thread(target=live, args=[name, parent], daemon=True).start()
    worker = db_worker.Worker(
        queue_names=["default"],
        excluded_queue_names=[],
        backend_name="default",
        interval=0.5,
        batch=batch,
        startup_delay=False,
        max_tasks=None,
        worker_id=name,
    )
    worker.configure_signals()
    try:
        worker.run()
    finally:
        Worker.objects.filter(name=name).delete()


def live(name: str, parent: int | None) -> None:
    """Show that this worker lives, and do what falls due. Runs beside the tasks, on its own."""
    done = dict.fromkeys(SCHEDULE, timezone.now())
    while True:
        time.sleep(BEAT_EVERY)
        if parent and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
        try:
            close_old_connections()
            Worker.objects.beat(name)
            do_what_is_due(done, timezone.now())
        except Exception:
            # The database may be away for a moment; the next beat tries again.
            logger.exception("The upkeep of the queue failed")
            connections.close_all()


def do_what_is_due(done: dict[Callable[[], None], datetime], now: datetime) -> None:
    """`done` says when each part of the schedule was last done, and is kept up to date."""
    between_tasks()
    for work, pause in SCHEDULE.items():
        if now - done[work] > pause:
            done[work] = now
            work()


def between_tasks() -> None:
    tasks.give_back()
    mailing.send_due_editions()
    tasks.count_steps()


def often() -> None:
    tasks.refresh_desk()


def hourly() -> None:
    mailing.plan_digest()
    tasks.purge()
    tasks.check_standing_nightly()
    if settings.LINK_CHECKS:
        tasks.check_links.enqueue()


SCHEDULE = {often: timedelta(minutes=5), hourly: timedelta(hours=1)}
