"""How asks stand today, kept ready: what is kept is what the record says."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.models import (
    AskState,
    RecommendedAction,
    StandingToday,
    StatusUpdate,
)
from advocacy.models.enums import ResponseStatus
from advocacy.models.standing_today import COLUMNS, derived
from advocacy.upkeep import tasks
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_proposal,
    make_user,
    record,
    record_look,
)
from tests.moves import ASKED, CORRECTION, LISTED, LOOK, PAUSE, RESPONSE, TAKEN_BACK, play

pytestmark = pytest.mark.own_sql("models/action_queryset.py", "models/standing_today.py")

S = ResponseStatus


def kept(action):
    return StandingToday.objects.filter(action=action).values(*COLUMNS).get()


def found(action):
    asks = RecommendedAction.objects.filter(pk=action.pk)
    row = asks.annotate(**derived(timezone.localdate())).values(*COLUMNS).get()
    return row | {"entries": "".join(sorted(row["entries"]))}


MOVES = st.lists(
    st.one_of(RESPONSE, LOOK, CORRECTION, ASKED, TAKEN_BACK, LISTED, PAUSE), max_size=8
)


@pytest.mark.django_db
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(moves=MOVES, is_proposed=st.booleans())
def test_what_is_kept_for_today_is_what_the_record_says_after_every_change(moves, is_proposed):
    action = make_proposal() if is_proposed else make_action()
    by = make_user(is_superuser=True)

    for move in moves:
        play(action, by, move)

        assert kept(action) == found(action), move


@pytest.mark.django_db
def test_today_and_any_other_day_are_read_alike():
    action = make_action()
    record_look(action, date(2025, 1, 1))
    record(action, S.COMMITTED, happened_on=date(2025, 3, 19))
    asks = RecommendedAction.objects.filter(pk=action.pk)

    assert asks.with_status().values(*COLUMNS).get() == found(action)


@pytest.fixture
def spoiled(transactional_db=None):
    action = make_action(reference="NK-02")
    record(action, S.COMMITTED)
    StandingToday.objects.update(status="refused", answered_on=ASKED_ON)
    return action


@pytest.mark.django_db
def test_a_row_that_was_spoiled_is_named_and_rebuilt(spoiled):
    err = StringIO()
    with pytest.raises(CommandError, match="1 of 1 asks are kept wrong"):
        call_command("rebuild_standing", check=True, verbosity=0, stderr=err)
    assert f"Ask {spoiled.pk} differs in status, answered_on" in err.getvalue()
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_record", verbosity=0, stderr=err)
    assert "run rebuild_standing" in err.getvalue()

    out = StringIO()
    call_command("rebuild_standing", verbosity=0, stdout=out)
    call_command("rebuild_standing", check=True, verbosity=0, stdout=out)
    assert "How 1 asks stand today was derived anew." in out.getvalue()
    assert "All 1 asks stand as their entries say." in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("days", [-1, 1])
def test_nothing_that_is_kept_depends_on_the_day(monkeypatch, days):
    """As after a clock that was wrong by a day was set right."""
    today, now = timezone.localdate(), timezone.now()
    action = make_action()
    record_look(action, today)
    record(action, S.COMMITTED, happened_on=today)
    record(make_action(), S.BLOCKED, happened_on=today)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=days))

    out = StringIO()
    call_command("rebuild_standing", check=True, verbosity=0, stdout=out)

    assert "All 2 asks stand as their entries say." in out.getvalue()


@pytest.mark.django_db
def test_a_row_that_was_taken_away_is_named_and_rebuilt():
    make_action()
    StandingToday.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("rebuild_standing", check=True, verbosity=0, stderr=StringIO())

    call_command("rebuild_standing", verbosity=0, stdout=StringIO())

    assert RecommendedAction.objects.with_status().get().standing.status == S.NOT_CHECKED


@pytest.mark.django_db
def test_the_worker_compares_once_a_night_and_says_what_is_wrong(spoiled, caplog):
    midnight = timezone.localtime().replace(hour=0, minute=5)
    tasks.check_standing_nightly(midnight)
    assert caplog.text == ""

    for hour in (3, 4):
        tasks.check_standing_nightly(midnight.replace(hour=hour))

    assert caplog.text.count(f"1 asks are kept wrong, ask {spoiled.pk} first") == 1
    assert StandingToday.objects.get().status == "refused"


@pytest.mark.django_db
def test_a_look_and_its_entries_are_told_apart_by_what_was_on_record():
    action = make_action()
    first = record_look(action, date(2025, 1, 1))
    second = record_look(action, date(2025, 2, 1))
    record(action, S.COMMITTED, happened_on=date(2025, 3, 19))
    third = record_look(action, date(2025, 4, 1))
    secret = record_look(make_action(body=make_body(works_in_confidence=True)))

    words = {u.pk: (u.label, u.mark) for u in StatusUpdate.objects.with_related()}

    assert words[first.pk] == ("Looked: no public response found", "no_answer")
    assert words[second.pk] == ("Looked again: no public response found", "no_answer")
    assert words[third.pk] == ("Looked again: nothing new", "")
    assert words[secret.pk] == (
        "Looked: no public position; this body works in confidence",
        "",
    )


@pytest.mark.django_db
def test_a_draft_of_an_ask_has_its_row_as_well():
    action = make_action(state=AskState.DRAFT)

    assert kept(action)["status"] == S.NOT_CHECKED
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM advocacy_standingtoday")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_overdue_and_stale_depend_on_the_day_alone():
    today = timezone.localdate()
    action = make_action(
        expected_by=today - timedelta(days=1), expected_basis="rule", asked_on=ASKED_ON
    )
    record_look(action, today)

    late = RecommendedAction.objects.with_status(today).with_related().get()
    on_time = RecommendedAction.objects.with_status(today - timedelta(days=1)).with_related().get()

    assert (late.is_overdue, late.standing.is_overdue) == (True, True)
    assert (on_time.is_overdue, on_time.standing.is_overdue) == (False, False)
    assert "Overdue: an answer was due by" in late.standing.overdue_words
