"""Who is taken for dead, what is given back, and how soon it is tried again."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from advocacy.models import Worker
from advocacy.upkeep import tasks, worker
from advocacy.upkeep.back_off import BackOff

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(minutes=5)


@task
def lose_the_database():
    raise OperationalError("the connection is closed")


@pytest.fixture
def real_queue(settings):
    backend = settings.TASKS["default"] | {"BACKEND": "django_tasks_db.DatabaseBackend"}
    settings.TASKS = {"default": backend}


@pytest.fixture
def held(real_queue):
    """A task in the hands of a worker that was last seen five minutes ago."""
    Worker.objects.create(name="other", seen_at=timezone.now() - LONG_AGO)
    result = DBTaskResult.objects.get(pk=lose_the_database.enqueue().id)
    result.claim("other")
    return result


def state(result):
    return DBTaskResult.objects.get(pk=result.pk).status


def test_a_worker_gives_back_what_one_that_is_seen_no_more_had_in_hand(held):
    worker.QueueWorker(["default"], batch=False).beat()

    assert state(held) == "READY"


def test_a_worker_that_could_not_show_itself_takes_nobody_for_dead_at_once(held):
    mine = worker.QueueWorker(["default"], batch=False)
    mine.seen_at -= LONG_AGO

    mine.beat()
    assert state(held) == "RUNNING"

    mine.patient_until = timezone.now()
    mine.beat()
    assert state(held) == "READY"


def test_a_worker_that_was_seen_in_the_future_died_before_the_clock_was_set_back(held):
    Worker.objects.update(seen_at=timezone.now() + timedelta(days=1))

    tasks.give_back()

    assert state(held) == "READY"


def test_what_another_worker_has_taken_meanwhile_is_left_to_it(held, monkeypatch):
    Worker.objects.beat("new")
    running = DBTaskResult.objects.running
    stale = list(running())
    held.worker_ids = ["other", "new"]
    held.save()

    class Stale:
        def __iter__(self):
            return iter(stale)

        def filter(self, **wanted):
            return running().filter(**wanted)

    monkeypatch.setattr(type(DBTaskResult.objects), "running", lambda self: Stale())
    tasks.give_back(["other"])

    assert state(held) == "RUNNING"


@pytest.mark.parametrize(("tries", "minutes"), [(1, 0), (3, 0), (4, 1), (13, 10), (500, 60)])
def test_a_task_that_was_often_cut_short_waits_longer(tries, minutes):
    now = timezone.now()

    pause = tasks.next_try(tries, now) - now

    assert abs(pause - timedelta(minutes=minutes)) < timedelta(seconds=5)


def test_a_task_whose_database_failed_is_not_marked_as_failed(held):
    mine = worker.QueueWorker(["default"], batch=False)

    with pytest.raises(OperationalError):
        mine.run_task(held)

    assert state(held) == "RUNNING"


def test_pauses_grow_to_a_limit_and_begin_again():
    pauses = BackOff(60)

    assert [pauses.next() for _try in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    pauses.reset()
    assert pauses.next() == 1
