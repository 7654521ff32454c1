from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.models import GROUP_OF, BodyKind, ResponseStatus
from advocacy.templatetags.advocacy import LONGEST_MAILTO, mailto
from tests.factories import make_action, make_body, make_meeting, make_seat, record
from tests.pages import options_of, text_of

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def page_of(client, country):
    return client.get(reverse("seat_country", args=[country]))


@pytest.fixture
def council():
    body = make_body(name="Security Council", abbreviation="UNSC")
    action = make_action(body=body, title="Restore the panel", text="Set up a new panel.")
    record(action, ResponseStatus.BLOCKED)
    return body


def test_every_member_of_the_united_nations_is_offered_and_has_a_page(client):
    offered = set(options_of(client.get(reverse("seat_list")), "country")) - {""}

    assert offered == set(GROUP_OF)
    assert len(offered) == 193
    for code in offered:
        assert page_of(client, code.lower()).status_code == 200, code


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [("en", "Afghanistan", "Zimbabwe"), ("uk", "Австралія", "Японія"), ("ko", "가나", "헝가리")],
)
def test_countries_are_named_and_sorted_in_each_language(client, language, first, last):
    names = list(options_of(client.get(f"/{language}/seats/"), "country").values())[1:]

    assert (names[0], names[-1]) == (first, last)
    if language == "uk":
        assert names.index("Ємен") < names.index("Замбія") < names.index("Ізраїль")


def test_a_choice_leads_to_the_country_and_a_wrong_one_is_named(client):
    chosen = client.get(reverse("seat_list"), {"country": "FR"})
    assert chosen["Location"] == reverse("seat_country", args=["fr"])

    wrong = client.get(reverse("seat_list"), {"country": "XX"})
    assert "“XX” is no member State of the United Nations." in text_of(wrong)
    assert "Choose a country." in text_of(client.get(reverse("seat_list"), {"country": ""}))


@pytest.mark.parametrize("country", ["xx", "FR", "ps", "fra"])
def test_what_is_no_member_is_not_found(client, country):
    assert page_of(client, country).status_code == 404


def test_a_seat_shows_its_term_its_asks_and_a_letter_to_the_mission(client, council):
    last_day = TODAY + timedelta(days=100)
    make_seat(body=council, country="DK", capacity="elected", ends_on=last_day)

    shown = text_of(page_of(client, "dk"))

    for words in [
        "It sits in 1 of the bodies of this record.",
        "Security Council elected",
        "Restore the panel",
        "Blocked",
        "To the permanent mission (Denmark)",
        "I write about this body: Security Council. The State that you represent has a seat there"
        f" until {last_day.day} {last_day:%B %Y}.",
        "On 16 December 2024 it was asked: Set up a new panel.",
        "The public record says: Blocked.",
        "http://testserver/en/actions/",
    ]:
        assert words in shown, words


def test_seats_to_come_are_shown_and_seats_that_ended_are_not(client, council):
    make_seat(body=council, country="KG", starts_on=TODAY + timedelta(days=40), ends_on=None)
    make_seat(body=council, country="PK", ends_on=TODAY - timedelta(days=1))

    coming = text_of(page_of(client, "kg"))
    assert "Its seats to come" in coming
    assert "Its seats now" not in coming
    ended = text_of(page_of(client, "pk"))
    assert "It has no seat" in ended
    assert "Restore the panel" not in ended


def test_a_country_without_a_seat_gets_the_next_best_ways(client, council):
    assembly = make_body(name="General Assembly", all_states_sit=True)
    make_action(body=assembly, title="Name the soldiers")
    expert = make_body(name="Rapporteur on slavery", kind=BodyKind.SPECIAL_PROCEDURE)
    make_action(body=expert, title="Send a letter")
    make_seat(body=council, country="SO", ends_on=None)
    make_seat(body=council, country="DK", ends_on=None)

    shown = text_of(page_of(client, "ke"))

    assert "It has no seat" in shown
    assert "Name the soldiers" in shown
    assert "Send a letter" in shown
    region = shown.split("Who sits there for its region")[1]
    assert "African States" in region
    assert "Somalia" in region
    assert "Denmark" not in region


def test_what_a_government_was_asked_itself_stands_on_its_page(client):
    make_action(body=make_body(name="Government of Korea", country="KR"), title="Receive them")

    assert "Asked of this State itself" in text_of(page_of(client, "kr"))
    assert "Receive them" not in text_of(page_of(client, "jp"))


@pytest.mark.parametrize("number", [1, 3])
def test_a_country_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        body = make_body()
        make_action(body=body)
        make_action(body=make_body(all_states_sit=True))
        make_seat(body=body, country="DK", ends_on=None)
        make_seat(body=make_body(), country="FR", ends_on=None)
        make_meeting(body=body, starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 2))

    with django_assert_num_queries(5):  # Seats, bodies, asks, seats of the region, meetings.
        page_of(client, "dk")


@pytest.mark.parametrize(
    "text",
    [
        "Dear Sir,\n\nYours & mine? 100% #1 +1",
        "Шановні пані та панове,\r\nдякую",
        "존경하는 대사님께\n\n감사합니다",
        "emoji 🕊 and “quotes”",
        "",
    ],
)
def test_a_mail_address_gives_back_the_same_text(text):
    parts = urlsplit(mailto(text, "A subject\nin two lines & more"))

    assert parts.scheme == "mailto"
    given = parse_qs(parts.query.replace("+", "%2B"), keep_blank_values=True, strict_parsing=True)
    assert given["subject"] == ["A subject in two lines & more"]
    assert given["body"][0].replace("\r\n", "\n") == text.replace("\r\n", "\n")


def test_too_long_a_text_is_left_out_of_the_address():
    assert "&body=" in mailto("a" * 1900, "s")
    address = mailto("강" * 300, "Subject")
    assert address == "mailto:?subject=Subject"
    assert len(address) <= LONGEST_MAILTO
