"""Where visitors meet what happened: timelines, bodies, asks, past days."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.models import Event
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_event,
    make_issue,
    make_meeting,
    make_paragraph,
    make_source,
    make_topic,
    record,
    record_look,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

HELD = "https://example.org/calendar"


@pytest.fixture
def story():
    """One thing happened; two asks were answered by it, a third one otherwise."""
    issue, body = make_issue(topics=[make_topic()]), make_body(name="The Council")
    event = make_event(
        title="Resolution 58/17", happened_on=date(2025, 4, 3), issues=[issue], by_bodies=[body]
    )
    for title in ("Take it up", "Ask for reports"):
        ask = make_action(issue=issue, body=body, title=title)
        record(ask, event=event, happened_on=date(2025, 4, 3), summary="It adopted a text.")
    other = make_action(issue=issue, title="Publish")
    record(other, happened_on=date(2025, 5, 5), summary="It held a meeting.")
    record_look(other, date(2025, 6, 6))
    return issue


def timeline_of(client, issue, **query):
    page = client.get(issue.get_absolute_url(), query)
    return page, [(row.kind, row.day, len(row.beneath)) for row in page.context["timeline"]]


def test_what_happened_is_shown_once_with_what_rests_on_it_beneath(client, story):
    page, rows = timeline_of(client, story)

    assert rows == [
        ("update", date(2025, 5, 5), 0),
        ("event", date(2025, 4, 3), 2),
        ("asks", ASKED_ON, 0),
    ]
    shown = text_of(page)
    assert shown.count("Resolution 58/17") == 1
    assert "It adopted a text." not in shown
    first, last = shown.index("Resolution 58/17"), shown.index("asks put to their bodies")
    assert shown.index("It held a meeting.") < first
    for title in ("Take it up", "Ask for reports"):
        assert title in shown[first:last]


def test_what_is_said_of_two_asks_in_the_same_words_is_one_line_that_names_both(client):
    issue, day = make_issue(), date(2025, 4, 3)
    for title in ("Take it up", "Ask for reports"):
        record(make_action(issue=issue, title=title), happened_on=day, summary="It debated.")
    record(make_action(issue=issue, title="Publish"), happened_on=day, summary="It spoke.")

    page, rows = timeline_of(client, issue)

    assert sorted(rows) == [("asks", ASKED_ON, 0), ("update", day, 0), ("update", day, 1)]
    timeline = re.search(r'<ol class="timeline">.*?</ol>', page.text, re.S)[0]
    (line,) = (part for part in timeline.split("<li data-kind") if "It debated." in part)
    for title in ("Take it up", "Ask for reports"):
        assert title in line
    assert "Publish" not in line
    assert timeline.count("It debated.") == 1


def test_our_looks_stand_in_the_timeline_only_where_they_are_asked_for(client, story):
    page, rows = timeline_of(client, story)
    assert "Show our own 1 look as well" in text_of(page)
    assert date(2025, 6, 6) not in [day for _kind, day, _n in rows]

    page, rows = timeline_of(client, story, looks=1)
    assert rows[0] == ("update", date(2025, 6, 6), 0)
    assert "Leave out our own looks" in text_of(page)


def test_an_event_that_only_an_entry_names_stands_in_the_timeline_as_well(client, story):
    other = make_issue()
    ask = make_action(issue=other)
    record(ask, event=Event.objects.get(), happened_on=date(2025, 4, 3))

    assert ("event", date(2025, 4, 3), 1) in timeline_of(client, other)[1]


@pytest.mark.parametrize(("day", "is_shown"), [("2025-04-02", False), ("2025-04-03", True)])
def test_a_past_day_shows_what_had_happened_by_then(client, story, day, is_shown):
    body = Event.objects.get().by_bodies.get()

    for row in (story, body):
        shown = text_of(client.get(row.get_absolute_url(), {"as_of": day}))
        assert ("Resolution 58/17" in shown) is is_shown


def test_the_page_of_an_ask_names_what_happened(client, story):
    ask = Event.objects.get().updates.first().action

    assert "What happened Resolution 58/17" in text_of(client.get(ask.get_absolute_url()))


def test_a_body_that_was_asked_nothing_shows_what_it_did(client):
    body = make_body(name="The Parliament")
    issue = make_issue(title="Troops in the war")
    make_event(title="It condemned the war", by_bodies=[body], issues=[issue])
    make_event(title="Somebody wrote to it", about_bodies=[body])

    shown = text_of(client.get(body.get_absolute_url()))

    assert "0 asks to this body" in shown
    assert "What it did" in shown
    assert "It condemned the war" in shown
    assert "On: Troops in the war" in shown
    assert "Somebody wrote to it" not in shown


def test_who_did_it_stands_beneath_and_a_copy_says_that_it_is_one(client):
    issue = make_issue()
    make_event(
        issues=[issue],
        by_bodies=[make_body(name="The Council")],
        by_states="KP, RU",
        sources=[
            make_source(),
            make_source(publisher="A mirror", url="https://mirror.test/", is_weak=True),
        ],
    )

    page = client.get(issue.get_absolute_url())

    assert "By: The Council , North Korea, Russia" in text_of(page)
    assert "A mirror" in text_of(page)
    assert "a copy: named, not linked" in text_of(page)
    assert "mirror.test" not in page.text


days = st.dates(date(2024, 6, 1), date(2026, 6, 1))


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(days, max_size=3), told=st.lists(days, max_size=3), as_of=days)
def test_no_day_shows_anything_later(client, events, told, as_of):
    issue = make_issue(opened_on=date(2024, 1, 1))
    ask = make_action(issue=issue, asked_on=date(2024, 1, 1))
    for day in events:
        make_event(issues=[issue], happened_on=day, title=f"Event of {day}")
    for day in told:
        make_paragraph(issue=issue, day=day, text=f"Told of {day}")
    make_paragraph(issue=issue, day=None, text="Told of any day")
    over = as_of + timedelta(days=3)
    dates = {"starts_on": over, "ends_on": over, "what_can_be_done": "It is over."}
    known = {"confidence": "confirmed", "source_url": HELD, **dates}
    make_meeting(body=ask.body, title="The next one", **known)
    make_meeting(body=ask.body, title="Perhaps never held", **dates)

    shown = text_of(client.get(issue.get_absolute_url(), {"as_of": as_of.isoformat()}))

    for day in events:
        assert (f"Event of {day}" in shown) is (day <= as_of)
    for day in told:
        assert (f"Told of {day}" in shown) is (day <= as_of)
    assert "Told of any day" in shown
    assert issue.summary not in shown
    # What came next is named, without its day or what could once be done for it.
    assert "The next one" in shown
    assert "Perhaps never held" not in shown
    assert "It is over." not in shown


@pytest.mark.parametrize("number", [1, 3])
def test_what_a_body_did_takes_a_constant_number_of_queries(
    client, django_assert_num_queries, number
):
    body = make_body()
    for _ in range(number):
        make_event(
            by_bodies=[body, make_body()],
            issues=[make_issue(), make_issue()],
            sources=[make_source(), make_source()],
        )

    # The body, phases, the events with their sources, bodies and issues, entries, seats, meetings,
    # standing chances, replies, decisions, mails of a year by the keys of its asks.
    with django_assert_num_queries(14 + IN_EVERY_PAGE):
        client.get(body.get_absolute_url())


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "By: The Council , North Korea, Russia"),
        ("uk", "Хто: The Council , Північна Корея, Росія"),
        ("ko", "주체: The Council , 북한, 러시아"),
    ],
)
def test_who_did_it_is_named_as_a_list_in_each_language(client, language, line):
    issue = make_issue(slug="troops")
    make_event(issues=[issue], by_bodies=[make_body(name="The Council")], by_states="KP, RU")
    make_event(issues=[issue], by_bodies=[], by_states="FR")

    shown = text_of(client.get(f"/{language}/issues/troops/", {"timeline": "all"}))

    assert line in shown
