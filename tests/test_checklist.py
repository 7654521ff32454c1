import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from advocacy.models import AskState, ChecklistStep, ResponseStatus, SeenAs, TargetBody
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_issue,
    make_meeting,
    make_seat,
    make_step,
    record,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus
PAGE = reverse("my_checklist")
FAR = {"starts_on": date(2099, 2, 1), "ends_on": date(2099, 4, 1)}
HTMX = {"hx-request": "true"}


@pytest.fixture
def steps():
    council = make_body(slug="unsc", name="Security Council", abbreviation="UNSC")
    make_seat(body=council, country="DK", ends_on=None)
    seoul = make_body(slug="kr", name="Government of Korea", country="KR")
    assembly = make_body(slug="unga", name="Assembly", all_states_sit=True)
    first = make_action(body=council, issue=make_issue(slug="troops"))
    make_step(action=first, title="Tell your mission", kind="email", minutes=10, audience="anyone")
    make_step(action=first, title="Brief them", kind="letter", minutes=45, audience="ngo")
    make_step(action=make_action(body=seoul), title="Call Seoul", kind="call", minutes=5)
    make_step(action=make_action(body=assembly), title="Read it", kind="read", minutes=20)
    make_step(action=make_action(state=AskState.WITHDRAWN), title="Withdrawn")
    make_step(action=make_action(state=AskState.DRAFT), title="Draft")


TITLES = ["Tell your mission", "Brief them", "Call Seoul", "Read it", "Withdrawn", "Draft"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Tell your mission", "Brief them", "Call Seoul", "Read it"]),
        ({"minutes": "15"}, ["Tell your mission", "Call Seoul"]),
        ({"kind": "letter"}, ["Brief them"]),
        ({"body": "unsc"}, ["Tell your mission", "Brief them"]),
        ({"issue": "troops", "audience": "journalist"}, ["Tell your mission"]),
        ({"country": "DK"}, ["Tell your mission", "Brief them", "Read it"]),
        ({"country": "KR"}, ["Call Seoul", "Read it"]),
    ],
)
def test_the_checklist_holds_what_one_person_can_do(client, steps, filters, found):
    shown = text_of(client.get(PAGE, filters, headers=HTMX))

    assert [title for title in TITLES if title in shown] == found


def test_an_unknown_value_is_named_and_not_applied(client, steps):
    page = client.get(PAGE, {"country": "XX", "kind": "dance"})

    assert "“XX” is not known here" in text_of(page)
    assert "“dance” is not known here" in text_of(page)
    assert "4 steps" in text_of(page)


def test_a_bad_page_is_not_found_and_an_empty_list_says_so(client):
    assert client.get(PAGE, {"page": "9"}).status_code == 404
    assert "No step has been written yet." in text_of(client.get(PAGE))


def test_a_step_closes_and_opens_with_the_status_of_its_ask(client):
    action = make_action()
    make_step(action=action, title="Thank them", when_status="action_taken, against")
    closed = "Closed at the moment: it is for “Action taken, Against”, and the status is “{}”."

    for address in (PAGE, action.get_absolute_url()):
        assert closed.format("Not yet checked") in text_of(client.get(address)), address
    record(action, S.BLOCKED)
    for address in (PAGE, action.get_absolute_url()):
        shown = text_of(client.get(address))
        assert "Thank them" in shown
        assert "Closed at the moment" not in shown, address


def test_a_step_names_only_statuses_of_the_vocabulary():
    step = make_step(when_status="blocked,soon")
    with pytest.raises(ValidationError, match="No status or phase: soon"):
        step.full_clean()
    assert ChecklistStep(when_status="blocked,no_answer").open_statuses == ["blocked", "no_answer"]


def test_what_is_written_can_be_edited_and_mailed_and_what_is_done_cannot(client):
    action = make_action(title="Restore the panel")
    wording = "Dear Sir,\n\n[link to this page]\n[your name]"
    make_step(action=action, kind="email", goes_to="body", wording=wording)
    make_step(action=action, kind="read", wording="Read the summary.")
    office = {"country": "", "body": action.body, "kind": "secretariat"}
    make_contact_point(email="a@b.example", confidence=SeenAs.OFFICIAL, **office)

    page = client.get(PAGE)

    here = f"http://testserver{action.get_absolute_url()}"
    assert f"Dear Sir,\n\n{here}\n[your name]</textarea>" in page.text
    start = "mailto:a@b.example?subject=Restore%20the%20panel&amp;body=Dear%20Sir%2C%0D%0A"
    assert f'href="{start}' in page.text
    assert page.text.count("<textarea") == 1
    assert "Read the summary." in text_of(page)


# Groups and rows


