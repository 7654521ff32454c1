"""Processes that are killed, or lose their database, with real ones: nothing dies unseen."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from advocacy.mailing.tasks import send_confirmation
from advocacy.models import SignUp, Worker
from advocacy.upkeep import tasks
from tests import slow
from tests.postgres import Cluster, programs
from tests.running import ROOT, database_url, start_worker, started
from tests.waiting import wait_until

pytestmark = pytest.mark.programs
on_the_tests_database = pytest.mark.django_db(transaction=True)


@pytest.fixture
def real_queue(settings):
    backend = settings.TASKS["default"] | {"BACKEND": "django_tasks_db.DatabaseBackend"}
    settings.TASKS = {"default": backend}


@contextmanager
def working(sink, log, *arguments, **variables):
    """A worker, until the end of the block; it must still be there by then."""
    with log.open("w") as file:
        process = start_worker(sink, *arguments, log=file, **variables)
    try:
        yield process
        assert process.poll() is None, log.read_text()
    finally:
        process.terminate()
        process.wait(timeout=30)


def sign_up(address):
    wish = SignUp.objects.ask(address, language="en", frequency="weekly")
    send_confirmation.enqueue(wish.pk)


def said(log, words):
    return [line for line in log.read_text().splitlines() if words in line]


# A worker and its database


@on_the_tests_database
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no lock of this kind")
def test_a_worker_outlives_a_lock_that_is_held_longer_than_it_waits(sink, real_queue, tmp_path):
    log = tmp_path / "log"
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    with (
        closing(other),
        working(sink, log, "--queue", "mail", DATABASE_URL=f"{database_url()}?timeout=1"),
    ):
        wait_until(Worker.objects.exists)
        sign_up("before@example.org")
        wait_until(lambda: "before@example.org" in sink.addresses)
        other.execute("BEGIN IMMEDIATE")
        wait_until(lambda: said(log, "The database cannot be used (database is locked)."))
        other.execute("COMMIT")
        sign_up("after@example.org")
        wait_until(lambda: "after@example.org" in sink.addresses)

    assert len(said(log, "The database cannot be used")) == 1
    assert len(said(log, "The database can be used again, after ")) == 1
    assert sink.addresses == ["before@example.org", "after@example.org"]


PREPARE = """
import sys, django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from advocacy.mailing.tasks import send_confirmation
from advocacy.models import SignUp
for address in sys.stdin.read().split():
    wish = SignUp.objects.ask(address, language="en", frequency="weekly")
    send_confirmation.enqueue(wish.pk)
"""


@pytest.mark.thorough
@pytest.mark.skipif(not programs(), reason="PostgreSQL's server is not installed")
def test_a_worker_outlives_a_restart_of_postgresql_in_the_middle_of_a_task(sink, tmp_path):
    log = tmp_path / "log"
    cluster = Cluster()
    variables = {"DATABASE_URL": cluster.url, "DJANGO_SETTINGS_MODULE": "advocacy.settings"}
    addresses = [f"f{number}@example.org" for number in range(6)]
    sink.most = 2
    try:
        subprocess.run(
            [sys.executable, "-c", PREPARE],
            cwd=ROOT,
            env=os.environ | variables | {"ADDRESS_KEYS": "y"},
            input=" ".join(addresses),
            text=True,
            check=True,
            timeout=120,
        )
        with working(sink, log, "--queue", "mail", ADDRESS_KEYS="y", **variables):
            wait_until(lambda: sink.waiting)
            cluster.stop()
            # The message in hand goes out while nothing can be written down of it.
            sink.release()
            wait_until(lambda: said(log, "The database cannot be used"))
            cluster.start()
            wait_until(lambda: len(sink.addresses) >= len(addresses))
            wait_until(lambda: said(log, "The database can be used again"))
    finally:
        cluster.remove()

    assert sorted(sink.addresses) == addresses
    assert len(said(log, "The database cannot be used")) == 1
    assert len(said(log, "The database can be used again")) == 1


MAKE_MAILING = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.test_worker import make_mailing
make_mailing(12)
"""
SHOW_STATES = """
import django; django.setup()
from advocacy.models import Edition
print(dict(Edition.objects.get().counts()))
"""


@pytest.mark.thorough
@pytest.mark.skipif(not programs(), reason="PostgreSQL's server is not installed")
def test_what_was_sent_while_postgresql_was_away_is_written_down_once_it_is_back(sink, tmp_path):
    log = tmp_path / "log"
    cluster = Cluster()
    variables = {"DATABASE_URL": cluster.url, "DJANGO_SETTINGS_MODULE": "advocacy.settings"}
    variables["ADDRESS_KEYS"] = "y"

    def run(program):
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=os.environ | variables,
            text=True,
            stdout=subprocess.PIPE,
            check=True,
            timeout=120,
        ).stdout

    try:
        run(MAKE_MAILING)
        sink.most = 4
        with working(sink, log, "--queue", "mail", **variables):
            wait_until(lambda: sink.waiting)
            cluster.stop()
            sink.release()
            wait_until(lambda: said(log, "The database cannot be used"))
            cluster.start()
            wait_until(lambda: len(sink.addresses) >= 12)
            wait_until(lambda: "claimed" not in run(SHOW_STATES))
        states = run(SHOW_STATES)
    finally:
        cluster.remove()

    assert sorted(sink.addresses) == sorted(f"f{number}@example.org" for number in range(12))
    assert states == "{'sent': 12}\n"


# Two queues, and tasks that end


