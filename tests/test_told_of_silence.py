"""Told of silence: a session ends, somebody looks and finds nothing, and followers who want to
hear of that get one mail, once.
"""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from advocacy.models import (
    CalledOff,
    Confidence,
    Delivery,
    DeliveryState,
    Edition,
    EditionKind,
    EditionState,
    Follow,
    RecommendedAction,
    ResponseStatus,
    StatusUpdate,
    Subscriber,
    asks_to_look_for,
    sessions_to_look_after,
)
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_issue,
    make_meeting,
    make_search_log,
    make_site,
    make_step,
    make_user,
    record,
    record_look,
    translate_all,
)
from tests.pages import text_of
from tests.staff import send
from tests.writers import TWO_WRITERS, meanwhile

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_sql("models/told_of_silence.py"),
]

S = ResponseStatus
TODAY = timezone.localdate()


def days_ago(number):
    return TODAY - timedelta(days=number)


@pytest.fixture
def body():
    return make_body(name="Labour Organization", abbreviation="ILO")


@pytest.fixture
def action(body):
    return make_action(
        issue=make_issue(title="Forced labour"), body=body, title="Take it up", reference="FL-01"
    )


def end_session(body, *, ended=10, began=40, **fields):
    fields = {"confidence": Confidence.CONFIRMED, "source_url": "https://example.org/s"} | fields
    return make_meeting(
        body=body,
        **{"title": "Conference of 2026", "starts_on": days_ago(began), "ends_on": days_ago(ended)}
        | fields,
    )


def listener(name="ana", **follow):
    """A follower who ticked "also when nothing happens"."""
    follower = make_follower(f"{name}@example.org", **follow)
    assert follower.change(of_silence=True)
    return follower


def send_what_waits(queue):
    Edition.objects.filter(state=EditionState.PLANNED).update(send_at=timezone.now())
    queue()


def text_in(mail):
    return mail.get_body(("plain",)).get_content()


# The way from the end of a session to one mail


def test_a_session_ends_the_desk_asks_for_a_look_and_the_look_mails_each_follower_once(
    client, editor, body, action, sink, queue
):
    make_site()
    meeting = end_session(body)
    make_meeting(
        body=body,
        title="Conference of 2027",
        starts_on=TODAY + timedelta(days=20),
        ends_on=TODAY + timedelta(days=30),
        act_by=TODAY + timedelta(days=15),
    )
    make_step(action=action, title="Write to your delegation")
    listener("ask", action=action)
    listener("at-once", body=body, frequency="at_once")
    listener("other", issue=make_issue())
    make_follower("not-ticked@example.org", action=action)
    listener("left", action=action).leave()
    desk = client.get(reverse("admin:index"))
    assert "Sessions that ended: look again 1 ILO: Conference of 2026" in text_of(desk)
    assert not Edition.objects.exists()

    address = re.search(r'href="([^"]+session=[^"]+)"', desk.text)[1].replace("&amp;", "&")
    assert "FL-01" in text_of(client.get(address))
    sent = send(
        client,
        address,
        follow=False,
        **{
            "entry-happened_on": days_ago(1).isoformat(),
            "entry-places": "NORMLEX\nilo.org",
            "entry-terms": "forced labour",
            "entry-gaps": "Closed sittings.",
        },
    )
    assert sent.status_code == 302, text_of(sent)
    edition = Edition.objects.get()
    assert (edition.kind, edition.meeting, edition.state) == ("silence", meeting, "planned")
    assert edition.send_at - timezone.now() > timedelta(minutes=59)
    desk = text_of(client.get(reverse("admin:index")))
    assert "Sessions that ended: look again" not in desk
    assert "Silence after ILO: Conference of 2026 planned" in desk
    queue()
    assert sink.addresses == []

    send_what_waits(queue)
    send_what_waits(queue)

    assert sorted(sink.addresses) == ["ask@example.org", "at-once@example.org"]
    mail = sink.messages[0]
    assert mail["Subject"] == "ILO: “Conference of 2026” has ended, and we found nothing new"
    for text in (text_in(mail), mail.get_body(("html",)).get_content()):
        for words in (
            "Somebody looked afterwards and found nothing new.",
            "FL-01 Take it up",
            "No public response found in ",
            "Where we looked on ",
            "NORMLEX",
            "ilo.org",
            "forced labour",
            "Closed sittings.",
            "Write to your delegation",
            f"/en/actions/{action.slug}/#what-you-can-do",
            "Conference of 2027",
            "Act by ",
        ):
            assert words in text
    assert text_in(mail).count("What you can do now") == 1
    # A second look at the same session tells nobody again.
    record_look(action, TODAY)
    send_what_waits(queue)
    assert len(sink.addresses) == 2
    assert Edition.objects.get().state == EditionState.SENT


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_the_mail_is_in_the_language_of_its_reader(body, action, sink, queue, language):
    make_site()
    end_session(body)
    make_step(action=action)
    record_look(action, days_ago(1))
    translate_all("uk", "ko")
    listener(action=action, language=language)

    send_what_waits(queue)

    (mail,) = sink.messages
    html = mail.get_body(("html",)).get_content()
    with translation.override(language):
        words = {"body": "ILO", "session": "Conference of 2026"}
        subject = translation.gettext("%(body)s: “%(session)s” has ended, and we found nothing new")
        assert mail["Subject"] == subject % words
        for part in (
            "Where we looked on %(searched_day)s",
            "What you can do now",
            "The next chance",
        ):
            head = translation.gettext(part).partition("%(")[0]
            assert head in html
            assert head in text_in(mail)
        assert translation.gettext("What we could not see") in text_in(mail)
    assert f'lang="{language}"' in html
    assert f"/{language}/actions/" in text_in(mail)


