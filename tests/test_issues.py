import re
from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import ResponseStatus
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_source,
    make_step,
    make_topic,
    record,
    record_look,
)
from tests.pages import options_of, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus


@pytest.fixture
def issues():
    security, labour = make_topic(slug="security"), make_topic(slug="labour")
    deployment = make_issue(slug="deployment", title="Deployment of troops", topics=[security])
    exploitation = make_issue(
        slug="exploitation", title="Exploited soldiers", topics=[labour, security]
    )
    unsc, ilo = make_body(slug="unsc"), make_body(slug="ilo", name="Labour Organization")
    record(make_action(issue=deployment, body=unsc), S.BLOCKED)
    record(make_action(issue=deployment, body=unsc), S.UNDER_DISCUSSION)
    record_look(make_action(issue=exploitation, body=ilo))
    return deployment, exploitation


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["deployment", "exploitation"]),
        ({"q": "TROOPS"}, ["deployment"]),
        ({"q": "labour organization"}, ["exploitation"]),
        ({"topic": "labour"}, ["exploitation"]),
        ({"body": "unsc"}, ["deployment"]),
        ({"status": "against"}, ["deployment"]),
        ({"status": "no_response"}, ["exploitation"]),
        ({"body": "ilo", "status": "against"}, []),
        ({"sort": "title"}, ["deployment", "exploitation"]),
        ({"as_of": "2024-12-15"}, []),
        ({"topic": "nonsense"}, ["deployment", "exploitation"]),
    ],
)
def test_filters_narrow_the_list(client, issues, filters, found):
    response = client.get(reverse("issue_list"), filters)

    assert [issue.slug for issue, _phases in response.context["issues"]] == found


def test_the_counts_are_of_issues_not_of_asks(client, issues):
    response = client.get(reverse("issue_list"))

    assert options_of(response, "body")["unsc"].endswith("(1)")
    assert options_of(response, "topic")["security"].endswith("(2)")
    assert options_of(response, "status")["against"] == "Against (1)"
    assert options_of(response, "status")["blocked"] == "Blocked (1)"


def test_an_unknown_value_is_named_beside_its_field(client, issues):
    response = client.get(reverse("issue_list"), {"topic": "nonsense"})

    assert 'id="filter-topic_error"' in response.text
    assert "“nonsense” is not known here" in text_of(response)


def test_an_htmx_request_gets_only_the_results(client, issues):
    response = client.get(reverse("issue_list"), headers={"HX-Request": "true"})

    assert re.match(r'\s*<section [^>]*id="results"', response.text)
    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]


def test_a_bad_page_number_is_not_found(client, issues):
    assert client.get(reverse("issue_list"), {"page": 2}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        record(make_action(issue=make_issue(topics=[make_topic()])))

    # The number; counts by topic, body and status; the keys of the page, its issues, their topics
    # and phases, the names of options.
    with django_assert_num_queries(9):
        client.get(reverse("issue_list"))


@pytest.fixture
def dossier():
    issue = make_issue(
        slug="deployment",
        title="Deployment of troops",
        question="Will the Council decide?",
        narrative="Troops were sent.\n\nThe Council met.",
        topics=[make_topic(name="Security")],
    )
    issue.legal_references.add(make_legal_reference(title="Charter, art. 2(4)"))
    issue.sources.add(
        make_source(
            title="Moscow confirms the deployment",
            published_on=date(2025, 4, 26),
            summary="Presented as lawful assistance.",
        )
    )
    body = make_body(name="Security Council")
    action = make_action(issue=issue, body=body, title="Move to a decision", slug="decide")
    record(action, summary="The Council met on 30 October.", happened_on=date(2024, 12, 16))
    record(action, happened_on=date(2025, 5, 7), summary="Another briefing.")
    make_step(action=action, title="Write to your mission", minutes=5)
    make_meeting(
        body=body, title="Presidency", starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 31)
    )
    return issue


def test_an_issue_tells_the_whole_story(client, dossier):
    response = client.get(dossier.get_absolute_url())

    shown = text_of(response)
    for words in [
        "Deployment of troops",
        "Will the Council decide?",
        "Troops were sent.",
        "Security Council",
        "Under discussion",
        "Move to a decision",
        "Moscow confirms the deployment",
        "The Council met on 30 October.",
        "Charter, art. 2(4)",
        "Write to your mission",
        "Presidency",
    ]:
        assert words in shown, words


def test_the_timeline_runs_from_the_oldest_to_the_newest(client, dossier):
    response = client.get(dossier.get_absolute_url())

    days = [day for day, _kind, _thing in response.context["timeline"]]
    kinds = [kind for _day, kind, _thing in response.context["timeline"]]
    assert days == sorted(days)
    assert kinds == ["asks", "update", "source", "update"]
    assert response.text.index("The Council met on 30 October.") < response.text.rindex(
        "Another briefing."
    )


def test_an_issue_as_of_a_day_leaves_out_what_came_later(client, dossier):
    response = client.get(dossier.get_absolute_url(), {"as_of": "2024-12-31"})

    shown = text_of(response)
    assert "The Council met on 30 October." in shown
    assert "Another briefing." not in shown
    assert "Moscow confirms the deployment" not in shown
    assert 'href="/en/actions/decide/?as_of=2024-12-31"' in response.text


def test_an_unknown_issue_is_not_found(client):
    response = client.get(reverse("issue_detail", args=["atlantis"]))

    assert response.status_code == 404
    assert reverse("issue_list") in response.text


@pytest.mark.parametrize("number", [1, 3])
def test_an_issue_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    issue = make_issue(topics=[make_topic()])
    for _ in range(number):
        action = make_action(issue=issue, asked_by=[make_organisation()])
        record(action)
        record(action, sources=[make_source(), make_source()])
        make_step(action=action)
        issue.sources.add(make_source())
        issue.legal_references.add(make_legal_reference())
        make_meeting(body=action.body, starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 2))

    # The issue, topics, law and sources; its asks, who asked, steps; entries, their sources;
    # its meetings.
    with django_assert_num_queries(11):
        client.get(issue.get_absolute_url())
