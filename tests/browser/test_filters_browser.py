"""Filtering in a real browser: by keyboard, back and forward, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from advocacy.models import ResponseStatus
from tests.factories import make_action, make_body, make_issue, record, record_look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asks():
    issue = make_issue(title="Forced labour abroad")
    silent = make_action(
        title="Take up forced labour", issue=issue, body=make_body(slug="ilo", name="Labour Office")
    )
    blocked = make_action(
        title="Restore the panel", issue=issue, body=make_body(slug="unsc", name="Security Council")
    )
    record_look(silent)
    record(blocked, ResponseStatus.BLOCKED)


def test_a_list_is_filtered_by_keyboard(page, live_server, asks):
    page.goto(f"{live_server.url}/en/actions/")
    page.get_by_label("Body", exact=True).focus()

    page.keyboard.type("Sec")
    results = page.locator("#results")
    expect(results).to_contain_text("Restore the panel")
    expect(results).not_to_contain_text("Take up forced labour")

    assert page.url.endswith("body=unsc") or "body=unsc&" in page.url
    # The focus stays in the filter, and the counts beside the others follow.
    expect(page.get_by_label("Body", exact=True)).to_be_focused()
    expect(page.locator("select[name=status] option[value=no_answer]")).to_have_text(
        "No answer (0)"
    )
    expect(page.locator("select[name=status] option[value=against]")).to_have_text("Against (1)")


def test_words_filter_while_typing_and_are_announced(page, live_server, asks):
    page.goto(f"{live_server.url}/en/actions/")

    page.get_by_label("Words", exact=True).press_sequentially("panel")

    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")
    expect(page.locator("[aria-live=polite]").first).to_contain_text("1")
    expect(page.get_by_label("Words", exact=True)).to_be_focused()
    expect(page.get_by_label("Words", exact=True)).to_have_value("panel")


def test_back_and_forward_restore_the_whole_page(page, live_server, asks):
    page.goto(f"{live_server.url}/en/actions/")
    page.get_by_label("Body", exact=True).select_option("unsc")
    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")

    page.go_back()
    expect(page.locator("#results")).to_contain_text("Take up forced labour")
    expect(page.get_by_label("Body", exact=True)).to_have_value("")
    expect(page.locator("header").first).to_be_visible()

    page.go_forward()
    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")
    expect(page.get_by_label("Body", exact=True)).to_have_value("unsc")
    expect(page.locator("header").first).to_be_visible()


def test_leaving_for_an_ask_and_coming_back_keeps_the_filter(page, live_server, asks):
    page.goto(f"{live_server.url}/en/actions/")
    page.get_by_label("Body", exact=True).select_option("unsc")
    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")
    page.locator("#results").get_by_role("link", name="Restore the panel").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Restore the panel")

    page.go_back()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#results")).to_contain_text("Restore the panel")
    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")


def test_filters_work_without_javascript(browser, live_server, asks):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/actions/")

    page.get_by_label("Status", exact=True).select_option("against")
    page.get_by_role("button", name="Apply filters").click()

    expect(page.locator("#results")).to_contain_text("Restore the panel")
    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")
    assert "status=against" in page.url
    context.close()


def test_an_unknown_value_in_the_address_is_named_and_then_repaired(page, live_server, asks):
    page.goto(f"{live_server.url}/en/actions/?body=atlantis")
    error = page.locator("#filter-body_error")
    expect(error).to_contain_text("“atlantis” is not known here")

    page.get_by_label("Body", exact=True).select_option("unsc")

    expect(page.locator("#results")).not_to_contain_text("Take up forced labour")
    expect(error).to_be_hidden()
