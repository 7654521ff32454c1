"""What was said to asks: by whom, in which words, and never more than was said."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from advocacy.models import (
    Link,
    ReachedBy,
    RecordIsAppendOnly,
    Stance,
    StanceBasis,
    Statement,
    StatementAsk,
)
from tests.decisions import DECIDED_ON, state
from tests.factories import (
    make_action,
    make_body,
    make_organisation,
    make_source,
    make_user,
)
from tests.test_chain import below, verify

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_sql("models/stances.py"),
]

S, B = Stance, StanceBasis


def refused(field, **said):
    before = Statement.objects.count(), Link.objects.count()
    with pytest.raises(ValidationError) as refusal:
        state(**said)
    assert (Statement.objects.count(), Link.objects.count()) == before
    errors = refusal.value.message_dict
    assert [*errors] == [field], errors
    return " ".join(errors[field])


def takes(ask, stance=S.SUPPORTS, basis=B.EXPLICIT, **said):
    return {"action": ask, "stance": stance, "basis": basis, **said}


def government(code):
    return make_body(country=code, reached_by=ReachedBy.MISSIONS)


# What is kept


def test_a_statement_says_who_spoke_where_and_what_it_says_to_each_ask():
    one, two = make_action(), make_action()
    said = state(
        joined=["JP", "US", "JP"],
        forum_body=make_body(),
        asks=[
            takes(one, sentence="It asks for it."),
            takes(two, S.UNCLEAR, B.NONE),
        ],
    )

    said = Statement.objects.with_related().get(pk=said.pk)
    assert said.states == ["KR", "JP", "US"]
    assert [(s.action, s.stance, s.is_support) for s in said.stances.all()] == [
        (one, S.SUPPORTS, True),
        (two, S.UNCLEAR, False),
    ]
    assert said.slug == "kr-2024-03-28"
    assert verify()[0], verify()[1]


@pytest.mark.parametrize("speaker", ["organisation", "body"])
def test_a_speaker_is_a_state_an_organisation_or_a_body(speaker):
    who = make_organisation(slug="we") if speaker == "organisation" else make_body(slug="we")

    assert state(**{speaker: who}).speaker_key == "we"
    assert verify()[0]


def test_what_is_known_from_copies_alone_is_kept_and_marked():
    copy = make_source(is_weak=True)

    assert state(sources=[copy]).rests_on_copies
    assert not state(sources=[copy, make_source()]).rests_on_copies


def test_a_further_ask_is_added_to_a_statement_that_stands():
    said, ask = state(make_action()), make_action()
    one = StatementAsk.objects.enter(by=make_user(), statement=said, **takes(ask))

    assert one.slug == f"{said.slug}-on-{ask.slug}"
    assert verify()[0]
    with pytest.raises(ValidationError, match="stands here twice"):
        StatementAsk.objects.enter(by=make_user(), statement=said, **takes(ask))


# What is refused


@pytest.mark.parametrize(
    ("field", "said", "sentence"),
    [
        ("state", {"state": ""}, "Name one speaker"),
        ("state", {"state": "EU"}, "“EU” is the code of an organisation, not of a State."),
        ("forum", {"forum": ""}, "Say where it was said"),
        ("point", {"quote": "", "quote_language": ""}, "Without its exact words"),
        ("quote_language", {"quote_language": ""}, "Exact words are in a language"),
        ("said_on", {"said_on": date(2100, 1, 1)}, "no dates in the future"),
        ("joined", {"joined": ["KR"]}, "KR is the speaker already."),
        ("joined", {"joined": ["UN"]}, "the code of an organisation"),
        ("took_place", {"took_place": False}, "Only a correction says"),
    ],
)
def test_what_a_statement_lacks_is_said_beside_its_field(field, said, sentence):
    assert sentence in refused(field, **said)


def test_two_speakers_are_refused():
    assert "not two of them" in refused("state", state="KR", organisation=make_organisation())


def test_a_government_is_no_speaker_beside_its_state():
    body = government("RU")
    said = refused("body", body=body)

    assert said == f"“{body}” speaks for its State: name the State, RU."


def test_a_statement_needs_a_source():
    with pytest.raises(ValidationError, match="Name a source"):
        Statement.objects.enter(
            by=make_user(), state="KR", said_on=DECIDED_ON, forum="It", point="It", sources=[]
        )


def test_the_same_words_of_a_day_are_entered_once():
    first = state(quote="We ask for it.")

    assert "already" in refused("quote", quote="We ask for it.")
    state(quote="We ask for it.", said_on=date(2024, 3, 29))
    state(quote="We ask for it.", state="JP")
    state(quote="We ask for it.", corrects=first, correction_reason="Another office.")


@pytest.mark.parametrize(
    ("stance", "basis"),
    [
        (S.SUPPORTS, B.NONE),
        (S.OPPOSES, B.NONE),
        (S.UNCLEAR, B.EXPLICIT),
        (S.UNCLEAR, B.IMPLIED),
        (S.QUALIFIED, B.IMPLIED),
    ],
)
def test_a_stance_without_its_basis_is_refused(stance, basis):
    ask = make_action()

    said = refused("asks", asks=[takes(ask, stance, basis)])
    assert said.startswith(f"{ask}: ")
    assert "spoke of the conduct alone" in said


# An implied stance is no support


def test_who_condemned_the_conduct_has_not_asked_for_the_step():
    ask = make_action()
    asked = state(ask)
    condemned = state(asks=[takes(ask, S.SUPPORTS, B.IMPLIED)])
    defended = state(asks=[takes(ask, S.OPPOSES, B.IMPLIED)])

    assert {*Statement.objects.with_stance(S.SUPPORTS)} == {asked}
    assert not Statement.objects.with_stance(S.OPPOSES).exists()
    implied = StatementAsk.objects.in_force().implied()
    assert {one.statement for one in implied} == {condemned, defended}
    assert not any(one.is_support or one.is_opposition for one in implied)


def test_stances_of_a_corrected_statement_count_no_more():
    ask = make_action()
    wrong = state(ask)
    right = state(asks=[takes(ask, S.UNCLEAR, B.NONE)], corrects=wrong, correction_reason="So.")

    assert [one.statement for one in StatementAsk.objects.in_force()] == [right]
    assert not StatementAsk.objects.in_force().taking(S.SUPPORTS).exists()
    assert [*Statement.objects.in_force()] == [right]
    wrong.refresh_from_db()
    assert wrong.is_corrected


# Reading


def test_the_page_of_a_government_shows_what_its_state_said():
    alone, joined = state(state="RU"), state(joined=["RU"])
    court = make_body(slug="court", country="RU", reached_by=ReachedBy.DIRECTLY)
    spoken = state(body=court)

    assert {*Statement.objects.of_body(government("RU"))} == {alone, joined}
    assert {*Statement.objects.of_body(spoken.body)} == {spoken}
    assert {*Statement.objects.of_state("RU")} == {alone, joined}


def test_it_has_a_page_of_its_own(client):
    page = client.get(state(state="KR", slug="kr-spoke", point="It spoke.").get_absolute_url())

    assert page.status_code == 200
    assert page.request["PATH_INFO"] == "/en/statements/kr-spoke/"
    assert "It spoke." in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_reading_them_costs_the_same_however_many_there_are(number, django_assert_num_queries):
    ask = make_action()
    for _each in range(number):
        state(ask, joined=["JP"])

    # The statements; their sources, who joined, and their stances with the asks.
    with django_assert_num_queries(4):
        for said in Statement.objects.bearing_on([ask]).newest_first().with_related():
            assert said.states == ["KR", "JP"]
            assert [one.action.title for one in said.stances.all()]
            assert not said.is_corrected


# The database and the chain


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("statement_has_one_speaker", {"state": ""}),
        ("statement_was_made_somewhere", {"forum": ""}),
        ("statement_says_something", {"quote": "", "quote_language": ""}),
        ("statement_quote_has_a_language", {"quote_language": ""}),
        ("statement_precision_is_known", {"said_precision": "hour"}),
        ("statement_is_not_in_the_future", {"said_on": date(2100, 1, 1)}),
        ("statement_correction_needs_reason", {"correction_reason": "So."}),
    ],
)
def test_the_database_holds_the_rules(name, said):
    row = state()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        models.QuerySet(Statement).filter(pk=row.pk).update(**said)


def test_the_database_holds_that_a_side_has_a_basis():
    one = state(make_action()).stances.get()

    with pytest.raises(IntegrityError, match="side_has_a_basis"), transaction.atomic():
        models.QuerySet(StatementAsk).filter(pk=one.pk).update(basis="none")


def test_nothing_of_it_is_changed_or_removed_through_the_program():
    said = state(make_action(), joined=["JP"])

    for row in (said, said.stances.get(), said.joined.get(), said.cited.get()):
        with pytest.raises(RecordIsAppendOnly):
            row.save()
        with pytest.raises(RecordIsAppendOnly):
            type(row).objects.all().delete()


def test_every_field_of_a_statement_is_hashed_or_named_as_not_hashed():
    for model, parts in [(Statement, {"sources", "joined"}), (StatementAsk, set())]:
        columns = {field.attname for field in model._meta.concrete_fields}
        assert columns - set(model.HASHED) == set(model.NOT_HASHED)
        assert set(model.HASHED) - columns == parts


@pytest.mark.parametrize("column", [*Statement.own_hashed()])
def test_tampering_with_any_field_of_a_statement_is_named(column):
    said = state(
        corrects=state(),
        correction_reason="A slip.",
        approved_by=make_user(is_superuser=True),
    )
    other = {
        "state": "JP",
        "organisation_id": make_organisation().pk,
        "body_id": make_body().pk,
        "forum_body_id": make_body().pk,
        "said_on": "2024-03-27",
        "said_precision": "month",
        "took_place": False,
        "recorded_at": timezone.now() + timedelta(days=1),
        "recorded_by_id": make_user().pk,
        "approved_by_id": make_user().pk,
        "corrects_id": state().pk,
    }.get(column, "changed")
    changed = {column: other}
    if column in ("organisation_id", "body_id"):
        changed["state"] = ""
    assert verify()[0]

    places = ", ".join(f"{name} = %s" for name in changed)
    below(f"UPDATE advocacy_statement SET {places} WHERE id = %s", *changed.values(), said.pk)

    holds, words = verify()
    assert not holds
    assert f"Statement {said.pk} (" in words


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE advocacy_statementask SET stance = 'opposes'", "Stance on an ask"),
        ("UPDATE advocacy_statementask SET sentence = 'Otherwise.'", "Stance on an ask"),
        ("DELETE FROM advocacy_statementask", "its row was removed"),
        ("UPDATE advocacy_cospeaker SET state = 'FR'", "Statement"),
        ("DELETE FROM advocacy_statementsource", "Statement"),
    ],
)
def test_tampering_with_what_belongs_to_a_statement_is_named(sql, named):
    state(make_action(), joined=["JP"])
    assert verify()[0]

    below(sql)

    holds, words = verify()
    assert not holds
    assert named in words
