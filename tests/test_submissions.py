"""How asks were put to their bodies: what a submission must say, and what follows from it."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.models import (
    AskState,
    Channel,
    RecommendedAction,
    RecordIsAppendOnly,
    ResponseStatus,
    Submission,
    Submitter,
    columns_of,
)
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_meeting,
    make_organisation,
    make_proposal,
    make_source,
    make_user,
    record,
    record_look,
    submit,
)
from tests.moves import ASKED, CORRECTION, LISTED, LOOK, PAUSE, RESPONSE, TAKEN_BACK, play
from tests.pages import text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus
LETTER_ON = date(2026, 3, 3)


def on(day=None, **filters):
    asks = RecommendedAction.objects.with_status(day).with_sessions_passed().with_related()
    return asks.get(**filters).standing


def refusal_of(action, **details):
    with pytest.raises(ValidationError) as refused:
        submit(action, **details)
    assert not action.submissions.exists()
    return refused.value.message_dict


# What a submission says


def test_a_submission_is_known_from_a_source_or_kept_private_and_never_both():
    ask = make_proposal()

    neither = refusal_of(ask, source=None)
    both = refusal_of(ask, source=make_source(), is_private=True)

    assert "Say where it is known from" in str(neither["source"])
    assert "One of them, not both." in str(both["source"])


@pytest.mark.parametrize(
    ("field", "details", "words"),
    [
        ("channel", {"channel": "rumour"}, "rumour"),
        ("submitted_on", {"day": date(2099, 1, 1)}, "no dates in the future"),
        ("receipt_on", {"receipt_on": date(2024, 1, 1)}, "A receipt is of the day"),
        ("took_place", {"took_place": False}, "Only a correction"),
        ("correction_reason", {"correction_reason": "So."}, "what it corrects and why"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(field, details, words):
    assert words in str(refusal_of(make_proposal(), **details)[field])


def test_somebody_put_it_to_the_body_and_no_weak_source_says_so_alone():
    ask, by = make_proposal(), make_user(is_superuser=True)

    with pytest.raises(ValidationError, match="Say who put it"):
        ask.submit(ASKED_ON, Channel.LETTER, by=by, organisations=[], is_private=True)
    assert "weak source" in str(refusal_of(ask, source=make_source(is_weak=True))["source"])


def test_only_who_may_publish_records_a_submission(settings):
    ask, by = make_proposal(), make_user(is_superuser=True)
    with pytest.raises(PermissionDenied):
        submit(ask, by=make_user())
    settings.FOUR_EYES = True
    with pytest.raises(ValidationError, match="second person"):
        submit(ask, by=by)

    second = make_user(is_superuser=True)
    assert submit(ask, by=by, approved_by=second).approved_by == second


def test_nobody_changes_or_removes_a_submission():
    submission = submit(make_proposal())

    for attempt in (
        submission.save,
        submission.delete,
        Submission.objects.all().delete,
        Submitter.objects.all().delete,
        lambda: Submission.objects.update(channel=Channel.LETTER),
        lambda: submission.organisations.add(make_organisation()),
        lambda: submission.organisations.clear(),
    ):
        with pytest.raises(RecordIsAppendOnly):
            attempt()


def test_the_source_of_a_submission_stays_as_it_was_read():
    source = make_source()
    submit(make_proposal(), source=source)

    source.title = "Another"
    with pytest.raises(ValidationError, match="stays as it was read"):
        source.save()


# The chain


OTHER_SOURCE = {"title": "Another", "url": "https://other.example/", "tier": 1, "is_weak": True}


def verify():
    try:
        call_command("verify_record", verbosity=0)
    except CommandError:
        return False
    return True


def below(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_every_field_of_a_submission_is_hashed_or_named_as_not_hashed():
    columns = {field.attname for field in Submission._meta.concrete_fields}

    assert columns - set(Submission.HASHED) == set(Submission.NOT_HASHED)
    assert set(Submission.HASHED) - columns == {"organisations"}
    assert set(submit(make_proposal()).hashed_values()) == set(Submission.HASHED)


@pytest.mark.every_case
@pytest.mark.parametrize("column", Submission.HASHED[:-1])
def test_tampering_with_any_field_of_a_submission_is_named(column, capsys):
    ask = make_proposal(reference="NK-02")
    wrong = submit(ask)
    right = submit(
        ask,
        LETTER_ON,
        corrects=wrong,
        correction_reason="A slip.",
        approved_by=make_user(is_superuser=True),
        receipt_on=date(2026, 3, 9),
    )
    other = {
        "action_id": make_proposal().pk,
        "submitted_on": "2026-03-04",
        "channel": "petition",
        "receipt_on": "2026-03-10",
        "took_place": False,
        "recorded_at": timezone.now() + timedelta(days=1),
        "recorded_by_id": make_user().pk,
        "approved_by_id": make_user().pk,
        "corrects_id": submit(make_proposal()).pk,
    }.get(column, "changed")
    changed = {column: other}
    if column in ("is_private", "source_id"):
        changed = {"is_private": False, "source_id": make_source().pk}
    assert verify()

    places = ", ".join(f"{name} = %s" for name in changed)
    sql = f"UPDATE advocacy_submission SET {places} WHERE id = %s"
    below(sql, *changed.values(), right.pk)

    assert not verify()
    assert f"Submission {right.pk} (" in capsys.readouterr().err


@pytest.mark.parametrize("column", OTHER_SOURCE)
def test_tampering_with_the_source_of_a_submission_is_named(column):
    source = make_source(tier=4)
    submit(make_proposal(), source=source)

    below(
        f"UPDATE advocacy_source SET {column} = %s WHERE id = %s", OTHER_SOURCE[column], source.pk
    )

    assert not verify()


def test_an_organisation_put_in_or_taken_from_a_submission_shows():
    submission = submit(make_proposal(), organisations=[make_organisation(), make_organisation()])
    assert verify()
    Submitter(submission=submission, organisation=make_organisation()).save_base(force_insert=True)
    assert not verify()

    below(
        "DELETE FROM advocacy_submitter WHERE organisation_id = (SELECT max(organisation_id)"
        " FROM advocacy_submitter)"
    )
    assert verify()
    below(
        "DELETE FROM advocacy_submitter WHERE organisation_id = (SELECT max(organisation_id)"
        " FROM advocacy_submitter)"
    )
    assert not verify()


# What follows


def test_an_ask_is_asked_from_its_first_submission_whenever_that_was_recorded():
    ask = make_proposal()
    submit(ask, LETTER_ON, Channel.LETTER)
    record_look(ask, date(2026, 4, 1))
    assert on().asked_on == LETTER_ON

    submit(ask, date(2025, 1, 1), Channel.ORAL)

    assert (on().asked_on, on().asked_how) == (date(2025, 1, 1), Channel.ORAL)
    assert "since the oral statement (last looked 1 April 2026)" in on().sentence


def test_an_organisation_joins_later_by_a_submission_of_its_own(client):
    ask = make_action(asked_by=[make_organisation(name="First Office")])
    record_look(ask, date(2025, 1, 1))
    submit(ask, LETTER_ON, Channel.LETTER, organisations=[make_organisation(name="Second Office")])

    before = text_of(client.get(ask.get_absolute_url(), {"as_of": "2026-03-02"}))
    after = text_of(client.get(ask.get_absolute_url()))

    assert "First Office" in before
    assert "Second Office" not in before
    assert "Second Office" in after
    assert on().asked_on == ASKED_ON


def test_a_submission_that_never_took_place_leaves_a_proposal_and_both_entries_public(client):
    ask = make_action()
    record_look(ask, date(2025, 1, 1))
    submit(
        ask,
        corrects=ask.submissions.get(),
        took_place=False,
        correction_reason="Nobody sent it.",
    )

    shown = text_of(client.get(ask.get_absolute_url()))

    assert on().sentence == "Proposed by the editors; not put to this body"
    assert on().clocks == []
    assert "Nobody sent it." in shown
    assert "It never took place." in shown
    with pytest.raises(ValidationError, match="already corrected"):
        submit(ask, corrects=ask.submissions.first(), correction_reason="Twice.")


def test_a_correction_is_of_the_same_ask():
    with pytest.raises(ValidationError, match="same ask"):
        submit(make_proposal(), corrects=submit(make_proposal()), correction_reason="A slip.")


def test_a_receipt_stops_the_first_clock_and_not_the_second():
    ask = make_proposal()
    submit(ask, LETTER_ON, Channel.LETTER, receipt_on=date(2026, 3, 13))
    record_look(ask, date(2026, 4, 1))

    receipt, answer = on().clocks

    assert (receipt.days, receipt.is_stopped, answer.is_stopped) == (10, True, False)
    assert on().status == S.NO_RESPONSE
    assert on(date(2026, 3, 12)).acknowledged_on is None


@pytest.mark.parametrize(
    ("day", "is_listed", "is_proposed"),
    [
        (date(2024, 12, 31), False, None),
        (date(2025, 1, 1), True, True),
        (date(2026, 3, 2), True, True),
        (LETTER_ON, True, False),
        (None, True, False),
    ],
)
def test_as_of_a_day_before_the_submission_it_is_proposed_and_before_that_absent(
    client, day, is_listed, is_proposed
):
    ask = make_proposal(listed_on=date(2025, 1, 1), title="Take it up")
    record_look(ask, date(2025, 2, 1))
    submit(ask, LETTER_ON, Channel.LETTER)
    query = {"as_of": day} if day else {}

    asked = text_of(client.get(reverse("action_list"), query))
    proposed = text_of(client.get(reverse("action_list"), query | {"proposed": "on"}))

    assert ("Take it up" in asked) == (is_proposed is False)
    assert ("Take it up" in proposed) == (is_proposed is True)
    for rows in (RecommendedAction.objects, RecommendedAction.standings(day)):
        assert rows.published(day).exists() is is_listed
    if is_listed:
        assert on(day).is_proposed is is_proposed


def test_a_submission_before_the_ask_entered_this_record_makes_it_public_from_then():
    ask = make_proposal(listed_on=date(2026, 11, 23))
    assert not RecommendedAction.objects.published(ASKED_ON).exists()

    submit(ask, ASKED_ON)

    assert RecommendedAction.objects.published(ASKED_ON).exists()
    assert not RecommendedAction.objects.published(ASKED_ON - timedelta(days=1)).exists()


def test_an_answer_found_late_between_two_looks_is_simply_recorded():
    ask = make_action()
    record_look(ask, date(2025, 1, 1))
    record_look(ask, date(2025, 6, 1))
    assert on().days_waiting == (timezone.localdate() - ASKED_ON).days

    record(ask, S.COMMITTED, happened_on=date(2025, 3, 19))

    assert on().sentence.startswith("Promised on 19 March 2025. First answer after 93 days")
    assert on(date(2025, 2, 1)).status == S.NO_RESPONSE
    assert ask.updates.looks().count() == 2


def test_no_session_passed_where_nobody_asked():
    body = make_body()
    ask = make_proposal(body=body)
    make_meeting(body=body, starts_on=date(2025, 3, 1), ends_on=date(2025, 3, 20))
    record(ask, happened_on=date(2025, 1, 1))
    assert on().sessions_passed == 0

    submit(ask)

    assert on().sessions_passed == 1


# Every change in any order


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    moves=st.lists(
        st.one_of(RESPONSE, LOOK, CORRECTION, ASKED, TAKEN_BACK, LISTED, PAUSE), max_size=7
    ),
    day=st.dates(date(2024, 6, 1), date(2026, 11, 1)),
)
def test_no_clock_runs_without_a_submission_and_a_look(moves, day):
    ask, by = make_proposal(), make_user(is_superuser=True)
    for move in moves:
        play(ask, by, move)

    for shown in (on(day, pk=ask.pk), on(pk=ask.pk)):
        then = shown.day
        was_put = ask.submissions.in_force(then).exists()
        was_known = ask.updates.in_force(then).exists()

        assert shown.is_proposed == (not was_put)
        if shown.clocks or shown.days_waiting is not None or shown.since_words:
            assert was_put
        if shown.clocks or shown.days_waiting is not None:
            assert was_known
        if not was_put:
            assert shown.clock_words == "Proposed by the editors; not put to this body"
            assert shown.counted_as == "proposed"
            assert not shown.is_overdue


@settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    asks=st.lists(
        st.tuples(
            st.booleans(),
            st.booleans(),
            st.sampled_from(["", S.COMMITTED, S.ACTION_TAKEN, S.BLOCKED, S.ACKNOWLEDGED]),
        ),
        max_size=6,
    )
)
def test_no_count_mixes_proposed_and_asked_or_unknown_and_answered(client, asks):
    RecommendedAction.objects.all()  # Each example starts from what the one before left.
    before = counts_of(client)
    expected = Counter(before)
    for is_put, is_looked, status in asks:
        ask = make_action() if is_put else make_proposal()
        if is_looked:
            record_look(ask, date(2025, 1, 1))
        if status:
            record(ask, status, happened_on=date(2025, 3, 1))
        expected[kind_of(is_put, is_looked, status)] += 1

    assert counts_of(client) == +expected


def kind_of(is_put, is_looked, status):
    if not is_put:
        return "proposed"
    if status:
        return S(status).phase.value
    return "no_answer" if is_looked else "unknown"


def counts_of(client):
    """What the overview, the list and the desk's rows count, which has to be the same."""
    lead = client.get(reverse("overview")).context["lead"]
    counts = +Counter({str(group): n for group, n in lead["phases"].items()})
    page = client.get(reverse("action_list")).context["page"]
    assert page.paginator.count == lead["asks"] == counts.total() - counts["proposed"]
    assert lead["unchecked"] == counts["unknown"]
    proposals = client.get(reverse("action_list"), {"proposed": "on"}).context["page"]
    assert proposals.paginator.count == lead["proposed"] == counts["proposed"]
    assert columns_of().unanswered.bit_count() == counts["no_answer"]
    return counts


