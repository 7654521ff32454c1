"""What a citizen reads of what a State did: on its page, and in the letters to it."""

import re
from datetime import date

import pytest

from advocacy.models import ReachedBy, TreatyState, Vote
from tests.decided import IMPLIED, VOTED, country, page_of
from tests.decisions import make_treaty_status, state
from tests.factories import (
    make_action,
    make_body,
    make_legal_reference,
    make_source,
    make_step,
    translate,
)
from tests.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(council):
    return make_action(slug="act", body=council, title="Act on it")


@pytest.mark.parametrize("code", [*VOTED])
def test_a_country_opens_with_its_vote(client, panel, code):
    label = str(Vote(VOTED[code]).label)

    page = country(client, code.lower())

    line = re.search(r"Panel renewed (.*?) Adopted by vote", text_of(page))[1]
    assert line.endswith(f": {label}")
    assert page.text.index('id="voted"') < page.text.index("Where every State sits")


def test_a_country_shows_its_treaties_where_an_ask_rests_on_one(client, council):
    treaty = make_legal_reference(title="Torture Convention")
    article = make_legal_reference(title="Article 3", treaty=treaty)
    unused = make_legal_reference(title="Sea Convention")
    ask = make_action(title="Return nobody")
    ask.legal_references.add(article)
    make_treaty_status(
        legal_reference=treaty,
        since=date(1995, 1, 9),
        status=TreatyState.ACCEDED,
        reservations="Not article 20.",
        source=make_source(is_weak=True),
    )
    make_treaty_status(legal_reference=treaty, state="RU", status=TreatyState.NOT_PARTY)
    make_treaty_status(legal_reference=unused)

    text = text_of(country(client, "kr"))

    assert "Torture Convention: acceded, 9 January 1995" in text
    assert "Reservations and declarations: Not article 20." in text
    assert "Known from a copy alone" in text
    assert "1 ask rests on it Return nobody" in text
    assert "Sea Convention" not in text
    assert "Torture Convention: not a party" in text_of(country(client, "ru"))


def test_the_page_of_a_government_shows_what_its_state_did(client, panel):
    government = make_body(
        name="Government of Korea", country="KR", reached_by=ReachedBy.MISSIONS, states_sit=False
    )
    other = make_body(
        name="Ministry", country="KR", reached_by=ReachedBy.DIRECTLY, states_sit=False
    )

    assert "South Korea: in favour" in text_of(page_of(client, government))
    assert "South Korea: in favour" not in text_of(page_of(client, other))
    past = page_of(client, government, as_of="2024-03-27")
    assert "South Korea: in favour" not in text_of(past)


def test_a_body_shows_what_it_decided(client, panel):
    assert "What it decided" in text_of(page_of(client, panel.body))
    assert "What it decided" not in text_of(page_of(client, panel.body, as_of="2024-03-27"))


# Letters


SENTENCES = {
    "en": "On 28 March 2024 you abstained in the vote on “Panel renewed” (S/RES/1).",
    "uk": "28 березня 2024\u202fроку під час голосування щодо тексту «Групу поновлено» (S/RES/1)"
    " ви утрималися.",
    "ko": "귀국은 2024년 3월 28일 “패널 갱신”(S/RES/1) 표결에서 기권하였습니다.",
}


@pytest.fixture
def translated_panel(panel):
    translate(panel, title="Групу поновлено")
    translate(panel, "ko", title="패널 갱신")
    for row in (panel.actions.get(), panel.body):
        for language in ("uk", "ko"):
            fields = {name: "…" for name in row.TRANSLATED if getattr(row, name)}
            translate(row, language, **fields)
    return panel


def letters_of(page):
    return re.findall(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.S)


@pytest.mark.parametrize("language", SENTENCES)
def test_the_letter_of_a_country_says_how_it_voted(client, translated_panel, language):
    (letter,) = letters_of(client.get(f"/{language}/seats/cn/"))

    assert SENTENCES[language] in letter


@pytest.mark.parametrize("language", SENTENCES)
def test_the_letter_of_a_step_says_so_where_the_country_is_chosen(
    client, translated_panel, language
):
    ask = translated_panel.actions.get()
    place = "Dear Ambassador,\n\n[what your country did]\n\nPlease act."
    step = make_step(action=ask, wording=place)
    for code in ("uk", "ko"):
        translate(step, code, title="…", wording=place)
    address = f"/{language}/actions/restore/"

    (letter,) = letters_of(client.get(address, {"country": "CN"}))
    assert f"Dear Ambassador,\n\n{SENTENCES[language]}\n\nPlease act." in letter

    for query in ({}, {"country": "DE"}):
        (letter,) = letters_of(client.get(address, query))
        assert "Dear Ambassador,\n\nPlease act." in letter


def test_a_letter_quotes_no_support_that_was_only_implied(client, ask):
    state(asks=[{"action": ask, **IMPLIED}])
    assert "you spoke" not in letters_of(country(client, "kr"))[0]

    state(ask)
    assert (
        "On 28 March 2024 you spoke for this step in public."
        in letters_of(country(client, "kr"))[0]
    )