def test_steps_stand_under_their_body_with_the_day_to_act_by(client, steps):
    make_meeting(body=TargetBody.objects.get(slug="unsc"), **FAR, act_by=date(2098, 12, 1))
    make_meeting(body=TargetBody.objects.get(slug="unsc"), **FAR, act_by=date(2098, 12, 9))

    parts = client.get(PAGE).text.split('class="step-body"')[1:]

    shown = {re.search(r'id="steps-of-([-\w]+)"', part)[1]: part for part in parts}
    assert set(shown) == {"unsc", "kr", "unga"}
    assert "Tell your mission" in shown["unsc"]
    assert "Brief them" in shown["unsc"]
    assert "Call Seoul" in shown["kr"]
    assert "act by" in shown["unsc"]
    assert 'datetime="2098-12-01"' in shown["unsc"]
    assert "2098-12-09" not in shown["unsc"]
    assert "act by" not in shown["kr"]


def test_a_page_goes_on_where_the_one_before_it_ends(client):
    bodies = [make_body(position=n) for n in range(3)]
    for body in bodies:
        for _ in range(12):
            make_step(action=make_action(body=body))

    pages = [client.get(PAGE, {"page": page}) for page in ("1", "2")]

    on = [[step.pk for row in page.context["rows"] for step in row.steps] for page in pages]
    assert [len(keys) for keys in on] == [25, 11]
    assert set(on[0]) | set(on[1]) == {step.pk for step in ChecklistStep.objects.all()}


def test_the_same_letter_to_the_same_body_is_one_row_that_names_the_asks(client):
    body = make_body()
    asks = [make_action(body=body, title=title) for title in ("Decide now", "Count them")]
    for ask in asks:
        make_step(action=ask, title="Write to your mission", minutes=10, wording="Dear you.")
    make_step(title="Write to your mission", minutes=10)

    page = client.get(PAGE)

    assert "3 steps" in text_of(page)
    assert page.text.count('class="step step-row"') == 2
    row = next(row for row in page.context["rows"] if len(row.steps) == 2)
    part = page.text.split(f'id="step-{row.step.slug}"')[1].split("</li>")[0]
    assert "Decide now" in part
    assert "Count them" in part
    assert part.count("<textarea") == 1
    assert "Letter ready: open (10 min)" in text_of(page)


@pytest.mark.parametrize(
    ("before", "alike", "after", "rows"),
    [
        # The same letter about three asks would lie across the end of the first page.
        (24, 3, 0, [24, 1]),
        (24, 3, 24, [24, 24, 1]),
        (20, 25, 0, [20, 1]),
        (25, 1, 1, [25, 2]),
        # More than a page of it goes on from page to page.
        (20, 40, 0, [21, 1, 1]),
    ],
)
def test_the_same_letter_never_stands_on_two_pages(client, before, alike, after, rows):
    body = make_body()
    for n in range(before):
        make_step(action=make_action(body=body), minutes=5, title=f"Begin {n}")
    for _ in range(alike):
        make_step(action=make_action(body=body), minutes=10, title="Write")
    for n in range(after):
        make_step(action=make_action(body=body), minutes=15, title=f"End {n}")

    pages = [client.get(PAGE, {"page": n}).context["rows"] for n in range(1, len(rows) + 1)]

    assert [len(page) for page in pages] == rows
    keys = [step.pk for page in pages for row in page for step in row.steps]
    assert len(keys) == len(set(keys)) == before + alike + after


@pytest.mark.one_database
def test_who_can_do_what_is_counted_from_an_index_alone():
    steps = ChecklistStep.objects.matching(audience="ngo", minutes=30).order_by()
    found = steps.values_list("action__body").annotate(n=Count("pk"))

    # So it is on PostgreSQL where the table is large; SQLite says it of any.
    assert connection.vendor != "sqlite" or "COVERING INDEX step_for_whom" in found.explain()


def test_letters_that_differ_are_both_offered_in_their_row(client):
    body = make_body()
    for wording in ("Dear A.", "Dear B."):
        make_step(action=make_action(body=body), title="Write to them", wording=wording)

    page = client.get(PAGE)

    assert page.text.count('class="step step-row"') == 1
    assert "2 texts ready: open" in text_of(page)
    assert "Dear A.</textarea>" in page.text
    assert "Dear B.</textarea>" in page.text


