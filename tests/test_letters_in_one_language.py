"""Every text to work with is in one language, from its first word to its last."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from advocacy.models import ContactKind, Maker, Organisation, Pack, SeenAs, Told, Translation
from advocacy.models.dates import written_day
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_issue,
    make_meeting,
    make_pack,
    make_seat,
    make_site,
    make_source,
    make_step,
    record,
)
from tests.pages import text_of

pytestmark = pytest.mark.django_db

MACHINE_MADE = "Машинний переклад, ще не перевірений: прочитайте, перш ніж надсилати."
IN_ENGLISH = "Мова цього тексту: англійська."
ENDS = date(2099, 12, 31)


def tell(row, language="uk", made_by=Maker.PERSON, **texts):
    told = [Told(row, field, language, text, made_by) for field, text in texts.items()]
    Translation.objects.put(told, by_staff=True)


@pytest.fixture
def council():
    make_site()
    return make_body(slug="unsc", name="Security Council", abbreviation="UNSC")


@pytest.fixture
def action(council):
    return make_action(
        body=council,
        slug="panel",
        title="Restore the panel",
        text="Bring it back.",
        counts_as_done="It is back.",
    )


@pytest.fixture
def step(action):
    return make_step(
        action=action,
        kind="email",
        title="Write",
        wording="I ask [your country] to act.\n[link to this page]\n[your name]",
    )


@pytest.fixture
def seat(council):
    return make_seat(body=council, country="KR", starts_on=None, ends_on=ENDS)


def tell_all(council, action, **how):
    tell(council, name="Рада Безпеки", abbreviation="РБ", **how)
    tell(
        action,
        title="Відновити групу",
        text="Поверніть її.",
        counts_as_done="Її повернуто.",
        **how,
    )


def plain_spaces(text):
    return text.replace("\u202f", " ")


def letters(page):
    """The texts to be sent of a page: [(attributes of the field, subject, text)]."""
    fields = re.findall(r"<textarea([^>]*)>(.*?)</textarea>", page.text, flags=re.S)
    return [
        (mine, unescape(re.search('data-subject="(.*?)"', mine)[1]), unescape(text))
        for mine, text in fields
    ]


def before_the_text(page):
    return page.text.split("<textarea")[0]


# A letter to one's own country


def test_a_letter_is_in_ukrainian_from_its_first_word_to_its_last(client, council, action, seat):
    tell_all(council, action)

    page = client.get("/uk/seats/kr/")

    ((field, subject, text),) = letters(page)
    words = text.replace("http://testserver/uk/actions/panel/", "")
    assert re.findall("[A-Za-z]+", words + subject) == []
    assert subject == "Відновити групу"
    assert "lang=" not in field
    for part in ["Південна Корея", "Рада Безпеки", "Поверніть її.", "[ваше ім’я]"]:
        assert part in text
    assert 'data-place="[ваше ім’я]"' in field
    assert "31 грудня 2099 року. 16 грудня 2024 року" in plain_spaces(text)
    assert ".." not in text
    assert IN_ENGLISH not in text_of(page)
    assert "перш ніж надсилати" not in text_of(page)


@pytest.mark.parametrize("missing", ["title", "text", "counts_as_done", "name"])
def test_where_a_piece_is_missing_all_of_it_is_in_english_and_says_so(
    client, council, action, seat, missing
):
    tell_all(council, action)
    Translation.objects.filter(field=missing).delete()

    page = client.get("/uk/seats/kr/")

    ((field, subject, text),) = letters(page)
    assert re.findall("[А-яЄІЇҐєіїґ]+", text + subject) == []
    assert subject == "Restore the panel"
    assert 'lang="en"' in field
    assert text.startswith("To the permanent mission (South Korea)\n")
    assert "until 31 December 2099. On 16 December 2024 it was asked:" in text
    assert text.endswith("http://testserver/en/actions/panel/\n\n[your name]")
    assert 'data-place="[your name]"' in field
    assert IN_ENGLISH in before_the_text(page)
    assert "Написати" in text_of(page)  # What stands around it is in the page's language.


def test_a_machine_made_letter_says_so_above_the_text_and_not_in_it(client, council, action, seat):
    tell_all(council, action, made_by=Maker.MACHINE)

    page = client.get("/uk/seats/kr/")

    assert MACHINE_MADE in before_the_text(page)
    assert MACHINE_MADE not in letters(page)[0][2]


def test_a_letter_of_an_earlier_wording_says_so_above_the_text(client, council, action, seat):
    tell_all(council, action)
    action.text = "Bring it back now."
    action.save()

    page = client.get("/uk/seats/kr/")

    assert "Поверніть її." in letters(page)[0][2]
    assert "Переклад попередньої редакції" in before_the_text(page)


def test_signs_stand_in_a_letter_as_they_were_typed(client, council, action, seat):
    action.text = "Bring “Geneva's” <law> & order."
    action.save()
    make_contact_point(country="", body=council, kind=ContactKind.PROCEDURE, takes_letters=False)
    make_contact_point(country="KR", confidence=SeenAs.OFFICIAL)

    page = client.get("/en/seats/kr/")

    assert "Bring “Geneva's” <law> & order." in letters(page)[0][2]
    assert "Geneva's%E2%80%9D%20%3Claw%3E%20%26%20order." in unescape(page.text)


# A step


@pytest.mark.parametrize("address", ["/{}/checklist/?country=KR", "/{}/actions/panel/"])
def test_the_text_of_a_step_has_its_places_filled_in_its_language(client, step, seat, address):
    told = "요청: [귀국] 정부. [이 페이지 링크] [성명]"
    tell(step, "ko", wording=told, title="서한 보내기")
    tell(step.action, "ko", title="전문가단을 다시 두라")

    page = client.get(address.format("ko"))

    ((field, subject, text),) = letters(page)
    country = "대한민국" if "country" in address else "[귀국]"
    assert text == f"요청: {country} 정부. http://testserver/ko/actions/panel/ [성명]"
    assert subject == "전문가단을 다시 두라"
    assert 'data-place="[성명]"' in field


def test_the_title_of_a_step_is_in_the_language_of_the_page(client, step):
    tell(step, "ko", title="서한 보내기")

    assert "서한 보내기" in text_of(client.get("/ko/checklist/"))


@pytest.mark.parametrize("place", ["[Ваша країна]", "[ваша країна]", "[your country]"])
def test_a_country_is_named_in_the_language_of_the_text(client, step, seat, place):
    tell(step, wording=f"{place}. [посилання на цю сторінку]")
    tell(step.action, title="Відновити групу")

    ((_field, _subject, text),) = letters(client.get("/uk/checklist/", {"country": "KR"}))

    assert text == "Південна Корея. http://testserver/uk/actions/panel/"


def test_a_step_whose_subject_is_missing_is_offered_in_english(client, step, seat):
    tell(step, wording="Прошу діяти.")

    page = client.get("/uk/checklist/", {"country": "KR"})

    ((field, subject, text),) = letters(page)
    assert subject == "Restore the panel"
    assert text == ("I ask South Korea to act.\nhttp://testserver/en/actions/panel/\n[your name]")
    assert 'lang="en"' in field
    assert IN_ENGLISH in before_the_text(page)


def test_a_thing_to_do_needs_no_subject(client, step):
    step.kind = "read"
    step.save()
    tell(step, wording="Прочитайте це.", made_by=Maker.MACHINE)

    page = client.get("/uk/checklist/")

    shown = text_of(page)
    assert "Прочитайте це." in shown
    assert "I ask" not in shown
    assert MACHINE_MADE in shown


# A sheet and a brief


def sheet_of(client, step, language):
    with translation.override(language):
        return client.get(reverse("checklist_sheet"), {"step": step.slug, "title": "2027"})


def test_a_sheet_is_in_one_language(client, council, step):
    tell_all(council, step.action)
    tell(step, title="Напишіть", wording="Прошу діяти.")

    page = sheet_of(client, step, "uk")

    assert "Напишіть" in text_of(page)
    assert '<div lang="en">' not in page.text

    Translation.objects.filter(field="wording").delete()
    page = sheet_of(client, step, "uk")
    part = page.text.split('<div lang="en">')[1].split('<ol class="steps sheet">')
    shown = re.sub(r"<[^>]*>", " ", part[1].split("</ol>")[0])
    assert re.findall("[А-яЄІЇҐєіїґ]+", shown) == []
    assert "1 step, chosen by whoever made this sheet." in part[0]
    assert IN_ENGLISH in text_of(page)


@pytest.mark.parametrize("name", ["issue_brief", "body_brief"])
def test_a_brief_is_in_one_language(client, council, action, name):
    issue = action.issue
    source = make_source(publisher="A paper", language="en")
    record(action, sources=[source])
    tell_all(council, action)
    tell(council, mandate="Береже мир.")
    tell(issue, title="Війна", question="Хто відповість?")
    slug = {"issue_brief": issue.slug, "body_brief": council.slug}[name]
    tell(source, publisher="Газета")
    for asker in Organisation.objects.all():
        tell(asker, name="Спілка")

    with translation.override("uk"):
        address = reverse(name, args=[slug])
    page = client.get(address)

    assert "Відновити групу" in text_of(page)
    assert '<div lang="en">' not in page.text

    Translation.objects.filter(field="publisher").delete()
    page = client.get(address)
    brief = page.text.split('<div lang="en">')[1].split("</article>")[0]
    shown = re.sub(r"<[^>]*>", " ", brief)
    assert re.findall("[А-яЄІЇҐєіїґ]+", shown) == []
    assert "Restore the panel" in shown
    assert IN_ENGLISH in text_of(page)
    assert '<p class="translation-note">' not in page.text


# A pack


STATEMENT = "## Before\n\nRead it.\n\n> We ask you to speak.\n"


@pytest.fixture
def pack():
    return make_pack(
        slug="speak",
        title="Speak",
        summary="In short.",
        who="Anyone.",
        text=STATEMENT,
        kind="statement",
        spoken_seconds=60,
    )


def test_a_pack_is_shown_copied_and_taken_along_in_the_language_of_the_page(client, pack):
    told = "## Спершу\n\nПрочитайте.\n\n> Просимо вас, [ім’я], говорити зараз.\n"
    tell(pack, title="Говоріть", text=told, made_by=Maker.MACHINE)

    page = client.get("/uk/packs/speak/")

    shown = text_of(page)
    assert "<h1>Говоріть</h1>" in page.text
    assert "5 слів: 3 с за швидкості 100 слів на хвилину" in shown
    assert MACHINE_MADE in shown.split("Спершу")[0]
    assert "Спершу\n\nПрочитайте.\n\nПросимо вас, [ім’я], говорити зараз.</textarea>" in page.text
    file = client.get("/uk/packs/speak.txt")
    assert file["Content-Language"] == "uk"
    assert file.text.startswith("Говоріть\n\nСпершу\n\n")
    assert MACHINE_MADE not in file.text

    # Its doors may take English alone.
    original = re.search(r'href="([^"]+)">\s*Оригінал \(мова: англійська\)', page.text)[1]
    page = client.get(original)
    assert '<h1 lang="en">Speak</h1>' in page.text
    assert "We ask you to speak.</textarea>" in page.text
    assert IN_ENGLISH in text_of(page)
    assert MACHINE_MADE not in text_of(page)
    link = unescape(re.search(r'href="([^"]+speak\.txt[^"]*)"', page.text)[1])
    file = client.get(link)
    assert file.text.startswith("Speak\n\nBefore\n\n")
    assert "\nhttp://testserver/uk/packs/speak/?original=\n" in file.text


@pytest.mark.parametrize("told", [{"title": "Говоріть"}, {"text": "> Говоріть."}])
def test_a_pack_of_which_a_part_is_missing_stands_as_it_was_written(client, pack, told):
    tell(pack, summary="Стисло.", **told)

    page = client.get("/uk/packs/speak/")

    assert '<h1 lang="en">Speak</h1>' in page.text
    assert "We ask you to speak.</textarea>" in page.text
    assert IN_ENGLISH in text_of(page)
    assert "Стисло." in text_of(page)
    assert "Говоріть" not in page.text.split("<h1")[1]
    assert client.get("/uk/packs/speak.txt")["Content-Language"] == "en"


def test_korean_is_said_in_syllables(client, pack):
    tell(pack, "ko", title="발언", text="> 의장님, 발언을 요청드립니다. 감사합니다.")

    shown = text_of(client.get("/ko/packs/speak/"))

    assert "17음절: 분당 300음절로 4초" in shown
    Pack.objects.update(spoken_seconds=3)
    assert "4초" in text_of(client.get("/ko/packs/speak/"))


def test_the_list_of_packs_tells_of_each_in_the_language_of_the_page(client, pack):
    tell(pack, title="Говоріть")

    page = client.get("/uk/packs/")

    assert ">Говоріть</a>" in page.text
    assert '<span lang="en">In short.</span>' in page.text


# Dates


@pytest.mark.parametrize(
    ("precision", "written"),
    [("day", "16 грудня 2024 року"), ("month", "грудень 2024 року"), ("year", "2024")],
)
def test_a_ukrainian_date_ends_no_sentence_twice(precision, written):
    with translation.override("uk"):
        assert plain_spaces(written_day(date(2024, 12, 16), precision)) == written


# Queries


def test_no_page_asks_more_than_one_query_more_in_another_language(client, council, action, step):
    issue, meeting = action.issue, make_meeting(body=council, starts_on=ENDS, ends_on=ENDS)
    make_meeting(body=council, kind="standing", starts_on=None, ends_on=None)
    for one in [action, make_action(body=council, issue=make_issue())]:
        record(one)
        make_step(action=one)
        make_seat(body=make_body(), country="JP")
    make_seat(body=council, country="KR", ends_on=None)
    own = make_action(body=make_body(country="KR"), issue=issue)
    pack = make_pack(actions=[action, own], meetings=[meeting], issues=[issue])
    tell(step, wording="Прошу діяти.")

    for name, *args in [
        ["my_checklist"],
        ["pack_detail", pack.slug],
        ["pack_text", pack.slug],
        ["pack_list"],
        ["meeting_list"],
        ["meeting_detail", meeting.slug],
        ["meeting_file", meeting.slug],
        ["seat_country", "kr"],
        ["issue_brief", issue.slug],
        ["body_brief", council.slug],
        ["checklist_sheet"],
    ]:
        query = {"step": step.slug} if name == "checklist_sheet" else {}
        asked = {}
        for language in ["en", "uk"]:
            with translation.override(language):
                address = reverse(name, args=args)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address, query).status_code == 200
            asked[language] = len(queries)
        assert asked["uk"] <= asked["en"] + 1, (name, asked)
