"""What search engines are told: the sitemap, one address for each page, and what the page is."""

import json
import re
from datetime import UTC, date, datetime
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advocacy.models import AskState, Confidence, MeetingKind, Site
from advocacy.public import sitemaps
from advocacy.public.views import sitemaps as sitemap_views
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_meeting,
    make_organisation,
    make_pack,
    make_page,
    make_proposal,
    make_seat,
    make_site,
    record,
)

pytestmark = pytest.mark.django_db

S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
HOST = "https://record.example"


@pytest.fixture(autouse=True)
def one_host(settings):
    settings.SITE_URL = HOST


@pytest.fixture
def site(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    make_site(subject="Soldiers were sent to a war.", licence="CC BY 4.0")
    ask = make_action(
        slug="x",
        issue=make_issue(slug="x", title="Forced </script> labour"),
        body=make_body(slug="x", name="Labour Organization"),
        asked_by=[make_organisation(slug="x")],
    )
    record(ask)
    make_pack(slug="x")
    make_page(slug="x")
    make_seat(body=ask.body, country="DK")
    make_meeting(
        slug="x",
        body=ask.body,
        kind=MeetingKind.SESSION,
        title="Spring session",
        confidence=Confidence.CONFIRMED,
        source_url="https://example.org/dates",
        starts_on=date(2099, 1, 1),
        ends_on=date(2099, 1, 2),
    )
    return ask


def read(client, address="/sitemap.xml"):
    """{address: its element} of a file."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    return {row.find(f"{S}loc").text: row for row in ElementTree.fromstring(answer.content)}


def day_of(element):
    lastmod = element.find(f"{S}lastmod")
    return lastmod.text if lastmod is not None else None


@pytest.mark.thorough
def test_every_page_is_in_the_sitemap_and_every_address_in_it_is_a_page(client, site):
    found = read(client)

    for kind in ("issues", "bodies", "actions", "organisations", "calendar", "packs"):
        assert f"{HOST}/en/{kind}/" in found
        assert f"{HOST}/ko/{kind}/x/" in found
    for path in ("", "updates/", "about/method/", "about/x/", "seats/dk/", "follow/", "tell/"):
        assert f"{HOST}/uk/{path}" in found
    for address in found:
        assert client.get(address.removeprefix(HOST)).status_code == 200, address


def test_each_address_names_the_same_page_in_every_language(client, site):
    row = read(client)[f"{HOST}/uk/actions/x/"]

    assert {link.get("hreflang"): link.get("href") for link in row.iter(LINK)} == {
        code: f"{HOST}/{code}/actions/x/" for code in ("en", "uk", "ko")
    }


def test_drafts_and_what_is_to_come_stand_in_no_sitemap(client, site):
    draft = make_action(slug="draft", asked_on=None, state=AskState.DRAFT, issue=site.issue)
    closed = make_issue(slug="later", opened_on=date(2099, 1, 1))

    text = client.get("/sitemap.xml").content.decode()

    assert f"/{draft.slug}/" not in text
    assert f"/{closed.slug}/" not in text


def test_a_page_has_the_day_on_which_the_record_last_changed_it(client, site):
    quiet = make_proposal(slug="quiet")
    late = make_action(slug="late", issue=site.issue, body=site.body)
    record(late, recorded_at=datetime(2031, 5, 6, tzinfo=UTC))

    found = read(client)

    for path in ("actions/late/", "issues/x/", "bodies/x/", "updates/", ""):
        assert day_of(found[f"{HOST}/en/{path}"]) == "2031-05-06", path
    assert day_of(found[f"{HOST}/en/actions/x/"]) != "2031-05-06"
    assert day_of(found[f"{HOST}/en/actions/{quiet.slug}/"]) is None
    assert day_of(found[f"{HOST}/en/about/method/"]) is None


def test_a_large_record_has_an_index_of_files_that_hold_it_all(client, site, monkeypatch):
    whole = set(read(client))
    monkeypatch.setattr(sitemaps.RecordSitemap, "limit", 5)
    monkeypatch.setattr(sitemap_views, "MOST_ROWS", 5)

    answer = client.get("/sitemap.xml")
    index = ElementTree.fromstring(answer.content)
    files = [row.find(f"{S}loc").text for row in index]
    parts = [read(client, address.removeprefix("http://testserver")) for address in files]

    assert index.tag == f"{S}sitemapindex"
    assert any("?p=2" in address for address in files)
    assert set().union(*parts) == whole
    assert client.get("/sitemap-asks.xml?p=9").status_code == 404
    assert client.get("/sitemap-none.xml").status_code == 404


def test_the_sitemap_takes_as_many_queries_however_many_rows_it_has(client, site):
    def queries():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/sitemap.xml").status_code == 200
        return len(queries)

    one = queries()
    for _ in range(2):
        record(make_action(asked_by=[make_organisation()]))

    assert queries() == one <= 34


def test_robots_are_told_where_the_sitemap_is(client):
    assert f"Sitemap: {HOST}/sitemap.xml" in client.get("/robots.txt").text.splitlines()


def canonical_of(page):
    return [unescape(a) for a in re.findall(r'<link rel="canonical" href="([^"]+)"', page.text)]


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/en/", "/en/"),
        ("/uk/actions/?status=no_answer&sort=newest", "/uk/actions/"),
        ("/en/actions/x/?as_of=2025-01-01", "/en/actions/x/"),
        ("/en/actions/?page=1", "/en/actions/?page=1"),
        ("/en/actions/?page=1&q=x", "/en/actions/"),
        ("/en/organisations/x/", "/en/organisations/x/"),
    ],
)
def test_a_page_names_its_one_address_and_those_in_other_languages(
    client, site, address, canonical
):
    page = client.get(address)

    assert canonical_of(page) == [HOST + canonical]
    others = re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)"', page.text)
    assert dict(others) == {
        code: HOST + re.sub(r"^/\w\w/", f"/{code}/", canonical) for code in ("en", "uk", "ko")
    }


def test_what_is_not_found_has_no_address_of_its_own(client, site):
    page = client.get("/en/nothing/")

    assert page.status_code == 404
    assert canonical_of(page) == []
    assert '<link rel="alternate" hreflang' not in page.text


def data_of(client, address):
    page = client.get(address)
    blocks = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page.text, flags=re.S
    )
    return [json.loads(block) for block in blocks]


def test_the_record_is_told_as_a_data_set(client, site):
    (data,) = data_of(client, "/en/")

    assert data["@type"] == "Dataset"
    assert data["name"] == "Answerable"
    assert data["description"].startswith("Soldiers were sent to a war. ")
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert data["url"] == f"{HOST}/en/"
    assert data_of(client, "/en/data/") == [data]
    assert [one["encodingFormat"] for one in data["distribution"]] == [
        "application/atom+xml",
        "application/vnd.oai.openapi+json",
    ]
    for one in data["distribution"]:
        assert client.get(one["contentUrl"].removeprefix(HOST)).status_code == 200


def test_a_session_is_told_as_an_event(client, site):
    (data,) = data_of(client, "/en/calendar/x/")

    assert data["@type"] == "Event"
    assert data["name"] == "Labour Organization: Spring session"
    assert (data["startDate"], data["endDate"]) == ("2099-01-01", "2099-01-02")
    assert data["organizer"]["name"] == "Labour Organization"


@pytest.mark.parametrize(
    "fields",
    [
        {"confidence": Confidence.EXPECTED},
        {"kind": MeetingKind.DEADLINE},
        {"kind": MeetingKind.STANDING, "starts_on": None, "ends_on": None, "act_by": None},
    ],
)
def test_what_is_only_expected_or_no_session_is_told_as_none(client, site, fields):
    make_meeting(slug="y", body=site.body, **fields)

    assert data_of(client, "/en/calendar/y/") == []


@pytest.mark.parametrize("name", ["issue", "action", "body", "organisation"])
def test_pages_say_what_they_are_and_no_page_claims_a_review(client, site, name):
    (data,) = data_of(client, reverse(f"{name}_detail", args=["x"]))

    who = {"body": "Organization", "organisation": "Organization"}
    assert data["@type"] == who.get(name, "Article")
    assert "ClaimReview" not in json.dumps(data)


def test_no_two_kinds_of_page_share_title_and_description(client, site):
    told = {}
    names = [*sitemaps.OF_THE_RECORD, *sitemaps.OTHERS]
    for address in [reverse(name) for name in names if name != "correction_list"]:
        text = client.get(address).text
        title = re.search(r"<title>(.*?)</title>", text, flags=re.S)[1]
        description = re.search(r'<meta name="description" content="([^"]+)">', text)[1]
        assert len(description.strip()) > 30, address
        told.setdefault((title, description), []).append(address)

    assert [addresses for addresses in told.values() if len(addresses) > 1] == []


def test_the_feed_says_under_which_licence_it_is(client, site):
    feed = ElementTree.fromstring(client.get("/en/updates.atom").content)
    rights = feed.find("{http://www.w3.org/2005/Atom}rights").text
    Site.objects.update(licence="")
    none_given = ElementTree.fromstring(client.get("/uk/updates.atom").content)

    assert rights == "CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"
    words = none_given.find("{http://www.w3.org/2005/Atom}rights").text
    assert words == "Ліцензію не надано: запитайте, перш ніж використовувати."
