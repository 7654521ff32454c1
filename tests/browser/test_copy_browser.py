"""record.zip on a machine without a network, in a browser without scripts."""

import re

import pytest
from django.db import transaction

from advocacy.models.kept import forget
from tests.bundles import made_in, make_small_record


@pytest.fixture(scope="module")
def copy(django_db_setup, django_db_blocker, tmp_path_factory):
    place = tmp_path_factory.mktemp("copy")
    with django_db_blocker.unblock(), transaction.atomic():
        make_small_record()
        made_in(place)
        transaction.set_rollback(True)
    forget()
    return place


@pytest.fixture
def page(browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()


def follow(page, name):
    """Click on a link, as a reader would."""
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state()


def test_a_reader_walks_it_without_a_network_and_without_scripts(copy, page):
    page.goto((copy / "index.html").as_uri())
    follow(page, "Українська")
    assert page.locator("html").get_attribute("lang") == "uk"
    assert "Це копія" in page.locator("main").inner_text()
    follow(page, "English")
    follow(page, "Issues")
    follow(page, "Бавовна")
    page.locator("main a[href*='actions/stop-it/index.html']").first.click()
    page.wait_for_load_state()

    assert page.get_by_role("heading", level=1).inner_text() == "Stop it"
    assert page.url.endswith("/en/actions/stop-it/index.html")
    assert "The council met." in page.locator("main").inner_text()
    # Its style sheets came along, and nothing else was asked for.
    assert {re.match(r"\w+", url)[0] for url in page.asked} <= {"file", "data"}
    assert any(url.endswith(".css") for url in page.asked)
