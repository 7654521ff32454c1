"""What bodies decided and how each State voted: what the record refuses, and what it keeps."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from advocacy.models import (
    Ballot,
    Decision,
    DecisionParagraph,
    Outcome,
    RecordIsAppendOnly,
    Vote,
    make_groups,
)
from tests.decisions import BALLOTS, DECIDED_ON, decide, decide_by_vote, refused
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_source,
    make_user,
)
from tests.test_chain import below, verify

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_sql("models/decision_parts.py", "models/decisions.py", "models/recorded.py"),
]

NINE = ["KR", "US", "FR", "GB", "JP", "SI", "EC", "MT", "CH"]


# What is kept


def test_a_decision_says_who_voted_how_and_the_tally_is_counted():
    ask, issue = make_action(), make_issue()
    decision = decide_by_vote(
        BALLOTS,
        actions=[ask],
        issues=[issue],
        sponsors=["US", "KR", "US"],
        paragraphs=[
            {"number": "OP 1", "words": "Decides so.", "is_read": True},
            {"number": "OP 2"},
        ],
    )

    decision = Decision.objects.with_related().with_ballots().get(pk=decision.pk)
    assert decision.tally == {Vote.YES: 2, Vote.NO: 1, Vote.ABSTAIN: 1}
    assert decision.by_vote() == {Vote.YES: ["KR", "US"], Vote.NO: ["RU"], Vote.ABSTAIN: ["CN"]}
    assert [sponsor.state for sponsor in decision.sponsors.all()] == ["US", "KR"]
    assert [(p.number, p.is_read) for p in decision.paragraphs.all()] == [
        ("OP 1", True),
        ("OP 2", False),
    ]
    assert (*decision.actions.all(), *decision.issues.all()) == (ask, issue)
    assert decision.are_seats_checked
    assert not decision.rests_on_reports
    assert verify()[0], verify()[1]


def test_it_gets_a_name_from_its_symbol_and_paragraphs_get_theirs():
    body = make_body(slug="unsc", states_sit=True)
    said = {"body": body, "symbol": "", "draft_symbol": "S/2024/255"}
    decision = decide(**said, paragraphs=[{"number": "OP 12"}])

    assert decision.slug == "unsc-s-2024-255"
    assert decision.paragraphs.get().slug == "unsc-s-2024-255-op-12"
    again = decide(**said, decided_on=date(2024, 3, 29))
    assert again.slug == "unsc-s-2024-255-2"


def test_a_decision_known_from_reports_alone_is_marked():
    press = make_source(tier=3)

    assert decide(sources=[press]).rests_on_reports
    assert not decide(sources=[press, make_source(tier=1)]).rests_on_reports
    # A copy of the official record is none.
    assert decide(sources=[press, make_source(tier=1, is_weak=True)]).rests_on_reports


def test_a_paragraph_may_be_read_later():
    decision = decide(paragraphs=[{"number": "OP 1"}])
    DecisionParagraph.objects.enter(
        by=make_user(), decision=decision, number="OP 2", words="So it is.", is_read=True
    )

    assert decision.paragraphs.count() == 2
    assert verify()[0]
    with pytest.raises(ValidationError, match="stands here twice"):
        DecisionParagraph.objects.enter(by=make_user(), decision=decision, number="OP 1")


# What else is refused


@pytest.mark.parametrize(
    ("field", "said", "sentence"),
    [
        ("yes", {"outcome": Outcome.ADOPTED_BY_VOTE}, "A vote has a tally"),
        ("yes", {"outcome": Outcome.VETO, "yes": 8, "no": 1, "abstain": 6}, "nine votes or more"),
        (
            "yes",
            {"outcome": Outcome.ADOPTED_BY_VOTE, "yes": 1, "no": 2, "abstain": 0},
            "no more votes",
        ),
        ("outcome", {"yes": 3}, "Where nobody voted there is no tally."),
        ("outcome", {"outcome": "lost"}, "not a valid choice"),
        ("title", {"title": ""}, "cannot be blank"),
        ("sponsors", {"sponsors": ["UN"]}, "the code of an organisation"),
        ("took_place", {"took_place": False}, "Only a correction says that it never took place."),
        ("correction_reason", {"correction_reason": "So."}, "A correction names what it corrects"),
        ("paragraphs", {"paragraphs": [{"number": "1", "is_read": True}]}, "Paragraph “1”: What"),
        ("paragraphs", {"paragraphs": [{"number": "1"}, {"number": "1"}]}, "stands here twice"),
    ],
)
def test_what_a_decision_lacks_is_said_beside_its_field(field, said, sentence):
    assert sentence in refused(field, **said)


def test_it_is_not_of_the_future():
    tomorrow = timezone.localdate() + timedelta(days=1)

    assert refused("decided_on", decided_on=tomorrow) == "The record holds no dates in the future."


def test_it_needs_a_source_and_a_copy_alone_is_none():
    assert refused("sources", sources=[make_source(is_weak=True)]).startswith("A weak source")
    with pytest.raises(ValidationError, match="Name a source"):
        Decision.objects.enter(
            by=make_user(),
            body=make_body(),
            title="It",
            decided_on=DECIDED_ON,
            outcome=Outcome.ADOPTED,
            sources=[],
        )


def test_a_decision_is_entered_once():
    body = make_body()
    decide(body=body, symbol="A/RES/79/181", draft_symbol="A/C.3/79/L.34")

    sentence = "The record has “a/res/79/181” of this body already. Correct that one."
    said = refused("symbol", body=body, symbol="a/res/79/181", decided_on=date(2025, 1, 1))
    assert said == sentence
    assert "already" in refused("draft_symbol", body=body, symbol="", draft_symbol="A/C.3/79/L.34")
    # Another body, and the same draft on another day.
    decide(symbol="A/RES/79/181")
    decide(body=body, symbol="", draft_symbol="A/C.3/79/L.34", decided_on=date(2024, 3, 29))


# Constraints


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("decision_by_vote_has_a_tally", {"outcome": Outcome.VOTES_SHORT}),
        ("decision_without_a_vote_has_no_tally", {"no": 1}),
        (
            "decision_veto_needs_nine_votes",
            {"outcome": Outcome.VETO, "yes": 8, "no": 1, "abstain": 0},
        ),
        (
            "decision_adopted_has_not_more_against",
            {"outcome": Outcome.ADOPTED_BY_VOTE, "yes": 1, "no": 2, "abstain": 0},
        ),
        ("decision_outcome_is_known", {"outcome": "lost"}),
        ("decision_precision_is_known", {"decided_precision": "hour"}),
        ("decision_is_not_in_the_future", {"decided_on": date(2100, 1, 1)}),
        ("decision_is_taken_back_by_a_correction", {"took_place": False}),
        ("decision_correction_needs_reason", {"correction_reason": "So."}),
        ("yes", {"yes": -1}),
    ],
)
def test_the_database_holds_the_rules(name, said):
    decision = decide()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        models.QuerySet(Decision).filter(pk=decision.pk).update(**said)


def test_the_database_refuses_a_second_ballot_and_a_double():
    decision = decide_by_vote(BALLOTS)
    ballots = models.QuerySet(Ballot)

    with pytest.raises(IntegrityError), transaction.atomic():
        ballots.bulk_create([Ballot(decision=decision, state="KR", vote="no")])
    with pytest.raises(IntegrityError, match="ballot_vote_is_known"), transaction.atomic():
        ballots.bulk_create([Ballot(decision=decision, state="FR", vote="maybe")])
    other = decide(body=decision.body)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(Decision).filter(pk=other.pk).update(symbol=decision.symbol.lower())
    with pytest.raises(IntegrityError, match="does_not_correct_itself"), transaction.atomic():
        models.QuerySet(Decision).filter(pk=other.pk).update(
            corrects=other.pk, correction_reason="So."
        )


# Corrections


def test_a_correction_says_all_anew_and_both_stay():
    wrong = decide_by_vote(BALLOTS, symbol="S/RES/1")
    right = decide_by_vote(
        {**BALLOTS, "CN": "no"},
        body=wrong.body,
        symbol="S/RES/1",
        corrects=wrong,
        correction_reason="China voted against.",
    )

    assert [*Decision.objects.in_force()] == [right]
    assert {*Decision.objects.by(timezone.localdate())} == {wrong, right}
    wrong.refresh_from_db()
    assert wrong.is_corrected
    assert not wrong.counts
    assert wrong.by_vote()[Vote.ABSTAIN] == ["CN"]
    assert verify()[0]
    said = refused("corrects", body=wrong.body, corrects=wrong, correction_reason="So.")
    assert "correct the newer one" in said


def test_what_never_took_place_is_taken_back_and_may_be_entered_anew():
    wrong = decide(symbol="S/RES/1")
    said = {"body": wrong.body, "symbol": "S/RES/1"}
    decide(**said, corrects=wrong, correction_reason="It was another.", took_place=False)

    assert not Decision.objects.in_force().exists()


def test_nothing_of_it_is_changed_or_removed_through_the_program():
    decision = decide_by_vote(BALLOTS, paragraphs=[{"number": "OP 1"}])
    rows = [decision, decision.ballots.first(), decision.cited.first(), decision.paragraphs.get()]

    for row in rows:
        with pytest.raises(RecordIsAppendOnly):
            row.save()
        with pytest.raises(RecordIsAppendOnly):
            row.delete()
        with pytest.raises(RecordIsAppendOnly):
            type(row).objects.update(pk=1)
    with pytest.raises(RecordIsAppendOnly):
        decision.actions.add(make_action())


def test_who_may_not_publish_records_nothing():
    make_groups()
    editor, publisher = make_user(), make_user()
    editor.groups.set(Group.objects.filter(name="Editor"))
    publisher.groups.set(Group.objects.filter(name="Publisher"))
    said = {
        "body": make_body(),
        "title": "It",
        "decided_on": DECIDED_ON,
        "outcome": Outcome.ADOPTED,
        "sources": [make_source()],
    }

    with pytest.raises(PermissionDenied):
        Decision.objects.record(by=editor, **said)
    assert Decision.objects.record(by=editor, approved_by=publisher, **said).approved_by


# The chain


def test_every_field_of_a_decision_is_hashed_or_named_as_not_hashed():
    for model, parts in [
        (Decision, {"sources", "actions", "issues", "sponsors", "ballots"}),
        (DecisionParagraph, set()),
    ]:
        columns = {field.attname for field in model._meta.concrete_fields}
        assert columns - set(model.HASHED) == set(model.NOT_HASHED)
        assert set(model.HASHED) - columns == parts


@pytest.mark.every_case
@pytest.mark.parametrize("column", [*Decision.own_hashed()])
def test_tampering_with_any_field_of_a_decision_is_named(column):
    wrong = decide()
    decision = decide_by_vote(
        {**dict.fromkeys(NINE, "yes"), "RU": "no"},
        body=make_body(states_sit=True, all_states_sit=True),
        outcome=Outcome.VETO,
        draft_symbol="S/2024/1",
        approved_by=make_user(is_superuser=True),
        corrects=wrong,
        correction_reason="A slip.",
    )
    other = {
        "body_id": make_body().pk,
        "decided_on": "2024-03-27",
        "decided_precision": "month",
        "outcome": "votes_short",
        "took_place": False,
        "yes": 10,
        "no": 2,
        "abstain": 1,
        "absent": 1,
        "not_voting": 1,
        "recorded_at": timezone.now() + timedelta(days=1),
        "recorded_by_id": make_user().pk,
        "approved_by_id": make_user().pk,
        "corrects_id": decide().pk,
    }.get(column, "changed")
    assert verify()[0]

    below(f"UPDATE advocacy_decision SET {column} = %s WHERE id = %s", other, decision.pk)

    holds, words = verify()
    assert not holds
    assert f"Decision {decision.pk} (" in words


@pytest.mark.every_case
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE advocacy_ballot SET vote = 'no' WHERE state = 'CN'",
        "UPDATE advocacy_ballot SET state = 'FR' WHERE state = 'CN'",
        "DELETE FROM advocacy_ballot WHERE state = 'CN'",
        "UPDATE advocacy_sponsor SET state = 'FR'",
        "DELETE FROM advocacy_decisionask",
        "DELETE FROM advocacy_decisionissue",
        "DELETE FROM advocacy_decisionsource",
        "UPDATE advocacy_decisionparagraph SET words = 'Otherwise.'",
        "UPDATE advocacy_decisionparagraph SET is_read = false",
        "DELETE FROM advocacy_decisionparagraph",
        "UPDATE advocacy_targetbody SET name = 'Another'",
        "UPDATE advocacy_source SET title = 'Another'",
    ],
)
def test_tampering_with_what_belongs_to_a_decision_is_noticed(sql):
    decide_by_vote(
        BALLOTS,
        sponsors=["US"],
        actions=[make_action()],
        issues=[make_issue()],
        paragraphs=[{"number": "OP 1", "words": "So.", "is_read": True}],
    )
    assert verify()[0]

    below(sql)

    assert not verify()[0]


def test_a_decision_put_in_past_the_program_is_named():
    decision = decide()
    row = Decision(
        **{f.attname: getattr(decision, f.attname) for f in Decision._meta.concrete_fields}
    )
    row.pk, row.slug, row.symbol = None, "another", "S/RES/another"
    row.save_base(force_insert=True)

    assert re.search(rf"decision {row.pk} was put in past the program", verify()[1])


# Reading


def test_decisions_are_found_by_what_they_bear_on_and_who_voted():
    issue = make_issue()
    ask = make_action(issue=issue)
    one = decide_by_vote(BALLOTS, actions=[ask])
    two = decide(issues=[issue], sponsors=["KR"])
    decide()

    objects = Decision.objects
    assert {*objects.bearing_on([ask])} == {one}
    assert {*objects.about(issue)} == {one, two}
    assert {*objects.voted("KR")} == {one}
    assert {*objects.voted("KR", Vote.YES)} == {one}
    assert not objects.voted("KR", Vote.NO).exists()
    assert {*objects.sponsored_by("KR")} == {two}


@pytest.mark.parametrize("number", [1, 3])
def test_reading_them_costs_the_same_however_many_there_are(number, django_assert_num_queries):
    for _each in range(number):
        decide_by_vote(BALLOTS, sponsors=["US"], paragraphs=[{"number": "OP 1"}])

    # The decisions; their sources, sponsors, paragraphs and ballots.
    with django_assert_num_queries(5):
        for decision in Decision.objects.in_force().newest_first().with_related().with_ballots():
            assert decision.by_vote()
            assert not decision.is_corrected
            assert not decision.rests_on_reports
            assert decision.are_seats_checked
            assert [*decision.sponsors.all(), *decision.paragraphs.all(), decision.body.name]
