"""Translations at the desk: the table of a row, what is left to do, and catalogues."""

from typing import NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from advocacy.models import Issue, Maker, Told, Translation, TranslationState, make_groups
from advocacy.models.to_translate import TO_DO, ToDo, next_unfinished, progress
from advocacy.models.translated import digest_of
from advocacy.transfer.catalogues import write_catalogue
from tests.factories import make_action, make_issue, make_source, make_user, record
from tests.pages import text_of
from tests.staff import Controls, change_page, send

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_sql("admin/translations.py", "models/to_translate.py"),
]

S = TranslationState
LANGUAGES = reverse("admin:advocacy_translation_changelist")
IMPORT = reverse("admin:advocacy_translation_import")


@pytest.fixture(autouse=True)
def groups():
    make_groups()


@pytest.fixture
def translator(sign_in):
    return sign_in("Translator")


@pytest.fixture
def issue():
    return make_issue(slug="one", title="A title", question="A question?", summary="A summary.")


def table(row, language="uk"):
    name = row._meta.model_name
    return reverse("admin:advocacy_translation_table", args=[name, row.pk, language])


def listed(state, language="uk", kind=""):
    page = reverse("admin:advocacy_translation_list", args=[language, state])
    return f"{page}?kind={kind}" if kind else page


def tell(row, field, text, made_by=Maker.MACHINE, **told):
    Translation.objects.put([Told(row, field, "uk", text, made_by, **told)], by_staff=False)
    return Translation.objects.get(row=row.pk, field=field, language="uk")


class Shown(NamedTuple):
    text: str
    language: str
    state: TranslationState | None


def shown(row, field="title"):
    told = type(row).objects.get(pk=row.pk).shown(field, "uk")
    return Shown(told.text, told.language, told.state)


def test_the_table_shows_each_text_beside_its_original_with_its_state(client, translator, issue):
    tell(issue, "title", "Назва")
    tell(issue, "question", "Питання?", Maker.PERSON, original=digest_of("An older one?"))

    page = client.get(table(issue))

    words = text_of(page)
    assert "Made by a machine, to be reviewed." in words
    assert "Outdated: the original has changed since." in words
    assert "Missing" in words
    assert '<div class="original" id="original-title" lang="en">A title</div>' in page.text
    assert 'lang="uk" aria-describedby="state-title original-title"' in page.text
    assert Controls(page.text).sent["title-text"] == "Назва"
    assert words.count("I have read it beside the original") == 2


def test_what_somebody_types_is_a_persons_and_what_they_tick_reviewed(client, translator, issue):
    tell(issue, "title", "Назва")
    tell(issue, "question", "Питання?")

    page = send(client, table(issue), **{"title-text": "Ліпша назва", "question-read": "on"})

    assert "1 text was saved. 1 text was noted as reviewed." in text_of(page)
    assert shown(issue, "title") == ("Ліпша назва", "uk", S.REVIEWED)
    assert shown(issue, "question").state == S.REVIEWED
    title, question = (Translation.objects.get(field=field) for field in ("title", "question"))
    assert (title.made_by, title.reviewed_by) == ("person", "")
    assert (question.made_by, question.reviewed_by) == ("machine", translator.username)
    assert title.history.first().history_user == translator
    assert f"Reviewed by {translator.username} on " in text_of(page)
    assert "Nothing was changed" in text_of(send(client, table(issue)))


def test_an_outdated_text_that_still_fits_is_ticked(client, translator, issue):
    tell(issue, "title", "Назва", Maker.PERSON, original=digest_of("An older title"))

    send(client, table(issue), **{"title-read": "on"})

    assert shown(issue) == ("Назва", "uk", S.REVIEWED)
    assert Translation.objects.get().reviewed_by == translator.username


def test_an_emptied_field_takes_its_translation_back(client, translator, issue):
    tell(issue, "title", "Назва")

    page = send(client, table(issue), **{"title-text": ""})

    assert "1 translation was taken back." in text_of(page)
    assert shown(issue).state == S.MISSING


def test_nothing_typed_is_lost_where_a_text_is_refused(client, translator, issue):
    long = "Н" * 401

    page = send(client, table(issue), **{"title-text": long, "question-text": "Питання?"})

    assert page.status_code == 422
    assert "Nothing was saved: see below. All you typed is kept." in text_of(page)
    assert "at most 400 characters" in text_of(page)
    sent = Controls(page.text).sent
    assert (sent["title-text"], sent["question-text"]) == (long, "Питання?")
    assert not Translation.objects.exists()


def test_a_line_stays_a_line_and_a_paragraph_its_breaks(client, translator, issue):
    send(
        client, table(issue), **{"title-text": "Дві\r\nстрічки", "summary-text": "Один\r\n\r\nДва "}
    )

    assert shown(issue, "title").text == "Дві стрічки"
    assert shown(issue, "summary").text == "Один\n\nДва "


