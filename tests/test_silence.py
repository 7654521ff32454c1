"""The picture says of each ask how long it was silent, and nothing that the record does not."""

from datetime import date

import pytest

from advocacy.models import RecommendedAction, ResponseStatus
from advocacy.public.silence import silence_of
from tests.factories import make_action, make_body, record, record_look

pytestmark = pytest.mark.django_db

S = ResponseStatus
ASKED, LAST = date(2024, 1, 1), date(2024, 4, 10)  # a hundred days


def row_of(**fields):
    """The only row of the picture on the last day."""
    asks = RecommendedAction.objects.with_status(LAST).with_related()
    ((row,),) = [group.rows for group in silence_of(asks, LAST, **fields).groups]
    return row


def parts_of(row):
    return [(part.x, part.width, part.is_silence, part.mark) for part in row.parts]


def test_a_silence_is_a_bar_from_the_ask_to_the_last_look():
    record_look(make_action(asked_on=ASKED), date(2024, 2, 1))

    row = row_of()

    assert row.asked_at == "0.00%"
    # Of the days since then nobody knows.
    assert parts_of(row) == [("0.00%", "31.00%", True, "no_answer")]
    assert row.changes == []


def test_a_silence_ends_with_the_first_response():
    action = make_action(asked_on=ASKED)
    record_look(action, date(2024, 1, 5))
    record(action, S.UNDER_DISCUSSION, happened_on=date(2024, 1, 31))
    record(action, S.REFUSED, happened_on=date(2024, 3, 1))

    row = row_of()

    assert parts_of(row) == [
        ("0.00%", "30.00%", True, "no_answer"),
        ("30.00%", "30.00%", False, "in_progress"),
        ("60.00%", "40.00%", False, "against"),
    ]
    assert row.changes == [("30.00%", "in_progress"), ("60.00%", "against")]


def test_where_nobody_has_looked_no_silence_is_drawn():
    make_action(asked_on=ASKED)

    assert row_of().parts == []


def test_a_body_that_works_in_confidence_is_not_silent():
    action = make_action(asked_on=ASKED, body=make_body(works_in_confidence=True))
    record_look(action, date(2024, 2, 1))

    assert row_of().parts == []


def test_a_sign_of_receipt_is_no_answer_and_no_silence():
    action = make_action(asked_on=ASKED)
    record_look(action, date(2024, 1, 5))
    record(action, S.ACKNOWLEDGED, happened_on=date(2024, 1, 11))

    assert [(p.width, p.is_silence, p.mark) for p in row_of().parts] == [
        ("10.00%", True, "no_answer"),
        ("90.00%", False, "no_answer"),
    ]


def test_what_stood_before_the_ask_is_no_silence():
    action = make_action(asked_on=ASKED)
    record(action, S.BLOCKED, happened_on=date(2023, 6, 1))

    row = row_of()

    assert parts_of(row) == [("0.00%", "100.00%", False, "against")]
    assert row.changes == []


def test_nothing_of_later_days_is_drawn():
    action = make_action(asked_on=ASKED)
    record_look(action, date(2024, 1, 5))
    record_look(action, LAST)
    record(action, S.UNDER_DISCUSSION, happened_on=date(2024, 6, 1))

    assert parts_of(row_of()) == [("0.00%", "100.00%", True, "no_answer")]


def test_no_wait_runs_on_while_its_clock_is_paused():
    action = make_action(asked_on=ASKED, paused_on=date(2024, 2, 20), pause_reason="A vote.")
    record_look(action, LAST)

    assert parts_of(row_of()) == [("0.00%", "50.00%", True, "no_answer")]


def test_the_picture_costs_one_query_for_all_rows(django_assert_num_queries):
    for _ in range(3):
        record_look(make_action(asked_on=ASKED), date(2024, 1, 5))
    asks = list(RecommendedAction.objects.with_status(LAST).with_related())

    # The entries, and those that a correction has replaced.
    with django_assert_num_queries(1):
        assert len(silence_of(asks, LAST, by="wait").groups[0].rows) == 3


def test_the_axis_names_few_months_and_none_where_there_is_no_room():
    for first, last in [(ASKED, LAST), (date(2014, 5, 5), LAST), (date(2024, 4, 9), LAST)]:
        action = make_action(asked_on=first)
        record_look(action, first)
        asks = RecommendedAction.objects.with_status(last).with_related().filter(pk=action.pk)
        ticks = silence_of(asks, last).ticks

        assert 1 <= len(ticks) <= 6
        assert all(0 <= float(tick.x.rstrip("%")) <= 95 for tick in ticks)
