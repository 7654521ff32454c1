"""What others show in frames of theirs: how it may be framed and kept, and that it says no more
than the pages.
"""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from PIL import Image

from advocacy.models import RecommendedAction, ResponseStatus, Site
from advocacy.public.share import drawing
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_organisation,
    make_proposal,
    make_site,
    record,
    record_look,
)
from tests.pages import text_of

pytestmark = pytest.mark.django_db

ASKED = timedelta(days=700)
FRAMES = [
    "/embed/issues/x/",
    "/embed/bodies/x/",
    "/embed/actions/x/",
    "/embed/silence/",
    "/embed/silence/issues/x/",
    "/embed/silence/bodies/x/",
]
BADGES = ["/embed/actions/x/badge.svg", "/embed/bodies/x/badge.svg"]
PICTURES = ["/embed/actions/x/badge.png", "/embed/bodies/x/badge.png"]


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def ask(today):
    make_site(licence="CC BY 4.0")
    make_organisation(slug="lab", name="Justice Lab")
    ask = make_action(
        slug="x",
        reference="A-12",
        title="Take up forced labour",
        issue=make_issue(slug="x", title="Forced labour"),
        body=make_body(slug="x", name="International Labour Organization", abbreviation="ILO"),
        asked_on=today - ASKED,
    )
    record_look(ask, today - timedelta(days=4))
    return ask


@pytest.mark.parametrize("address", [*FRAMES, *BADGES])
def test_anybody_may_frame_it_and_nothing_runs_in_it(client, ask, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert "X-Frame-Options" not in answer
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == "*"
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not re.search(r"<script|\son\w+=|<style|\sstyle=", answer.text)


@pytest.mark.parametrize("address", [*FRAMES, *BADGES])
def test_it_sets_no_cookie_and_may_be_kept(client, ask, address):
    answer = client.get(address)

    assert not answer.cookies
    assert answer["Cache-Control"] == "public, max-age=300"
    assert "cookie" not in answer["Vary"].lower()
    assert answer["X-Robots-Tag"] == "noindex"


def test_no_other_page_may_be_framed(client, ask):
    for address in ("/en/", "/en/issues/x/", "/en/actions/x/", "/en/data/", "/en/nowhere/"):
        answer = client.get(address)

        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_it_is_made_once_and_anew_when_the_record_changes(door, ask):
    first, again = door.get(FRAMES[0]), door.get(FRAMES[0])
    record(ask)
    changed = door.get(FRAMES[0])

    assert len(door.made) == 2
    assert again.headers["etag"] == first.headers["etag"] != changed.headers["etag"]


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
@pytest.mark.parametrize("address", FRAMES)
def test_its_address_names_its_language(client, ask, address, language):
    page = client.get(address, {"lang": language}, headers={"Accept-Language": "ko"})
    readers_own = client.get(address, headers={"Accept-Language": language})
    unknown = client.get(address, {"lang": "xx"}, headers={"Accept-Language": language})

    for answer in (page, readers_own, unknown):
        assert f'<html lang="{language}"' in answer.text
        assert answer["Content-Language"] == language
        assert f'href="/{language}/' in answer.text


def sentences_of(page):
    return unescape(page.text)


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
@pytest.mark.parametrize("address", FRAMES)
def test_it_says_of_an_ask_what_its_page_says(client, ask, address, language):
    page = client.get(address, {"lang": language})

    with override(language):
        standing = RecommendedAction.objects.with_status().get().standing
        assert standing.sentence in sentences_of(page)
        assert standing.label in sentences_of(page)


def test_what_nobody_asked_is_called_proposed_and_has_no_silence(client, ask):
    ask = make_proposal(slug="y", body=make_body(slug="y"))

    page = client.get("/embed/actions/y/", {"lang": "en"})
    silence = client.get("/embed/silence/bodies/y/", {"lang": "en"})

    assert "Proposed by the editors; not put to this body" in text_of(page)
    assert "No public response" not in text_of(page)
    assert "Nothing was put to a body yet" in text_of(silence)
    assert ask.title not in text_of(silence)


def test_the_silence_of_a_body_that_works_in_confidence_is_no_failure(client, ask):
    body = make_body(slug="y", works_in_confidence=True)
    record_look(make_action(slug="y", body=body))

    for address in ("/embed/actions/y/", "/embed/bodies/y/", "/embed/silence/bodies/y/"):
        text = text_of(client.get(address, {"lang": "en"}))
        assert "No public position; this body works in confidence" in text
        assert "days" not in text
    for address in ("/embed/actions/y/badge.svg", "/embed/bodies/y/badge.svg"):
        badge = client.get(address, {"lang": "en"}).text
        assert "No answer" not in badge
        assert "days" not in badge
        assert re.search("works in confidence", badge, flags=re.IGNORECASE)


@pytest.mark.parametrize(
    "address", ["/embed/actions/{}/", "/embed/bodies/{}/", "/embed/actions/{}/badge.svg"]
)
def test_drafts_and_unknown_rows_are_not_found(client, ask, address):
    make_action(slug="draft", state="draft", asked_on=None)

    assert client.get(address.format("draft")).status_code == 404
    assert client.get(address.format("nothing")).status_code == 404


def test_who_brings_it_comes_from_the_record(client, ask):
    known = client.get(FRAMES[0], {"via": "lab", "lang": "en"})
    unknown = client.get(FRAMES[0], {"via": "The <b>United Nations", "lang": "en"})

    assert "Brought to you by Justice Lab" in text_of(known)
    assert 'href="/en/organisations/lab/"' in known.text
    assert "via=lab" in known.text
    for word in ("Brought to you", "United Nations", "via="):
        assert word not in unknown.text


@pytest.mark.parametrize("address", FRAMES)
def test_it_carries_its_licence_its_day_and_its_own_code(client, settings, ask, today, address):
    settings.SITE_URL = "https://record.example"

    page = client.get(address, {"lang": "uk", "via": "lab"})

    assert 'href="https://creativecommons.org/licenses/by/4.0/" rel="license noopener"' in page.text
    code = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, flags=re.S)[1])
    source = f'src="https://record.example{address}?lang=uk&amp;via=lab"'
    assert code.startswith("<iframe ")
    assert source in code
    assert f'datetime="{today.isoformat()}"' in page.text