def test_what_somebody_else_changed_meanwhile_is_shown_and_nothing_is_lost(
    client, translator, issue
):
    tell(issue, "title", "Назва")
    sent = Controls(client.get(table(issue)).text).sent
    other = make_user(username="olena", is_superuser=True)
    mine = client.cookies.copy()
    client.force_login(other)
    send(client, table(issue), **{"title-text": "Її назва", "question-text": "Її питання?"})
    client.cookies = mine

    page = client.post(table(issue), sent | {"title-text": "Моя назва", "summary-text": "Опис."})

    assert "olena changed this translation while you were editing." in text_of(page)
    assert "It reads now: “Її назва”" in text_of(page)
    again = Controls(page.text).sent
    assert (again["title-text"], again["summary-text"]) == ("Моя назва", "Опис.")
    assert again["question-text"] == "Її питання?"
    assert shown(issue).text == "Її назва"
    client.post(table(issue), again)
    assert shown(issue).text == "Моя назва"
    assert shown(issue, "question").text == "Її питання?"


def test_nobody_ticks_what_has_changed_under_their_eyes(client, translator, issue):
    tell(issue, "title", "Назва")
    sent = Controls(client.get(table(issue)).text).sent
    Issue.objects.filter(pk=issue.pk).update(title="Another title")

    page = client.post(table(issue), sent | {"title-read": "on"})

    assert "has changed while you were editing: read both again" in text_of(page)
    assert "title-read" not in Controls(page.text).sent
    assert shown(issue).state == S.OUTDATED


def test_save_and_go_to_the_next(client, translator, issue):
    other = make_issue(slug="two", title="Other")

    page = send(client, table(issue), **{"title-text": "Назва", "next": "1"})

    assert page.redirect_chain[-1][0] == table(other)
    for row in Issue.objects.all():
        texts = {"title-text": "Назва", "question-text": "Чи?", "summary-text": "Опис"}
        page = send(client, table(row), **texts, next="1")
    assert page.redirect_chain[-1][0] == LANGUAGES
    assert "Nothing else is missing, outdated or to be reviewed" in text_of(page)


def test_counts_and_lists_say_the_same_as_each_text(client, translator, issue):
    source = make_source(title="A letter", language="uk", summary="A summary", quote="Цитата")
    tell(issue, "title", "Назва")
    tell(issue, "question", "Питання?", original=digest_of("Older"))
    # The original is gone: shown to nobody.
    tell(source, "summary", "Зміст")
    type(source).objects.filter(pk=source.pk).update(summary="")

    expected = {
        state: sorted(
            (row._meta.model_name, row.pk, field)
            for row in (issue, type(source).objects.get())
            for field in row.TRANSLATED
            if row.shown(field, "uk").state == state
        )
        for state in TO_DO
    }
    told = progress()["uk"]
    for state in TO_DO:
        found = ToDo(told, state)
        texts = [(text.place.of, text.row, text.place.field) for text in found[0:50]]
        assert sorted(texts) == expected[state]
        assert told.number(state) == len(texts) == len(found)
    assert progress()["en"].total == 1
    assert next_unfinished("uk", "source", source.pk) == ("issue", issue.pk)

    page = client.get(LANGUAGES)
    assert f"{told.per_cent} % of {told.total} texts are translated." in text_of(page)
    assert listed("to-review") in page.text
    assert "Issue one Title A title" in text_of(client.get(listed("to-review")))
    page = client.get(listed("missing", kind="issue"))
    assert "A summary." in text_of(page)
    assert source.publisher not in text_of(page)


def test_a_list_asks_the_database_as_often_for_many_rows(
    client, translator, django_assert_max_num_queries
):
    def questions(page):
        with django_assert_max_num_queries(12) as asked:
            assert client.get(page).status_code == 200
        return len(asked)

    make_issue()
    before = [questions(page) for page in (listed("missing"), LANGUAGES)]
    for _ in range(30):
        make_issue()
    make_source()
    assert [questions(page) for page in (listed("missing"), LANGUAGES)] == before


def test_pages_of_a_list_go_over_kinds_and_fields_and_miss_nothing(client, translator):
    for _ in range(25):
        make_issue()
    make_source()
    told = progress()["uk"]
    whole = ToDo(told, S.MISSING)

    pages = [text for start in range(0, len(whole), 7) for text in whole[start : start + 7]]

    assert len(pages) == len(set(pages)) == len(whole) == 25 * 3 + 2


