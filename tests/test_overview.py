from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import AskState, ResponseStatus
from tests.factories import make_action, make_body, make_issue, make_meeting, record, record_look
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


def test_the_lead_counts_the_record(client, dossier):
    response = client.get(reverse("overview"))

    lead = response.context["lead"]
    assert (lead["asks"], lead["bodies"]) == (4, 2)
    shown = text_of(response)
    assert "4 asks to 2 bodies" in shown
    assert "1 without an answer" in shown


def test_the_matrix_is_a_table_of_issues_and_asked_bodies(client, dossier):
    response = client.get(reverse("overview"))

    matrix = response.context["matrix"]
    assert [body.abbreviation for body in matrix["bodies"]] == ["UNSC", "ILO"]
    assert [issue.title for issue, _cells in matrix["rows"]] == ["Deployment", "Prisoners"]
    assert "<caption" in response.text
    assert 'scope="col"' in response.text
    assert 'scope="row"' in response.text
    shown = text_of(response)
    for words in ["No public response found", "Blocked", "Under discussion", "Not yet checked"]:
        assert words in shown, words
    assert "Nobody asked this one" not in shown


def test_each_cell_is_one_click_from_its_evidence(client, dossier):
    response = client.get(reverse("overview"))

    assert 'href="/en/actions/silent/"' in response.text
    body = dossier.actions.get(slug="blocked").body
    several = f'href="/en/actions/?issue={dossier.slug}&amp;body={body.slug}"'
    assert several in response.text


def test_the_overview_shows_waits_answers_and_next_chances(client, dossier):
    response = client.get(reverse("overview"))

    waiting = [action.slug for action in response.context["waiting"]]
    # Nobody has looked at the other one yet, so nothing is said of its silence.
    assert waiting == ["silent"]
    shown = text_of(response)
    assert "A debate was held." in shown
    assert "Presidency of Liberia" in shown


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
    assert "<table" not in response.text


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

    # The columns of all asks, further issues, bodies that work in confidence, issues shown (keys,
    # rows), who waits longest, their asks, who shares the longest wait, their bodies, matrix and
    # further issues of its asks, updates, their sources, meetings, mails of a year.
    with django_assert_num_queries(15 + IN_EVERY_PAGE):
        client.get(reverse("overview"))
