import re
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from django.urls import reverse

from advocacy.models import Confidence, Meeting
from tests.factories import make_action, make_body, make_issue, make_meeting, make_pack
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

FILE = reverse("meeting_calendar")
FAR = {"starts_on": date(2099, 6, 1), "ends_on": date(2099, 6, 12)}


def events_of(response):
    """Read by a parser that did not write it."""
    return list(vobject.readOne(response.content.decode()).contents.get("vevent", []))


def test_a_calendar_program_reads_the_dates_and_what_to_do(client):
    body = make_body(name="Labour Organization", abbreviation="ILO")
    action = make_action(
        body=body, reference="NK-02", title="Take it up, “강제노동”; примусова праця"
    )
    make_meeting(
        body=body,
        slug="ilo-2099",
        title="Conference, 187th session",
        who_can_act="Delegates; unions",
        what_can_be_done="Put the question, in Geneva",
        act_by=date(2099, 5, 2),
        **FAR,
    )

    response = client.get(FILE)

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events_of(response)
    assert event.summary.value == "ILO: Conference, 187th session"
    # The last day is named exclusively.
    assert (event.dtstart.value, event.dtend.value) == (date(2099, 6, 1), date(2099, 6, 13))
    assert event.uid.value == "meeting-ilo-2099"
    assert event.status.value == "TENTATIVE"
    for words in [
        "Who can act: Delegates; unions",
        "What can be done: Put the question, in Geneva",
        "Act by: 2 May 2099",
        f"NK-02: {action.title}\nhttp://testserver{action.get_absolute_url()}",
    ]:
        assert words in event.description.value, words
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))


def test_the_same_event_keeps_its_name_and_counts_up_when_it_changes(client):
    meeting = make_meeting(title="First", **FAR)
    Meeting.objects.update(changed_at=datetime(2026, 3, 1, tzinfo=UTC))
    (before,) = events_of(client.get(FILE))
    (same,) = events_of(client.get(FILE))
    assert before.sequence.value == same.sequence.value

    meeting.title, meeting.confidence = "Second", Confidence.CONFIRMED
    meeting.source_url = "https://example.org/dates"
    meeting.save()

    (after,) = events_of(client.get(FILE))
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert (after.summary.value.split(": ")[1], after.status.value) == ("Second", "CONFIRMED")


def test_the_page_and_the_file_are_narrowed_alike(client):
    issue = make_issue(slug="troops")
    ilo, unsc = make_body(slug="ilo"), make_body(slug="unsc")
    make_action(issue=issue, body=ilo, title="Take it up")
    make_meeting(body=ilo, title="Conference", **FAR)
    make_meeting(body=unsc, title="Presidency", **FAR)

    for query, found in [
        ({}, ["Conference", "Presidency"]),
        ({"body": "unsc"}, ["Presidency"]),
        ({"issue": "troops"}, ["Conference"]),
        ({"issue": "troops", "body": "unsc"}, []),
    ]:
        titles = [
            event.summary.value.split(": ")[1] for event in events_of(client.get(FILE, query))
        ]
        page = text_of(client.get(reverse("meeting_list"), query, headers={"hx-request": "true"}))
        assert titles == found, query
        assert [title for title in ("Conference", "Presidency") if title in page] == found, query
    page = client.get(reverse("meeting_list"), {"body": "ilo"})
    assert f'href="webcal://testserver{FILE}?body=ilo"' in page.text
    assert "1 ask" in text_of(page)


def test_an_unknown_filter_is_named_beside_its_field(client):
    assert "“atlantis” is not known here" in text_of(
        client.get(reverse("meeting_list"), {"body": "atlantis"})
    )


def test_what_is_over_or_open_on_any_day_is_not_in_the_file(client):
    yesterday = date.today() - timedelta(days=1)
    make_meeting(starts_on=yesterday, ends_on=yesterday)
    make_meeting(kind="standing", starts_on=None, ends_on=None)

    assert events_of(client.get(FILE)) == []


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("page", ["meeting_list", "meeting_calendar"])
def test_the_calendar_takes_a_constant_number_of_queries(
    client, django_assert_num_queries, page, number
):
    for _ in range(number):
        body = make_body()
        make_action(body=body)
        make_pack(meetings=[make_meeting(body=body, **FAR)])
        make_meeting(body=body, kind="standing", starts_on=None, ends_on=None)

    # Meetings, and asks with their keys; on the page the number of asks instead, that of meetings
    # and packs, issues and bodies to choose from. The file says whose record it is as well.
    with django_assert_num_queries(5 if page == "meeting_calendar" else 8 + IN_EVERY_PAGE):
        client.get(reverse(page))


def test_a_date_known_by_its_month_alone_is_not_said_again_under_the_heading_of_that_month(client):
    month = {"starts_on": date(2099, 6, 1), "ends_on": date(2099, 6, 30), "precision": "month"}
    make_meeting(title="Presidency", **month)
    make_meeting(title="Session", **month | {"ends_on": date(2099, 7, 31)})
    make_meeting(title="Conference", **FAR)
    make_meeting(title="Petition", kind="standing", starts_on=None, ends_on=None)

    page = client.get(reverse("meeting_list"))

    days = {
        title: " ".join(
            re.sub(r"<[^>]+>", " ", card.partition("<div")[0].partition(">")[2]).split()
        )
        for card in page.text.split('<article class="meeting"')[1:]
        for title in ("Presidency", "Session", "Conference", "Petition")
        if title in card.split("</h3>")[0]
    }
    assert page.text.count('<h2><time datetime="2099-06">June 2099</time></h2>') == 1
    assert days == {
        "Conference": "1 June 2099 to 12 June 2099",
        "Presidency": "",
        "Session": "June 2099 to July 2099",
        "Petition": "Any day",
    }
    body = client.get(Meeting.objects.get(title="Presidency").body.get_absolute_url())
    assert "June 2099" in text_of(body)
