"""What an entry of the record must carry, as constraints of the database and as checks."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.vocabulary import (
    EVIDENCE,
    NOT_RELAXED,
    REASON,
    REQUIRED_TIERS,
    TRANSITIONS,
    AssertedBy,
    BlockedReason,
    DatePrecision,
    RefusedReason,
    ResponseStatus,
    Tier,
    Verification,
    is_step_back,
)

S = ResponseStatus
IS_A_LOOK = models.Q(search_log__isnull=False)
NEEDS_APPROVAL = _("“Carried out, verified” needs the approval of a second editor.")

# What one row can say of itself; the database holds these.
CONSTRAINTS = [
    models.UniqueConstraint(fields=["previous_digest"], name="status_update_chain_does_not_fork"),
    models.UniqueConstraint(
        fields=["key"], condition=~models.Q(key=""), name="status_update_key_is_unique"
    ),
    models.CheckConstraint(
        condition=models.Q(status__in=[s for s in S.values if s != S.NOT_CHECKED]),
        name="status_update_status_is_known",
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
        violation_error_message=_("The record holds no dates in the future."),
    ),
    models.CheckConstraint(
        condition=models.Q(checked_on__gte=models.F("happened_on")),
        name="status_update_is_checked_after_it_happened",
        violation_error_message=_("It cannot have been checked before it happened."),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK | ~models.Q(summary=""),
        name="status_update_says_what_happened",
        violation_error_message=_("Say in a sentence what happened."),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK | ~models.Q(status=S.NO_RESPONSE),
        name="status_update_no_response_needs_search_log",
        violation_error_message=_(
            "“No public response found” needs a search log: places searched, terms and known gaps."
        ),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK
        | ~models.Q(status=S.COMMITTED)
        | (~models.Q(quote="") & ~models.Q(speaker="")),
        name="status_update_committed_needs_words_and_speaker",
        violation_error_message=_(
            "“Promised” needs the exact words, and who spoke in what capacity."
        ),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK
        | ~models.Q(status=S.PARTIAL_ACTION)
        | (~models.Q(missing="") & ~models.Q(reference="")),
        name="status_update_partial_needs_reference_and_missing_part",
        violation_error_message=_(
            "“Partial action” needs the paragraph or symbol, and in writing what is still missing."
        ),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK | ~models.Q(status=S.ACTION_TAKEN) | ~models.Q(reference=""),
        name="status_update_action_taken_needs_reference",
        violation_error_message=_("“Action taken” needs the act and its symbol."),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK
        | ~models.Q(status=S.IMPLEMENTED)
        | (models.Q(approved_by__isnull=False) & ~models.Q(approved_by=models.F("recorded_by"))),
        name="status_update_implemented_needs_second_editor",
        violation_error_message=NEEDS_APPROVAL,
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK
        | ~models.Q(status=S.REFUSED)
        | (
            ~models.Q(refused_reason="")
            & (~models.Q(quote="") | models.Q(votes_against__isnull=False))
        ),
        name="status_update_refused_needs_reason_and_words_or_vote",
        violation_error_message=_(
            "“Refused” needs how it was refused, and the words or the vote."
            " Silence is never a refusal."
        ),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK
        | ~models.Q(status=S.BLOCKED)
        | (~models.Q(blocked_reason="") & ~models.Q(blocked_by="")),
        name="status_update_blocked_needs_reason_and_blocker",
        violation_error_message=_("“Blocked” needs how it was blocked, and by whom."),
    ),
    models.CheckConstraint(
        condition=~models.Q(blocked_reason__in=[BlockedReason.VETO, BlockedReason.VOTES_SHORT])
        | models.Q(votes_for__isnull=False, votes_against__isnull=False),
        name="status_update_vote_needs_tally",
        violation_error_message=_("A veto or a lost vote needs the tally."),
    ),
    models.CheckConstraint(
        condition=~models.Q(blocked_reason=BlockedReason.VETO)
        | models.Q(votes_for__gte=9, votes_against__gte=1),
        name="status_update_veto_needs_nine_votes",
        violation_error_message=_(
            "It is a veto only with nine votes or more in favour and one against."
        ),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK | ~models.Q(status=S.REVERSED) | models.Q(undoes__isnull=False),
        name="status_update_reversed_names_what_was_undone",
        violation_error_message=_("“Reversed” needs the entry that was undone."),
    ),
    models.CheckConstraint(
        condition=IS_A_LOOK | ~models.Q(status=S.OVERTAKEN) | ~models.Q(transition_reason=""),
        name="status_update_overtaken_needs_reason",
        violation_error_message=_("“Overtaken by events” needs one sentence why."),
    ),
    models.CheckConstraint(
        condition=models.Q(corrects=None, correction_reason="")
        | (models.Q(corrects__isnull=False) & ~models.Q(correction_reason="")),
        name="status_update_correction_needs_reason",
        violation_error_message=_("A correction names the entry it corrects and why."),
    ),
]


def check_sources(update, sources):
    """The tiers of evidence that the status demands, whoever writes the entry."""
    if update.status not in TRANSITIONS or update.is_look:
        return
    status = update.current_status
    if status == S.ACKNOWLEDGED and update.receipt_on:
        return
    if status not in REQUIRED_TIERS:
        return
    needed = gettext("“%(status)s” needs evidence: %(evidence)s") % {
        "status": status.label,
        "evidence": EVIDENCE[status],
    }
    fit = [source for source in sources if not source.is_weak]
    if not fit:
        only_weak = gettext("A weak source is never the only source of a status.")
        raise ValidationError({"sources": f"{needed} {only_weak}" if sources else needed})
    tiers = {source.tier for source in fit}
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
        source.is_independent and source.tier >= Tier.INDEPENDENT for source in fit
    ):
        raise ValidationError(
            {
                "sources": gettext(
                    "“Carried out, verified” needs one source (T3 or T4)"
                    " that the body does not control."
                )
            }
        )


def check_transition(update, before, after):
    """Whether the vocabulary lets this status follow what stands before it on its date."""
    if update.status not in TRANSITIONS or not update.happened_on:
        return
    previous = before.current_status if before else S.NOT_CHECKED
    status = update.current_status
    if update.is_look and status != S.NO_RESPONSE:
        if status != previous:
            raise ValidationError(
                {
                    "search_log": gettext(
                        "“Looked again, nothing new” keeps the status, which was “%(status)s”."
                    )
                    % {"status": previous.label}
                }
            )
        return
    rule = TRANSITIONS[previous].get(status)
    if rule is None:
        raise ValidationError(
            {
                "status": gettext(
                    "“%(status)s” cannot follow “%(previous)s”."
                    " If the earlier entry is wrong, correct it."
                )
                % {"status": status.label, "previous": previous.label}
            }
        )
    if rule == REASON and not update.transition_reason:
        raise ValidationError(
            {
                "transition_reason": gettext(
                    "From “%(previous)s” to “%(status)s” needs a written reason."
                )
                % {"status": status.label, "previous": previous.label}
            }
        )
    if is_step_back(previous, status) != update.is_setback:
        words = {"status": status.label, "previous": previous.label}
        if update.is_setback:
            refusal = gettext("From “%(previous)s” to “%(status)s” is no step back: untick this.")
        else:
            refusal = gettext(
                "From “%(previous)s” to “%(status)s” is a step back. Is this a setback?"
                " Tick it, or choose another status."
            )
        raise ValidationError({"is_setback": refusal % words})
    if after and after.status not in TRANSITIONS[status]:
        raise ValidationError(
            {
                "happened_on": gettext(
                    "The record already says “%(next)s” on %(day)s, which cannot follow"
                    " “%(status)s”. Correct that entry, or choose another day."
                )
                % {
                    "next": after.current_status.label,
                    "day": after.happened_on,
                    "status": status.label,
                }
            }
        )
