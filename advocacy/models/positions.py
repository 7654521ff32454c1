"""How States voted on what bears on an ask, what was said of it, and the words for both."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from advocacy.models.actions import RecommendedAction
from advocacy.models.countries import country_name
from advocacy.models.dates import written_day
from advocacy.models.decision_enums import Stance, StanceBasis, TreatyState, Vote
from advocacy.models.decision_parts import Ballot, DecisionAsk
from advocacy.models.decisions import Decision
from advocacy.models.enums import AskState
from advocacy.models.stances import StatementAsk
from advocacy.models.statements import CoSpeaker, Statement
from advocacy.models.treaties import TreatyStatus

# Whole sentences to the State, each to be said in another language as that language says it.
VOTED_SO = {
    Vote.YES: gettext_noop("On %(day)s you voted for %(text)s."),
    Vote.NO: gettext_noop("On %(day)s you voted against %(text)s."),
    Vote.ABSTAIN: gettext_noop("On %(day)s you abstained in the vote on %(text)s."),
    Vote.ABSENT: gettext_noop("On %(day)s you were absent when %(text)s was put to the vote."),
    Vote.NOT_VOTING: gettext_noop(
        "On %(day)s you were present when %(text)s was put to the vote, and did not vote."
    ),
}
# Of what was said of the step itself; what is only implied is nothing to quote.
SAID_SO = {
    Stance.SUPPORTS: gettext_noop("On %(day)s you spoke for this step in public."),
    Stance.OPPOSES: gettext_noop("On %(day)s you spoke against this step in public."),
    Stance.QUALIFIED: gettext_noop("On %(day)s you spoke of this step in public, with conditions."),
}
# What a stance is called, in the order that pages list them in. Who condemned the conduct has not
# asked for the step.
S, B = Stance, StanceBasis
STANCES: dict[tuple[str, str], Any] = {
    (S.SUPPORTS, B.EXPLICIT): _("spoke for it"),
    (S.OPPOSES, B.EXPLICIT): _("spoke against it"),
    (S.QUALIFIED, B.EXPLICIT): _("spoke of it with conditions"),
    (S.QUALIFIED, B.NONE): _("set conditions; took no side"),
    (S.UNCLEAR, B.NONE): _("took no clear side"),
    (S.SUPPORTS, B.IMPLIED): _("condemned the conduct; did not ask for this step"),
    (S.OPPOSES, B.IMPLIED): _("defended the conduct; did not speak of this step"),
}


def speaker_name(statement: Statement) -> str:
    """Who spoke, as text alone."""
    other = statement.organisation or statement.body
    return other.text_of("name") if other else country_name(statement.state)


def stance_words(one: StatementAsk) -> str:
    """What the speaker did for or against an ask."""
    return str(STANCES[one.stance, one.basis])


def treaty_words(row: TreatyStatus) -> str:
    """How a State stands to a treaty."""
    return str(TreatyState(row.status).label)


def public_stances(statement: Statement) -> list[StatementAsk]:
    """What it says to each ask that readers may see. Needs its stances with their asks."""
    return [one for one in statement.stances.all() if one.action.state != AskState.DRAFT]


def tally_words(decision: Decision) -> str:
    """How the votes fell: the same as that of an entry, and who did not vote where it is known."""
    tally = decision.tally
    if not tally:
        return ""
    numbers = {"yes": tally[Vote.YES], "no": tally[Vote.NO], "abstained": tally[Vote.ABSTAIN]}
    said = gettext("%(yes)s in favour, %(no)s against, %(abstained)s abstained") % numbers
    if number := tally.get(Vote.ABSENT):
        said = gettext("%(votes)s, %(number)s absent") % {"votes": said, "number": number}
    if number := tally.get(Vote.NOT_VOTING):
        said = gettext("%(votes)s, %(number)s not voting") % {"votes": said, "number": number}
    return said


def states_that_voted() -> list[str]:
    """The codes of the States of which a vote is told."""
    told = Ballot.objects.filter(decision__in=Decision.objects.in_force().order_by().values("pk"))
    return list(told.order_by("state").values_list("state", flat=True).distinct())


def states_that_spoke() -> list[str]:
    """The codes of the States of which a statement is told, alone or with others."""
    told = Statement.objects.in_force().order_by()
    joined = CoSpeaker.objects.filter(statement__in=told.values("pk")).order_by()
    alone = told.exclude(state="").values_list("state")
    return sorted(code for (code,) in alone.union(joined.values_list("state")).order_by())


class Positions:
    """How a State voted on what bears on some asks, and what it said of them, fetched once."""

    def __init__(
        self, country: str = "", asks: Iterable[RecommendedAction] = (), day: date | None = None
    ) -> None:
        keys = {ask.pk for ask in asks} if country else set()
        self.ballots = newest_ballots(country, keys, day) if keys else {}
        self.said = newest_said(country, keys, day) if keys else {}

    def words_on(self, ask: RecommendedAction) -> str:
        """What a letter to the State says of it, in the active language; nothing if there is none.

        The newest vote and the newest statement.
        """
        sentences = []
        if ballot := self.ballots.get(ask.pk):
            sentences.append(words_of_ballot(ballot))
        if one := self.said.get(ask.pk):
            said = one.statement
            day = written_day(said.said_on, said.said_precision)
            sentences.append(gettext(SAID_SO[Stance(one.stance)]) % {"day": day})
        return " ".join(sentences)


def newest_ballots(country: str, keys: Collection[int], day: date | None) -> dict[int, Ballot]:
    """The newest ballot of a State that bears on each ask: {key of the ask: ballot}."""
    bearing = Decision.objects.in_force(day).bearing_on(keys).order_by()
    ballots = Ballot.objects.filter(state=country, decision__in=bearing.values("pk"))
    ballots = ballots.select_related("decision").order_by("decision__decided_on", "decision__pk")
    of = {ballot.decision_id: ballot for ballot in ballots}
    pairs = DecisionAsk.objects.filter(action__in=keys, decision__in=of)
    asks: dict[int, set[int]] = {}
    for decision, ask in pairs.values_list("decision", "action") if of else ():
        asks.setdefault(decision, set()).add(ask)
    # Later ones take the place of earlier ones.
    return {ask: ballot for key, ballot in of.items() for ask in asks.get(key, ())}


def newest_said(country: str, keys: Collection[int], day: date | None) -> dict[int, StatementAsk]:
    """The newest statement of a State on each ask, where it spoke of the step itself."""
    said = StatementAsk.objects.in_force(day).filter(action__in=keys, basis=B.EXPLICIT)
    said = said.filter(statement__state=country, stance__in=list(SAID_SO))
    said = said.select_related("statement").order_by("statement__said_on", "statement__pk")
    return {one.action_id: one for one in said}


def words_of_ballot(ballot: Ballot) -> str:
    """A sentence to the State that cast it."""
    decision = ballot.decision
    title, symbol = decision.text_of("title"), decision.symbol or decision.draft_symbol
    named = gettext("“%(title)s” (%(symbol)s)") if symbol else gettext("“%(title)s”")
    return gettext(VOTED_SO[Vote(ballot.vote)]) % {
        "day": written_day(decision.decided_on),
        "text": named % {"title": title, "symbol": symbol},
    }
