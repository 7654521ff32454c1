"""Following by e-mail from the form to the farewell, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from advocacy.models import SignUp, Subscriber
from tests.browser.test_pages_browser import violations
from tests.factories import make_action, make_issue

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def issue():
    issue = make_issue(title="Forced labour")
    make_action(issue=issue)
    return issue


def link_in(sink, live_server):
    text = sink.messages[-1].get_body(("plain",)).get_content()
    return live_server.url + re.search(r"http://127\.0\.0\.1:8000(/\S+)", text)[1]


@pytest.mark.parametrize("javascript", [True, False])
def test_following_from_the_form_to_the_farewell(browser, live_server, sink, issue, javascript):
    context = browser.new_context(java_script_enabled=javascript, reduced_motion="reduce")
    page = context.new_page()
    start = live_server.url + issue.get_absolute_url()
    page.goto(start)
    form = page.locator("#follow")
    form.get_by_label("E-mail address").fill("ana@nowhere")
    form.get_by_label("E-mail address").press("Enter")
    expect(page.get_by_text("Give an e-mail address")).to_be_visible()
    field = page.get_by_label("E-mail address")
    field.fill("ana@example.org")
    page.get_by_label("At once").check()
    page.get_by_role("button", name="Follow", exact=True).click()

    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    assert (page.url == start) == javascript
    assert sink.addresses == ["ana@example.org"]
    assert not Subscriber.objects.exists()

    page.goto(link_in(sink, live_server))
    expect(page.get_by_text("Forced labour")).to_be_visible()
    assert not Subscriber.objects.exists()
    check(page, javascript)
    page.get_by_role("button", name="Yes, I want to follow").click()

    expect(page.get_by_role("heading", name="What you follow")).to_be_visible()
    expect(page.get_by_label("Forced labour")).to_be_checked()
    expect(page.get_by_label("At once")).to_be_checked()
    assert Subscriber.objects.get().plain_address == "ana@example.org"
    check(page, javascript)
    page.get_by_label("Once a week, if something changed").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert Subscriber.objects.get().frequency == "weekly"

    page.get_by_role("button", name="Leave: no more mail").click()
    expect(page.get_by_role("heading", name="You have left")).to_be_visible()
    assert not Subscriber.objects.confirmed().exists()
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("javascript", [True, False])
def test_finding_what_to_follow_among_many(browser, live_server, sink, javascript):
    for number in range(70):
        make_issue(title=f"Issue {number:02}", position=number)
    wanted = make_issue(title="Forced labour", position=1000)
    context = browser.new_context(java_script_enabled=javascript, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{live_server.url}/en/follow/")
    page.get_by_label("E-mail address").fill("ana@example.org")
    words = page.get_by_role("textbox", name="Find others by words")
    words.fill("forced")
    words.press("Enter")

    page.get_by_label("What to follow", exact=True).select_option("Forced labour")
    expect(page.get_by_label("E-mail address")).to_have_value("ana@example.org")
    check(page, javascript)
    words.fill("forced labour")
    # What it finds is what stood there before.
    with page.expect_response("**/en/follow/"):
        page.get_by_role("button", name="Find", exact=True).click()
    expect(words).to_have_value("forced labour")
    expect(page.get_by_text("Only those with these words")).to_be_visible()
    expect(page.get_by_label("What to follow", exact=True)).to_have_value(f"issue:{wanted.slug}")
    # Enter sends the form; it does not press the button "Find", though that comes first.
    page.get_by_label("E-mail address").press("Enter")

    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    assert SignUp.objects.get().issue == wanted
    context.close()


def test_following_while_a_search_is_on_its_way(browser, live_server, sink):
    for number in range(70):
        make_issue(title=f"Issue {number:02}", position=number)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{live_server.url}/en/follow/")
    held = []
    page.route("**/en/follow/", lambda route: held.append(route) if not held else route.continue_())
    page.get_by_label("E-mail address").fill("ana@example.org")
    page.get_by_role("textbox", name="Find others by words").fill("forced")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("textbox", name="Find others by words").fill("")
    page.get_by_role("button", name="Follow", exact=True).click()

    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    assert len(held) == 1
    context.close()


def test_a_double_click_asks_once(browser, live_server, sink, issue):
    page = browser.new_page()
    page.goto(f"{live_server.url}/en/follow/")
    page.get_by_label("E-mail address").fill("ana@example.org")
    page.get_by_role("button", name="Follow", exact=True).dblclick()

    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    assert sink.addresses == ["ana@example.org"]
    page.close()


def check(page, javascript):
    """No axe violation, light and dark; axe itself needs JavaScript."""
    if javascript:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (page.url, scheme)
