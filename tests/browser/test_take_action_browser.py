"""From a country's seat to a letter and a tick that stays, with and without JavaScript."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from advocacy.models import SeenAs
from advocacy.templatetags.letters import mailto
from tests.browser.test_pages_browser import violations
from tests.factories import make_action, make_body, make_contact_point, make_seat, make_step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def action():
    body = make_body(name="Security Council", abbreviation="UNSC")
    make_seat(body=body, country="DK", ends_on=None)
    make_contact_point(country="", body=body, kind="procedure", takes_letters=False)
    make_contact_point(confidence=SeenAs.OFFICIAL)
    action = make_action(body=body, title="Restore the panel")
    make_step(action=action, title="Write to your mission", kind="email", wording="[your name]")
    make_step(action=action, title="Read the vote", kind="read")
    return action


def body_of(address):
    query = urlsplit(address).query.replace("+", "%2B")
    return parse_qs(query, keep_blank_values=True)["body"][0].replace("\r\n", "\n")


def test_from_the_seat_to_a_letter_and_a_tick_that_stays(page, live_server, action):
    page.goto(f"{live_server.url}/en/seats/")
    page.get_by_label("Your country").select_option("Denmark")
    page.get_by_label("Remember it in this browser").check()
    page.get_by_role("button", name="Show what it can do").click()
    expect(page.get_by_role("heading", name="Denmark")).to_be_visible()

    page.get_by_text("Write to its mission", exact=True).click()
    text = page.get_by_label("Your text")
    expect(text).to_have_value(re.compile(r"To the permanent mission \(Denmark\)"))
    name = page.get_by_label("Your name, if you want it in the text")
    name.fill("Олена 이 & Co")
    name.press("Tab")
    expect(text).to_have_value(re.compile("Олена 이 & Co$"))
    link = page.get_by_role("link", name="Open in my mail program")
    assert body_of(link.get_attribute("href")) == text.input_value()
    text.fill("Dear Ambassador,\nplease act.")
    assert body_of(link.get_attribute("href")) == "Dear Ambassador,\nplease act."
    text.fill("강" * 400)
    expect(page.get_by_text("The text is too long for the link")).to_be_visible()
    assert violations(page) == []

    page.goto(f"{live_server.url}/en/checklist/?country=DK")
    page.get_by_label("Write to your mission").check()
    expect(page.get_by_text("1 of 2 done")).to_be_visible()
    page.get_by_label("Show only what is left").check()
    expect(page.get_by_label("Write to your mission")).to_be_hidden()
    expect(page.get_by_label("Read the vote")).to_be_visible()
    page.get_by_label("Read the vote").check()
    expect(page.get_by_text("All of these are done. Thank you.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 of 2 done")).to_be_visible()
    assert violations(page) == []

    page.goto(f"{live_server.url}/en/seats/")
    expect(page.get_by_label("Your country")).to_have_value("DK")


def test_without_javascript_the_text_is_there_to_select(browser, live_server, action):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/seats/")
    page.get_by_label("Your country").select_option("DK")
    page.get_by_role("button", name="Show what it can do").click()
    page.get_by_text("Write to its mission", exact=True).click()
    text = page.get_by_label("Your text")
    expect(text).to_be_visible()
    assert "To the permanent mission (Denmark)" in text.input_value()
    expect(page.get_by_role("link", name="Open in my mail program")).to_be_visible()
    for hidden in ("Print", "Share the page", "Copy"):
        expect(page.get_by_role("button", name=hidden, exact=True)).to_be_hidden()

    page.goto(f"{live_server.url}/en/checklist/?kind=email&country=DK")
    steps = page.locator("#results").get_by_role("heading", level=4)
    expect(steps).to_have_text(["Write to your mission"])
    expect(page.get_by_text("Letter ready: open")).to_be_visible()
    context.close()


def test_ticks_move_to_another_device_by_link_and_by_file(browser, live_server, action, tmp_path):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{live_server.url}/en/checklist/")
    page.get_by_label("Write to your mission").check()
    page.get_by_role("button", name="Copy a link that holds my ticks").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save them as a file").click()
    file = tmp_path / "ticks.json"
    download.value.save_as(file)
    assert len(json.loads(file.read_text())["ticks"]) == 1
    context.close()

    other = browser.new_context()
    page = other.new_page()
    page.goto(link)
    expect(page.get_by_text("1 ticks taken in.")).to_be_visible()
    expect(page.get_by_label("Write to your mission")).to_be_checked()
    assert "#" not in page.url
    page.get_by_role("button", name="Clear my ticks").click()
    expect(page.get_by_label("Write to your mission")).not_to_be_checked()
    page.get_by_label("Take in a file").set_input_files(file)
    expect(page.get_by_label("Write to your mission")).to_be_checked()
    file.write_text("[]")
    page.get_by_label("Take in a file").set_input_files(file)
    expect(page.get_by_text("This file holds no ticks")).to_be_visible()
    expect(page.get_by_label("Write to your mission")).to_be_checked()
    other.close()


def test_the_page_and_the_server_write_the_same_mail_addresses(page, live_server, action):
    page.goto(f"{live_server.url}/en/checklist/")
    script = page.locator("script[src*='app']").get_attribute("src").replace("app", "compose")
    write = f"async (texts) => (await import('{script}')).mailto(...texts)"

    @settings(
        max_examples=150,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.text(max_size=60), st.text(max_size=200))
    def check(subject, text):
        written = page.evaluate(write, [subject, text, "a+b@c.example"])
        assert written.startswith("mailto:a%2Bb@c.example?subject=")
        if "&body=" in written:
            lines = text.replace("\r\n", "\n").replace("\r", "\n")
            assert body_of(written).replace("\r", "\n") == lines
        assert mailto(text, subject, "a+b@c.example") == written

    check()


def test_a_sheet_is_put_together_and_shared_by_its_address(page, live_server, action):
    page.goto(f"{live_server.url}/en/checklist/")
    page.get_by_role("button", name="Add to the sheet : Read the vote").click()
    page.get_by_label("Title of the sheet").fill("Our workshop")
    page.locator("form#sheet").get_by_role("button", name="Open the sheet").click()

    expect(page.get_by_role("heading", name="Our workshop")).to_be_visible()
    expect(page.get_by_text("1 step, chosen by whoever made this sheet.")).to_be_visible()
    expect(page.locator("main h2")).to_have_text("Read the vote")
    assert violations(page) == []
