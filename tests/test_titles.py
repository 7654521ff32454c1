"""What the tab, the history and a shared link call a filtered list."""

import re
from html import unescape

import pytest
from django.urls import reverse

from advocacy.models import ResponseStatus
from tests.factories import make_action, make_body, make_issue, make_site, make_step, record

pytestmark = pytest.mark.django_db


def titles(client, name, query, **headers):
    """The titles in an answer, without the name of the record."""
    text = client.get(reverse(name), query, headers=headers).text
    found = re.findall(r"<title>(.*?)</title>", text, flags=re.S)
    return [unescape(title).removesuffix(" · Answerable") for title in found]


@pytest.fixture
def council():
    make_site()
    body = make_body(slug="unsc", name="Security Council")
    ask = make_action(body=body, issue=make_issue(slug="labour", title="Forced labour"))
    make_step(action=ask)
    record(ask, status=ResponseStatus.UNDER_DISCUSSION)
    return body


@pytest.mark.parametrize(
    ("name", "query", "title"),
    [
        ("action_list", {}, "Asks"),
        (
            "action_list",
            {"body": "unsc", "status": "under_discussion"},
            "Security Council · Under discussion · Asks",
        ),
        ("action_list", {"proposed": "on"}, "Proposed by the editors · Asks"),
        ("action_list", {"as_of": "2025-02-01"}, "As of 1 February 2025 · Asks"),
        ("action_list", {"body": "nobody", "sort": "newest", "page": "1"}, "Asks"),
        ("issue_list", {"q": "labour <b>"}, "“labour <b>” · Issues"),
        (
            "update_list",
            {"issue": "labour", "looks": "1"},
            "Forced labour · Our own looks · Updates",
        ),
        ("body_list", {"q": "council"}, "“council” · Bodies"),
        ("meeting_list", {"body": "unsc"}, "Security Council · Calendar"),
        ("decision_list", {"outcome": "veto"}, "not adopted: veto · Decisions"),
        ("statement_list", {"issue": "labour"}, "Forced labour · Statements"),
        ("pack_list", {"issue": "labour"}, "Forced labour · Packs"),
        ("my_checklist", {"minutes": "5"}, "5 minutes · My checklist"),
    ],
)
def test_a_list_is_called_by_its_filters(client, council, name, query, title):
    assert titles(client, name, query) == [title]
    # The part that htmx asks for brings its title along, as the first of its elements.
    assert titles(client, name, query, **{"hx-request": "true"}) == [title]


def test_a_title_is_in_the_language_of_the_page(client, council):
    page = client.get("/uk/actions/", {"body": "unsc"})

    assert "<title>Security Council · Заклики · Answerable</title>" in page.text
