"""A second factor in a real browser: an app's codes, and a security key."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.test_pages_browser import violations
from tests.factories import make_follower, make_user
from tests.staff import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long password"


@pytest.fixture
def quiet(page):
    """The page of a browser whose console stays silent."""
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    # A browser asks for an icon that a page without one does not name.
    assert [text for text in complaints if "404" not in text] == []


def sign_in(page, live_server):
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill("olena")
    page.get_by_label("Password").fill(PASSWORD)
    assert violations(page) == []
    page.get_by_role("button", name="Log in").click()


def test_whoever_may_publish_sets_up_an_app_and_signs_in_with_its_code(
    quiet, live_server, settings
):
    settings.SECOND_FACTOR = True
    make_user(username="olena", password=PASSWORD, is_superuser=True)
    page = quiet
    sign_in(page, live_server)
    expect(page.locator("img[src^='data:image/svg']")).to_be_visible()
    assert violations(page) == []
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("body")).to_contain_text(re.compile(r"[Rr]ecovery codes"))
    assert violations(page) == []

    page.goto(f"{live_server.url}/admin/")
    expect(page.get_by_role("heading", name="Not checked for 90 days")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    sign_in(page, live_server)
    expect(page.get_by_label("Code")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", name="Not checked for 90 days")).to_be_visible()

    # The list of addresses is given for another code, and what was chosen stays chosen.
    make_follower("ana@example.org")
    page.goto(f"{live_server.url}{reverse('admin:advocacy_subscriber_changelist')}?language=en")
    page.get_by_role("row", name="a•••@e•••.org").get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("export_addresses")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", name="Confirm Access")).to_be_visible()
    assert violations(page) == []
    page.locator("input[name=code]").fill(code_of(secret, later=1))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("body")).to_contain_text("The address of 1 follower goes into a file")
    assert violations(page) == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the file").click()
    assert "ana@example.org" in Path(saved.value.path()).read_text(encoding="utf-8-sig")


def test_a_security_key_opens_the_desk(quiet, live_server):
    make_user(username="olena", password=PASSWORD, is_superuser=True)
    page = quiet
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, live_server)
    page.goto(f"{live_server.url}/admin/account/2fa/webauthn/add/")
    page.get_by_label("Name").fill("My key")
    assert violations(page) == []
    page.get_by_role("button", name="Add").click()
    expect(page.locator("body")).to_contain_text(re.compile("[Rr]ecovery codes|added"))
    assert Authenticator.objects.filter(type="webauthn").exists()

    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("button", name="Log out").click()
    sign_in(page, live_server)
    page.get_by_role("button", name="Use a security key").click()
    expect(page.get_by_role("heading", name="Not checked for 90 days")).to_be_visible()
