"""One meeting as a session pack: until when to act, what is asked, who sits there, what to do."""

from datetime import date, timedelta

import pytest
import vobject
from django.urls import reverse
from django.utils import timezone, translation

from advocacy.models import Audience, ResponseStatus, country_name
from advocacy.models.dates import written_day
from tests.factories import (
    make_action,
    make_body,
    make_meeting,
    make_pack,
    make_seat,
    make_step,
    record,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
FAR = {"starts_on": date(2099, 6, 1), "ends_on": date(2099, 6, 12)}


def in_days(number):
    return TODAY + timedelta(days=number)


@pytest.fixture
def council():
    return make_body(name="Human Rights Council", abbreviation="HRC", members_complete=True)


def shown_on(client, meeting, **query):
    response = client.get(meeting.get_absolute_url(), query)
    assert response.status_code == 200
    return text_of(response)


def test_a_pack_of_a_session_has_what_its_visitor_works_with(client, council):
    ask = make_action(body=council, title="Hold a debate", slug="debate")
    record(ask, ResponseStatus.UNDER_DISCUSSION, happened_on=date(2025, 1, 5))
    make_action(title="Somebody else’s ask")
    step = make_step(action=ask, title="Draft a statement", audience=Audience.NGO, minutes=90)
    make_step(action=ask, title="For a family alone", audience=Audience.FAMILY)
    meeting = make_meeting(
        body=council,
        title="64th session",
        who_can_act="Accredited organisations",
        what_can_be_done="Sign up for the general debate.",
        act_by=date(2099, 5, 2),
        **FAR,
    )
    make_pack(title="Oral statement", meetings=[meeting])

    response = client.get(meeting.get_absolute_url())

    shown = text_of(response)
    for words in [
        "64th session",
        "Act by 2 May 2099",
        "Who can act: Accredited organisations",
        "Sign up for the general debate.",
        "Hold a debate",
        "Under discussion",
        "NGOs Draft a statement 90 minutes",
        "Oral statement",
    ]:
        assert words in shown, words
    assert "Somebody else’s ask" not in shown
    assert "For a family alone" not in shown
    assert f'href="{ask.get_absolute_url()}#step-{step.slug}"' in response.text


@pytest.mark.parametrize(
    ("fields", "words", "never"),
    [
        (
            {"act_by": in_days(-3), "starts_on": in_days(2), "ends_on": in_days(9)},
            f"The day to act by has passed: {written_day(in_days(-3))}",
            "Ask for a debate.",
        ),
        (
            {"act_by": in_days(-9), "starts_on": in_days(-9), "ends_on": in_days(-1)},
            "It is over.",
            "Ask for a debate.",
        ),
        (
            {"act_by": None, "starts_on": in_days(2), "ends_on": in_days(9)},
            "Nothing done from outside helps for this date.",
            "Act by",
        ),
        (
            {"act_by": None, "kind": "standing", "starts_on": None, "ends_on": None},
            "Open on any day",
            "iCalendar",
        ),
    ],
)
def test_what_nobody_can_do_any_more_is_said_to_be_so(client, council, fields, words, never):
    shown = shown_on(client, make_meeting(body=council, **fields))

    assert words in shown
    assert never not in shown


def test_members_stand_by_regional_group_with_who_leaves_and_who_joins(client, council):
    soon, later = in_days(30), in_days(800)
    make_seat(body=council, country="JP", starts_on=date(2020, 1, 1), ends_on=soon)
    make_seat(body=council, country="CD", starts_on=date(2020, 1, 1), ends_on=later)
    make_seat(body=council, country="CI", starts_on=in_days(31), ends_on=later)
    # Elected again: it neither leaves nor joins.
    make_seat(body=council, country="KE", starts_on=date(2020, 1, 1), ends_on=soon)
    make_seat(body=council, country="KE", starts_on=in_days(31), ends_on=later)
    make_seat(body=council, country="GA", starts_on=date(2020, 1, 1), ends_on=date(2023, 1, 1))

    now_on = {"starts_on": in_days(-1), "ends_on": in_days(5)}
    for address in (make_meeting(body=council, **now_on), council):
        shown = shown_on(client, address)
        shown = shown[shown.index("Who sits here") :]
        for words in [
            "3 members are known. 1 leaves within a year. 1 is to join.",
            f"Japan elected leaves after {written_day(soon)}",
            f"Democratic Republic of the Congo elected until {written_day(later)}",
            f"Côte d’Ivoire elected joins on {written_day(in_days(31))}",
            f"Kenya elected until {written_day(later)}",
        ]:
            assert words in shown, words
        assert shown.count("Kenya") == 1
        assert "Gabon" not in shown
        assert shown.index("African States") < shown.index("Asia-Pacific States")
        assert shown.index("Kenya") < shown.index("Asia-Pacific States") < shown.index("Japan")


def test_of_a_session_to_come_the_members_of_its_first_day_are_listed(client, council):
    council.members_complete, council.number_of_members = False, 2
    council.save()
    make_seat(body=council, country="JP", starts_on=date(2020, 1, 1), ends_on=in_days(30))
    make_seat(body=council, country="CD", starts_on=date(2020, 1, 1), ends_on=in_days(800))
    days = {"starts_on": in_days(31), "ends_on": in_days(40)}

    now, then = (
        shown[shown.index("Who sits here") :]
        for shown in (
            shown_on(client, council),
            shown_on(client, make_meeting(body=council, **days)),
        )
    )

    assert "Japan" in now
    assert "may lack members" not in now
    assert then.startswith(f"Who sits here On {written_day(in_days(31))}")
    assert "Japan" not in then
    assert "Congo" in then
    # Who follows Japan is not known yet.
    assert "may lack members" in then


def test_of_a_past_day_nothing_later_is_told(client, council):
    ask = make_action(body=council, title="Hold a debate")
    record(ask, ResponseStatus.UNDER_DISCUSSION, happened_on=date(2025, 3, 5))
    make_step(action=ask, title="Draft a statement")
    make_seat(body=council, country="JP", starts_on=date(2020, 1, 1), ends_on=in_days(30))
    make_seat(body=council, country="KE", starts_on=in_days(31), ends_on=None)
    meeting = make_meeting(body=council, title="64th session", act_by=date(2099, 5, 2), **FAR)

    shown = shown_on(client, meeting, as_of="2024-12-31")

    for words in ["64th session", "Hold a debate", "31 December 2024", "Japan"]:
        assert words in shown, words
    for words in ["2099", "Under discussion", "Kenya", "leaves after", "Draft a statement"]:
        assert words not in shown, words


def test_its_page_is_linked_from_the_calendar_the_overview_and_its_body(client, council):
    make_action(body=council, title="Hold a debate")
    meeting = make_meeting(body=council, **FAR)

    for address in (reverse("meeting_list"), reverse("overview"), council.get_absolute_url()):
        assert f'href="{meeting.get_absolute_url()}"' in client.get(address).text, address


def test_the_calendar_says_how_many_asks_and_puts_apart_what_it_is_too_late_for(client, council):
    for _ in range(2):
        make_action(body=council, title="Hold a debate")
    make_meeting(body=council, title="Usable", **FAR)
    make_meeting(body=council, title="Unusable", **FAR | {"act_by": in_days(-1)})

    shown = text_of(client.get(reverse("meeting_list")))

    assert "2 asks" in shown
    assert "Hold a debate" not in shown
    assert shown.index("Usable") < shown.index("too late to act") < shown.index("Unusable")


def test_a_file_holds_this_one_date(client, council):
    meeting = make_meeting(body=council, slug="hrc-64", title="64th session", **FAR)
    make_meeting(body=council, title="65th session", **FAR)

    response = client.get(reverse("meeting_file", args=["hrc-64"]))

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert 'filename="hrc-64.ics"' in response["Content-Disposition"]
    (event,) = vobject.readOne(response.content.decode()).contents["vevent"]
    assert event.summary.value == "HRC: 64th session"
    assert event.uid.value == "meeting-hrc-64"
    assert event.url.value == f"http://testserver{meeting.get_absolute_url()}"


def test_what_is_open_on_any_day_is_no_date_for_a_file(client):
    meeting = make_meeting(kind="standing", starts_on=None, ends_on=None)

    assert client.get(reverse("meeting_file", args=[meeting.slug])).status_code == 404
    assert client.get("/en/calendar/no-such-meeting/").status_code == 404


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("en", "CD", "Democratic Republic of the Congo"),
        ("en", "VA", "Holy See"),
        ("en", "TR", "Türkiye"),
        ("uk", "CD", "Демократична Республіка Конго"),
        ("ko", "CD", "콩고민주공화국"),
        ("ko", "ZA", "남아프리카공화국"),
        ("fr", "DK", "Danemark"),
        ("en", "DK", "Denmark"),
    ],
)
def test_states_are_called_what_the_united_nations_call_them(language, code, name):
    with translation.override(language):
        assert country_name(code) == name


@pytest.mark.parametrize("number", [1, 3])
def test_a_session_pack_takes_a_constant_number_of_queries(
    client, council, django_assert_num_queries, number
):
    meeting = make_meeting(body=council, **FAR)
    for n in range(number):
        ask = make_action(body=council)
        record(ask)
        make_step(action=ask)
        make_seat(body=council, country=["DK", "GR", "PK"][n])
        make_pack(meetings=[meeting])

    # The meeting with its body, asks, their steps, packs, seats.
    with django_assert_num_queries(5 + IN_EVERY_PAGE):
        client.get(meeting.get_absolute_url())