@pytest.mark.parametrize("address", FRAMES)
def test_its_links_open_pages_of_their_own(client, ask, address):
    links = re.findall(r"<a [^>]+>", client.get(address, {"via": "lab"}).text)

    assert links
    assert [link for link in links if 'target="_blank"' not in link] == []
    assert [link for link in links if not re.search(r'rel="[^"]*noopener"', link)] == []


def test_its_style_is_that_of_the_record_and_changes_with_it(client, ask):
    def sheet_of(page):
        return client.get(re.search(r'href="(/embed/look/[^"]+)"', page.text)[1])

    before = sheet_of(client.get(FRAMES[0]))
    Site.objects.update(accent="#aa0000")
    after = sheet_of(client.get(FRAMES[0]))

    assert before.content != after.content
    assert "#aa0000" in after.text
    for sheet in (before, after):
        assert "immutable" in sheet["Cache-Control"]
        # A frame that is sandboxed has no origin, and needs it all the same.
        assert sheet["Cross-Origin-Resource-Policy"] == "cross-origin"


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, {"via": "lab"}).status_code == 200
    return len(queries)


@pytest.mark.parametrize("address", FRAMES)
def test_it_takes_as_many_queries_however_many_rows_it_has(client, ask, address):
    one = queries_of(client, address)
    for _ in range(2):
        record_look(make_action(issue=ask.issue, body=ask.body))

    assert queries_of(client, address) == one <= 10


def words_of(badge):
    svg = ElementTree.fromstring(badge.content)
    name = "{http://www.w3.org/2000/svg}"
    return svg.find(f"{name}title").text, [text.text for text in svg.iter(f"{name}text")]


def written(day):
    return f"{day.day} {day:%B} {day.year}"


def test_a_badge_says_status_days_and_day(client, ask, today):
    title, lines = words_of(client.get(BADGES[0], {"lang": "en"}))

    assert lines == [
        "A-12 · No public response found",
        "700 days without an answer",
        f"As of {written(today)} · last checked {written(today - timedelta(days=4))}",
    ]
    standing = RecommendedAction.objects.with_status().get().standing
    assert title == (
        f"International Labour Organization: Take up forced labour. {standing.sentence}"
    )


