"""The rules of the vocabulary: definitions, transitions and the evidence each status needs.

Codes are stable and public. They follow the practice of promise trackers and of the United
Nations treaty bodies; `ANALOGUES` says where each one comes from.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from advocacy.models.enums import Phase, ResponseStatus, Tier

S = ResponseStatus


# Statuses that an entry may set; the other two are derived: nobody looked, nothing was found.
RECORDED = [status for status in S if status not in (S.NOT_CHECKED, S.NO_RESPONSE)]
# Groups in which asks are counted apart from every phase.
IN_CONFIDENCE, PROPOSED = "in_confidence", "proposed"


def counted_as(status: str, works_in_confidence: bool, is_proposed: bool = False) -> str:
    """The phase under which an ask is counted, or `IN_CONFIDENCE`, or `PROPOSED`.

    The silence of a body that works in confidence is no failure, and no body owes an answer to
    what was never put to it: both are counted apart.
    """
    if is_proposed:
        return PROPOSED
    phase = ResponseStatus(status).phase
    return IN_CONFIDENCE if works_in_confidence and phase == Phase.NO_ANSWER else phase


DEFINITION_OF_PROPOSED = _(
    "The editors of this record propose it. Nobody is known to have put it to this body,"
    " so no clock runs, and no answer is waited for."
)
DEFINITIONS = {
    S.NOT_CHECKED: _(
        "Nobody has yet looked for an answer to this ask, so we say nothing about it."
    ),
    S.NO_RESPONSE: _(
        "We searched the records listed below up to the date shown"
        " and found no reaction to this ask."
    ),
    S.ACKNOWLEDGED: _(
        "The body has recorded or received the matter but said nothing on the substance."
    ),
    S.UNDER_DISCUSSION: _(
        "The body has put the matter on an agenda or debated it on a known date,"
        " without an outcome."
    ),
    S.COMMITTED: _(
        "The body, or someone entitled to bind it, has said it will do what is asked,"
        " and has not yet done it."
    ),
    S.PARTIAL_ACTION: _(
        "The body has formally done part of what is asked, and the missing part is named."
    ),
    S.ACTION_TAKEN: _("The body has done the act asked for; whether it worked is not yet shown."),
    S.IMPLEMENTED: _(
        "The result asked for exists, according to at least one source independent of the body."
    ),
    S.REFUSED: _("The body has said in words or by a vote on the merits that it will not do this."),
    S.BLOCKED: _("A formal attempt was made and stopped by a rule or another actor, named below."),
    S.REVERSED: _("Something done earlier for this ask was undone, or the opposite was done."),
    S.OVERTAKEN: _(
        "The situation changed so that the ask no longer applies, with no credit to the body."
    ),
}

# In the words of those vocabularies, which are English.
ANALOGUES = {
    S.NOT_CHECKED: "PolitiFact: Not Yet Rated; Open Government Partnership: No Evidence",
    S.NO_RESPONSE: "Human Rights Committee follow-up grade D; Alaveteli: Awaiting response",
    S.ACKNOWLEDGED: "ILO article 24: the Director-General acknowledges receipt; MuckRock: ack",
    S.UNDER_DISCUSSION: "PolitiFact: In the Works; Joint Inspection Unit: under consideration",
    S.COMMITTED: "Universal Periodic Review: supported; FixMyStreet: Action scheduled",
    S.PARTIAL_ACTION: "Human Rights Committee follow-up grade B; PolitiFact: Compromise",
    S.ACTION_TAKEN: "Human Rights Committee follow-up grade A; GovTrack: passed",
    S.IMPLEMENTED: "ILO Committee of Experts: satisfaction; GAO: Closed - implemented",
    S.REFUSED: "Universal Periodic Review: noted; Human Rights Committee grade E",
    S.BLOCKED: "GovTrack: vetoed; ILO: not receivable",
    S.REVERSED: "Human Rights Committee grade E (contrary to); OGP: Worsened",
    S.OVERTAKEN: "GAO: Closed - not implemented; FixMyStreet: Action No Longer Required",
}

# Statuses that answer the substance of the ask. An acknowledgement does not, nor does an event
# that made the ask pointless.
SUBSTANTIVE = [
    S.UNDER_DISCUSSION,
    S.COMMITTED,
    S.PARTIAL_ACTION,
    S.ACTION_TAKEN,
    S.IMPLEMENTED,
    S.REFUSED,
    S.BLOCKED,
    S.REVERSED,
]
ACKNOWLEDGING = [S.ACKNOWLEDGED, *SUBSTANTIVE]
# Phases in which the body still owes something; the others end the wait.
OPEN_STATUSES = [s for s in S if s.phase in (Phase.UNKNOWN, Phase.NO_ANSWER, Phase.IN_PROGRESS)]

FREE, REASON = "free", "reason"


def _row(
    free: Iterable[ResponseStatus], reason: Iterable[ResponseStatus] = ()
) -> dict[ResponseStatus, str]:
    return {**dict.fromkeys(free, FREE), **dict.fromkeys(reason, REASON)}


# From a response (row) to the next (key): free, or only with a written reason. What is not listed
# is not allowed. A wrong entry is corrected, not moved away from. Before the first response an ask
# is "not checked" here, whether or not somebody has looked.
_DONE_OR_NOT = [S.COMMITTED, S.PARTIAL_ACTION, S.ACTION_TAKEN, S.REFUSED, S.BLOCKED]
TRANSITIONS = {
    S.NOT_CHECKED: _row([S.ACKNOWLEDGED, S.UNDER_DISCUSSION, *_DONE_OR_NOT], [S.OVERTAKEN]),
    S.ACKNOWLEDGED: _row([S.ACKNOWLEDGED, S.UNDER_DISCUSSION, *_DONE_OR_NOT], [S.OVERTAKEN]),
    S.UNDER_DISCUSSION: _row([S.UNDER_DISCUSSION, *_DONE_OR_NOT], [S.OVERTAKEN]),
    S.COMMITTED: _row(
        [S.COMMITTED, S.PARTIAL_ACTION, S.ACTION_TAKEN, S.BLOCKED],
        [S.UNDER_DISCUSSION, S.REFUSED, S.REVERSED, S.OVERTAKEN],
    ),
    S.PARTIAL_ACTION: _row(
        [S.COMMITTED, S.PARTIAL_ACTION, S.ACTION_TAKEN, S.BLOCKED],
        [S.UNDER_DISCUSSION, S.IMPLEMENTED, S.REFUSED, S.REVERSED, S.OVERTAKEN],
    ),
    S.ACTION_TAKEN: _row(
        [S.ACTION_TAKEN, S.IMPLEMENTED], [S.PARTIAL_ACTION, S.REVERSED, S.OVERTAKEN]
    ),
    S.IMPLEMENTED: _row([S.IMPLEMENTED], [S.PARTIAL_ACTION, S.REVERSED]),
    S.REFUSED: _row([S.UNDER_DISCUSSION, *_DONE_OR_NOT], [S.OVERTAKEN]),
    S.BLOCKED: _row([S.UNDER_DISCUSSION, *_DONE_OR_NOT], [S.OVERTAKEN]),
    S.REVERSED: _row([S.UNDER_DISCUSSION, *_DONE_OR_NOT, S.REVERSED], [S.OVERTAKEN]),
    S.OVERTAKEN: _row([S.OVERTAKEN], [S.UNDER_DISCUSSION]),
}


# Statuses in order of progress; a move down is a step back.
LADDER: list[str] = [
    S.ACKNOWLEDGED,
    S.UNDER_DISCUSSION,
    S.COMMITTED,
    S.PARTIAL_ACTION,
    S.ACTION_TAKEN,
    S.IMPLEMENTED,
]


def is_step_back(previous: str, status: str) -> bool:
    """Whether a body goes back on what it had said or done."""
    if previous not in LADDER:
        return False
    if status in LADDER:
        return LADDER.index(status) < LADDER.index(previous)
    promised = LADDER.index(previous) >= LADDER.index(S.COMMITTED)
    return promised and status in Phase.AGAINST.statuses


# The tiers of which each status needs a source. But for those of NOT_RELAXED, independent reporting
# may stand in for it; the entry is then "reported" until an official record is found.
REQUIRED_TIERS = {
    S.ACKNOWLEDGED: {Tier.OFFICIAL_RECORD, Tier.OFFICIAL_STATEMENT},
    S.UNDER_DISCUSSION: {Tier.OFFICIAL_RECORD},
    S.COMMITTED: {Tier.OFFICIAL_RECORD, Tier.OFFICIAL_STATEMENT},
    S.PARTIAL_ACTION: {Tier.OFFICIAL_RECORD},
    S.ACTION_TAKEN: {Tier.OFFICIAL_RECORD},
    S.IMPLEMENTED: {Tier.OFFICIAL_RECORD, Tier.OFFICIAL_STATEMENT},
    S.REFUSED: {Tier.OFFICIAL_RECORD, Tier.OFFICIAL_STATEMENT},
    S.BLOCKED: {Tier.OFFICIAL_RECORD},
    S.REVERSED: {Tier.OFFICIAL_RECORD},
    S.OVERTAKEN: {Tier.OFFICIAL_RECORD},
}
NOT_RELAXED = {S.IMPLEMENTED, S.REFUSED, S.BLOCKED}

EVIDENCE = {
    S.NOT_CHECKED: _("None: it is the absence of any entry."),
    S.NO_RESPONSE: _(
        "A look with its search log: places searched, terms, date, by whom, known gaps."
        " No link is needed."
    ),
    S.ACKNOWLEDGED: _(
        "An official record or statement, or our own receipt (kept privately, its date shown)."
    ),
    S.UNDER_DISCUSSION: _("An official record: the meeting number or agenda."),
    S.COMMITTED: _(
        "An official record or statement, the exact words, who spoke and in what capacity."
    ),
    S.PARTIAL_ACTION: _(
        "An official record with its paragraph, and in writing what is still missing."
    ),
    S.ACTION_TAKEN: _("An official record: what act, its date and symbol."),
    S.IMPLEMENTED: _(
        "An official source for the act, a source independent of the body,"
        " and the approval of a second editor."
    ),
    S.REFUSED: _(
        "An official record or statement with the words or the vote. Silence is never a refusal."
    ),
    S.BLOCKED: _("An official record with the reason, who blocked it and the tally of the vote."),
    S.REVERSED: _("An official record or independent report, and a link to the entry undone."),
    S.OVERTAKEN: _("An official record or independent report, and one sentence why."),
}

# What an end is called: before the ask, and after it. Who acted has not yet done what was asked.
ENDED = {
    S.ACTION_TAKEN: (
        gettext_noop("Acted before the ask"),
        gettext_noop("Acted %(days)s %(after)s"),
    ),
    Phase.DELIVERED: (gettext_noop("Done before the ask"), gettext_noop("Done %(days)s %(after)s")),
    Phase.CLOSED: (
        gettext_noop("Closed before the ask"),
        gettext_noop("Closed %(days)s %(after)s"),
    ),
}
