"""Pages: what the organisation says of its record, beside what the program knows of it."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from advocacy.models import (
    ANALOGUES,
    DEFINITIONS,
    EVERY_RECORD_HAS,
    EVIDENCE,
    Page,
    ResponseStatus,
)
from tests.dossier import DOSSIER, few_rows
from tests.factories import make_page
from tests.pages import IN_EVERY_PAGE, text_of
from tests.staff import Controls, change_page, send

pytestmark = pytest.mark.django_db

# Words that belong to the first dossier and to no other record.
FIRST_DOSSIER = re.compile(
    r"Korea|Ukrain|Russia|NKDB|webinar|soldier|captured|founding|United Nations|international bod"
    r"|Коре|Росі|Україн|вебінар|солдат|полонен|установч|міжнародн\w+ орган"
    r"|북한|러시아|우크라이나|웨비나|병사|포로|최초 문서|국제기구"
)
# One fact of the program on each of its pages, which no text of an organisation replaces.
FACTS = {
    "about": "The program is free software under the MIT licence.",
    "method": "No entry is ever changed or deleted.",
    "privacy": "A sign-up that nobody confirms is deleted after seven days.",
    "accessibility": "A status is always a word and a symbol, never a colour alone.",
}


def read(client, slug, language="en"):
    """The page at the address of a slug, which has to be there."""
    with translation.override(language):
        address = reverse(slug) if slug in EVERY_RECORD_HAS else reverse("page_detail", args=[slug])
    response = client.get(address)
    assert response.status_code == 200
    return response


def main_of(response):
    """The words of a page between its head and its foot, where the languages are named."""

    class Main:
        text = re.search(r"<main.*?</main>", response.text, flags=re.S)[0]

    return text_of(Main)


def footer_of(response):
    return re.search(r'<footer class="colophon">.*?</footer>', response.text, flags=re.S)[0]


# The first dossier


@pytest.fixture
def folder(tmp_path):
    few_rows(tmp_path)
    (tmp_path / "pages").mkdir()
    write(tmp_path, "about.md", "title: About our record\nstandfirst: One wrong: cotton.")
    write(tmp_path, "team.md", "title: Team\nin_footer: 1\nposition: 2")
    write(tmp_path, "team.uk.md", "title: Команда\nin_footer: 1", "Двоє юристів.")
    return tmp_path


def write(folder, name, head, text="## People\n\nTwo lawyers."):
    (folder / "pages" / name).write_text(f"---\n{head}\n---\n\n{text}\n", encoding="utf-8")


def load(folder, capsys):
    call_command("load_content", folder=str(folder), verbosity=0)
    return capsys.readouterr().out


def refusal(folder):
    with pytest.raises(CommandError) as refused:
        call_command("load_content", folder=str(folder), verbosity=0)
    assert not Page.objects.exists()
    return str(refused.value)


@pytest.fixture
def first_dossier(tmp_path):
    few_rows(tmp_path)
    (tmp_path / "pages").symlink_to(DOSSIER / "pages")
    call_command("load_content", folder=str(tmp_path), verbosity=0)


@pytest.mark.parametrize(
    ("language", "about", "limits", "letters"),
    [
        (
            "en",
            [
                "when an international body is asked to act, does it answer?",
                "On 16 December 2024 four organisations from South Korea and Ukraine held",
                "What the organisers claim stays their claim",
                "no names, faces or whereabouts of captured soldiers",
            ],
            "made by a machine, and no person has reviewed them yet",
            "an expert’s letter to a State stays unpublished for about two months",
        ),
        (
            "uk",
            [
                "коли міжнародний орган закликають діяти, чи він відповідає?",
                "16 грудня 2024 року чотири організації з Південної Кореї та України провели",
                "Те, що стверджують організатори, лишається їхнім твердженням",
                "не показує імен, облич чи місця перебування полонених солдатів",
            ],
            "переклала машина, і жодна людина їх ще не перевірила",
            "лист експерта до держави близько двох місяців лишається неоприлюдненим",
        ),
        (
            "ko",
            [
                "국제기구는 행동을 요구받았을 때 답하는가?",
                "2024년 12월 16일, 한국과 우크라이나의 네 단체가",
                "주최 단체들의 주장은 그들의 주장으로 적습니다",
                "포로가 된 병사의 이름, 얼굴, 소재를 싣지 않습니다",
            ],
            "기계가 번역한 것이며 아직 아무도 검토하지 않았습니다",
            "전문가가 국가에 보낸 서한이 약 두 달 동안 공개되지 않습니다",
        ),
    ],
)
def test_the_first_dossier_says_in_each_language_what_it_said(
    client, first_dossier, language, about, limits, letters
):
    response = read(client, "about", language)

    shown = text_of(response)
    for words in about:
        assert words in shown, words
    assert 'href="https://journlab.online/en/post/the-human-cost-of-' in response.text
    assert limits in text_of(read(client, "accessibility", language))
    assert letters in text_of(read(client, "method", language))
    for slug in ("about", "accessibility", "method"):
        page = read(client, slug, language)
        others = {"en", "uk", "ko"} - {language}
        main = re.search(r"<main.*?</main>", page.text, flags=re.S)[0]
        # What others call a status stands in their words.
        main = re.sub(r'<span class="statuses__like">.*?</span></span>', "", main, flags=re.S)
        assert not re.search(rf'lang="({"|".join(others)})"', main)


# A record of somebody else


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
@pytest.mark.parametrize("slug", EVERY_RECORD_HAS)
def test_an_empty_record_speaks_of_no_other(client, slug, language):
    shown = main_of(read(client, slug, language))

    # What a status is like elsewhere names who uses such words.
    with translation.override(language):
        for likes in ANALOGUES.values():
            shown = shown.replace(str(likes), " ")
    assert not FIRST_DOSSIER.search(shown), FIRST_DOSSIER.findall(shown)
    assert len(shown) > 300


@pytest.mark.parametrize("slug", EVERY_RECORD_HAS)
def test_what_the_program_knows_is_shown_whatever_a_page_says(client, slug):
    facts = text_of(read(client, slug))
    assert FACTS[slug] in facts

    make_page(slug=slug, title="We keep cookies", text="Entries are deleted. We sell addresses.")

    shown = text_of(read(client, slug))
    assert "We keep cookies" in shown
    assert "We sell addresses." in shown
    assert FACTS[slug] in shown
    Page.objects.update(text="")
    assert FACTS[slug] in text_of(read(client, slug))


def test_the_method_keeps_all_definitions_beside_an_introduction(client):
    make_page(slug="method", title="How we work", text="We meet on Mondays.")

    shown = text_of(read(client, "method"))

    assert shown.index("We meet on Mondays.") < shown.index("Silence is not inaction")
    assert all(str(definition) in shown for definition in DEFINITIONS.values())


def test_the_method_has_a_row_for_each_status_with_the_evidence_it_needs(client):
    page = read(client, "method").text

    table = re.search(r"<table[^>]*statuses.*?</table>", page, flags=re.S)[0]
    rows = re.findall(r'<tr id="status-(\w+)">(.*?)</tr>', table, flags=re.S)
    assert [code for code, _row in rows] == ResponseStatus.values
    for code, row in rows:
        for words in (ResponseStatus(code).label, DEFINITIONS[code], EVIDENCE[code]):
            assert escape(str(words)) in row
    # What may follow what is for auditors.
    assert page.index("<details", page.index('id="transitions"')) < page.index("freely")


@pytest.mark.parametrize("slug", [*EVERY_RECORD_HAS, "team"])
@pytest.mark.parametrize("field", ["title", "standfirst", "text"])
def test_hostile_words_do_nothing_on_any_page(client, slug, field):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [go](javascript:alert(1))"
    make_page(slug=slug, in_footer=slug == "team", **{field: hostile})

    response = read(client, slug)

    assert "<script>alert" not in response.text
    assert "<img" not in response.text
    assert 'href="javascript' not in response.text
    assert "<script>alert(1)</script><img src=x onerror=alert(1)>" in text_of(response)


def test_pictures_of_a_text_are_links(client):
    make_page(slug="team", text="![us](https://example.org/us.png)")

    html = read(client, "team").text

    assert "<img" not in html
    assert 'href="https://example.org/us.png"' in html


def test_what_is_missing_can_be_asked_for():
    assert Page.objects.missing() == list(EVERY_RECORD_HAS)

    make_page(slug="method")
    make_page(slug="team")

    assert Page.objects.missing() == ["about", "privacy", "accessibility"]


# Languages


@pytest.mark.parametrize("slug", ["about", "privacy", "team"])
def test_a_page_is_shown_in_the_readers_language_else_in_one_that_there_is(client, slug):
    def shown(language):
        html = read(client, slug, language).text
        return re.search(r'lang="([^"]+)"[^<>]*>\s*<h[12]>(\w+)</h[12]>', html).groups()

    make_page(slug=slug, language="ko", title="소개")
    assert shown("en") == ("ko", "소개")
    assert shown("uk") == ("ko", "소개")

    make_page(slug=slug, title="Us")
    assert shown("uk") == ("en", "Us")
    assert shown("ko") == ("ko", "소개")

    make_page(slug=slug, language="uk", title="Ми")
    assert shown("uk") == ("uk", "Ми")
    assert shown("en") == ("en", "Us")


# Pages of the organisation's own


def test_an_own_page_has_an_address_and_a_place_in_the_footer(client):
    page = make_page(
        slug="team",
        title="Team",
        standfirst="Who we are.",
        text="## People\n\nTwo lawyers.",
        in_footer=True,
    )
    make_page(slug="funders", title="Funders")

    response = client.get("/en/about/team/")

    assert page.get_absolute_url() == "/en/about/team/"
    shown = text_of(response)
    for words in ["Team · ", "Who we are.", "People", "Two lawyers."]:
        assert words in shown, words
    assert "<h2>People</h2>" in response.text
    assert response.text.count("<h1") == 1
    assert '<meta name="description" content="Who we are.">' in response.text
    footer = footer_of(client.get(reverse("overview")))
    assert '<a href="/en/about/team/" lang="en">Team</a>' in footer
    assert "Funders" not in footer
    assert text_of(client.get("/uk/about/team/")).count("Two lawyers.") == 1


def test_the_footer_has_own_pages_in_their_order_and_the_readers_language(client):
    make_page(slug="team", title="Team", in_footer=True, position=2)
    make_page(slug="team", language="uk", title="Команда", in_footer=True, position=2)
    make_page(slug="funders", title="Funders", in_footer=True, position=1)
    make_page(slug="old", title="Old", in_footer=True)
    make_page(slug="old", language="uk", title="Старе")

    def links(language):
        footer = footer_of(client.get(f"/{language}/"))
        return re.findall(r'<a href="/\w+/about/[\w-]+/" lang="(\w+)">(.*?)</a>', footer)

    assert links("en") == [("en", "Old"), ("en", "Funders"), ("en", "Team")]
    assert links("uk") == [("en", "Funders"), ("uk", "Команда")]


@pytest.mark.parametrize("slug", ["nobody", *EVERY_RECORD_HAS[:1]])
def test_an_unknown_page_is_missing(client, slug):
    make_page(slug="about")

    assert client.get(f"/en/about/{slug}/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for n in range(number):
        make_page(slug=f"team-{n}", in_footer=True)
        make_page(slug=f"team-{n}", language="uk", in_footer=True)
        for language in ["", "uk", "ko"][:number]:
            make_page(slug=EVERY_RECORD_HAS[n], language=language)

    with django_assert_num_queries(1 + IN_EVERY_PAGE):
        read(client, "about")
    with django_assert_num_queries(1 + IN_EVERY_PAGE):
        read(client, "team-0")


@pytest.mark.django_db(transaction=True)
def test_the_footer_is_read_once_until_the_content_changes(client):
    page = make_page(slug="team", title="Team", in_footer=True)

    def asked_for_pages():
        with CaptureQueriesContext(connection) as queries:
            shown = text_of(read(client, "privacy"))
        return "Team" in shown, sum('"in_footer"' in query["sql"] for query in queries)

    # The second is the page of its own address.
    assert asked_for_pages() == (True, 2)
    assert asked_for_pages() == (True, 1)
    page.delete()
    assert asked_for_pages() == (False, 2)


# What is refused


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"slug": "About"}, "Write the slug in small letters."),
        ({"slug": "privacy", "in_footer": True}, "reserved for the pages that every record has"),
        ({"slug": "team"}, "This page exists in this language already."),
        ({"slug": "a page"}, "Enter a valid “slug”"),
        ({"language": "Ukrainian"}, "Give the code of a language: uk, ko, pt-br."),
        ({"text": "Us\n\n# Loud"}, "Line 3: a heading begins with ##, ### or ####."),
        ({"text": ""}, "This field cannot be blank."),
        ({"title": ""}, "This field cannot be blank."),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(fields, words):
    make_page(slug="team")

    with pytest.raises(ValidationError) as refused:
        Page(**{"slug": "us", "title": "Us", "text": "We ask.", **fields}).full_clean()

    assert words in " ".join(refused.value.messages)


@pytest.mark.parametrize(
    "fields", [{"slug": "About"}, {"slug": "privacy", "in_footer": True}, {"slug": "team"}]
)
def test_the_database_refuses_it_as_well(fields):
    make_page(slug="team")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_page(**fields)


# The content folder


def test_files_become_pages_in_their_languages(capsys, client, folder):
    assert " 0 changed, 0 same, " in load(folder, capsys)

    assert {(page.slug, page.language): page.title for page in Page.objects.all()} == {
        ("about", ""): "About our record",
        ("team", ""): "Team",
        ("team", "uk"): "Команда",
    }
    assert Page.objects.get(slug="about").standfirst == "One wrong: cotton."
    assert [page.position for page in Page.objects.in_footer()] == [2]
    assert "Двоє юристів." in text_of(read(client, "team", "uk"))


def test_loading_twice_changes_nothing_and_keeps_what_staff_edited(capsys, folder):
    load(folder, capsys)
    assert " 0 new, 0 changed, " in load(folder, capsys)

    Page.objects.filter(slug="team", language="").update(
        title="As our editor wrote it", edited_by_staff_at=timezone.now()
    )
    write(folder, "team.md", "title: Another")
    write(folder, "team.uk.md", "title: Інша")
    (folder / "pages" / "about.md").unlink()

    report = load(folder, capsys)

    assert " 0 new, 1 changed, " in report
    assert "1 kept as staff edited them" in report
    assert "No file names page “About our record”; left as it is." in report
    titles = Page.objects.filter(slug="team").order_by("language").values_list("title", flat=True)
    assert list(titles) == ["As our editor wrote it", "Інша"]
    assert Page.objects.get(language="uk").history.count() == 2


@pytest.mark.parametrize(
    ("name", "head", "text", "message"),
    [
        ("us.txt", "title: Us", "We ask.", ": the name of a page ends in .md"),
        ("us.md", "name: Us", "We ask.", ", line 2: “name” is no name of the head, which are: ti"),
        ("us.md", "title: Us\nlanguage: uk", "We ask.", ", line 3: “language” is no name of the"),
        ("us.md", "standfirst: Us", "We ask.", ", line 3: the head lacks title"),
        ("us.md", "title: Us\nin_footer: maybe", "We", ", line 3: in_footer: “maybe” value must"),
        ("us.md", "title: Us", "# Us", ", line 5: text: Line 1: a heading begins with ##"),
        ("us.md", "title: Us", "", ": text: This field cannot be blank."),
        ("About.md", "title: Us", "We ask.", ": Write the slug in small letters."),
        ("us.Ukrainian.md", "title: Us", "We", ": language: Give the code of a language"),
        ("method.md", "title: Us\nin_footer: 1", "We ask.", ": about, method, privacy and access"),
    ],
)
def test_a_broken_page_is_refused_with_its_file_and_line(folder, name, head, text, message):
    write(folder, name, head, text)

    said = refusal(folder)

    assert said.startswith(f"pages/{name}")
    assert message in said
    assert said.endswith(" Nothing was saved.")


# The desk


def test_staff_edit_a_page_and_own_it_from_then_on(client, editor):
    page = make_page(slug="team", text="We ask.")

    send(client, change_page(page), text="We ask **again**.")

    page.refresh_from_db()
    assert page.edited_by_staff_at
    assert "<strong>again</strong>" in read(client, "team").text
    assert page.history.count() == 2


def test_staff_look_at_a_page_before_anybody_else_does(client, editor):
    page = make_page(slug="team", text="We ask.")

    seen = send(client, change_page(page), text="We ask **again**.", preview="1")

    assert "<strong>again</strong>" in seen.text
    assert "Preview: nobody else sees this page." in text_of(seen)
    assert "Followers are told" not in text_of(seen)
    assert "no-store" in seen["Cache-Control"]
    page.refresh_from_db()
    assert (page.text, page.edited_by_staff_at, page.history.count()) == ("We ask.", None, 1)
    form = client.get(reverse("admin:advocacy_page_add"))
    new = {"slug": "about", "language": "uk", "title": "Про нас", "text": "Ми", "preview": "1"}
    seen = client.post(reverse("admin:advocacy_page_add"), Controls(form.text).sent | new)
    assert '<html lang="uk"' in seen.text
    assert "Про нас" in text_of(seen)
    assert not Page.objects.filter(slug="about").exists()


def test_a_page_that_is_refused_shows_why_in_place_of_a_preview(client, editor):
    page = make_page(slug="team", text="We ask.")

    seen = send(client, change_page(page), text="# Loud", preview="1")

    assert "Line 1: a heading begins with ##" in text_of(seen)


def test_the_desk_offers_the_languages_of_the_site(client, editor):
    page = make_page(slug="team", language="fr")

    form = client.get(change_page(page)).text

    select = re.search(r'<select name="language".*?</select>', form, flags=re.S)[0]
    assert re.findall(r'value="(\w*)"', select) == ["", "uk", "ko", "fr"]
    assert "English, the language of the site" in select
