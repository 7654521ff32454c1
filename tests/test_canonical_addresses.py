"""Each page has one address; what was typed in capitals leads there."""

from urllib.parse import unquote

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from advocacy.upkeep import tasks
from tests.factories import make_action, make_body, make_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    make_action(slug="troops-1", body=make_body(slug="unsc"), issue=make_issue(slug="one"))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("/EN/", "/en/"),
        ("/EN", "/en/"),
        ("/Uk/actions/", "/uk/actions/"),
        ("/en/seats/UA/", "/en/seats/ua/"),
        ("/en/seats/UA", "/en/seats/ua/"),
        ("/en/Seats/Ua/", "/en/seats/ua/"),
        ("/en/bodies/UNSC/", "/en/bodies/unsc/"),
        ("/en/issues/One/", "/en/issues/one/"),
        ("/KO/ACTIONS/TROOPS-1/", "/ko/actions/troops-1/"),
        ("/en/bodies/UNSC/brief/", "/en/bodies/unsc/brief/"),
        ("/EN/updates.atom", "/en/updates.atom"),
        ("/EN/about/method", "/en/about/method/"),
    ],
)
def test_capitals_lead_to_the_canonical_address_with_the_query(client, rows, typed, address):
    for query in ["", "?q=UNSC&body=A%2FB&x=%E2%80%99"]:
        answer = client.get(typed + query)

        assert (answer.status_code, answer.get("Location")) == (301, address + query)
        assert not answer.cookies
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/XX/",
        "/en/nothing/AT/all/",
        "/EN/nothing/",
        "/en/bodies/nobody/",
        "/HEALTHZ",
        "//EN/evil.example/",
        "*",
        "/EN//evil.example/",
        "/Static/css/site.css",
    ],
)
def test_what_is_no_page_in_small_letters_either_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_secret_keeps_its_capitals(client):
    token = "AbC:xYz"

    assert client.get(reverse("follow_token", args=[token])).status_code == 404
    for typed in (token, "F", "İx"):
        answer = client.get(f"/EN/Follow/{typed}/leave/")
        assert unquote(answer["Location"]) == f"/en/follow/{typed}/leave/"


def test_nothing_that_is_sent_is_led_elsewhere(client, rows):
    assert client.post("/EN/follow/", {"email": "a@example.org"}).status_code == 404


def test_sessions_that_ended_are_deleted():
    kept, ended = SessionStore(), SessionStore()
    for session in (kept, ended):
        session.create()
    Session.objects.filter(pk=ended.session_key).update(expire_date=timezone.now())

    assert tasks.purge()["sessions"] == 1
    assert list(Session.objects.values_list("pk", flat=True)) == [kept.session_key]