def test_a_follower_is_told_of_the_asks_that_they_follow_alone(body, action, sink, queue):
    other = make_action(body=body, title="Send somebody")
    end_session(body)
    listener(action=action)
    listener("both", body=body)
    for ask in (action, other):
        record_look(ask, days_ago(1))

    send_what_waits(queue)

    told = dict(zip(sink.addresses, map(text_in, sink.messages), strict=True))
    assert "Send somebody" not in told["ana@example.org"]
    assert "Take it up" in told["both@example.org"]
    assert "Send somebody" in told["both@example.org"]


@pytest.mark.parametrize("where", ["of the body", "that somebody follows", "elsewhere"])
def test_nobody_is_sent_to_write_where_that_is_dangerous(sink, queue, where):
    make_site(no_letters_in="RU")
    body = make_body(country="RU" if where == "of the body" else "")
    action = make_action(body=body)
    make_step(action=action, title="Write to the minister")
    make_step(action=action, title="Read how to stay safe", kind="read")
    end_session(body)
    follower = listener(action=action)
    if where == "that somebody follows":
        Follow.objects.create(subscriber=follower, state="RU")
    record_look(action, days_ago(1))

    send_what_waits(queue)

    (text,) = map(text_in, sink.messages)
    assert ("Write to the minister" in text) == (where == "elsewhere")
    assert ("Read how to stay safe" in text) == (where != "elsewhere")


# What passed in silence


def silent_before(action, meeting):
    return action.pk in asks_to_look_for(meeting)


@pytest.mark.parametrize(
    ("what", "is_silent"),
    [
        ("nothing", True),
        ("moved long before", True),
        ("moved in the session", False),
        ("moved after it", False),
        ("asked in the session", False),
        ("not confirmed", False),
        ("proposed", False),
        ("paused", False),
        ("in confidence", False),
        ("done", False),
        ("closed", False),
    ],
)
def test_silence_is_what_the_count_of_sessions_without_movement_calls_so(body, what, is_silent):
    asked = {"proposed": None, "asked in the session": days_ago(20)}.get(what, days_ago(300))
    confidence = Confidence.EXPECTED if what == "not confirmed" else Confidence.CONFIRMED
    meeting = end_session(body, confidence=confidence)
    action = make_action(body=body, asked_on=asked)
    moved = {"moved long before": 200, "moved in the session": 20, "moved after it": 2}
    if what in moved:
        record(action, happened_on=days_ago(moved[what]))
    if what == "done":
        record(action, S.ACTION_TAKEN, happened_on=days_ago(200))
    if what == "paused":
        action.paused_on, action.pause_reason = days_ago(50), "An election."
    if what == "closed":
        action.state, action.closed_on, action.closed_because = "withdrawn", days_ago(5), "By us."
    action.save()
    if what == "in confidence":
        body.works_in_confidence = True
        body.save()

    if what not in ("not confirmed", "paused", "in confidence", "done", "closed"):
        asks = RecommendedAction.objects.with_status().with_sessions_passed()
        passed = asks.values_list("sessions_passed", flat=True).get(pk=action.pk)
        assert passed == int(is_silent)
    looked = sessions_to_look_after().values_list("to_look", flat=True)
    assert list(looked) == [1] * is_silent
    record_look(action, days_ago(1))
    assert Edition.objects.filter(meeting=meeting).exists() == is_silent


