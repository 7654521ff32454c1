"""The page of one ask: its text, record, evidence and checklist."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Audience, RecordHead, ResponseStatus, Tier, Verification
from advocacy.models.dates import written_day
from tests.factories import (
    make_action,
    make_body,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_pack,
    make_search_log,
    make_site,
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


def test_its_status_stands_directly_under_the_heading(client, full_ask):
    page = client.get(full_ask.get_absolute_url())

    under = re.search(r"</h1>(.*?)</hgroup>", page.text, re.S)[1]
    chip = text_of(SimpleNamespace(text=under))
    assert chip.startswith("Status: Blocked 28 March 2024 last checked")
    # What was put to nobody says so there as well, and what waits says for how long.
    for ask, words in [
        (make_action(asked_on=None), "Status: Proposed by the editors"),
        (record_look(make_action()).action, "days without an answer"),
    ]:
        under = re.search(r"</h1>(.*?)</hgroup>", client.get(ask.get_absolute_url()).text, re.S)[1]
        assert words in text_of(SimpleNamespace(text=under))


def test_what_you_can_do_comes_before_the_record_and_the_law_after_it(client, full_ask):
    make_step(action=full_ask, title="Write to your mission")
    submit(full_ask, organisations=[make_organisation()])

    shown = text_of(client.get(full_ask.get_absolute_url()))

    parts = [
        "Status:",
        "How it stands",
        "How it was put to the body",
        "Write to your mission",
        "What would count as done",
        "The record, newest first",
        "Legal basis",
        "Follow by e-mail",
    ]
    assert sorted(parts, key=shown.index) == parts


def bar_of(page):
    bar = re.search(r'<nav class="act-bar".*?</nav>', page.text, re.S)
    return bar and text_of(SimpleNamespace(text=bar[0]))


def test_a_bar_leads_down_to_the_first_step_and_to_following(client):
    action = make_action()
    make_step(action=action, minutes=60, audience=Audience.NGO)
    make_step(action=action, minutes=10)

    page = client.get(action.get_absolute_url())

    assert bar_of(page) == "Do something (10 min) Follow"
    for place in re.findall(r'href="#([^"]*)"', page.text.split('class="act-bar"')[1]):
        assert f'id="{place}"' in page.text
    assert bar_of(client.get(make_action().get_absolute_url())) == "Follow"
    # Of a past day, and of an ask that was closed, nothing is said of what can be done.
    past = client.get(action.get_absolute_url(), {"as_of": "2025-01-01"})
    assert bar_of(past) is None
    closed = make_action(state="withdrawn", closed_on=date(2025, 1, 1), closed_because="Done.")
    assert bar_of(client.get(closed.get_absolute_url())) is None


def test_an_ask_and_each_entry_can_be_cited(client, full_ask):
    make_site()
    day, head = timezone.localdate(), RecordHead.current()
    entry = full_ask.updates.get()

    shown = text_of(client.get(full_ask.get_absolute_url()))

    record = f"record {head.number}-{head.digest[:12]}"
    address = f"http://testserver/en/actions/panel/?as_of={day.isoformat()}"
    today = written_day(day)
    assert f"Answerable, NK-06B, as of {today}, {record}, {address} " in shown
    assert (
        f"Answerable, NK-06B, entry of 28 March 2024, as of {today}, {record},"
        f" {address}#entry-{entry.pk} " in shown
    )
    assert client.get(f"{address}#entry-{entry.pk}").status_code == 200


def test_a_citation_of_a_past_day_names_that_day(client, full_ask):
    shown = text_of(client.get(full_ask.get_absolute_url(), {"as_of": "2024-12-31"}))

    assert "NK-06B, as of 31 December 2024, record" in shown
    assert "/en/actions/panel/?as_of=2024-12-31 " in shown


def test_days_that_are_one_stand_on_one_line(client):
    today = timezone.localdate()
    action = make_action()
    record(action, happened_on=today, checked_on=today)
    shown = text_of(client.get(action.get_absolute_url()))
    assert f"Happened, recorded and last checked {written_day(today)} Claimed by" in shown

    action = make_action()
    record(action, happened_on=date(2025, 3, 3), checked_on=date(2025, 3, 3))
    shown = text_of(client.get(action.get_absolute_url()))
    assert f"Happened and last checked 3 March 2025 Recorded {written_day(today)}" in shown

    action = make_action()
    record(action, happened_on=date(2025, 3, 3), checked_on=date(2025, 3, 4))
    shown = text_of(client.get(action.get_absolute_url()))
    assert "Happened 3 March 2025 Recorded" in shown
    assert "Last checked 4 March 2025" in shown


def test_silence_is_shown_with_where_we_looked(client):
    action = make_action()
    log = make_search_log(
        places="NORMLEX\nilo.org", terms="강제노동", gaps="Closed sittings were not seen."
    )
    record_look(action, search_log=log)

    shown = text_of(client.get(action.get_absolute_url()))

    assert "No public response found" in shown
    assert "2 places" in shown
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
    # its steps, the countries and the offices that their letters are for, its packs, its meetings,
    # the head of the record, mails of a year; what was said of it and decided, who sits there.
    with django_assert_num_queries(21 + IN_EVERY_PAGE):
        client.get(action.get_absolute_url())


@pytest.mark.parametrize("answered", [False, True], ids=["without an answer", "answered"])
@pytest.mark.parametrize(
    ("language", "once", "beside"),
    [
        (
            "en",
            "Proposed by the editors; not put to this body",
            "A proposed ask has no clock and is counted apart.",
        ),
        (
            "uk",
            "Пропозиція редакції; з нею до цього органу не зверталися",
            "Заклик, який лише пропонують, не має відліку",
        ),
        (
            "ko",
            "편집자의 제안이며, 이 기관에 제기된 바 없음",
            "제안된 요구는 기간을 계산하지 않으며",
        ),
    ],
)
def test_that_a_proposal_was_not_put_to_its_body_is_said_once(
    client, language, once, beside, answered
):
    action = make_action(slug="ask", asked_on=None)
    if answered:
        record(action, S.COMMITTED, happened_on=date(2025, 2, 19))

    page = client.get(f"/{language}/actions/ask/").text
    main = page[page.index("<h1") : page.index('id="what-you-can-do"')]

    assert main.count(once) == 1
    # Beside the status that it has to be told apart from, or where it is the standing itself.
    assert (once in main.split("</hgroup>")[0]) == answered
    assert beside in main.split('id="how-it-was-put"')[1]
