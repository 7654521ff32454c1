"""A pack in a browser: copied, selected, taken along without JavaScript, and printed."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_letter_browser import REFUSED, refuse
from tests.factories import make_action, make_pack

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "## The letter\n\nDear [name],\n\n> please **answer**.\n\n- today\n"
PLAIN = "The letter\n\nDear [name],\n\nplease answer.\n\n– today"


@pytest.fixture
def address(live_server):
    pack = make_pack(slug="letter", text=TEXT, actions=[make_action(title="Speak up")])
    return f"{live_server.url}{pack.get_absolute_url()}"


def test_its_plain_text_is_copied(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address)

    page.get_by_role("button", name="Copy the text").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == PLAIN
    expect(page.get_by_label("The same as plain text")).to_be_hidden()
    context.close()


def test_where_copying_is_refused_the_text_opens_and_is_selected(page, address):
    refuse(page)
    page.goto(address)

    page.get_by_role("button", name="Copy the text").click()

    expect(page.locator("p", has_text=REFUSED).first).to_be_visible()
    expect(page.get_by_label("The same as plain text")).to_be_focused()
    assert page.evaluate("String(getSelection())") == PLAIN


def test_without_javascript_it_is_read_selected_and_downloaded(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)

    expect(page.get_by_role("button")).to_have_count(0)
    page.get_by_text("The same as plain text", exact=True).click()
    expect(page.get_by_label("The same as plain text")).to_have_value(PLAIN)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as text").click()
    assert download.value.suggested_filename == "letter.txt"
    assert PLAIN in download.value.path().read_text(encoding="utf-8")
    context.close()


def test_paper_has_the_text_its_places_and_where_it_is_from_alone(page, address):
    page.goto(address)
    for hidden in ("Overview", "Speak up", "Fill in what is marked"):
        expect(page.get_by_text(hidden).first).to_be_visible()
    expect(page.get_by_text(address)).to_be_hidden()

    page.emulate_media(media="print")

    for words in ("Dear", "Who may use it", address):
        expect(page.get_by_text(words).first).to_be_visible()
    for words in ("Overview", "Speak up", "Download as text", "This site sets no cookie"):
        expect(page.get_by_text(words).first).to_be_hidden()
    expect(page.get_by_label("The same as plain text")).to_be_hidden()
    line = "getComputedStyle(document.querySelector('mark')).borderBottomStyle"
    assert page.evaluate(line) == "solid"
