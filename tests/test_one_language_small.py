"""Letters, feed, calendar and picture of a few rows: what their one language costs and changes."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from advocacy.mailing import letters, sending
from advocacy.models import (
    Delivery,
    Edition,
    EditionKind,
    RecommendedAction,
    SignUp,
    Site,
    Subscriber,
    Tell,
)
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_issue,
    make_meeting,
    make_site,
    make_source,
    make_step,
    record,
    translate,
    translate_rest,
)
from tests.test_one_language_out import (
    ATOM,
    IN_ENGLISH,
    LANG,
    NOT_ENGLISH,
    digest,
    feed_of,
    notice,
    picture,
)

pytestmark = pytest.mark.django_db

QUERIES_OF_A_NOTICE = 7
QUERIES_OF_A_DIGEST = 7


@pytest.mark.parametrize("language", NOT_ENGLISH)
def test_a_confirmation_names_its_subject_in_the_language_that_was_chosen(language):
    make_site()
    action = make_action(title="Take it up", reference="AB-01")
    wish = SignUp.objects.ask(
        "ana@example.org", language=language, frequency="weekly", action=action
    )
    english = letters.confirmation(wish)
    translate(action, language, title="Питання 질문")
    own = letters.confirmation(wish)

    assert english.body.startswith(IN_ENGLISH[language])
    assert english.subject == "Please confirm: follow Answerable"
    assert "AB-01 Take it up" in english.body
    assert "AB-01 Питання 질문" in own.body
    assert "Take it up" not in own.body + own.alternatives[0][0]
    for mail in (english, own):
        assert f"/{language}/follow/" in mail.body


def followed(number):
    """A notice of an entry that rests on so many sources, and a digest of so many entries."""
    entries = []
    for _ in range(number):
        action = make_action(body=make_body(), issue=make_issue())
        make_step(action=action)
        sources = [make_source() for _ in range(number)]
        entries.append(record(action, summary="It debated.", sources=sources))
    translate_rest("uk")
    return entries


@pytest.mark.parametrize("number", [1, 3])
def test_a_letter_takes_a_constant_number_of_queries(django_assert_num_queries, number):
    make_site()
    entries = followed(number)

    # The entry with its sources and steps, what stood before it, whose record it is, and all words.
    with django_assert_num_queries(QUERIES_OF_A_NOTICE):
        assert notice(entries[0], "uk").language == "uk"
    with django_assert_num_queries(QUERIES_OF_A_DIGEST):
        assert digest(entries, "uk").language == "uk"


def test_a_mailing_asks_for_words_once_however_many_followers_read_them(sink):
    make_site()
    numbers = set()
    for number in (1, 3):
        (entry,) = followed(1)
        edition = Edition.objects.create(
            kind=EditionKind.NOTICE, entry=entry, sent_entry=entry, send_at=timezone.now()
        )
        for name in range(number):
            make_follower(f"{name}-{number}@example.org", language="uk", action=entry.action)
        edition.deliveries.bulk_create(
            Delivery(edition=edition, subscriber=follower)
            for follower in Subscriber.objects.filter(follows__action=entry.action)
        )
        keys = list(edition.deliveries.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as queries:
            sending.send_deliveries(edition, keys, worker="")
        asked = [re.search(r'FROM "advocacy_(\w+)"', q["sql"]) for q in queries]
        tables = [found[1] for found in asked if found]
        assert tables.count("translation") == 1
        rows = ("statusupdate", "source", "checkliststep", "recommendedaction", "targetbody")
        numbers.add(sum(map(tables.count, rows)))
    assert len(sink.messages) == 4
    assert {message["Subject"].count("Слова") for message in sink.messages} == {2}
    assert len(numbers) == 1


def test_a_feed_whose_filter_has_no_name_in_its_language_is_named_in_english(client):
    make_site(purpose="To be answered.")
    body = make_body(slug="unsc", name="Security Council")
    translate(body, "uk", name="Рада Безпеки")

    def head(query):
        feed = feed_of(client, "uk", query)
        return feed.get(LANG), feed.findtext(f"{ATOM}title"), feed.findtext(f"{ATOM}subtitle")

    language, title, subtitle = head({"body": "unsc"})
    assert (language, title) == ("en", "Answerable: responses – Body: Security Council")
    assert subtitle == "To be answered."

    translate(Site.current(), "uk", purpose="Щоб відповіли.")
    language, title, subtitle = head({"body": "unsc"})
    assert (language, subtitle) == ("uk", "Щоб відповіли.")
    assert title.endswith("Рада Безпеки")


@pytest.mark.parametrize("number", [1, 3])
def test_feed_and_calendar_ask_for_words_once(client, number):
    make_site()
    for entry in followed(number):
        make_meeting(body=entry.action.body, starts_on=date(2099, 6, 1), ends_on=date(2099, 6, 12))
    translate_rest("uk")

    for name in ("update_feed", "meeting_calendar"):
        with translation.override("uk"):
            address = reverse(name)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked = [q["sql"] for q in queries if '"advocacy_translation"' in q["sql"]]
        assert len(asked) == 1, name


def test_a_picture_is_drawn_anew_when_a_translation_changes(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    ask = make_action()
    translate(ask.body, "uk", name="Рада")
    translate(ask, "uk", title="Зробіть це")
    first = picture(client, ask, "actions", "uk").getvalue()
    again = picture(client, ask, "actions", "uk").getvalue()
    translate(ask, "uk", title="Зробіть саме це")

    other = picture(client, ask, "actions", "uk").getvalue()

    assert first == again
    assert first != other
    assert len(list(tmp_path.glob("share/*.png"))) == 2


def test_the_reason_of_a_pause_goes_with_the_language_of_whoever_reads():
    ask = make_action(paused_on=date(2025, 1, 25), pause_reason="The post is empty")
    record(ask)
    translate(ask, "uk", pause_reason="Посада вільна")
    ask = RecommendedAction.objects.with_status().with_related().get(pk=ask.pk)

    for language, reason in [("uk", "Посада вільна"), ("en", "The post is empty")]:
        with translation.override(language):
            assert reason in ask.standing.clock_words


def test_the_preview_on_the_desk_is_the_mail_that_goes_out(client, editor):
    make_site()
    action = make_action(title="Take it up")
    entry = record(action, tell=Tell.AT_ONCE)
    edition = Edition.objects.get(entry=entry)
    address = reverse("admin:advocacy_edition_change", args=[edition.pk])

    english = client.get(address, {"language": "uk"}).text
    translate_rest("uk")
    own = client.get(address, {"language": "uk"}).text

    assert '<h3 lang="en">' in english
    assert IN_ENGLISH["uk"] in english
    assert '<h3 lang="uk">Слова українською: ' in own
    assert IN_ENGLISH["uk"] not in own
