"""What is derived from the record: current status, the two clocks, overdue, stale, as of a day."""

from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import (
    ExpectedBasis,
    MeetingKind,
    RecommendedAction,
    ResponseStatus,
    columns_of,
)
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_meeting,
    record,
    record_look,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
TODAY = date(2026, 11, 23)


def on(day=TODAY, **filters):
    asks = RecommendedAction.objects.with_status(day).with_sessions_passed().with_related()
    return asks.get(**filters).standing


def days(standing):
    """Days to the first sign of receipt and to the first answer, so far."""
    return tuple(clock.days for clock in standing.clocks)


def test_an_ask_without_entries_is_not_checked_and_no_clock_runs():
    make_action()

    standing = on()

    assert standing.status == S.NOT_CHECKED
    assert (standing.status_on, standing.last_checked_on) == (None, None)
    assert standing.clocks == []
    assert standing.days_waiting is None


def test_the_clocks_stop_at_the_first_acknowledgement_and_answer():
    action = make_action()
    record(action, S.ACKNOWLEDGED, happened_on=date(2024, 12, 26))
    record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 1, 5))
    record(action, S.PARTIAL_ACTION, happened_on=date(2025, 6, 1))

    standing = on()

    assert days(standing) == (10, 20)
    assert [clock.is_stopped for clock in standing.clocks] == [True, True]


def test_an_answer_on_the_substance_acknowledges_too():
    action = make_action()
    record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 1, 5))

    assert days(on()) == (20, 20)


@pytest.mark.parametrize("standing", [date(2024, 3, 28), ASKED_ON])
def test_the_position_when_asked_does_not_stop_the_clocks(standing):
    action = make_action()
    record(action, S.BLOCKED, happened_on=standing)

    standing = on()

    assert (standing.status, standing.stood_before) == (S.BLOCKED, True)
    assert days(standing) == (707, 707)
    assert [clock.is_stopped for clock in standing.clocks] == [False, False]


def test_looking_is_not_an_answer():
    action = make_action()
    record(action)
    record_look(action, date(2025, 5, 5))

    standing = on()

    assert standing.answered_on is None
    assert standing.last_moved_on == ASKED_ON


def test_a_corrected_entry_stops_no_clock():
    action = make_action()
    wrong = record(action, S.ACTION_TAKEN, happened_on=date(2025, 1, 5))
    record(
        action,
        S.UNDER_DISCUSSION,
        happened_on=date(2025, 2, 4),
        corrects=wrong,
        correction_reason="It was a debate a month later.",
    )

    assert days(on()) == (50, 50)


def test_the_clock_of_a_delivered_ask_stands_still():
    action = make_action()
    record(action, S.ACTION_TAKEN, happened_on=date(2024, 12, 16))

    standing = on()

    assert standing.days_waiting is None
    assert days(standing) == (0, 0)


def test_a_pause_stops_the_clock():
    reason = "The mandate holder's post is empty."
    record_look(make_action(paused_on=date(2025, 1, 15), pause_reason=reason))

    assert days(on()) == (30, 30)
    assert on().days_waiting is None
    assert days(on(date(2025, 1, 10))) == (25, 25)
    assert on(date(2025, 1, 10)).days_waiting == 25


def test_as_of_a_day_shows_the_record_of_that_day():
    action = make_action()
    record_look(action)
    record(action, S.PARTIAL_ACTION, happened_on=date(2025, 4, 3), checked_on=TODAY)

    then, now = on(date(2025, 1, 1)), on()

    assert (then.status, then.days_waiting) == (S.NO_RESPONSE, 16)
    assert then.last_checked_on == ASKED_ON
    assert (now.status, days(now)) == (S.PARTIAL_ACTION, (108, 108))
    assert now.last_checked_on == TODAY


def test_a_look_made_after_the_day_is_not_its_last_check():
    action = make_action()
    record(action, happened_on=date(2025, 1, 5), checked_on=date(2025, 6, 1))
    record_look(action, date(2025, 2, 1))

    assert on(date(2025, 3, 1)).last_checked_on == date(2025, 2, 1)
    assert on(date(2025, 6, 1)).last_checked_on == date(2025, 6, 1)


def test_an_ask_is_published_from_its_day():
    make_action()

    assert not RecommendedAction.objects.published(date(2024, 12, 15)).exists()
    assert RecommendedAction.objects.published(ASKED_ON).exists()


@pytest.mark.parametrize(
    ("basis", "status", "paused", "overdue"),
    [
        (ExpectedBasis.RULE, S.ACKNOWLEDGED, None, True),
        (ExpectedBasis.PROMISE, S.UNDER_DISCUSSION, None, True),
        (ExpectedBasis.OURS, S.ACKNOWLEDGED, None, False),
        (ExpectedBasis.RULE, S.ACTION_TAKEN, None, False),
        (ExpectedBasis.RULE, S.REFUSED, None, False),
        (ExpectedBasis.RULE, S.ACKNOWLEDGED, date(2025, 2, 1), False),
    ],
)
def test_overdue_needs_a_binding_date_and_an_open_ask(basis, status, paused, overdue):
    action = make_action(
        expected_by=date(2025, 3, 1),
        expected_basis=basis,
        paused_on=paused,
        pause_reason="Paused." if paused else "",
    )
    record(action, status)

    assert on().is_overdue is overdue
    assert on(date(2025, 3, 1)).is_overdue is False


def test_stale_is_ninety_days_without_a_look():
    action = make_action()
    record_look(action)
    asks = RecommendedAction.objects

    assert not asks.with_status(date(2025, 3, 16)).stale().exists()
    assert asks.with_status(date(2025, 3, 17)).stale().exists()
    assert not on(date(2025, 3, 16)).is_stale
    assert on(date(2025, 3, 17)).is_stale


def test_sessions_passed_count_from_the_last_movement():
    body = make_body()
    action = make_action(body=body)
    for start, end in [
        (date(2024, 11, 1), date(2024, 11, 20)),
        (date(2025, 3, 1), date(2025, 3, 20)),
        (date(2025, 6, 1), date(2025, 6, 20)),
        (date(2026, 3, 1), date(2026, 3, 20)),
    ]:
        make_meeting(body=body, starts_on=start, ends_on=end)
    make_meeting(
        body=body,
        kind=MeetingKind.DEADLINE,
        starts_on=date(2026, 4, 1),
        ends_on=date(2026, 4, 1),
    )
    make_meeting(starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 20))
    assert on().sessions_passed == 3

    record(action, happened_on=date(2025, 3, 5))

    # The session in which the body moved is not one that passed without movement.
    assert on().sessions_passed == 2


def test_without_an_answer_the_longest_wait_comes_first(client):
    newer = make_action(asked_on=date(2025, 5, 1))
    older = make_action()
    record_look(newer, date(2025, 5, 2))
    record(older, S.ACKNOWLEDGED)
    record(make_action(), S.UNDER_DISCUSSION)

    (group,) = client.get(reverse("overview"), {"by": "wait"}).context["silence"].groups
    assert [row.ask for row in group.rows][:2] == [older, newer]


def test_an_ask_whose_clock_is_paused_is_not_counted_as_waiting():
    record_look(make_action(paused_on=date(2025, 1, 15), pause_reason="Its post is empty."))

    assert not columns_of().unanswered
    assert columns_of(date(2025, 1, 10)).unanswered


def test_nothing_is_said_of_the_silence_of_the_unchecked_and_the_confidential():
    make_action()
    record_look(make_action(body=make_body(works_in_confidence=True)))

    assert not columns_of().unanswered
