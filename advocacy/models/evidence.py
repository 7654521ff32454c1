"""What an entry of the record must carry, as constraints of the database and as checks."""

from datetime import timedelta

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.dates import last_day, written_day
from advocacy.models.enums import (
    AssertedBy,
    BlockedReason,
    DatePrecision,
    RefusedReason,
    ResponseStatus,
    Tier,
    Verification,
)
from advocacy.models.standing import label_of
from advocacy.models.vocabulary import (
    EVIDENCE,
    NOT_RELAXED,
    REASON,
    RECORDED,
    REQUIRED_TIERS,
    TRANSITIONS,
    is_step_back,
)

S = ResponseStatus
IS_A_LOOK = models.Q(search_log__isnull=False)
# Where a response found late asks a reason of the one after it; not a field of the entry itself.
LATER_REASON = "later_reason"
# Staff are asked about a response dated later than its newest source by more than this.
LATER_THAN_SOURCES = timedelta(days=31)

# Rules about a single row, enforced by the database. The code of each is the field of its error.
CONSTRAINTS = [
    models.UniqueConstraint(
        fields=["key"], condition=~models.Q(key=""), name="status_update_key_is_unique"
    ),
    models.CheckConstraint(
        condition=(IS_A_LOOK & models.Q(status=""))
        | (~IS_A_LOOK & models.Q(status__in=[s.value for s in RECORDED])),
        name="status_update_is_a_response_or_a_look",
        violation_error_code="status",
        violation_error_message=_("Choose a status of the vocabulary."),
    ),
    models.CheckConstraint(
        condition=models.Q(asserted_by__in=AssertedBy.values)
        & models.Q(verification__in=Verification.values)
        & models.Q(happened_precision__in=DatePrecision.values)
        & models.Q(blocked_reason__in=["", *BlockedReason.values])
        & models.Q(refused_reason__in=["", *RefusedReason.values]),
        name="status_update_codes_are_known",
        violation_error_message=_("Choose codes of the vocabulary."),
    ),
    models.CheckConstraint(
        condition=models.Q(happened_on__lte=models.F("recorded_at"))
        & models.Q(checked_on__lte=models.F("recorded_at")),
        name="status_update_is_not_in_the_future",
        violation_error_code="happened_on",
        violation_error_message=_("The record holds no dates in the future."),
    ),
    models.CheckConstraint(
        condition=models.Q(checked_on__gte=models.F("happened_on")),
        name="status_update_is_checked_after_it_happened",
        violation_error_code="checked_on",
        violation_error_message=_("It cannot have been checked before it happened."),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK | ~models.Q(summary=""),
        name="status_update_says_what_happened",
        violation_error_code="summary",
        violation_error_message=_("Say in a sentence what happened."),
    ),
    models.CheckConstraint(
        condition=~models.Q(status=S.COMMITTED) | (~models.Q(quote="") & ~models.Q(speaker="")),
        name="status_update_committed_needs_words_and_speaker",
        violation_error_code="quote",
        violation_error_message=_(
            "“Promised” needs the exact words, and who spoke in what capacity."
        ),
    ),
    models.CheckConstraint(
        condition=~models.Q(status=S.PARTIAL_ACTION)
        | (~models.Q(missing="") & ~models.Q(reference="")),
        name="status_update_partial_needs_reference_and_missing_part",
        violation_error_code="missing",
        violation_error_message=_(
            "“Partial action” needs the paragraph or symbol, and in writing what is still missing."
        ),
    ),
    models.CheckConstraint(
        condition=~models.Q(status=S.ACTION_TAKEN) | ~models.Q(reference=""),
        name="status_update_action_taken_needs_reference",
        violation_error_code="reference",
        violation_error_message=_("“Action taken” needs the act and its symbol."),
    ),
    models.CheckConstraint(
        condition=~models.Q(status=S.IMPLEMENTED)
        | (models.Q(approved_by__isnull=False) & ~models.Q(approved_by=models.F("recorded_by"))),
        name="status_update_implemented_needs_second_editor",
        violation_error_code="approved_by",
        violation_error_message=_("“Carried out, verified” needs the approval of a second editor."),
    ),
    models.CheckConstraint(
        condition=~models.Q(status=S.REFUSED)
        | (
            ~models.Q(refused_reason="")
            & (~models.Q(quote="") | models.Q(votes_against__isnull=False))
        ),
        name="status_update_refused_needs_reason_and_words_or_vote",
        violation_error_code="refused_reason",
        violation_error_message=_(
            "“Refused” needs how it was refused, and the words or the vote."
            " Silence is never a refusal."
        ),
    ),
    models.CheckConstraint(
        condition=~models.Q(status=S.BLOCKED)
        | (~models.Q(blocked_reason="") & ~models.Q(blocked_by="")),
        name="status_update_blocked_needs_reason_and_blocker",
        violation_error_code="blocked_reason",
        violation_error_message=_("“Blocked” needs how it was blocked, and by whom."),
    ),
    models.CheckConstraint(
        condition=~models.Q(blocked_reason__in=[BlockedReason.VETO, BlockedReason.VOTES_SHORT])
        | models.Q(votes_for__isnull=False, votes_against__isnull=False),
        name="status_update_vote_needs_tally",
        violation_error_code="votes_for",
        violation_error_message=_("A veto or a lost vote needs the tally."),
    ),
    models.CheckConstraint(
        condition=~models.Q(blocked_reason=BlockedReason.VETO)
        | models.Q(votes_for__gte=9, votes_against__gte=1),
        name="status_update_veto_needs_nine_votes",
        violation_error_code="votes_for",
        violation_error_message=_(
            "It is a veto only with nine votes or more in favour and one against."
        ),
    ),
    models.CheckConstraint(
        condition=~models.Q(status=S.REVERSED) | models.Q(undoes__isnull=False),
        name="status_update_reversed_names_what_was_undone",
        violation_error_code="undoes",
        violation_error_message=_("“Reversed” needs the entry that was undone."),
    ),
    models.CheckConstraint(
        condition=~models.Q(status=S.OVERTAKEN) | ~models.Q(transition_reason=""),
        name="status_update_overtaken_needs_reason",
        violation_error_code="transition_reason",
        violation_error_message=_("“Overtaken by events” needs one sentence why."),
    ),
    models.CheckConstraint(
        condition=models.Q(corrects=None, correction_reason="")
        | (models.Q(corrects__isnull=False) & ~models.Q(correction_reason="")),
        name="status_update_correction_needs_reason",
        violation_error_code="correction_reason",
        violation_error_message=_("A correction names the entry it corrects and why."),
    ),
]


