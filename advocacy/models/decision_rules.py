"""What a decision must hold, as constraints of the database and as checks of its verb."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.dates import written_day
from advocacy.models.decision_enums import VOTED, Outcome, Vote
from advocacy.models.enums import DatePrecision
from advocacy.models.evidence import check_can_stand
from advocacy.models.recorded import is_a_state, rules_of
from advocacy.models.states import GROUP_OF

HAS_NO_TALLY = models.Q(yes=None, no=None, abstain=None, absent=None, not_voting=None)
# Without these numbers there is no tally; absences are often not counted.
COUNTED = (Vote.YES, Vote.NO, Vote.ABSTAIN)

# Each has as its code the field that its error belongs to.
CONSTRAINTS = [
    *rules_of("decided_on"),
    models.CheckConstraint(
        condition=models.Q(outcome__in=Outcome.values),
        name="decision_outcome_is_known",
        violation_error_code="outcome",
        violation_error_message=_("Choose what became of it."),
    ),
    models.CheckConstraint(
        condition=models.Q(decided_precision__in=DatePrecision.values),
        name="decision_precision_is_known",
        violation_error_code="decided_precision",
        violation_error_message=_("Choose how much of the date is known."),
    ),
    models.CheckConstraint(
        condition=~models.Q(outcome__in=VOTED)
        | models.Q(yes__isnull=False, no__isnull=False, abstain__isnull=False),
        name="decision_by_vote_has_a_tally",
        violation_error_code="yes",
        violation_error_message=_(
            "A vote has a tally: how many in favour, against and abstaining. Where it is not"
            " known, choose “adopted; how is not known to us”."
        ),
    ),
    models.CheckConstraint(
        condition=models.Q(outcome__in=VOTED) | HAS_NO_TALLY,
        name="decision_without_a_vote_has_no_tally",
        violation_error_code="outcome",
        violation_error_message=_("Where nobody voted there is no tally."),
    ),
    models.CheckConstraint(
        condition=~models.Q(outcome=Outcome.VETO) | models.Q(yes__gte=9, no__gte=1),
        name="decision_veto_needs_nine_votes",
        violation_error_code="yes",
        violation_error_message=_(
            "It is a veto only with nine votes or more in favour and one against."
        ),
    ),
    models.CheckConstraint(
        condition=~models.Q(outcome=Outcome.ADOPTED_BY_VOTE) | models.Q(yes__gte=models.F("no")),
        name="decision_adopted_has_not_more_against",
        violation_error_code="yes",
        violation_error_message=_("What was adopted had no more votes against than in favour."),
    ),
    # A correction has the symbol of what it corrects: of those `check_doubles` asks.
    models.UniqueConstraint(
        "body",
        Upper("symbol"),
        condition=models.Q(corrects=None) & ~models.Q(symbol=""),
        name="decision_symbol_is_entered_once",
    ),
    models.UniqueConstraint(
        "body",
        Upper("draft_symbol"),
        "decided_on",
        condition=models.Q(corrects=None) & ~models.Q(draft_symbol=""),
        name="decision_draft_is_decided_once_a_day",
    ),
]


def counted(ballots: Mapping[str, str]) -> dict[str, int]:
    """The tally that ballots make; of absences, only where there is one, as few lists name them."""
    numbers = Counter(ballots.values())
    kept = [vote for vote in Vote if ballots and (vote in COUNTED or numbers[vote])]
    return {vote.value: numbers[vote] for vote in kept}


def check_sources(sources: Iterable[Any]) -> None:
    """Refuse a decision that nothing supports, or copies alone."""
    if not (sources := list(sources)):
        raise ValidationError({"sources": gettext("Name a source that says so.")})
    check_can_stand(sources)


def check_sponsors(sponsors: Iterable[str]) -> None:
    for code in sponsors:
        try:
            is_a_state(code)
        except ValidationError as error:
            raise ValidationError({"sponsors": error.messages}) from error


def check_ballots(decision: Any, ballots: Mapping[str, str]) -> None:
    """Refuse ballots of an unknown vote, of who could not vote, or that do not make the tally."""
    if not ballots:
        return
    try:
        refuse_unknown(decision, ballots)
        refuse_without_seat(decision, ballots)
        refuse_other_sums(decision, ballots)
    except ValidationError as error:
        raise ValidationError({"ballots": error.messages}) from error


def refuse_unknown(decision: Any, ballots: Mapping[str, str]) -> None:
    for code, vote in ballots.items():
        is_a_state(code)
        if vote not in Vote:
            refusal = gettext("“%(vote)s” of %(state)s is no vote. Choose one of: %(votes)s.")
            words = {"vote": vote, "state": code, "votes": ", ".join(Vote.values)}
            raise ValidationError(refusal % words)
    if decision.outcome not in VOTED:
        raise ValidationError(gettext("Where nobody voted there are no ballots."))
    if decision.decided_precision != DatePrecision.DAY:
        refusal = gettext("Give the day of the vote: who had a seat depends on it.")
        raise ValidationError(refusal)


def refuse_without_seat(decision: Any, ballots: Mapping[str, str]) -> None:
    """Refuse who had no seat that day, as far as the record knows who had one.

    Where it does not know all members, nobody is refused, and pages say that seats were not
    checked.
    """
    body, day = decision.body, decision.decided_on
    words = {"body": body, "day": written_day(day)}
    if not body.states_sit:
        refusal = gettext("No States sit in “%(body)s”, so no State votes there.")
        raise ValidationError(refusal % words)
    if body.all_states_sit:
        without = sorted(set(ballots) - set(GROUP_OF))
        refusal = ngettext(
            "%(states)s is no member of the United Nations, so it has no vote in “%(body)s”.",
            "%(states)s are no members of the United Nations, so they have no vote in “%(body)s”.",
            len(without),
        )
    elif body.lists_all_members(day):
        seated = set(body.members.held(day).values_list("country", flat=True))
        without = sorted(set(ballots) - seated)
        refusal = ngettext(
            "%(states)s had no seat in “%(body)s” on %(day)s, so it had no vote.",
            "%(states)s had no seat in “%(body)s” on %(day)s, so they had no vote.",
            len(without),
        )
    else:
        return
    if without:
        raise ValidationError(refusal % (words | {"states": ", ".join(without)}))


def refuse_other_sums(decision: Any, ballots: Mapping[str, str]) -> None:
    numbers = Counter(ballots.values())
    for vote in Vote:
        tally = getattr(decision, vote.value)
        if tally is not None and tally != numbers[vote]:
            if vote not in COUNTED and not numbers[vote]:
                # How many were absent is known, and not who.
                continue
            refusal = gettext(
                "The tally says “%(vote)s”: %(tally)s, and the ballots make %(number)s."
                " Give all ballots, or none."
            )
            words = {"vote": vote.label, "tally": tally, "number": numbers[vote]}
            raise ValidationError(refusal % words)


def check_paragraphs(paragraphs: Iterable[Any]) -> None:
    """Refuse a paragraph that names no number or is named twice, or was read and has no words."""
    seen = set()
    for paragraph in paragraphs:
        try:
            paragraph.clean_fields(exclude=["decision"])
            paragraph.validate_constraints(exclude=["decision"])
        except ValidationError as error:
            words = {"number": paragraph.number, "why": " ".join(error.messages)}
            refusal = gettext("Paragraph “%(number)s”: %(why)s") % words
            raise ValidationError({"paragraphs": refusal}) from error
        if paragraph.number in seen:
            refusal = gettext("Paragraph “%(number)s” stands here twice.")
            raise ValidationError({"paragraphs": refusal % {"number": paragraph.number}})
        seen.add(paragraph.number)


def check_doubles(decision: Any) -> None:
    """Refuse a decision that the record has already, under its symbol or as a draft of that day."""
    others = type(decision)._default_manager.in_force().filter(body=decision.body)
    if decision.corrects_id:
        others = others.exclude(pk=decision.corrects_id)
    for field, same in (
        ("symbol", {}),
        ("draft_symbol", {"decided_on": decision.decided_on}),
    ):
        text = getattr(decision, field)
        if text and others.filter(**{f"{field}__iexact": text}, **same).exists():
            refusal = gettext("The record has “%(symbol)s” of this body already. Correct that one.")
            raise ValidationError({field: refusal % {"symbol": text}})
