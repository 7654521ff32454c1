"""What people are told while something stands still: staff at the desk and by mail, visitors."""

import logging
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from advocacy.models import MailOutage, StaffCall, Worker
from advocacy.upkeep import health, tasks
from tests.factories import make_follower, make_site
from tests.pages import text_of
from tests.ports import held_port
from tests.running import ROOT, database_url, environment
from tests.staff import person
from tests.test_follow import sign_up
from tests.test_health import aged, confirmation, notice

pytestmark = pytest.mark.django_db

DESK = reverse("admin:index")
ROLES = ["Editor", "Publisher", "Administrator"]
LATE = timedelta(minutes=11)


def stuck(by=LATE):
    """Mail that a worker, which lives, does not take up."""
    Worker.objects.beat("one")
    aged(confirmation(), by)


def failed():
    return health.failing(health.look())


# The desk


@pytest.mark.parametrize("role", ROLES)
def test_the_desk_says_what_stands_still_to_those_who_operate(client, queue, role):
    client.force_login(person(role))
    stuck()

    page = client.get(DESK)

    shown = text_of(page)
    if role == "Editor":
        assert "stands still" not in shown
        return
    since = timezone.now() - LATE
    assert f"Mail waits and does not leave. Since {since:%-d %B %Y, %H:%M} UTC (11 minutes)." in (
        shown.replace("\xa0", " ")
    )
    # For eyes, for ears, and for those who jump from heading to heading.
    assert '<section class="standstill" role="alert" aria-labelledby="standstill-heading">' in (
        page.text
    )
    assert '<h2 id="standstill-heading">Something stands still</h2>' in page.text


def test_the_desk_names_everything_that_stands_still(client, editor, settings):
    settings.LEAST_FREE_DISK = 10**9

    shown = text_of(client.get(DESK))

    assert "No worker is at work: no mail leaves, and nothing else is done." in shown
    assert "The disk is nearly full: " in shown


def test_the_desk_says_nothing_of_it_while_all_is_well(client, editor, queue):
    stuck(timedelta(minutes=4))

    page = client.get(DESK)

    assert "standstill" not in page.text
    assert "alert" not in page.text


# Visitors


def answer_to(client, address, **headers):
    answer = sign_up(
        client, address, headers={"sec-fetch-site": "same-origin", **headers}, ip="192.0.2.9"
    )
    return answer if answer.status_code == 200 else client.get(answer["Location"])


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_sign_up_is_told_that_mail_is_late_whatever_its_address(client, queue, sink, headers):
    make_follower("known@example.org")
    stuck()

    known = answer_to(client, "known@example.org", **headers)
    new = answer_to(client, "new@example.org", **headers)

    assert known.content == new.content
    shown = text_of(new)
    assert "Your mail will be late" in shown
    assert "Your sign-up is kept," in shown
    assert "a mail is on its way" not in shown
    if not headers:
        assert "no-store" in new["Cache-Control"]

    # Kept it is: it goes out as soon as somebody takes it up.
    queue()
    assert sink.addresses == ["ana@example.org", "known@example.org", "new@example.org"]
    assert "a mail is on its way" in text_of(answer_to(client, "other@example.org", **headers))


def test_a_sign_up_is_promised_a_mail_while_the_queue_moves(client, queue):
    stuck(timedelta(minutes=9))
    notice(send_at=timezone.now() + timedelta(minutes=1))

    shown = text_of(answer_to(client, "new@example.org"))

    assert "a mail is on its way" in shown
    assert "late" not in shown


def test_mail_is_late_while_the_worker_is_dead_or_the_mail_server_away(client, queue):
    Worker.objects.create(name="dead", queues="mail", seen_at=timezone.now() - LATE)
    assert "Your mail will be late" in text_of(answer_to(client, "new@example.org"))

    Worker.objects.beat("one")
    assert "a mail is on its way" in text_of(answer_to(client, "new@example.org"))

    MailOutage.objects.create(pk=1, since=timezone.now() - LATE)
    assert "Your mail will be late" in text_of(answer_to(client, "new@example.org"))


# The mail to staff


@pytest.fixture
def publisher():
    make_site()
    return person("Publisher", email="olena@example.org")


def test_staff_who_operate_get_one_mail_past_the_queue(queue, sink, publisher):
    person("Administrator", email="admin@example.org")
    person("Administrator", email="")
    person("Administrator", email="gone@example.org", is_active=False)
    person("Editor", email="editor@example.org")
    stuck()

    assert health.tell_staff(failed()) == 2

    # Nobody works through the queue here: it went out by itself.
    assert sink.addresses == ["olena@example.org", "admin@example.org"]
    mail = sink.messages[0]
    assert mail["Subject"] == "Answerable: something stands still"
    assert mail["Auto-Submitted"] == "auto-generated"
    for kind in ["plain", "html"]:
        part = mail.get_body((kind,)).get_content()
        assert f"{failed()[0].what} Since " in part
        assert "http://127.0.0.1:8000/admin/" in part
        assert "once a day" in part
        assert "ana@example.org" not in part


