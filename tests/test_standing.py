"""How an ask stands on a day: the words that may be shown, and the rows kept ready for today."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.models import (
    AskState,
    RecommendedAction,
    ResponseStatus,
    Standing,
    StandingToday,
    StatusUpdate,
)
from advocacy.models.standing import grouped
from advocacy.models.standing_today import COLUMNS, derived
from advocacy.models.vocabulary import RECORDED
from advocacy.upkeep import tasks
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_user,
    record,
    record_look,
)

S = ResponseStatus
DAY = date(2026, 11, 26)


def standing(status, **fields):
    on = fields.get("status_on")
    moved = {"last_moved_on": on} if on else {}
    return Standing(day=DAY, asked_on=ASKED_ON, status=status, **moved | fields)


LOOKED = {"last_checked_on": date(2026, 11, 23)}
PAUSED = {"paused_on": date(2025, 1, 25), "pause_reason": "The post is empty"}
CASES = {
    "nobody looked": (standing(S.NOT_CHECKED), "Not yet checked"),
    "no response": (
        standing(S.NO_RESPONSE, **LOOKED),
        "No public response found in 710 days since the ask (last looked 23 November 2026)",
    ),
    "in confidence": (
        standing(S.NO_RESPONSE, in_confidence=True, **LOOKED),
        "No public position; this body works in confidence",
    ),
    "in confidence, and it spoke": (
        standing(S.UNDER_DISCUSSION, in_confidence=True, status_on=date(2025, 2, 13)),
        "Under discussion on 13 February 2025. This body works in confidence",
    ),
    "acknowledged": (
        standing(
            S.ACKNOWLEDGED,
            status_on=date(2025, 1, 5),
            acknowledged_on=date(2025, 1, 5),
            **LOOKED,
        ),
        "Acknowledged on 5 January 2025. No answer on the substance in 710 days since the ask"
        " (last looked 23 November 2026)",
    ),
    "stood so before": (
        standing(S.UNDER_DISCUSSION, status_on=date(2024, 10, 30)),
        "Under discussion on 30 October 2024. It stood so before the ask (30 October 2024);"
        " nothing new in 710 days",
    ),
    "answered": (
        standing(
            S.COMMITTED,
            status_on=date(2025, 3, 19),
            answered_on=date(2025, 3, 19),
        ),
        "Promised on 19 March 2025. First answer after 93 days; last movement 617 days ago",
    ),
    "moved today": (
        standing(S.COMMITTED, status_on=DAY, answered_on=date(2025, 3, 19)),
        "Promised on 26 November 2026. First answer after 93 days; last movement today",
    ),
    "delivered": (
        standing(S.ACTION_TAKEN, status_on=date(2026, 9, 24), answered_on=date(2026, 9, 24)),
        "Action taken on 24 September 2026. Done 647 days after the ask",
    ),
    "delivered before": (
        standing(S.ACTION_TAKEN, status_on=date(2024, 9, 24)),
        "Action taken on 24 September 2024. Done before the ask",
    ),
    "closed without credit": (
        standing(S.OVERTAKEN, status_on=date(2026, 9, 24)),
        "Overtaken by events on 24 September 2026. Closed 647 days after the ask",
    ),
    "against, before": (
        standing(S.BLOCKED, status_on=date(2024, 3, 28)),
        "Blocked on 28 March 2024, before the ask; nothing new in 710 days",
    ),
    "against, after": (
        standing(S.REFUSED, status_on=date(2026, 11, 6), answered_on=date(2026, 11, 6)),
        "Refused on 6 November 2026; nothing new in 20 days",
    ),
    "a month is all that is known": (
        standing(
            S.COMMITTED,
            status_on=date(2025, 3, 1),
            status_precision="month",
            answered_on=date(2025, 3, 1),
        ),
        "Promised in March 2025. First answer after 75 days; last movement 635 days ago",
    ),
    "acknowledged, as was found later": (
        standing(S.ACKNOWLEDGED, status_on=date(2026, 10, 1)),
        "Acknowledged on 1 October 2026. No answer on the substance in 710 days since the ask",
    ),
    "paused": (
        standing(S.NO_RESPONSE, **LOOKED, **PAUSED),
        "No public response found. Clock paused after 40 days: The post is empty",
    ),
    "to be paused later": (
        Standing(
            day=date(2025, 1, 20),
            asked_on=ASKED_ON,
            status=S.NO_RESPONSE,
            last_checked_on=date(2025, 1, 10),
            **PAUSED,
        ),
        "No public response found in 35 days since the ask (last looked 10 January 2025)",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_sentence_of_a_standing(case):
    shown, words = CASES[case]

    assert shown.sentence == words


@pytest.mark.parametrize("case", CASES)
def test_without_an_answer_is_said_only_where_it_is_true(case):
    shown, _words = CASES[case]

    silent = case in (
        "no response",
        "acknowledged",
        "acknowledged, as was found later",
        "to be paused later",
    )
    assert shown.wait == (f"{(shown.day - ASKED_ON).days} days without an answer" * silent)


@pytest.mark.parametrize("language", ["uk", "ko"])
@pytest.mark.parametrize("case", CASES)
def test_no_sentence_mixes_two_languages(case, language):
    shown, words = CASES[case]
    with translation.override(language):
        translated = [shown.sentence, shown.label, shown.checked_words, shown.wait]
        clocks = [word for clock in shown.clocks for word in (clock.title, clock.state)]

    reason = PAUSED["pause_reason"]
    latin = [
        text
        for text in (*translated, *clocks)
        if any(c.isascii() and c.isalpha() for c in text.replace(reason, ""))
    ]
    assert latin == []
    assert translated[0] != words


def test_a_cell_shows_the_longest_wait_the_latest_status_and_the_oldest_look():
    group, other = grouped(
        [
            standing(S.NO_RESPONSE, last_checked_on=date(2026, 11, 23)),
            Standing(
                day=DAY,
                asked_on=date(2026, 1, 1),
                status=S.NO_RESPONSE,
                last_checked_on=date(2026, 2, 1),
            ),
            standing(S.BLOCKED, status_on=date(2024, 3, 28)),
        ]
    )

    assert (group.label, group.number) == ("No public response found", 2)
    assert (group.wait, group.status_on) == ("710 days without an answer", None)
    assert group.last_checked_on == date(2026, 2, 1)
    assert (other.label, other.wait, other.status_on) == ("Blocked", "", date(2024, 3, 28))


# Kept ready for today


def kept(action):
    return StandingToday.objects.filter(action=action).values(*COLUMNS).get()


def found(action):
    asks = RecommendedAction.objects.filter(pk=action.pk)
    return asks.annotate(**derived(timezone.localdate())).values(*COLUMNS).get()


DAYS = st.dates(date(2024, 6, 1), date(2026, 11, 1))
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("response"), st.sampled_from(RECORDED), DAYS),
        st.tuples(st.just("look"), DAYS),
        st.tuples(st.just("correct"), st.sampled_from(RECORDED), DAYS),
        st.tuples(st.just("ask"), DAYS),
        st.tuples(st.just("pause"), DAYS),
    ),
    max_size=8,
)


def play(action, by, move):
    """One change of the record or of the ask; what the vocabulary refuses changes nothing."""
    from django.core.exceptions import ValidationError

    kind, *values = move
    try:
        if kind == "response":
            record(action, values[0], by=by, happened_on=values[1], transition_reason="So.")
        elif kind == "look":
            record_look(action, values[0], by=by)
        elif kind == "correct" and (wrong := action.updates.filter(correction=None).first()):
            record(
                action,
                values[0],
                by=by,
                happened_on=values[1],
                transition_reason="So.",
                corrects=wrong,
                correction_reason="A slip.",
            )
        elif kind == "ask":
            action.asked_on = values[0]
            action.save()
        elif kind == "pause":
            action.paused_on, action.pause_reason = values[0], "A pause."
            action.save()
    except ValidationError:
        pass


@pytest.mark.django_db
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(moves=MOVES)
def test_what_is_kept_for_today_is_what_the_entries_say_after_every_change(moves):
    action, by = make_action(), make_user(is_superuser=True)

    for move in moves:
        play(action, by, move)

        assert kept(action) == found(action), move


@pytest.mark.django_db
def test_today_and_any_other_day_are_read_alike():
    action = make_action()
    record_look(action, date(2025, 1, 1))
    record(action, S.COMMITTED, happened_on=date(2025, 3, 19))
    asks = RecommendedAction.objects.filter(pk=action.pk)

    today, derived_today = (
        asks.with_status().values(*COLUMNS).get(),
        asks.annotate(**derived(timezone.localdate())).values(*COLUMNS).get(),
    )

    assert today == derived_today


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
