"""The page of one ask: its text, record, evidence and checklist."""

import re
from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import Audience, ResponseStatus, Tier, Verification
from tests.factories import (
    make_action,
    make_body,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_pack,
    make_search_log,
    make_source,
    make_step,
    make_user,
    record,
    record_look,
    submit,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus


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
    unopened = make_source(accessed_on=None)
    record(action, sources=[make_source(), weak, unopened])

    response = client.get(action.get_absolute_url())

    assert "a copy: named, not linked" in text_of(response)
    assert text_of(response).count("known from digests; the article was not read") == 1

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
    assert "neither asked nor proposed" in text_of(response)
    assert "Proposed by the editors" not in text_of(response)
    assert "How it was put to the body" not in text_of(response)


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
        make_pack(actions=[action])
        make_meeting(body=action.body)
        wrong = record(action, sources=[make_source(), make_source()])
        record(action, corrects=wrong, correction_reason="A slip.")
        submit(action, organisations=[make_organisation(), make_organisation()])
        action.legal_references.add(make_legal_reference())
        action.record_look(
            make_search_log(searched_on=date(2025, 1, 1)), by=make_user(is_superuser=True)
        )

    # The ask, how its wording was changed, its further issues and relations, how it was put and by
    # whom, its legal basis, its entries, their sources and those of what they correct, its replies,
    # its steps, its packs, its meetings, mails of a year.
    with django_assert_num_queries(15 + IN_EVERY_PAGE):
        client.get(action.get_absolute_url())
