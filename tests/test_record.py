"""The record: what an entry needs, what may follow what, and that nothing in it changes."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from advocacy.models import (
    AskState,
    AssertedBy,
    Citation,
    RecommendedAction,
    RecordIsAppendOnly,
    ResponseStatus,
    StatusUpdate,
    Verification,
)
from tests.factories import (
    ASKED_ON,
    evidence,
    make_action,
    make_search_log,
    make_source,
    make_user,
    record,
    record_look,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus

# Section 3 of the vocabulary: rows from, columns to; Y free, R needs a reason, - not allowed.
COLUMNS = list(S)[2:]
TABLE = """
not_checked      Y Y Y Y Y - Y Y - R
acknowledged     Y Y Y Y Y - Y Y - R
under_discussion - Y Y Y Y - Y Y - R
committed        - R Y Y Y - R Y R R
partial_action   - R Y Y Y R R Y R R
action_taken     - - - R Y Y - - R R
implemented      - - - R - Y - - R -
refused          - Y Y Y Y - Y Y - R
blocked          - Y Y Y Y - Y Y - R
reversed         - Y Y Y Y - Y Y Y R
overtaken        - R - - - - - - - Y
"""
RULES = [
    (S(row.split()[0]), after, rule)
    for row in TABLE.strip().splitlines()
    for after, rule in zip(COLUMNS, row.split()[1:], strict=True)
]
WAY_TO = {
    S.NOT_CHECKED: [],
    S.IMPLEMENTED: [S.ACTION_TAKEN, S.IMPLEMENTED],
    S.REVERSED: [S.ACTION_TAKEN, S.REVERSED],
}


def action_with_status(status):
    action = make_action()
    for step in WAY_TO.get(status, [status]):
        details = {"transition_reason": "Because."} if step in (S.REVERSED, S.OVERTAKEN) else {}
        if step == S.REVERSED:
            details["undoes"] = action.updates.get()
        record(action, step, **details)
    return action


@pytest.mark.every_case
@pytest.mark.parametrize(("before", "after", "rule"), RULES)
def test_transitions_follow_the_vocabulary(before, after, rule):
    action = action_with_status(before)
    details = {"happened_on": date(2025, 1, 1), "transition_reason": ""}
    if after == S.REVERSED:
        details["undoes"] = action.updates.first() or record(make_action())

    if rule == "Y" and after != S.OVERTAKEN:
        record(action, after, **details)
    else:
        with pytest.raises(ValidationError) as refusal:
            record(action, after, **details)
        if rule == "-":
            assert "cannot follow" in str(refusal.value)
            details["transition_reason"] = "A reason does not help."
            with pytest.raises(ValidationError):
                record(action, after, **details)
        else:
            details["transition_reason"] = "Because the war ended."
            record(action, after, **details)

    stored = RecommendedAction.objects.with_status().get(pk=action.pk)
    assert stored.status == (before if rule == "-" else after)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("status_update_is_a_response_or_a_look", {"status": "solved"}),
        ("status_update_is_a_response_or_a_look", {"status": "not_checked"}),
        ("status_update_is_a_response_or_a_look", {"status": "no_response"}),
        ("status_update_is_a_response_or_a_look", {"status": ""}),
        ("status_update_codes_are_known", {"asserted_by": "a friend"}),
        ("status_update_is_not_in_the_future", {"checked_on": date(2999, 1, 1)}),
        ("status_update_is_checked_after_it_happened", {"checked_on": date(2020, 1, 1)}),
        ("status_update_says_what_happened", {"summary": ""}),
        ("status_update_committed_needs_words_and_speaker", {"status": S.COMMITTED}),
        ("status_update_partial_needs_reference_and_missing_part", {"status": S.PARTIAL_ACTION}),
        ("status_update_action_taken_needs_reference", {"status": S.ACTION_TAKEN}),
        ("status_update_implemented_needs_second_editor", {"status": S.IMPLEMENTED}),
        ("status_update_refused_needs_reason_and_words_or_vote", {"status": S.REFUSED}),
        ("status_update_blocked_needs_reason_and_blocker", {"status": S.BLOCKED}),
        ("status_update_vote_needs_tally", {"blocked_reason": "votes_short"}),
        (
            "status_update_veto_needs_nine_votes",
            {"blocked_reason": "veto", "votes_for": 8, "votes_against": 1},
        ),
        ("status_update_reversed_names_what_was_undone", {"status": S.REVERSED}),
        ("status_update_overtaken_needs_reason", {"status": S.OVERTAKEN}),
        ("status_update_correction_needs_reason", {"correction_reason": "A slip."}),
    ],
)
def test_the_database_itself_refuses(name, fields):
    fields = {
        "status": S.UNDER_DISCUSSION,
        "happened_on": ASKED_ON,
        "summary": "It met.",
        "asserted_by": AssertedBy.BODY,
        "verification": Verification.DOCUMENTED,
    } | fields
    update = StatusUpdate(action=make_action(), recorded_by=make_user(), **fields)

    with pytest.raises(IntegrityError, match=name):
        models.QuerySet(StatusUpdate).bulk_create([update])


@pytest.mark.parametrize(
    "change",
    [
        lambda update: update.save(),
        lambda update: update.delete(),
        lambda update: StatusUpdate.objects.all().update(summary="Rewritten."),
        lambda update: StatusUpdate.objects.all().delete(),
        lambda update: StatusUpdate._base_manager.filter(pk=update.pk).update(summary="No."),
        lambda update: update.action.updates.all().delete(),
        lambda update: StatusUpdate.objects.bulk_update([update], ["summary"]),
        lambda update: StatusUpdate.objects.create(action=update.action, status="refused"),
        lambda update: StatusUpdate.objects.bulk_create([update]),
        lambda update: StatusUpdate.objects.update_or_create(pk=update.pk, defaults={"key": "x"}),
        lambda update: update.action.updates.create(status="refused"),
    ],
)
def test_the_orm_cannot_change_the_record(change):
    update = record(make_action(), summary="The body met.")
    update.summary = "Rewritten."

    with pytest.raises(RecordIsAppendOnly):
        change(update)

    assert list(StatusUpdate.objects.values_list("summary", flat=True)) == ["The body met."]


@pytest.mark.parametrize("owner", ["action", "action.issue", "action.body", "recorded_by"])
def test_what_the_record_hangs_on_cannot_be_deleted(owner):
    update = record(make_action())
    thing = update
    for name in owner.split("."):
        thing = getattr(thing, name)

    with pytest.raises(models.ProtectedError):
        thing.delete()

    assert StatusUpdate.objects.filter(pk=update.pk).exists()


def test_cited_evidence_cannot_be_deleted():
    source, log = make_source(), make_search_log()
    record(make_action(), sources=[source])
    record_look(make_action(), search_log=log)

    for evidence_row in (source, log):
        with pytest.raises(models.ProtectedError):
            evidence_row.delete()
    with pytest.raises(RecordIsAppendOnly):
        Citation.objects.all().delete()
    with pytest.raises(RecordIsAppendOnly):
        Citation.objects.get().delete()

    assert Citation.objects.count() == 1


def test_a_correction_replaces_an_entry_and_keeps_it():
    action = make_action()
    wrong = record(action, S.ACTION_TAKEN, summary="It decided.")

    right = record(action, corrects=wrong, correction_reason="It only debated the draft.")

    stored = RecommendedAction.objects.with_status().get(pk=action.pk)
    assert (stored.status, stored.status_update_id) == (S.UNDER_DISCUSSION, right.pk)
    assert [update.is_corrected for update in action.updates.oldest_first()] == [True, False]
    assert list(StatusUpdate.objects.corrections()) == [right]


def test_a_correction_says_why():
    action = make_action()
    wrong = record(action)

    with pytest.raises(ValidationError, match="names the entry it corrects and why"):
        record(action, corrects=wrong)


def test_an_entry_is_corrected_once():
    action = make_action()
    wrong = record(action)
    record(action, corrects=wrong, correction_reason="A slip.")

    with pytest.raises(ValidationError) as refusal:
        record(action, corrects=wrong, correction_reason="Another slip.")

    assert "already corrected" in str(refusal.value)


def test_a_correction_stays_within_its_ask():
    elsewhere = record(make_action())

    with pytest.raises(ValidationError) as refusal:
        record(make_action(), corrects=elsewhere, correction_reason="Wrong ask.")

    assert refusal.value.message_dict["corrects"] == ["Choose an entry of the same ask."]


def test_an_older_event_must_fit_before_what_follows_it():
    action = make_action()
    record(action, S.ACKNOWLEDGED, happened_on=date(2025, 6, 1))

    with pytest.raises(ValidationError) as refusal:
        record(action, S.BLOCKED, happened_on=date(2025, 3, 1))

    (message,) = refusal.value.message_dict["status"]
    assert "already says “Acknowledged” on 1 June 2025" in message
    assert "another day" not in message


def test_an_older_event_that_fits_does_not_change_the_status():
    action = make_action()
    record(action, S.PARTIAL_ACTION, happened_on=date(2025, 6, 1))
    record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 3, 1))

    stored = RecommendedAction.objects.with_status().get()

    assert (stored.status, stored.status_on) == (S.PARTIAL_ACTION, date(2025, 6, 1))


@pytest.mark.parametrize(
    ("before", "after", "is_setback"),
    [
        (S.COMMITTED, S.UNDER_DISCUSSION, True),
        (S.COMMITTED, S.REFUSED, True),
        (S.COMMITTED, S.BLOCKED, True),
        (S.PARTIAL_ACTION, S.COMMITTED, True),
        (S.ACTION_TAKEN, S.PARTIAL_ACTION, True),
        (S.UNDER_DISCUSSION, S.REFUSED, False),
        (S.UNDER_DISCUSSION, S.BLOCKED, False),
        (S.ACKNOWLEDGED, S.COMMITTED, False),
        (S.BLOCKED, S.UNDER_DISCUSSION, False),
        (S.COMMITTED, S.OVERTAKEN, False),
    ],
)
def test_what_takes_something_back_is_a_setback(before, after, is_setback):
    action = make_action()
    record(action, before, is_setback=False)
    details = {"happened_on": date(2025, 1, 1), "transition_reason": "Because."}

    with pytest.raises(ValidationError) as refusal:
        record(action, after, is_setback=not is_setback, **details)
    assert list(refusal.value.message_dict) == ["is_setback"]

    assert record(action, after, is_setback=is_setback, **details).is_setback is is_setback


def test_one_search_serves_many_asks():
    first, second = make_action(), make_action()
    record(second)
    log = make_search_log(searched_on=date(2025, 2, 1))

    RecommendedAction.objects.all().record_look(log, by=make_user(is_superuser=True))

    assert first.updates.get().search_log == log
    assert second.updates.newest_first().first().search_log == log


def test_a_search_that_does_not_fit_one_ask_is_recorded_for_none():
    fine, acknowledged = make_action(), make_action()
    record(acknowledged, S.BLOCKED, happened_on=date(2025, 3, 1))
    log = make_search_log(searched_on=timezone.localdate() + timedelta(days=1))

    with pytest.raises(ValidationError):
        RecommendedAction.objects.all().record_look(log, by=make_user(is_superuser=True))

    assert not fine.updates.exists()
    assert acknowledged.updates.count() == 1


def test_the_same_source_is_cited_once():
    source = make_source()

    update = record(make_action(), sources=[source, source])

    assert update.citations.count() == 1


def test_drafts_are_not_published():
    shown, draft = make_action(), make_action(state=AskState.DRAFT)
    record(shown)
    record(draft)

    assert list(RecommendedAction.objects.published()) == [shown]
    assert [update.action for update in StatusUpdate.objects.published()] == [shown]


def test_a_refused_entry_leaves_nothing_behind():
    action = make_action()

    with pytest.raises(ValidationError), transaction.atomic():
        action.record_response(
            S.BLOCKED, by=make_user(is_superuser=True), summary="No.", sources=[make_source()]
        )

    assert not StatusUpdate.objects.exists()
    assert not Citation.objects.exists()


def test_evidence_of_the_factory_is_complete():
    # So that a refusal in this file is due to what its test leaves out.
    for status in COLUMNS:
        if status not in (S.IMPLEMENTED, S.REVERSED):
            assert record(make_action(), status).pk, evidence(status)
