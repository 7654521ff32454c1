"""The votes on a decision as its page shows them: by vote and regional group, and by name."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.text import capfirst

from advocacy.languages import place_in_a_list
from advocacy.models import Ballot, Vote, country_name
from advocacy.models.enums import RegionalGroup
from advocacy.models.states import group_name

# With more States than this each is shown by its code; the table has all names.
MOST_NAMES = 60


class Row(NamedTuple):
    """How one State voted."""

    state: str
    name: str
    group: str
    vote: str
    label: str


class Group(NamedTuple):
    """The States of one regional group that voted alike."""

    label: str
    # Their codes, in the order of their names.
    states: list[str]


class Part(NamedTuple):
    """All who voted alike."""

    vote: str
    label: str
    groups: list[Group]

    @property
    def number(self) -> int:
        return sum(len(group.states) for group in self.groups)


class Votes(NamedTuple):
    # By the name of the State.
    rows: list[Row]

    @classmethod
    def of(cls, ballots: Iterable[Ballot]) -> "Votes":
        rows = [
            Row(
                ballot.state,
                country_name(ballot.state),
                group_name(ballot.state),
                ballot.vote,
                ballot.get_vote_display(),
            )
            for ballot in ballots
        ]
        return cls(sorted(rows, key=lambda row: place_in_a_list(row.name)))

    @property
    def is_large(self) -> bool:
        return len(self.rows) > MOST_NAMES

    @property
    def parts(self) -> list[Part]:
        """Those in favour first; within each the regional groups in their order."""
        labels = [str(group.label) for group in RegionalGroup] + [group_name("")]
        parts = []
        for vote in Vote:
            alike = [row for row in self.rows if row.vote == vote]
            groups = [
                Group(label, [row.state for row in alike if row.group == label]) for label in labels
            ]
            if alike:
                groups = [group for group in groups if group.states]
                parts.append(Part(vote.value, capfirst(str(vote.label)), groups))
        return parts
