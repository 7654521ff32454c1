"""An ending by refusals is undone within thirty days; leaving is at once and for good."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from advocacy.mailing import tasks as mailing
from advocacy.models import (
    Delivery,
    DeliveryState,
    Edition,
    Refusal,
    RefusalKind,
    SignUp,
    Subscriber,
    SubscriberState,
    Tell,
)
from advocacy.upkeep import tasks
from tests.factories import make_action, make_follower, make_issue, make_user, record
from tests.pages import text_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:advocacy_subscriber_changelist")
SINCE = reverse("admin:advocacy_subscriber_take_back")
S = SubscriberState


def make_bounced(address="ana@example.org", *, days=0, **subject):
    follower = make_follower(address, language="uk", frequency="at_once", **subject)
    for day in (2, 1, 0):
        follower.note_refusal(
            RefusalKind.GONE, "RCPT 550 5.1.1", timezone.localdate() - timedelta(days=day)
        )
    Subscriber.objects.filter(pk=follower.pk).update(ended_at=timezone.now() - timedelta(days=days))
    follower.refresh_from_db()
    assert follower.state == S.BOUNCED
    return follower


def whole(follower):
    names = ["public_id", "language", "frequency", "confirmed_at", "state", "ended_at"]
    row = Subscriber.objects.get(pk=follower.pk)
    subjects = [str(follow.subject) for follow in row.follows.all()]
    return [getattr(row, name) for name in names] + [row.plain_address, subjects]


def test_an_ending_by_refusals_is_undone_as_if_it_had_not_been():
    issue = make_issue()
    follower = make_follower(language="uk", frequency="at_once", issue=issue)
    before = whole(follower)
    for day in (2, 1, 0):
        follower.note_refusal(
            RefusalKind.GONE, "RCPT 550 5.1.1", timezone.localdate() - timedelta(days=day)
        )
    assert whole(follower) != before

    back = Subscriber.objects.all().take_back(by=make_user(is_superuser=True))

    assert back == [follower]
    assert whole(follower) == before
    # One more refusal is the first again, not the fourth.
    follower.note_refusal(RefusalKind.GONE, "RCPT 550 5.1.1")
    assert Subscriber.objects.get().state == S.CONFIRMED


def test_after_thirty_days_only_the_hash_is_left():
    day_29 = make_bounced("a@example.org", days=29)
    day_31 = make_bounced("b@example.org", days=31)
    record(make_action(), tell=Tell.AT_ONCE)
    Delivery.objects.create(edition=Edition.objects.get(), subscriber=day_31)

    assert tasks.purge()["addresses refused for good"] == 1

    assert whole(day_29)[-2] == "a@example.org"
    row = Subscriber.objects.get(pk=day_31.pk)
    assert (row.address, row.language, row.frequency, row.state) == ("", "", "", S.BOUNCED)
    assert row.public_id != day_31.public_id
    assert row.ended_at == day_31.ended_at
    assert not row.follows.exists()
    assert not row.refusals.exists()
    assert Delivery.objects.get().subscriber is None
    assert Subscriber.objects.all().take_back(by=make_user(is_superuser=True)) == [day_29]


@pytest.mark.parametrize("name", ["follow_leave", "follow_delete"])
def test_whoever_leaves_after_being_ended_is_gone_at_once(client, name):
    follower = make_bounced()

    client.post(reverse(name, args=[follower.token]))

    assert not Subscriber.objects.exclude(address="").exists()
    assert not Refusal.objects.exists()
    assert not follower.follows.exists()
    if name == "follow_leave":
        assert Subscriber.objects.get().state == S.LEFT
    assert Subscriber.objects.all().take_back(by=make_user(is_superuser=True)) == []


def test_one_who_was_ended_gets_no_mail_and_changes_nothing_by_an_old_link(client, sink, queue):
    follower = make_bounced()
    record(make_action(), tell=Tell.AT_ONCE)
    Edition.objects.update(send_at=timezone.now())
    queue()
    assert sink.addresses == []

    assert client.get(reverse("follow_token", args=[follower.token])).status_code == 404
    data = {"frequency": "weekly", "language": "en"}
    assert client.post(reverse("follow_token", args=[follower.token]), data).status_code == 404
    assert Subscriber.objects.get().frequency == "at_once"


def test_one_who_is_ended_between_two_messages_of_a_mailing_gets_no_more(sink, queue):
    follower = make_follower(frequency="at_once")
    record(make_action(), tell=Tell.AT_ONCE)
    edition = Edition.objects.get()
    edition.start()
    list(edition.add_deliveries())
    follower.bounce()

    mailing.go_on.enqueue(edition.pk)
    queue()

    assert sink.addresses == []
    assert Delivery.objects.get().state == DeliveryState.DROPPED


def test_confirming_again_brings_back_what_was_followed_and_forgets_the_refusals():
    issue = make_issue()
    make_bounced(issue=issue)

    follower = SignUp.objects.ask("ana@example.org", language="ko", frequency="weekly").confirm()

    assert follower.state == S.CONFIRMED
    assert {str(f.subject) for f in follower.follows.all()} == {
        str(issue),
        "Everything in this record",
    }
    assert not Refusal.objects.exists()


def test_a_pending_sign_up_outlives_the_ending_by_refusals():
    SignUp.objects.ask("ana@example.org", language="en", frequency="weekly")
    make_bounced()
    assert SignUp.objects.exists()


def test_the_database_keeps_no_address_of_those_who_left_nor_half_of_one_who_bounced():
    follower = make_bounced()
    for change in (
        {"state": S.LEFT},
        {"address": ""},
        {"language": ""},
        {"ended_at": None},
        {"state": S.CONFIRMED},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Subscriber.objects.filter(pk=follower.pk).update(**change)


def test_the_database_counts_a_day_once():
    follower = make_follower()
    values = {"subscriber": follower, "kind": "gone", "day": timezone.localdate(), "code": "x"}
    Refusal.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refusal.objects.create(**values)


def test_refusals_are_among_what_is_held_and_go_after_sixty_days():
    follower = make_follower()
    follower.note_refusal(RefusalKind.OTHER, "RCPT 552 5.2.2")
    assert follower.personal_data()["refused_mails"] == [
        {"day": timezone.localdate().isoformat(), "code": "RCPT 552 5.2.2", "times": 1}
    ]

    Refusal.objects.update(day=timezone.localdate() - timedelta(days=61))
    assert tasks.purge()["counts of refused mail"] == 1


# In the admin


def sign_in(client, *permissions):
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return user


def test_staff_see_why_a_follower_was_ended_and_take_back_chosen_ones(client):
    user = sign_in(client, "view_subscriber", "take_back_subscriber")
    chosen, other = make_bounced("a@example.org"), make_bounced("b@example.org")
    page = text_of(client.get(reverse("admin:advocacy_subscriber_change", args=[chosen.pk])))
    assert "no such mailbox (RCPT 550 5.1.1), 1×" in page
    assert "kept for thirty days" in page
    assert "a@example.org" not in page

    data = {"action": "take_back", "_selected_action": [chosen.pk]}
    answer = client.post(LIST, data, follow=True)

    assert "1 follower was taken back." in text_of(answer)
    assert Subscriber.objects.get(pk=chosen.pk).state == S.CONFIRMED
    assert Subscriber.objects.get(pk=other.pk).state == S.BOUNCED
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (user, str(chosen.pk))
    assert "example.org" not in entry.object_repr + entry.get_change_message()


def test_staff_take_back_all_who_were_ended_since_a_day(client):
    sign_in(client, "view_subscriber", "take_back_subscriber")
    afternoon = [make_bounced(f"f{n}@example.org", days=1) for n in range(3)]
    earlier = make_bounced("earlier@example.org", days=10)
    left = make_follower("left@example.org")
    left.leave()
    since = (timezone.localdate() - timedelta(days=2)).isoformat()

    page = client.get(SINCE, {"since": since})
    assert "3 followers would be taken back." in text_of(page)
    assert Subscriber.objects.confirmed().count() == 0  # a GET changes nothing
    answer = client.post(SINCE, {"since": since}, follow=True)

    assert "3 followers were taken back." in text_of(answer)
    assert set(Subscriber.objects.confirmed()) == set(afternoon)
    assert Subscriber.objects.get(pk=earlier.pk).state == S.BOUNCED
    assert LogEntry.objects.count() == 3


def test_a_day_that_is_none_is_named_and_nobody_is_taken_back(client):
    sign_in(client, "view_subscriber", "take_back_subscriber")
    make_bounced()

    assert "Enter a valid date." in text_of(client.post(SINCE, {"since": "yesterday"}))
    assert Subscriber.objects.get().state == S.BOUNCED


def test_taking_back_is_a_permission(client):
    follower = make_bounced()
    user = sign_in(client, "view_subscriber")

    with pytest.raises(PermissionDenied):
        Subscriber.objects.all().take_back(by=user)
    assert "Take back" not in client.get(LIST).text
    assert client.get(SINCE).status_code == 403
    assert client.post(SINCE, {"since": "2026-01-01"}).status_code == 403
    client.post(LIST, {"action": "take_back", "_selected_action": [follower.pk]})
    assert Subscriber.objects.get().state == S.BOUNCED


def test_an_address_of_one_who_was_ended_is_neither_shown_nor_exported(client, editor):
    follower = make_bounced()

    page = client.get(reverse("admin:advocacy_subscriber_change", args=[follower.pk]))
    assert "Show the address" not in page.text
    reveal = reverse("admin:advocacy_subscriber_reveal", args=[follower.pk])
    assert client.post(reveal).status_code == 404
    chosen = {"action": "export_addresses", "_selected_action": [follower.pk]}
    data = chosen | {"confirm": "1"}
    assert "None of these has an address." in text_of(client.post(LIST, data, follow=True))
