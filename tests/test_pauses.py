"""Many like refusals in a row pause a mailing: nobody loses a message, and nobody gets two."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from advocacy.mailing import tasks
from advocacy.models import (
    LIKE_REFUSALS,
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    Refusal,
    RefusalKind,
    Subscriber,
    Tell,
)
from tests.factories import make_action, make_follower, make_user, record
from tests.pages import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_sql("models/follower_queryset.py", "models/pauses.py"),
]

D = DeliveryState
BLOCKED = "554 5.7.1 your address is on our blocklist"


def make_followers(number):
    addresses = [f"f{n:02}@example.org" for n in range(number)]
    for address in addresses:
        make_follower(address, frequency="at_once")
    return addresses


def make_notice(action=None):
    record(action or make_action(reference="X-77"), tell=Tell.AT_ONCE)
    Edition.objects.update(send_at=timezone.now())
    return Edition.objects.get()


def states():
    return dict(Edition.objects.get().counts())


def staff(*permissions, email="olena@desk.example", **fields):
    user = make_user(email=email, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def paused(sink, queue):
    """A mailing of which five messages went out, ten were refused alike and five were not tried."""
    addresses = make_followers(LIKE_REFUSALS + 10)
    sink.refuse = dict.fromkeys(addresses[5:], BLOCKED)
    make_notice()
    queue()
    return addresses


def test_ten_like_refusals_in_a_row_pause_the_mailing_and_end_nobody(paused, sink):
    edition = Edition.objects.get()

    assert edition.state == EditionState.PAUSED
    assert edition.paused_for == "RCPT 554 5.7.1"
    assert states() == {D.SENT: 5, D.FAILED: 10, D.WAITING: 5}
    assert Subscriber.objects.confirmed().count() == 20
    assert sink.addresses == paused[:5]


def test_a_paused_mailing_goes_on_where_it_stood_and_nobody_gets_two(paused, sink, queue, client):
    queue(early=True)
    queue(early=True)
    assert len(sink.addresses) == 5  # it waits for staff
    sink.refuse.clear()
    client.force_login(make_user(is_superuser=True))
    resume = reverse("admin:advocacy_edition_resume", args=[Edition.objects.get().pk])

    page = text_of(client.get(resume))
    assert "Waiting: 5. Refused with this answer, to be tried again: 10." in page
    assert Edition.objects.get().state == EditionState.PAUSED  # a GET changes nothing
    answer = client.post(resume, follow=True)
    assert "Resumed: it goes on where it stood." in text_of(answer)
    queue()
    queue(early=True)

    assert sorted(sink.addresses) == paused
    assert states() == {D.SENT: 20}
    assert Edition.objects.get().state == EditionState.SENT


def test_a_mailing_that_is_still_refused_pauses_again_and_calls_staff_again(paused, sink, queue):
    user = make_user(is_superuser=True, email="olena@desk.example")
    Edition.objects.get().resume(by=user)
    tasks.go_on.enqueue(Edition.objects.get().pk)

    queue()

    assert Edition.objects.get().state == EditionState.PAUSED
    assert states() == {D.SENT: 5, D.FAILED: 10, D.WAITING: 5}
    assert sink.addresses[5:] == ["olena@desk.example"]


def test_staff_who_may_send_mailings_get_one_mail_and_the_desk_says_so(sink, queue, client):
    staff("change_edition")
    staff("view_edition", email="looks@desk.example")
    staff("change_edition", email="")
    staff("change_edition", email="gone@desk.example", is_active=False)
    addresses = make_followers(30)
    sink.refuse = dict.fromkeys(addresses, BLOCKED)
    make_notice()

    for _again in range(4):
        queue(early=True)

    assert sink.addresses == ["olena@desk.example"]
    (message,) = sink.messages
    assert message["Subject"].startswith("A mailing is paused: X-77")
    text = message.get_body(("plain",)).get_content()
    page = reverse("admin:advocacy_edition_change", args=[Edition.objects.get().pk])
    assert f"http://127.0.0.1:8000{page}" in text
    assert "RCPT 554 5.7.1" in text
    assert "0 sent, 20 waiting, 10 failed" in text
    assert not any(address in message.as_string() for address in addresses)

    client.force_login(make_user(is_superuser=True))
    for address in (reverse("admin:index"), page):
        assert "refused over and over with the answer “RCPT 554 5.7.1”" in text_of(
            client.get(address)
        )


def test_the_call_reaches_staff_once_the_server_takes_mail_again(sink, queue):
    staff("change_edition")
    make_followers(2)
    sink.turn_away["greeting"] = "554 5.7.1 blocked"
    make_notice()
    for _again in range(4):
        queue(early=True)
    assert Edition.objects.get().state == EditionState.PAUSED

    sink.turn_away.clear()
    queue(early=True)
    queue(early=True)

    assert sink.addresses == ["olena@desk.example"]


def test_who_resumed_it_is_not_called_to_it_any_more(paused, sink, queue):
    user = staff("change_edition")
    edition = Edition.objects.get()
    edition.resume(by=make_user(is_superuser=True))
    tasks.call_staff.enqueue(edition.pk, user.pk)

    queue()

    assert "olena@desk.example" not in sink.addresses


def test_a_small_mailing_of_which_all_was_refused_alike_pauses(sink, queue):
    addresses = make_followers(4)
    sink.refuse = dict.fromkeys(addresses, BLOCKED)
    make_notice()

    queue()

    assert Edition.objects.get().state == EditionState.PAUSED
    assert Subscriber.objects.confirmed().count() == 4


def test_two_full_mailboxes_are_no_reason_to_call_anybody(sink, queue):
    sink.refuse = dict.fromkeys(make_followers(2), "552 5.2.2 full")
    make_notice()

    queue()

    assert Edition.objects.get().state == EditionState.SENT
    assert states() == {D.FAILED: 2}


@pytest.mark.parametrize("answer", ["differs", "taken"])
def test_refusals_that_differ_or_are_interrupted_do_not_pause(sink, queue, answer):
    addresses = make_followers(25)
    sink.refuse = dict.fromkeys(addresses, BLOCKED)
    for n in (8, 16, 24):
        if answer == "taken":
            del sink.refuse[addresses[n]]
        else:
            sink.refuse[addresses[n]] = "552 5.2.2 full"
    make_notice()

    queue()

    assert Edition.objects.get().state == EditionState.SENT


def test_a_row_of_refusals_goes_on_from_one_task_to_the_next(sink, queue, monkeypatch):
    monkeypatch.setattr(tasks, "MESSAGES_A_TASK", 4)
    sink.refuse = dict.fromkeys(make_followers(16), BLOCKED)
    make_notice()

    queue()

    assert Edition.objects.get().state == EditionState.PAUSED
    assert states() == {D.FAILED: 10, D.WAITING: 6}


def test_a_server_that_says_not_now_ten_times_is_left_alone_until_later(sink, queue):
    addresses = make_followers(40)
    sink.refuse = dict.fromkeys(addresses, "450 4.7.0 slow down")
    make_notice()

    queue()

    assert Delivery.objects.filter(attempts__gt=0).count() == LIKE_REFUSALS
    assert Edition.objects.get().state == EditionState.SENDING
    sink.refuse.clear()
    queue(early=True)
    assert sorted(sink.addresses) == addresses


def test_a_server_that_answers_nobody_for_two_days_pauses_the_mailing(sink, queue, monkeypatch):
    monkeypatch.setattr(tasks, "BACK_OFF", [60, 300])
    addresses = make_followers(2)
    make_notice()
    sink.stop()
    for _again in range(4):
        queue(early=True)

    edition = Edition.objects.get()
    assert (edition.state, edition.paused_for) == (EditionState.PAUSED, "no answer")
    assert states() == {D.WAITING: 2}

    sink.start()
    edition.resume(by=make_user(is_superuser=True))
    tasks.go_on.enqueue(edition.pk)
    queue()
    assert sorted(sink.addresses) == addresses


def test_mailboxes_that_do_not_exist_are_not_tried_again_by_resuming(sink, queue):
    gone = make_followers(12)
    sink.refuse = dict.fromkeys(gone[:10], "550 5.1.1 no such mailbox")
    make_notice()
    queue()
    assert Edition.objects.get().state == EditionState.PAUSED
    assert Refusal.objects.filter(kind=RefusalKind.GONE).count() == 10

    edition = Edition.objects.get()
    edition.resume(by=make_user(is_superuser=True))
    tasks.go_on.enqueue(edition.pk)
    queue()

    assert sink.addresses == gone[10:]
    assert states() == {D.SENT: 2, D.FAILED: 10}


def test_whoever_left_during_the_pause_gets_nothing(paused, sink, queue):
    refused = Delivery.objects.filter(state=D.FAILED).first().subscriber
    waiting = Delivery.objects.filter(state=D.WAITING).first().subscriber
    addresses = {follower.plain_address for follower in (refused, waiting)}
    refused.leave()
    waiting.forget()
    sink.refuse.clear()
    edition = Edition.objects.get()
    edition.resume(by=make_user(is_superuser=True))
    tasks.go_on.enqueue(edition.pk)

    queue()

    assert set(sink.addresses) == set(paused) - addresses
    assert Edition.objects.get().state == EditionState.SENT


def test_no_worker_takes_a_message_of_a_paused_mailing(paused):
    keys = list(Delivery.objects.waiting().values_list("pk", flat=True))
    assert Delivery.objects.claim(keys, worker="another") == []


def test_only_who_may_send_mailings_resumes_one_and_only_a_paused_one(paused, client):
    edition = Edition.objects.get()
    with pytest.raises(PermissionDenied):
        edition.resume(by=staff("view_edition"))
    client.force_login(staff("view_edition"))
    resume = reverse("admin:advocacy_edition_resume", args=[edition.pk])
    assert client.post(resume).status_code == 403
    assert "Resume" not in client.get(edition_page(edition)).text

    chief = make_user(is_superuser=True)
    edition.resume(by=chief)
    with pytest.raises(ValidationError, match="not paused"):
        edition.resume(by=chief)


def edition_page(edition):
    return reverse("admin:advocacy_edition_change", args=[edition.pk])


def test_the_database_knows_since_when_and_why_a_mailing_is_paused():
    edition = make_notice()
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(state=EditionState.PAUSED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(paused_at=timezone.now(), paused_for="x")
