"""What a reader does on a page stays with the reader."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_letter_browser import open_text
from tests.factories import make_action, make_body, make_seat, make_step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_is_typed_and_ticked_is_sent_to_nobody(page, context, live_server):
    body = make_body()
    make_seat(body=body, country="DK")
    action = make_action(body=body)
    make_step(action=action, title="Write to your mission", wording="I ask you. [your name]")
    page.goto(f"{live_server.url}{action.get_absolute_url()}")
    sent = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))

    page.get_by_label("Write to your mission").check()
    open_text(page, "Write it")
    text = page.get_by_label("Your text")
    text.fill("Olena of Kharkiv asks you.")
    name = page.get_by_label("Your name, if you want it in the text")
    name.fill("Olena Petrenko")
    name.press("Tab")
    expect(text).to_have_value("Olena of Kharkiv asks you.")

    # The script of the text was fetched, as it was needed.
    assert [address for address in sent if "/static/" not in address] == []
    assert not any("Olena" in address for address in sent)
    assert context.cookies() == []
    page.reload()
    expect(page.get_by_label("Write to your mission")).to_be_checked()
    assert not any("Olena" in address for address in sent)
