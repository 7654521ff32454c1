"""Every letter arrives: with an address somebody saw, or with two honest steps; never a guess."""

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from advocacy.models import (
    ContactKind,
    ContactPlace,
    ContactPoint,
    OpenTo,
    ReachedBy,
    Seat,
    SeenAs,
)
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_meeting,
    make_pack,
    make_seat,
    make_site,
    make_step,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

STEPS = ("Find the address:", "Copy the letter")


@pytest.fixture
def council():
    council = make_body(name="Security Council", abbreviation="UNSC", members_complete=True)
    # The record knows its country, and those of its regional group.
    make_seat(body=council, country="DK", ends_on=None)
    return council


@pytest.fixture
def action(council):
    return make_action(body=council, title="Restore the panel", slug="panel")


@pytest.fixture
def editor():
    return User.objects.create_superuser("editor", "editor@record.example", "x")


def mission_step(action, **fields):
    wording = "Dear Ambassador, I ask [your country].\n[your name], [town]"
    return make_step(
        action=action, **{"kind": "email", "goes_to": "new-york", "wording": wording, **fields}
    )


def make_directory(place=ContactPlace.NEW_YORK):
    return make_contact_point(
        slug=f"book-{place}",
        name=f"Blue Book {place}",
        web=f"https://book.example/{place}",
        country="",
        email="",
        kind=ContactKind.DIRECTORY,
        takes_letters=False,
        place=place,
    )


def letters_of(page):
    """The folds of letters on a page, each with all that is sent from it."""
    return page.text.split('<details class="compose" data-compose>')[1:]


def mails_of(page):
    """What opens a letter of the page as a mail."""
    return re.findall(r'href="(mailto:[^"]*)"[^>]*data-compose-mail', page.text)


def readers_of(page):
    """The addresses to which the letters of a page open; nobody's is empty."""
    return [unquote(urlsplit(unescape(link)).path) for link in mails_of(page)]


def ask(client, country=""):
    return client.get("/en/actions/panel/", {"country": country} if country else {})


def test_without_a_country_there_are_two_steps_and_no_mail(client, action):
    make_directory()
    make_directory(ContactPlace.GENEVA)
    make_contact_point(confidence=SeenAs.OFFICIAL)
    mission_step(action)

    page = ask(client)
    shown = text_of(page)

    assert mails_of(page) == []
    assert [words for words in STEPS if words not in shown] == []
    assert "Choose your country above" in shown
    assert 'href="https://book.example/new-york"' in page.text
    assert "https://book.example/geneva" not in page.text


def test_an_address_that_nobody_checked_leads_to_the_page_of_the_office(client, action):
    make_directory()
    make_contact_point(
        name="Mission of Denmark", email="guess@dk.example", web="https://dk.example/"
    )
    mission_step(action)

    page = ask(client, "DK")

    assert "guess@dk.example" not in page.text
    assert mails_of(page) == []
    assert '<a href="https://dk.example/">Mission of Denmark ↗</a>' in page.text
    assert "I ask Denmark." in page.text


def test_confirmed_on_the_desk_the_next_view_is_addressed(client, action, editor):
    contact = make_contact_point(
        name="Mission of Denmark",
        email="office@dk.example",
        rules="No attachments.",
        languages="da",
    )
    mission_step(action)
    assert readers_of(ask(client, "DK")) == []

    client.force_login(editor)
    contact.confirm(by=editor)
    client.logout()
    page = ask(client, "DK")
    shown = text_of(page)

    assert readers_of(page) == ["office@dk.example"]
    today = timezone.localdate()
    for words in [
        "Mission of Denmark",
        f"address checked on {today.day} {today:%B %Y}",
        "Reads: Danish",
        "No attachments.",
        "To: office@dk.example",
    ]:
        assert words in shown, words
    assert STEPS[0] not in shown
    assert readers_of(ask(client, "SE")) == []
    contact.came_back(by=editor)
    assert readers_of(ask(client, "DK")) == []


def test_a_check_that_is_too_old_addresses_nothing(client, action, editor):
    contact = make_contact_point()
    contact.confirm(by=editor, on=timezone.localdate() - timedelta(days=200))
    mission_step(action)

    assert readers_of(ask(client, "DK")) == []