def test_a_look_before_the_end_or_long_after_it_tells_nothing(body, action):
    end_session(body)
    record_look(action, days_ago(10))
    assert not Edition.objects.exists()

    other = make_body()
    end_session(other, ended=100, began=120)
    record_look(make_action(body=other), days_ago(1))
    assert not Edition.objects.exists()


def test_the_last_of_several_sessions_is_the_one_that_is_told(body, action):
    end_session(body, title="Earlier", ended=60, began=70)
    last = end_session(body)

    record_look(action, days_ago(1))

    assert Edition.objects.get().meeting == last


def test_a_day_by_which_an_answer_was_due_is_told_once(body, sink, queue):
    make_site()
    action = make_action(
        body=body, title="Answer us", expected_by=days_ago(5), expected_basis="promise"
    )
    listener(action=action)
    record_look(action, days_ago(1))
    record_look(action, TODAY)

    send_what_waits(queue)
    record_look(action, TODAY)
    send_what_waits(queue)

    (mail,) = sink.messages
    assert mail["Subject"] == "ILO: an answer was due, and we found nothing new"
    assert "Labour Organization was to answer by " in text_in(mail)
    assert "Overdue: an answer was due by " in text_in(mail)


@pytest.mark.parametrize("basis", ["rule", "promise", "ours"])
def test_what_we_expect_ourselves_is_no_deadline(body, basis):
    action = make_action(body=body, expected_by=days_ago(5), expected_basis=basis)

    record_look(action, days_ago(1))

    assert Edition.objects.exists() == (basis != "ours")


# Several asks of one session


def test_the_mailing_waits_for_the_other_asks_of_the_session(
    client, editor, body, action, sink, queue
):
    other = make_action(body=body, title="Send somebody")
    end_session(body)
    listener(body=body)
    record_look(action, days_ago(2))

    send_what_waits(queue)

    assert sink.addresses == []
    edition = Edition.objects.get()
    assert edition.state == EditionState.PLANNED
    assert edition.send_at > timezone.now()
    page = client.get(reverse("admin:advocacy_edition_change", args=[edition.pk]))
    assert "It waits for a look at 1 more ask" in text_of(page)

    record_look(other, days_ago(1))
    send_what_waits(queue)

    (mail,) = sink.messages
    assert "Take it up" in text_in(mail)
    assert "Send somebody" in text_in(mail)


def test_after_a_week_it_tells_what_was_looked_at(body, action, sink, queue):
    make_action(body=body, title="Send somebody")
    end_session(body)
    listener(body=body)
    record_look(action, days_ago(8), recorded_at=timezone.now() - timedelta(days=7, hours=1))

    send_what_waits(queue)

    (mail,) = sink.messages
    assert "Take it up" in text_in(mail)
    assert "Send somebody" not in text_in(mail)


# Movement, corrections, staff


def test_movement_calls_it_off_and_the_desk_says_why(client, editor, body, action, sink, queue):
    end_session(body)
    listener(action=action)
    record_look(action, days_ago(2))

    record(action, happened_on=days_ago(1))
    send_what_waits(queue)

    assert sink.addresses == []
    edition = Edition.objects.get()
    assert (edition.state, edition.called_off) == (EditionState.CANCELLED, CalledOff.MOVED)
    why = "the body moved: an entry about it was recorded"
    assert f"cancelled: {why}" in text_of(client.get(reverse("admin:index")))
    page = client.get(reverse("admin:advocacy_edition_change", args=[edition.pk]))
    assert why in text_of(page)