@on_the_tests_database
def test_mail_goes_out_while_a_long_task_runs(sink, real_queue, tmp_path):
    with working(sink, tmp_path / "log"):
        long = slow.wait.enqueue(600)
        wait_until(lambda: DBTaskResult.objects.get(pk=long.id).status == "RUNNING")
        sign_up("ana@example.org")
        wait_until(lambda: sink.addresses)

        assert DBTaskResult.objects.get(pk=long.id).status == "RUNNING"
    assert sink.addresses == ["ana@example.org"]


@on_the_tests_database
def test_a_task_that_does_not_end_fails_and_the_next_one_is_done(sink, real_queue, tmp_path):
    log = tmp_path / "log"
    endless, page = slow.wait.enqueue(60), slow.wait_as_a_page.enqueue(60)
    short = slow.wait.enqueue(0)
    with working(sink, log, "--queue", "default", TASK_SECONDS="1"):
        wait_until(lambda: DBTaskResult.objects.get(pk=short.id).status == "SUCCESSFUL")

    for failed in DBTaskResult.objects.filter(pk__in=[endless.id, page.id]):
        assert failed.status == "FAILED"
        assert failed.exception_class_path.endswith("TookTooLong")
        assert failed.traceback.strip().endswith("TookTooLong: it did not end within 1 s")
    assert said(log, "The task tests.slow.wait failed")
    assert said(log, "TookTooLong: it did not end within 1 s")


def test_what_reads_the_whole_record_may_take_longer_than_other_tasks(settings):
    settings.TASK_SECONDS = 600

    assert tasks.seconds_of(tasks.make_record_zip.module_path) == 7200
    assert tasks.seconds_of(tasks.check_standing.module_path) == 7200
    assert tasks.seconds_of(slow.wait.module_path) == 600


# What `start` keeps running


def children_of(parent):
    """The processes that a process started, and those that these started: {pid: name}."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, name, rest = re.fullmatch(r"(\d+) \((.*)\) (.*)\n?", stat.read_text()).groups()
        except OSError:
            continue
        state, above, *_ = rest.split()
        found[int(pid)] = (name, int(above), state)
    under = {parent}
    for _generation in range(3):
        under |= {pid for pid, (_name, above, _state) in found.items() if above in under}
    return {pid: found[pid][0] for pid in under - {parent} if found[pid][2] != "Z"}


def web_processes(site):
    """Granian's processes, which answer; their names are those of the one that starts them."""
    (server,) = named(site, "web server", among=children_of_the_site(site))
    return sorted(set(children_of(server)))


def children_of_the_site(site):
    return {
        pid: name
        for pid, name in children_of(site.process.pid).items()
        if parent_of(pid) == site.process.pid
    }


def parent_of(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def lives(pid):
    """Whether it runs; one that ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def named(site, name, among=None):
    among = children_of(site.process.pid) if among is None else among
    return [pid for pid, other in among.items() if other == name]


def follow(site, address):
    form = {"email": address, "subject": "everything", "frequency": "weekly", "language": "en"}
    here = f"http://127.0.0.1:{site.port}"
    request = Request(f"{here}/en/follow/", urlencode(form).encode(), {"Origin": here})
    with urlopen(request, timeout=30) as answer:
        assert answer.url == f"{here}/en/follow/sent/"


def mails_to(folder, address):
    return [
        path for path in (folder / "var/mail").glob("*.eml") if f"To: {address}" in path.read_text()
    ]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it looks into /proc")
def test_processes_that_are_killed_are_started_again_and_all_stop_with_the_start(prepared):
    with started(prepared) as (site, _printed):
        wait_until(lambda: len(web_processes(site)) == 2)
        # Twice within 5.5 seconds, which is when Granian gives up by itself.
        first = web_processes(site)
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(set(web_processes(site)) - set(first)) == 2)
        second = web_processes(site)
        for pid in second:
            os.kill(pid, signal.SIGKILL)
        (worker,) = named(site, "mail worker")
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: len(set(web_processes(site)) - set(second)) == 2)
        wait_until(site.answers)
        follow(site, "ana@example.org")
        wait_until(lambda: mails_to(prepared, "ana@example.org"))
        assert named(site, "mail worker") != [worker]

        (server,) = named(site, "web server", among=children_of_the_site(site))
        os.kill(server, signal.SIGKILL)
        wait_until(lambda: said(site.log, "The web server ended (SIGKILL)"))
        wait_until(lambda: len(children_of(site.process.pid)) == 6)
        wait_until(site.answers)
        everything = set(children_of(site.process.pid))
        began = time.monotonic()
        site.process.terminate()
        site.process.wait(timeout=30)

        assert time.monotonic() - began < 8  # On a busy machine.
        assert [pid for pid in everything if lives(pid)] == []

    log = site.log.read_text()
    assert "The mail worker ended (SIGKILL) and is started again in 1 s." in log
    assert len(said(site.log, "The web process ended (SIGKILL) and is started again in 1 s.")) == 2
    assert len(said(site.log, "The web process ended (SIGKILL) and is started again in 2 s.")) == 2
    assert "Traceback" not in log
    assert site.process.returncode == 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it looks into /proc")
def test_nothing_is_left_of_a_start_that_is_killed(prepared):
    with started(prepared) as (site, _printed):
        wait_until(lambda: len(children_of(site.process.pid)) == 6)
        everything = children_of(site.process.pid)
        site.process.kill()
        site.process.wait()

        wait_until(lambda: not [pid for pid in everything if lives(pid)])
