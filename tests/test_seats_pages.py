from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from advocacy.models import (
    GROUP_OF,
    ReachedBy,
    ResponseStatus,
    Salutation,
    Seat,
    TargetBody,
)
from advocacy.templatetags.letters import LONGEST_MAILTO, mailto
from tests.factories import (
    make_action,
    make_body,
    make_kind,
    make_meeting,
    make_seat,
    make_step,
    record,
    record_look,
)
from tests.pages import IN_EVERY_PAGE, options_of, text_of

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def page_of(client, country):
    return client.get(reverse("seat_country", args=[country]))


@pytest.fixture
def council():
    body = make_body(name="Security Council", abbreviation="UNSC", members_complete=True)
    action = make_action(body=body, title="Restore the panel", text="Set up a new panel.")
    record(action, ResponseStatus.BLOCKED)
    return body


@pytest.mark.one_database
@pytest.mark.thorough
def test_where_every_state_sits_each_is_offered_and_has_a_page(client):
    make_action(body=make_body(all_states_sit=True))

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
    make_body(all_states_sit=True)

    names = list(options_of(client.get(f"/{language}/seats/"), "country").values())[1:]

    assert (names[0], names[-1]) == (first, last)
    if language == "uk":
        assert names.index("Ємен") < names.index("Замбія") < names.index("Ізраїль")


def test_a_choice_leads_to_the_country_and_a_wrong_one_is_named(client):
    make_seat(country="FR", ends_on=None)

    chosen = client.get(reverse("seat_list"), {"country": "FR"})
    assert chosen["Location"] == reverse("seat_country", args=["fr"])

    wrong = client.get(reverse("seat_list"), {"country": "XX"})
    assert "This record has nothing to say of “XX”." in text_of(wrong)
    assert "Choose a country." in text_of(client.get(reverse("seat_list"), {"country": ""}))


@pytest.mark.parametrize("country", ["xx", "ps", "fra"])
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
    first_day = TODAY + timedelta(days=40)
    assert f"takes a seat there on {first_day.day} {first_day:%B %Y}." in coming
    ended = text_of(page_of(client, "pk"))
    assert "It has no seat" in ended
    assert "Restore the panel" not in ended


def test_from_a_partial_list_nobody_concludes_that_a_state_has_no_seat(client, council):
    labour = make_body(name="Labour Organization")
    make_action(body=labour)
    make_seat(body=labour, country="SO", ends_on=None)
    make_body(name="Asked nothing")
    partial = "so it does not say whether it sits there: Labour Organization"

    other = text_of(page_of(client, "ke"))
    assert "It has no seat in these bodies: Security Council These are" in other
    assert partial in other
    assert partial not in text_of(page_of(client, "so"))
    make_seat(body=council, country="DK", ends_on=None)
    assert partial in text_of(page_of(client, "dk"))
    council.members_complete = False
    council.save()
    unknown = text_of(page_of(client, "ke"))
    assert "This record lists no seat of it." in unknown
    assert "It has no seat" not in unknown
    council.members_complete = True
    council.save()
    make_seat(body=council, country="SO", ends_on=None)
    labour_page, council_page = (
        text_of(client.get(body.get_absolute_url())) for body in (labour, council)
    )
    # Nobody said that it lacks any either.
    assert "This list may lack members: a State that is not named may sit here too." in labour_page
    assert "not complete" not in labour_page
    assert "may lack members" not in council_page


def test_where_as_many_sit_as_its_rules_say_the_list_of_that_day_is_complete(client):
    rights = make_body(name="Human Rights Council", number_of_members=2)
    organ = make_body(name="Its Advisory Committee", parent=rights)
    make_action(body=rights)
    make_action(body=organ)
    make_seat(body=rights, country="SO", ends_on=None)
    make_seat(body=rights, country="DK", starts_on=date(2026, 1, 1), ends_on=None)
    may_lack, unknown = "This list may lack members", "does not say whether it sits there"

    assert "It has no seat in these bodies: Human Rights Council" in text_of(page_of(client, "ke"))
    for body in (rights, organ):
        assert may_lack not in text_of(client.get(body.get_absolute_url()))
        assert may_lack in text_of(client.get(body.get_absolute_url(), {"as_of": "2025-12-31"}))
    Seat.objects.filter(country="DK").delete()
    page = text_of(page_of(client, "ke"))
    assert unknown in page
    assert "It has no seat" not in page
    assert may_lack in text_of(client.get(rights.get_absolute_url()))


