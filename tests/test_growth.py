"""What the program keeps is bounded, or grows with what people write, and a page says which."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from advocacy.bundle import building, made
from advocacy.models import (
    Attempt,
    NetworkUse,
    StepDone,
    Worker,
    attempts,
    follower_queryset,
    followers,
    once,
    refusals,
    reports,
    sign_ins,
    standstill,
)
from advocacy.public.share import drawing
from advocacy.transfer import kept
from advocacy.upkeep import tasks
from advocacy.web import static_files
from tests.dossier import few_rows
from tests.factories import make_issue, make_step
from tests.running import ROOT

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=400)


def table_of_growth():
    """{what grows: its bound} on the page of operations."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.split("## Logs, and what grows")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| (?!what|---)(.+?) \| (.+) \|$", section, flags=re.M))


def test_whatever_the_program_deletes_stands_on_the_page_of_operations():
    assert set(tasks.purge()) - set(table_of_growth()) == set()


def test_the_days_on_the_page_of_operations_are_those_of_the_program():
    days = {
        "sign-ups": followers.CONFIRM_WITHIN,
        "followers who left": follower_queryset.KEEP_HASH,
        "addresses refused for good": follower_queryset.KEEP_BOUNCED,
        "counts of refused mail": refusals.KEEP_REFUSALS,
        "closed reports": reports.KEEP_CLOSED,
        "sign-ins": sign_ins.KEPT,
        "attempts at accounts": attempts.DAY,
        "keys of forms": once.KEEP_KEYS,
        "finished tasks": tasks.KEEP_RESULTS,
        "calls to staff": standstill.KEEP_CALLS,
        "workers": tasks.KEEP_RESULTS,
        "pictures of shared links": timedelta(seconds=drawing.KEEP),
        "files of imports": timedelta(seconds=kept.KEEP),
        "static files": timedelta(seconds=static_files.KEEP_OLD),
    }
    said = table_of_growth()

    for name, bound in days.items():
        assert re.search(r"\b(\d+) days?\b", said[name])[1] == str(bound.days), name


def test_results_of_tasks_go_after_seven_days(queue):
    """Whether they ended well or not; one that waits is not deleted, however old."""
    for state in ("SUCCESSFUL", "FAILED", "READY"):
        key = tasks.check_standing.enqueue().id
        DBTaskResult.objects.filter(pk=key).update(status=state, enqueued_at=LONG_AGO)
    ended = DBTaskResult.objects.exclude(status="READY")
    ended.update(finished_at=timezone.now() - timedelta(days=6))
    assert tasks.purge()["finished tasks"] == 0

    ended.update(finished_at=timezone.now() - timedelta(days=8))

    assert tasks.purge()["finished tasks"] == 2
    assert [row.status for row in DBTaskResult.objects.all()] == ["READY"]


def test_counts_of_networks_go_after_a_day_and_workers_of_the_past_after_seven():
    NetworkUse.objects.allows("reports", "192.0.2.1", now=timezone.now())
    NetworkUse.objects.allows("reports", "192.0.2.1", now=timezone.now() - timedelta(days=2))
    for name in ("one", "two"):
        Worker.objects.beat(name)
    Worker.objects.filter(name="one").update(seen_at=LONG_AGO)

    gone = tasks.purge()

    assert gone["network counts"] == NetworkUse.objects.count() == 1
    assert [worker.name for worker in Worker.objects.all()] == ["two"]


def test_steps_that_were_done_become_a_number():
    step = make_step()
    StepDone.objects.bulk_create(StepDone(step=step) for _number in range(30))

    tasks.count_steps()

    assert not StepDone.objects.exists()
    assert step.tally.number == 30


def test_readers_leave_no_session(client):
    for address in ("/en/", "/en/follow/", "/en/actions/", "/data/", "/admin/login/"):
        client.get(address, follow=True)

    assert not Session.objects.exists()
    assert not Attempt.objects.exists()


def versions():
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_models()
        if model.__name__.startswith("Historical")
    }


def test_content_that_is_loaded_again_makes_no_versions(tmp_path):
    """As at every start after an upgrade that changed a file of it."""
    folder = few_rows(tmp_path)
    call_command("load_content", folder=folder, verbosity=0)
    before = versions()
    assert sum(before.values()) > 0

    call_command("load_content", folder=folder, verbosity=0)

    assert versions() == before


def test_one_file_of_the_record_is_kept_and_no_draft(monkeypatch):
    monkeypatch.setattr(building, "MOST_PAGES", 0)
    for number in range(3):
        make_issue(slug=f"issue-{number}")
        (made.folder() / "killed.draft").parent.mkdir(exist_ok=True)
        (made.folder() / "killed.draft").touch()
        building.make()

    names = sorted(path.suffix or path.name for path in made.folder().iterdir())
    assert names == [".json", ".zip", made.LOCK]


def test_what_strangers_ask_for_leaves_no_line_in_the_log(client, caplog):
    for address in ("/nowhere", "/en/nowhere/", "/static/nowhere", "/en/actions/?page=x"):
        client.get(address)
    client.post("/en/")
    client.post("/en/follow/", {"email": "no address"})
    client.post("/admin/login/", {"username": "ana", "password": "wrong"})

    assert [record.getMessage() for record in caplog.records] == []
