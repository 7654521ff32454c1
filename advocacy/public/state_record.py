"""What a State did in the matters of the record: its votes, its statements, its treaties."""

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from advocacy.models import (
    Ballot,
    Decision,
    LegalReference,
    RecommendedAction,
    Statement,
    TreatyStatus,
)

# More stand in the lists.
MOST = 5


class StateRecord(NamedTuple):
    state: str
    # Each decision with its ballot; of what it sponsored and nobody voted on, without one.
    voted: list[tuple[Decision, Ballot | None]]
    has_more_votes: bool
    sponsored: list[Decision]
    statements: list[Statement]
    has_more_statements: bool
    # Each treaty with the asks that rest on it.
    treaties: list[tuple[TreatyStatus, list[RecommendedAction]]]

    @property
    def is_empty(self) -> bool:
        return not (self.voted or self.sponsored or self.statements or self.treaties)


def record_of_state(state: str, day: date) -> StateRecord:
    """What is told of a State on a day."""
    in_force = Decision.objects.in_force(day).select_related("body")
    voted = list(in_force.voted(state).newest_first()[: MOST + 1])
    cast = Ballot.objects.filter(state=state, decision__in=voted)
    ballots = {ballot.decision_id: ballot for ballot in cast}
    sponsored = in_force.sponsored_by(state).newest_first()[:MOST]
    said = Statement.objects.in_force(day).of_state(state).newest_first().with_related()
    statements = list(said[: MOST + 1])
    return StateRecord(
        state,
        [(decision, ballots.get(decision.pk)) for decision in voted[:MOST]],
        len(voted) > MOST,
        list(sponsored),
        statements[:MOST],
        len(statements) > MOST,
        treaties_of(state, day),
    )


def treaties_of(state: str, day: date) -> list[tuple[TreatyStatus, list[RecommendedAction]]]:
    """The treaties on which an ask of the day rests, and how the State stands to them.

    They are told as they stand now: of a past day, those that had come by then.
    """
    asks = RecommendedAction.objects.published(day)
    statuses = TreatyStatus.objects.of_state(state).behind(asks).with_related()
    found = [row for row in statuses if row.since is None or row.since <= day]
    resting = asks_on([row.legal_reference for row in found], day)
    pairs = [(row, resting[row.legal_reference_id]) for row in found]
    return sorted(pairs, key=lambda pair: pair[0].legal_reference.title)


def asks_on(treaties: list[LegalReference], day: date) -> dict[int, list[RecommendedAction]]:
    """The asks that rest on each of these treaties or on an article of it: {key: [ask, …]}."""
    parts = LegalReference.objects.filter(treaty__in=treaties).order_by()
    of_part: dict[int, Any] = dict(parts.values_list("pk", "treaty"))
    keys = {treaty.pk for treaty in treaties} | of_part.keys()
    through = RecommendedAction.legal_references.through.objects.filter(legalreference__in=keys)
    pairs = through.values_list("legalreference", "recommendedaction")
    asks = RecommendedAction.objects.published(day).filter(legal_references__in=keys).distinct()
    by_key = {ask.pk: ask for ask in asks.order_by("reference")}
    found: defaultdict[int, set[int]] = defaultdict(set)
    for reference, ask in pairs if by_key else ():
        found[of_part.get(reference, reference)].add(ask)
    return defaultdict(list) | {
        treaty: [ask for key, ask in by_key.items() if key in some]
        for treaty, some in found.items()
    }
