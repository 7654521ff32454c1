"""A process that works through queues of tasks, and does what falls due beside them."""

import json
import logging
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from types import FrameType
from typing import Any, NamedTuple

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, close_old_connections, connections
from django.tasks import TaskContext, TaskResultStatus
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.json import normalize_json
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from advocacy.mailing import tasks as mailing
from advocacy.mailing.claims import Unsettled
from advocacy.mailing.sending import is_ending
from advocacy.models import ContentVersion, Worker
from advocacy.models.workers import DEAD_AFTER
from advocacy.text import carried, without_secrets
from advocacy.upkeep import evidence, tasks
from advocacy.upkeep.back_off import BackOff

logger = logging.getLogger(__name__)

BEAT_EVERY = 5
# The longest pause between two attempts to reach the database again.
LONGEST_PAUSE = 10
# A task that carries on although its time is up is told again.
TOLD_AGAIN_EVERY = 5
# The database is away, locked by another program, or its disk is full: none of that lasts.
LOST = (OperationalError, InterfaceError)


class TookTooLong(TimeoutError):
    """A task used up its time. Code that talks to a network takes it for the other side's fault."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it did not end within {seconds:g} s")


class QueueWorker(db_worker.Worker):
    """The worker of django-tasks-db, but one that outlives its database and bounds its tasks."""

    def __init__(self, queues: Sequence[str], *, batch: bool) -> None:
        super().__init__(
            queue_names=list(queues),
            excluded_queue_names=[],
            backend_name="default",
            interval=0.5,
            batch=batch,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        # Writes down how the last task ended, or how its messages did; kept until that has worked.
        self.unsaved: Callable[[], None] | None = None
        self.is_ready = False
        self.seen_at = self.patient_until = timezone.now()

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """End after the task in hand; a mailing ends after the message in hand.

        Never at once when asked for the first time: that could be in the middle of a query, whose
        failure would stand in the place of the end. The loop looks every half second.
        """
        is_ending.set()
        self.running_task, is_running = True, self.running_task
        super().shutdown(signum, frame)
        self.running_task = is_running

    def get_ready(self) -> None:
        Worker.objects.beat(self.worker_id, self.queue_names)
        tasks.give_back()
        do_what_is_due(dict.fromkeys(self.chores), timezone.now())
        self.is_ready = True

    @property
    def chores(self) -> list["Chore"]:
        return [chore for chore in SCHEDULE if chore.queue in self.queue_names]

    def beat(self) -> None:
        """Show that this worker lives, and give back what those that do not had in hand."""
        Worker.objects.beat(self.worker_id, self.queue_names)
        now = timezone.now()
        # If this one could not show that it lives, no other could either; or the clock was set.
        # The others get time to show up before anybody takes them for dead.
        if abs(now - self.seen_at) > DEAD_AFTER:
            self.patient_until = now + DEAD_AFTER
        self.seen_at = now
        if now >= self.patient_until:
            tasks.give_back()

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        """Run a task and write down how it ended.

        Where the database fails, the task is left as it is, to be given back. The original marks it
        as failed, and nobody would do it again.
        """
        self.running_task = True
        try:
            self.unsaved = outcome(db_task_result)
            self.save()
        except Unsettled as error:
            self.unsaved = error.claims.close
            raise
        finally:
            self.running_task = False

    def save(self) -> None:
        if self.unsaved:
            self.unsaved()
            self.unsaved = None

    def wait_for_the_database(self, error: Exception) -> None:
        """Wait until it can be written to again; then give back what this worker had in hand."""
        logger.error("The database cannot be used (%s). Waiting for it.", first_line(error))
        since = time.monotonic()
        back_off = BackOff(LONGEST_PAUSE)
        while True:
            connections.close_all()
            self.pause(back_off.next())
            try:
                self.save()
                Worker.objects.beat(self.worker_id, self.queue_names)
                tasks.give_back([self.worker_id])
            except LOST:
                if not self.running:
                    return
                continue
            logger.error("The database can be used again, after %d s.", time.monotonic() - since)
            return

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until the worker is told to end."""
        until = time.monotonic() + seconds
        while self.running and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, self.interval))


def run(queues: Sequence[str], *, batch: bool = False) -> None:
    """Work until told to stop, or with `batch` until nothing is waiting."""
    worker = QueueWorker(queues, batch=batch)
    worker.configure_signals()
    try:
        if batch:
            worker.get_ready()
            worker.run()
        else:
            done: dict[Chore, datetime | None] = dict.fromkeys(worker.chores, timezone.now())
            # Apart, so that a long chore does not make the worker look dead.
            for beside in (worker.beat, lambda: do_what_is_due(done, timezone.now())):
                threading.Thread(target=repeat, args=[beside], daemon=True).start()
            work(worker)
    finally:
        with suppress(Error):
            Worker.objects.filter(name=worker.worker_id).delete()


