from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from advocacy.models import Seat
from tests.factories import make_body, make_seat

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/overlap.py")]

TERM = (date(2025, 1, 1), date(2026, 12, 31))
CASES = [
    (TERM, (date(2026, 1, 1), date(2027, 12, 31)), True),
    (TERM, (date(2026, 12, 31), date(2028, 12, 31)), True),
    (TERM, (date(2027, 1, 1), date(2028, 12, 31)), False),
    (TERM, (date(2020, 1, 1), date(2024, 12, 31)), False),
    (TERM, (None, date(2025, 1, 1)), True),
    (TERM, (None, date(2024, 12, 31)), False),
    (TERM, (date(2026, 12, 31), None), True),
    (TERM, (date(2027, 1, 1), None), False),
    ((None, None), TERM, True),
]


@pytest.mark.parametrize(("first", "second", "clash"), CASES)
def test_the_database_keeps_seats_of_a_state_apart(first, second, clash):
    body = make_body()
    make_seat(body=body, starts_on=first[0], ends_on=first[1])

    if clash:
        with pytest.raises(IntegrityError, match="do_not_overlap"), transaction.atomic():
            make_seat(body=body, starts_on=second[0], ends_on=second[1])
    else:
        make_seat(body=body, starts_on=second[0], ends_on=second[1])

    assert Seat.objects.count() == (1 if clash else 2)


@pytest.mark.parametrize(("first", "second", "clash"), CASES)
def test_the_form_says_why_seats_clash(first, second, clash):
    body = make_body()
    make_seat(body=body, starts_on=first[0], ends_on=first[1])
    seat = Seat(
        slug="new",
        body=body,
        country="DK",
        capacity="elected",
        starts_on=second[0],
        ends_on=second[1],
    )

    if clash:
        with pytest.raises(ValidationError, match="already has a seat in this body"):
            seat.full_clean()
    else:
        seat.full_clean()


def test_moving_a_seat_onto_another_is_refused():
    body = make_body()
    make_seat(body=body)
    later = make_seat(body=body, starts_on=date(2027, 1, 1), ends_on=date(2028, 12, 31))
    later.starts_on = date(2026, 6, 1)

    with pytest.raises(IntegrityError, match="do_not_overlap"):
        later.save()


def test_other_states_and_other_bodies_do_not_clash():
    body = make_body()

    make_seat(body=body)
    make_seat(body=body, country="GR")
    make_seat()

    assert Seat.objects.count() == 3


def test_a_seat_ends_after_it_starts():
    with pytest.raises(IntegrityError, match="seat_ends_after_it_starts"):
        make_seat(starts_on=date(2025, 1, 1), ends_on=date(2025, 1, 1))


def test_held_counts_both_days_and_open_ends():
    seat = make_seat()
    open_ended = make_seat(country="FR", starts_on=None, ends_on=None)

    def held(*day):
        return set(Seat.objects.held(date(*day)))

    assert held(2024, 12, 31) == {open_ended}
    assert held(2025, 1, 1) == held(2026, 12, 31) == {seat, open_ended}
    assert held(2027, 1, 1) == {open_ended}
    assert list(Seat.objects.upcoming(date(2024, 12, 31))) == [seat]
    assert [seat.is_held(date(2024, 12, 31)), seat.is_held(date(2025, 1, 1))] == [False, True]
