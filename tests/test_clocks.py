"""What is derived from the record: current status, the two clocks, overdue, stale, as of a day."""

from datetime import date

import pytest

from advocacy.models import ExpectedBasis, MeetingKind, RecommendedAction, ResponseStatus
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_meeting,
    make_search_log,
    make_user,
    record,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
TODAY = date(2026, 11, 23)


def on(day=TODAY, **filters):
    return RecommendedAction.objects.with_status(day).with_sessions_passed().get(**filters)


def test_an_ask_without_entries_is_not_checked_and_both_clocks_run():
    make_action()

    ask = on()

    assert (ask.status, ask.status_on, ask.last_checked_on) == (S.NOT_CHECKED, None, None)
    assert (ask.days_to_acknowledgement, ask.days_to_answer) == (707, 707)
    assert ask.is_waiting


def test_the_clocks_stop_at_the_first_acknowledgement_and_answer():
    action = make_action()
    record(action, S.ACKNOWLEDGED, happened_on=date(2024, 12, 26))
    record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 1, 5))
    record(action, S.PARTIAL_ACTION, happened_on=date(2025, 6, 1))

    ask = on()

    assert (ask.days_to_acknowledgement, ask.days_to_answer) == (10, 20)
    assert not ask.is_waiting


def test_an_answer_on_the_substance_acknowledges_too():
    action = make_action()
    record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 1, 5))

    assert on().days_to_acknowledgement == 20


@pytest.mark.parametrize("standing", [date(2024, 3, 28), ASKED_ON])
def test_the_position_when_asked_does_not_stop_the_clocks(standing):
    action = make_action()
    record(action, S.BLOCKED, happened_on=standing)

    ask = on()

    assert ask.status == S.BLOCKED
    assert ask.days_to_answer == 707
    assert ask.is_waiting


def test_looking_is_not_an_answer():
    action = make_action()
    record(action)
    action.record_check(
        make_search_log(searched_on=date(2025, 5, 5)), by=make_user(is_superuser=True)
    )

    ask = on()

    assert ask.answered_on is None
    assert ask.last_moved_on == ASKED_ON


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

    assert on().days_to_answer == 50


def test_the_clock_of_a_delivered_ask_stands_still():
    action = make_action()
    record(action, S.ACTION_TAKEN, happened_on=date(2024, 12, 16))

    ask = on()

    assert not ask.is_waiting
    assert ask.days_to_answer == 0


def test_a_pause_stops_the_clock():
    make_action(paused_on=date(2025, 1, 15), pause_reason="The mandate holder's post is empty.")

    assert on().days_to_answer == 30


def test_as_of_a_day_shows_the_record_of_that_day():
    action = make_action()
    record(action, S.NO_RESPONSE, checked_on=ASKED_ON)
    record(action, S.PARTIAL_ACTION, happened_on=date(2025, 4, 3), checked_on=TODAY)

    then, now = on(date(2025, 1, 1)), on()

    assert (then.status, then.days_to_answer) == (S.NO_RESPONSE, 16)
    assert then.last_checked_on == ASKED_ON
    assert (now.status, now.days_to_answer) == (S.PARTIAL_ACTION, 108)
    assert now.last_checked_on == TODAY


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
    record(action, S.NO_RESPONSE, checked_on=ASKED_ON)
    asks = RecommendedAction.objects

    assert not asks.with_status(date(2025, 3, 16)).stale(date(2025, 3, 16)).exists()
    assert asks.with_status(date(2025, 3, 17)).stale(date(2025, 3, 17)).exists()
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

    record(action, happened_on=date(2025, 3, 25))

    assert on().sessions_passed == 2


def test_without_answer_puts_the_longest_wait_first():
    newer = make_action(asked_on=date(2025, 5, 1))
    older = make_action()
    record(newer, S.NO_RESPONSE, happened_on=date(2025, 5, 2))
    record(older, S.ACKNOWLEDGED)
    record(make_action(), S.UNDER_DISCUSSION)

    asks = RecommendedAction.objects.with_status(TODAY).without_answer()

    assert list(asks) == [older, newer]


def test_nothing_is_said_of_the_silence_of_the_unchecked_and_the_confidential():
    make_action()
    record(make_action(body=make_body(works_in_confidence=True)), S.NO_RESPONSE)

    assert not RecommendedAction.objects.with_status(TODAY).without_answer().exists()
