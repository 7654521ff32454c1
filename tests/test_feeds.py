"""The feed and the calendar file, read by parsers that did not write them."""

import re
from datetime import UTC, date, datetime
from html import unescape
from uuid import UUID
from xml.etree import ElementTree

import pytest
import vobject
from django.urls import reverse
from django.utils import translation

from advocacy.models import ResponseStatus, StatusUpdate
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_meeting,
    make_site,
    make_source,
    record,
    record_look,
    write_draft,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGES = ["en", "uk", "ko"]


def feed_of(client, query=None, language="en", **request):
    with translation.override(language):
        address = reverse("update_feed")
    answer = client.get(address, query or {}, **request)
    assert answer.status_code == 200
    return ElementTree.fromstring(answer.content)


def entries_of(feed):
    return feed.findall(f"{ATOM}entry")


def text(element, name):
    return element.findtext(f"{ATOM}{name}")


def link(feed, rel):
    return feed.find(f"{ATOM}link[@rel='{rel}']").get("href")


def titles(feed):
    return [text(entry, "title") for entry in entries_of(feed)]


def shown(entry):
    """The words of a summary as a reader shows them, paragraph by paragraph."""
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") == "html"
    parts = re.split(r"</?(?:p|ul|li|blockquote)>|<br>", summary.text)
    words = (" ".join(unescape(re.sub(r"<[^>]+>", "", part)).split()) for part in parts)
    return [part for part in words if part]


@pytest.fixture
def entries():
    make_site()
    unsc = make_action(
        slug="troops",
        body=make_body(slug="unsc", name="Security Council", abbreviation="UNSC"),
        issue=make_issue(slug="one"),
    )
    ilo = make_action(body=make_body(slug="ilo", abbreviation="ILO"), slug="labour")
    return [
        record(unsc, S.BLOCKED, happened_on=date(2025, 3, 28), summary="Vetoed."),
        record(ilo, S.ACKNOWLEDGED, happened_on=date(2025, 4, 1), summary="Received."),
    ]


def test_a_filtered_feed_has_a_name_an_address_and_a_page_of_its_own(client, entries, settings):
    settings.SITE_URL = "https://record.example"

    whole, narrow = feed_of(client), feed_of(client, {"body": "unsc"})

    assert text(narrow, "title") == "Answerable: responses – Body: Security Council"
    assert link(narrow, "self") == "http://testserver/en/updates.atom?body=unsc"
    assert link(narrow, "alternate") == "http://testserver/en/updates/?body=unsc"
    assert text(narrow, "id") == "https://record.example/en/updates.atom?body=unsc"
    assert text(whole, "title") == "Answerable: responses"
    assert text(whole, "id") == "https://record.example/en/updates.atom"
    assert link(whole, "self") == "http://testserver/en/updates.atom"


def test_a_feed_is_the_same_however_its_filters_were_asked_for(client, entries):
    one = feed_of(client, {"status": "blocked", "body": "unsc", "utm_source": "x", "q": ""})
    other = feed_of(client, {"body": "unsc", "status": "blocked"})

    assert text(one, "id") == text(other, "id")
    assert link(one, "self").endswith("?body=unsc&status=blocked")


@pytest.mark.parametrize(
    "query",
    [{"q": "labour"}, {"as_of": "2025-03-30"}, {"overdue": "on"}, {"issue": "one"}, {"looks": "1"}],
)
def test_the_address_that_a_feed_names_gives_that_feed(client, entries, query):
    feed = feed_of(client, query)

    again = ElementTree.fromstring(client.get(link(feed, "self")).content)

    assert (text(again, "id"), text(again, "title")) == (text(feed, "id"), text(feed, "title"))
    assert titles(again) == titles(feed)
    assert text(feed, "title") != text(feed_of(client), "title")


def test_an_entry_has_one_id_on_every_host_and_in_every_language(client, entries, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]

    ids = {
        tuple(
            text(entry, "id") for entry in entries_of(feed_of(client, language=code, HTTP_HOST=h))
        )
        for code in LANGUAGES
        for h in settings.ALLOWED_HOSTS
    }

    newest, older = reversed(entries)
    assert ids == {(f"urn:uuid:{newest.uuid}", f"urn:uuid:{older.uuid}")}
    assert all(UUID(name[9:]).version == 4 for name in next(iter(ids)))


