"""What bodies did stands in entries; our own looks of a day are one line that leads to each."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from advocacy.models import ResponseStatus, days_of_looks
from tests.factories import make_action, make_body, record, record_look
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus
DAY = date(2026, 3, 2)


def lines_of(client, **query):
    return client.get(reverse("update_list"), {"looks": "1", **query})


def told(page):
    """The lines of a page in order: the words of an entry, or of a day of looks."""
    return [
        " ".join(line.sentences) if hasattr(line, "sentences") else line.summary
        for line in page.context["lines"]
    ]


def test_the_looks_of_a_day_are_one_line_below_what_bodies_did_that_day(client):
    first, second, answered = make_action(), make_action(), make_action()
    quiet = make_action(body=make_body(works_in_confidence=True))
    record_look(first, day=DAY - timedelta(days=9))
    record(answered, happened_on=DAY - timedelta(days=20), summary="It debated.")
    for action in (first, second, answered, quiet):
        record_look(action, day=DAY)
    record_look(make_action(asked_on=None), day=DAY)
    # Put to its body, but later.
    record_look(make_action(asked_on=DAY + timedelta(days=5)), day=DAY)
    record(second, happened_on=DAY, summary="It replied.")

    page = lines_of(client)

    assert told(page) == [
        "It replied.",
        "We looked at 1 ask and found no public response."
        " We looked again at 1 ask and found no public response."
        " We looked at 1 ask to a body that works in confidence, and found no public position."
        " We looked at 2 asks that nobody is known to have put, and found nothing public."
        " We looked again at 1 ask and found nothing new."
        " For 1 ask a response that we had missed was found later.",
        "We looked at 1 ask and found no public response.",
        "It debated.",
    ]
    assert "9 entries" in text_of(page)
    assert told(client.get(reverse("update_list"))) == ["It replied.", "It debated."]


def test_the_line_leads_to_each_look_of_its_day_and_keeps_the_filters(client):
    ilo, other = make_action(body=make_body(slug="ilo")), make_action()
    for action in (ilo, other):
        record_look(action, day=DAY)
        record_look(action, day=DAY - timedelta(days=1))

    page = lines_of(client, body="ilo")
    link = "?looks=1&body=ilo&looked_on=2026-03-02"
    assert link in unescape(page.text)
    looks = client.get(reverse("update_list") + link)

    assert [update.action for update in looks.context["updates"]] == [ilo]
    assert looks.context["updates"][0].happened_on == DAY
    assert "Where we looked" in looks.text
    assert "1 entry" in text_of(looks)
    title = looks.text.split("<title>")[1]
    assert "Our looks of 2 March 2026" in title
    without = client.get(reverse("update_list"), {"looked_on": "2026-03-02"})
    assert len(without.context["updates"]) == 2


def test_a_response_found_later_is_not_hidden_by_the_line(client):
    action = make_action()
    record_look(action, day=DAY)
    record(action, happened_on=DAY - timedelta(days=1), summary="It had answered.")

    assert told(lines_of(client))[0] == (
        "We looked at 1 ask and found no public response."
        " For 1 ask a response that we had missed was found later."
    )


def test_a_look_that_was_corrected_is_not_counted_again(client):
    action = make_action()
    look = record_look(action, day=DAY)
    record_look(action, day=DAY, corrects=look, correction_reason="A place was missing.")

    assert told(lines_of(client)) == ["We looked again at 1 ask and found no public response."]


def test_each_day_of_looks_stands_on_one_page_among_the_entries_of_its_time(client):
    action, looked_at = make_action(), make_action()
    for n in range(60):
        record(action, happened_on=DAY + timedelta(days=n // 4), summary=f"Entry {n}")
    days = [DAY + timedelta(days=n) for n in range(-2, 17, 3)]
    for day in days:
        record_look(looked_at, day=day)

    found = []
    for number in (1, 2, 3):
        lines = lines_of(client, page=number).context["lines"]
        stood = [getattr(line, "day", None) or line.happened_on for line in lines]
        assert stood == sorted(stood, reverse=True)
        found.append([line.day for line in lines if hasattr(line, "sentences")])

    assert [day for page in found for day in page] == sorted(days, reverse=True)
    assert all(found)
    assert lines_of(client, page=4).status_code == 404


def test_days_beyond_the_first_sixty_are_a_link_away(client):
    action = make_action()
    for n in range(62):
        record_look(action, day=DAY - timedelta(days=n))

    page = lines_of(client)
    earlier = DAY - timedelta(days=60)
    assert len(page.context["lines"]) == 60
    assert f"looks=1&as_of={earlier}" in unescape(page.text)
    assert len(lines_of(client, as_of=earlier).context["lines"]) == 2


def test_a_filter_by_status_leaves_no_look(client):
    record_look(make_action(), day=DAY)
    record(make_action(), happened_on=DAY, summary="It debated.")

    assert told(lines_of(client, status="under_discussion")) == ["It debated."]


def test_a_day_that_is_none_is_said(client):
    page = lines_of(client, looked_on="soon")

    assert "Give a day as YYYY-MM-DD; this filter was not applied." in text_of(page)


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_days_takes_a_constant_number_of_queries(
    client, django_assert_num_queries, number
):
    for n in range(number):
        action = make_action()
        record(action, happened_on=DAY + timedelta(days=n))
        record_look(action, day=DAY + timedelta(days=n))

    # Those of the list of entries, and two for the days and what their looks found.
    with django_assert_num_queries(10 + IN_EVERY_PAGE):
        lines_of(client)


def test_no_looks_no_days():
    assert days_of_looks(make_action().updates.looks()) == ([], None)
