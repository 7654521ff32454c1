"""Translations are rows: what they say, who made them, and what of them is in the chain."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from advocacy.models import (
    Issue,
    KeptTranslation,
    Link,
    Maker,
    StatusUpdate,
    Told,
    Translation,
    TranslationState,
    Withholding,
    reading,
)
from advocacy.models.chain import RecordIsAppendOnly, kinds
from advocacy.models.content import Content
from advocacy.models.text import CarriedText
from advocacy.models.translated import translated
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_pack,
    make_paragraph,
    make_source,
    make_user,
    record,
    translate,
)
from tests.pages import text_of
from tests.test_chain import verify

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/translations.py")]

S = TranslationState


@pytest.fixture
def issue(db):
    return make_issue(title="Forced labour", question="Who pays?", summary="They are not paid.")


def state_of(row, field, language="uk"):
    return row.shown(field, language).state


def printed(source, **context):
    return Template("{% load words %}" + source).render(Context(context))


# What is translated


def test_every_text_of_every_row_is_translated_or_is_no_text_of_a_language():
    """A new field of text has to say which of the two it is."""
    no_language = {
        # Codes, keys, names of places in files, addresses.
        *[
            "slug",
            "key",
            "reference",
            "symbol",
            "draft_symbol",
            "number",
            "state",
            "url",
            "archive_url",
            "contact_url",
            "website",
            "sha256",
        ],
        *["country", "by_states", "about_states", "blocked_by", "language", "quote_language"],
        *["search_text"],
        *["source_url", "link_answer", "quote_translation", "link_checked", "regional_group"],
        # As it was typed.
        *["terms", "when_status"],
        # Where and in which languages an office is reached.
        *["name_local", "email", "form_url", "web", "phone", "postal", "languages"],
        *["checked_email"],
        # Names and addresses of the organisation; its pages have a row for each language.
        *["name", "organisation", "contact", "licence", "links", "imprint", "accent", "sender"],
    }
    for_the_desk = {"ContactPoint": {"seen", "note"}}
    for model in translated().values():
        texts = {
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, CarriedText) and not field.choices
        }
        assert set(model.TRANSLATED) <= texts, model
        if model.__name__ != "Site":
            others = no_language | for_the_desk.get(model.__name__, set())
            assert texts - set(model.TRANSLATED) - others == set(), model


def test_every_row_that_pages_show_can_be_translated():
    rows = {*Content.__subclasses__(), *kinds().values()}
    names = {model.__name__ for model in rows if not model._meta.abstract}
    known = {model.__name__ for model in translated().values()}
    kept = {"Wording", "Withheld", "KeptTranslation", "Page", "AskRelation", "SearchWords"}

    assert names - known - kept == set()


# What readers get


def test_a_reader_gets_the_translation_and_else_the_original(issue):
    translate(issue, title="Примусова праця")

    assert issue.text_of("title", "uk") == "Примусова праця"
    assert issue.text_of("title", "en") == "Forced labour"
    assert issue.text_of("title", "ko") == "Forced labour"
    assert issue.shown("title", "ko").language == "en"


def test_what_a_reader_has_to_know_of_it_follows_from_three_facts(issue):
    assert state_of(issue, "title") == S.MISSING
    assert issue.shown("title", "en").state is None

    translate(issue, title="Примусова праця")
    assert state_of(issue, "title") == S.TO_REVIEW

    Translation.objects.review(Translation.objects.values_list("pk", flat=True), by=make_user())
    assert state_of(issue, "title") == S.REVIEWED

    issue.title = "Forced labour in the war"
    issue.save()
    assert state_of(issue, "title") == S.OUTDATED

    translate(issue, title="Примусова праця на війні", made_by=Maker.PERSON)
    assert state_of(issue, "title") == S.REVIEWED


def test_an_empty_text_needs_no_translation():
    assert state_of(make_body(composition=""), "composition") is None


def test_a_text_knows_its_own_language():
    pack = make_pack(language="fr", title="Une lettre")
    source = make_source(language="uk", title="An order", quote="Наказ")

    assert pack.shown("title", "en").language == "fr"
    assert source.shown("quote", "uk").state is None
    assert source.shown("quote", "en").language == "uk"
    # As the record lists it.
    assert source.shown("title", "uk").language == "en"


# How many queries


@pytest.mark.parametrize("number", [1, 3])
def test_all_rows_of_a_page_cost_one_query(number):
    for _ in range(number):
        action = make_action(title="Answer")
        translate(action, title="Відповісти")
        translate(action.issue, title="Питання")
    with translation.override("uk"), reading():
        asks = list(type(action).objects.select_related("issue", "body"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            told = [(ask.text_of("title"), ask.issue.text_of("title")) for ask in asks]
            names = [ask.body.text_of("name") for ask in asks]

    assert told == [("Відповісти", "Питання")] * number
    assert len(names) == number
    assert len(queries) == 1


def test_the_language_of_the_record_costs_none(issue):
    with reading(), CaptureQueriesContext(connection) as queries:
        assert issue.text_of("title") == "Forced labour"

    assert len(queries) == 0


def test_a_text_that_was_left_out_is_not_read_with_the_rest():
    pack = make_pack(text="A long text.")
    translate(pack, title="Лист", text="Довгий текст.")
    with translation.override("uk"), reading():
        (short,) = type(pack).objects.in_short()
        with CaptureQueriesContext(connection) as queries:
            assert short.text_of("title") == "Лист"

    assert "Довгий" not in str(queries.captured_queries)
    assert pack.text_of("text", "uk") == "Довгий текст."


def test_a_row_that_was_read_in_part_before_is_read_whole():
    pack = make_pack(text="A long text.")
    translate(pack, title="Лист", text="Довгий текст.")
    packs = type(pack).objects
    with translation.override("uk"), reading():
        (short,) = packs.in_short()
        assert short.text_of("title") == "Лист"
        assert packs.get().text_of("text") == "Довгий текст."
    with translation.override("uk"), reading():
        whole, _short = packs.get(), list(packs.in_short())
        assert whole.text_of("text") == "Довгий текст."


# How it is printed


def test_the_tag_prints_the_translation_as_it_is_and_the_original_in_its_language(issue):
    translate(issue, title="Праця <b>")
    with translation.override("uk"):
        html = printed("{% words row 'title' %}|{% words row 'question' %}", row=issue)

    assert html == 'Праця &lt;b&gt;|<span lang="en">Who pays?</span>'


def test_paragraphs_are_marked_as_a_block(issue):
    with translation.override("uk"):
        html = printed("{% words row 'summary' 'linebreaks' %}", row=issue)

    assert html == '<div lang="en"><p>They are not paid.</p></div>'


def test_a_page_says_it_once_under_its_heading(issue, client):
    translate(issue, title="Примусова праця")
    source = (
        "{% translated_page %}<h1>{% words row 'title' %}</h1>{% words row 'question' %}"
        "{% words row 'summary' %}{% endtranslated_page %}"
    )
    with translation.override("uk"), reading():
        html = printed(source, row=issue)
    with translation.override("en"), reading():
        english = printed(source, row=issue)

    assert html.index("</h1>") < html.index("translation-note") < html.index("Who pays?")
    assert html.count("translation-note") == 1
    assert "translation-note" not in english


# What may not stand


@pytest.mark.parametrize(
    ("field", "language", "why"),
    [
        ("slug", "uk", "is not translated"),
        ("title", "fr", "not read in the language"),
        ("title", "en", "the language it was written in"),
        ("question", "uk", "the original is empty"),
    ],
)
def test_what_is_no_translation_is_refused(issue, field, language, why):
    models.QuerySet(Issue).update(question="")
    issue.refresh_from_db()
    told = [Told(issue, "summary", "uk", "Так.", Maker.MACHINE)]
    told += [Told(issue, field, language, "Текст", Maker.MACHINE)]

    with pytest.raises(ValidationError) as refusal:
        Translation.objects.put(told, by_staff=False)

    assert why in str(refusal.value)
    assert not Translation.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"made_by": "nobody"}, {"reviewed_by": "ana"}, {"language": "uk"}]
)
def test_the_database_holds_the_rules(issue, wrong):
    translate(issue, title="Праця")
    row = Translation.objects.get()
    row.pk, row.language = None, "ko"
    for name, value in wrong.items():
        setattr(row, name, value)

    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(Translation).bulk_create([row])


def test_an_empty_translation_takes_back_what_was_there(issue):
    translate(issue, title="Праця")
    translate(issue, title=" ")

    assert state_of(issue, "title") == S.MISSING


# The record


def test_a_translation_of_the_record_is_a_link_and_a_better_one_supersedes_it():
    entry = record(make_action(), summary="They said no.")
    before = Link.objects.count()
    translate(entry, summary="Вони відмовили.")
    translate(entry, summary="Вони сказали «ні».")

    assert Link.objects.count() == before + 2
    kept = KeptTranslation.objects.of_row("statusupdate", entry.pk, "summary")
    assert [one.text for one in kept] == ["Вони відмовили.", "Вони сказали «ні»."]
    assert entry.text_of("summary", "uk") == "Вони сказали «ні»."
    assert "The record holds" in verify()[1]


def test_a_review_is_no_link():
    entry = record(make_action(), summary="They said no.")
    translate(entry, summary="Вони відмовили.")
    before = Link.objects.count()
    Translation.objects.review(Translation.objects.values_list("pk", flat=True), by=make_user())

    assert Link.objects.count() == before
    assert "The record holds" in verify()[1]


def test_a_translation_of_a_plan_is_no_link(issue):
    before = Link.objects.count()
    translate(issue, title="Праця")

    assert Link.objects.count() == before


def test_a_translation_of_the_record_changed_past_the_program_is_found():
    entry = record(make_action(), summary="They said no.")
    translate(entry, summary="Вони відмовили.")
    models.QuerySet(Translation).update(text="Вони погодилися.")

    assert "does not read as the chain says" in verify()[1]


def test_a_kept_translation_changed_past_the_program_breaks_the_chain():
    entry = record(make_action(), summary="They said no.")
    translate(entry, summary="Вони відмовили.")
    models.QuerySet(Translation).update(text="Вони погодилися.")
    models.QuerySet(KeptTranslation).update(text="Вони погодилися.")

    assert "was changed" in verify()[1]


def test_what_is_kept_is_as_permanent_as_an_entry():
    entry = record(make_action(), summary="They said no.")
    translate(entry, summary="Вони відмовили.")

    with pytest.raises(RecordIsAppendOnly):
        KeptTranslation.objects.update(text="")
    with pytest.raises(RecordIsAppendOnly):
        KeptTranslation.objects.get().delete()


def test_words_that_are_withheld_are_gone_in_every_language():
    entry = record(make_action(), summary="Kim Secret said no.")
    translate(entry, summary="Кім Таємний відмовив.")
    translate(entry, "ko", summary="김비밀이 거부했다.")
    translate(entry, summary="Кім Таємний сказав «ні».")
    chiefs = [make_user(is_superuser=True) for _ in range(2)]

    Withholding.objects.propose(entry, "summary", reason="A court.", by=chiefs[0]).confirm(
        by=chiefs[1]
    )

    entry = StatusUpdate.objects.get(pk=entry.pk)
    assert entry.text_of("summary", "uk").startswith("[Withheld")
    assert not Translation.objects.exists()
    assert not Translation.history.filter(text__contains="Таємний").exists()
    assert not KeptTranslation.objects.filter(text__contains="Таємний").exists()
    assert "The record holds" in verify()[1]
    with pytest.raises(ValidationError):
        translate(entry, summary="Кім Таємний відмовив.")


# The search


def test_a_row_is_found_by_its_translations(issue):
    make_paragraph(issue=issue, text="They dig trenches.")
    paragraph = issue.paragraphs.get()
    translate(issue, title="Примусова праця")
    translate(issue, "ko", title="강제노동")
    translate(paragraph, text="Вони копають окопи.")

    for text in ("forced labour", "примусова", "강제노동", "окопи", "trenches"):
        assert list(Issue.objects.containing(text)) == [issue], text
    issue.save()
    paragraph.save()
    assert list(Issue.objects.containing("окопи 강제노동")) == [issue]
    translate(issue, title=" ")
    assert not Issue.objects.containing("примусова")


def test_a_page_of_an_ask_is_read_in_its_language(client):
    action = make_action(title="Answer the call")
    translate(action, title="Відповісти на заклик")
    page = client.get(f"/uk/actions/{action.slug}/")

    assert "Відповісти на заклик" in text_of(page)
