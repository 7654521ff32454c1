"""What each code of decisions, statements and treaties means, in one sentence."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from advocacy.models.decision_enums import Outcome, Stance, StanceBasis, TreatyState, Vote

DEFINITIONS: dict[str, dict[str, Any]] = {
    "decisions.outcome": {
        Outcome.ADOPTED_BY_VOTE: _("It was put to the vote and passed."),
        Outcome.ADOPTED_WITHOUT_VOTE: _("It passed, and nobody asked for a vote."),
        Outcome.ADOPTED: _("It passed; whether by vote, and with how many, we did not find."),
        Outcome.VOTES_SHORT: _("It was put to the vote and had too few votes in favour."),
        Outcome.VETO: _("It had the votes, and a member whose vote against decides voted against."),
        Outcome.WITHDRAWN: _("Those who put it forward took it back before it was decided."),
        Outcome.NOT_RECEIVED: _(
            "An objection or a rule kept it from being decided on: nobody voted on it."
        ),
    },
    "ballots.vote": {
        Vote.YES: _("The State voted in favour."),
        Vote.NO: _("The State voted against."),
        Vote.ABSTAIN: _("The State took part in the vote and was neither for nor against."),
        Vote.ABSENT: _("The State was not there when the vote was taken."),
        Vote.NOT_VOTING: _("The State was there and took no part in the vote."),
    },
    "stances.stance": {
        Stance.SUPPORTS: _("It speaks for what is asked, as far as its basis says."),
        Stance.OPPOSES: _("It speaks against what is asked, as far as its basis says."),
        Stance.QUALIFIED: _("It would accept what is asked under conditions, or a part of it."),
        Stance.UNCLEAR: _("It speaks of the matter, and takes no side."),
    },
    "stances.basis": {
        StanceBasis.EXPLICIT: _("The speaker spoke of the very step that is asked for."),
        StanceBasis.IMPLIED: _(
            "The speaker condemned or defended the conduct and did not speak of the step: this is"
            " no support of the ask and no opposition to it."
        ),
        StanceBasis.NONE: _("There is no side to be shown."),
    },
    "treaties.status": {
        TreatyState.RATIFIED: _("It signed the treaty and is bound since it ratified it."),
        TreatyState.ACCEDED: _("It is bound since it joined the treaty without signing it first."),
        TreatyState.SUCCEEDED: _("It is bound because a State before it was."),
        TreatyState.PARTY: _("It is bound; by which act, we did not find."),
        TreatyState.SIGNED: _("It signed the treaty and has not ratified it."),
        TreatyState.LEFT: _("It was bound, and is so no longer."),
        TreatyState.NOT_PARTY: _("It is not bound, and has not signed."),
    },
}