def test_the_members_of_a_subsidiary_organ_are_those_of_its_parent(client, council):
    committee = make_body(name="Sanctions Committee", parent=council)
    make_step(action=make_action(body=committee, title="List the units"), title="Tell your mission")
    make_seat(body=council, country="DK", ends_on=None)
    make_seat(body=council, country="KG", starts_on=TODAY + timedelta(days=40), ends_on=None)

    member, coming, other = (text_of(page_of(client, code)) for code in ("dk", "kg", "ke"))
    assert "It sits in 2 of the bodies" in member
    assert "List the units" in member.split("Its seats now")[1]
    assert "List the units" in coming.split("Its seats to come")[1]
    assert "List the units" not in other
    assert "It has no seat in these bodies: Security Council , Sanctions Committee" in other
    shown = text_of(client.get(committee.get_absolute_url()))
    assert "Its members are those of another body: Security Council" in shown
    assert "Denmark" in shown
    steps = text_of(client.get(reverse("my_checklist"), {"country": "DK"}))
    assert "Tell your mission" in steps
    assert "Tell your mission" not in text_of(
        client.get(reverse("my_checklist"), {"country": "JP"})
    )


def test_an_organ_has_no_seats_of_its_own_and_its_parent_has(council):
    committee = make_body(parent=council)
    with pytest.raises(ValidationError, match="list the seat there"):
        Seat(slug="s", body=committee, country="DK", capacity="elected").full_clean()

    seated = make_seat().body
    for body, parent, words in [
        (council, council, "members of its own"),
        (make_body(), committee, "members of its own"),
        (council, seated, "members of its own"),
        (seated, council, "Seats are listed here"),
    ]:
        body.parent = parent
        with pytest.raises(ValidationError, match=words):
            body.full_clean()
        body.parent = None


def test_a_country_without_a_seat_gets_the_next_best_ways(client, council):
    assembly = make_body(name="General Assembly", all_states_sit=True)
    make_action(body=assembly, title="Name the soldiers")
    expert = make_body(
        name="Rapporteur on slavery", reached_by=ReachedBy.DIRECTLY, states_sit=False
    )
    make_action(body=expert, title="Send a letter")
    make_seat(body=council, country="SO", ends_on=None)
    make_seat(body=council, country="DK", ends_on=None)

    shown = text_of(page_of(client, "ke"))

    assert "It has no seat in these bodies: Security Council These are the next best" in shown
    assert "may sit there too" not in shown
    assert "Name the soldiers" in shown
    assert "Send a letter" in shown.split("Whom anyone may write to")[1]
    region = shown.split("Who of its regional group sits there")[1]
    assert "African States" in region
    assert "Somalia" in region
    assert "Denmark" not in region


@pytest.mark.parametrize(
    ("fields", "words", "never"),
    [
        (
            {"reached_by": ReachedBy.MISSIONS, "salutation": Salutation.EXCELLENCY},
            [
                "Write to your government ",
                "To the minister responsible: The Commission Excellency, I write to my own",
                "It is yours to decide. I ask you to do it, to answer in public",
            ],
            ["To the permanent mission", "raise this there"],
        ),
        (
            {"reached_by": ReachedBy.DIRECTLY, "salutation": Salutation.OFFICE},
            ["Write to it", "To: The Commission Dear Sir or Madam, I write to you"],
            ["permanent mission (", "Write to its mission"],
        ),
        ({"reached_by": ReachedBy.DIRECTLY}, ["To: The Commission I write to you"], ["Dear"]),
        (
            {"reached_by": ReachedBy.CLOSED},
            ["It is reached by a closed procedure alone, so no letter is offered here"],
            ["permanent mission (", "To: The Commission"],
        ),
        (
            {"reached_by": ""},
            ["This record does not say how it is reached, so no letter is offered here"],
            ["permanent mission (", "To: The Commission"],
        ),
    ],
)
def test_a_letter_goes_to_whom_it_reaches_and_begins_as_the_body_says(client, fields, words, never):
    make_action(body=make_body(name="The Commission", country="KR", states_sit=False, **fields))

    shown = text_of(page_of(client, "kr"))

    assert [text for text in words if text not in shown] == []
    assert [text for text in never if text in shown] == []


