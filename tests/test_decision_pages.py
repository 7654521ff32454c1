"""What a citizen reads: what was decided, how each State voted, and what was said of an ask."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advocacy.models import (
    GROUP_OF,
    Outcome,
    ReachedBy,
    Stance,
    StanceBasis,
    TreatyState,
    Vote,
)
from advocacy.models.positions import STANCES
from tests.decisions import decide, decide_by_vote, make_treaty_status, state
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_legal_reference,
    make_organisation,
    make_seat,
    make_site,
    make_source,
    make_step,
    record_look,
    translate,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

VOTED = {"FR": Vote.YES, "KR": Vote.YES, "GB": Vote.YES, "RU": Vote.NO, "CN": Vote.ABSTAIN}
IMPLIED = {"stance": Stance.SUPPORTS, "basis": StanceBasis.IMPLIED}


def page_of(client, row, **query):
    return client.get(row.get_absolute_url(), query)


def list_of(client, name="decision_list", **query):
    return client.get(reverse(name), query)


def country(client, code, **query):
    return client.get(reverse("seat_country", args=[code]), query)


@pytest.fixture
def council():
    make_site()
    return make_body(
        slug="unsc",
        name="Security Council",
        abbreviation="UNSC",
        states_sit=True,
        all_states_sit=True,
    )


@pytest.fixture
def panel(council):
    """A decision by vote that bears on an ask."""
    ask = make_action(slug="restore", body=council, title="Restore the panel")
    return decide_by_vote(
        VOTED, body=council, symbol="S/RES/1", title="Panel renewed", actions=[ask]
    )


# A decision


def test_a_decision_says_what_became_of_it_and_how_the_votes_fell(client, panel):
    text = text_of(page_of(client, panel))

    for words in [
        "Panel renewed",
        "Security Council",
        "28 March 2024",
        "S/RES/1",
        "Adopted by vote : 3 in favour, 1 against, 1 abstained",
        "Restore the panel",
        "The asks it bears on",
    ]:
        assert words in text, words


def test_a_veto_is_called_one(client, council):
    votes = dict.fromkeys(["FR", "KR", "GB", "US", "JP", "EC", "MT", "CH", "SL"], Vote.YES)
    vetoed = decide(
        body=council,
        symbol="",
        draft_symbol="S/2024/255",
        outcome=Outcome.VETO,
        ballots=votes | {"RU": Vote.NO, "CN": Vote.ABSTAIN},
    )

    text = text_of(page_of(client, vetoed))

    assert "Not adopted: veto : 9 in favour, 1 against, 1 abstained" in text
    assert "draft S/2024/255" in text


def strip_of(page):
    """{vote: names of the States} as the strip lists them; each list by what names it."""
    strip = page.text.split('<ul class="votes">')[1].split("<details")[0]
    found: dict[str, list[str]] = {}
    for part in re.findall(
        r'<li class="votes__part" data-vote="(\w+)">(.*?)(?=<li class="votes__part|\Z)', strip, re.S
    ):
        vote, inside = part
        for label in re.findall(r'<ul class="ballots" aria-labelledby="([^"]+)"', inside):
            assert all(f'id="{name}"' in inside for name in label.split()), label
        links = re.findall(r'<a href="[^"]*" class="ballot"[^>]*>(.*?)</a>', inside, re.S)
        found[vote] = [re.sub(r"<[^>]+>", "", link).strip() for link in links]
    return found


def table_of(page):
    """{name of the State: (group, vote)} as the table says it."""
    table = page.text.split("<tbody>")[1].split("</tbody>")[0]
    rows = re.findall(r'<th scope="row">(.*?)</th>\s*<td>(.*?)</td>\s*<td>(.*?)</td>', table, re.S)
    return {name: (group, re.sub(r"<[^>]+>", "", vote).strip()) for name, group, vote in rows}


def test_the_strip_names_each_state_under_its_vote_and_the_table_says_the_same(client, panel):
    page = page_of(client, panel)

    assert strip_of(page) == {
        "yes": ["South Korea", "France", "United Kingdom"],
        "no": ["Russia"],
        "abstain": ["China"],
    }
    assert table_of(page)["Russia"] == ("Eastern European States", "against")
    assert table_of(page)["China"] == ("Asia-Pacific States", "abstained")
    assert len(table_of(page)) == len(VOTED)
    # Each vote is told by its mark, whose shape is its own, beside its word.
    for vote in ("yes", "no", "abstain"):
        assert f'id="mark-{vote}"' in page.text
        assert f'href="#mark-{vote}"' in page.text


def test_of_many_states_each_is_shown_by_its_code_and_read_by_its_name(client, council):
    large = decide_by_vote(dict.fromkeys(GROUP_OF, Vote.YES), body=council)

    names = strip_of(page_of(client, large))["yes"]

    assert len(names) == len(GROUP_OF)
    assert "FR France" in names


def test_of_a_tally_alone_nobody_is_said_to_have_voted(client, council):
    ask = make_action(body=council)
    told = decide(
        body=council, outcome=Outcome.ADOPTED_BY_VOTE, yes=93, no=18, abstain=65, actions=[ask]
    )

    page = page_of(client, told)

    assert "93 in favour, 18 against, 65 abstained" in text_of(page)
    assert "Only the count is on record: who voted how is not." in text_of(page)
    assert 'class="ballot"' not in page.text
    assert "state" not in list_of(client).context["filters"].fields


def test_without_a_vote_nobody_voted(client, council):
    told = decide(body=council, sponsors=["KR", "AU"])

    text = text_of(page_of(client, told))

    assert "Adopted without a vote" in text
    assert "It was not put to a vote, so no State voted for or against it." in text
    assert "Sponsors Australia South Korea" in text


def test_what_was_not_read_is_said_so(client, council):
    told = decide(
        body=council,
        paragraphs=[
            {"number": "OP 3", "words": "Condemns it.", "language": "en", "is_read": True},
            {"number": "OP 9", "words": "", "language": "en", "is_read": False},
        ],
    )

    text = text_of(page_of(client, told))

    assert "Paragraph OP 3 read by us Condemns it." in text
    assert "Paragraph OP 9 not read by us" in text


def test_a_correction_and_what_it_replaced_lead_to_each_other(client, panel):
    right = decide_by_vote(
        VOTED | {"CN": Vote.NO},
        body=panel.body,
        symbol="S/RES/1",
        title="Panel renewed",
        corrects=panel,
        correction_reason="China voted against.",
    )

    old, new = page_of(client, panel), page_of(client, right)

    assert "Corrected. This no longer counts." in text_of(old)
    assert f'href="{right.get_absolute_url()}"' in old.text
    assert "Correction. China voted against." in text_of(new)
    assert f'href="{panel.get_absolute_url()}"' in new.text
    assert "1 decision" in text_of(list_of(client))
    assert "China: against" in text_of(country(client, "cn"))
    assert "abstained in" not in text_of(country(client, "cn"))


def test_before_its_day_nothing_is_known_of_it(client, panel):
    before = page_of(client, panel, as_of="2024-03-27")

    assert "By 27 March 2024 this had not been decided." in text_of(before)
    assert "in favour" not in text_of(before)
    assert "0 decisions" in text_of(list_of(client, as_of="2024-03-27"))
    assert "1 decision" in text_of(list_of(client, as_of="2024-03-28"))


def test_what_rests_on_no_official_record_is_marked(client, council):
    told = decide(body=council, sources=[make_source(tier=3)])

    assert "No official record of it is among the sources." in text_of(page_of(client, told))


def test_it_can_be_cited(client, panel):
    assert "Answerable, S/RES/1, decision of 28 March 2024, as of" in text_of(
        page_of(client, panel)
    )


# The lists


def test_each_filter_narrows_the_list(client, panel):
    issue = make_issue(slug="labour")
    other = decide(title="Something else", decided_on=date(2025, 1, 1), issues=[issue])

    def titles(**query):
        found = re.findall(r"<h3><a[^>]*>(.*?)</a>", list_of(client, **query).text)
        return set(found)

    assert titles() == {"Panel renewed", "Something else"}
    for query, found in [
        ({"q": "panel"}, {"Panel renewed"}),
        (
            {"q": "S/RES/1"},
            {"Panel renewed"} | ({"Something else"} if "S/RES/1" in other.symbol else set()),
        ),
        ({"body": "unsc"}, {"Panel renewed"}),
        ({"outcome": "adopted_without_vote"}, {"Something else"}),
        ({"issue": "labour"}, {"Something else"}),
        ({"state": "CN"}, {"Panel renewed"}),
        ({"state": "CN", "voted": "abstain"}, {"Panel renewed"}),
        ({"state": "CN", "voted": "yes"}, set()),
        ({"voted": "no"}, {"Panel renewed"}),
    ]:
        assert titles(**query) == found, query


def test_a_decision_is_found_by_its_title_in_another_language(client, panel):
    translate(panel, title="Групу поновлено")

    page = client.get("/uk/decisions/", {"q": "групу"})

    assert "Групу поновлено" in page.text


def test_of_a_chosen_state_the_list_says_how_it_voted(client, panel):
    page = list_of(client, state="CN")

    assert "China: abstained" in text_of(page)
    assert list_of(client, state="CN").context["filters"].title == "China · Decisions"


def test_an_empty_list_says_what_will_stand_there(client):
    assert "No decision is on record yet." in text_of(list_of(client))
    assert "No statement is on record yet." in text_of(list_of(client, "statement_list"))


@pytest.mark.parametrize("name", ["decision", "statement"])
def test_an_unknown_filter_is_named_and_programs_are_refused(client, name):
    assert "is not known here" in text_of(list_of(client, f"{name}_list", state="XX"))
    assert list_of(client, f"{name}_feed", state="XX").status_code == 400


def test_the_feeds_tell_the_same_rows(client, panel):
    said = state(panel.actions.get(), point="It asked for the panel.")

    decided = list_of(client, "decision_feed", state="RU").text
    told = list_of(client, "statement_feed", stance="supports").text

    assert "UNSC: Panel renewed" in decided
    assert "3 in favour, 1 against, 1 abstained" in decided
    assert "South Korea, 28 March 2024" in told
    assert "Restore the panel: spoke for it." in told
    assert said.get_absolute_url() in told


# An ask


@pytest.fixture
def ask(council):
    return make_action(slug="act", body=council, title="Act on it")


def voices_on(client, ask, **query):
    page = page_of(client, ask, **query).text
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split('id="voices"')[1].split("</section>")[0])
    )


def test_an_ask_says_who_spoke_for_it_and_against_with_day_office_and_words(client, ask):
    state(ask, quote="We ask for it.", office="Ambassador")
    against = {"action": ask, "stance": Stance.OPPOSES, "basis": StanceBasis.EXPLICIT}
    state(asks=[against], quote="We do not want it.", state="RU")

    voices = voices_on(client, ask)

    assert "Spoke for it: 1 statement" in voices
    assert "South Korea Ambassador" in voices
    assert "28 March 2024" in voices
    assert "We ask for it." in voices
    assert voices.index("Spoke against it: 1 statement") < voices.index("We do not want it.")


def test_who_condemned_the_conduct_is_never_said_to_support_the_step(client, ask):
    state(asks=[{"action": ask, **IMPLIED}], quote="We condemn it.")

    voices = voices_on(client, ask)

    assert "Condemned the conduct; did not ask for this step: 1 statement" in voices
    assert "spoke for it:" not in voices.lower()
    assert "supports" not in voices.lower()
    said = text_of(country(client, "kr"))
    assert "Act on it : condemned the conduct; did not ask for this step" in said
    assert text_of(list_of(client, "action_list", stance="supports")).count("Act on it") == 0
    assert "0 statements" in text_of(list_of(client, "statement_list", stance="supports"))


def test_every_stance_that_can_be_recorded_has_its_words(client, ask):
    for n, (stance, basis) in enumerate(STANCES):
        state(asks=[{"action": ask, "stance": stance, "basis": basis}], quote=f"Words {n}.")

    voices = voices_on(client, ask)

    for label in STANCES.values():
        assert str(label).lower() in voices.lower()
    assert "strongly" not in voices.lower()
    assert "%" not in voices


def test_silence_is_told_only_where_somebody_looked(client, council):
    body = make_body(states_sit=True, members_complete=True)
    ask = make_action(body=body)
    for code in ("KR", "FR"):
        make_seat(body=body, country=code, ends_on=None)
    state(ask)

    assert "Nobody has looked yet" in voices_on(client, ask)
    assert "France" not in voices_on(client, ask)

    record_look(ask)
    voices = voices_on(client, ask)
    assert "No statement found: 1 State" in voices
    assert "France" in voices
    assert "Where we looked on" in voices
    assert "Nobody has looked yet" not in voices


def test_an_ask_shows_the_decisions_that_bear_on_it(client, panel):
    voices = voices_on(client, panel.actions.get())

    assert "Panel renewed" in voices
    assert "Adopted by vote 3 in favour, 1 against, 1 abstained" in voices


def test_an_ask_of_a_past_day_knows_nothing_later(client, ask):
    state(ask, said_on=date(2025, 6, 1), quote="Later words.")

    assert "Later words." in voices_on(client, ask)
    assert "Later words." not in voices_on(client, ask, as_of="2025-05-31")


def test_asks_are_narrowed_by_what_was_said_of_them(client, ask):
    make_action(title="Nobody spoke of it")
    state(ask)

    page = list_of(client, "action_list", stance="supports")

    assert "Act on it" in page.text
    assert "Nobody spoke of it" not in page.text
    assert "1 ask" in text_of(page)
    assert "supports it · Asks" in page.text
    later = {"stance": "opposes", "as_of": "2025-05-31"}
    against = {"action": ask, "stance": Stance.OPPOSES, "basis": StanceBasis.EXPLICIT}
    state(state="RU", said_on=date(2025, 6, 1), asks=[against])
    assert "0 asks" in text_of(list_of(client, "action_list", **later))
    assert "1 ask" in text_of(list_of(client, "action_list", stance="opposes"))


# A statement


def test_a_statement_says_who_spoke_and_what_it_says_to_each_ask(client, ask):
    said = state(
        ask,
        office="Ambassador",
        point="It wants a panel.",
        quote="Nous le demandons.",
        quote_language="fr",
        joined=["FR", "JP"],
    )

    page = page_of(client, said)

    text = text_of(page)
    assert "South Korea with 2 States more" in text
    assert "Ambassador" in text
    assert "It wants a panel." in text
    assert '<blockquote lang="fr">' in page.text
    assert "Spoke for it" in text
    assert "Act on it" in text
    assert "Answerable, South Korea, statement of 28 March 2024, as of" in text
    assert "France" in text
    assert "With whom it said so" in text
    assert "had not been said" in text_of(page_of(client, said, as_of="2024-03-27"))


def test_an_organisation_and_a_body_can_speak(client, ask):
    lab = make_organisation(name="Justice Lab")
    agency = make_body(name="The Agency")
    state(ask, organisation=lab)
    state(ask, body=agency)

    voices = voices_on(client, ask)

    assert "Justice Lab" in voices
    assert "The Agency" in voices


# A State


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

    assert "Torture Convention : acceded, 9 January 1995" in text
    assert "Reservations and declarations: Not article 20." in text
    assert "Known from a copy alone" in text
    assert "1 ask rests on it Return nobody" in text
    assert "Sea Convention" not in text
    assert "Torture Convention : not a party" in text_of(country(client, "ru"))


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


# Queries


# What each page asks the database beside what every page does, however many rows it shows.
QUERIES = {
    "decisions": 7,
    "decision": 12,
    "statements": 8,
    "statement": 8,
    "country": 30,
    "ask": 30,
}


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_take_a_constant_number_of_queries(client, council, number):
    asks = [make_action(body=council) for _ in range(number)]
    treaty = make_legal_reference()
    for ask in asks:
        ask.legal_references.add(treaty)
    make_treaty_status(legal_reference=treaty)
    for n in range(number):
        votes = dict(list(VOTED.items())[: number + 2])
        decided = decide_by_vote(votes, body=council, actions=asks, sponsors=["KR", "FR"][:number])
        said = state(*asks, quote=f"Words {n}", joined=["FR", "JP", "US"][:number])
    record_look(asks[0])
    addresses = {
        "decisions": reverse("decision_list"),
        "decision": decided.get_absolute_url(),
        "statements": reverse("statement_list"),
        "statement": said.get_absolute_url(),
        "country": reverse("seat_country", args=["kr"]),
        "ask": asks[0].get_absolute_url(),
    }
    asked = {}
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked[name] = len(queries) - IN_EVERY_PAGE
    assert asked == QUERIES
