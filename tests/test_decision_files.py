"""Decisions, statements and treaties in files, as data, in the zip and in a folder."""

import json
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from advocacy import transfer
from advocacy.models import (
    Ballot,
    Decision,
    DecisionParagraph,
    RecordHead,
    Statement,
    StatementAsk,
    TreatyStatus,
)
from advocacy.transfer import What
from tests.bundles import change, check, made_in, make_small_record
from tests.decisions import decide, decide_by_vote, make_treaty_status, state
from tests.factories import make_action, make_body, make_issue, make_seat, make_source, make_user
from tests.test_chain import verify
from tests.test_transfer_whole import empty_the_database

pytestmark = pytest.mark.django_db

KINDS = ["decisions", "decision_paragraphs", "statements", "stances", "treaties"]
BALLOTS = {"KR": "yes", "US": "yes", "RU": "no"}


def exported(kind, format="csv"):
    return "".join(transfer.export_rows(kind, format, by=None))


def brought_in(kind, text, format="csv", by=None):
    return list(transfer.import_rows(kind, BytesIO(text.encode()), format, by=by))


def rows_of_each():
    ask = make_action(slug="ask")
    body = make_body(slug="assembly", states_sit=True, all_states_sit=True)
    source = make_source(key="minutes")
    wrong = decide(body=body, slug="wrong", symbol="A/1", sources=[source])
    decide_by_vote(
        BALLOTS,
        slug="right",
        body=body,
        symbol="A/1",
        sources=[source],
        sponsors=["US", "KR"],
        actions=[ask],
        issues=[ask.issue],
        corrects=wrong,
        correction_reason="There was a vote.",
        paragraphs=[{"number": "OP 1", "words": "=So it is.", "is_read": True}],
    )
    state(ask, slug="said", joined=["JP", "FR"], sources=[source])
    make_treaty_status(slug="kr-it", source=source)


# Files


@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_goes_out_comes_in_again(format):
    rows_of_each()
    before = {kind: exported(kind, format) for kind in transfer.KINDS}
    empty_the_database()

    for kind in transfer.KINDS:
        fates = brought_in(kind, before[kind], format)
        assert {fate.what for fate in fates} <= {What.NEW}, (kind, fates)

    assert {kind: exported(kind, format) for kind in transfer.KINDS} == before
    right = Decision.objects.get(slug="right")
    assert {ballot.state: ballot.vote for ballot in right.ballots.all()} == BALLOTS
    assert verify()[0], verify()[1]
    again = [fate.what for kind in KINDS for fate in brought_in(kind, before[kind], format)]
    assert set(again) == {What.SAME}


