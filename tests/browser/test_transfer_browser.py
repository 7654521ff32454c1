"""Import and export in a real browser, on a tablet, under the real content security policy."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from advocacy.models import Seat
from tests.factories import make_body, make_seat, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_staff_export_a_table_mend_it_and_import_it(page, live_server, tmp_path):
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    make_seat(slug="old", body=make_body(slug="unsc"), country="FR", note="=1+1")
    make_user(username="olena", password="a long password", is_superuser=True)
    page.set_viewport_size({"width": 768, "height": 1024})
    page.goto(f"{live_server.url}/admin/advocacy/seat/")
    page.get_by_label("Username").fill("olena")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Log in").click()

    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    file = tmp_path / "seats.csv"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    assert "'=1+1" in text
    file.write_text(text.replace(",FR,", ",DK,") + "new,nowhere,PL,elected,,,," + "x" * 300 + "\n")

    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("File:").set_input_files(file)
    page.get_by_role("button", name="Dry run").click()
    expect(page.locator(".errornote")).to_contain_text("One row is refused, so nothing was saved.")
    expect(page.locator(".fates")).to_contain_text("There is no body “nowhere”.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 768
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/import.png", full_page=True)
    assert not Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]

    file.write_text(text.replace(",FR,", ",DK,"))
    page.get_by_label("File:").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".outcome")).to_contain_text("Everything was saved.")
    assert Seat.objects.get().country == "DK"
    assert [text for text in complaints if "404" not in text] == []