# An ask that is closed, and an answer that is due


def test_a_replaced_ask_names_the_other_and_a_closed_one_says_when_and_why():
    other, ask = make_action(), make_action()
    ask.state, ask.closed_on, ask.closed_because = AskState.SUPERSEDED, LETTER_ON, "It is clearer."
    with pytest.raises(ValidationError, match="names the ask that replaces it"):
        ask.full_clean()
    ask.superseded_by = ask
    with pytest.raises(ValidationError, match="does not replace itself"):
        ask.full_clean()
    ask.superseded_by = other
    ask.full_clean()
    ask.state = AskState.WITHDRAWN
    with pytest.raises(ValidationError, match="no other does"):
        ask.full_clean()
    ask.superseded_by, ask.closed_because = None, ""
    with pytest.raises(ValidationError, match="on which day and why"):
        ask.full_clean()


def test_a_closed_ask_was_open_before_that_day(client):
    ask = make_action(
        state=AskState.WITHDRAWN, closed_on=LETTER_ON, closed_because="The four withdrew it."
    )

    then = text_of(client.get(ask.get_absolute_url(), {"as_of": "2026-03-02"}))
    now = text_of(client.get(ask.get_absolute_url()))
    lead = client.get(reverse("overview"), {"as_of": "2026-03-02"}).context["lead"]

    assert "The four withdrew it." not in then
    assert "The four withdrew it." in now
    assert lead["asks"] == 1
    assert client.get(reverse("overview")).context["lead"]["asks"] == 0


