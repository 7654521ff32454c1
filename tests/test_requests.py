"""Requests that no page of ours sends: each gets a calm answer, and none breaks a page."""

import copy
import logging
import logging.config
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.urls import reverse

from advocacy.models import SignUp
from advocacy.web.headers import POLICY
from advocacy.web.limits import Unreadable
from tests.factories import make_action, make_follower, make_source, make_step
from tests.pages import text_of

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parent.parent
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
MANY = "&".join(f"n{number}=1" for number in range(1001))
WISH = {"email": "ana@example.org", "frequency": "weekly", "language": "en"}


# Requests that broke a page


@pytest.mark.parametrize("form", [WISH, {**WISH, "subject": ""}, {}])
def test_a_sign_up_to_nothing_is_asked_what_to_follow(client, form):
    answer = client.post(reverse("follow"), form, headers=SAME_ORIGIN)

    assert answer.status_code == 422
    assert "What to follow" in text_of(answer)
    assert "This field is required." in text_of(answer)
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    "path", ["/", "/en/", "/en/nothing/", "/nothing", "/en/actions/", "/admin/"]
)
def test_more_parameters_than_any_form_has_are_a_bad_request(client, path):
    answer = client.get(f"{path}?{MANY}")

    assert answer.status_code == 400
    assert "This request was not understood" in text_of(answer)


def test_more_parameters_are_a_bad_request_in_any_encoding():
    # Through the door of the server: the client of the tests makes its requests otherwise.
    answered = []
    environ = RequestFactory().get("/en/", {f"n{n}": n for n in range(1001)}).environ
    environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded; charset=utf-7"
    Unreadable(WSGIHandler())(environ, lambda status, headers: answered.append(status))

    assert answered == ["400 Bad Request"]


def test_more_fields_than_any_form_has_are_a_bad_request(client):
    answer = client.post(
        reverse("follow"),
        MANY,
        content_type="application/x-www-form-urlencoded",
        headers=SAME_ORIGIN,
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("origin", ["http://[bad", "http://[::1", "[", "//[x]y", "null", "http://"])
def test_an_origin_that_is_no_address_is_refused_like_another_site(client, origin):
    step = make_step(action=make_action())
    pages = [reverse("follow"), reverse("step_done", args=[step.slug])]

    for page in pages:
        assert client.post(page, WISH, headers={"Origin": origin}).status_code == 403
    assert not SignUp.objects.exists()


@pytest.mark.parametrize("path", ["/", "/en/", "/en/nothing/", "/en/actions/", "/en/about/"])
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages", "django_language"])
@pytest.mark.parametrize("value", ["x", "\xff", "ko"])
def test_a_cookie_that_is_brought_changes_no_public_page(client, path, name, value):
    without = client.get(path)
    client.cookies[name] = value

    answer = client.get(path)

    assert answer.status_code == without.status_code
    assert answer.content == without.content
    assert answer.get("Location") == without.get("Location")
    assert "Set-Cookie" not in answer.cookies.output()


# Headers of every answer


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/en/", 200),
        ("/", 302),
        ("/en/nothing/", 404),
        (f"/?{MANY}", 400),
        ("/healthz", 200),
        ("/static/css/site.css", 200),
        ("/favicon.ico", 200),
        ("/en/updates.atom", 200),
        ("/en/calendar.ics", 200),
        ("/admin/account/login/", 200),
        ("/admin/", 302),
    ],
)
def test_every_answer_asks_for_no_power_and_lets_no_other_site_in(client, path, status):
    answer = client.get(path)

    assert answer.status_code == status
    assert answer["Permissions-Policy"] == POLICY
    assert "camera=()" in POLICY
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    if path != "/healthz":
        assert answer["X-Frame-Options"] == "DENY"


