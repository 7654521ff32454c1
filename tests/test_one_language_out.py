"""What leaves the site as mail, feed, calendar or picture is in one language throughout.

Read on the dossier, where a machine made all translations and no person has reviewed them.
"""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar

from advocacy.mailing import letters
from advocacy.models import (
    ChecklistStep,
    Edition,
    EditionKind,
    Meeting,
    RecommendedAction,
    SearchLog,
    Source,
    StatusUpdate,
    TargetBody,
    Translation,
    reading,
)
from advocacy.public.share import drawing
from tests.factories import (
    translate_rest,
)

# What a mail says does not depend on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

NOT_ENGLISH = ["uk", "ko"]
IN_ENGLISH = {
    "uk": "Мова цього листа — англійська, бо частини його ще не перекладено.",
    "ko": "이 메일은 영어로 작성되었습니다. 아직 번역되지 않은 부분이 있습니다.",
}
BY_MACHINE = {
    "uk": "Частини цього листа переклала машина, і жодна людина їх ще не перевірила.",
    "ko": "이 메일의 일부는 기계가 번역했으며, 아직 사람이 검토하지 않았습니다.",
}
OWN_LETTERS = {"uk": r"[а-щьюяєіїґ]", "ko": r"[가-힣]"}
MOST_LATIN = 0.02
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def as_text(html):
    """The words of a mail or of a summary as a reader sees them."""
    html = re.sub(r"<style>.*?</style>", " ", html, flags=re.S)
    return unescape(re.sub(r"<[^>]+>", " ", html))


def latin_share(text):
    """Of its letters, the share of Latin ones, outside addresses, names, codes and hashes."""
    text = re.sub(r"https?://\S+|\S+@\S+|\b[0-9a-f]{32,}\b", " ", text)
    # Names of institutions, symbols of documents: S/PV.9828, KBS World, DPRK.
    names = sorted(Source.objects.values_list("publisher", flat=True), key=len, reverse=True)
    for name in [*names, "Answerable"]:
        text = text.replace(name, " ")
    words = [word for word in re.findall(r"[^\W_]+", text) if word != word.upper()]
    is_latin = [letter.isascii() for word in words for letter in word if letter.isalpha()]
    return sum(is_latin) / max(len(is_latin), 1)


def is_in(language, text):
    """Whether it is in a language throughout."""
    if language == "en":
        return not any(re.search(letters, text, re.I) for letters in OWN_LETTERS.values())
    return latin_share(text) < MOST_LATIN and re.search(OWN_LETTERS[language], text, re.I)


def notice(entry, language):
    return letters.preview(Edition(kind=EditionKind.NOTICE, entry=entry), language)


def digest(entries, language):
    with reading():
        rows = StatusUpdate.objects.with_related().prefetch_related("action__steps")
        return letters.digest_letter(list(rows.filter(pk__in=[e.pk for e in entries])), language)


def parts(letter):
    return [letter.subject, letter.text, as_text(letter.html)]


def forget(row, field, language):
    """Take a translation away."""
    found = Translation.objects.of_row(row).filter(field=field, language=language)
    assert found.delete()[0]


def responses():
    """Entries of the dossier whose sources have their titles in English."""
    foreign = Source.objects.exclude(language="en").values("pk")
    return StatusUpdate.objects.in_force().responses().exclude(sources__in=foreign)


@pytest.fixture
def whole(content):
    """The dossier with no word missing of what mails, the feed and the calendar say."""
    for language in NOT_ENGLISH:
        translate_rest(language, StatusUpdate, ChecklistStep, Meeting, SearchLog, TargetBody)


# Mail


@pytest.mark.parametrize("language", NOT_ENGLISH)
def test_a_notice_is_in_the_language_of_its_reader_from_subject_to_foot(whole, language):
    entries = list(responses())
    assert len(entries) > 10

    for entry in entries:
        letter = notice(entry, language)
        assert letter.language == language
        for part in parts(letter):
            assert is_in(language, part), (entry, part, latin_share(part))
        for part in parts(letter)[1:]:
            assert " ".join(part.split()).count(BY_MACHINE[language]) == 1
        assert f'<html lang="{language}">' in letter.html
        assert "<span lang" not in letter.html


@pytest.mark.parametrize("language", NOT_ENGLISH)
def test_a_digest_is_in_the_language_of_its_reader_from_subject_to_foot(whole, language):
    letter = digest(responses()[:5], language)

    assert letter.language == language
    for part in parts(letter):
        assert is_in(language, part), (part, latin_share(part))
    assert letter.text.count(BY_MACHINE[language]) == 1


def missing_of(entry):
    """Every row and field of which a notice of an entry says something."""
    action = entry.action
    return {
        "title of the ask": (action, "title"),
        "name of the body": (action.body, "name"),
        "abbreviation": (action.body, "abbreviation"),
        "account": (entry, "summary"),
        "title of a source": (entry.sources.first(), "title"),
        "publisher": (entry.sources.first(), "publisher"),
        "step": (letters.step_of(action), "title"),
    }