def test_a_cell_holds_ballots_and_sponsors():
    rows_of_each()

    assert "KR US,KR:yes RU:no US:yes" in exported("decisions")
    assert "FR JP" in exported("statements")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"ballots": "KR:yes US:maybe"}, "ballots: “US:maybe” is no ballot: write FR:yes"),
        ({"ballots": "KR:yes KR:no"}, "ballots: A State stands here twice, with two votes."),
        ({"ballots": "KR:yes"}, "ballots: The tally says “against”: 1, and the ballots make 0."),
        ({"sponsors": "EU"}, "sponsors: “EU” is the code of an organisation, not of a State."),
        (
            {"outcome": "lost"},
            "outcome: Value 'lost' is not a valid choice. Choose one of: adopted",
        ),
        ({"body": "nowhere"}, "body: There is no body “nowhere”."),
        ({"yes": ""}, "yes: A vote has a tally"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_column(cells, sentence):
    make_body(slug="assembly", states_sit=True, all_states_sit=True)
    make_source(key="minutes")
    row = {
        "slug": "new",
        "body": "assembly",
        "title": "It",
        "decided_on": "2024-03-28",
        "outcome": "adopted_by_vote",
        "yes": 2,
        "no": 1,
        "abstain": 0,
        "sources": "minutes",
        **cells,
    }
    (fate,) = brought_in("decisions", json.dumps([row]), "json")

    assert fate.what == What.REFUSED
    assert sentence in " ".join(fate.reasons), fate.reasons
    assert not Decision.objects.exists()


def test_a_row_that_stands_is_never_changed():
    rows_of_each()
    (fate,) = brought_in("decisions", 'slug,ballots\nright,"KR:no US:yes RU:no"\n')

    assert fate.reasons == (
        "This stands in the record, which is never changed. Correct it by a new row.",
    )
    assert Ballot.objects.get(state="KR").vote == "yes"


def test_a_paragraph_and_a_stance_come_in_beside_what_stands():
    rows_of_each()
    make_action(slug="further")
    brought_in("decision_paragraphs", "slug,decision,number,words,is_read\nop2,right,OP 2,So.,1\n")
    brought_in("stances", "slug,statement,action,stance,basis\nn,said,further,opposes,implied\n")

    assert DecisionParagraph.objects.get(slug="op2").decision.slug == "right"
    assert StatementAsk.objects.get(slug="n").is_implied
    assert verify()[0]


def test_staff_bring_them_in_as_they_record_them():
    rows_of_each()
    text = exported("statements").replace("said", "again").replace("28", "27")

    with pytest.raises(PermissionDenied):
        brought_in("statements", text, by=make_user())
    boss = make_user(is_superuser=True)
    (fate,) = brought_in("statements", text, by=boss)
    assert fate.what == What.NEW, fate.reasons
    assert Statement.objects.get(slug="again").recorded_by == boss


# Data


def test_readers_get_them_as_data(client):
    rows_of_each()
    head = RecordHead.current().noted

    said = client.get("/api/v1/decisions/right").json()["row"]
    assert said["votes"] == BALLOTS
    assert said["label"] == {"en": "adopted by vote"}
    assert (said["rests_on_reports"], said["are_seats_checked"]) == (False, True)
    assert client.get("/api/v1/decisions/wrong").json()["row"]["corrected_by"] == "right"
    stances = client.get("/api/v1/stances?action=ask").json()["rows"]
    assert [row["is_support"] for row in stances] == [True]
    assert client.get("/api/v1/statements?state=KR").json()["total"] == 1
    assert client.get("/api/v1/statements?state=JP").json()["total"] == 0
    assert client.get("/api/v1/treaties?state=KR").json()["rows"][0]["status"] == "ratified"
    rows = client.get("/api/v1/changes").json()["rows"]
    kinds = {row["kind"] for row in rows}
    assert kinds >= {"decision", "decision_paragraph", "statement", "stance", "wording"}
    decision = next(row for row in rows if row["row"] == "right")
    assert decision["said"]["ballots"] == ["KR:yes", "RU:no", "US:yes"]
    assert client.get(f"/api/v1/changes?since={head}").json()["rows"] == []


def test_what_is_said_to_an_ask_that_is_not_public_is_not_told(client):
    ask = make_action(slug="hidden")
    state(ask)
    type(ask).objects.filter(pk=ask.pk).update(state="draft")
    ask.refresh_from_db()
    ask.save()

    assert client.get("/api/v1/stances").json()["total"] == 0
    assert client.get("/api/v1/statements").json()["total"] == 1


def test_the_vocabulary_says_what_the_codes_mean(client):
    codes = client.get("/api/v1/vocabulary.json").json()["codes"]

    basis = {one["code"]: one["definition"]["en"] for one in codes["stances.basis"]}
    assert "no support of the ask" in basis["implied"]
    for column in ("decisions.outcome", "ballots.vote", "stances.stance", "treaties.status"):
        assert all(one["definition"]["en"] for one in codes[column]), column
    assert {one["code"] for one in codes["treaties.status"]} >= {"ratified", "not_party"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [1, 3])
def test_data_costs_the_same_however_many_rows_there_are(
    client, kind, number, django_assert_max_num_queries
):
    ask = make_action()
    for _each in range(number):
        decide_by_vote(BALLOTS, actions=[ask], sponsors=["US"], paragraphs=[{"number": "1"}])
        state(ask, joined=["JP"])
        make_treaty_status()

    most = {"decisions": 17, "statements": 15}.get(kind, 11)
    with django_assert_max_num_queries(most):
        assert client.get(f"/api/v1/{kind}").json()["total"] == number


# The zip


@pytest.fixture
def copy(tmp_path, monkeypatch):
    make_small_record()
    rows_of_each()
    made_in(tmp_path, pages=False, monkeypatch=monkeypatch)
    return tmp_path


def test_the_zip_has_them_and_its_program_holds_it_good(copy):
    code, out, err = check(copy)

    assert (code, err) == (0, "")
    assert "This copy holds" in out


@pytest.mark.parametrize(
    ("file", "before", "after", "named"),
    [
        ("json/decisions.json", "RU:no", "RU:yes", "Decision right: json/decisions.json says"),
        ("json/decisions.json", '"yes": 2', '"yes": 3', "Decision right"),
        ("json/decision_paragraphs.json", "So it is", "So it was", "Paragraph right-op-1"),
        ("json/statements.json", "We ask for it", "We refuse it", "Statement said"),
        ("json/statements.json", '"JP"', '"CN"', "Statement said"),
        ("json/stances.json", '"supports"', '"opposes"', "Stance said-on-ask"),
        ("chain.jsonl", "RU:no", "RU:yes", "Decision right (link"),
    ],
)
def test_a_changed_word_in_the_zip_is_named(copy, file, before, after, named):
    change(copy / file, before, after)

    code, _out, err = check(copy)
    assert code == 1
    assert named in err


def test_a_decision_that_was_put_into_the_zip_is_named(copy):
    path = copy / "json" / "decisions.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    lines = [json.dumps(row) for row in [*rows, {**rows[0], "slug": "made-up"}]]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")

    assert "Decision made-up is in json/decisions.json, and not in the chain." in check(copy)[2]


# The folder of a record

