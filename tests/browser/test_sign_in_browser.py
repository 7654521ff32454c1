"""A second factor in a real browser: an app's codes, and a security key."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from playwright.sync_api import expect

from tests.browser.test_pages_browser import violations
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long password"


def code_of(secret):
    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06d}"


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


def confirm_password(page):
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_whoever_may_publish_sets_up_an_app_and_signs_in_with_its_code(
    quiet, live_server, settings
):
    settings.SECOND_FACTOR = True
    make_user(username="olena", password=PASSWORD, is_superuser=True)
    page = quiet
    sign_in(page, live_server)
    confirm_password(page)
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
    # As if the time of the last code had passed: none is taken twice.
    cache.clear()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", name="Not checked for 90 days")).to_be_visible()


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
    confirm_password(page)
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
