import re
from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import AskState, ResponseStatus
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_meeting,
    make_organisation,
    make_proposal,
    make_site,
    record,
    record_look,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus


@pytest.fixture
def dossier():
    issue = make_issue(title="Deployment", position=1)
    other = make_issue(title="Prisoners", position=2)
    ilo = make_body(name="International Labour Organization", abbreviation="ILO", position=2)
    unsc = make_body(name="Security Council", abbreviation="UNSC", position=1)
    make_body(name="Nobody asked this one", position=0)
    silent = make_action(issue=issue, body=ilo, slug="silent")
    blocked = make_action(issue=issue, body=unsc, slug="blocked")
    debated = make_action(issue=issue, body=unsc, slug="debated")
    make_action(issue=other, body=ilo, slug="unchecked", asked_on=date(2025, 6, 1))
    record_look(silent)
    record(blocked, S.BLOCKED)
    record(debated, S.UNDER_DISCUSSION, happened_on=date(2025, 1, 5), summary="A debate was held.")
    make_meeting(
        body=unsc,
        title="Presidency of Liberia",
        starts_on=date(2099, 12, 1),
        ends_on=date(2099, 12, 31),
    )
    return issue


def rows_of(response):
    """{heading: [slugs of the asks under it]} of the picture."""
    return {
        group.of and str(group.of): [row.ask.slug for row in group.rows]
        for group in response.context["silence"].groups
    }


def test_the_lead_counts_the_record(client, dossier):
    response = client.get(reverse("overview"))

    lead = response.context["lead"]
    assert (lead["asks"], lead["bodies"]) == (4, 2)
    shown = text_of(response)
    assert "4 asks to 2 bodies, put by 4 organisations." in shown
    assert "Since 16 December 2024" in shown
    assert "1 without an answer, for" in shown


def test_the_lead_says_nothing_of_who_asks_in_a_draft(client, dossier):
    make_action(
        state="draft",
        issue=dossier,
        asked_on=date(2020, 1, 1),
        asked_by=[make_organisation(name="Somebody unnamed")],
    )

    shown = text_of(client.get(reverse("overview")))

    assert "4 asks to 2 bodies, put by 4 organisations." in shown
    assert "Since 16 December 2024" in shown


def test_the_subject_of_the_record_is_the_first_thing_a_stranger_reads(client, dossier):
    make_site(subject="Mills burn. Nobody answers.")

    html = client.get(reverse("overview")).text

    assert re.search(r"<h1>\s*Mills burn. Nobody answers.\s*</h1>", html)
    assert "<title>Mills burn. Nobody answers." in html


def test_the_picture_has_a_row_for_each_ask_under_its_body(client, dossier):
    response = client.get(reverse("overview"))

    # The longest silence first.
    assert list(rows_of(response)) == ["International Labour Organization", "Security Council"]
    assert rows_of(response)["Security Council"] == ["blocked", "debated"]
    shown = text_of(response)
    for words in ["No public response found", "Blocked", "Under discussion", "Not yet checked"]:
        assert words in shown, words
    assert "Nobody asked this one" not in shown
    assert 'href="/en/actions/silent/"' in response.text


def test_the_picture_can_be_put_in_another_order(client, dossier):
    by_issue = rows_of(client.get(reverse("overview"), {"by": "issue"}))
    by_wait = rows_of(client.get(reverse("overview"), {"by": "wait"}))

    assert {head: sorted(asks) for head, asks in by_issue.items()} == {
        "Deployment": ["blocked", "debated", "silent"],
        "Prisoners": ["unchecked"],
    }
    assert list(by_wait) == [None]
    assert by_wait[None][0] == "silent"


def test_the_same_as_a_table_of_bodies_and_issues(client, dossier):
    response = client.get(reverse("overview"), {"view": "table"})

    table = response.context["table"]
    assert [row["body"].abbreviation for row in table["rows"]] == ["ILO", "UNSC"]
    assert [issue.title for issue in table["issues"]] == ["Deployment", "Prisoners"]
    for part in ("<caption", 'scope="col"', 'scope="row"', "not asked"):
        assert part in response.text
    body = dossier.actions.get(slug="blocked").body
    assert f'href="/en/actions/?issue={dossier.slug}&amp;body={body.slug}"' in response.text
    assert "silence__line" not in response.text


def test_of_more_asks_than_have_room_those_silent_longest_are_drawn(client, monkeypatch):
    monkeypatch.setattr("advocacy.public.views.overview.MOST_ROWS", 2)
    record(make_action(slug="answered", asked_on=date(2024, 1, 1)))
    record_look(make_action(slug="longest", asked_on=date(2024, 2, 1)))
    record_look(make_action(slug="second", asked_on=date(2024, 3, 1)))
    record_look(make_action(slug="third", asked_on=date(2024, 4, 1)))

    response = client.get(reverse("overview"), {"by": "wait"})

    assert rows_of(response)[None] == ["longest", "second"]
    assert "2 more asks" in text_of(response)


def test_what_is_proposed_has_no_row_and_is_counted_apart(client, dossier):
    make_proposal(slug="idea", issue=dossier)

    response = client.get(reverse("overview"))

    assert all("idea" not in asks for asks in rows_of(response).values())
    assert "Proposed by the editors 1" in text_of(response)


def test_the_overview_shows_answers_and_next_chances(client, dossier):
    shown = text_of(client.get(reverse("overview")))

    assert "A debate was held." in shown
    assert "Presidency of Liberia" in shown
    assert "Do one thing (5 minutes)" in shown


def test_the_overview_as_of_a_day(client, dossier):
    response = client.get(reverse("overview"), {"as_of": "2024-12-20"})

    shown = text_of(response)
    assert response.context["lead"]["asks"] == 3
    assert "A debate was held." not in shown
    assert "20 December 2024" in shown
    assert 'href="/en/actions/silent/?as_of=2024-12-20"' in response.text


@pytest.mark.parametrize("day", ["yesterday", "2999-01-01"])
def test_a_day_that_cannot_be_is_named_and_not_applied(client, dossier, day):
    response = client.get(reverse("overview"), {"as_of": day})

    assert response.context["lead"]["asks"] == 4
    assert 'id="filter-as_of_error"' in response.text
    assert "this filter was not applied" in text_of(response)


def test_an_empty_record_says_so(client):
    response = client.get(reverse("overview"))

    assert response.status_code == 200
    assert response.context["lead"]["asks"] == 0
    assert "silence__row" not in response.text


def test_drafts_and_withdrawn_asks_stay_out(client):
    make_action(state=AskState.DRAFT, title="A draft")
    make_action(state=AskState.WITHDRAWN, title="Withdrawn")

    assert client.get(reverse("overview")).context["lead"]["asks"] == 0


@pytest.mark.parametrize("number", [1, 3])
def test_the_overview_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        action = make_action()
        record(action)
        record_look(make_action(issue=action.issue))
        make_meeting(body=action.body, starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 2))

    # The columns of all asks, further issues, bodies that work in confidence, since when, who
    # asked, the asks of the picture and their entries, updates, sources, meetings, mails of a year.
    with django_assert_num_queries(11 + IN_EVERY_PAGE):
        client.get(reverse("overview"))
