"""The dossier says of votes and words no more than its sources: sums, seats, limits, languages."""

from collections import Counter

import pytest
from babel.messages.pofile import read_po
from django.urls import reverse

from advocacy.models import (
    Decision,
    Outcome,
    Source,
    Statement,
    StatementAsk,
    TreatyState,
    TreatyStatus,
)
from tests.dossier import DOSSIER, rows_of
from tests.pages import text_of

COMPLETE = {
    "s-2024-255": (13, 1, 1),
    "unsc-2024-06-12-procedural-vote": (12, 2, 1),
    "s-res-2774-2025": (10, 0, 5),
    "a-res-79-184": (81, 14, 80),
    "a-res-80-223": (79, 16, 73),
    "a-hrc-res-49-1": (32, 2, 13),
    "a-hrc-res-55-23": (27, 3, 17),
    "a-hrc-res-58-24": (25, 4, 18),
    "a-hrc-res-59-22": (28, 2, 17),
    "a-hrc-res-61-29": (25, 4, 18),
}
SEATS = {"unsc": 15, "hrc": 47}


def fields_of(file):
    return [row["fields"] for row in rows_of(DOSSIER, file)]


def decisions():
    return {row["slug"]: row for row in fields_of("decisions.json")}


def statements():
    return {row["slug"]: row for row in fields_of("statements.json")}


def test_as_many_are_there_as_were_found():
    asks = sum(len(row.get("asks", [])) for row in statements().values())
    rows = [decisions(), statements(), fields_of("treaties.json")]
    assert [len(some) for some in rows] == [26, 87, 79]
    assert asks == 109


def test_ballots_stand_where_all_are_known_and_make_the_tally():
    found = {}
    for slug, row in decisions().items():
        if ballots := row.get("ballots"):
            numbers = Counter(ballots.values())
            found[slug] = (numbers["yes"], numbers["no"], numbers["abstain"])
            assert found[slug] == (row["yes"], row["no"], row["abstain"]), slug
            assert len(ballots) == SEATS.get(row["body"][0], len(ballots)), slug
    assert found == COMPLETE


def test_partial_lists_and_contradicted_ones_are_left_out():
    emergency = decisions()["a-res-es-11-7"]
    assert (emergency["yes"], emergency["no"], emergency["abstain"]) == (93, 18, 65)
    assert not emergency.get("ballots")
    assert not emergency["draft_symbol"], "it was known from memory alone"
    assert not any("52/32" in row["symbol"] for row in decisions().values())


def test_whoever_condemned_the_conduct_has_not_asked_for_the_step():
    """Of what Switzerland and South Korea said in the Council, this was said of the soldiers."""
    said = {
        (slug, ask["action"][0]): (ask["stance"], ask["basis"])
        for slug, row in statements().items()
        for ask in row.get("asks", [])
    }
    beyond, panel = "unsc-answer-beyond-security", "unsc-restore-sanctions-experts"
    assert said["kr-2025-03-26", beyond] == ("supports", "implied")
    assert said["ch-2024-12-18", panel] == ("supports", "explicit")
    assert said["ch-2024-12-18", beyond] == ("supports", "implied")
    # Nobody asked the Council to decide on the deployment, as far as was read.
    decide = [basis for (_s, ask), (_t, basis) in said.items() if "decide-on-the-dep" in ask]
    assert "explicit" not in decide
    assert Counter(basis for _stance, basis in said.values()) == {
        "explicit": 49,
        "implied": 39,
        "none": 21,
    }


def test_each_quotation_has_its_language_and_each_stance_a_sentence():
    for slug, row in statements().items():
        assert bool(row.get("quote")) == bool(row.get("quote_language")), slug
        assert row["point"], slug
        for ask in row.get("asks", []):
            assert ask["sentence"], slug


def test_no_name_of_a_person_stands_in_an_office():
    for slug, row in statements().items():
        assert not any(word in row["office"] for word in ("Mr", "Ms", "H.E.")), slug


def test_what_nobody_opened_is_not_cited_as_opened():
    sources = {row["key"]: row for row in fields_of("sources.json")}
    roots = [row for row in sources.values() if row["url"].rstrip("/").count("/") == 2]
    for row in roots:
        assert row["accessed_on"] is None or row["key"] not in {"normlex", "ihl-db"}, row["key"]
    for key in ("undl-4076916", "ukrinform-3912156", "kr-ilo-2021", "ki-rome", "docs-79-184"):
        assert sources[key]["accessed_on"] is None, key
    for row in statements().values():
        for (key,) in row["sources"]:
            # A copy of what a mission says is marked as one.
            assert "america-times" not in sources[key]["url"] or sources[key]["is_weak"], key


def test_roll_calls_of_the_council_cite_its_record():
    sources = {row["key"]: row["url"] for row in fields_of("sources.json")}
    for slug, row in decisions().items():
        if row["body"] == ["hrc"]:
            (key,) = row["sources"][0]
            assert sources[key].startswith("https://searchlibrary.ohchr.org/record/"), slug


def test_a_treaty_status_that_nobody_saw_says_so():
    sources = {row["key"]: row for row in fields_of("sources.json")}
    for row in fields_of("treaties.json"):
        (key,) = row["source"]
        if sources[key]["accessed_on"] is None or sources[key]["is_weak"]:
            assert row.get("note"), row["slug"]
        if key in {"normlex", "ihl-db"}:
            assert "ackground" in row["note"] or "background" in row.get("reservations", "")
    statuses = {row["slug"]: row["status"] for row in fields_of("treaties.json")}
    assert statuses["ru-echr-whole"] == "left"
    assert statuses["kp-cat"] == statuses["ru-rome"] == "not_party"


@pytest.mark.parametrize("language", ["uk", "ko"])
def test_every_text_is_there_in_every_language(language):
    with (DOSSIER / "translations" / f"{language}.po").open("rb") as file:
        told = {message.context: message.string for message in read_po(file)}
    wanted = []
    for slug, row in decisions().items():
        wanted += [f"decision/{slug}/title", f"decision/{slug}/note"]
        assert row["note"], slug
    for slug, row in statements().items():
        wanted += [f"statement/{slug}/{name}" for name in ("forum", "office", "point")]
        if row.get("quote") and row["quote_language"] != language:
            wanted.append(f"statement/{slug}/quote")
        wanted += [
            f"statementask/{slug}-on-{ask['action'][0]}/sentence" for ask in row.get("asks", [])
        ]
    for row in fields_of("treaties.json"):
        names = [name for name in ("reservations", "note") if row.get(name)]
        wanted += [f"treatystatus/{row['slug']}/{name}" for name in names]
    assert [name for name in wanted if not told.get(name)] == []


@pytest.mark.django_db
@pytest.mark.thorough
@pytest.mark.usefixtures("content")
def test_the_whole_of_it_is_loaded(client):
    assert Decision.objects.in_force().count() == 26
    assert Statement.objects.in_force().count() == 87
    assert TreatyStatus.objects.count() == 79
    veto = Decision.objects.with_ballots().get(slug="s-2024-255")
    assert (veto.outcome, veto.are_seats_checked) == (Outcome.VETO, True)
    assert veto.by_vote()["no"] == ["RU"]
    assert not Statement.objects.with_stance("supports").filter(slug="kr-2025-03-26").exists()
    assert StatementAsk.objects.implied().count() == 39
    assert TreatyStatus.objects.get(slug="ua-rome").status == TreatyState.PARTY
    assert Source.objects.get(key="undl-4076916").was_read is False
    assert "Security Council" in text_of(client.get(reverse("body_detail", args=["unsc"])))