@pytest.mark.parametrize("language", NOT_ENGLISH)
@pytest.mark.parametrize("make", [notice, lambda entry, language: digest([entry], language)])
def test_where_a_word_is_missing_the_whole_mail_is_in_english_and_says_so(whole, language, make):
    entry = next(e for e in responses() if not e.sources.filter(is_weak=True))
    pieces = missing_of(entry)
    if make is not notice:  # A digest names the issue, and no body by its abbreviation.
        pieces["issue"] = (entry.action.issue, "title")
        del pieces["abbreviation"]

    for piece, (row, field) in pieces.items():
        kept = Translation.objects.of_row(row).get(field=field, language=language)
        forget(row, field, language)
        letter = make(entry, language)
        kept.save(force_insert=True)

        assert letter.language == "en", piece
        first, text = letter.text.split("\n", 1)
        assert first == IN_ENGLISH[language], piece
        assert f'<p class="soft" lang="{language}">{IN_ENGLISH[language]}</p>' in re.sub(
            r">\s+|\s+<", lambda found: found[0].strip(), letter.html
        )
        html = as_text(letter.html).replace(IN_ENGLISH[language], "")
        for part in [letter.subject, text, html]:
            assert is_in("en", part), (piece, part)
        # It leads to the pages that its reader can read best.
        assert f"/{language}/follow/" in text
        assert "/en/" not in letter.text + letter.html
        assert BY_MACHINE[language] not in letter.text
        assert make(entry, language).language == language, piece


def test_what_a_person_reviewed_has_no_line_on_machines(content):
    entry = responses().first()
    translate_rest("uk", StatusUpdate, ChecklistStep)
    Translation.objects.update(reviewed_by="olena", reviewed_at=timezone.now())

    letter = notice(entry, "uk")

    assert letter.language == "uk"
    assert BY_MACHINE["uk"] not in letter.text + letter.html


# The feed


def feed_of(client, language, query=None):
    with translation.override(language):
        answer = client.get(reverse("update_feed"), query or {})
    return ElementTree.fromstring(answer.content)


def language_of(entry, feed):
    return entry.get(LANG) or feed.get(LANG)


def words_of_entry(entry):
    return entry.findtext(f"{ATOM}title"), as_text(entry.findtext(f"{ATOM}summary"))


@pytest.mark.parametrize("language", NOT_ENGLISH)
def test_each_entry_of_the_feed_is_in_one_language_and_says_which(client, whole, language):
    entry = responses().last()
    forget(entry.action, "title", language)

    feed = feed_of(client, language)

    found = feed.findall(f"{ATOM}entry")
    by_id = {one.findtext(f"{ATOM}id"): one for one in found}
    foreign = {e.uuid.urn for e in StatusUpdate.objects.exclude(pk__in=responses().values("pk"))}
    assert feed.get(LANG) == language
    for name, one in by_id.items():
        if name in foreign:
            continue
        of_ask = StatusUpdate.objects.get(uuid=name.removeprefix("urn:uuid:")).action
        wanted = "en" if of_ask == entry.action else language
        assert language_of(one, feed) == wanted
        assert (one.get(LANG) is None) == (wanted == language)
        for part in words_of_entry(one):
            assert is_in(wanted, part), part
        assert f"/{language}/" in one.find(f"{ATOM}link").get("href")
    assert {language_of(one, feed) for one in by_id.values()} == {"en", language}
    english = feed_of(client, "en").findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}id") for one in english] == list(by_id)


# The calendar


def events_of(client, language):
    with translation.override(language):
        answer = client.get(reverse("meeting_calendar"))
    return {str(event["uid"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


@pytest.mark.parametrize("language", NOT_ENGLISH)
def test_each_event_of_the_calendar_is_in_one_language_and_says_which(client, whole, language):
    before = events_of(client, language)
    name = next(iter(before))
    meeting = Meeting.objects.get(slug=name.removeprefix("meeting-"))
    forget(meeting, "what_can_be_done", language)

    events = events_of(client, language)

    assert list(events) == list(before) == list(events_of(client, "en"))
    for uid, event in events.items():
        wanted = "en" if uid == name else language
        for part in (event["summary"], event["description"]):
            assert part.params["LANGUAGE"] == wanted
            assert is_in(wanted, str(part)), part
        assert f"/{language}/" in event["url"]
        assert f"/{language}/" in event["description"] or "http" not in event["description"]


# Pictures, and what other sites show of a link


def picture(client, row, kind, language):
    with translation.override(language):
        return client.get(reverse("share_picture", args=[kind, row.slug]))


def words_drawn(*said):
    *lines, stands = said
    return " ".join([*lines, *(words for _mark, words in stands)])


@pytest.mark.parametrize("language", NOT_ENGLISH)
def test_a_picture_is_in_one_language(content, language, monkeypatch, client, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    drawn = []
    draw = drawing.draw

    def noted(*said):
        drawn.append(words_drawn(*said))
        return draw(*said)

    monkeypatch.setattr(drawing, "draw", noted)
    ask = RecommendedAction.objects.published().open().first()
    rows = {"actions": ask, "bodies": ask.body}

    for kind, row in rows.items():
        assert picture(client, row, kind, language).status_code == 200
        said = drawn.pop()
        assert is_in(language, said), said

    forget(ask.body, "name", language)
    for kind in ("actions", "bodies"):
        assert picture(client, rows[kind], kind, language).status_code == 200
        assert is_in("en", drawn.pop()), kind


@pytest.mark.parametrize("language", NOT_ENGLISH)
def test_what_other_sites_show_of_a_link_is_in_one_language(client, content, language):
    ask = RecommendedAction.objects.published().open().first()
    for kind, row, title, text in [
        ("actions", ask, "title", "text"),
        ("issues", ask.issue, "title", "question"),
        ("bodies", ask.body, "name", "mandate"),
    ]:
        for missing, wanted in [("", language), (text, "en")]:
            if missing:
                forget(row, missing, language)
            with translation.override(language):
                page = client.get(row.get_absolute_url()).text
            shown = [
                unescape(found)
                for found in re.findall(
                    r'(?:name="description"|og:title"|og:description") content="([^"]*)"', page
                )
            ]
            assert len(shown) == 3
            assert row.text_of(title, wanted) in shown
            assert all(is_in(wanted, part) for part in shown), (kind, shown)
            if kind != "bodies":
                assert f'"inLanguage": "{wanted}"' in page
