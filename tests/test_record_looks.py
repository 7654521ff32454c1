"""Looks, and responses that are found late: what is recorded between what was recorded before."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from advocacy.models import RecommendedAction, ResponseStatus, StatusUpdate, look_details
from tests.factories import (
    ASKED_ON,
    make_action,
    make_search_log,
    make_user,
    record,
    record_look,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus


def test_looking_again_keeps_the_status_and_moves_last_checked():
    action = make_action()
    met = record(action, checked_on=ASKED_ON)
    log = make_search_log(searched_on=date(2026, 2, 1))

    action.record_look(log, by=make_user(is_superuser=True))

    stored = RecommendedAction.objects.with_status().get()
    assert (stored.status, stored.status_update_id) == (S.UNDER_DISCUSSION, met.pk)
    assert (stored.status_on, stored.last_checked_on) == (ASKED_ON, date(2026, 2, 1))


def test_looking_for_the_first_time_finds_no_response():
    action = make_action()

    action.record_look(make_search_log(), by=make_user(is_superuser=True))

    assert RecommendedAction.objects.with_status().get().status == S.NO_RESPONSE


@pytest.mark.parametrize("status", [S.BLOCKED, S.NO_RESPONSE, S.NOT_CHECKED])
def test_a_look_has_no_status_of_its_own(status):
    action = make_action()

    with pytest.raises(ValidationError) as refusal:
        action.enter(status, by=make_user(), **look_details(make_search_log()))

    assert "Choose a status of the vocabulary." in str(refusal.value)


def test_a_look_points_nowhere():
    action = make_action()

    with pytest.raises(ValidationError) as refusal:
        record_look(action, points_other_way=True)

    message = "Only a response of the body can point the other way."
    assert refusal.value.message_dict == {"points_other_way": [message]}


def test_what_points_the_other_way_keeps_its_code_and_its_phase():
    action = make_action()
    record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 1, 5), points_other_way=True)

    standing = RecommendedAction.objects.with_status().get().standing
    assert (standing.status, standing.phase) == (S.UNDER_DISCUSSION, "in_progress")
    assert standing.points_other_way
    before = RecommendedAction.objects.with_status(date(2025, 1, 4)).get().standing
    assert not before.points_other_way


def test_an_answer_found_late_is_recorded_and_the_looks_stay_true():
    action = make_action()
    look = record_look(action, date(2025, 3, 1))
    assert RecommendedAction.objects.with_status().get().status == S.NO_RESPONSE

    record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 1, 5))

    stored = RecommendedAction.objects.with_status().get()
    assert (stored.status, stored.answered_on) == (S.UNDER_DISCUSSION, date(2025, 1, 5))
    then = RecommendedAction.objects.with_status(date(2025, 1, 4)).get()
    assert then.status == S.NOT_CHECKED
    look = StatusUpdate.objects.with_place().get(pk=look.pk)
    assert look.label == "Looked: no public response found"
    assert "We had missed it: a response of 5 January 2025" in look.missed_words
    again = record_look(action, date(2025, 4, 1))
    assert (again.label, again.missed_words) == ("Looked again: nothing new", "")


def test_a_response_found_late_gives_the_next_one_its_reason_in_the_same_act():
    action = make_action()
    record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 6, 1))
    late = {"happened_on": date(2025, 3, 1)}

    with pytest.raises(ValidationError) as refusal:
        record(action, S.COMMITTED, **late)
    (message,) = refusal.value.message_dict["later_reason"]
    assert "says “Under discussion” on 1 June 2025" in message
    assert action.updates.count() == 1

    record(action, S.COMMITTED, later_reason="It stepped back from its promise.", **late)

    newest = StatusUpdate.objects.get(corrects__isnull=False)
    assert newest.corrects.happened_on == newest.happened_on == date(2025, 6, 1)
    assert newest.transition_reason == "It stepped back from its promise."
    assert newest.is_setback
    assert RecommendedAction.objects.with_status().get().status_update_id == newest.pk
