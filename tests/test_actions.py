import re
from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import Audience, ExpectedBasis, ResponseStatus, Tier, Verification
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_search_log,
    make_source,
    make_step,
    make_topic,
    make_user,
    record,
    record_look,
)
from tests.pages import options_of, text_of

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


def test_an_htmx_request_gets_only_the_results(client, asks):
    response = client.get(reverse("action_list"), headers={"HX-Request": "true"})

    assert re.match(r'\s*<section [^>]*id="results"', response.text)
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

    # Cells of counts, issues, topics; the keys of the page, its asks, the names of options.
    with django_assert_num_queries(6):
        client.get(reverse("action_list"))


@pytest.fixture
def full_ask():
    action = make_action(
        slug="panel",
        reference="NK-06B",
        title="Restore the panel",
        counts_as_done="A resolution that creates a panel.",
        counts_as_refused="A vote on the merits against it.",
        legal_note="The Council's own practice.",
        asked_by=[make_organisation(name="Database Center")],
        body=make_body(name="Security Council", abbreviation="UNSC"),
    )
    action.legal_references.set([make_legal_reference(title="Resolution 1718")])
    make_meeting(body=action.body, title="Presidency of Liberia")
    record(
        action,
        S.BLOCKED,
        happened_on=date(2024, 3, 28),
        summary="Russia voted against the draft.",
        sources=[make_source(title="Vote record SC/15648", publisher="UN Press")],
    )
    return action


def test_an_ask_shows_its_text_record_and_evidence(client, full_ask):
    response = client.get(full_ask.get_absolute_url())

    shown = text_of(response)
    for words in [
        "Restore the panel",
        "NK-06B",
        "Database Center",
        "Resolution 1718",
        "The Council's own practice.",
        "A resolution that creates a panel.",
        "A vote on the merits against it.",
        "Blocked",
        "A formal attempt was made and stopped by a rule or another actor, named below.",
        "Russia voted against the draft.",
        "28 March 2024",
        "Vote record SC/15648",
        "T1",
        "Russia",
        "13",
        "Presidency of Liberia",
    ]:
        assert words in shown, words
    entry = full_ask.updates.get()
    assert f'id="entry-{entry.pk}"' in response.text
    assert f'href="{entry.sources.get().url}"' in response.text


def test_silence_is_shown_with_where_we_looked(client):
    action = make_action()
    log = make_search_log(
        places="NORMLEX\nilo.org", terms="강제노동", gaps="Closed sittings were not seen."
    )
    record_look(action, search_log=log)

    shown = text_of(client.get(action.get_absolute_url()))

    assert "No public response found" in shown
    for words in ["NORMLEX", "ilo.org", "강제노동", "Closed sittings were not seen."]:
        assert words in shown, words


def test_a_body_that_works_in_confidence_is_not_shown_as_silent(client):
    action = make_action(body=make_body(works_in_confidence=True))
    record_look(action)

    for address in [action.get_absolute_url(), reverse("action_list"), reverse("overview")]:
        shown = text_of(client.get(address))
        assert "No public position; this body works in confidence" in shown, address

    counted = [
        reverse("overview"),
        reverse("issue_list"),
        reverse("body_list"),
        action.issue.get_absolute_url(),
        action.body.get_absolute_url(),
    ]
    for address in counted:
        shown = text_of(client.get(address))
        assert "Works in confidence 1" in shown, address
        assert "No answer 1" not in shown, address


def test_the_timeline_goes_by_day_and_starts_with_what_stood_before_the_ask(client):
    action = make_action(asked_on=date(2024, 12, 16))
    record(action, S.BLOCKED, happened_on=date(2024, 3, 28))
    record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 2, 1), transition_reason="New draft.")

    timeline = text_of(client.get(action.get_absolute_url())).split("Timeline")[1]

    days = ["28 March 2024", "16 December 2024", "1 February 2025"]
    assert sorted(days, key=timeline.index) == days


def test_a_correction_and_what_it_corrects_are_both_shown(client):
    action = make_action()
    wrong = record(action, S.ACTION_TAKEN, summary="It decided.")
    right = record(
        action, summary="It debated.", corrects=wrong, correction_reason="No vote was held."
    )

    response = client.get(action.get_absolute_url())

    for words in ["It decided.", "It debated.", "No vote was held."]:
        assert words in text_of(response), words
    assert f'href="#entry-{right.pk}"' in response.text
    assert f'href="#entry-{wrong.pk}"' in response.text


def test_a_weak_source_is_named_but_not_linked(client):
    action = make_action()
    weak = make_source(title="A copy", url="https://example.org/copy", is_weak=True)
    record(action, sources=[make_source(), weak])

    response = client.get(action.get_absolute_url())

    assert "A copy" in text_of(response)
    assert "https://example.org/copy" not in response.text


def test_what_is_claimed_and_how_sure_we_are_stand_beside_the_status(client):
    action = make_action()
    press = make_source(tier=Tier.INDEPENDENT)
    record(
        action,
        S.PARTIAL_ACTION,
        sources=[press],
        verification=Verification.REPORTED,
        asserted_by="state",
        missing="An operative paragraph.",
    )

    shown = text_of(client.get(action.get_absolute_url()))

    assert "a State" in shown
    assert "reported" in shown
    assert "An operative paragraph." in shown


def test_an_ask_before_its_day_says_so(client):
    action = make_action()

    response = client.get(action.get_absolute_url(), {"as_of": "2024-01-01"})

    assert response.status_code == 200
    assert "16 December 2024" in text_of(response)
    assert response.context["was_asked"] is False


def test_a_draft_is_not_found(client):
    action = make_action(state="draft")

    assert client.get(action.get_absolute_url()).status_code == 404


@pytest.fixture
def steps():
    action = make_action()
    for audience, minutes, title in [
        (Audience.ANYONE, 5, "Write to your mission"),
        (Audience.UNION, 60, "File a representation"),
        (Audience.JOURNALIST, 15, "Ask the press office"),
    ]:
        make_step(action=action, audience=audience, minutes=minutes, title=title)
    return action


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ({}, ["Write to your mission", "File a representation", "Ask the press office"]),
        ({"audience": "union"}, ["Write to your mission", "File a representation"]),
        ({"minutes": "15"}, ["Write to your mission", "Ask the press office"]),
        ({"audience": "union", "minutes": "5"}, ["Write to your mission"]),
    ],
)
def test_the_checklist_fits_who_you_are_and_the_time_you_have(client, steps, filters, shown):
    whole = client.get(steps.get_absolute_url(), filters)
    part = client.get(steps.get_absolute_url(), filters, headers={"HX-Request": "true"})

    assert [step.title for step in whole.context["steps"]] == shown
    assert re.match(r'\s*<section [^>]*id="checklist"', part.text)
    for title in ["Write to your mission", "File a representation", "Ask the press office"]:
        assert (title in text_of(part)) is (title in shown)


@pytest.mark.parametrize("number", [1, 3])
def test_an_ask_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    action = make_action()
    record_look(action)
    for _ in range(number):
        make_step(action=action)
        make_meeting(body=action.body)
        wrong = record(action, sources=[make_source(), make_source()])
        record(action, corrects=wrong, correction_reason="A slip.")
        action.asked_by.add(make_organisation())
        action.legal_references.add(make_legal_reference())
        action.record_look(
            make_search_log(searched_on=date(2025, 1, 1)), by=make_user(is_superuser=True)
        )

    # The ask, who asked, its legal basis, its entries, their sources, its steps, its meetings.
    with django_assert_num_queries(9):
        client.get(action.get_absolute_url())