def test_an_answer_is_due_only_where_it_was_asked_for_and_a_rule_is_cited():
    ask = make_proposal()
    ask.expected_by, ask.expected_basis = date(2026, 6, 3), "rule"
    ask.expected_rule = "Standing Orders, article 4."
    with pytest.raises(ValidationError, match="Record the submission first"):
        ask.full_clean()

    submit(ask, LETTER_ON, Channel.PROCEDURE)
    ask.full_clean()
    ask.expected_rule = ""
    with pytest.raises(ValidationError, match="cite the rule"):
        ask.full_clean()
    ask.expected_rule = "Standing Orders, article 4."
    ask.save()
    record_look(ask, date(2026, 7, 1))

    assert on().is_overdue
    assert not on(date(2026, 3, 2)).is_overdue


def test_nothing_is_offered_as_overdue_where_no_answer_is_due(client, editor):
    make_proposal(expected_by=date(2025, 1, 1))
    desk = reverse("admin:advocacy_recommendedaction_changelist")
    assert "Overdue only" not in text_of(client.get(reverse("action_list")))
    assert "Overdue only" not in text_of(client.get(desk))
    # Whoever has the address still gets what it says.
    assert "Overdue only" in text_of(client.get(reverse("action_list"), {"overdue": "on"}))

    make_action(expected_by=date(2025, 1, 1))

    assert "Overdue only" in text_of(client.get(reverse("action_list")))
    assert "Overdue only" in text_of(client.get(desk))


