from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from advocacy.mailing import tasks
from advocacy.models import (
    AskState,
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    Follow,
    ResponseStatus,
    Tell,
)
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_issue,
    make_site,
    make_user,
    record,
)

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/mailings.py")]

S = ResponseStatus
D = DeliveryState
MONDAY = date(2026, 3, 2)


def make_followed():
    """An ask whose issue and body mails name."""
    return make_action(
        issue=make_issue(title="Forced labour"),
        body=make_body(name="Labour Organization", abbreviation="ILO"),
        title="Take it up",
    )


@pytest.fixture
def action():
    return make_followed()


def make_notice(action, *, due=True, **details):
    """A recorded entry that followers are told of at once."""
    entry = record(action, details.pop("status", S.UNDER_DISCUSSION), tell=Tell.AT_ONCE, **details)
    if due:
        Edition.objects.update(send_at=timezone.now())
    return entry


def make_entry_in_week(action, *, tell=Tell.DIGEST, status=S.UNDER_DISCUSSION, **details):
    """An entry recorded on the Wednesday of the week."""
    monday = datetime.combine(MONDAY, datetime.min.time(), tzinfo=timezone.get_current_timezone())
    details = {
        "tell": tell,
        "recorded_at": monday + timedelta(days=2, hours=5),
        "checked_on": MONDAY,
        **details,
    }
    return record(action, status, **details)


def send_digest(queue):
    edition = Edition.objects.plan_digest(MONDAY)
    Edition.objects.filter(week=MONDAY).update(send_at=timezone.now())
    queue()
    return edition


def states(edition):
    return dict(Edition.objects.get(pk=edition.pk).counts())


# Who is told of what


def test_an_entry_is_told_at_once_to_who_asked_for_that(action, sink, queue):
    make_follower("everything@example.org", frequency="at_once")
    make_follower("issue@example.org", frequency="at_once", issue=action.issue)
    make_follower("body@example.org", frequency="at_once", body=action.body)
    make_follower("ask@example.org", frequency="at_once", action=action)
    make_follower("weekly@example.org", action=action)
    make_follower("other@example.org", frequency="at_once", issue=make_issue())
    make_follower("left@example.org", frequency="at_once").leave()
    make_notice(action)

    queue()

    names = ["ask", "body", "everything", "issue"]
    assert sorted(sink.addresses) == [f"{name}@example.org" for name in names]
    edition = Edition.objects.get()
    assert edition.state == EditionState.SENT
    assert states(edition) == {D.SENT: 4}


def test_who_follows_an_issue_and_its_body_gets_one_mail(action, sink, queue):
    follower = make_follower(frequency="at_once", issue=action.issue)
    Follow.objects.create(subscriber=follower, body=action.body)
    Follow.objects.create(subscriber=follower)
    make_notice(action)

    queue()
    queue()

    assert len(sink.addresses) == 1


@pytest.mark.parametrize("tell", [Tell.DIGEST, Tell.NOBODY])
def test_what_staff_do_not_tell_at_once_is_not_told_at_once(action, sink, queue, tell):
    make_follower(frequency="at_once")
    record(action, tell=tell)

    queue()

    assert sink.addresses == []
    assert not Edition.objects.exists()


def test_a_notice_waits_ten_minutes_and_can_be_cancelled_until_it_goes(action, sink, queue):
    make_follower(frequency="at_once")
    make_notice(action, due=False)
    queue()
    assert sink.addresses == []
    edition = Edition.objects.get()
    assert edition.send_at - timezone.now() > timedelta(minutes=9)

    edition.cancel(by=make_user(is_superuser=True))
    Edition.objects.update(send_at=timezone.now())
    queue()

    assert sink.addresses == []
    assert Edition.objects.get().state == EditionState.CANCELLED


def test_a_mailing_that_started_cannot_be_cancelled(action, sink, queue):
    make_notice(action)
    queue()

    with pytest.raises(ValidationError, match="has started"):
        Edition.objects.get().cancel(by=make_user(is_superuser=True))


def test_an_entry_corrected_before_it_goes_is_told_corrected(action, sink, queue):
    make_follower(frequency="at_once")
    wrong = make_notice(action, summary="On the wrong day.")
    record(
        action,
        S.UNDER_DISCUSSION,
        tell=Tell.AT_ONCE,
        corrects=wrong,
        correction_reason="The day was wrong.",
        summary="On the right day.",
    )

    queue()

    (message,) = sink.messages
    text = message.get_body(("plain",)).get_content()
    assert "On the right day." in text
    assert "On the wrong day." not in text
    assert Edition.objects.count() == 1


