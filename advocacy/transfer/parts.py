"""Columns of what smaller rows say of a row of the record: ballots, sponsors, who joined."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advocacy.models import Decision, Statement, Vote
from advocacy.models.recorded import is_a_state
from advocacy.models.text import Text


class States(Text):
    """Codes of States, with spaces between."""

    holds = gettext_lazy("codes of States, with spaces between: FR KE")

    def __init__(self, model: Any, name: str, words: Any) -> None:
        super().__init__(words, blank=True)
        self.name = self.attname = name
        self.model = model

    def to_python(self, cell: Any) -> Any:
        return sorted({self.part(part) for part in re.split(r"[\s,;]+", cell or "") if part})

    def part(self, part: str) -> str:
        is_a_state(part)
        return part

    def said_by(self, row: Any) -> list[str]:
        """What a stored row says, in the order of a file."""
        return sorted(part.state for part in getattr(row, self.name).all())

    def for_the_verb(self, parts: list[str]) -> Any:
        return parts


class Ballots(States):
    """Ballots, each as FR:yes."""

    holds = gettext_lazy("codes of States, each with its vote, with spaces between: FR:yes KE:no")

    def part(self, part: str) -> str:
        code, _colon, vote = part.partition(":")
        is_a_state(code)
        if vote not in Vote:
            refusal = _("“%(part)s” is no ballot: write FR:yes, and as the vote one of: %(votes)s.")
            raise ValidationError(refusal % {"part": part, "votes": ", ".join(Vote.values)})
        return part

    def said_by(self, row: Any) -> list[str]:
        return sorted(ballot.said for ballot in row.ballots.all())

    def for_the_verb(self, parts: list[str]) -> dict[str, str]:
        ballots = dict(part.split(":") for part in parts)
        if len(ballots) < len(parts):
            raise ValidationError({self.name: _("A State stands here twice, with two votes.")})
        return ballots


COLUMNS: dict[type, list[States]] = {
    Decision: [
        States(Decision, "sponsors", gettext_lazy("sponsors")),
        Ballots(Decision, "ballots", gettext_lazy("ballots")),
    ],
    Statement: [States(Statement, "joined", gettext_lazy("States that joined it"))],
}