def check_sources(update, sources):
    """The tiers of evidence that the status demands, whoever writes the entry."""
    status = update.response_status
    if status is None or (status == S.ACKNOWLEDGED and update.receipt_on):
        return
    needed = gettext("“%(status)s” needs evidence: %(evidence)s") % {
        "status": label_of(status),
        "evidence": EVIDENCE[status],
    }
    strong = [source for source in sources if not source.is_weak]
    if not strong:
        only_weak = gettext("A weak source is never the only source of a status.")
        raise ValidationError({"sources": f"{needed} {only_weak}" if sources else needed})
    tiers = {source.tier for source in strong}
    if not tiers & REQUIRED_TIERS[status]:
        if status in NOT_RELAXED or Tier.INDEPENDENT not in tiers:
            raise ValidationError({"sources": needed})
        if update.verification != Verification.REPORTED:
            raise ValidationError(
                {
                    "verification": gettext(
                        "Only independent reporting supports this entry:"
                        " set it to “reported” until an official record is found."
                    )
                }
            )
    if status == S.IMPLEMENTED and not any(
        source.is_independent and source.tier >= Tier.INDEPENDENT for source in strong
    ):
        raise ValidationError(
            {
                "sources": gettext(
                    "“Carried out, verified” needs one source (T3 or T4)"
                    " that the body does not control."
                )
            }
        )


def newest_source_long_before(day, sources):
    """The newest source of a response of this day, where it is more than a month older; or None."""
    published = {last_day(s.published_on, s.published_precision): s for s in sources}
    newest = max(published, default=day)
    return published[newest] if day > newest + LATER_THAN_SOURCES else None


def check_transition(update, before, after, later_reason=""):
    """Whether the vocabulary lets this response stand between those before and after its day."""
    status = update.response_status
    if status is None or not update.happened_on:
        return
    previous = before.response_status if before else S.NOT_CHECKED
    words = {"status": label_of(status), "previous": label_of(previous)}
    rule = TRANSITIONS[previous].get(status)
    if rule is None:
        refusal = gettext(
            "“%(status)s” cannot follow “%(previous)s”. If the earlier entry is wrong, correct it."
        )
        raise ValidationError({"status": refusal % words})
    if rule == REASON and not update.transition_reason:
        refusal = gettext("From “%(previous)s” to “%(status)s” needs a written reason.")
        raise ValidationError({"transition_reason": refusal % words})
    if is_step_back(previous, status) != update.is_setback:
        if update.is_setback:
            refusal = gettext("From “%(previous)s” to “%(status)s” is no step back: untick this.")
        else:
            refusal = gettext(
                "From “%(previous)s” to “%(status)s” is a step back. Is this a setback?"
                " Tick it, or choose another status."
            )
        raise ValidationError({"is_setback": refusal % words})
    if after:
        check_next(status, after, later_reason)


def needs_reason(status, after):
    """Whether the response that already follows needs a new reason, or is now a setback."""
    rule = TRANSITIONS[status].get(after.response_status)
    lacks_reason = rule == REASON and not after.transition_reason
    return lacks_reason or is_step_back(status, after.status) != after.is_setback


def check_next(status, after, later_reason):
    """Whether the response that already follows may still do so."""
    words = {
        "status": label_of(status),
        "next": label_of(after.status),
        "day": written_day(after.happened_on, after.happened_precision),
    }
    if after.response_status not in TRANSITIONS[status]:
        refusal = gettext(
            "The record already says “%(next)s” on %(day)s, which cannot follow “%(status)s”."
            " Correct that entry first."
        )
        raise ValidationError({"status": refusal % words})
    if needs_reason(status, after) and not later_reason:
        refusal = gettext(
            "The record says “%(next)s” on %(day)s. After “%(status)s” that entry needs a reason:"
            " give it here, and it is corrected in the same act."
        )
        raise ValidationError({LATER_REASON: refusal % words})


def by_field(errors, fields):
    """Errors of constraints under the field that each names as its code, others as they are."""
    placed: dict[str, list[ValidationError]] = {}
    for name, of_name in errors.items():
        for error in of_name:
            place = error.code if name == NON_FIELD_ERRORS and error.code in fields else name
            placed.setdefault(place, []).append(error)
    return placed
