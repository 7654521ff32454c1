import re
from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import Audience, ExpectedBasis, ResponseStatus
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_step,
    make_topic,
    record,
    record_look,
)
from tests.pages import IN_EVERY_PAGE, options_of, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus


def listed(client, **filters):
    """The references of the asks on the page, in order."""
    response = client.get(reverse("action_list"), filters)
    assert response.status_code == 200
    return [action.reference for action in response.context["actions"]]


@pytest.fixture
def asks():
    security, labour = make_topic(slug="security"), make_topic(slug="labour")
    silent = make_action(
        reference="SILENT",
        title="Take up forced labour",
        issue=make_issue(slug="exploitation", topics=[labour]),
        body=make_body(slug="ilo", name="Labour Organization"),
    )
    blocked = make_action(
        reference="BLOCKED",
        title="Restore the panel",
        issue=make_issue(slug="deployment", topics=[security, labour]),
        body=make_body(slug="unsc", name="Security Council"),
        expected_by=date(2025, 1, 1),
        expected_basis=ExpectedBasis.RULE,
    )
    record_look(silent)
    record(blocked, S.BLOCKED, happened_on=date(2025, 3, 28))
    make_step(action=silent, audience=Audience.UNION)
    make_step(action=silent, audience=Audience.UNION)
    return silent, blocked


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["SILENT", "BLOCKED"]),
        ({"q": "FORCED"}, ["SILENT"]),
        ({"q": "security council"}, ["BLOCKED"]),
        ({"issue": "exploitation"}, ["SILENT"]),
        ({"topic": "security"}, ["BLOCKED"]),
        ({"topic": "labour"}, ["SILENT", "BLOCKED"]),
        ({"body": "unsc"}, ["BLOCKED"]),
        ({"status": "against"}, ["BLOCKED"]),
        ({"status": "blocked"}, ["BLOCKED"]),
        ({"status": "no_answer"}, ["SILENT"]),
        ({"status": "acknowledged"}, []),
        ({"audience": "union"}, ["SILENT"]),
        ({"overdue": "on"}, []),
        ({"as_of": "2025-02-01", "overdue": "on"}, ["BLOCKED"]),
        ({"as_of": "2025-02-01", "status": "unknown"}, ["BLOCKED"]),
        ({"as_of": "2024-12-15"}, []),
        ({"sort": "moved"}, ["BLOCKED", "SILENT"]),
        ({"sort": "reference"}, ["BLOCKED", "SILENT"]),
        ({"body": "unsc", "status": "no_answer"}, []),
    ],
)
def test_filters_narrow_the_list(client, asks, filters, found):
    assert listed(client, **filters) == found


def test_every_option_shows_how_many_asks_it_would_leave(client, asks):
    response = client.get(reverse("action_list"), {"body": "ilo"})

    assert options_of(response, "body") == {
        "": "All bodies",
        "ilo": "Labour Organization (1)",
        "unsc": "Security Council (1)",
    }
    assert options_of(response, "issue")["exploitation"].endswith("(1)")
    assert "deployment" not in options_of(response, "issue")
    assert options_of(response, "status")["no_answer"] == "No answer (1)"
    assert options_of(response, "status")["against"] == "Against (0)"
    assert options_of(response, "audience")["union"] == "trade unions and employers (1)"
    assert response.context["page"].paginator.count == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("issue", "atlantis", "“atlantis” is not known here; this filter was not applied."),
        ("topic", "law", "“law” is not known here; this filter was not applied."),
        ("body", "un", "“un” is not known here; this filter was not applied."),
        ("status", "solved", "“solved” is not known here; this filter was not applied."),
        ("audience", "kings", "“kings” is not known here; this filter was not applied."),
        ("overdue", "maybe", "“maybe” is not known here; this filter was not applied."),
        ("overdue", "0", "“0” is not known here; this filter was not applied."),
        ("sort", "luck", "“luck” is not known here; this filter was not applied."),
        ("as_of", "16.12.2024", "Give a day as YYYY-MM-DD; this filter was not applied."),
        ("as_of", "2999-01-01", "That day has not come yet; this filter was not applied."),
    ],
)
def test_an_unknown_value_is_named_beside_its_field_and_not_applied(
    client, asks, field, value, message
):
    response = client.get(reverse("action_list"), {field: value, "q": "panel"})

    assert [action.reference for action in response.context["actions"]] == ["BLOCKED"]
    error_id = f'id="filter-{field}_error"'
    assert error_id in response.text
    assert message in text_of(response)
    assert f'aria-describedby="filter-{field}_error' in response.text.replace(
        f"filter-{field}_helptext ", ""
    )


@pytest.mark.parametrize(("value", "ticked"), [("on", True), ("", False), ("maybe", False)])
def test_a_switch_is_a_box_that_is_ticked_where_it_is_applied(client, asks, value, ticked):
    page = client.get(reverse("action_list"), {"overdue": value}).text

    box = re.search(
        r'data-field="overdue" data-kind="checkbox">\s*<label[^>]*>(<input[^>]*>)', page
    )
    assert (" checked" in box[1]) == ticked
    assert "value=" not in box[1]


def test_a_filter_that_can_match_nothing_is_not_offered(client):
    def offered(**query):
        return re.findall(r'data-field="(\w+)"', client.get(reverse("action_list"), query).text)

    record(make_action())
    assert not {"overdue", "proposed"} & set(offered())
    # Who comes with it in the address can take it away.
    assert "proposed" in offered(proposed="on")

    make_action(asked_on=None)
    assert "proposed" in offered()


def test_an_htmx_request_gets_only_the_results(client, asks):
    response = client.get(reverse("action_list"), headers={"HX-Request": "true"})

    assert re.match(r'\s*<title>Asks · [^<]+</title>\s*<section [^>]*id="results"', response.text)
    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]
    assert "Take up forced labour" in text_of(response)


def test_going_back_gets_the_whole_page(client, asks):
    response = client.get(
        reverse("action_list"),
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )

    assert "<html" in response.text


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "99999999999999999999"])
def test_a_bad_page_number_is_not_found_and_shows_a_way_on(client, asks, page):
    response = client.get(reverse("action_list"), {"page": page})

    assert response.status_code == 404
    assert reverse("action_list") in response.text


def test_pages_keep_the_filters(client):
    issue = make_issue(slug="big")
    for _ in range(26):
        make_action(issue=issue)
    make_action()

    first = client.get(reverse("action_list"), {"issue": "big"})
    second = client.get(reverse("action_list"), {"issue": "big", "page": 2})

    assert "?issue=big&amp;page=2" in first.text
    assert len(second.context["actions"]) == 1


def test_an_empty_list_says_which_filter_to_loosen(client, asks):
    response = client.get(reverse("action_list"), {"body": "unsc", "status": "no_answer"})

    assert "?body=unsc" in response.text
    assert "?status=no_answer" in response.text
    assert "SILENT" not in text_of(response)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        record(make_action(issue=make_issue(topics=[make_topic()])))

    # Whether an answer is due anywhere; the columns of all asks, further issues, topics; the keys
    # of the page, its asks, the names of options.
    with django_assert_num_queries(7 + IN_EVERY_PAGE):
        client.get(reverse("action_list"))
