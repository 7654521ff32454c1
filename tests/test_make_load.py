from collections import Counter

import pytest
from django.core.management import call_command
from django.urls import reverse

from advocacy.models import (
    TRANSITIONS,
    AskState,
    Delivery,
    Draft,
    Issue,
    Meeting,
    RecommendedAction,
    ResponseStatus,
    Seat,
    StatusUpdate,
    Submission,
    Subscriber,
    TargetBody,
    is_step_back,
)
from advocacy.models.evidence import check_sources
from bench.make_load import fill
from bench.words import COMMON, MIDDLING, RARE, SCRIPTS, WORDS

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


def make_load(**numbers):
    fill(**{"issues": 5, "bodies": 6, "actions": 40, "updates": 400, **numbers}, quiet=True)


def test_it_makes_what_was_asked_for_and_the_pages_show_it(client):
    make_load(issues=7, bodies=3, actions=30, updates=100)

    assert [model.objects.count() for model in (Issue, TargetBody, RecommendedAction)] == [7, 3, 30]
    assert StatusUpdate.objects.count() == 100
    for name, count in [("issue_list", 7), ("action_list", 27), ("update_list", 100)]:
        context = client.get(reverse(name), {"looks": "1"}).context
        assert context.get("number_of_entries", context["page"].paginator.count) == count
    lead = client.get(reverse("overview")).context["lead"]
    assert (lead["asks"], lead["proposed"]) == (26, 3)  # One is withdrawn.


def test_the_record_and_how_its_asks_stand_hold(capsys):
    make_load()

    call_command("verify_record", verbosity=0)
    call_command("rebuild_standing", "--check", verbosity=0)

    said = capsys.readouterr().out
    assert Submission.objects.count() > 35
    assert "The record holds: 400 entries" in said
    assert "All 40 asks stand as their entries say." in said


def test_every_entry_is_one_that_the_record_would_have_taken():
    make_load(actions=8, updates=80)

    for action in RecommendedAction.objects.all():
        before = ResponseStatus.NOT_CHECKED
        for update in action.updates.not_corrected().responses().oldest_first():
            assert update.status in TRANSITIONS[before]
            assert update.is_setback == is_step_back(before, update.status)
            check_sources(update, list(update.sources.all()))
            before = update.status
    for update in StatusUpdate.objects.all():
        update.full_clean()


def test_asks_stand_in_many_ways():
    make_load(actions=120, updates=1200)

    asks = RecommendedAction.objects.with_status()
    statuses = Counter(asks.values_list("status", flat=True))
    states = Counter(asks.values_list("state", flat=True))
    looks = StatusUpdate.objects.looks().count()
    assert len(statuses) >= 10
    assert statuses[ResponseStatus.NOT_CHECKED] == 10
    assert max(statuses.values()) < 60
    assert {AskState.DRAFT, AskState.WITHDRAWN, AskState.SPLIT} < set(states)
    assert asks.filter(is_overdue=True).exists()
    assert asks.exclude(paused_on=None).exists()
    assert 0.25 < looks / 1200 < 0.45
    assert StatusUpdate.objects.corrections().exists()
    assert StatusUpdate.objects.filter(is_setback=True).exists()


def test_there_are_meetings_seats_drafts_and_followers_around_them():
    make_load(actions=200, updates=300, followers=20)

    assert Meeting.objects.upcoming().exists()
    assert Meeting.objects.exclude(pk__in=Meeting.objects.upcoming()).exists()
    assert Seat.objects.held().exists()
    assert Draft.objects.waiting().exists()
    assert Subscriber.objects.confirmed().count() == 20
    assert Delivery.objects.count() == 100


def test_words_are_rare_middling_and_common_in_every_script():
    make_load(issues=20, actions=200, updates=0)

    for script in SCRIPTS:
        found = [
            RecommendedAction.objects.containing(WORDS[script][rank]).count()
            for rank in (COMMON, MIDDLING, RARE)
        ]
        assert found == sorted(found, reverse=True)
        assert found[0] > 10
        assert found[2] < 5


@pytest.mark.parametrize(
    "numbers",
    [
        {"issues": -1},
        {"issues": 0},
        {"actions": 0},
    ],
)
def test_numbers_that_make_no_sense_are_refused(numbers):
    with pytest.raises(ValueError, match=r"need|negative"):
        make_load(**numbers)

    assert not Issue.objects.exists()


def test_a_second_load_into_the_same_database_is_refused():
    make_load(updates=1)

    with pytest.raises(ValueError, match="use a fresh one"):
        make_load(updates=1)
