"""How each State voted: ballots make the tally, and who had no seat that day has no vote."""

from datetime import date

import pytest

from advocacy.models import Decision, Vote
from tests.decisions import BALLOTS, DECIDED_ON, decide_by_vote, refused
from tests.factories import make_body, make_seat

pytestmark = pytest.mark.django_db


def council(*states, complete=True, until=None):
    """A council in which these States sit."""
    body = make_body(name="The Council", states_sit=True, members_complete=complete)
    for code in states:
        make_seat(body=body, country=code, starts_on=date(2023, 1, 1), ends_on=until)
    return body


def test_ballots_must_make_the_tally():
    said = refused("ballots", decide_by_vote, ballots=BALLOTS, yes=3, no=1, abstain=1)

    assert said == (
        "The tally says “in favour”: 3, and the ballots make 2. Give all ballots, or none."
    )


def test_a_part_of_the_ballots_is_refused():
    ballots = {"KR": "yes", "RU": "no"}

    said = refused("ballots", decide_by_vote, ballots=ballots, yes=93, no=18, abstain=65)
    assert "Give all ballots, or none." in said


def test_who_was_absent_may_be_counted_without_names():
    decision = decide_by_vote(BALLOTS, absent=18)

    assert decision.tally[Vote.ABSENT] == 18
    said = refused("ballots", decide_by_vote, ballots={**BALLOTS, "FR": "absent"}, absent=18)
    assert said.startswith("The tally says “absent”: 18, and the ballots make 1.")


def test_absences_count_for_nothing_unless_they_are_named():
    assert Vote.ABSENT not in decide_by_vote(BALLOTS).tally
    assert decide_by_vote({**BALLOTS, "FR": "absent"}).absent == 1


def test_ballots_are_held_against_as_many_seats_as_the_rules_of_a_body_say():
    body = council(*BALLOTS, complete=False, until=DECIDED_ON)
    assert not decide_by_vote(BALLOTS, body=body).are_seats_checked

    body.number_of_members = len(BALLOTS)
    body.save()

    decision = decide_by_vote(BALLOTS, body=body, symbol="S/2")
    assert decision.are_seats_checked
    assert Decision.objects.with_ballots().get(pk=decision.pk).are_seats_checked
    said = refused(
        "ballots", decide_by_vote, ballots={**BALLOTS, "FR": "no"}, body=body, symbol="S/4"
    )
    assert "FR had no seat in “The Council” on 28 March 2024" in said
    # Nobody knows who sat there the day after.
    assert not decide_by_vote(
        BALLOTS, body=body, symbol="S/3", decided_on=date(2024, 3, 29)
    ).are_seats_checked


def test_a_state_without_a_seat_that_day_cannot_vote():
    body = council("KR", "US", "RU", until=date(2024, 3, 27))
    make_seat(body=body, country="CN", starts_on=date(2024, 3, 28))

    said = refused("ballots", decide_by_vote, ballots=BALLOTS, body=body)
    assert said == "KR, RU, US had no seat in “The Council” on 28 March 2024, so they had no vote."

    whole = council(*BALLOTS, until=DECIDED_ON)
    assert decide_by_vote(BALLOTS, body=whole).are_seats_checked
    said = refused(
        "ballots", decide_by_vote, ballots=BALLOTS, body=whole, decided_on=date(2024, 3, 29)
    )
    assert "had no seat" in said


def test_members_of_an_organ_are_those_of_its_parent():
    body = council("KR", "US", "RU")
    organ = make_body(parent=body, states_sit=True)

    said = refused("ballots", decide_by_vote, ballots=BALLOTS, body=organ)
    assert said.startswith("CN had no seat in")


def test_where_not_all_members_are_known_nobody_is_refused_and_that_is_said():
    decision = decide_by_vote(BALLOTS, body=council("KR", complete=False))

    assert not decision.are_seats_checked


def test_in_the_assembly_members_of_the_united_nations_vote():
    said = refused("ballots", decide_by_vote, ballots={**BALLOTS, "PS": "yes"})

    assert said.startswith("PS is no member of the United Nations, so it has no vote in")


def test_in_a_body_of_no_states_no_state_votes():
    said = refused(
        "ballots",
        decide_by_vote,
        ballots=BALLOTS,
        body=make_body(name="The Court", states_sit=False),
    )

    assert said == "No States sit in “The Court”, so no State votes there."


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"ballots": {"EU": "yes"}}, "“EU” is the code of an organisation, not of a State."),
        ({"ballots": {"Korea": "yes"}}, "Give the two capital letters"),
        ({"ballots": {"KR": "maybe"}}, "“maybe” of KR is no vote. Choose one of: yes, no, abstain"),
        ({"decided_precision": "month"}, "Give the day of the vote"),
    ],
)
def test_ballots_that_say_nothing_are_refused(said, sentence):
    assert sentence in refused("ballots", decide_by_vote, **{"ballots": BALLOTS, **said})
