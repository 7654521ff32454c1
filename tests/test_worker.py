"""Real worker processes, on the database that the tests run on, and a real mail server."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from advocacy.models import (
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    Follow,
    Subscriber,
    Tell,
    Worker,
)
from advocacy.models.addresses import address_hash, encrypt
from advocacy.models.followers import new_public_id
from tests.factories import make_action, record
from tests.waiting import wait_until

ROOT = Path(__file__).parent.parent

pytestmark = [pytest.mark.programs, pytest.mark.django_db(transaction=True)]


def database_url():
    """The database of the tests, for another process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    secret = f":{quote(found['PASSWORD'], safe='')}" if found["PASSWORD"] else ""
    host = quote(found["HOST"], safe="") + (f":{found['PORT']}" if found["PORT"] else "")
    return f"postgres://{found['USER']}{secret}@{host}/{found['NAME']}"


def start_worker(sink, *arguments):
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", *arguments],
        cwd=ROOT,
        env=os.environ
        | {
            "ADDRESS_KEYS": ",".join(settings.ADDRESS_KEYS),
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "advocacy.settings",
            "MAIL_URL": sink.url,
        },
    )


def make_mailing(number):
    """A notice that is due, to so many followers."""
    followers = Subscriber.objects.bulk_create(
        Subscriber(
            public_id=new_public_id(),
            address=encrypt(f"f{n}@example.org"),
            address_hash=address_hash(f"f{n}@example.org"),
            language="en",
            frequency="at_once",
        )
        for n in range(number)
    )
    Follow.objects.bulk_create(Follow(subscriber=follower) for follower in followers)
    record(make_action(), tell=Tell.AT_ONCE)
    Edition.objects.update(send_at=timezone.now())


def test_a_worker_killed_in_the_middle_sends_nobody_two_mails_and_misses_nobody(sink):
    make_mailing(250)
    sink.most = 120
    killed = start_worker(sink)
    wait_until(lambda: sink.waiting)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    sink.release()
    assert Edition.objects.get().state == EditionState.SENDING
    # Half a minute later nobody has seen it any more.
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=31))

    assert start_worker(sink, "--batch").wait(timeout=120) == 0

    states = Edition.objects.get().counts()
    assert states == {DeliveryState.SENT: 249, DeliveryState.DOUBTFUL: 1}
    assert Edition.objects.get().state == EditionState.SENT
    received = Counter(sink.addresses)
    assert set(received.values()) == {1}
    doubtful = Delivery.objects.get(state=DeliveryState.DOUBTFUL).subscriber.plain_address
    assert set(received) | {doubtful} == {f"f{n}@example.org" for n in range(250)}


def test_two_workers_share_a_mailing_and_send_nothing_twice(sink):
    sink.most = 50
    workers = [start_worker(sink), start_worker(sink)]
    try:
        # It falls due while they wait for something to do.
        wait_until(lambda: Worker.objects.count() == 2)
        make_mailing(250)
        wait_until(lambda: sink.waiting == 2)
        sink.release()
        wait_until(lambda: Edition.objects.get().state == EditionState.SENT)
    finally:
        for worker in workers:
            worker.terminate()
        codes = [worker.wait(timeout=60) for worker in workers]

    assert codes == [0, 0]
    assert Counter(sink.addresses) == {f"f{n}@example.org": 1 for n in range(250)}
    assert len(set(Delivery.objects.values_list("claimed_by", flat=True))) == 2
    assert not Worker.objects.exists()


def test_a_worker_stops_with_the_process_that_started_it(sink):
    program = (
        "import os, subprocess, sys;"
        "parent = ['--parent', str(os.getpid())];"
        "subprocess.Popen([sys.executable, 'manage.py', 'worker', *parent]); sys.stdin.read()"
    )
    environment = os.environ | {
        "ADDRESS_KEYS": "y",
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "advocacy.settings",
    }
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
    )
    wait_until(lambda: Worker.objects.exists())
    parent.kill()
    parent.wait()

    wait_until(lambda: not Worker.objects.exists())