def test_only_where_states_sit_there_are_members():
    court, kind = make_body(states_sit=False), make_kind("court")
    with pytest.raises(ValidationError, match="say there that they do, first"):
        Seat(slug="s", body=court, country="DK", capacity="elected").full_clean()

    for fields in ({"all_states_sit": True}, {"members_complete": True}, {"parent": make_body()}):
        with pytest.raises(ValidationError, match="Only a body in which States sit"):
            TargetBody(
                slug="c",
                name="C",
                abbreviation="C",
                kind=kind,
                role="r",
                mandate="m",
                **fields,
            ).full_clean()
    seated = make_seat().body
    seated.states_sit = False
    with pytest.raises(ValidationError, match="so States sit in it"):
        seated.full_clean()


def test_a_country_without_seats_leads_to_its_own_bodies_with_a_letter_to_each(client):
    directly = {"country": "DE", "reached_by": ReachedBy.DIRECTLY, "states_sit": False}
    house = make_body(name="Bundestag", salutation=Salutation.PARLIAMENT, **directly)
    firm = make_body(name="Stahl AG", salutation=Salutation.BOARD, **directly)
    make_body(name="Landtag", **directly)
    make_body(name="Kyiv Bank", **directly | {"country": "UA"})
    make_action(body=house, title="Hold a hearing")
    make_action(body=firm, title="Stop the trade")

    page = page_of(client, "de")
    shown = text_of(page)

    for words in [
        "These are the asks to its own bodies, with a letter to each that takes one.",
        "Asks to bodies of this country itself",
        "To: Bundestag Dear members of parliament, I write to you about an ask in a public record."
        " On 16 December 2024 you were asked:",
        "To: Stahl AG Dear members of the board, I write to you",
        "I ask you to answer it in public",
        "Landtag Nothing in this record is asked of it at the moment.",
    ]:
        assert words in shown, words
    never = [
        "mission",
        "seat",
        "Western European",
        "next best ways",
        "Kyiv Bank",
        "foreign ministry",
    ]
    assert [words for words in never if words in shown.partition("Show what it can do")[2]] == []
    assert "<title>Germany ·" in page.text
    assert list(options_of(client.get(reverse("seat_list")), "country")) == ["", "DE", "UA"]
    assert "which of its own bodies were asked" in text_of(client.get(reverse("seat_list")))


def test_a_body_that_anyone_may_write_to_is_written_to_itself_also_where_the_state_sits(client):
    body = make_body(name="Labour Office", reached_by=ReachedBy.DIRECTLY)
    make_action(body=body)
    make_seat(body=body, country="DK", ends_on=None)

    shown = text_of(page_of(client, "dk"))

    assert "To: Labour Office" in shown
    assert "mission" not in shown


def test_a_body_of_a_country_that_is_no_member_of_the_united_nations_has_a_page_of_it(client):
    make_action(body=make_body(name="Assembly of Kosovo", country="XK", states_sit=False))

    assert "Assembly of Kosovo" in text_of(page_of(client, "xk"))
    assert "Kosovo" in text_of(client.get(reverse("seat_list")))
    assert page_of(client, "ps").status_code == 404


