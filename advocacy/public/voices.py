"""Who spoke for an ask, who against it, and of whom no statement was found."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from advocacy.languages import place_in_a_list
from advocacy.models import (
    GROUP_OF,
    Decision,
    RecommendedAction,
    SearchLog,
    Statement,
    StatementAsk,
    StatusUpdate,
    country_name,
)
from advocacy.models.positions import STANCES

# So many statements of a stance stand open on the page of an ask.
MOST_OPEN = 3


class Part(NamedTuple):
    """All who took the same stance, the newest first."""

    label: str
    said: list[tuple[Statement, StatementAsk]]

    @property
    def newest(self) -> list[tuple[Statement, StatementAsk]]:
        """What stands there at once; the rest is folded."""
        return self.said[:MOST_OPEN]

    @property
    def earlier(self) -> list[tuple[Statement, StatementAsk]]:
        return self.said[MOST_OPEN:]


class Voices(NamedTuple):
    parts: list[Part]
    # The members of the body of whom the record has no word on the ask, if somebody looked.
    silent: list[str]
    # Whether those are all members of it.
    are_all: bool
    # Where we looked last; nobody has looked yet without it.
    look: SearchLog | None
    decisions: list[Decision]


def voices_on(action: RecommendedAction, updates: Iterable[StatusUpdate], day: date) -> Voices:
    """What was said of an ask by a day. `updates` are its entries, the newest first."""
    statements = Statement.objects.in_force(day).bearing_on([action]).newest_first()
    said = []
    for statement in statements.with_related():
        (one,) = [one for one in statement.stances.all() if one.action_id == action.pk]
        said.append((statement, one))
    looks = (u.search_log for u in updates if u.search_log_id and not u.is_corrected)
    look = next(looks, None)
    decisions = Decision.objects.in_force(day).bearing_on([action]).newest_first()
    return Voices(
        list(parts_of(said)),
        silent_in(action.body, said, day) if look else [],
        bool(look) and (action.body.all_states_sit or action.body.lists_all_members(day)),
        look,
        list(decisions.select_related("body")),
    )


def parts_of(said: list[tuple[Statement, StatementAsk]]) -> Iterable[Part]:
    for stance, label in STANCES.items():
        alike = [(all_of_it, one) for all_of_it, one in said if (one.stance, one.basis) == stance]
        if alike:
            yield Part(str(label), alike)


def silent_in(body: Any, said: list[tuple[Statement, StatementAsk]], day: date) -> list[str]:
    """The codes of the States that sit in a body and spoke of the ask in no way, by name."""
    if body.all_states_sit:
        sitting = set(GROUP_OF)
    elif body.states_sit:
        sitting = set(body.members.held(day).values_list("country", flat=True))
    else:
        return []
    spoke = {state for statement, _one in said for state in statement.states}
    return sorted(sitting - spoke, key=lambda code: place_in_a_list(country_name(code)))
