"""Whoever was told of an entry is told of its correction: in the same rhythm, and once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.mailing import tasks
from advocacy.models import (
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    ResponseStatus,
    Tell,
)
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_issue,
    make_user,
    record,
    translate_rest,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
D = DeliveryState
MONDAY = date(2026, 3, 2)
NEXT = MONDAY + timedelta(days=7)


@pytest.fixture
def action():
    return make_action(
        issue=make_issue(title="Forced labour"),
        body=make_body(name="Labour Organization", abbreviation="ILO"),
        title="Take it up",
    )


def in_week(monday):
    return datetime.combine(monday, datetime.min.time(), tzinfo=UTC) + timedelta(days=2, hours=5)


def tell(action, summary, *, how=Tell.AT_ONCE, corrects=None, week=None):
    details = {"recorded_at": in_week(week), "checked_on": week} if week else {}
    if corrects:
        details |= {"corrects": corrects, "correction_reason": f"Not “{corrects.summary}”."}
    return record(action, S.UNDER_DISCUSSION, tell=how, summary=summary, **details)


def correct(entry, summary, *, how=Tell.NOBODY, week=None):
    return tell(entry.action, summary, how=how, corrects=entry, week=week)


def send_notices(queue):
    Edition.objects.filter(state=EditionState.PLANNED).update(send_at=timezone.now())
    queue()


def send_digest(queue, week):
    Edition.objects.plan_digest(week)
    send_notices(queue)


def got(sink):
    """What each address was sent, oldest first: {address: [text, …]}."""
    mails = {}
    for address, message in zip(sink.addresses, sink.messages, strict=True):
        name = address.partition("@")[0]
        mails.setdefault(name, []).append(message.get_body(("plain",)).get_content())
    return mails


def summaries(sink):
    """The same as the words of the entries that each mail holds."""
    words = ["First.", "Second.", "Third.", "Fourth."]
    return {
        name: [
            [word for word in words if f"\n{word}\n" in text.replace("\r", "")] for text in texts
        ]
        for name, texts in got(sink).items()
    }


# At once


@pytest.mark.parametrize("how", [Tell.AT_ONCE, Tell.DIGEST, Tell.NOBODY])
def test_who_was_told_at_once_is_told_of_the_correction_at_once_and_once(action, sink, queue, how):
    make_follower("ana@example.org", frequency="at_once", action=action)
    make_follower("weekly@example.org", action=action)
    first = tell(action, "First.")
    send_notices(queue)

    correct(first, "Second.", how=how)
    assert Edition.objects.filter(state=EditionState.PLANNED).count() == 1  # ten minutes to cancel
    send_notices(queue)
    queue()

    assert summaries(sink) == {"ana": [["First."], ["Second."]]}
    text = got(sink)["ana"][1]
    assert "This entry corrects an earlier one: Not “First.”." in " ".join(text.split())


def test_they_are_told_whatever_they_follow_by_then(action, sink, queue):
    other = make_issue()
    moved = make_follower("moved@example.org", frequency="at_once", action=action)
    make_follower("also@example.org", frequency="at_once", action=action)
    first = tell(action, "First.")
    send_notices(queue)
    moved.change(
        language="en", frequency="at_once", shown=moved.follows.all(), add={"issue": other}
    )
    make_follower("new@example.org", frequency="at_once", action=action)

    correct(first, "Second.", how=Tell.NOBODY)
    send_notices(queue)

    assert summaries(sink) == {
        "moved": [["First."], ["Second."]],
        "also": [["First."], ["Second."]],
    }


def test_who_left_was_ended_or_never_got_it_is_not_told(action, sink, queue):
    names = ["left", "deleted", "bounced", "failed"]
    followers = {
        name: make_follower(f"{name}@example.org", frequency="at_once", action=action)
        for name in names
    }
    sink.refuse["failed@example.org"] = "552 5.2.2 full"
    first = tell(action, "First.")
    send_notices(queue)
    sink.refuse.clear()
    followers["left"].leave()
    followers["deleted"].forget()
    followers["bounced"].bounce()

    correct(first, "Second.", how=Tell.NOBODY)
    send_notices(queue)

    assert summaries(sink) == {name: [["First."]] for name in ("left", "deleted", "bounced")}


def test_a_doubtful_message_may_have_arrived_so_its_correction_is_told(action, sink, queue):
    make_follower("ana@example.org", frequency="at_once", action=action)
    first = tell(action, "First.")
    send_notices(queue)
    Delivery.objects.update(state=D.DOUBTFUL)

    correct(first, "Second.", how=Tell.NOBODY)
    send_notices(queue)

    assert summaries(sink)["ana"] == [["First."], ["Second."]]


def test_a_correction_that_nobody_is_owed_is_not_mailed(action, sink, queue):
    make_follower("ana@example.org", frequency="at_once", action=action)
    first = tell(action, "First.", how=Tell.NOBODY)

    correct(first, "Second.", how=Tell.NOBODY)
    send_notices(queue)

    assert not Edition.objects.exists()


def test_a_correction_of_a_correction_reaches_everyone_who_had_either(action, sink, queue):
    make_follower("both@example.org", frequency="at_once", action=action)
    early = make_follower("early@example.org", frequency="at_once", action=action)
    first = tell(action, "First.")
    send_notices(queue)
    second = correct(first, "Second.", how=Tell.AT_ONCE)
    late = make_follower("late@example.org", frequency="at_once", action=action)
    send_notices(queue)
    for follower in (early, late):
        follower.change(
            language="en",
            frequency="at_once",
            shown=follower.follows.all(),
            add={"issue": make_issue()},
        )

    correct(second, "Third.", how=Tell.NOBODY)
    send_notices(queue)

    assert summaries(sink) == {
        "both": [["First."], ["Second."], ["Third."]],
        "early": [["First."], ["Second."], ["Third."]],
        "late": [["Second."], ["Third."]],
    }


def test_two_corrections_before_the_mail_goes_come_to_one_mail(action, sink, queue):
    make_follower("ana@example.org", frequency="at_once", action=action)
    first = tell(action, "First.")
    send_notices(queue)

    second = correct(first, "Second.", how=Tell.AT_ONCE)
    correct(second, "Third.", how=Tell.NOBODY)
    send_notices(queue)

    assert summaries(sink) == {"ana": [["First."], ["Third."]]}


def test_whoever_has_changed_to_weekly_reads_the_correction_in_the_digest(action, sink, queue):
    follower = make_follower("ana@example.org", frequency="at_once", action=action)
    first = tell(action, "First.", week=MONDAY)
    send_notices(queue)
    follower.change(
        language="en", frequency="weekly", shown=follower.follows.all(), add={"issue": make_issue()}
    )

    correct(first, "Second.", how=Tell.NOBODY, week=NEXT)
    send_notices(queue)
    assert summaries(sink) == {"ana": [["First."]]}
    send_digest(queue, NEXT)

    assert summaries(sink) == {"ana": [["First."], ["Second."]]}


def test_the_rest_of_a_running_mailing_does_not_get_what_was_corrected(action, sink, queue):
    for n in range(6):
        make_follower(f"f{n}@example.org", frequency="at_once", action=action)
    first = tell(action, "First.")
    edition = Edition.objects.get()
    edition.start()
    (keys,) = edition.add_deliveries()
    tasks.hand_out(edition.pk, keys[:2])
    queue()
    assert len(sink.addresses) == 2

    correct(first, "Second.", how=Tell.NOBODY)
    assert Delivery.objects.claim(keys[2:], worker="another") == []
    tasks.hand_out(edition.pk, keys[2:])
    send_notices(queue)

    assert summaries(sink) == {f"f{n}": [["First."], ["Second."]] for n in (0, 1)}
    assert dict(edition.counts()) == {D.SENT: 2, D.DROPPED: 4}
    edition.refresh_from_db()
    assert edition.state == EditionState.SENT


def test_a_paused_mailing_that_was_corrected_tells_the_rest_nothing_wrong(action, sink, queue):
    addresses = [f"f{n:02}@example.org" for n in range(16)]
    for address in addresses:
        make_follower(address, frequency="at_once", action=action)
    sink.refuse = dict.fromkeys(addresses[2:], "554 5.7.1 blocked")
    first = tell(action, "First.")
    send_notices(queue)
    assert Edition.objects.get().state == EditionState.PAUSED
    sink.refuse.clear()

    correct(first, "Second.", how=Tell.AT_ONCE)
    Edition.objects.paused().get().resume(by=make_user(is_superuser=True))
    tasks.go_on.enqueue(Edition.objects.earliest("pk").pk)
    send_notices(queue)

    told = summaries(sink)
    assert told["f00"] == told["f01"] == [["First."], ["Second."]]
    assert [told[f"f{n:02}"] for n in range(2, 16)] == [[["Second."]]] * 14


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This entry corrects an earlier one:"),
        ("uk", "Цей запис виправляє попередній:"),
        ("ko", "이 항목은 앞선 항목을 바로잡습니다:"),
    ],
)
def test_a_correction_is_told_in_the_language_of_the_follower(action, sink, queue, language, words):
    make_follower("ana@example.org", frequency="at_once", action=action, language=language)
    first = tell(action, "First.")
    send_notices(queue)

    correct(first, "Second.", how=Tell.NOBODY)
    if language != "en":
        translate_rest(language)
    send_notices(queue)

    assert words in got(sink)["ana"][1]


# In the digest


@pytest.mark.parametrize("how", [Tell.DIGEST, Tell.NOBODY])
def test_who_read_it_in_the_digest_reads_the_correction_in_the_next(action, sink, queue, how):
    make_follower("ana@example.org", action=action)
    moved = make_follower("moved@example.org", action=action)
    gone = make_follower("gone@example.org", action=action)
    make_follower("other@example.org", issue=make_issue())
    first = tell(action, "First.", how=Tell.DIGEST, week=MONDAY)
    send_digest(queue, MONDAY)
    moved.change(
        language="en", frequency="weekly", shown=moved.follows.all(), add={"issue": make_issue()}
    )
    gone.leave()
    make_follower("new@example.org", action=action)

    correct(first, "Second.", how=how, week=NEXT)
    send_notices(queue)
    send_digest(queue, NEXT)
    send_digest(queue, NEXT)

    expected = {
        "ana": [["First."], ["Second."]],
        "moved": [["First."], ["Second."]],
        "gone": [["First."]],
    }
    if how == Tell.DIGEST:
        expected["new"] = [["Second."]]
    assert summaries(sink) == expected


def test_a_digest_holds_the_corrected_state_alone(action, sink, queue):
    make_follower("ana@example.org", action=action)
    first = tell(action, "First.", how=Tell.DIGEST, week=MONDAY)
    second = correct(first, "Second.", how=Tell.DIGEST, week=MONDAY)
    correct(second, "Third.", how=Tell.DIGEST, week=MONDAY)

    send_digest(queue, MONDAY)

    assert summaries(sink) == {"ana": [["Third."]]}


def test_a_digest_remembers_for_each_follower_what_it_told_them(action, sink, queue):
    other = make_action()
    make_follower("ana@example.org", action=action)
    make_follower("both@example.org")
    make_follower("other@example.org", action=other)
    first = tell(action, "First.", how=Tell.DIGEST, week=MONDAY)
    tell(other, "Second.", how=Tell.DIGEST, week=MONDAY)
    send_digest(queue, MONDAY)

    correct(first, "Third.", how=Tell.NOBODY, week=NEXT)
    send_digest(queue, NEXT)

    assert summaries(sink) == {
        "ana": [["First."], ["Third."]],
        "both": [["First.", "Second."], ["Third."]],
        "other": [["Second."]],
    }


def test_what_was_corrected_at_once_is_not_in_the_digest_of_the_same_follower(action, sink, queue):
    make_follower("ana@example.org", frequency="at_once", action=action)
    make_follower("weekly@example.org", action=action)
    first = tell(action, "First.", week=MONDAY)
    send_notices(queue)
    send_digest(queue, MONDAY)

    correct(first, "Second.", how=Tell.AT_ONCE, week=NEXT)
    send_notices(queue)
    send_digest(queue, NEXT)

    assert summaries(sink) == {
        "ana": [["First."], ["Second."]],
        "weekly": [["First."], ["Second."]],
    }


def test_a_correction_of_a_correction_in_the_digest_tells_the_last_state_once(action, sink, queue):
    make_follower("ana@example.org", action=action)
    first = tell(action, "First.", how=Tell.DIGEST, week=MONDAY)
    send_digest(queue, MONDAY)

    second = correct(first, "Second.", how=Tell.NOBODY, week=NEXT)
    correct(second, "Third.", how=Tell.NOBODY, week=NEXT)
    send_digest(queue, NEXT)

    assert summaries(sink) == {"ana": [["First."], ["Third."]]}


def test_a_week_of_nothing_but_an_owed_correction_has_a_digest_and_no_other(action, sink, queue):
    make_follower("ana@example.org", action=action)
    first = tell(action, "First.", how=Tell.NOBODY, week=MONDAY)
    correct(first, "Second.", how=Tell.NOBODY, week=NEXT)

    assert Edition.objects.plan_digest(MONDAY) is None
    assert Edition.objects.plan_digest(NEXT) is None


def test_the_page_of_a_planned_correction_says_how_many_get_it(action, sink, queue, client, editor):
    make_follower("ana@example.org", frequency="at_once", action=action)
    make_follower("bo@example.org", frequency="at_once", action=action)
    first = tell(action, "First.")
    send_notices(queue)
    make_follower("new@example.org", frequency="at_once", action=action)
    correct(first, "Second.", how=Tell.NOBODY)

    edition = Edition.objects.get(state=EditionState.PLANNED)
    page = client.get(reverse("admin:advocacy_edition_change", args=[edition.pk]))

    assert "2 followers will get it." in " ".join(page.text.split())