def test_an_address_read_on_the_office_s_own_page_says_so(client, action):
    make_contact_point(confidence=SeenAs.OFFICIAL, email="office@dk.example")
    mission_step(action)

    page = ask(client, "DK")

    assert readers_of(page) == ["office@dk.example"]
    assert "address read on the office’s own page" in text_of(page)


def test_a_letter_goes_to_whom_its_step_names(client, action):
    seen = {"confidence": SeenAs.OFFICIAL}
    make_contact_point(email="ny@dk.example", **seen)
    make_contact_point(email="gva@dk.example", place=ContactPlace.GENEVA, **seen)
    ministry = {"kind": ContactKind.MINISTRY, "place": ContactPlace.CAPITAL}
    make_contact_point(email="capital@dk.example", **ministry, **seen)
    own = {"kind": ContactKind.SECRETARIAT, "country": "", "body": action.body}
    make_contact_point(email="own@council.example", **own, **seen)
    for goes_to, readers in [
        ("new-york", ["ny@dk.example"]),
        ("geneva", ["gva@dk.example"]),
        ("missions", ["gva@dk.example", "ny@dk.example"]),
        ("ministry", ["capital@dk.example"]),
        ("body", ["own@council.example"]),
        ("", []),
    ]:
        action.steps.all().delete()
        mission_step(action, goes_to=goes_to)
        assert sorted(readers_of(ask(client, "DK"))) == readers, goes_to


def test_what_is_posted_has_no_reader_and_no_mail(client, action):
    make_contact_point(confidence=SeenAs.OFFICIAL)
    mission_step(action, kind="post")

    page = ask(client, "DK")

    assert mails_of(page) == []
    assert STEPS[0] not in text_of(page)


def test_a_procedure_shows_its_rules_and_links_its_form(client, action):
    make_contact_point(
        name="Complaints",
        country="",
        body=action.body,
        kind=ContactKind.PROCEDURE,
        open_to=OpenTo.VICTIMS,
        takes_letters=False,
        email="",
        form_url="https://council.example/form",
        rules="Sign it.\n\nName no witness.",
        languages="en fr",
    )
    mission_step(action, goes_to="body")

    page = ask(client)
    shown = text_of(page)

    for words in ["for victims", "takes no letters", "Reads: English, French", "Name no witness."]:
        assert words in shown, words
    assert 'href="https://council.example/form"' in page.text
    assert mails_of(page) == []


def test_a_country_s_page_has_the_mission_where_the_body_is(client, council, action):
    make_contact_point(country="", body=council, kind=ContactKind.PROCEDURE, takes_letters=False)
    seen = {"confidence": SeenAs.OFFICIAL}
    make_contact_point(email="ny@dk.example", **seen)
    make_contact_point(email="gva@dk.example", place=ContactPlace.GENEVA, **seen)

    assert readers_of(client.get("/en/seats/dk/")) == ["ny@dk.example"]


def test_doors_for_families_stand_on_the_page_of_their_country(client, action):
    fields = {"open_to": OpenTo.FAMILIES, "takes_letters": False, "place": ContactPlace.CAPITAL}
    make_contact_point(name="Tracing office", kind=ContactKind.ORGANISATION, **fields)
    make_body(country="DK")
    make_action(body=make_body(all_states_sit=True))

    shown = text_of(client.get("/en/seats/dk/"))

    assert "Tracing office for families takes no letters" in shown


def test_one_s_own_government_gets_a_letter_of_its_own(client):
    body = make_body(
        name="Government of Denmark", country="DK", states_sit=False, reached_by=ReachedBy.MISSIONS
    )
    make_action(body=body)
    ministry = {"kind": ContactKind.MINISTRY, "place": ContactPlace.CAPITAL}
    make_contact_point(email="capital@dk.example", confidence=SeenAs.OFFICIAL, **ministry)
    make_contact_point(email="ny@dk.example", confidence=SeenAs.OFFICIAL)

    page = client.get("/en/seats/dk/")
    shown = text_of(page)

    assert readers_of(page) == ["capital@dk.example"]
    assert "Write to your government" in shown
    assert "To the minister responsible: Government of Denmark" in shown
    assert "I write to my own government" in shown
    assert "permanent mission" not in shown


