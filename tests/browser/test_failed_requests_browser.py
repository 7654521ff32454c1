"""What a page says where the site gives no answer, and what stays in step beside the answers."""

import re

import pytest
from playwright.sync_api import expect

from advocacy.models import SignUp
from tests.browser.test_filters_browser import asks  # noqa: F401
from tests.browser.test_pages_browser import violations
from tests.factories import make_action, make_step
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNLISTED = "The list does not follow this choice"
NOT_RECEIVED = "This was probably not received"
THOROUGHLY = [pytest.param(status, marks=pytest.mark.thorough) for status in (400, 500)]
STATUSES = [None, 403, 503, *THOROUGHLY]


def break_down(page, pattern, status):
    """No connection, or an answer of this status to what the page asks for."""

    def answer(route):
        if not route.request.headers.get("hx-request"):
            route.continue_()
        elif status:
            route.fulfill(status=status, body="<h1>Not now</h1>", content_type="text/html")
        else:
            route.abort("internetdisconnected")

    page.route(pattern, answer)


@pytest.mark.parametrize("status", STATUSES)
def test_a_filter_that_got_no_answer_says_so_and_can_be_tried_again(
    page, live_server, status, request
):
    request.getfixturevalue("asks")
    page.goto(f"{live_server.url}/en/actions/")
    break_down(page, "**/en/actions/**", status)
    body, results = page.get_by_label("Body", exact=True), page.locator("#results")

    body.select_option("unsc")

    note = page.locator("main").get_by_text(UNLISTED)
    expect(note).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text(UNLISTED)
    expect(body).to_have_value("unsc")
    expect(results).to_contain_text("Take up forced labour")
    assert "body=" not in page.url
    assert violations(page) == []
    with page.expect_request("**/en/actions/**") as again:
        page.get_by_role("button", name="Try again").click()
    answer = again.value.response()
    assert (answer and answer.status) == status
    expect(page.locator("#announcer")).to_contain_text(UNLISTED)
    expect(note).to_have_count(1)

    page.unroute("**/en/actions/**")
    page.get_by_role("button", name="Try again").click()
    expect(results).not_to_contain_text("Take up forced labour")
    expect(note).to_have_count(0)
    expect(page.locator("#announcer")).to_contain_text("1 ask")
    expect(page.get_by_role("button", name="Apply filters")).to_be_focused()


def test_a_choice_put_back_is_what_the_list_shows(page, live_server, request):
    request.getfixturevalue("asks")
    page.goto(f"{live_server.url}/en/actions/")
    break_down(page, "**/en/actions/**", 503)
    page.get_by_label("Body", exact=True).select_option("unsc")
    expect(page.locator("main").get_by_text(UNLISTED)).to_be_visible()

    page.get_by_label("Body", exact=True).select_option("")

    expect(page.locator("main").get_by_text(UNLISTED)).to_have_count(0)


@pytest.mark.parametrize("status", STATUSES)
def test_a_sign_up_that_got_no_answer_keeps_what_was_typed(page, live_server, sink, status):
    page.goto(f"{live_server.url}/en/follow/")
    break_down(page, "**/en/follow/", status)
    page.get_by_label("E-mail address").fill("ana@example.org")

    page.get_by_role("button", name="Follow", exact=True).click()

    expect(page.locator("main").get_by_text(NOT_RECEIVED)).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text(NOT_RECEIVED)
    expect(page.get_by_label("E-mail address")).to_have_value("ana@example.org")
    assert not SignUp.objects.exists()
    page.unroute("**/en/follow/")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    expect(page.locator("main").get_by_text(NOT_RECEIVED)).to_have_count(0)
    assert sink.addresses == ["ana@example.org"]


def test_the_links_to_other_languages_follow_the_filter(page, live_server, request):
    request.getfixturevalue("asks")
    page.goto(f"{live_server.url}/en/actions/")

    page.get_by_label("Body", exact=True).select_option("unsc")
    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")

    expect(page.locator("summary", has_text="Filter and sort")).to_have_text("Filter and sort (1)")
    for link in page.locator("a[data-language]").all():
        assert link.evaluate("link => link.href").endswith("/actions/?body=unsc")
    page.get_by_role("link", name="Українська").click()
    expect(page).to_have_url(f"{live_server.url}/uk/actions/?body=unsc")
    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")


@pytest.mark.parametrize("script", ["app", "htmx"])
def test_a_choice_made_before_the_scripts_ran_is_followed(page, live_server, request, script):
    request.getfixturevalue("asks")
    waiting = []
    page.route(re.compile(rf"/{script}[^/]*\.js"), lambda route: waiting.append(route))
    page.goto(f"{live_server.url}/en/actions/", wait_until="commit")
    page.get_by_label("Body", exact=True).select_option("unsc")
    assert waiting
    for route in waiting:
        route.continue_()

    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")
    expect(page).to_have_url(f"{live_server.url}/en/actions/?body=unsc")


@pytest.fixture
def steps():
    action = make_action(slug="ask")
    make_step(action=action, title="Write to your mission")
    make_step(action=action, title="Read the vote")


def test_two_tabs_agree_on_the_ticks(browser, live_server, steps):
    context = browser.new_context()
    here, there = context.new_page(), context.new_page()
    for tab in (here, there):
        tab.goto(f"{live_server.url}/en/actions/ask/")
        expect(tab.get_by_text("0 of 2 done")).to_be_visible()

    here.get_by_label("Write to your mission").check()
    expect(there.get_by_label("Write to your mission")).to_be_checked()
    expect(there.get_by_text("1 of 2 done")).to_be_visible()
    there.get_by_role("button", name="Clear my ticks").click()
    expect(here.get_by_label("Write to your mission")).not_to_be_checked()
    context.close()


def released(page, held, number):
    """The script that is held back for this time comes: the page may ask for it after it loaded."""
    wait_until(lambda: page.wait_for_timeout(50) or len(held) == number)
    held[-1].continue_()


def test_a_tick_set_before_the_script_ran_is_kept(page, live_server, steps):
    held = []
    page.route("**/checklist*.js", lambda route: held.append(route))
    page.goto(f"{live_server.url}/en/actions/ask/")
    page.locator("label", has_text="Write to your mission").click()

    released(page, held, 1)

    expect(page.get_by_text("1 of 2 done")).to_be_visible()
    expect(page.get_by_label("Write to your mission")).to_be_checked()
    page.reload()
    released(page, held, 2)
    expect(page.get_by_label("Write to your mission")).to_be_checked()


LONG = "W" * 120


@pytest.mark.parametrize(
    "address",
    [
        f"/en/actions/?q={LONG}",
        f"/en/actions/?body={LONG}",
        f"/en/updates/?q={LONG}",
        f"/en/checklist/?body={LONG}&kind={LONG}",
        f"/en/checklist/sheet/?title={LONG}",
        f"/en/follow/?issue={LONG}",
        f"/en/calendar/?body={LONG}",
    ],
)
def test_a_long_word_does_not_widen_the_page(page, live_server, steps, address):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(live_server.url + address)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
