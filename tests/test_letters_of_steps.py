"""The letter of each step opens with an address somebody saw, or says in two steps where one is."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from advocacy.models import (
    ChecklistStep,
    ContactKind,
    ContactPlace,
    ContactPoint,
    Doors,
    GoesTo,
    Seat,
    SeenAs,
    Way,
    known_countries,
)
from advocacy.public.step_list import with_asks
from tests.dossier import DOSSIER, rows_of
from tests.factories import make_action, make_body, make_contact_point, make_step
from tests.pages import text_of
from tests.test_addressed_letters import letters_of, make_directory, readers_of

pytestmark = pytest.mark.django_db

NO_LETTERS = {"RU", "KP", "BY"}
CAPITAL = {"place": ContactPlace.CAPITAL, "country": "DK"}


def way_of(step: ChecklistStep, country: str = "DK") -> Way:
    return Doors.of_steps(country, [step]).of_step(step)


def addresses(way: Way) -> list[str]:
    return [office.email for office in way.addressed]


def pages(way: Way) -> list[str]:
    return [office.official_page for office in way.to_find]


def test_a_letter_to_a_named_office_has_its_address_once_somebody_saw_it(client):
    office = make_contact_point(
        email="office@kr.example", web="https://kr.example/", country="KR", body=None
    )
    make_contact_point(email="other@kr.example", country="KR", confidence=SeenAs.OFFICIAL)
    step = make_step(goes_to=GoesTo.OFFICE, office=office)

    assert addresses(way_of(step)) == []
    assert pages(way_of(step)) == ["https://kr.example/"]
    office.confidence = SeenAs.OFFICIAL
    office.save()
    assert addresses(way_of(step)) == ["office@kr.example"]
    assert readers_of(client.get(step.action.get_absolute_url())) == ["office@kr.example"]


def test_a_letter_to_others_never_gets_the_address_of_the_office_that_lists_them():
    office = make_contact_point(
        email="ministry@ua.example", web="https://ua.example/", confidence=SeenAs.OFFICIAL
    )
    step = make_step(goes_to=GoesTo.LISTED, office=office)

    assert addresses(way_of(step)) == []
    assert pages(way_of(step)) == ["https://ua.example/"]


def test_a_letter_to_a_union_is_for_one_of_the_reader_s_country():
    fields = {"kind": ContactKind.UNION, "confidence": SeenAs.OFFICIAL}
    make_contact_point(email="own@dk.example", **CAPITAL, **fields)
    make_contact_point(
        email="all@union.example", web="https://union.example/", **fields | {"country": ""}
    )
    step = make_step(goes_to=GoesTo.UNION)

    assert addresses(way_of(step)) == ["own@dk.example"]
    for country in ("SE", ""):
        assert addresses(way_of(step, country)) == []
        assert pages(way_of(step, country)) == ["https://union.example/"]


@pytest.mark.parametrize(
    ("goes_to", "own", "words"),
    [
        (GoesTo.MINISTRY, ["https://ny.example/", "https://gva.example/"], "foreign ministry"),
        (GoesTo.LABOUR, ["https://gva.example/"], "labour ministry"),
    ],
)
def test_where_no_ministry_is_held_the_missions_of_the_state_can_be_asked(
    client, goes_to, own, words
):
    ny, geneva = make_directory(), make_directory(ContactPlace.GENEVA)
    ny.web, geneva.web = "https://ny.example/", "https://gva.example/"
    ny.save()
    geneva.save()
    step = make_step(goes_to=goes_to)

    assert sorted(pages(way_of(step))) == sorted(own)
    shown = text_of(client.get(step.action.get_absolute_url()))
    assert f"Find the address: on the site of your {words}. If it is not there, ask" in shown

    make_contact_point(
        kind=ContactKind.MINISTRY, web="https://capital.dk.example/", email="", **CAPITAL
    )
    if goes_to == GoesTo.MINISTRY:
        assert pages(way_of(step)) == ["https://capital.dk.example/"]


def test_a_letter_to_others_at_a_body_leads_to_its_site_not_to_its_complaints(client):
    body = make_body(website="https://court.example/", contact_url="https://complain.example/")
    step = make_step(action=make_action(body=body), goes_to=GoesTo.SITE)
    make_contact_point(body=body, country="", kind=ContactKind.PROCEDURE, email="a@court.example")

    letter = letters_of(client.get(step.action.get_absolute_url()))[0]

    assert 'href="https://court.example/"' in letter
    assert "https://complain.example/" not in letter.split('class="two-steps"')[1].split("</ol>")[0]


@pytest.mark.parametrize("goes_to", GoesTo.values)
def test_an_office_is_named_where_it_is_needed_and_nowhere_else(goes_to):
    needs = goes_to in {"office", "listed"}
    office = make_contact_point()
    right = {"office": office if needs else None}
    wrong = {"office": None if needs else office}
    make_step(goes_to=goes_to, **right).full_clean()
    step = make_step()
    step.goes_to, step.office = goes_to, wrong["office"]
    with pytest.raises(ValidationError) as refused:
        step.full_clean()
    assert "Name an office" in str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_step(goes_to=goes_to, **wrong)


@pytest.mark.one_database
def test_each_letter_of_the_dossier_says_whom_it_is_for():
    steps = [row["fields"] for row in rows_of(DOSSIER, "checklist_steps.json")]
    letters = [step for step in steps if step["kind"] in {"email", "letter"}]

    assert len(letters) > 60
    assert [step["slug"] for step in letters if not step.get("goes_to")] == []


@pytest.mark.one_database
@pytest.mark.thorough
def test_each_letter_of_the_dossier_arrives_or_says_how_from_every_country(content):
    letters = [step for step in with_asks(ChecklistStep.objects.all()) if step.is_letter]
    may_be_written = set(ContactPoint.objects.addressed().values_list("email", flat=True))
    assert {"KR", "UA", "KW", *NO_LETTERS} <= known_countries()
    for country in ["", *sorted(known_countries())]:
        doors = Doors.of_steps(country, letters)
        assert doors.are_dangerous == (country in NO_LETTERS)
        if doors.are_dangerous:
            assert doors.rows == []
            continue
        for step in letters:
            way = doors.of_step(step)
            assert set(addresses(way)) <= may_be_written, (country, step.slug)
            assert addresses(way) or pages(way) or way.page, (country, step.slug)


@pytest.mark.one_database
@pytest.mark.thorough
@pytest.mark.parametrize("country", ["", "KR", "KW", "RU"])
def test_the_checklist_shows_both_steps_with_an_address_to_follow(client, content, country):
    query = {"country": country} if country else {}
    first = client.get(reverse("my_checklist"), query)
    pages = first.context["page"].paginator.page_range
    letters = [
        letter
        for number in pages
        for letter in letters_of(client.get(reverse("my_checklist"), {**query, "page": number}))
    ]

    shown = [letter for letter in letters if 'class="two-steps"' in letter]
    for letter in shown:
        find, copy = re.findall(r"<li>(.*?)</li>", letter, re.DOTALL)[:2]
        assert 'href="http' in find, letter
        assert "Copy the letter" in copy
    assert bool(shown) == (country not in NO_LETTERS)


def table_of_members() -> list[str]:
    """Where a letter of a member's own people goes, now and next, as lines of a Markdown table."""
    lines = [
        "| body | member | place | opens with | read | checked on |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    seats = members().select_related("body").order_by("-body__slug", "country")
    for seat in seats:
        member = f"| {seat.body.slug} | {seat.country}{'' if is_held(seat) else ' (next)'} |"
        doors = Doors(seat.country, [seat.body])
        if doors.are_dangerous:
            lines.append(f"{member} – | no letters: the page on safety | – | – |")
            continue
        way = doors.of_letter(seat.body, seat.body.reader_in(seat.country, sits=True))
        row = (way.addressed or way.to_find)[0]
        how = (
            f"To {row.email}" if way.addressed else f"two steps: [{row.slug}]({row.official_page})"
        )
        seen = f"{row.get_place_display()} | {how} | {row.get_confidence_display()}"
        lines.append(f"{member} {seen} | {row.checked_on or 'not checked'} |")
    return lines


def members() -> QuerySet[Seat]:
    """The seats in the two councils, held now or to come."""
    lasting = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    return Seat.objects.filter(lasting, body__slug__in=["unsc", "hrc"])


def is_held(seat: Seat) -> bool:
    return seat.starts_on is None or seat.starts_on <= timezone.localdate()


@pytest.mark.one_database
@pytest.mark.thorough
def test_the_table_of_members_has_a_way_for_each(content):
    """With `-s` it prints the table: what an editor has to check, member by member."""
    lines = table_of_members()
    print("", *lines, sep="\n")

    assert len(lines) == 2 + members().count()
    assert members().count() >= 15 + 5 + 45