def test_an_entry_keeps_its_id_and_no_other_has_it(entries):
    wrong = entries[0]
    copy = wrong.corrected_copy(recorded_by=wrong.recorded_by, correction_reason="A slip.")
    draft = write_draft(make_action())

    assert StatusUpdate.objects.get(pk=wrong.pk).uuid == wrong.uuid
    assert copy.uuid != wrong.uuid
    assert "uuid" not in draft.entry
    assert draft.as_update().uuid != draft.as_update().uuid


def test_text_is_escaped_and_keeps_its_paragraphs(client):
    record(
        make_action(body=make_body(abbreviation="R&D")),
        S.UNDER_DISCUSSION,
        summary="It said “<b>no</b>” & left.\nA line.\n\nA second paragraph.",
        sources=[make_source(title="Minutes <1>", publisher="UN")],
    )

    (entry,) = entries_of(feed_of(client))

    assert entry.find(f"{ATOM}title").get("type", "text") == "text"
    assert text(entry, "title") == "R&D: Under discussion"
    paragraphs = shown(entry)
    for words in ["It said “<b>no</b>” & left.", "A line.", "A second paragraph."]:
        assert words in paragraphs
    assert "Minutes <1>, UN" in paragraphs
    assert "Happened: 16 December 2024." in " ".join(paragraphs)


def test_a_corrected_entry_says_so_and_the_correction_names_it(client):
    action = make_action(slug="troops", body=make_body(abbreviation="UNSC"))
    wrong = record(
        action,
        S.ACTION_TAKEN,
        happened_on=date(2025, 3, 28),
        checked_on=date(2025, 4, 1),
        summary="It decided.",
        recorded_at=datetime(2025, 4, 1, 12, tzinfo=UTC),
    )
    before = entries_of(feed_of(client))[0]
    right = record(
        action,
        S.UNDER_DISCUSSION,
        happened_on=date(2025, 3, 28),
        checked_on=date(2025, 4, 1),
        summary="It debated.",
        corrects=wrong,
        correction_reason="No <vote> was held.",
        recorded_at=datetime(2025, 5, 2, 9, tzinfo=UTC),
    )

    new, old = entries_of(feed_of(client))

    assert text(before, "updated") == "2025-04-01T12:00:00+00:00"
    assert text(old, "id") == text(before, "id")
    assert (text(old, "title"), text(new, "title")) == (
        "Corrected: UNSC: Action taken",
        "Correction: UNSC: Under discussion",
    )
    assert text(old, "published") == "2025-04-01T12:00:00+00:00"
    assert text(old, "updated") == text(new, "updated") == "2025-05-02T09:00:00+00:00"
    place = "http://testserver/en/actions/troops/#entry-"
    assert f'href="{place}{right.pk}"' in text(old, "summary")
    assert any(words.startswith("Corrected. This entry no longer counts.") for words in shown(old))
    assert f'href="{place}{wrong.pk}"' in text(new, "summary")
    (said,) = [words for words in shown(new) if words.startswith("Correction.")]
    assert "No <vote> was held." in said
    assert "“Action taken” of 28 March 2025" in said


def test_looks_are_left_out_unless_they_are_asked_for(client, entries):
    action = entries[1].action
    record_look(action, date(2025, 6, 1))

    assert titles(feed_of(client)) == ["ILO: Acknowledged", "UNSC: Blocked"]
    looked, *others = titles(feed_of(client, {"looks": "1"}))
    assert looked == "ILO: Looked again: nothing new" or looked.startswith("ILO: Looked")
    assert others == ["ILO: Acknowledged", "UNSC: Blocked"]


