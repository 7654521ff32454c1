"""What `/healthz` and `/readyz` say, with real servers, workers and databases that go away."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from advocacy.bundle import building, made
from advocacy.mailing.tasks import prepare_edition, send_confirmation, send_deliveries
from advocacy.models import Edition, MailOutage, SignUp, Tell, Worker
from advocacy.models.dates import written_moment
from advocacy.upkeep import health
from advocacy.upkeep.tasks import ask_for_record_zip, check_links
from tests.factories import make_action, make_follower, record
from tests.running import ROOT, database_url, environment, start_worker
from tests.waiting import wait_until

pytestmark = pytest.mark.own_sql("upkeep/health.py")

NAMES = ["database", "migrations", "worker", "tasks", "mail", "keys", "clock"]
NAMES += ["disk", "backup", "record_zip"]
SIX_MINUTES = timedelta(minutes=6)

own_transactions = pytest.mark.django_db(transaction=True)


def checks_of(answer):
    return {name: check["ok"] for name, check in json.loads(answer.content).items()}


def wrong():
    return [check.name for check in health.failing(health.look())]


def aged(task, by=SIX_MINUTES):
    """As if this task had been queued a while ago."""
    DBTaskResult.objects.filter(pk=task.id).update(enqueued_at=timezone.now() - by)


def confirmation():
    return send_confirmation.enqueue(
        SignUp.objects.ask("ana@example.org", language="en", frequency="weekly").pk
    )


def notice(**fields):
    entry = record(make_action(), tell=Tell.AT_ONCE)
    Edition.objects.filter(entry=entry).update(**fields)
    return Edition.objects.get(entry=entry)


# What is asked


@own_transactions
def test_a_site_that_works_says_so_in_one_line_a_check(client):
    Worker.objects.beat("one")

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    checks = json.loads(answer.content)
    assert list(checks) == NAMES
    assert checks["worker"] == {"ok": True, "what": "The workers are at work."}
    lines = answer.text.splitlines()
    assert [line.split(":")[0] for line in lines[1:-1]] == [f'"{name}"' for name in NAMES]
    assert client.head("/readyz").status_code == 200
    assert client.post("/readyz").status_code == 405
    assert client.post("/healthz").status_code == 405


@own_transactions
@pytest.mark.programs
def test_a_worker_that_was_killed_is_missed_after_half_a_minute(client, sink):
    killed = start_worker(sink)
    wait_until(lambda: not Worker.objects.idle_queues())
    assert checks_of(client.get("/readyz"))["worker"] is True

    killed.send_signal(signal.SIGKILL)
    killed.wait()
    seen = timezone.now() - timedelta(seconds=31)
    Worker.objects.update(seen_at=seen)

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert json.loads(answer.content)["worker"] == {
        "ok": False,
        "what": "No worker is at work: no mail leaves, and nothing else is done.",
        "since": seen.isoformat(timespec="seconds"),
    }
    assert [name for name, ok in checks_of(answer).items() if ok is False] == ["worker"]


@own_transactions
def test_a_migration_that_is_not_applied_is_missed(client):
    Worker.objects.beat("one")
    ((app, newest),) = MigrationLoader(connection).graph.leaf_nodes("advocacy")
    MigrationRecorder(connection).record_unapplied(app, newest)
    try:
        answer = client.get("/readyz")
    finally:
        MigrationRecorder(connection).record_applied(app, newest)

    assert answer.status_code == 503
    assert "1 migration is not applied" in answer.text
    assert [name for name, ok in checks_of(answer).items() if ok is False] == ["migrations"]


@own_transactions
def test_a_disk_with_less_room_than_the_operator_wants_fails(client, settings):
    Worker.objects.beat("one")
    settings.LEAST_FREE_DISK = 10**9

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "The disk is nearly full: " in json.loads(answer.content)["disk"]["what"]
    assert str(settings.VAR_DIR) not in answer.text


def test_the_disks_asked_are_those_of_the_database_the_files_and_the_mail(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.MAIL_URL = "folder:"

    folders = health.folders_written()

    assert {settings.VAR_DIR, settings.VAR_DIR / "mail"} <= folders
    if connection.vendor == "sqlite":
        assert Path(connection.settings_dict["NAME"]).parent in folders
    # They need not be there yet.
    assert health.disk().is_ok
    settings.MAIL_URL = "smtp://localhost"
    assert settings.VAR_DIR / "mail" not in health.folders_written()


# The clock


@pytest.mark.django_db
def test_a_clock_that_is_behind_the_record_fails_until_it_has_caught_up(monkeypatch):
    Worker.objects.beat("one")
    record(make_action())
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(minutes=4))
    assert health.clock().is_ok

    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(days=1))

    assert health.clock().is_ok is False
    assert health.clock().sentence == (
        f"The newest entry was recorded at {written_moment(now)} by the clock of this site:"
        " the clock is behind now, or was ahead then."
    )

    # What is recorded by the right clock ends it, where the clock was ahead.
    record(make_action(), recorded_at=timezone.now())
    assert health.clock().is_ok


# The file of the whole record


@pytest.fixture
def makes_record_zip(settings, monkeypatch):
    """A worker that makes the file, without pages so that it takes no time."""
    shutil.rmtree(made.folder(), ignore_errors=True)
    settings.RECORD_ZIP = True
    monkeypatch.setattr(building, "MOST_PAGES", 0)
    Worker.objects.beat("one")
    yield
    shutil.rmtree(made.folder(), ignore_errors=True)


def an_hour_passes():
    """Since the last try to make the file."""
    hour = 3601
    for name in (made.LOCK, made.BEHIND):
        with suppress(FileNotFoundError):
            then = (made.folder() / name).stat().st_mtime - hour
            os.utime(made.folder() / name, (then, then))


@own_transactions
def test_a_file_of_the_record_that_cannot_be_made_fails_until_it_can(
    client, makes_record_zip, monkeypatch, caplog
):
    ask_for_record_zip()
    good = json.loads(client.get("/readyz").content)["record_zip"]
    assert good == {"ok": True, "what": "record.zip follows the record."}
    make_action()
    with monkeypatch.context() as broken:
        broken.setattr(building, "chain_lines", lambda *given: 1 / 0)
        an_hour_passes()
        ask_for_record_zip()

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [name for name, ok in checks_of(answer).items() if ok is False] == ["record_zip"]
    said = json.loads(answer.content)["record_zip"]
    assert said["what"] == "record.zip could not be made anew; the log of the worker says why."
    since = datetime.fromisoformat(said["since"])
    assert since > timezone.now() - timedelta(minutes=1)
    assert client.get("/data/record.zip").status_code == 200

    an_hour_passes()
    ask_for_record_zip()

    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_file_that_was_not_made_for_hours_after_a_change_fails(makes_record_zip, monkeypatch):
    """As where the process that makes it is killed each time."""
    ask_for_record_zip()
    an_hour_passes()
    ask_for_record_zip()
    assert made.behind_since() is None
    make_action()
    monkeypatch.setattr("advocacy.upkeep.tasks.make", lambda: None)
    for _hour in range(2):
        an_hour_passes()
        ask_for_record_zip()
        assert wrong() == []
    an_hour_passes()

    ask_for_record_zip()
    an_hour_passes()

    assert wrong() == ["record_zip"]
    (failed,) = health.failing(health.look())
    assert failed.sentence.startswith(
        "record.zip was not made anew for hours after a change. Since "
    )
    assert failed.sentence.endswith("UTC (3\xa0hours).")


@pytest.mark.django_db
def test_a_machine_that_never_made_the_file_says_no_more_than_that(makes_record_zip):
    check = health.record_zip()

    assert check.is_ok is None
    assert check.what == "No record.zip was made on this machine yet."


@pytest.mark.django_db
def test_a_database_that_is_away_is_no_fault_of_the_file(makes_record_zip, monkeypatch):
    def away(*given):
        raise OperationalError("gone")

    monkeypatch.setattr(building, "chain_lines", away)
    with pytest.raises(OperationalError):
        building.make()

    assert wrong() == []


@pytest.mark.django_db
def test_where_no_worker_makes_the_file_that_is_said_and_fails_nothing(settings):
    settings.RECORD_ZIP = False
    made.folder().mkdir(exist_ok=True)
    made.note_failed()
    try:
        assert health.record_zip().is_ok is None
        assert health.record_zip().what == "No worker makes record.zip: RECORD_ZIP is 0."
    finally:
        shutil.rmtree(made.folder())


# What waits, and what only has not come due


@pytest.mark.django_db
def test_mail_that_nobody_takes_up_fails_after_five_minutes(queue):
    Worker.objects.beat("one")
    task = confirmation()
    aged(task, timedelta(minutes=4))
    assert wrong() == []

    aged(task)

    assert wrong() == ["mail"]
    (failed,) = health.failing(health.look())
    assert failed.sentence.startswith("Mail waits and does not leave. Since ")
    assert failed.sentence.endswith("UTC (6\xa0minutes).")


@pytest.mark.django_db
def test_other_work_that_nobody_takes_up_fails_apart_from_mail(queue):
    Worker.objects.beat("one")
    aged(check_links.enqueue())

    assert wrong() == ["tasks"]


@pytest.mark.django_db
def test_what_is_planned_for_later_does_not_wait(queue):
    Worker.objects.beat("one")
    aged(confirmation())
    aged(check_links.enqueue())
    later = timezone.now() + timedelta(minutes=1)
    DBTaskResult.objects.update(run_after=later)
    notice(send_at=later)

    assert wrong() == []

    # It counts from when it came due, not from when it was queued.
    due = timezone.now() - timedelta(minutes=4)
    aged(confirmation(), timedelta(days=1))
    DBTaskResult.objects.update(run_after=due)
    assert wrong() == []
    DBTaskResult.objects.update(run_after=due - timedelta(minutes=2))
    assert wrong() == ["tasks", "mail"]


@pytest.mark.django_db
def test_a_mailing_whose_hour_passed_unnoticed_fails():
    Worker.objects.beat("one")
    notice(send_at=timezone.now() - SIX_MINUTES)

    assert wrong() == ["mail"]


@pytest.mark.django_db
def test_a_large_mailing_that_moves_on_is_no_standstill(queue):
    Worker.objects.beat("one")
    edition = notice(state="sending", started_at=timezone.now() - timedelta(hours=2))
    aged(send_deliveries.enqueue(edition.pk, [1]), timedelta(hours=2))
    moved = send_deliveries.enqueue(edition.pk, [2])
    row = DBTaskResult.objects.filter(pk=moved.id)
    row.update(status="SUCCESSFUL", finished_at=timezone.now() - timedelta(minutes=1))
    assert wrong() == []

    row.update(finished_at=timezone.now() - SIX_MINUTES)

    assert wrong() == ["mail"]


@pytest.mark.django_db
def test_a_mailing_that_lost_its_tasks_fails(queue):
    Worker.objects.beat("one")
    edition = notice(state="sending", started_at=timezone.now() - SIX_MINUTES)
    task = prepare_edition.enqueue(edition.pk)
    assert wrong() == []

    DBTaskResult.objects.filter(pk=task.id).update(status="FAILED")

    assert wrong() == ["mail"]


@pytest.mark.django_db
def test_a_mail_server_that_takes_nothing_is_told_from_one_address_it_defers(queue, sink, settings):
    Worker.objects.beat("one")
    ago = timezone.now() - SIX_MINUTES
    sink.refuse["ana@example.org"] = "451 greylisted"
    confirmation()
    queue()
    DBTaskResult.objects.filter(status="READY").update(enqueued_at=ago)
    assert wrong() == []
    sink.refuse.clear()

    sink.stop()
    queue(early=True)
    assert MailOutage.objects.update(since=ago) == 1
    (failed,) = health.failing(health.look())
    assert failed.what == "The mail server cannot be reached or takes nothing: no mail leaves."

    sink.start()
    queue(early=True)
    assert sink.addresses == ["ana@example.org"]
    assert not MailOutage.objects.exists()
    assert wrong() == []


@pytest.mark.django_db
def test_a_mailing_notes_and_ends_an_outage_too(queue, sink):
    make_follower(frequency="at_once")
    notice(send_at=timezone.now())
    sink.stop()
    queue()
    queue()
    assert MailOutage.objects.count() == 1

    sink.start()
    queue(early=True)

    assert sink.addresses == ["ana@example.org"]
    assert not MailOutage.objects.exists()


# The command


@own_transactions
@pytest.mark.programs
def test_the_command_says_it_line_by_line_and_by_its_exit_code(sink):
    def said():
        return subprocess.run(
            [sys.executable, "manage.py", "health"],
            cwd=ROOT,
            env=environment(SECRET_KEY="x", DATABASE_URL=database_url()),
            capture_output=True,
            text=True,
            check=False,
        )

    failed = said()
    assert failed.returncode == 1
    assert failed.stderr == ""
    lines = failed.stdout.splitlines()
    assert [line.split()[0] for line in lines] == NAMES
    assert lines[0] == "database   ok     The database answers."
    assert lines[2].startswith("worker     FAILED No worker is at work")

    Worker.objects.beat("one")
    well = said()
    assert (well.returncode, well.stdout.count(" ok ")) == (0, len(NAMES) - 2)
