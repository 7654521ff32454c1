"""Real worker processes, on the database that the tests run on, and a real mail server."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from advocacy.mailing.claims import AT_ONCE
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
from tests.running import ROOT, database_url, start_worker
from tests.waiting import wait_until

pytestmark = [pytest.mark.programs, pytest.mark.django_db(transaction=True)]


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
    killed = start_worker(sink, "--queue", "mail")
    wait_until(lambda: sink.waiting)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    sink.release()
    assert Edition.objects.get().state == EditionState.SENDING
    # Half a minute later nobody has seen it any more.
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=31))

    assert start_worker(sink, "--batch").wait(timeout=120) == 0

    states = Edition.objects.get().counts()
    doubtful = Delivery.objects.filter(state=DeliveryState.DOUBTFUL)
    assert 1 <= len(doubtful) <= AT_ONCE == 10
    assert states == {
        DeliveryState.SENT: 250 - len(doubtful),
        DeliveryState.DOUBTFUL: len(doubtful),
    }
    assert Edition.objects.get().state == EditionState.SENT
    received = Counter(sink.addresses)
    assert set(received.values()) == {1}
    addresses = {delivery.subscriber.plain_address for delivery in doubtful}
    assert set(received) | addresses == {f"f{n}@example.org" for n in range(250)}


def test_a_worker_that_is_told_to_stop_ends_after_the_message_in_hand(sink):
    make_mailing(60)
    sink.most = 25
    worker = start_worker(sink, "--queue", "mail")
    wait_until(lambda: sink.waiting)
    claimed = Delivery.objects.filter(state=DeliveryState.CLAIMED)
    assert 1 < claimed.count() <= AT_ONCE
    worker.terminate()
    # It is told while it waits for the answer to the 26th.
    time.sleep(1)
    sink.release()

    assert worker.wait(timeout=30) == 0
    assert len(sink.addresses) == 26
    assert Edition.objects.get().counts() == {DeliveryState.SENT: 26, DeliveryState.WAITING: 34}
    assert not Delivery.objects.waiting().filter(attempts__gt=0).exists()

    assert start_worker(sink, "--batch").wait(timeout=60) == 0
    assert Counter(sink.addresses) == {f"f{n}@example.org": 1 for n in range(60)}
    assert Edition.objects.get().counts() == {DeliveryState.SENT: 60}


def test_two_workers_share_a_mailing_and_send_nothing_twice(sink):
    sink.most = 50
    workers = [start_worker(sink, "--queue", "mail") for _ in range(2)]
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
