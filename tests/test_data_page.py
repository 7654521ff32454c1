"""The page of what can be downloaded, the file itself, and the worker that makes it."""

import json
import re
import shutil
from hashlib import sha256

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from advocacy.bundle import building
from advocacy.bundle.made import folder, made
from advocacy.models import RecordHead, Site
from advocacy.public.views import data
from advocacy.upkeep import tasks, worker
from tests.bundles import make_small_record
from tests.factories import make_action, make_issue, make_site, record
from tests.pages import text_of
from tests.running import run

pytestmark = pytest.mark.django_db

NOT_YET = "This file is not made yet. The site makes it within an hour of a change."
ONION = "http://answerablexyzabcd.onion"


@pytest.fixture(autouse=True)
def nothing_made():
    shutil.rmtree(folder(), ignore_errors=True)


@pytest.fixture
def facts(monkeypatch):
    make_small_record()
    monkeypatch.setattr(building, "MOST_PAGES", 0)
    return building.make()


def test_before_the_worker_has_made_it_the_page_and_the_file_say_so(client):
    make_site()

    page, file = client.get(reverse("data")), client.get(reverse("record_zip"))

    assert NOT_YET in text_of(page)
    assert "Download" not in text_of(page)
    assert (file.status_code, file.text) == (404, f"{NOT_YET}\n")
    assert file["Content-Type"].startswith("text/plain")


def test_the_page_says_what_the_file_is(client, facts):
    said = text_of(client.get(reverse("data")))

    assert facts.sha256 in said
    assert facts.head == RecordHead.current().noted
    assert facts.head in said
    assert "The record has too many pages for one file" in said
    assert "CC BY 4.0" in said
    assert "free software under the MIT licence" in said
    assert "The Council of Cotton: Answerable, as of" in said
    assert f"record {RecordHead.current().cited}, {django_settings.SITE_URL}" in said


def test_the_record_is_told_as_a_data_set_that_can_be_had_as_one_file(client, facts):
    for name in ("data", "overview"):
        block = client.get(reverse(name)).text.split('<script type="application/ld+json">')[1]
        told = json.loads(block.split("</script>")[0])["distribution"]
        zips = [one["contentUrl"] for one in told if one["encodingFormat"] == "application/zip"]
        assert zips == [f"{django_settings.SITE_URL}{reverse('record_zip')}"]


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_every_list_is_there_in_each_form(client, facts, language):
    with translation.override(language):
        section = client.get(reverse("data")).text.split('id="lists"')[1].split("</section>")[0]

    links = re.findall(r'<a href="([^"]+)" type="([^"]+)">', section)
    assert len(links) == 28
    for address, media_type in links:
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, media_type)
    assert f'href="{reverse("api_docs")}"' in section


def test_the_licence_stands_there_once(client, facts):
    page = client.get(reverse("data")).text
    main = page.split("<main")[1].split("</main>")[0]

    assert main.count('rel="license"') == 1


def test_every_page_leads_there(client, facts):
    assert f'<a href="{reverse("data")}">Data</a>' in client.get(reverse("overview")).text
    for language, word in (("uk", "Дані"), ("ko", "데이터")):
        with translation.override(language):
            assert f">{word}</a>" in client.get(reverse("overview")).text


def test_the_file_is_given_whole_with_its_name_and_its_day(client, facts):
    answer = client.get("/data/record.zip", headers={"accept-encoding": "gzip"})

    body = b"".join(answer)
    assert sha256(body).hexdigest() == facts.sha256
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="record.zip"'
    assert int(answer["Content-Length"]) == len(body) == facts.size
    assert answer["ETag"] == f'"{facts.sha256}"'
    assert "Content-Encoding" not in answer
    assert answer["Last-Modified"]


@pytest.mark.parametrize("header", ["If-None-Match", "If-Modified-Since"])
def test_whoever_has_it_gets_it_no_second_time(client, facts, header):
    first = client.head(reverse("record_zip"))
    known = first["ETag"] if header == "If-None-Match" else first["Last-Modified"]

    assert client.get(reverse("record_zip"), headers={header: known}).status_code == 304


def test_a_file_that_was_just_replaced_is_found(client, facts, monkeypatch):
    other = building.make()
    told = iter([facts, other])
    monkeypatch.setattr(data, "made", lambda: next(told))

    assert client.get(reverse("record_zip"))["ETag"] == f'"{other.sha256}"'


def number_of_queries(client):
    client.get(reverse("data"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("data"))
        return len(queries)


def test_the_page_asks_as_much_of_a_large_record(client, facts):
    before = number_of_queries(client)
    for _time in range(3):
        record(make_action())

    # Four of them are for the options of what can be embedded.
    assert number_of_queries(client) == before <= 10


@pytest.mark.django_db(transaction=True)
def test_a_kept_page_follows_the_file(door, facts, settings):
    before = door.get("/en/data/").body
    Site.objects.update(subject="Wool.")

    other = building.make()

    assert other.sha256 != facts.sha256
    after = door.get("/en/data/").body
    assert other.sha256.encode() in after
    assert before != after


# The worker


def test_the_worker_makes_it_once_something_changed(queue, settings, monkeypatch):
    settings.RECORD_ZIP = True
    make_issue(slug="x")
    monkeypatch.setattr(building, "MOST_PAGES", 0)

    queue()
    first = made()
    queue()

    assert first is not None
    assert made() == first


def test_the_worker_makes_none_where_nobody_wants_it(queue):
    make_issue()

    queue()

    assert made() is None


def test_it_is_in_the_schedule_of_the_worker():
    (chore,) = [c for c in worker.SCHEDULE if c.work == tasks.ask_for_record_zip]

    assert chore.queue == "default"


# Tor


def test_pages_name_their_address_in_tor_and_files_do_not(client, settings):
    settings.ONION_LOCATION = ONION
    make_site()

    assert client.get("/en/actions/?status=no_answer")["Onion-Location"] == (
        f"{ONION}/en/actions/?status=no_answer"
    )
    assert client.get("/en/nowhere/")["Onion-Location"] == f"{ONION}/en/nowhere/"
    for address in ("/en/updates.atom", "/robots.txt", "/en/calendar.ics", "/healthz"):
        assert "Onion-Location" not in client.get(address)


def test_no_page_names_an_address_where_there_is_none(client):
    make_site()

    assert "Onion-Location" not in client.get("/en/")


@pytest.mark.django_db(transaction=True)
def test_a_kept_page_names_its_own_address(door, settings):
    settings.ONION_LOCATION = ONION
    make_site()

    for path in ("/en/", "/uk/issues/", "/uk/issues/"):
        assert door.get(path).headers["onion-location"] == f"{ONION}{path}"


@pytest.mark.programs
@pytest.mark.one_database
def test_an_address_that_is_none_of_tor_ends_the_start(tmp_path):
    done = run(
        "manage.py", "check", SECRET_KEY="x", ONION_LOCATION="https://x.org", VAR_DIR=str(tmp_path)
    )

    assert done.returncode != 0
    assert "ONION_LOCATION cannot be used: give the address of an onion service" in done.stderr
