"""Mailings whose server, worker or followers fail or go: nothing is lost, nothing doubled."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from advocacy.mailing import tasks
from advocacy.mailing.backends import SmtpBackend
from advocacy.models import (
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    Ended,
    RefusalKind,
    SignUp,
    Subscriber,
    SubscriberState,
    Worker,
)
from advocacy.upkeep.tasks import give_back
from tests.factories import (
    make_follower,
)
from tests.test_mailings import make_followed, make_notice, states

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/deliveries.py")]

D = DeliveryState


@pytest.fixture
def action():
    return make_followed()


def test_a_server_that_is_down_is_tried_again_until_every_follower_has_the_mail(
    action, sink, queue, caplog
):
    for number in range(3):
        make_follower(f"a{number}@example.org", frequency="at_once")
    make_notice(action)
    sink.stop()

    queue()
    edition = Edition.objects.get()
    assert states(edition) == {D.WAITING: 3}
    assert edition.state == EditionState.SENDING
    queue()
    assert "takes nothing at the moment" in caplog.text

    sink.start()
    queue(early=True)

    assert sorted(sink.addresses) == [f"a{number}@example.org" for number in range(3)]
    assert Edition.objects.get().state == EditionState.SENT


def test_after_the_last_try_what_was_refused_for_now_has_failed(action, sink, queue, monkeypatch):
    monkeypatch.setattr(tasks, "BACK_OFF", [60, 300])
    make_follower(frequency="at_once")
    make_notice(action)
    sink.refuse["ana@example.org"] = "452 4.2.2 mailbox full"

    for _ in range(4):
        queue(early=True)

    edition = Edition.objects.get()
    assert states(edition) == {D.FAILED: 1}
    assert edition.state == EditionState.SENT
    assert Subscriber.objects.get().state == SubscriberState.CONFIRMED


@pytest.mark.parametrize("verb", ["forget", "leave"])
def test_who_deletes_everything_while_a_mail_is_refused_does_not_come_back(action, verb):
    follower = make_follower(frequency="at_once")
    make_notice(action)
    (keys,) = Edition.objects.get().add_deliveries()
    (delivery,) = Delivery.objects.claim(keys, worker="")
    getattr(follower, verb)()
    left = list(Subscriber.objects.values())

    Delivery.objects.settle([Ended(delivery, D.FAILED, "RCPT 550 5.1.1", RefusalKind.GONE)])

    assert list(Subscriber.objects.values()) == left
    assert Delivery.objects.get().problem == "RCPT 550 5.1.1"
    assert Delivery.objects.get().subscriber is None


def test_a_confirmation_that_was_waiting_for_its_turn_is_not_sent_to_who_left(sink):
    follower = make_follower()
    wish = SignUp.objects.ask("ana@example.org", language="en", frequency="weekly")
    follower.forget()

    assert not wish.take_mail_slot()
    assert not SignUp.objects.exists()


@pytest.mark.parametrize("where", ["RCPT", "DATA"])
def test_a_refusal_for_now_is_tried_again(action, sink, queue, where):
    make_follower(frequency="at_once")
    make_notice(action)
    if where == "RCPT":
        sink.refuse["ana@example.org"] = "450 come back later"
    else:
        sink.answer = "451 come back later"

    queue()
    assert states(Edition.objects.get()) == {D.WAITING: 1}
    assert Delivery.objects.get().problem == f"{where} {450 if where == 'RCPT' else 451}"

    sink.refuse.clear()
    sink.answer = "250 OK"
    queue(early=True)
    assert sink.addresses == ["ana@example.org"]


def test_a_line_that_dies_during_the_hand_over_leaves_a_doubt_and_no_second_mail(
    action, sink, queue, settings
):
    settings.MAILERS = {
        "default": settings.MAILERS["default"]
        | {"OPTIONS": settings.MAILERS["default"]["OPTIONS"] | {"timeout": 0.3}}
    }
    sink.most = 0
    make_follower("a@example.org", frequency="at_once")
    make_notice(action)

    queue()
    queue(early=True)

    assert states(Edition.objects.get()) == {D.DOUBTFUL: 1}
    assert Edition.objects.get().state == EditionState.SENT


class BrokenBackend(SmtpBackend):
    """Hands a message over, and then breaks in a way that nobody foresaw."""

    def send_messages(self, messages):
        sent = super().send_messages(messages)
        if messages[0].to == ["a@example.org"]:
            raise ValueError("nobody foresaw this")
        return sent


def test_a_fault_in_the_middle_of_a_hand_over_sends_no_second_mail_and_stops_no_other(
    action, sink, queue, settings
):
    backend = f"{BrokenBackend.__module__}.{BrokenBackend.__qualname__}"
    settings.MAILERS = {"default": settings.MAILERS["default"] | {"BACKEND": backend}}
    for name in ("a", "b"):
        make_follower(f"{name}@example.org", frequency="at_once")
    make_notice(action)

    queue()
    queue(early=True)

    assert sink.addresses == ["a@example.org", "b@example.org"]
    assert states(Edition.objects.get()) == {D.DOUBTFUL: 1, D.SENT: 1}


def test_a_follower_who_left_while_the_mailing_ran_gets_nothing(action, sink, queue):
    follower = make_follower(frequency="at_once")
    make_notice(action)
    edition = Edition.objects.get()
    edition.start()
    list(edition.add_deliveries())
    follower.leave()

    tasks.prepare_edition.enqueue(edition.pk)
    tasks.send_deliveries.enqueue(edition.pk, [Delivery.objects.get().pk])
    queue()

    assert sink.addresses == []
    assert states(edition) == {D.DROPPED: 1}


def test_what_a_dead_worker_held_is_given_back_and_its_message_is_doubtful(action, sink, queue):
    for number in range(3):
        make_follower(f"a{number}@example.org", frequency="at_once")
    make_notice(action)
    edition = Edition.objects.get()
    edition.start()
    (keys,) = edition.add_deliveries()
    result = tasks.send_deliveries.enqueue(edition.pk, keys)
    DBTaskResult.objects.filter(pk=result.id).get().claim("dead")
    Delivery.objects.claim(keys[:1], worker="dead")
    Worker.objects.create(name="dead", seen_at=timezone.now() - timedelta(seconds=31))

    queue()

    assert sorted(sink.addresses) == ["a1@example.org", "a2@example.org"]
    assert states(edition) == {D.SENT: 2, D.DOUBTFUL: 1}
    assert Edition.objects.get().state == EditionState.SENT


def test_a_worker_that_lives_keeps_what_it_holds(action, sink, queue):
    make_follower(frequency="at_once")
    make_notice(action)
    edition = Edition.objects.get()
    edition.start()
    (keys,) = edition.add_deliveries()
    Worker.objects.beat("alive")
    Delivery.objects.claim(keys[:1], worker="alive")

    give_back()

    assert states(edition) == {D.CLAIMED: 1}