def test_it_comes_once_a_day_while_that_lasts(queue, sink, publisher):
    stuck()
    for _ in range(3):
        health.tell_staff(failed())
    # However long ago on that day.
    StaffCall.objects.update(taken_at=timezone.now() - LATE)
    health.tell_staff(failed())
    assert len(sink.messages) == 1

    # The day after.
    yesterday = timezone.localdate() - timedelta(days=1)
    StaffCall.objects.update(day=yesterday, taken_at=timezone.now() - timedelta(days=1))
    health.tell_staff(failed())
    assert len(sink.messages) == 2

    # And not at all once it is mended.
    StaffCall.objects.all().delete()
    health.tell_staff([])
    assert len(sink.messages) == 2


@pytest.mark.django_db(transaction=True)
def test_processes_that_notice_at_once_tell_once(queue, sink, publisher):
    stuck()
    checks, ready = failed(), threading.Barrier(6)

    def notice_it():
        ready.wait()
        try:
            health.tell_staff(checks)
        finally:
            connections.close_all()

    noticing = [threading.Thread(target=notice_it) for _ in range(6)]
    for thread in noticing:
        thread.start()
    for thread in noticing:
        thread.join()

    assert sink.addresses == ["olena@example.org"]


def test_a_mail_that_cannot_go_is_an_error_in_the_log_and_tried_again(
    queue, sink, publisher, caplog
):
    stuck()
    sink.stop()
    with caplog.at_level(logging.ERROR):
        assert health.tell_staff(failed()) == 0
    assert "Something stands still (mail), and staff cannot be told" in caplog.text
    assert "olena" not in caplog.text

    sink.start()
    assert health.tell_staff(failed()) == 0  # The first process may still be at it.
    StaffCall.objects.update(taken_at=timezone.now() - LATE)
    assert health.tell_staff(failed()) == 1
    assert sink.addresses == ["olena@example.org"]


def test_it_is_an_error_in_the_log_where_nobody_can_be_told(queue, caplog):
    stuck()

    with caplog.at_level(logging.ERROR):
        health.tell_staff(failed())

    assert "Something stands still (mail), and no operator has an address." in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_worker_tells_of_a_mail_queue_that_stands_still_for_two_looks(queue, sink, publisher):
    watch = health.Watch()
    stuck()
    before = set(threading.enumerate())

    watch()
    assert set(threading.enumerate()) == before  # A restart is over by the next look.
    watch()
    for thread in set(threading.enumerate()) - before:
        thread.join()

    assert sink.addresses[:1] == ["olena@example.org"]
    assert len(sink.addresses) == 1


def timers(number, database_url, mail_url):
    """So many timers go off at once: what each program wrote, and its exit code."""
    programs = [
        subprocess.Popen(
            [sys.executable, "manage.py", "health", "--mail", "--pause", "0"],
            cwd=ROOT,
            env=environment(SECRET_KEY="x", DATABASE_URL=database_url, MAIL_URL=mail_url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(number)
    ]
    written = [program.communicate(timeout=120) for program in programs]
    return [
        (out, err, program.returncode)
        for (out, err), program in zip(written, programs, strict=True)
    ]


@pytest.mark.programs
@pytest.mark.django_db(transaction=True)
def test_a_timer_tells_of_a_dead_worker_and_three_of_them_do_it_once(sink, publisher):
    Worker.objects.create(name="dead", seen_at=timezone.now() - LATE)

    ran = timers(3, database_url(), sink.url)

    assert [code for _out, _err, code in ran] == [1, 1, 1]
    assert sorted(err for _out, err, _code in ran) == ["", "", "Staff were told.\n"]
    assert sink.addresses == ["olena@example.org"]
    assert "No worker is at work" in sink.messages[0].get_body(("plain",)).get_content()


@pytest.mark.programs
def test_without_the_database_a_timer_says_so_in_the_log_alone(sink):
    port, held = held_port()

    ((out, err, code),) = timers(1, f"postgres://u:secret@127.0.0.1:{port}/x", sink.url)
    held.close()

    assert code == 1
    assert "database   FAILED The database does not answer." in out
    assert "worker     -      Not asked, as the database does not answer." in out
    assert "Something stands still (database), and staff cannot be told: OperationalError" in err
    assert "secret" not in out + err
    assert sink.addresses == []


def test_calls_are_forgotten_after_a_month(publisher):
    StaffCall.objects.take(publisher)
    old = StaffCall.objects.take(publisher, timezone.now() - timedelta(days=31))

    assert tasks.purge()["calls to staff"] == 1
    assert not StaffCall.objects.filter(pk=old.pk).exists()
