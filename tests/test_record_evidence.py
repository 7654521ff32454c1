"""What each status demands of its evidence."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from advocacy.models import (
    RecommendedAction,
    ResponseStatus,
    StatusUpdate,
    Tier,
    Verification,
    Wording,
)
from advocacy.models.evidence import check_can_stand
from tests.factories import (
    ASKED_ON,
    make_action,
    make_source,
    make_user,
    record,
    record_look,
    write_draft,
)
from tests.test_record import action_with_status

pytestmark = pytest.mark.django_db

S = ResponseStatus


def refusal_of(status, **details):
    with pytest.raises(ValidationError) as refusal:
        record(action_for(status), status, **details)
    assert not StatusUpdate.objects.filter(status=status).exists()
    return refusal.value.message_dict


def action_for(status):
    return action_with_status(
        S.ACTION_TAKEN if status in (S.IMPLEMENTED, S.REVERSED) else S.NOT_CHECKED
    )


@pytest.mark.parametrize(
    ("status", "details", "field", "message"),
    [
        (S.ACKNOWLEDGED, {"sources": []}, "sources", "official record or statement"),
        (S.UNDER_DISCUSSION, {"sources": []}, "sources", "the meeting number or agenda"),
        (S.COMMITTED, {"quote": ""}, "quote", "the exact words, and who spoke"),
        (S.COMMITTED, {"speaker": ""}, "quote", "the exact words, and who spoke"),
        (S.COMMITTED, {"sources": []}, "sources", "“Promised” needs evidence"),
        (S.PARTIAL_ACTION, {"missing": ""}, "missing", "what is still missing"),
        (S.PARTIAL_ACTION, {"reference": ""}, "missing", "the paragraph or symbol"),
        (S.ACTION_TAKEN, {"reference": ""}, "reference", "the act and its symbol"),
        (S.IMPLEMENTED, {"approved_by": None}, "approved_by", "second editor"),
        (S.REFUSED, {"quote": ""}, "refused_reason", "Silence is never a refusal"),
        (S.REFUSED, {"refused_reason": ""}, "refused_reason", "how it was refused"),
        (S.BLOCKED, {"blocked_by": ""}, "blocked_reason", "how it was blocked, and by whom"),
        (S.BLOCKED, {"votes_for": None}, "votes_for", "needs the tally"),
        (S.BLOCKED, {"votes_for": 8}, "votes_for", "nine votes or more"),
        (S.REVERSED, {"transition_reason": "So."}, "undoes", "the entry that was undone"),
        (S.OVERTAKEN, {"transition_reason": ""}, "transition_reason", "one sentence why"),
        (S.UNDER_DISCUSSION, {"summary": ""}, "summary", "what happened"),
    ],
)
def test_a_status_without_its_evidence_is_refused(status, details, field, message):
    assert message in " ".join(refusal_of(status, **details)[field])


@pytest.mark.parametrize("status", [S.IMPLEMENTED, S.REFUSED, S.BLOCKED])
def test_independent_reporting_never_stands_in_for_these(status):
    press = make_source(tier=Tier.INDEPENDENT)

    errors = refusal_of(status, sources=[press], verification=Verification.REPORTED)

    assert "needs evidence" in errors["sources"][0]


def test_independent_reporting_stands_in_for_an_official_record_only_as_reported():
    press = make_source(tier=Tier.INDEPENDENT)

    errors = refusal_of(S.PARTIAL_ACTION, sources=[press])
    update = record(
        make_action(), S.PARTIAL_ACTION, sources=[press], verification=Verification.REPORTED
    )

    assert "set it to “reported”" in errors["verification"][0]
    assert list(update.sources.all()) == [press]


def test_a_campaign_report_alone_proves_nothing():
    errors = refusal_of(S.UNDER_DISCUSSION, sources=[make_source(tier=Tier.CAMPAIGN)])

    assert "needs evidence" in errors["sources"][0]


def test_a_weak_source_is_never_the_only_one():
    errors = refusal_of(S.UNDER_DISCUSSION, sources=[make_source(is_weak=True)])

    assert "A weak source never stands alone" in errors["sources"][0]


DIGEST, COPY, PAGE = {"accessed_on": None}, {"is_weak": True}, {}


@pytest.mark.parametrize(
    ("sources", "is_marked"),
    [
        ([DIGEST], True),
        ([DIGEST, COPY], True),
        ([DIGEST, DIGEST], True),
        ([PAGE], False),
        ([PAGE, COPY], False),
        ([DIGEST, PAGE], False),
    ],
)
def test_what_rests_on_sources_that_nobody_opened_says_so(sources, is_marked):
    action = make_action()

    update = record(action, sources=[make_source(**source) for source in sources])

    words = "Under discussion (known from digests; the article was not read)"
    expected = words if is_marked else "Under discussion"
    assert update.label == expected
    for day in (None, ASKED_ON):
        assert RecommendedAction.objects.with_status(day).get().standing.label == expected
    draft = write_draft(make_action(), sources=[make_source(**source) for source in sources])
    assert draft.label == expected


def test_our_own_receipt_and_a_look_rest_on_no_digest():
    action, other = make_action(), make_action()
    unopened = make_source(accessed_on=None)

    received = record(action, S.ACKNOWLEDGED, receipt_on=ASKED_ON, sources=[unopened])
    look = record_look(other)

    assert received.label == "Acknowledged"
    assert look.label == "Looked: no public response found"
    standings = [ask.standing.label for ask in RecommendedAction.objects.with_status()]
    assert sorted(standings) == ["Acknowledged", "No public response found"]


def test_the_mark_goes_once_somebody_reads_the_article_and_the_chain_keeps_since_when():
    action, article = make_action(), make_source(accessed_on=None)
    record(action, sources=[article])

    article.accessed_on = date(2026, 11, 26)
    article.save()

    assert RecommendedAction.objects.with_status().get().standing.label == "Under discussion"
    kept = [wording.said["accessed_on"] for wording in Wording.objects.of_row(article)]
    assert kept == [None, "2026-11-26"]
    article.accessed_on = None
    with pytest.raises(ValidationError, match="stays as it was read"):
        article.save()


def test_a_weak_source_never_stands_alone_whatever_rests_on_it():
    weak = make_source(is_weak=True)

    with pytest.raises(ValidationError, match="never stands alone"):
        check_can_stand([weak, weak])

    check_can_stand([])
    check_can_stand([weak, make_source(accessed_on=None)])


def test_carried_out_needs_a_source_that_the_body_does_not_control():
    official = make_source()
    own = make_source(tier=Tier.INDEPENDENT, is_independent=False)

    errors = refusal_of(S.IMPLEMENTED, sources=[official, own])

    assert "that the body does not control" in errors["sources"][0]


def test_the_recorder_cannot_be_the_second_editor():
    editor = make_user(is_superuser=True)

    errors = refusal_of(S.IMPLEMENTED, by=editor, approved_by=editor)

    assert "second editor" in errors["approved_by"][0]


def test_our_own_receipt_proves_an_acknowledgement():
    update = record(make_action(), S.ACKNOWLEDGED, sources=[], receipt_on=ASKED_ON)

    assert update.pk


def test_the_future_is_not_recorded():
    tomorrow = timezone.localdate() + timedelta(days=1)

    errors = refusal_of(S.UNDER_DISCUSSION, happened_on=tomorrow, checked_on=tomorrow)

    assert errors["happened_on"] == ["The record holds no dates in the future."]


def test_it_cannot_be_checked_before_it_happened():
    errors = refusal_of(S.UNDER_DISCUSSION, checked_on=ASKED_ON - timedelta(days=1))

    assert errors["checked_on"] == ["It cannot have been checked before it happened."]


def test_every_gap_is_named_at_once():
    errors = refusal_of(S.PARTIAL_ACTION, sources=[], missing="", summary="")

    assert set(errors) == {"summary", "missing", "sources"}
