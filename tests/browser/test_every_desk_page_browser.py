"""Every page of staff, found by walking the addresses, on a telephone and on a desk."""

import pytest
from django.conf import settings

from tests.browser.layout import Window, spills
from tests.factories import make_user
from tests.test_staff_pages import addresses, rows  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.django_db(transaction=True)]

WIDTHS = [360, 1280]


@pytest.mark.usefixtures("rows")
def test_nothing_spills_on_any_page_of_staff(live_server, page, client):
    user = make_user(username="olena", password="a long password", is_superuser=True)
    pages = []
    for address in addresses():
        # Some of them sign out.
        client.force_login(user)
        answer = client.get(address)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        if answer.status_code == 200 and is_page and "logout" not in address:
            pages.append(address)
    assert len(pages) > 100
    client.force_login(user)
    name, cookie = settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": name, "value": cookie, "url": live_server.url}])

    found = []
    for address in pages:
        page.goto(f"{live_server.url}{address}")
        assert page.url.endswith(address), "it leads elsewhere"
        found += spills(Window(page), address, WIDTHS)
    assert "\n".join(found) == ""