@pytest.mark.parametrize("address", ["overview", "seat_list", "my_checklist", "body_list", "about"])
def test_a_record_of_no_country_has_no_menu_entry_for_one(client, address):
    make_action(body=make_body(states_sit=False, reached_by=ReachedBy.DIRECTLY))
    menu = f'<li><a href="{reverse("seat_list")}"'
    assert menu not in client.get(reverse(address)).text
    assert menu not in client.get("/en/nowhere/").text

    make_body(country="DE")

    assert menu in client.get(reverse(address)).text


def test_a_record_of_no_country_says_so_and_asks_for_none(client):
    shown = client.get(reverse("seat_list"))
    assert shown.status_code == 200
    assert "No country has a part in this record so far" in text_of(shown)
    assert "<select" not in shown.text
    assert "This record has nothing to say of it so far." in text_of(page_of(client, "de"))
    assert "My country" not in text_of(client.get(reverse("my_checklist")))
    named = text_of(client.get(reverse("my_checklist"), {"country": "DE"}))
    assert "“DE” is not known here; this filter was not applied." in named

    make_seat(country="DE", starts_on=TODAY + timedelta(days=9), ends_on=None)

    offered = options_of(client.get(reverse("my_checklist")), "country")
    assert "DE" in offered
    # A neighbour of its regional group sits there; nobody of the others does.
    assert "FR" in offered
    assert "KE" not in offered


def test_seats_that_ended_are_no_part_of_the_record_any_more(client):
    make_seat(country="DE", ends_on=TODAY - timedelta(days=1))

    assert "No country has a part" in text_of(client.get(reverse("seat_list")))


@pytest.mark.parametrize("address", ["/en/seats/DE/", "/EN/seats/De/", "/en/SEATS/DE"])
def test_a_country_in_capitals_leads_to_its_page(client, address):
    make_body(country="DE")

    answer = client.get(address, follow=True)

    assert answer.redirect_chain[-1][0] == "/en/seats/de/"
    assert answer.status_code == 200


def test_what_a_government_was_asked_itself_stands_on_its_page(client):
    make_action(body=make_body(name="Government of Korea", country="KR"), title="Receive them")

    assert "Asks to bodies of this country itself" in text_of(page_of(client, "kr"))
    assert "Receive them" not in text_of(page_of(client, "jp"))


def test_how_long_its_own_bodies_have_been_silent_is_drawn(client):
    government = make_body(name="Government of Korea", country="KR")
    for title in ("Receive them", "Tell their families"):
        record_look(make_action(body=government, title=title))

    shown = page_of(client, "kr").text
    assert shown.count('class="silence__row"') == 2
    assert "no public response found" in shown
    make_action(body=make_body(all_states_sit=True))
    assert "silence__row" not in page_of(client, "jp").text


@pytest.mark.parametrize("number", [1, 3])
def test_a_country_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        body = make_body()
        make_action(body=body)
        make_action(body=make_body(all_states_sit=True))
        make_seat(body=body, country="DK", ends_on=None)
        make_seat(body=make_body(), country="FR", ends_on=None)
        make_meeting(body=body, starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 2))

    # Seats, bodies, keys of asks, asks, seats of the region, meetings, bodies without its seat,
    # how many sit in each, offices; its votes, texts, statements and treaties, its votes and
    # statements on the asks; and, where nothing is kept, once more the countries, to choose from,
    # and whose record it is, which says where letters are dangerous.
    with django_assert_num_queries(15 + 2 + IN_EVERY_PAGE):
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
    parts = urlsplit(mailto(text, "A subject\nin two lines & more", "a@b.example"))

    assert (parts.scheme, parts.path) == ("mailto", "a@b.example")
    given = parse_qs(parts.query.replace("+", "%2B"), keep_blank_values=True, strict_parsing=True)
    assert given["subject"] == ["A subject in two lines & more"]
    assert given["body"][0].replace("\r\n", "\n") == text.replace("\r\n", "\n")


def test_too_long_a_text_is_left_out_of_the_address():
    assert "&body=" in mailto("a" * 1900, "s", "a@b.example")
    address = mailto("강" * 300, "Subject", "a@b.example")
    assert address == "mailto:a@b.example?subject=Subject"
    assert len(address) <= LONGEST_MAILTO
