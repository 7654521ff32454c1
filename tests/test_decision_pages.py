"""What a citizen reads of what was decided: what became of a text, and how each State voted."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advocacy.models import GROUP_OF, Outcome, Vote
from tests.decided import VOTED, country, list_of, page_of
from tests.decisions import decide, decide_by_vote, make_treaty_status, state
from tests.factories import (
    make_action,
    make_issue,
    make_legal_reference,
    make_source,
    record_look,
    translate,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db


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


# What each page asks the database beside what every page does, however many rows it shows.
QUERIES = {
    "decisions": 6,
    "decision": 9,
    "statements": 8,
    "statement": 6,
    "country": 24,
    "ask": 22,
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
