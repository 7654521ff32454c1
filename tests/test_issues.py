import re
from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse

from advocacy.models import ResponseStatus
from tests.factories import (
    make_action,
    make_body,
    make_event,
    make_issue,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_pack,
    make_paragraph,
    make_source,
    make_step,
    make_topic,
    record,
    record_look,
)
from tests.pages import IN_EVERY_PAGE, options_of, text_of

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

    assert re.match(r'\s*<title>Issues · [^<]+</title>\s*<section [^>]*id="results"', response.text)
    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]


def test_a_bad_page_number_is_not_found(client, issues):
    assert client.get(reverse("issue_list"), {"page": 2}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        record(make_action(issue=make_issue(topics=[make_topic()])))

    # The columns of all asks, further issues, the keys of all issues, topics; the keys of the page,
    # its issues, their topics and phases, the names of options.
    with django_assert_num_queries(9 + IN_EVERY_PAGE):
        client.get(reverse("issue_list"))


@pytest.fixture
def dossier():
    issue = make_issue(
        slug="deployment",
        title="Deployment of troops",
        question="Will the Council decide?",
        topics=[make_topic(name="Security")],
    )
    issue.legal_references.add(make_legal_reference(title="Charter, art. 2(4)"))
    make_paragraph(issue=issue, text="Troops were sent.", day=date(2024, 10, 1))
    make_event(
        issues=[issue],
        title="Moscow confirms the deployment",
        happened_on=date(2025, 4, 26),
        text="Presented as lawful assistance.",
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


def test_the_timeline_runs_from_the_newest_to_the_oldest(client, dossier):
    response = client.get(dossier.get_absolute_url())

    days = [row.day for row in response.context["timeline"]]
    kinds = [row.kind for row in response.context["timeline"]]
    assert days == sorted(days, reverse=True)
    assert kinds == ["update", "event", "update", "asks"]
    assert response.text.index("Another briefing.") < response.text.rindex(
        "The Council met on 30 October."
    )


def test_the_asks_stand_before_what_to_do_and_both_before_the_story(client, dossier):
    shown = text_of(client.get(dossier.get_absolute_url())).partition("Will the Council")[2]

    parts = [
        "decide?",
        "Who was asked, and who answered",
        "Move to a decision",
        "Write to your mission",
        dossier.summary,
        "Troops were sent.",
        "Timeline",
        "Another briefing.",
        "Charter, art. 2(4)",
        "sources of this page",
    ]
    assert sorted(parts, key=shown.index) == parts


def test_what_stands_names_each_ask_with_its_status_dates_and_who_put_it(client):
    issue = make_issue()
    asker = make_organisation(name="Database Center", abbreviation="NKDB")
    ask = make_action(issue=issue, title="Publish the law", reference="NK-02", asked_by=[asker])
    record_look(ask)
    make_action(issue=issue, title="Look into it", asked_on=None)

    page = client.get(issue.get_absolute_url())
    stands = re.search(r'<section[^>]*id="what-stands".*?</section>', page.text, re.S)[0]
    shown = text_of(SimpleNamespace(text=stands))

    assert "Publish the law NK-02 No public response found" in shown
    assert "16 December 2024 Public call: NKDB" in shown
    assert 'class="silence__gap"' in stands
    put, _, proposed = shown.partition("Nobody is known to have put these to the body")
    assert "Look into it" not in put
    assert "Look into it" in proposed


def test_the_newest_eight_lines_of_the_timeline_lead_to_all(client):
    issue = make_issue()
    for day in range(1, 11):
        make_event(issues=[issue], title=f"Day {day} came", happened_on=date(2025, 3, day))

    page = client.get(issue.get_absolute_url())

    shown = text_of(page)
    assert [f"Day {day} came" in shown for day in range(1, 11)] == [False] * 2 + [True] * 8
    assert "All 10 lines of the timeline" in shown
    (link,) = re.findall(r'href="([^"]*timeline=all[^"]*)#timeline-head"', page.text)
    whole = text_of(client.get(issue.get_absolute_url() + link))
    assert all(f"Day {day} came" in whole for day in range(1, 11))
    assert "lines of the timeline" not in whole
    assert "The newest alone" in whole


def test_no_copy_stands_alone_on_the_timeline_and_what_nobody_opened_says_so(client, dossier):
    unopened = make_source(publisher="A journal", accessed_on=None)
    copies = [make_source(publisher=f"Mirror {n}", is_weak=True) for n in range(2)]
    told = make_event(issues=[dossier], sources=[unopened, copies[0]])
    make_event(issues=[dossier], title="Only a copy says so", sources=[copies[1]])

    response = client.get(dossier.get_absolute_url())

    shown = [row.thing for row in response.context["timeline"] if row.kind == "event"]
    assert told in shown
    timeline = re.search(r'<ol class="timeline">.*?</ol>', response.text, re.S)[0]
    assert "known from digests; the article was not read" in timeline
    assert "a copy: named, not linked" in timeline
    assert "Only a copy says so" not in response.text
    assert "Mirror 1" not in response.text


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
        make_pack(issues=[issue])
        make_event(issues=[issue], by_bodies=[action.body], sources=[make_source(), make_source()])
        make_paragraph(issue=issue, sources=[make_source()])
        issue.legal_references.add(make_legal_reference())
        make_meeting(body=action.body, starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 2))

    # The issue, topics, law; its asks, how they were put and by whom, steps, when they moved;
    # entries, their sources; looks left out; events, their sources and bodies; packs; paragraphs,
    # their sources; its meetings, decisions, mails of a year by the keys of its asks.
    with django_assert_num_queries(21 + IN_EVERY_PAGE):
        client.get(issue.get_absolute_url())


def test_what_you_can_do_is_the_editors_first_step_for_anyone_and_open(client):
    issue = make_issue()
    first, second = (make_action(issue=issue) for _ in range(2))
    make_step(action=first, title="Relatives, safety first", audience="family", minutes=1)
    make_step(action=first, title="Brief the members", audience="ngo", minutes=2)
    make_step(action=first, title="Thank them", when_status="delivered", minutes=3)
    make_step(action=first, title="Write to your mission", minutes=10)
    make_step(action=first, title="Share it", minutes=2)
    make_step(action=second, title="Witnesses, safety first", audience="family", minutes=1)
    make_step(action=second, title="Offer your file", audience="researcher", minutes=60)
    make_step(action=make_action(issue=issue), title="Only for them", audience="family")

    page = client.get(issue.get_absolute_url())
    offered = page.text.split('aria-labelledby="steps-head"')[1].split("</section>")[0]

    assert re.findall(r"#step-[^>]*>([^<]*)</a>", offered) == [
        "Write to your mission",
        "Offer your file",
    ]