def work(worker: QueueWorker) -> None:
    while worker.running:
        try:
            if not worker.is_ready:
                worker.get_ready()
            worker.run()
        except LOST as error:
            worker.wait_for_the_database(error)


def outcome(row: DBTaskResult[Any, Any]) -> Callable[[], None]:
    """Run a task. Returns what writes down how it ended; raises if the database failed."""
    seconds = tasks.seconds_of(row.task_path)
    with at_most(seconds) as has_passed:
        try:
            task, result = row.task, row.task_result
            context: list[TaskContext[Any, Any]] = (
                [TaskContext(task_result=result)] if task.takes_context else []
            )
            value = normalize_json(task.call(*context, *result.args, **result.kwargs))
        except Exception as error:
            if has_passed():
                # It may have been cut short in the middle of a query.
                connections.close_all()
                error = as_too_long(error, seconds)
            elif isinstance(error, LOST):
                raise
            logger.error("The task %s failed", row.task_path, exc_info=error)
            return partial(write_down_failure, row, error)
        return partial(row.set_successful, value)


def as_too_long(error: Exception, seconds: float) -> Exception:
    """What the end of its time became: code that it met in may have told it as its own fault."""
    if isinstance(error, TookTooLong):
        return error
    too_long = TookTooLong(seconds)
    too_long.__cause__ = error
    return too_long


def write_down_failure(row: DBTaskResult[Any, Any], error: Exception) -> None:
    """What `set_failed` writes down, without addresses and tokens, as in a log."""
    row.status = TaskResultStatus.FAILED
    row.finished_at = timezone.now()
    row.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
    row.traceback = carried(without_secrets("".join(traceback.format_exception(error))))
    row.args_kwargs = json.loads(without_secrets(json.dumps(row.args_kwargs)))
    row.return_value = None
    row.save()


@contextmanager
def at_most(seconds: float) -> Iterator[Callable[[], bool]]:
    """Raise TookTooLong inside the block once its time is up. Yields a test of whether it is."""
    told: list[int] = []

    def tell(number: int, frame: Any) -> None:
        told.append(number)
        raise TookTooLong(seconds)

    before = signal.signal(signal.SIGALRM, tell)
    signal.setitimer(signal.ITIMER_REAL, seconds, TOLD_AGAIN_EVERY)
    try:
        yield lambda: bool(told)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def repeat(work: Callable[[], None]) -> None:
    """Do this every few seconds, in a thread beside the tasks."""
    while True:
        time.sleep(BEAT_EVERY)
        try:
            close_old_connections()
            work()
        except LOST:
            # The loop notices as well, says so and waits.
            connections.close_all()
        except Exception:
            logger.exception("The upkeep of the queue failed")
            connections.close_all()


class Chore(NamedTuple):
    """What the worker of a queue does beside its tasks, and how long after the last time."""

    work: Callable[[], Any]
    queue: str
    every: timedelta = timedelta(0)


def do_what_is_due(done: dict[Chore, datetime | None], now: datetime) -> None:
    """`done` says when each chore was last done, and is kept up to date."""
    for chore, last in done.items():
        if last is None or abs(now - last) > chore.every:
            done[chore] = now
            try:
                chore.work()
            except LOST:
                raise
            except Exception:
                logger.exception("A chore of the queue %s failed", chore.queue)


def check_links() -> None:
    if settings.LINK_CHECKS:
        tasks.check_links.enqueue()


def first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


HOUR = timedelta(hours=1)
SCHEDULE = [
    Chore(mailing.send_due_editions, "mail"),
    Chore(mailing.tell_of_corrections, "mail", timedelta(minutes=5)),
    Chore(mailing.plan_digest, "mail", HOUR),
    Chore(mailing.tell_of_reports, "mail", HOUR),
    Chore(tasks.count_steps, "default"),
    Chore(tasks.refresh_desk, "default", timedelta(minutes=5)),
    Chore(tasks.purge, "default", HOUR),
    Chore(ContentVersion.objects.fold, "default", HOUR),
    Chore(tasks.check_standing_nightly, "default", HOUR),
    Chore(check_links, "default", HOUR),
    Chore(evidence.ask_for_copies, "default", timedelta(minutes=3)),
    Chore(tasks.ask_for_record_zip, "default", timedelta(minutes=5)),
]
