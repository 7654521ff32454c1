"""The words of the record on pages in another language: translated, marked, and found at once."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from advocacy.models import (
    Issue,
    RecommendedAction,
    ResponseStatus,
    Site,
    TargetBody,
    Told,
    Topic,
    Translation,
)
from advocacy.models.enums import Maker
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_event,
    make_issue,
    make_kind,
    make_legal_reference,
    make_organisation,
    make_page,
    make_paragraph,
    make_search_log,
    make_source,
    make_topic,
    record,
    record_look,
)
from tests.pages import options_of, text_of

pytestmark = pytest.mark.django_db

NOTE = 'class="translation-note"'
STATE = 'class="translation-state"'
LISTS = ["", "issues/", "bodies/", "actions/", "updates/", "updates/?looks=1"]


def tell(row, *, language="uk", made_by=Maker.MACHINE, **texts):
    """Bring in translations of some fields of a row."""
    told = [Told(row, field, language, text, made_by) for field, text in texts.items()]
    Translation.objects.put(told, by_staff=False)


def in_ukrainian(words):
    with translation.override("uk"):
        return gettext(words)


def number_of_queries(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def pages_of_the_dossier():
    issue, body = Issue.objects.first(), TargetBody.objects.first()
    ask = RecommendedAction.objects.filter(updates__isnull=False).first()
    return [
        *LISTS,
        *(row.get_absolute_url().removeprefix("/en/") for row in (issue, body, ask)),
        f"actions/?issue={issue.slug}&body={body.slug}&topic={Topic.objects.first().slug}",
        "issues/?sort=title",
        "bodies/?q=council",
        "?as_of=2024-12-16",
        "updates/corrections/",
        "updates/withheld/",
        "seats/",
        "seats/ua/",
        "seats/kr/",
        "tell/",
        f"tell/?ask={ask.slug}",
        "follow/",
    ]


@pytest.mark.parametrize("language", [pytest.param("uk", marks=pytest.mark.thorough), "ko"])
def test_a_page_asks_once_for_all_its_words(content, client, language):
    # Words of its own, which every page shows.
    Site.objects.update(purpose="To be answered")

    for page in pages_of_the_dossier():
        # Once for what a process keeps.
        client.get(f"/{language}/{page}")
        client.get(f"/en/{page}")

    more = {
        page: number_of_queries(client, f"/{language}/{page}")
        - number_of_queries(client, f"/en/{page}")
        for page in pages_of_the_dossier()
    }

    assert {page: number for page, number in more.items() if number > 1} == {}


def test_a_page_in_the_language_of_the_record_asks_for_no_translation(content, client):
    for page in pages_of_the_dossier():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/en/{page}")

        assert NOTE not in answer.text, page
        # Only what was said in a third language is translated, and says so.
        assert answer.text.count(STATE) == answer.text.count('<details class="original">'), page
        asked = [query["sql"] for query in queries if "advocacy_translation" in query["sql"]]
        # What was said in a third language may be told in that of the record.
        assert len(asked) <= ("<blockquote lang=" in answer.text), page


def test_the_dossier_is_read_in_ukrainian(content, client):
    subject, issue = "Північна Корея відправила солдатів", "Як поводяться із солдатами"
    for page, words in {"": subject, "issues/": issue, "actions/": issue}.items():
        shown = client.get(f"/uk/{page}")

        assert words in shown.text, page
        assert in_ukrainian(
            "A machine translated parts of this page, and no person has reviewed them yet."
        ) in text_of(shown)


def test_what_is_not_translated_stands_in_its_language_and_the_page_says_so(client):
    issue = make_issue(title="Forced labour", question="Who answers?")

    page = client.get(f"/uk/issues/{issue.slug}/")

    assert '<h1><span lang="en">Forced labour</span></h1>' in page.text
    assert '<p class="standfirst"><span lang="en">Who answers?</span></p>' in page.text
    heading, note = page.text.index("</h1>"), page.text.index(NOTE)
    assert page.text[heading:note].removeprefix("</h1>").strip() == "<p"
    assert in_ukrainian(
        "Parts of this page are not translated yet and stand in the original."
    ) in text_of(page)
    line = page.text[note : page.text.index("</p>", note)]
    assert f'href="/en/issues/{issue.slug}/"' in line
    assert 'href="/uk/tell/"' in line


def test_what_a_person_reviewed_says_nothing(client):
    body = make_body(name="Labour Organization", abbreviation="ILO", mandate="Sets standards.")
    told = {"name": "Організація праці", "abbreviation": "МОП", "mandate": "Встановлює норми."}
    tell(body, made_by=Maker.PERSON, **told)

    page = client.get(f"/uk/bodies/{body.slug}/")

    assert '<h1>Організація праці <span class="abbreviation">МОП</span></h1>' in page.text
    assert "<title>Організація праці" in page.text
    assert 'content="Встановлює норми."' in page.text
    assert NOTE not in page.text
    assert STATE not in page.text


def test_what_a_machine_made_is_said_once_on_the_page(client):
    issue = make_issue(title="Forced labour", question="Who answers?", summary="It goes on.")
    tell(issue, title="Примусова праця", question="Хто відповідає?", summary="Це триває.")

    page = client.get(f"/uk/issues/{issue.slug}/")

    assert "<h1>Примусова праця</h1>" in page.text
    assert page.text.count(NOTE) == 1
    assert STATE not in page.text
    assert "Forced labour" not in page.text


def test_a_translation_of_an_earlier_wording_says_so_beside_it(client):
    issue = make_issue(title="Forced labour", question="Who answers?", summary="It goes on.")
    tell(issue, title="Примусова праця", question="Хто відповідає?", summary="Це триває.")
    outdated = in_ukrainian("Translation of an earlier wording: the original has changed since.")
    assert outdated not in text_of(client.get(f"/uk/issues/{issue.slug}/"))

    issue.summary = "It has ended."
    issue.save()

    page = client.get(f"/uk/issues/{issue.slug}/")
    assert "Це триває." in page.text
    assert text_of(page).count(outdated) == 1
    assert in_ukrainian(
        "The original of some parts has changed since they were translated."
    ) in text_of(page)


def test_an_entry_is_told_and_quoted_in_the_page_s_language(client):
    action = make_action()
    update = record(action, ResponseStatus.UNDER_DISCUSSION, summary="It met.", quote="We met.")
    tell(update, summary="Рада зібралася.", quote="Ми зібралися.")

    page = client.get(f"/uk/actions/{action.slug}/")

    quote = page.text[page.text.index('<figure class="quote">') :].partition("</figure>")[0]
    assert "<blockquote><p>Ми зібралися.</p></blockquote>" in quote
    assert in_ukrainian("Translated from %(language)s.") % {"language": "англійська"} in quote
    assert in_ukrainian("Machine translation, to be reviewed.") in quote
    assert '<blockquote lang="en"><p>We met.</p></blockquote>' in quote
    assert "<p>Рада зібралася.</p>" in page.text
    assert "It met." not in page.text
    # A line of the entry in short, on the page of its issue.
    assert (
        "Рада зібралася." in client.get(action.issue.get_absolute_url().replace("en", "uk", 1)).text
    )


def test_a_quotation_in_a_third_language_stands_as_it_was_said(client):
    action = make_action()
    source = make_source(language="ko", quote="우리는 항의한다.", quote_translation="We protest.")
    record(action, ResponseStatus.UNDER_DISCUSSION, sources=[source])

    english, ukrainian, korean = (
        client.get(f"/{code}/actions/{action.slug}/") for code in ("en", "uk", "ko")
    )

    assert '<blockquote lang="ko"><p>우리는 항의한다.</p></blockquote>' in english.text
    assert NOTE not in english.text
    assert '<span class="in-language">(in Korean)</span>' in english.text
    assert '<blockquote lang="ko">' in ukrainian.text
    assert '<span lang="en">We protest.</span>' in ukrainian.text
    assert "<blockquote><p>우리는 항의한다.</p></blockquote>" in korean.text
    assert "in-language" not in korean.text

    tell(source, quote="Ми протестуємо.", made_by=Maker.PERSON)
    page = client.get(f"/uk/actions/{action.slug}/").text
    assert "<blockquote><p>Ми протестуємо.</p></blockquote>" in page
    assert '<blockquote lang="ko"><p>우리는 항의한다.</p></blockquote>' in page
    assert "We protest." not in page


def test_a_source_is_named_in_the_page_s_language_and_says_its_own(client):
    action = make_action()
    source = make_source(title="A report", publisher="The Agency", language="en")
    record(action, ResponseStatus.UNDER_DISCUSSION, sources=[source])
    tell(source, title="Звіт", publisher="Агенція")

    page = client.get(f"/uk/actions/{action.slug}/")

    note = in_ukrainian("in %(language)s") % {"language": "англійська"}
    assert f'hreflang="en">Звіт</a> <span class="in-language">({note})</span>' in page.text
    assert "<span>Агенція</span>" in page.text
    assert "A report" not in page.text


def test_terms_of_a_search_stand_as_they_were_typed(client):
    action = make_action()
    log = make_search_log(places="Press releases\nSpeeches", terms="labour", gaps="Closed files")
    record_look(action, search_log=log)
    tell(log, places="Пресрелізи\nПромови", gaps="Закриті справи")

    page = client.get(f"/uk/actions/{action.slug}/")

    assert re.search(r"<ul>\s*<li>Пресрелізи</li>\s*<li>Промови</li>", page.text)
    assert "Закриті справи" in page.text
    typed = page.text[page.text.index('<dd class="as-typed">') :].partition("</dd>")[0]
    assert '<q><span lang="en">labour</span></q>' in typed


def test_the_whole_page_of_an_ask_is_in_ukrainian(client):
    law = make_legal_reference(
        title="Convention No. 29", point="No forced labour.", caution="Not all."
    )
    organisation = make_organisation(name="Justice Lab", abbreviation="")
    action = make_action(
        asked_by=[organisation],
        title="Open a procedure",
        text="Please open one.",
        counts_as_done="It opened.",
        counts_as_refused="It said no.",
        legal_note="As a member.",
    )
    action.legal_references.set([law])
    event = make_event(title="A session", text="They spoke.", issues=[action.issue])
    make_paragraph(issue=action.issue, text="It began.", day=date(2024, 10, 1))
    rows = [
        law,
        organisation,
        action,
        event,
        *action.issue.paragraphs.all(),
        action.issue,
        action.body,
    ]
    for row in rows:
        fields = [field for field in row.TRANSLATED if getattr(row, field)]
        tell(row, **{field: f"Переклад {field} {row.pk}" for field in fields})

    for address in (action.get_absolute_url(), action.issue.get_absolute_url()):
        page = client.get(address.replace("/en/", "/uk/")).text.partition("<main")[2]

        for row in rows:
            for field in row.TRANSLATED:
                assert not getattr(row, field) or getattr(row, field) not in page, (address, field)


def test_the_options_of_filters_are_in_the_language_of_each_reader(client):
    topic = make_topic(name="Labour law")
    issue = make_issue(title="Forced labour", topics=[topic])
    action = make_action(issue=issue, body=make_body(name="Labour Organization"))
    tell(issue, title="Примусова праця")
    tell(topic, name="Трудове право")

    ukrainian = client.get(f"/uk/actions/?issue={issue.slug}")
    english = client.get("/en/actions/")

    assert options_of(ukrainian, "issue")[issue.slug] == "Примусова праця (1)"
    assert options_of(ukrainian, "topic")[topic.slug] == "Трудове право (1)"
    body = f'<option value="{action.body.slug}" lang="en">Labour Organization (1)</option>'
    assert body in ukrainian.text
    assert "<strong>Примусова праця</strong>" in ukrainian.text
    assert options_of(english, "issue")[issue.slug] == "Forced labour (1)"
    assert 'lang="en">Labour Organization' not in english.text
    # What is chosen and not translated is marked as well.
    chosen = client.get(f"/uk/actions/?body={action.body.slug}").text
    assert '<strong><span lang="en">Labour Organization</span></strong>' in chosen


def test_forms_offer_subjects_in_the_page_s_language(client):
    action = make_action(
        title="Open a procedure", body=make_body(name="Office", abbreviation="ILO")
    )
    tell(action, title="Відкрити процедуру")
    tell(action.body, name="Управління", abbreviation="МОП")
    tell(action.issue, title="Примусова праця")

    assert options_of(client.get("/uk/tell/"), "ask")[action.slug] == "МОП: Відкрити процедуру"
    assert options_of(client.get("/en/tell/"), "ask")[action.slug] == "ILO: Open a procedure"
    follow = options_of(client.get("/uk/follow/"), "subject")
    assert follow[f"issue:{action.issue.slug}"] == "Примусова праця"
    assert follow[f"body:{action.body.slug}"] == "Управління"


def test_lists_by_title_follow_the_titles_that_are_shown(client):
    first, second = make_issue(title="A wrong"), make_issue(title="B wrong")
    tell(first, title="Яке лихо")
    tell(second, title="Атака")

    page = client.get("/uk/issues/?sort=title").text.partition('id="results"')[2]
    assert page.index("Атака") < page.index("Яке лихо")
    page = client.get("/en/issues/?sort=title").text.partition('id="results"')[2]
    assert page.index("A wrong") < page.index("B wrong")


def test_the_reason_of_a_pause_is_in_the_page_s_language(client):
    action = make_action(paused_on=date(2025, 1, 15), pause_reason="Its post is empty.")
    record_look(action)
    tell(action, pause_reason="Посада вільна.")

    assert "Посада вільна." in text_of(client.get(f"/uk/actions/{action.slug}/"))
    assert "Its post is empty." in text_of(client.get(f"/en/actions/{action.slug}/"))


def test_a_reply_and_its_translation_stand_together(client):
    body = make_body()
    reply = body.replies.create(
        text="Wir antworten.", language="de", url="https://example.org/r", replied_on=ASKED_ON
    )
    tell(reply, text="Ми відповідаємо.", made_by=Maker.PERSON)

    page = client.get(f"/uk/bodies/{body.slug}/").text

    assert f'<blockquote cite="{reply.url}"><p>Ми відповідаємо.</p></blockquote>' in page
    assert '<blockquote lang="de"><p>Wir antworten.</p></blockquote>' in page
    assert NOTE not in client.get(f"/en/bodies/{body.slug}/").text


def test_a_kind_and_a_purpose_of_one_s_own_are_translated(client):
    body = make_body(kind=make_kind("guild", name="guild"))
    Site.objects.update_or_create(
        pk=1, defaults={"name": "Answerable", "purpose": "To be answered"}
    )
    tell(Site.current(), purpose="Щоб відповіли")
    assert '<span lang="en">Guild</span>' in client.get(f"/uk/bodies/{body.slug}/").text

    tell(body.kind, name="гільдія")

    page = client.get(f"/uk/bodies/{body.slug}/").text
    assert "<span>Гільдія</span>" in page
    assert '<p class="masthead__motto">Щоб відповіли</p>' in page


def test_a_page_of_one_s_own_that_nobody_wrote_in_a_language_says_so(client):
    make_page(slug="team", title="Our team")

    assert NOTE in client.get("/uk/about/team/").text
    assert NOTE not in client.get("/en/about/team/").text

    make_page(slug="team", title="Наша команда", language="uk")
    assert NOTE not in client.get("/uk/about/team/").text
