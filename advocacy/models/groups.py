"""How several asks stand together, as one cell of a table shows them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from advocacy.models.dates import wait_words
from advocacy.models.enums import Phase
from advocacy.models.standing import Standing, label_of_group
from advocacy.models.vocabulary import IN_CONFIDENCE, PROPOSED


class Group(NamedTuple):
    """Asks of one body on one issue that stand alike, as one cell of the matrix shows them."""

    label: str
    mark: str
    number: int
    wait: str
    status_on: date | None
    last_checked_on: date | None


def grouped(standings: Iterable[Standing]) -> list[Group]:
    """The standings of one cell, a group for each status in the order of the vocabulary.

    What carries a mark stands apart from what does not. The longest wait, the latest status and
    the oldest look stand for the group.
    """
    by_status: dict[tuple[int, tuple[str, ...]], list[Standing]] = {}
    for standing in standings:
        key = standing.status.order, tuple(standing.marks)
        by_status.setdefault(key, []).append(standing)
    return [
        Group(
            label=alike[0].label,
            mark=alike[0].mark,
            number=len(alike),
            wait=wait_words(
                max((s.days_waiting for s in alike if s.days_waiting is not None), default=None)
            ),
            status_on=max((s.status_on for s in alike if s.is_found and s.status_on), default=None),
            last_checked_on=min(
                (s.last_checked_on for s in alike if s.last_checked_on), default=None
            ),
        )
        for _status, alike in sorted(by_status.items())
    ]


def counted_words(counts: Mapping[str, int]) -> str:
    """How many asks stand in each phase, in one line; what was put to nobody is said apart.

    `counts` is {what `counted_as` says: number}.
    """
    groups = [group for group in (*Phase.values, IN_CONFIDENCE) if counts.get(group)]
    number, proposed = sum(counts[group] for group in groups), counts.get(PROPOSED, 0)
    if proposed and not number:
        return proposed_words(proposed)
    stand = gettext("%(status)s: %(number)s")
    said = [ngettext("%(number)s ask", "%(number)s asks", number) % {"number": number}]
    said += [stand % {"status": label_of_group(g), "number": counts[g]} for g in groups]
    said += [more_words(proposed)] if proposed else []
    return " · ".join(said)


def number_words(asked: int, proposed: int) -> str:
    """How many asks there are; what was put to nobody is said apart."""
    if proposed and not asked:
        return proposed_words(proposed)
    said = ngettext("%(number)s ask", "%(number)s asks", asked) % {"number": asked}
    return f"{said} · {more_words(proposed)}" if proposed else said


def more_words(proposed: int) -> str:
    """How many are proposed beside those that were put to somebody."""
    words = ngettext("%(number)s more proposed", "%(number)s more proposed", proposed)
    return words % {"number": proposed}


def proposed_words(number: int) -> str:
    return ngettext(
        "%(number)s ask proposed by the editors", "%(number)s asks proposed by the editors", number
    ) % {"number": number}
