"""The checklist of an ask: ticks stay in this browser, nothing is sent."""

import pytest
from playwright.sync_api import expect

from advocacy.models import Audience
from tests.factories import make_action, make_step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ask():
    action = make_action(slug="ask")
    make_step(action=action, title="Write to your mission", audience=Audience.ANYONE, minutes=5)
    make_step(action=action, title="File a representation", audience=Audience.UNION, minutes=60)
    return action


def test_ticks_survive_a_reload_and_a_filter(page, live_server, ask):
    sent = []
    page.goto(f"{live_server.url}/en/actions/ask/")
    page.on("request", lambda request: sent.append(request.method))
    checklist = page.locator("#checklist")
    tick = checklist.get_by_role("checkbox", name="Write to your mission")

    tick.check()
    page.reload()
    expect(tick).to_be_checked()
    expect(checklist.get_by_role("checkbox", name="File a representation")).not_to_be_checked()

    page.get_by_label("I have").select_option("5")
    expect(checklist).not_to_contain_text("File a representation")
    expect(tick).to_be_checked()
    assert set(sent) == {"GET"}
    assert not page.context.cookies()


def test_without_javascript_the_steps_are_there_and_filter(browser, live_server, ask):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/actions/ask/")
    expect(page.locator("#checklist")).to_contain_text("File a representation")

    page.get_by_label("I have").select_option("5")
    page.locator("form", has=page.get_by_label("I have")).get_by_role("button").click()

    expect(page.locator("#checklist")).to_contain_text("Write to your mission")
    expect(page.locator("#checklist")).not_to_contain_text("File a representation")
    context.close()