@pytest.mark.parametrize(("query", "number"), [({}, 1), ({"looks": "1"}, 2)])
def test_the_page_and_its_feed_hold_the_same_entries(client, entries, query, number):
    record_look(entries[1].action, date(2025, 6, 1))

    page = client.get(reverse("update_list"), {"body": "ilo"} | query)

    assert page.text.count('<article class="entry"') == number
    address = unescape(re.search(r'href="([^"]*updates\.atom\?[^"]*)"', page.text)[1])
    feed = ElementTree.fromstring(client.get(address).content)
    assert len(titles(feed)) == number
    back = client.get(link(feed, "alternate"))
    assert back.text.count('<article class="entry"') == number
    more = "Show where we looked and found nothing as well"
    assert (more in page.text) == (number == 1)


def test_what_was_recorded_last_comes_first(client):
    action = make_action()
    for summary, day, recorded in [("Late found.", 1, 9), ("Third.", 3, 7), ("Second.", 2, 8)]:
        record(
            make_action() if day == 1 else action,
            summary=summary,
            happened_on=date(2025, 1, day),
            checked_on=date(2025, 2, 1),
            recorded_at=datetime(2025, 2, recorded, tzinfo=UTC),
        )

    found = [shown(entry) for entry in entries_of(feed_of(client))]

    assert [
        next(words for words in ("Late found.", "Second.", "Third.") if words in entry)
        for entry in found
    ] == ["Late found.", "Second.", "Third."]


def test_an_empty_feed_says_the_same_every_time(client):
    assert text(feed_of(client), "updated") == "2026-01-01T00:00:00+00:00"
    assert client.get(reverse("update_feed")).content == client.get(reverse("update_feed")).content


@pytest.mark.parametrize("name", ["update_feed", "meeting_calendar"])
@pytest.mark.parametrize("query", [{"body": "atlantis"}, {"issue": "atlantis"}])
def test_an_unknown_filter_is_an_error_for_a_program(client, entries, name, query):
    assert client.get(reverse(name), query).status_code == 400
    assert client.get(reverse(name), {next(iter(query)): ""}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"status": "answered"},
        {"topic": "x"},
        {"audience": "x"},
        {"as_of": "yesterday"},
        {"as_of": "2999-01-01"},
        {"looks": "yes"},
        {"overdue": "anything"},
        {"q": "x" * 201},
    ],
)
def test_no_feed_is_given_for_a_filter_that_is_not_understood(client, entries, query):
    assert client.get(reverse("update_feed"), query).status_code == 400


@pytest.mark.parametrize("number", [1, 3])
def test_the_feed_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        action = make_action()
        wrong = record(action, sources=[make_source(), make_source()])
        record(action, corrects=wrong, correction_reason="A slip.")
        record_look(action)

    # Keys, entries, their sources and those of what they correct or take back; and the head of the
    # record, what was withheld, and whose it is.
    with django_assert_num_queries(8):
        client.get(reverse("update_feed"), {"looks": "1"})


def test_a_meeting_has_one_name_on_every_host_and_in_every_language(client, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    make_meeting(slug="ilo-2099", starts_on=date(2099, 6, 1), ends_on=date(2099, 6, 12))
    names = set()
    for code in LANGUAGES:
        with translation.override(code):
            address = reverse("meeting_calendar")
        for host in ["one.example", "two.example:8153"]:
            file = vobject.readOne(client.get(address, HTTP_HOST=host).content.decode())
            names |= {event.uid.value for event in file.contents["vevent"]}

    assert names == {"meeting-ilo-2099"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("query", [{}, {"issue": "one"}, {"body": "unsc"}])
def test_every_feed_and_calendar_is_read_by_a_parser(client, entries, language, query):
    make_meeting(body=entries[0].action.body, starts_on=date(2099, 6, 1), ends_on=date(2099, 6, 2))

    feed = feed_of(client, query, language)
    with translation.override(language):
        address = reverse("meeting_calendar")
    calendar = vobject.readOne(client.get(address, query).content.decode())

    assert feed.tag == f"{ATOM}feed"
    for element in [feed, *entries_of(feed)]:
        # RFC 4287, 4.1.1 and 4.1.2.
        assert all(
            len(element.findall(f"{ATOM}{name}")) == 1 for name in ("id", "title", "updated")
        )
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Answerable"
    assert len(entries_of(feed)) == (1 if query else 2)
    (event,) = calendar.contents["vevent"]
    assert event.dtstart.value == date(2099, 6, 1)
