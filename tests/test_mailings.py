from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from advocacy.mailing import tasks
from advocacy.mailing.backends import SmtpBackend
from advocacy.models import (
    AskState,
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    Follow,
    ResponseStatus,
    SignUp,
    Subscriber,
    SubscriberState,
    Tell,
    Worker,
)
from advocacy.upkeep.tasks import give_back
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_issue,
    make_source,
    make_step,
    make_user,
    record,
    record_look,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
D = DeliveryState
MONDAY = date(2026, 3, 2)


@pytest.fixture
def action():
    return make_action(
        issue=make_issue(title="Forced labour"),
        body=make_body(name="Labour Organization", abbreviation="ILO"),
        title="Take it up",
    )


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


# What is in a message


def test_a_notice_says_what_changed_on_which_evidence_and_what_to_do(action, sink, queue):
    record_look(action)
    make_step(action=action, title="Write to your delegate", minutes=5)
    make_follower(frequency="at_once")
    source = make_source(title="Minutes of the session", url="https://ilo.example/minutes")
    make_notice(
        action,
        happened_on=date(2025, 3, 3),
        summary="The committee debated it.",
        sources=[source],
        transition_reason="It was put on the agenda.",
    )

    queue()

    (message,) = sink.messages
    for part in ("plain", "html"):
        text = " ".join(message.get_body((part,)).get_content().split())
        assert (
            "Labour Organization, “Take it up”: now “Under discussion” (3 March 2025), before"
            " that “No public response found”." in text
        ), part
        for words in [
            "The committee debated it.",
            "Minutes of the session",
            "https://ilo.example/minutes",
            "Write to your delegate",
            f"http://127.0.0.1:8000{action.get_absolute_url()}#what-you-can-do",
        ]:
            assert words in text, (part, words)
    assert message["Subject"] == "ILO: Under discussion – Take it up"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["What you can do now", "Leave with one click"]),
        ("uk", ["Що ви можете зробити зараз", "Обговорюється"]),
        ("ko", ["지금 할 수 있는 일", "논의 중"]),
    ],
)
def test_a_follower_is_written_to_in_their_language(action, sink, queue, language, words):
    make_step(action=action)
    make_follower(frequency="at_once", language=language)
    make_notice(action)

    queue()

    text = sink.messages[0].get_body(("plain",)).get_content()
    assert f"http://127.0.0.1:8000/{language}/follow/" in text
    for word in words:
        assert word in text


def test_the_headers_are_those_of_a_list_that_can_be_left(action, sink, queue):
    follower = make_follower(frequency="at_once")
    make_notice(action)

    queue()

    (message,) = sink.messages
    (content,) = [content for _address, content in sink.raw]
    leave = f"http://127.0.0.1:8000/en/follow/{follower.token}/leave/"
    assert f"\r\nList-Unsubscribe: <{leave}>\r\n".encode() in content
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "Answerable <updates.127.0.0.1>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message["Message-ID"].startswith("<delivery-")
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_nothing_visitors_typed_stands_in_a_confirmation(client, sink):
    from tests.test_follow import sign_up

    sign_up(client, "Free.Money.example@example.org")

    (message,) = sink.messages
    del message["To"]
    assert "free.money" not in message.as_string().casefold()


# When something fails


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


def test_after_the_last_try_a_message_has_failed(action, sink, queue, monkeypatch):
    monkeypatch.setattr(tasks, "BACK_OFF", [60, 300])
    make_follower(frequency="at_once")
    make_notice(action)
    sink.stop()

    for _ in range(4):
        queue(early=True)

    edition = Edition.objects.get()
    assert states(edition) == {D.FAILED: 1}
    assert edition.state == EditionState.SENT


def test_an_address_refused_for_good_gets_no_more_mail(action, sink, queue):
    make_follower("gone@example.org", frequency="at_once")
    make_follower("stays@example.org", frequency="at_once")
    sink.refuse["gone@example.org"] = "550 gone@example.org does not live here"
    make_notice(action)

    queue()

    assert sink.addresses == ["stays@example.org"]
    assert states(Edition.objects.get()) == {D.SENT: 1, D.FAILED: 1}
    bounced = Subscriber.objects.get(state=SubscriberState.BOUNCED)
    assert bounced.address == ""
    assert not bounced.deliveries.exists()
    assert Delivery.objects.get(state=D.FAILED).problem == "RCPT 550"


@pytest.mark.parametrize("verb", ["forget", "leave"])
def test_who_deletes_everything_while_a_mail_is_refused_does_not_come_back(action, verb):
    follower = make_follower(frequency="at_once")
    make_notice(action)
    (keys,) = Edition.objects.get().add_deliveries()
    delivery = Delivery.objects.claim(keys[0], worker="")
    getattr(follower, verb)()
    left = list(Subscriber.objects.values())

    delivery.bounce("RCPT 550")

    assert list(Subscriber.objects.values()) == left
    assert Delivery.objects.get().problem == "RCPT 550"
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
    Delivery.objects.claim(keys[0], worker="dead")
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
    Delivery.objects.claim(keys[0], worker="alive")

    give_back()

    assert states(edition) == {D.CLAIMED: 1}
