"""Addresses of offices: a letter carries only those that somebody saw on the office's own page."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from advocacy.models import (
    AskState,
    ContactKind,
    ContactPlace,
    ContactPoint,
    ContentVersion,
    OpenTo,
    RecommendedAction,
    SeenAs,
    Site,
)
from advocacy.upkeep import links, tasks
from tests.dossier import DOSSIER, rows_of
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_kind,
    make_site,
    make_user,
)
from tests.pages import text_of
from tests.staff import change_page, send
from tests.test_transfer import exported, read

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/contact_points.py")]

TODAY = timezone.localdate


def days_ago(number):
    return TODAY() - timedelta(days=number)


def slugs(rows):
    return [row.slug for row in rows]


# Which addresses letters carry


@pytest.mark.parametrize(
    ("said", "carried"),
    [
        ({"confidence": SeenAs.OFFICIAL}, True),
        ({"confidence": SeenAs.OFFICIAL, "weak_source": True}, False),
        ({"confidence": SeenAs.OFFICIAL, "takes_letters": False}, False),
        ({"confidence": SeenAs.OFFICIAL, "is_offered": False}, False),
        ({"confidence": SeenAs.OFFICIAL, "email": ""}, False),
        ({"confidence": SeenAs.COPY}, False),
        ({"confidence": SeenAs.PATTERN, "email": ""}, False),
    ],
)
def test_a_letter_carries_what_was_read_on_the_offices_own_page(said, carried):
    contact = make_contact_point(**said)

    assert contact.may_be_addressed() == carried
    assert ContactPoint.objects.addressed().exists() == carried


@pytest.mark.parametrize(("age", "carried"), [(0, True), (180, True), (181, False)])
def test_the_word_of_an_editor_holds_for_half_a_year(editor, age, carried):
    contact = make_contact_point(weak_source=True)
    contact.confirm(by=editor, on=days_ago(age))

    assert contact.may_be_addressed() == carried
    assert ContactPoint.objects.addressed().exists() == carried
    assert ContactPoint.objects.checked().exists() == carried
    assert ContactPoint.objects.to_check().exists() == (not carried)
    assert not contact.may_be_addressed(TODAY() + timedelta(days=365))


def test_an_address_that_nobody_saw_is_not_carried_by_the_check_of_the_one_before(editor):
    contact = make_contact_point()
    contact.confirm(by=editor)
    contact.email = "another@mission.example"
    contact.save()

    assert not contact.may_be_addressed()
    assert not ContactPoint.objects.addressed().exists()
    assert ContactPoint.objects.to_check().get() == contact


def test_an_address_from_which_mail_came_back_is_left_until_somebody_confirms_it(editor):
    contact = make_contact_point(confidence=SeenAs.OFFICIAL)
    contact.confirm(by=editor)
    contact.came_back(by=editor, on=days_ago(1))
    contact.came_back(by=editor)

    contact.refresh_from_db()
    assert (contact.returned, contact.returned_on) == (2, TODAY())
    assert not contact.may_be_addressed()
    assert not ContactPoint.objects.addressed().exists()
    assert ContactPoint.objects.to_check().exists()

    contact.confirm(by=editor)
    assert (contact.returned, contact.returned_on) == (0, None)
    assert ContactPoint.objects.addressed().get() == contact


def test_what_came_back_is_looked_up_first_and_what_a_letter_would_carry_next(editor):
    make_contact_point(slug="page-alone", email="", country="AA")
    make_contact_point(slug="address", country="BB")
    bounced = make_contact_point(slug="bounced", country="CC")
    bounced.came_back(by=editor)
    make_contact_point(slug="trusted", confidence=SeenAs.OFFICIAL)
    make_contact_point(slug="seen", email="").confirm(by=editor)

    assert slugs(ContactPoint.objects.to_check()) == ["bounced", "address", "page-alone"]


def test_a_check_is_somebodys_who_may_and_of_a_day_that_has_been(editor):
    contact = make_contact_point()
    for verb in (contact.confirm, contact.came_back):
        with pytest.raises(PermissionDenied):
            verb(by=make_user())
    with pytest.raises(ValidationError, match="day to come"):
        contact.confirm(by=editor, on=TODAY() + timedelta(days=1))
    with pytest.raises(ValidationError, match="own page"):
        make_contact_point(web="", form_url="").confirm(by=editor)
    with pytest.raises(ValidationError, match="no e-mail address"):
        make_contact_point(email="").came_back(by=editor)

    assert not ContactPoint.objects.exclude(checked_on=None).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"source_url": ""},
        {"confidence": SeenAs.PATTERN},
        {"confidence": "guessed"},
        {"place": "moon"},
        {"kind": "friend"},
        {"open_to": "nobody"},
        {"checked_on": "2026-01-01"},
        {"returned": 1},
    ],
)
def test_the_database_itself_refuses_what_cannot_be(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_contact_point(**wrong)


def test_a_check_without_a_day_is_refused_by_the_database(editor):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_contact_point(checked_by=editor)


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("Ms Ana Silva, Permanent Mission", True),
        ("H.E. Ana Silva", True),
        ("Office of Ambassador Silva", True),
        ("Permanent Mission of Mali", False),
        ("Commissioner for Human Rights", False),
    ],
)
def test_an_office_is_named_and_never_a_person(name, refused):
    contact = make_contact_point()
    contact.name = name
    if refused:
        with pytest.raises(ValidationError, match="never a person"):
            contact.full_clean()
    else:
        contact.full_clean()


# Where a letter goes


@pytest.fixture
def council():
    body = make_body(slug="council")
    make_contact_point(
        slug="own-door", body=body, country="", kind=ContactKind.PROCEDURE, open_to=OpenTo.ANYONE
    )
    make_contact_point(slug="union", body=body, country="", kind=ContactKind.UNION)
    make_contact_point(slug="mission", place=ContactPlace.NEW_YORK)
    make_contact_point(slug="ministry", place=ContactPlace.CAPITAL, kind=ContactKind.MINISTRY)
    make_contact_point(slug="closed", takes_letters=False)
    make_contact_point(slug="hidden", is_offered=False)
    make_contact_point(slug="procedure-there", kind=ContactKind.PROCEDURE)
    make_contact_point(slug="neighbour", country="SE")
    for slug, place in (("book", ContactPlace.NEW_YORK), ("book-2", ContactPlace.GENEVA)):
        kind = ContactKind.DIRECTORY
        make_contact_point(slug=slug, country="", kind=kind, place=place, takes_letters=False)
    return body


def test_a_letter_to_a_state_goes_to_its_own_offices_and_the_directory_is_last(council):
    doors = ContactPoint.objects.for_letter

    assert slugs(doors("DK", ContactPlace.NEW_YORK)) == ["mission", "book"]
    assert slugs(doors("DK", body=council)) == ["mission", "book"]
    assert slugs(doors("DK", ContactPlace.CAPITAL)) == ["ministry"]
    assert slugs(doors("DK")) == ["ministry", "mission"]
    # Of a State whose office nobody knows there is the directory at least.
    assert slugs(doors("NO", ContactPlace.GENEVA)) == ["book-2"]


def test_a_letter_to_a_body_goes_through_its_own_door(council):
    assert slugs(ContactPoint.objects.for_letter(body=council)) == ["own-door"]
    assert slugs(ContactPoint.objects.for_letter()) == []


def test_a_government_is_a_body_with_offices_of_a_state():
    body = make_body(country="UA", kind=make_kind("government"))
    make_contact_point(slug="embassy", country="UA", body=body, kind=ContactKind.EMBASSY)
    make_contact_point(slug="ministry", country="UA", body=body, kind=ContactKind.MINISTRY)

    assert slugs(ContactPoint.objects.for_letter(body=body)) == ["ministry", "embassy"]


def test_states_that_are_the_subject_of_an_ask_are_known():
    make_action(body=make_body(country="RU"))
    make_action(body=make_body(country="RU"))
    make_action(body=make_body(country=""))
    make_action(body=make_body(country="DK"), state=AskState.DRAFT)

    assert list(RecommendedAction.objects.published().states()) == ["RU"]


def test_a_record_says_where_writing_is_dangerous(editor, client):
    site = make_site()
    assert not Site.current().letters_are_dangerous("RU")

    send(client, change_page(site), no_letters_in="BY RU")
    assert Site.objects.get().letters_are_dangerous("RU")
    assert not Site.objects.get().letters_are_dangerous("UA")
    assert Site.history.count() == 2

    refused = send(client, change_page(site), no_letters_in="Russia")
    assert "two capital letters" in text_of(refused)
    assert not Site(no_letters_in="BY RU").letters_are_dangerous("")


def test_the_languages_of_an_office_are_named_in_that_of_the_page():
    contact = make_contact_point(languages="en fr")
    with override("uk"):
        assert contact.language_names == ["англійська", "французька"]


# Files


@pytest.mark.parametrize("format", ["csv", "json"])
def test_addresses_go_out_and_come_in_and_no_file_says_that_one_was_checked(editor, format):
    contact = make_contact_point(
        slug="mission", body=make_body(slug="un"), phone="+1 212", rules="=Write briefly."
    )
    contact.confirm(by=editor)
    text = exported("contact_points", format)
    assert "checked" not in text
    fields = {f.name: getattr(contact, f.name) for f in contact._meta.concrete_fields if f.editable}
    contact.delete()

    fates = read("contact_points", text, format)

    assert [what for what, *_ in fates.values()] == ["new"]
    again = ContactPoint.objects.get()
    fields.pop("id", None)
    assert {name: getattr(again, name) for name in fields} == fields
    assert again.checked_on is None


def test_what_an_editor_confirmed_stays_when_the_content_is_loaded_again(editor, tmp_path):
    row = {"slug": "m", "place": "geneva", "kind": "mission", "name": "Mission", "email": ""}
    row |= {"web": "https://m.example/", "confidence": "pattern_only", "country": "DK"}
    (tmp_path / "contact_points.json").write_text(
        json.dumps([{"model": "advocacy.contactpoint", "fields": row}])
    )
    for _ in range(2):
        call_command("load_content", folder=tmp_path, verbosity=0)
        contact = ContactPoint.objects.get()
        assert contact.confidence == SeenAs.PATTERN
        if not contact.checked_on:
            contact.confirm(by=editor)

    assert ContactPoint.objects.get().checked_by == editor


# Links


def test_the_weekly_check_of_links_tries_pages_and_forms_and_shared_ones_once(monkeypatch):
    asked = []

    def ask(url):
        asked.append(url)
        return links.Answer("410 Gone", False, True) if "gone" in url else links.Answer("200", True)

    monkeypatch.setattr(links, "ask", ask)
    book = "https://book.example/"
    make_contact_point(slug="one", web=book)
    make_contact_point(slug="two", web=book, form_url="https://gone.example/form")
    make_contact_point(slug="none", web="", form_url="")
    version = ContentVersion.objects.total()

    tasks.check_links.call()

    assert sorted(asked) == [book, "https://gone.example/form"]
    assert slugs(ContactPoint.objects.dead()) == ["two"]
    assert ContactPoint.objects.get(slug="two").link_answer == "410 Gone"
    assert ContactPoint.objects.get(slug="one").link_answer == "200"
    asked.clear()
    tasks.check_links.call()
    assert asked == []
    assert ContentVersion.objects.total() >= version


# The dossier


@pytest.fixture(scope="module")
def offices():
    return [row["fields"] for row in rows_of(DOSSIER, "contact_points.json")]


@pytest.mark.parametrize(("body", "place"), [("unsc", "new-york"), ("hrc", "geneva")])
def test_every_member_now_and_next_can_be_looked_up(offices, body, place):
    seats = [row["fields"] for row in rows_of(DOSSIER, "seats.json")]
    members = {
        seat["country"]
        for seat in seats
        if seat["body"] == [body] and (seat["ends_on"] or "9") >= "2026-11-27"
    }
    there = [row for row in offices if row["place"] == place and row["kind"] == "mission"]

    assert len(members) >= 15
    assert members - {row["country"] for row in there if row["web"] or row["form_url"]} == set()
    assert any(row["kind"] == "directory" and row["place"] == place for row in offices)


def test_no_address_of_the_dossier_is_made_up(offices):
    for row in offices:
        if row["confidence"] == "pattern_only":
            assert row["email"] == "", row["slug"]
        if row["email"]:
            assert row["source_url"], row["slug"]


def test_doors_that_take_no_letters_carry_none_and_say_for_whom_they_are(offices):
    closed = {row["slug"]: row["open_to"] for row in offices if not row["takes_letters"]}
    asked_of = {
        "icrc-missing": "families",
        "ua-koordshtab": "families",
        "unhcr-kr": "refugees",
        "unhcr-ua": "refugees",
        "echr-r39": "lawyers",
        "rd4u": "victims",
        "ilo-normes": "unions",
        "ilo-actrav": "unions",
        "ilo-dg": "unions",
    }

    assert asked_of.items() <= closed.items()
    assert [row["slug"] for row in offices if not row["is_offered"]] == ["ny-kp"]


def test_every_door_says_what_must_not_be_written(offices):
    for row in offices:
        if not row["slug"].startswith("dir-"):
            assert "Never put into an ordinary e-mail or letter" in row["rules"], row["slug"]
        if row["country"] == "RU":
            assert "Dangerous for people in Russia" in row["rules"], row["slug"]


def test_no_office_of_the_dossier_speaks_of_how_the_list_was_built(offices):
    words = re.compile(r"facts\.json|calendar\.md|stored|\[read in|third-party|background", re.I)
    for row in offices:
        assert not words.search(f"{row['name']} {row['rules']} {row['seen']} {row['note']}"), row


def test_the_dossier_names_where_writing_is_dangerous():
    site = json.loads((DOSSIER / "site.json").read_text(encoding="utf-8"))
    assert set(site["no_letters_in"].split()) == {"BY", "KP", "RU"}