DECISION = {
    "slug": "unsc-1",
    "body": ["unsc"],
    "draft_symbol": "S/2024/255",
    "title": "Renewal of the Panel",
    "decided_on": "2024-03-28",
    "outcome": "adopted_by_vote",
    "sources": [["minutes"]],
    "actions": [["ask"]],
    "sponsors": ["US"],
    "ballots": BALLOTS,
    "paragraphs": [{"number": "OP 1", "words": "Decides.", "is_read": True}],
}
STATEMENT = {
    "slug": "kr-1",
    "state": "KR",
    "forum": "9591st meeting",
    "forum_body": ["unsc"],
    "said_on": "2024-03-28",
    "quote": "We ask for it.",
    "quote_language": "en",
    "sources": [["minutes"]],
    "asks": [{"action": ["ask"], "stance": "supports", "basis": "explicit"}],
}
TREATY = {
    "slug": "kr-it",
    "state": "KR",
    "legal_reference": ["it"],
    "status": "acceded",
    "since": "1995-01-09",
    "source": ["minutes"],
}


@pytest.fixture
def load(tmp_path, capsys):
    """Loads rows as the files of a folder would hold them; what the command said."""
    unsc = make_body(slug="unsc", name="The Council", states_sit=True, members_complete=True)
    for code in BALLOTS:
        make_seat(body=unsc, country=code)
    make_action(slug="ask", issue=make_issue(), body=unsc)
    make_source(key="minutes")
    reference = {"slug": "it", "title": "The Convention", "point": "So."}

    def load(decision=DECISION, statement=STATEMENT, treaty=TREATY):
        rows = {
            "legal_references": ("legalreference", reference),
            "decisions": ("decision", decision),
            "statements": ("statement", statement),
            "treaties": ("treatystatus", treaty),
        }
        for file, (model, fields) in rows.items():
            text = json.dumps([{"model": f"advocacy.{model}", "fields": fields}], indent=1)
            (tmp_path / f"{file}.json").write_text(text, encoding="utf-8")
        call_command("load_content", folder=str(tmp_path), verbosity=0)
        return capsys.readouterr().out

    return load


def test_a_folder_loads_them_once(load):
    assert "4 new" in load()

    decision = Decision.objects.get()
    assert decision.tally
    assert decision.paragraphs.get().slug == "unsc-1-op-1"
    assert Statement.objects.get().stances.get().slug == "kr-1-on-ask"
    assert TreatyStatus.objects.get().since.year == 1995
    assert verify()[0], verify()[1]
    assert "4 same" in load()


def test_a_folder_may_add_paragraphs_and_asks_and_change_nothing(load):
    load()
    make_action(slug="further")
    more = [*DECISION["paragraphs"], {"number": "OP 2"}]
    asks = [*STATEMENT["asks"], {"action": ["further"], "stance": "unclear", "basis": "none"}]

    load({**DECISION, "paragraphs": more}, {**STATEMENT, "asks": asks})

    assert DecisionParagraph.objects.count() == StatementAsk.objects.count() == 2
    with pytest.raises(CommandError, match=r"now differs in paragraphs\.OP 2:"):
        load(DECISION, {**STATEMENT, "asks": asks})


def test_a_treaty_status_that_staff_edited_stays_theirs(load):
    load()
    TreatyStatus.objects.update(note="Ours.", edited_by_staff_at="2026-01-01T00:00Z")

    assert "1 kept" in load(treaty={**TREATY, "note": "Theirs."})
    assert TreatyStatus.objects.get().note == "Ours."


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"decision": {**DECISION, "ballots": {**BALLOTS, "FR": "yes"}}},
            "decisions.json, unsc-1: ballots: FR had no seat in “The Council” on 28 March 2024",
        ),
        ({"decision": {**DECISION, "colour": "red"}}, "colour: there is no such field"),
        ({"decision": {**DECISION, "body": "unsc"}}, "body: write the key of a row in a list"),
        ({"decision": {**DECISION, "sources": [["x"]]}}, "sources: there is no source “x”"),
        ({"decision": {**DECISION, "decided_on": "soon"}}, "decided_on: “soon” value has"),
        ({"statement": {**STATEMENT, "state": "EU"}}, "state: “EU” is the code of an organ"),
        (
            {"statement": {**STATEMENT, "asks": [{**STATEMENT["asks"][0], "basis": "none"}]}},
            "statements.json, kr-1: asks: ",
        ),
        (
            {"statement": {**STATEMENT, "asks": [{**STATEMENT["asks"][0], "why": "so"}]}},
            "asks, 1: why: there is no such field",
        ),
        ({"treaty": {**TREATY, "status": "signs"}}, "treaties.json, kr-it: status: Value"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_row_line_and_field(load, changed, sentence):
    with pytest.raises(CommandError) as refusal:
        load(**changed)

    assert sentence in str(refusal.value)
    assert "Nothing was saved. It begins at line 5." in str(refusal.value)
    assert not Decision.objects.exists()


def test_a_row_of_the_record_that_a_file_rewrites_is_refused(load):
    load()

    with pytest.raises(CommandError, match="this row now differs in ballots:"):
        load({**DECISION, "ballots": {**BALLOTS, "KR": "no"}})
    stance = {"action": ["ask"], "stance": "opposes", "basis": "explicit"}
    with pytest.raises(CommandError, match=r"now differs in asks\.ask\.stance:"):
        load(statement={**STATEMENT, "asks": [stance]})
    assert Ballot.objects.get(state="KR").vote == "yes"