def test_what_moved_is_left_out_of_a_mailing_about_several(body, action, sink, queue):
    other = make_action(body=body, title="Send somebody")
    end_session(body)
    listener(body=body)
    listener("moved", action=other)
    for ask in (action, other):
        record_look(ask, days_ago(2))
    record(other, happened_on=days_ago(1))

    send_what_waits(queue)

    assert sink.addresses == ["ana@example.org"]
    assert "Send somebody" not in text_in(sink.messages[0])


def test_movement_recorded_as_it_goes_out_drops_the_rest(body, action, sink, queue):
    end_session(body)
    listener(action=action)
    record_look(action, days_ago(2))
    edition = Edition.objects.get()
    assert edition.start()
    assert [len(keys) for keys in edition.add_deliveries()] == [1]

    record(action, happened_on=days_ago(1))
    from advocacy.mailing import tasks

    tasks.go_on.enqueue(edition.pk)
    queue()

    assert sink.addresses == []
    assert [row.state for row in Delivery.objects.all()] == [DeliveryState.DROPPED]


def correct(look, *, to, **details):
    log = make_search_log(searched_on=to)
    return look.action.record_look(
        log, by=look.recorded_by, corrects=look, correction_reason="Another day.", **details
    )


def test_a_look_that_is_corrected_to_before_the_end_calls_it_off(body, action):
    end_session(body)
    look = record_look(action, days_ago(2))

    correct(look, to=days_ago(30))

    edition = Edition.objects.get()
    assert (edition.state, edition.called_off) == (EditionState.CANCELLED, CalledOff.CORRECTED)
    # Somebody looks after the end: it comes back.
    record_look(action, days_ago(1))
    assert Edition.objects.get().state == EditionState.PLANNED


def test_a_corrected_look_goes_out_corrected_and_later_its_correction_follows(
    body, action, sink, queue
):
    end_session(body)
    listener(action=action)
    look = record_look(action, days_ago(5), summary="In the wrong archive.")
    right = correct(look, to=days_ago(4), summary="In the right archive.")
    send_what_waits(queue)
    (mail,) = sink.messages
    assert "In the right archive." in text_in(mail)
    assert "wrong archive" not in text_in(mail)

    correct(right, to=days_ago(3), summary="In both archives.")
    monday = TODAY - timedelta(days=TODAY.weekday())
    Edition.objects.plan_digest(monday)
    send_what_waits(queue)

    digest = text_in(sink.messages[1])
    assert "In both archives." in digest
    assert "It goes to everyone who had the earlier one by mail." in digest
    assert len(sink.addresses) == 2


def test_what_staff_cancel_stays_cancelled(body, action, sink, queue):
    end_session(body)
    listener(action=action)
    record_look(action, days_ago(2))
    Edition.objects.get().cancel(by=make_user(is_superuser=True))

    record_look(action, days_ago(1))
    send_what_waits(queue)

    assert sink.addresses == []
    assert Edition.objects.get().state == EditionState.CANCELLED


def test_what_files_bring_in_tells_nobody(body, action):
    end_session(body)
    log = make_search_log(searched_on=days_ago(1))
    from advocacy.models import look_details

    action.enter("", by=make_user(), **look_details(log))

    assert StatusUpdate.objects.looks().exists()
    assert not Edition.objects.exists()


def test_a_look_published_by_a_second_person_tells_as_well(body, action):
    from advocacy.models import Draft, look_details

    end_session(body)
    log = make_search_log(searched_on=days_ago(1))
    details = look_details(log)
    draft = Draft.objects.write(action, "", by=make_user(is_superuser=True), **details)
    assert not Edition.objects.exists()

    draft.publish(by=make_user(is_superuser=True))

    assert Edition.objects.get().kind == EditionKind.SILENCE


def test_after_a_restore_nobody_is_told_of_a_session_that_may_have_been_told(body, action):
    end_session(body)
    Edition.objects.hold_back(timezone.now())

    record_look(action, days_ago(1))

    edition = Edition.objects.get(kind=EditionKind.SILENCE)
    assert (edition.state, edition.called_off) == (EditionState.CANCELLED, CalledOff.RESTORED)


