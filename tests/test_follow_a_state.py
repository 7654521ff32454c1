"""Follow a State: told when it votes or speaks, if staff decide so, and never of the same twice."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from advocacy.mailing import tasks
from advocacy.models import (
    CalledOff,
    Edition,
    EditionKind,
    EditionState,
    Follow,
    StateNews,
    Subscriber,
    Tell,
)
from tests.decisions import decide, decide_by_vote, state
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_site,
    make_user,
    record,
    translate_all,
)
from tests.pages import text_of
from tests.test_told_of_silence import send_what_waits, text_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_sql("models/state_mailings.py"),
]

VOTES = {"KR": "yes", "UA": "abstain", "RU": "no"}


def monday_of(day):
    return day - timedelta(days=day.weekday())


def tell(row, how=Tell.AT_ONCE):
    return Edition.objects.tell_of_states(row, how, by=make_user(is_superuser=True))


def follow(name, code, *, frequency="at_once", **details):
    return make_follower(f"{name}@example.org", frequency=frequency, state=code, **details)


def vote(**said):
    body = make_body(name="Security Council", states_sit=True, all_states_sit=True)
    return decide_by_vote(VOTES, body=body, symbol="S/RES/9", title="On soldiers", **said)


def told(sink):
    return dict(zip(sink.addresses, map(text_in, sink.messages), strict=True))


# To follow


def test_a_country_has_the_form_and_whoever_signs_up_there_follows_it(client, sink):
    make_body(all_states_sit=True, states_sit=True)
    page = client.get(reverse("seat_country", args=["ua"]))
    assert "Ukraine: how it votes and what it says" in text_of(page)
    assert re.search(r'name="subject" value="state:UA"', page.text)
    assert "Also when nothing happens" not in text_of(page)

    data = {"email": "ana@example.org", "subject": "state:UA", "frequency": "at_once"}
    data |= {"language": "en", "homepage": ""}
    client.post(reverse("follow"), data, headers={"sec-fetch-site": "same-origin"})
    assert "Ukraine: how it votes and what it says" in text_in(sink.messages[0])
    path = re.search(r"http://127\.0\.0\.1:8000(/\S+)", text_in(sink.messages[0]))[1]
    assert "Ukraine: how it votes" in text_of(client.get(path))
    managed = client.get(client.post(path)["Location"])

    assert "Ukraine: how it votes and what it says" in text_of(managed)
    assert [row.state for row in Follow.objects.all()] == ["UA"]
    assert "Ukraine" in Subscriber.objects.get().personal_data()["follows"][0]["what"]


def test_the_form_offers_the_state_that_one_came_from_and_no_country_that_is_none(client):
    page = client.get(reverse("follow"), {"state": "UA"})
    assert '<option value="state:UA" selected' in page.text
    data = {"email": "ana@example.org", "frequency": "weekly", "language": "en"}
    for code in ("ZZ", "ua", "", "UAX"):
        answer = client.post(
            reverse("follow"),
            data | {"subject": f"state:{code}"},
            headers={"sec-fetch-site": "same-origin"},
        )
        assert answer.status_code == 422
        assert "This is not in the record: choose what to follow." in text_of(answer)


def test_who_follows_a_state_hears_of_nothing_else(sink, queue):
    follow("ana", "UA")
    entry = record(make_action(), tell=Tell.AT_ONCE)

    send_what_waits(queue)

    assert sink.addresses == []
    assert not Follow.objects.get().covers(entry)


def test_the_database_has_one_follow_of_a_state_and_one_subject_of_each():
    follower = follow("ana", "UA")
    for values in ({"state": "UA"}, {"state": "KR", "body": make_body()}, {"state": "ua"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Follow.objects.create(subscriber=follower, **values)


# To be told


def test_a_vote_is_told_at_once_to_followers_of_each_state_with_its_own_vote(sink, queue):
    make_site()
    follow("ua", "UA")
    follow("ru", "RU")
    both = follow("both", "KR")
    Follow.objects.create(subscriber=both, state="UA")
    follow("silent", "FR")
    follow("weekly", "UA", frequency="weekly")
    make_follower("everything@example.org", frequency="at_once")
    tell(vote())
    queue()
    assert sink.addresses == []

    send_what_waits(queue)
    send_what_waits(queue)

    mails = told(sink)
    assert sorted(mails) == ["both@example.org", "ru@example.org", "ua@example.org"]
    assert "Ukraine: abstained" in mails["ua@example.org"]
    assert "Russia: against" not in mails["ua@example.org"]
    assert "Russia: against" in mails["ru@example.org"]
    assert "South Korea: in favour" in mails["both@example.org"]
    assert "Ukraine: abstained" in mails["both@example.org"]
    assert len(sink.addresses) == 3
    words = "Security Council, 28 March 2024: “On soldiers (S/RES/9)” – adopted by vote"
    assert all(words in text for text in mails.values())
    subjects = {mail["To"]: mail["Subject"] for mail in sink.messages}
    assert subjects["ua@example.org"] == "Ukraine: its vote on S/RES/9"


def test_a_statement_is_told_to_followers_of_all_who_made_it(sink, queue):
    make_site()
    for code in ("KR", "JP", "FR"):
        follow(code.lower(), code)
    tell(state(joined=["JP"], quote="We ask for it now.", forum="9767th meeting"))

    send_what_waits(queue)

    mails = told(sink)
    assert sorted(mails) == ["jp@example.org", "kr@example.org"]
    for text in mails.values():
        assert "“We ask for it now.”" in text
        assert "Permanent Representative" in text
        assert "9767th meeting" in text
        assert "Source: Meeting record" in text


@pytest.mark.parametrize("language", ["uk", "ko"])
def test_the_mail_is_in_the_language_of_its_reader(sink, queue, language):
    make_site()
    row = vote()
    translate_all("uk", "ko")
    follow("ua", "UA", language=language)
    tell(row)

    send_what_waits(queue)

    with translation.override(language):
        abstained = translation.gettext("abstained")
        link = translation.gettext("See it in the record")
    assert abstained in text_in(sink.messages[0])
    assert link in text_in(sink.messages[0])
    assert f'lang="{language}"' in sink.messages[0].get_body(("html",)).get_content()


def test_what_is_told_in_the_week_goes_out_once_on_monday_and_not_to_who_was_told(sink, queue):
    make_site()
    follow("at-once", "UA")
    follow("weekly", "UA", frequency="weekly")
    now = tell(vote())
    later = tell(state(state="UA", quote="", quote_language="", point="It will vote."), Tell.DIGEST)
    quiet = tell(state(state="UA", point="Told to nobody."), Tell.NOBODY)
    send_what_waits(queue)
    assert sink.addresses == ["at-once@example.org"]
    monday = monday_of(timezone.localdate()) - timedelta(days=7)
    in_week = timezone.make_aware(datetime.combine(monday + timedelta(days=2), time(9)))
    StateNews.objects.filter(pk__in=[now.pk, later.pk, quiet.pk]).update(decided_at=in_week)
    morning = timezone.make_aware(datetime.combine(monday + timedelta(days=7), time(9)))

    tasks.plan_digest(morning)
    tasks.plan_digest(morning)
    send_what_waits(queue)
    send_what_waits(queue)

    first, *rest = zip(sink.addresses, map(text_in, sink.messages), strict=True)
    weekly = dict(rest)
    assert len(rest) == 2
    assert "On soldiers" in first[1]
    assert "On soldiers" not in weekly["at-once@example.org"]
    assert "It will vote." in weekly["at-once@example.org"]
    assert "On soldiers" in weekly["weekly@example.org"]
    assert all("Told to nobody." not in text for text in weekly.values())


# Corrections


def corrected(row, ballots):
    return decide_by_vote(
        ballots,
        body=row.body,
        symbol="S/RES/9",
        title="On soldiers",
        corrects=row,
        correction_reason="Misread.",
    )


def test_what_is_corrected_before_it_goes_out_goes_out_corrected(sink, queue):
    follow("ua", "UA")
    row = vote()
    tell(row)
    corrected(row, VOTES | {"UA": "yes"})

    send_what_waits(queue)
    assert sink.addresses == []
    assert Edition.objects.get(news__decision=row).called_off == CalledOff.REPLACED
    send_what_waits(queue)

    (text,) = told(sink).values()
    assert "Ukraine: in favour" in text
    assert "This corrects what we recorded before: Misread." in text


def test_whoever_was_told_is_told_of_the_correction_once(sink, queue):
    follow("ua", "UA")
    follow("ru", "RU")
    row = vote()
    tell(row)
    send_what_waits(queue)
    corrected(row, {"KR": "yes", "UA": "yes"})

    for _time in range(2):
        tasks.tell_of_corrections()
        send_what_waits(queue)

    assert sorted(sink.addresses) == ["ru@example.org"] * 2 + ["ua@example.org"] * 2
    mails = told(sink)
    assert "Ukraine: in favour" in mails["ua@example.org"]
    assert "Russia: no vote on record" in mails["ru@example.org"]


def test_that_it_never_took_place_is_told_to_nobody_who_was_not_told_that_it_did(sink, queue):
    follow("kr", "KR")
    first, second = state(quote="Said."), state(quote="Not said.")
    tell(first)
    send_what_waits(queue)
    tell(second)
    for row in (first, second):
        details = {"forum": row.forum, "quote": row.quote, "took_place": False}
        state(corrects=row, correction_reason="A hoax.", **details)

    for _time in range(3):
        tasks.tell_of_corrections()
        send_what_waits(queue)

    assert len(sink.addresses) == 2
    assert "What we recorded before never took place: A hoax." in text_in(sink.messages[1])
    assert Edition.objects.filter(state=EditionState.PLANNED).count() == 0


# Staff


def test_staff_decide_on_the_desk_who_is_told_and_can_cancel(client, editor, sink, queue):
    follow("ua", "UA")
    row = vote()
    decide(title="Without a vote")
    address = reverse("admin:advocacy_statenews_add")
    page = client.get(address)
    assert "S/RES/9" in page.text
    assert "Without a vote" not in page.text

    refused = client.post(address, {"tell": "at_once"})
    assert "Choose a decision or a statement." in text_of(refused)
    answer = client.post(address, {"decision": row.pk, "tell": "at_once"})
    assert answer.status_code == 302

    edition = Edition.objects.get()
    assert (edition.kind, edition.planned_by) == (EditionKind.STATES, editor)
    assert edition.send_at - timezone.now() > timedelta(minutes=9)
    page = text_of(client.get(reverse("admin:advocacy_edition_change", args=[edition.pk])))
    assert "1 follower will get it." in page
    preview = client.get(reverse("admin:advocacy_edition_preview", args=[edition.pk, "en"]))
    assert "Ukraine: abstained" in preview.text
    assert "planned" in text_of(client.get(reverse("admin:advocacy_statenews_changelist")))
    edition.cancel(by=editor)
    send_what_waits(queue)
    assert sink.addresses == []
    assert client.get(address).text.count("S/RES/9") == 0


def test_who_may_not_mail_decides_nothing_and_nothing_is_decided_twice(sign_in, client):
    row = vote()
    with pytest.raises(PermissionDenied):
        Edition.objects.tell_of_states(row, Tell.AT_ONCE, by=make_user())
    sign_in("Editor")
    assert client.get(reverse("admin:advocacy_statenews_add")).status_code == 403
    with pytest.raises(ValidationError, match="nobody could be told"):
        tell(decide())
    tell(row, Tell.DIGEST)
    with pytest.raises(ValidationError):
        tell(row)
    assert not Edition.objects.exists()