def test_a_name_that_is_not_the_sites_gets_these_headers_too(client):
    answer = client.get("/en/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert answer["Permissions-Policy"] == POLICY


def test_the_icon_is_there_under_its_usual_name(client):
    icon = client.get("/favicon.ico")

    assert icon.status_code == 200
    assert b"".join(icon.streaming_content)[:4] == b"\0\0\1\0"
    assert not icon.cookies


ACCOUNT_PAGES = [
    "account_login",
    "account_reset_password",
    "account_change_password",
    "account_email",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
]


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_no_page_of_an_account_is_kept_by_a_browser_or_a_proxy(client, editor, name):
    answer = client.get(reverse(name))

    assert answer.status_code in (200, 302, 404)
    assert "no-store" in answer["Cache-Control"]


PRINT_COOKIES = """
import json, django; django.setup()
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
answer = Client().get("/admin/account/login/", secure=True)
found = {c.key: [c["secure"], c["path"], c["domain"]] for c in answer.cookies.values()}
print(json.dumps([settings.SESSION_COOKIE_NAME, found]))
"""


def test_cookies_of_a_public_site_belong_to_its_host_alone(database_of_its_own, tmp_path):
    said = subprocess.run(
        [sys.executable, "-c", PRINT_COOKIES],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database_of_its_own,
            "DJANGO_SETTINGS_MODULE": "tests.https_settings",
            "VAR_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert said.stdout.strip() == ('["__Host-sessionid", {"__Host-csrftoken": [true, "/", ""]}]'), (
        said.stderr
    )


# The log


@pytest.fixture
def log(settings):
    lines = []

    class Written(logging.StreamHandler):
        def emit(self, record):
            lines.append(self.format(record))

    before = logging.root.handlers[:]
    logging.config.dictConfig(copy.deepcopy(settings.LOGGING))
    (ours,) = [h for h in logging.root.handlers if h not in before]
    handler = Written()
    handler.filters, handler.formatter = ours.filters, ours.formatter
    logging.root.handlers = [handler]
    yield lines
    logging.root.handlers = before


@pytest.mark.parametrize("path", ["/en/nothing/", "/wp-login.php", "/favicon.png"])
def test_a_missing_page_is_not_written_into_the_log(client, log, path):
    assert client.get(path).status_code == 404
    assert log == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example" * 500, "a b", "x@y"])
def test_a_name_that_is_not_the_sites_is_one_short_line_in_the_log(client, log, host):
    assert client.get("/en/", headers={"Host": host}).status_code == 400
    (line,) = log
    said = r"\S+Z WARNING [0-9a-f]{8} django\.security\.DisallowedHost: Invalid HTTP_HOST header"
    assert re.match(said, line)
    assert "\n" not in line
    assert len(line) < 300


def test_a_failure_of_ours_stands_in_the_log_with_its_traceback(client, log, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("advocacy.public.views.overview._lead", fail)
    client.raise_request_exception = False

    assert client.get("/en/").status_code == 500
    assert "Traceback" in "".join(log)


# What staff bring in and take out


@pytest.mark.parametrize(
    "address",
    [
        "ftp://un.org/x",
        "http://un.org@evil.example/",
        "https://a:b@evil.example/",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_leads_astray_is_refused_wherever_it_comes_in(address):
    source = make_source()
    source.url = address

    with pytest.raises(ValidationError) as refusal:
        source.full_clean()
    assert "url" in refusal.value.message_dict
    with pytest.raises(ValidationError):
        source.save()


@pytest.mark.parametrize(
    "address", ["https://un.org/a@b", "http://un.org/?q=a@b", "HTTPS://UN.org/"]
)
def test_an_at_sign_after_the_host_is_an_address_like_any(address):
    make_source(url=address).full_clean()


@pytest.mark.parametrize("address", ["+1-1@evil.example", "=1+1@evil.example", "-x@evil.example"])
def test_no_cell_of_the_exported_addresses_is_a_formula(client, editor, address):
    make_follower(address)
    follower = make_follower("ana@example.org")
    page = reverse("admin:advocacy_subscriber_changelist")
    chosen = [follower.pk - 1, follower.pk]

    sent = {"action": "export_addresses", "_selected_action": chosen, "confirm": "1"}
    answer = client.post(page, sent)

    assert f"'{address}," in answer.text
    assert "\nana@example.org," in answer.text