@pytest.mark.parametrize(
    "address",
    ["/en/seats/dk/", "/en/actions/panel/?country=DK", "/en/checklist/?country=DK"],
)
def test_where_writing_is_dangerous_there_is_nothing_to_send(client, council, action, address):
    make_site(no_letters_in="DK")
    make_pack(slug="relatives-and-witnesses", title="For relatives and witnesses")
    make_contact_point(confidence=SeenAs.OFFICIAL)
    mission_step(action, title="Write at once")
    mission_step(action, kind="share", title="Pass it on")
    mission_step(action, kind="read", title="Read the vote", wording="Read on.")
    make_meeting(
        body=council,
        title="Briefing on the panel",
        starts_on=date(2099, 1, 1),
        ends_on=date(2099, 1, 2),
        what_can_be_done="Ask your government",
        who_can_act="The public",
    )

    page = client.get(address)
    shown = text_of(page)

    assert "data-compose" not in page.text
    assert mails_of(page) == []
    assert 'method="post"' not in page.text
    # When a body meets may be known; what to do about it is said to nobody there.
    assert "Briefing on the panel" in shown or "seats" not in address
    for words in (
        *("Dear Ambassador", "Write at once", "Pass it on"),
        *("Ask your government", "The public"),
    ):
        assert words not in shown, words
    assert ("Read the vote" in shown) == ("seats" not in address)
    assert "Your safety comes first" in shown
    assert "For relatives and witnesses" in shown
    assert reverse("update_feed") in page.text
    assert "Restore the panel" in shown
    assert "Your safety comes first" not in text_of(ask(client, "SE"))


def test_a_state_that_is_asked_itself_is_no_neighbour_to_lobby(client, council, action):
    make_seat(body=council, country="RU", ends_on=None)
    make_seat(body=council, country="LV", ends_on=None)
    subject = make_body(country="RU", states_sit=False)
    assert "Russia" in text_of(client.get("/en/seats/pl/")).split("of its regional group")[1]

    make_action(body=subject)

    region = text_of(client.get("/en/seats/pl/")).split("Who of its regional group sits there")[1]
    assert "Latvia" in region
    assert "Russia" not in region


@pytest.mark.parametrize("number", [1, 3])
def test_the_offices_of_a_page_are_fetched_at_once(
    client, django_assert_max_num_queries, action, number
):
    for n in range(number):
        mission_step(action, title=f"Write {n}")
        mission_step(action, title=f"Ask {n}", goes_to="body")
        make_contact_point(confidence=SeenAs.OFFICIAL, country=["DK", "SE", "NO"][n])
    # The offices with one of them, what was said of the ask and decided, by DK as well. Where
    # nothing is kept, the countries, to choose from, are asked for twice, and whose record it is,
    # which says where letters are dangerous, three times.
    with django_assert_max_num_queries(19 + 3 + IN_EVERY_PAGE):
        ask(client, "DK")


@pytest.mark.one_database
@pytest.mark.thorough
@pytest.mark.django_db
def test_every_letter_of_the_dossier_arrives_or_says_how(client, content):
    checked = set(ContactPoint.objects.addressed().values_list("email", flat=True))
    of_councils = Seat.objects.held().filter(body__slug__in=["unsc", "hrc"])
    for country in sorted({seat.country for seat in of_councils} | {"KR", "UA"}):
        page = client.get(reverse("seat_country", args=[country.lower()]))
        if country in {"RU", "KP", "BY"}:
            continue
        assert letters_of(page), country
        for letter in letters_of(page):
            links = re.findall(r'href="(mailto:[^"]*)"', letter)
            readers = [unquote(urlsplit(unescape(link)).path) for link in links]
            assert set(readers) <= checked, country
            assert readers or re.search(
                r"Find the address:</strong>\s+(<a href=\"http|on )", letter
            )
    for country in ("ru", "kp", "by"):
        page = client.get(reverse("seat_country", args=[country]))
        assert "data-compose" not in page.text
        assert mails_of(page) == []
        assert "Your safety comes first" in text_of(page)
