"""What an entry of the record must carry, as constraints of the database and as checks."""

from datetime import timedelta

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models.functions import Coalesce
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
WEAK_ALONE = _("A weak source never stands alone: name one that can be opened.")
IS_A_LOOK = models.Q(search_log__isnull=False)
# Names the error where a response was found late and the one after it needs a reason; the entry
# itself has no such field.
LATER_REASON = "later_reason"
# Staff are asked about a response dated later than its newest source by more than this.
LATER_THAN_SOURCES = timedelta(days=31)

# Rules about a single row, enforced by the database. Each has as its code the field that its error
# belongs to.
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
        condition=~IS_A_LOOK | models.Q(points_other_way=False),
        name="status_update_look_points_nowhere",
        violation_error_code="points_other_way",
        violation_error_message=_("Only a response of the body can point the other way."),
    ),
    models.CheckConstraint(
        condition=~IS_A_LOOK | models.Q(event=None),
        name="status_update_look_has_no_event",
        violation_error_code="event",
        violation_error_message=_("A look found nothing: only a response points to an event."),
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


def can_stand(sources):
    """Whether something may rest on these: a copy or an aggregator never stands alone."""
    return any(not source.is_weak for source in sources)


def check_can_stand(sources):
    """Refuse weak sources that stand alone, under a status or anything else that is shown."""
    if sources and not can_stand(sources):
        raise ValidationError({"sources": str(WEAK_ALONE)})


def rests_on_digests(update, sources):
    """Whether a response rests only on sources that nobody opened, and on copies.

    `StatusUpdateQuerySet.resting_on_digests` asks the database the same.
    """
    if update.is_look or (update.status == S.ACKNOWLEDGED and update.receipt_on):
        return False
    return bool(sources) and not any(source.was_read for source in sources)


def check_sources(update, sources):
    """Refuse sources that are not of the tiers the status demands, whoever writes the entry."""
    status = update.response_status
    if status is None or (status == S.ACKNOWLEDGED and update.receipt_on):
        return
    needed = gettext("“%(status)s” needs evidence: %(evidence)s") % {
        "status": label_of(status),
        "evidence": EVIDENCE[status],
    }
    strong = [source for source in sources if not source.is_weak]
    if not can_stand(sources):
        raise ValidationError({"sources": f"{needed} {WEAK_ALONE}" if sources else needed})
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


def check_references(update):
    """Refuse to name an entry of another ask, or an event that happened only later.

    Nor is an entry corrected twice.
    """
    errors: dict[str, str] = {}
    for field in ("corrects", "undoes"):
        other = getattr(update, field)
        if other and other.action_id != update.action_id:
            errors[field] = gettext("Choose an entry of the same ask.")
    event, day = update.event, update.happened_on
    if event and day and event.happened_on > day:
        errors["event"] = gettext("This event happened later than the entry says.")
    entries = type(update)._default_manager
    if update.corrects_id and entries.filter(corrects_id=update.corrects_id).exists():
        errors["corrects"] = gettext("This entry is already corrected: correct the newer one.")
    if errors:
        raise ValidationError(errors)


def check_look(update):
    """Refuse a look of another day than the one on which its search log says somebody looked."""
    log, day = update.search_log, update.happened_on
    if log and day and day != log.searched_on:
        refusal = gettext("Its search log is of %(day)s, and a look is of that day.")
        raise ValidationError({"happened_on": refusal % {"day": written_day(log.searched_on)}})


def newest_source_long_before(day, sources):
    """The newest of these sources if it is more than a month older than the day; else None."""
    published = {last_day(s.published_on, s.published_precision): s for s in sources}
    newest = max(published, default=day)
    return published[newest] if day > newest + LATER_THAN_SOURCES else None


def check_transition(update, before, after, later_reason=""):
    """Refuse a response that may not stand between those before and after its day."""
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
    """Whether the response that already follows needs a reason now, or has become a setback."""
    rule = TRANSITIONS[status].get(after.response_status)
    lacks_reason = rule == REASON and not after.transition_reason
    return lacks_reason or is_step_back(status, after.status) != after.is_setback


def check_next(status, after, later_reason):
    """Refuse a status that the response already on record after it may not follow."""
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


def all_hold(update):
    """Whether an entry keeps every constraint, the check constraints asked in one query.

    Django asks for each by itself, and prepares every field of the entry for each of them.
    """
    fields = update._meta.concrete_fields
    values = {f.name: models.Value(getattr(update, f.attname), output_field=f) for f in fields}
    held = []
    for constraint in CONSTRAINTS:
        if isinstance(constraint, models.CheckConstraint):
            # As in the database, one that comes out as unknown is kept.
            held.append(Coalesce(constraint.condition, True, output_field=models.BooleanField()))
            continue
        try:
            constraint.validate(type(update), update)
        except ValidationError:
            return False
    return models.Q(*held).check(values)


def by_field(errors, fields):
    """The errors with those of constraints moved to the field that each names as its code."""
    placed: dict[str, list[ValidationError]] = {}
    for name, of_name in errors.items():
        for error in of_name:
            place = error.code if name == NON_FIELD_ERRORS and error.code in fields else name
            placed.setdefault(place, []).append(error)
    return placed