# What the overview says where nobody has looked


def test_eight_new_asks_are_eight_that_nobody_has_checked(client):
    for _ in range(8):
        make_action()

    shown = text_of(client.get(reverse("overview")))

    assert "8 asks to 8 bodies, put by" in shown
    assert "8 not yet checked." in shown
    assert "What to do: search the bodies’ own records" in shown
    for words in (
        "0 without an answer",
        "without an answer.",
        "every ask",
        "Longest wait",
        "0 day",
    ):
        assert words not in shown, words


def test_a_record_of_proposals_says_that_nothing_was_asked(client):
    for _ in range(8):
        record_look(make_proposal())

    shown = text_of(client.get(reverse("overview")))

    assert "Nothing has been asked yet." in shown
    assert "Proposed by the editors 8" in shown
    assert "not yet checked" not in shown
    assert "without an answer." not in shown


def test_the_lead_names_none_of_the_bodies_that_tie(client):
    for letter in "ABC":
        ask = make_action(body=make_body(abbreviation=f"CN{letter}", name=f"Body {letter}"))
        record_look(ask, date(2025, 1, 1))

    shown = text_of(client.get(reverse("overview")))

    lead = shown[: shown.index("The silence after each ask")]
    assert "3 without an answer, the longest for" in lead
    assert "CN" not in lead