def test_the_badge_of_a_body_counts_its_asks_apart(client, ask, today):
    record(make_action(body=ask.body))
    make_proposal(body=ask.body)

    _title, lines = words_of(client.get(BADGES[1], {"lang": "en"}))

    assert lines == [
        "ILO · 2 asks",
        "No answer: 1 · In progress: 1 · 1 more proposed",
        "700 days without an answer",
        f"As of {written(today)}",
    ]
    assert "<use" not in client.get(BADGES[1]).text


def test_of_what_was_proposed_alone_a_badge_counts_no_ask(client, ask, today):
    make_proposal(slug="y", reference="A-13", body=make_body(slug="y", abbreviation="HRC"))

    _title, of_ask = words_of(client.get("/embed/actions/y/badge.svg", {"lang": "en"}))
    _title, of_body = words_of(client.get("/embed/bodies/y/badge.svg", {"lang": "en"}))

    assert of_ask == ["A-13 · Proposed by the editors", f"As of {written(today)}"]
    assert of_body == ["HRC · 1 ask proposed by the editors", f"As of {written(today)}"]


def test_a_badge_is_told_with_the_day_of_an_answer_and_its_marks(client, ask):
    record(
        ask,
        ResponseStatus.UNDER_DISCUSSION,
        happened_on=date(2025, 2, 3),
        points_other_way=True,
    )

    _title, lines = words_of(client.get(BADGES[0], {"lang": "en"}))

    assert lines[0] == "A-12 · Under discussion on 3 February 2025 (points the other way)"


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_a_badge_is_a_picture_as_well(client, ask, language):
    if not drawing.is_possible():
        pytest.skip("the fonts are not installed")
    for address in PICTURES:
        answer = client.get(address, {"lang": language})
        image = Image.open(BytesIO(answer.content))

        assert answer["Content-Type"] == "image/png"
        assert image.format == "PNG"
        assert image.width > 200
        # There are words in it.
        assert len(image.convert("L").getcolors()) > 10


def test_without_fonts_there_is_no_picture_and_nobody_is_offered_one(client, ask, monkeypatch):
    monkeypatch.setattr(drawing, "is_possible", lambda: False)

    assert client.get(PICTURES[0]).status_code == 404
    assert "badge.png" not in client.get("/en/data/?ask=x").text
    assert "badge.svg" in client.get("/en/data/?ask=x").text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["/embed/silence/?lang=en"]),
        ("issue=x", ["/embed/issues/x/?lang=en", "/embed/silence/issues/x/?lang=en"]),
        ("body=x", ["/embed/bodies/x/?lang=en", "/embed/silence/bodies/x/?lang=en"]),
        ("ask=x&body=x&via=lab", ["/embed/actions/x/?lang=en&via=lab"]),
        ("body=nobody", ["/embed/silence/?lang=en"]),
    ],
)
def test_the_page_shows_what_can_be_embedded_and_its_code(client, settings, ask, query, shown):
    page = client.get(f"/en/data/?{query}")

    frames = re.findall(r'<iframe class="[^"]+" src="([^"]+)"', page.text)
    assert [unescape(frame) for frame in frames] == shown
    codes = re.findall(r"<code>(.*?)</code>", page.text, flags=re.S)
    for path in shown:
        assert any(f"{settings.SITE_URL}{path}" in unescape(unescape(code)) for code in codes)
    assert "frame-src 'self'" in page["Content-Security-Policy"]


def test_no_code_names_a_status(client, ask):
    """What somebody pasted stays as it is while the record goes on."""
    page = client.get("/en/data/?ask=x")

    codes = " ".join(re.findall(r"<code>(.*?)</code>", page.text, flags=re.S))
    assert "A-12: how it stands today" in codes
    assert "No public response" not in codes


def test_pages_lead_to_the_code_of_what_they_show(client, ask):
    for kind, field in (("issues", "issue"), ("bodies", "body"), ("actions", "ask")):
        page = client.get(f"/en/{kind}/x/")

        assert f'href="{reverse("data")}?{field}=x#embeds"' in page.text
