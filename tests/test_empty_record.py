"""A site without a row: every page answers, says what will stand there, and claims nothing."""

import pytest

from tests.pages import text_of

pytestmark = pytest.mark.django_db

# What is said where nothing is there yet.
PAGES = {
    "": "Nothing has been asked yet. Who is asked to act, how each of them answers,",
    "issues/": "No issue has been added yet.",
    "bodies/": "No body has been added yet.",
    "actions/": "Nothing has been asked yet.",
    "updates/": "No response has been recorded so far. What a body answers will stand here",
    "updates/?looks=1": "The record holds no entry so far.",
    "updates/corrections/": "No entry has been corrected so far.",
    "updates/withheld/": "Nothing has been withheld so far.",
    "checklist/": "No step has been written yet.",
    "packs/": "No pack has been written yet.",
    "calendar/": "No dated chance to act is known at the moment.",
    "seats/": "No country has a part in this record so far",
    "seats/de/": "This record has nothing to say of it so far.",
    "follow/": "Follow by e-mail",
    "about/": "About this record",
    "about/method/": "How statuses are decided",
    "about/privacy/": "Privacy",
    "about/accessibility/": "Accessibility",
    "?as_of=2025-01-01": "Nothing has been asked yet.",
}
# What would be true of everything where there is nothing, or of nobody.
CLAIMS = [
    "0 of 0",
    "0 mails",
    "No ask that somebody has looked into is without an answer",
    "These are the next best ways",
    "Nothing matches all of these filters",
    "Longest wait:",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_an_empty_record_says_what_will_stand_there(client, path):
    page = client.get(f"/en/{path}")

    assert page.status_code == 200
    shown = text_of(page)
    assert PAGES[path] in shown
    assert [claim for claim in CLAIMS if claim in shown] == []


def test_feed_and_calendar_of_an_empty_record_are_empty(client):
    assert "<entry>" not in client.get("/en/updates.atom").text
    assert "BEGIN:VEVENT" not in client.get("/en/calendar.ics").text


def test_a_filter_that_leaves_nothing_is_named_with_its_day_written_out(client):
    shown = text_of(client.get("/en/actions/?as_of=2025-01-01"))

    assert "Search without “As of” ( 1 January 2025 )" in shown