def test_three_ways_in_narrow_and_keep_the_rest(client, steps):
    step = ChecklistStep.objects.get(title="Brief them")
    page = client.get(PAGE, {"country": "DK", "step": step.slug, "page": "1"})

    ways = re.findall(r'class="way" href="([^"]*)"', page.text)
    found = []
    for way in ways:
        query = parse_qs(urlsplit(unescape(way)).query)
        assert (query["country"], query["step"]) == (["DK"], [step.slug])
        narrowed = client.get(unescape(way))
        assert narrowed.text.count('aria-current="true"') >= 1
        assert f'href="{way}" aria-current="true"' in narrowed.text
        found.append([title for title in TITLES if f">{title}</label>" in narrowed.text])
    assert found == [
        [],
        ["Tell your mission", "Read it"],
        ["Tell your mission", *TITLES[1:2], "Read it"],
    ]


# Families


def test_families_meet_safety_and_contacts_first_and_only_steps_of_their_own(client):
    action = make_action()
    make_step(action=action, title="Post it everywhere", kind="post", minutes=2)
    make_step(action=action, title="Learn where to turn", kind="read", audience="family")
    families = {"open_to": "families", "kind": "organisation", "country": ""}
    make_contact_point(name="Tracing agency", **families)
    make_contact_point(name="Kept back", is_offered=False, **families)
    make_contact_point(name="Mission of a State")

    shown = text_of(client.get(PAGE, {"audience": "family"}))

    order = ["safety first", "Tracing agency", "1 step", "Learn where to turn"]
    assert sorted(order, key=shown.index) == order
    for words in ("Post it everywhere", "Kept back", "Mission of a State"):
        assert words not in shown
    assert "Tracing agency" not in text_of(client.get(PAGE))


# The basket


def hidden(page, form):
    """The steps that a form of the page carries."""
    found = re.findall(r'name="step" value="([^"]*)" form="([^"]*)"', page.text)
    return [slug for slug, name in found if name == form]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "swap"])
def test_the_basket_survives_filters_and_pages(client, headers):
    body = make_body()
    steps = [make_step(action=make_action(body=body)) for _ in range(30)]
    chosen = [steps[0].slug, steps[29].slug]

    page = client.get(PAGE, {"step": chosen, "kind": "email", "page": "2"}, headers=headers)

    for form in ("steps-filters", "basket", "sheet"):
        assert hidden(page, form) == chosen, form
    assert "2 steps chosen" in text_of(page)
    links = [unescape(link) for link in re.findall(r'href="([^"]*)"', page.text)]
    kept = [parse_qs(urlsplit(link).query).get("step") for link in links]
    back = [link for link in links if "page=1" in link]
    assert all(parse_qs(urlsplit(link).query)["step"] == chosen for link in back)
    assert kept.count(chosen) >= 5
    narrowed = client.get(PAGE, {"step": chosen, "kind": "meet"}, headers=headers)
    assert "2 steps chosen" in text_of(narrowed)
    assert hidden(narrowed, "sheet") == chosen


def test_a_row_is_added_and_taken_off_by_the_address_alone(client):
    body = make_body()
    both = [make_step(action=make_action(body=body), title="Write") for _ in range(2)]
    other = make_step(title="Other")
    key = ",".join(step.slug for step in both)
    assert f'name="step" value="{key}"' in client.get(PAGE).text

    page = client.get(PAGE, {"step": [other.slug, key]})

    assert "3 steps chosen" in text_of(page)
    off = re.findall(r'href="(\?[^"]*)#step-' + both[0].slug, page.text)
    assert parse_qs(urlsplit(unescape(off[0])).query) == {"step": [other.slug]}
    sheet = client.get(reverse("checklist_sheet"), {"step": [other.slug, key]})
    assert "3 steps, chosen by" in text_of(sheet)


def test_the_basket_holds_only_open_steps_and_is_not_shown_empty(client, steps):
    gone = ChecklistStep.objects.get(title="Withdrawn").slug

    shown = text_of(client.get(PAGE, {"step": ["atlantis", gone, "\x00"]}))

    assert "chosen ·" not in shown
    assert "steps chosen" not in shown
    assert "step chosen" not in shown


@pytest.mark.parametrize("number", [1, 3])
def test_the_checklist_takes_a_constant_number_of_queries(
    client, django_assert_num_queries, number
):
    for _ in range(number):
        action = make_action()
        step = make_step(action=action)
        make_meeting(body=action.body, **FAR)
        make_step(action=action, title=step.title)
        record(action, happened_on=timezone.localdate())

    # Number, keys, steps, asks, issues and bodies to choose from, whether there are packs, offices;
    # and, where nothing is kept, once more the countries, to choose from.
    with django_assert_num_queries(8 + 1 + IN_EVERY_PAGE):
        client.get(PAGE)
    # And which steps are chosen.
    with django_assert_num_queries(9 + 1 + IN_EVERY_PAGE):
        client.get(PAGE, {"step": [step.slug]})
