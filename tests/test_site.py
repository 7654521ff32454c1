"""What holds on every public page."""

import re
from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import DEFINITIONS, ResponseStatus
from tests.databases import made_once
from tests.decisions import decide, state
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_meeting,
    make_organisation,
    make_pack,
    make_page,
    make_seat,
    make_site,
    make_source,
    make_step,
    make_topic,
    record,
    record_look,
)
from tests.pages import text_of

pytestmark = pytest.mark.django_db

PAGES = [
    "overview",
    "issue_list",
    "issue_detail",
    "body_list",
    "body_detail",
    "action_list",
    "action_detail",
    "organisation_list",
    "organisation_detail",
    "decision_list",
    "decision_detail",
    "statement_list",
    "statement_detail",
    "data",
    "update_list",
    "correction_list",
    "withheld_list",
    "meeting_list",
    "meeting_detail",
    "pack_list",
    "pack_detail",
    "about",
    "method",
    "privacy",
    "accessibility",
    "page_detail",
    "tell",
]


@pytest.fixture
def site():
    made_once("a site", make_the_site)


def make_the_site():
    make_site()
    action = make_action(
        slug="x",
        issue=make_issue(slug="x", topics=[make_topic()]),
        body=make_body(slug="x"),
        asked_by=[make_organisation(slug="x")],
    )
    record(action, sources=[make_source(url="https://press.un.org/en/1")])
    record_look(make_action())
    make_step(action=action, url="https://www.ohchr.org/")
    decide(slug="x", actions=[action])
    state(action, slug="x")
    make_pack(slug="x", actions=[action], issues=[action.issue])
    make_page(slug="x", in_footer=True)
    make_seat(body=action.body)
    make_meeting(slug="x", body=action.body, starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 2))


def address(name, **query):
    return reverse(name, args=["x"] if name.endswith("_detail") else [], query=query or None)


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_strict_private_and_whole(client, site, name):
    response = client.get(address(name))

    assert response.status_code == 200
    assert not response.cookies
    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert re.search(r"<title>[^<]+Answerable", response.text)
    assert response.text.count("<h1") == 1
    assert "<main" in response.text


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_inline_and_nothing_comes_from_another_host(client, site, name):
    html = client.get(address(name)).text

    # What a search engine reads is data: no browser runs it.
    assert not re.search(r'<script(?![^>]*\bsrc=|\stype="application/ld\+json">)[^>]*>', html)
    assert not re.search(r"\son[a-z]+\s*=", html)
    assert not re.search(r"\sstyle\s*=|<style", html)
    loaded = re.findall(
        r'<(?:script|img|iframe|use|source|audio|video)[^>]*(?:src|href)="([^"]+)', html
    )
    loaded += re.findall(
        r'<link[^>]*rel="(?:stylesheet|icon|preload|modulepreload)"[^>]*href="([^"]+)', html
    )
    assert loaded
    assert [url for url in loaded if not url.startswith(("/", "#", "data:image/"))] == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_every_page_speaks_its_language_and_links_to_the_others(client, site, name, language):
    path = address(name).replace("/en/", f"/{language}/", 1)

    response = client.get(path)

    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.text
    for other in {"en", "uk", "ko"} - {language}:
        assert f'href="{path.replace(f"/{language}/", f"/{other}/", 1)}"' in response.text
    assert response["Content-Language"] == language


@pytest.mark.parametrize(
    ("accepts", "language"), [("uk,en;q=0.5", "uk"), ("ko-KR", "ko"), ("fr", "en"), ("", "en")]
)
def test_the_bare_address_leads_to_the_visitors_language(client, accepts, language):
    response = client.get("/", headers={"Accept-Language": accepts})

    assert response.status_code == 302
    assert response["Location"] == f"/{language}/"
    assert not response.cookies


@pytest.mark.parametrize("name", [name for name in PAGES if name != "tell"])
def test_pages_refuse_posts(client, site, name):
    assert client.post(address(name)).status_code == 405


def test_a_missing_page_says_so_and_shows_a_way_on(client):
    response = client.get("/en/nothing/")

    assert response.status_code == 404
    assert f'href="{reverse("overview")}"' in response.text
    assert "<html" in response.text


def test_a_failure_is_calm_and_shows_nothing_of_the_inside(client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("secret detail")

    client.raise_request_exception = False
    monkeypatch.setattr("advocacy.public.views.overview._lead", fail)

    response = client.get(reverse("overview"))

    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert "<h1" in response.text


def test_method_explains_every_status(client):
    response = client.get(reverse("method"))

    shown = text_of(response)
    for status in ResponseStatus:
        assert str(status.label) in shown
        assert str(DEFINITIONS[status]) in shown
        assert f'id="status-{status}"' in response.text


def test_the_calendar_shows_what_is_confirmed_and_who_may_act(client):
    make_meeting(
        title="Human Rights Council, 64th session",
        starts_on=date(2099, 2, 1),
        ends_on=date(2099, 4, 30),
        who_can_act="NGOs with status",
    )
    make_meeting(title="Long gone", starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))

    shown = text_of(client.get(reverse("meeting_list")))

    assert "Human Rights Council, 64th session" in shown
    assert "NGOs with status" in shown
    assert "expected" in shown
    assert "Long gone" not in shown


def test_machines_are_answered(client):
    assert client.get("/healthz").text == "ok\n"
    assert "Disallow: /admin/" in client.get("/robots.txt").text


def test_pages_are_compressed_and_not_sent_again_unchanged(client, site):
    first = client.get(reverse("overview"), headers={"Accept-Encoding": "gzip"})
    plain = client.get(reverse("overview"))

    assert first["Content-Encoding"] == "gzip"
    assert len(first.content) < len(plain.content) / 2
    again = client.get(reverse("overview"), headers={"If-None-Match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
