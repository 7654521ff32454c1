"""The main paths in Chromium, Firefox and WebKit, with the same assertions in each."""

from datetime import timedelta
from urllib.parse import unquote
from urllib.request import urlopen

import pytest
from django.utils import timezone

from advocacy.models import ResponseStatus, SeenAs, Subscriber
from tests.browser.layout import spills
from tests.browser.test_follow_browser import link_in
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_issue,
    make_meeting,
    make_seat,
    make_step,
    record,
    record_look,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def labelled(text):
    return f"//*[@id = //label[normalize-space() = '{text}']/@for]"


def named(text, tag="*"):
    return f"//{tag}[normalize-space() = '{text}']"


FETCHED = "performance.getEntriesByType('resource').some((e) => e.name.includes(arguments[0]))"


@pytest.fixture
def council():
    return make_body(slug="unsc", name="Security Council", abbreviation="UNSC")


@pytest.fixture
def office():
    return make_body(slug="ilo", name="Labour Office", abbreviation="ILO")


def test_a_list_is_filtered_and_back_restores_it(live_server, engine, council, office):
    issue = make_issue(title="Forced labour abroad")
    record_look(make_action(title="Take up forced labour", issue=issue, body=office))
    restore = make_action(title="Restore the panel", issue=issue, body=council)
    record(restore, ResponseStatus.BLOCKED)
    engine.open(f"{live_server.url}/en/actions/")

    engine.choose(labelled("Body"), "Security Council (1)")
    engine.sees_no_more("Take up forced labour")
    assert "body=unsc" in engine.address
    engine.click(named("Restore the panel", "a"))
    engine.sees("The record, newest first")

    engine.back()
    # The page of the ask said as much.
    engine.waits("the list again", "document.getElementById('results')")
    engine.sees("Restore the panel")
    engine.sees_no_more("Take up forced labour")
    engine.back()
    engine.sees("Take up forced labour")
    assert "body=unsc" not in engine.address
    assert engine.complaints() == []


def test_a_tick_stays(live_server, engine, council):
    action = make_action(body=council)
    make_step(action=action, title="Write to your mission")
    make_step(action=action, title="Read the vote")
    engine.open(f"{live_server.url}/en/checklist/")
    engine.sees("0 of 2 done")

    engine.click(named("Write to your mission", "label"))
    engine.sees("1 of 2 done")

    engine.open(f"{live_server.url}/en/checklist/?kind=email")
    engine.open(f"{live_server.url}/en/checklist/")
    engine.sees("1 of 2 done")
    assert engine.run("return document.querySelectorAll('[data-tick]:checked').length") == 1
    assert engine.complaints() == []


def test_a_letter_is_made_ones_own(live_server, engine, council):
    make_seat(body=council, country="DK", ends_on=None)
    make_action(body=council, title="Restore the panel")
    make_contact_point(country="", body=council, kind="procedure", takes_letters=False)
    make_contact_point(confidence=SeenAs.OFFICIAL)
    engine.open(f"{live_server.url}/en/seats/")
    engine.choose(labelled("Your country"), "Denmark")
    engine.click(named("Show what it can do", "button"))
    engine.sees("Its seats now")

    engine.click(named("Write to its mission", "summary"))
    engine.waits("the script of letters", FETCHED, "compose")
    engine.type(labelled("Your name, if you want it in the text"), "Олена 이")
    engine.type(labelled("Your text"), "!")

    letter = engine.run("return document.querySelector('[data-compose-text]').value")
    assert "To the permanent mission (Denmark)" in letter
    assert "Олена 이" in letter
    assert "!" in letter
    link = engine.run("return document.querySelector('[data-compose-mail]').href")
    assert unquote(link).endswith(f"&body={letter}".replace("\n", "\r\n"))
    assert engine.complaints() == []


@pytest.mark.one_engine
def test_following_from_the_form_to_the_farewell(live_server, engine, sink):
    issue = make_issue(title="Forced labour")
    make_action(issue=issue)
    engine.open(live_server.url + issue.get_absolute_url())
    engine.type(labelled("E-mail address"), "ana@example.org")
    engine.click(named("Follow", "button"))
    engine.sees("Check your mail")
    assert sink.addresses == ["ana@example.org"]

    engine.open(link_in(sink, live_server))
    assert spills(engine) == []
    engine.click(named("Yes, I want to follow", "button"))
    engine.sees("What you follow")
    assert Subscriber.objects.get().plain_address == "ana@example.org"
    assert spills(engine) == []

    engine.click(named("Leave: no more mail", "button"))
    engine.sees("You have left")
    assert not Subscriber.objects.confirmed().exists()
    assert engine.complaints() == []


def test_the_calendar_narrows_and_so_does_its_file(live_server, engine, council, office):
    day = timezone.localdate() + timedelta(days=30)
    make_meeting(body=council, title="The Council meets", starts_on=day)
    make_meeting(body=office, title="The Office meets", starts_on=day)
    make_action(body=council)
    make_action(body=office)
    engine.open(f"{live_server.url}/en/calendar/")
    engine.sees("The Office meets")

    engine.choose(labelled("Body"), "Security Council")
    engine.sees_no_more("The Office meets")
    engine.sees("The Council meets")

    link = engine.run("return document.querySelector('a[href*=\".ics\"]:not([href^=webcal])').href")
    with urlopen(link) as file:
        calendar = file.read().decode()
    assert "The Council meets" in calendar
    assert "The Office meets" not in calendar
    assert engine.complaints() == []