def test_the_page_of_a_row_leads_to_its_tables_and_says_what_becomes_outdated(client, sign_in):
    action = make_action()
    entry = record(action)
    sign_in("Editor")
    tell(action, "title", "Вимога")

    page = client.get(change_page(action))

    assert table(action, "ko") in page.text
    words = "Whoever changes a text here makes its translations outdated (Ukrainian)."
    assert words in text_of(page)
    of_entry = reverse("admin:advocacy_translation_first", args=["statusupdate", entry.pk])
    assert of_entry in page.text
    assert client.get(of_entry).url == table(entry)


def test_only_those_who_translate_do(client, sign_in, issue):
    pages = [LANGUAGES, table(issue), listed("missing"), IMPORT]
    pages += [reverse("admin:advocacy_translation_export", args=["uk"])]
    for role in ("Editor", "Publisher", "Translator"):
        user = sign_in(role)
        user.user_permissions.clear()
        if role != "Publisher":
            assert {client.get(page).status_code for page in pages} == {200}, role
    for role in ("Administrator", "nobody"):
        sign_in(role)
        for page in pages:
            assert client.get(page).status_code in (302, 403), (role, page)
        client.post(table(issue), {"title-text": "Назва", "title-seen": ""})
    assert not Translation.objects.exists()


def test_a_translator_finds_the_way_from_the_desk_and_edits_nothing_else(client, translator, issue):
    desk = client.get(reverse("admin:index"))
    assert LANGUAGES in desk.text
    assert client.get(change_page(issue)).status_code == 200
    client.post(change_page(issue), {"title": "Other"})
    issue.refresh_from_db()
    assert issue.title == "A title"


@pytest.mark.parametrize(
    "page",
    [
        "of/issue/999/uk/",
        "of/user/1/uk/",
        "of/issue/1/xx/",
        "in/uk/reviewed/",
        "xx.po",
        "uk.po?only=x",
    ],
)
def test_what_is_not_there(client, translator, page):
    assert client.get(LANGUAGES + page).status_code == 404


def upload(client, content, **typed):
    file = SimpleUploadedFile("uk.po", content)
    return client.post(IMPORT, {"file": file, "dry_run": "1", **typed})


def test_a_catalogue_is_tried_and_then_taken(client, translator, issue):
    tell(issue, "title", "Назва")
    content = client.get(reverse("admin:advocacy_translation_export", args=["uk"])).content
    assert content == write_catalogue("uk")
    Translation.objects.all().delete()

    page = upload(client, content)

    words = text_of(page)
    assert "A dry run: nothing was saved." in words
    assert "No person has made or reviewed one of these texts. It is published as soon" in words
    assert "issue/one/title" in words
    assert not Translation.objects.exists()

    page = client.post(IMPORT, Controls(page.text).sent | {"import": "Import"})
    assert "Everything was saved." in text_of(page)
    assert shown(issue) == ("Назва", "uk", S.TO_REVIEW)
    assert 'name="import"' not in page.text


def test_no_file_is_taken_that_was_not_tried(client, translator, issue):
    tell(issue, "title", "Назва")
    content = write_catalogue("uk")
    Translation.objects.all().delete()

    page = upload(client, content, **{"import": "Import"})

    assert "A dry run: nothing was saved." in text_of(page)
    assert not Translation.objects.exists()


def test_what_people_did_is_named_before_it_is_overwritten(client, translator, issue):
    tell(issue, "title", "Машинна")
    content = write_catalogue("uk")
    tell(issue, "title", "Людська", Maker.PERSON)

    page = upload(client, content)
    assert "Kept, as people made or reviewed them (1) issue/one/title" in text_of(page)
    client.post(IMPORT, Controls(page.text).sent | {"import": "Import"})
    assert shown(issue).text == "Людська"

    page = upload(client, content, over_people="on")
    words = "Would be overwritten, though people made or reviewed them (1) issue/one/title"
    assert words in text_of(page)
    client.post(IMPORT, Controls(page.text).sent | {"import": "Import"})
    assert shown(issue).text == "Машинна"


def test_a_refused_catalogue_says_why(client, translator, issue):
    page = upload(client, b"nonsense")
    assert "The catalogue is refused, so nothing was saved." in text_of(page)
    assert "Line 1:" in text_of(page)
    page = client.post(IMPORT, {"file": SimpleUploadedFile("a.csv", b"x"), "dry_run": "1"})
    assert "should end in .po" in text_of(page)


def test_the_catalogue_of_a_row(client, translator, issue):
    make_issue(slug="two")
    page = client.get(table(issue))
    address = reverse("admin:advocacy_translation_export_row", args=["issue", issue.pk, "uk"])
    assert address in page.text
    content = client.get(address).content.decode()
    assert "issue/one/title" in content
    assert "issue/two" not in content