# Never twice


def test_the_database_has_one_mailing_of_a_session_and_one_of_a_day(body, action):
    meeting = end_session(body)
    common = {"kind": EditionKind.SILENCE, "send_at": timezone.now()}
    of_day = {"action": action, "deadline": days_ago(3)}
    for what in ({"meeting": meeting}, of_day):
        Edition.objects.create(**common, **what)
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.create(**common, **what)
    for wrong in ({}, {"meeting": meeting, **of_day}, {"action": action}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.create(**common, **wrong)


@pytest.mark.parametrize("mark", [()])
def test_the_desk_asks_as_often_however_many_sessions_have_ended(client, editor, mark):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(reverse("admin:index")).status_code == 200
        return len(found)

    def more():
        body = make_body()
        end_session(body)
        make_action(body=body)

    more()
    client.get(reverse("admin:index"))
    one = queries()
    more()
    more()

    assert queries() == one
    assert sessions_to_look_after().count() == 3


# The tick


def test_the_tick_is_kept_shown_changed_and_deleted(client, sink):
    data = {"email": "ana@example.org", "subject": "everything", "frequency": "weekly"}
    data |= {"language": "en", "homepage": "", "of_silence": "on"}
    client.post(reverse("follow"), data, headers={"sec-fetch-site": "same-origin"})
    assert "Also when nothing happens" in text_in(sink.messages[0])
    path = re.search(r"http://127\.0\.0\.1:8000(/\S+)", text_in(sink.messages[0]))[1]
    assert "Also when nothing happens" in text_of(client.get(path))
    client.post(path)
    follower = Subscriber.objects.get()
    assert follower.of_silence
    assert follower.personal_data()["also_when_nothing_happens"] is True

    page = client.get(reverse("follow_token", args=[follower.token]))
    assert re.search(r'<input[^>]*name="of_silence"[^>]*checked', page.text)
    changed = client.post(
        reverse("follow_token", args=[follower.token]), {"frequency": "weekly", "language": "en"}
    )
    assert "Saved." in text_of(changed)
    assert not Subscriber.objects.get().of_silence

    follower.refresh_from_db()
    assert follower.change(of_silence=True)
    follower.leave()
    assert not Subscriber.objects.get().of_silence
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.update(of_silence=True)


def test_following_something_more_takes_the_tick_from_nobody(body):
    listener()
    make_follower(body=body)

    assert Subscriber.objects.get().of_silence


# Two at once


@pytest.mark.usefixtures("transactional_db")
class TestTwoAtOnce:
    pytestmark = TWO_WRITERS

    def test_two_looks_at_one_session_plan_one_mailing(self, body):
        end_session(body)
        asks = [make_action(body=body), make_action(body=body)]
        with transaction.atomic():
            record_look(asks[0], days_ago(1))
            other = meanwhile(lambda: record_look(asks[1], days_ago(1)))
        other.result()

        assert Edition.objects.filter(kind=EditionKind.SILENCE).count() == 1

    def test_two_workers_start_it_once_and_write_one_message_a_follower(self, body, action):
        end_session(body)
        follower = listener(action=action)
        record_look(action, days_ago(1))
        edition = Edition.objects.get()
        with transaction.atomic():
            assert edition.start()
            other = meanwhile(lambda: Edition.objects.get(pk=edition.pk).start())
        assert other.result() is False
        with transaction.atomic():
            first = list(edition.add_deliveries())
            again = meanwhile(lambda: list(Edition.objects.get(pk=edition.pk).add_deliveries()))
        again.result()

        assert [len(keys) for keys in first] == [1]
        assert [row.subscriber_id for row in Delivery.objects.all()] == [follower.pk]

    def test_movement_recorded_as_it_starts_is_not_overlooked(self, body, action):
        end_session(body)
        listener(action=action)
        record_look(action, days_ago(2))
        edition = Edition.objects.get()
        with transaction.atomic():
            record(action, happened_on=days_ago(1))
            other = meanwhile(lambda: Edition.objects.get(pk=edition.pk).start())

        assert other.result() is False
        assert Edition.objects.get().called_off == CalledOff.MOVED