def test_a_correction_that_is_not_told_stops_the_notice_it_corrects(action, sink, queue):
    make_follower(frequency="at_once")
    wrong = make_notice(action)
    record(action, tell=Tell.NOBODY, corrects=wrong, correction_reason="It never happened.")

    queue()

    assert sink.addresses == []
    assert Edition.objects.get().state == EditionState.CANCELLED


def test_what_is_no_longer_public_is_not_told(action, sink, queue):
    make_follower(frequency="at_once")
    make_notice(action)
    action.state = AskState.DRAFT
    action.save()

    queue()

    assert sink.addresses == []
    assert Edition.objects.get().state == EditionState.CANCELLED


def test_the_digest_groups_the_week_by_issue_for_each_follower(action, sink, queue):
    other = make_action(issue=make_issue(title="Prisoners"), title="Visit them")
    make_site()
    make_follower("all@example.org", frequency="at_once")
    make_follower("issue@example.org", issue=action.issue)
    make_follower("nothing@example.org", issue=make_issue())
    make_entry_in_week(action)
    make_entry_in_week(other)
    make_entry_in_week(make_action(title="Not told"), tell=Tell.NOBODY)

    edition = send_digest(queue)

    told = dict(zip(sink.addresses, sink.messages, strict=True))
    assert set(told) == {"all@example.org", "issue@example.org"}
    everything = told["all@example.org"].get_body(("plain",)).get_content()
    assert everything.index("Forced labour") < everything.index("Take it up")
    assert everything.index("Prisoners") < everything.index("Visit them")
    assert "Not told" not in everything
    assert "Visit them" not in told["issue@example.org"].get_body(("plain",)).get_content()
    assert told["all@example.org"]["Subject"] == "Answerable this week: 2 changes"
    assert states(edition) == {D.SENT: 2}


def test_a_quiet_week_sends_nothing(action, sink, queue):
    make_follower()
    make_entry_in_week(action, tell=Tell.NOBODY)

    assert send_digest(queue) is None
    assert sink.addresses == []
    assert not Edition.objects.exists()


def test_what_was_told_at_once_is_not_told_again_in_the_digest(action, sink, queue):
    follower = make_follower("was-at-once@example.org", frequency="at_once")
    make_follower("weekly@example.org")
    make_entry_in_week(action, tell=Tell.AT_ONCE)
    Edition.objects.update(send_at=timezone.now())
    queue()
    assert sink.addresses == ["was-at-once@example.org"]
    follower.change(language="en", frequency="weekly")

    send_digest(queue)

    assert sink.addresses == ["was-at-once@example.org", "weekly@example.org"]


def test_a_digest_leaves_out_cancelled_notices_and_what_was_corrected(action, sink, queue):
    make_follower()
    make_entry_in_week(make_action(title="Called back"), tell=Tell.AT_ONCE)
    Edition.objects.get().cancel(by=make_user(is_superuser=True))
    wrong = make_entry_in_week(action, summary="Wrong words.")
    make_entry_in_week(
        action, corrects=wrong, correction_reason="It was wrong.", summary="Right words."
    )

    send_digest(queue)

    text = sink.messages[0].get_body(("plain",)).get_content()
    assert "Right words." in text
    assert "Wrong words." not in text
    assert "Called back" not in text


def test_the_digest_of_a_week_is_planned_once_and_on_monday_morning(action):
    make_entry_in_week(action)
    next_monday = timezone.make_aware(datetime(2026, 3, 9, 7, 59))

    tasks.plan_digest(next_monday)
    assert not Edition.objects.exists()
    for minutes in (1, 2, 60 * 24 * 3):
        tasks.plan_digest(next_monday + timedelta(minutes=minutes))

    assert Edition.objects.get().week == MONDAY


def test_the_database_allows_one_message_of_an_edition_to_a_follower(action):
    follower = make_follower(frequency="at_once")
    make_notice(action)
    edition = Edition.objects.get()
    Delivery.objects.create(edition=edition, subscriber=follower)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(edition=edition, subscriber=follower)
    assert sum(len(keys) for keys in edition.add_deliveries()) == 1
    assert Delivery.objects.count() == 1
