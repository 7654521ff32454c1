"""All asks of a day as columns in memory: what is chosen, and what would be, is counted there.

Some of the asks are one number with a byte for each ask, 1 for those that belong to it: "and" and
"or" of a hundred thousand take microseconds.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property, reduce
from itertools import compress, count
from operator import add, and_
from typing import Any, NamedTuple

from django.db import models
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from advocacy.models.actions import RecommendedAction
from advocacy.models.bodies import TargetBody
from advocacy.models.enums import Phase
from advocacy.models.facets import BETWEEN, joined, key_of, keys_of, split, values_of
from advocacy.models.holding import AnyOf
from advocacy.models.issues import Issue
from advocacy.models.kept import Kept
from advocacy.models.organisations import Organisation
from advocacy.models.search_words import Search, sought
from advocacy.models.stances import StatementAsk
from advocacy.models.standing_today import LETTERS
from advocacy.models.vocabulary import counted_as

# Some of the asks.
type Some = int
# Between the parts of a kind of ask.
WITHIN = " "
# What a process keeps: today and the days of the past asked for last, and of each, where the words
# asked for last stand. At a hundred thousand asks that is some 25 MB a day.
MOST_DAYS, MOST_WORDS = 3, 40


class Kind(NamedTuple):
    """What tells asks apart in a list, but for what they are about and whom they were put to."""

    status: str
    # Who can act, with commas between.
    audiences: str
    is_overdue: bool
    is_open: bool
    is_paused: bool
    is_proposed: bool


FLAGS = [name for name in Kind._fields if name.startswith("is_")]
# Which of them a number stands for, see `_flags`.
FLAGS_OF = {
    str(number): [bool(number & 1 << n) for n in range(len(FLAGS))]
    for number in range(1 << len(FLAGS))
}


class Columns:
    """The asks and proposals that are public on a day: for each its key, the keys of its first
    issue and its body, all as text, and what kind of ask it is; for lists of entries, what entries
    it has. The few that stand on further issues are named apart.
    """

    def __init__(self, day: date, *, with_entries: bool = False) -> None:
        self.day = day
        rows = RecommendedAction.standings(day).published(day).order_by()
        # All columns of one query are in one order.
        columns: dict[str, Any] = {
            "asks": key_of("pk"),
            "issues": key_of("issue"),
            "bodies": key_of("body"),
            "kinds": _joined_up(
                models.F("status"),
                models.F("audiences"),
                _flags(
                    is_overdue=models.Q(is_overdue=True),
                    is_open=rows.open_on(day),
                    is_paused=models.Q(paused_on__lte=day),
                    is_proposed=models.Q(asked_on=None),
                ),
            ),
        }
        if with_entries:
            columns["entries"] = models.F("entries")
        # Under other names than those of the rows, or Django takes one for the other.
        texts = rows.aggregate(**{f"all_{name}": joined(text) for name, text in columns.items()})
        texts = {name.removeprefix("all_"): text for name, text in texts.items()}
        self.asks, self.issues, self.bodies = (
            split(texts[name]) for name in ("asks", "issues", "bodies")
        )
        kinds = split(texts["kinds"])
        # A kind is one text in the memory, however many asks are of it.
        one = {text: text for text in set(kinds)}
        self.kinds = list(map(one.__getitem__, kinds))
        self.has_entries = with_entries
        self._entries: str = texts["entries"] or "" if with_entries else ""
        self.kind_of = {text: _kind(text) for text in one}
        self.all = some([True] * len(self.asks))
        self.further = self._further()
        self._holding: OrderedDict[AnyOf, tuple[Some, set[str]]] = OrderedDict()

    def _further(self) -> list[tuple[int, str]]:
        """The place of each ask that stands on a further issue, and the key of that issue."""
        pairs = RecommendedAction.also_on.through.objects.all()
        texts = pairs.aggregate(
            asks=joined(key_of("recommendedaction")), issues=joined(key_of("issue"))
        )
        asks, issues = split(texts["asks"]), split(texts["issues"])
        such = set(asks)
        places = dict(
            compress(zip(self.asks, count(), strict=False), map(such.__contains__, self.asks))
        )
        return [
            (places[ask], issue) for ask, issue in zip(asks, issues, strict=True) if ask in places
        ]

    @cached_property
    def entries(self) -> list[str]:
        """The letters of the entries of each ask, see `standing_today.LETTERS`."""
        return self._entries.split(BETWEEN) if self.asks else []

    @cached_property
    def responses(self) -> list[str]:
        """The same without our own looks."""
        return self._entries.replace(LETTERS[""], "").split(BETWEEN) if self.asks else []

    def further_of(self, asks: Some) -> Iterator[tuple[int, str]]:
        """The same of some asks alone."""
        if self.further:
            belongs = asks.to_bytes(len(self.asks), "little")
            yield from (pair for pair in self.further if belongs[pair[0]])

    def about(self, issues: Iterable[str]) -> Some:
        """The asks that stand on some issues, be it their first issue or a further one."""
        these = frozenset(issues)
        belongs = bytearray(map(these.__contains__, self.issues))
        for place, issue in self.further:
            belongs[place] |= issue in these
        return int.from_bytes(belongs, "little")

    def issues_of(self, asks: Some) -> set[str]:
        """All issues that some of the asks stand on."""
        further = {issue for _place, issue in self.further_of(asks)}
        return further.union(self.of(self.issues, asks))

    def where(self, column: Iterable[Any], chosen: Iterable[Any]) -> Some:
        """The asks that have one of some values in a column."""
        return some(map(frozenset(chosen).__contains__, column))

    def put_by(self, organisation: Organisation) -> Some:
        """The asks that an organisation had put to their bodies by the day."""
        occasions = organisation.submissions.in_force(self.day)
        asks = occasions.order_by().aggregate(asks=joined(key_of("action")))["asks"]
        return self.where(self.asks, split(asks))

    def spoken_of(self, stance: str) -> Some:
        """The asks on which somebody had taken a stance by the day."""
        said = StatementAsk.objects.in_force(self.day).taking(stance)
        asks = said.order_by().aggregate(asks=joined(key_of("action")))["asks"]
        return self.where(self.asks, split(asks))

    def of[Value](self, column: Iterable[Value], asks: Some) -> Iterator[Value]:
        """What some of the asks have in a column."""
        return compress(column, asks.to_bytes(len(self.asks), "little"))

    def of_kind(self, is_such: Callable[[Kind], bool]) -> Some:
        """The asks of some kinds."""
        return self.where(
            self.kinds, [text for text, kind in self.kind_of.items() if is_such(kind)]
        )

    @cached_property
    def proposed(self) -> Some:
        """Those that the editors alone propose. No list and no count mixes them with the others."""
        return self.of_kind(lambda kind: kind.is_proposed)

    @property
    def asked(self) -> Some:
        """Those that somebody had put to their body."""
        return self.all & ~self.proposed

    @cached_property
    def open(self) -> Some:
        """Those that nobody had closed, proposals included."""
        return self.of_kind(lambda kind: kind.is_open)

    @cached_property
    def in_confidence(self) -> Some:
        """Those put to bodies that work in confidence."""
        return self.where(self.bodies, keys_of(TargetBody.objects.filter(works_in_confidence=True)))

    @cached_property
    def unanswered(self) -> Some:
        """The open asks with no answer.

        Where nobody has asked or nobody has looked we say nothing, the silence of a body that works
        in confidence is no failure, and a paused clock counts no wait: all four are left out.
        """
        silent = values_of(Phase.NO_ANSWER)
        waiting = self.of_kind(
            lambda kind: kind.status in silent and kind.is_open and not kind.is_paused
        )
        return waiting & self.asked & ~self.in_confidence

    def phases(self, asks: Some) -> Counter[str]:
        """How some of the asks stand, counted as `counted_as` says."""
        phases: Counter[str] = Counter()
        for in_confidence, bodies in ((True, self.in_confidence), (False, ~self.in_confidence)):
            for text, n in self.count(self.kinds, asks & bodies).items():
                kind = self.kind_of[text]
                phases[counted_as(kind.status, in_confidence, kind.is_proposed)] += n
        return phases

    def keys(self, asks: Some) -> set[int]:
        """The keys of some of the asks."""
        return set(map(int, self.of(self.asks, asks)))

    def among(self, asks: Some) -> Container[int]:
        """The same, to ask of a few keys whether they are among them."""
        return _Among(frozenset(self.of(self.asks, asks)))

    def share(self, asks: Some) -> float:
        """How many of all asks they are, from 0 to 1."""
        return asks.bit_count() / max(len(self.asks), 1)

    def count(self, column: Iterable[str], asks: Some) -> dict[str, int]:
        """How many of some asks have each value of a column."""
        return Counter(self.of(column, asks))

    def add_up(self, column: Iterable[str], asks: Some, weights: Iterable[int]) -> dict[str, int]:
        """What the weights of some asks come to for each value of a column."""
        sums: defaultdict[str, int] = defaultdict(int)
        for value, weight in zip(self.of(column, asks), self.of(weights, asks), strict=True):
            sums[value] += weight
        return sums

    def behind(self, column: Sequence[str], asks: Some) -> dict[str, set[str]]:
        """The issues of some asks by what the asks have in a column."""
        behind: defaultdict[str, set[str]] = defaultdict(set)
        for value, issue in zip(self.of(column, asks), self.of(self.issues, asks), strict=True):
            behind[value].add(issue)
        for place, issue in self.further_of(asks):
            behind[column[place]].add(issue)
        return behind

    @cached_property
    def _topics(self) -> dict[str, frozenset[str]]:
        """The issues of each topic."""
        pairs = Issue.topics.through.objects.order_by()
        rows = pairs.values_list(key_of("topic")).annotate(issues=joined(key_of("issue")))
        return {topic: frozenset(split(issues)) for topic, issues in rows}

    @cached_property
    def _further_topics(self) -> set[tuple[int, str]]:
        """The topics that asks have by their further issues alone: (place of the ask, topic).

        So an ask counts once behind a topic, however many of its issues have it.
        """
        return {
            (place, topic)
            for topic, issues in self._topics.items()
            for place, further in self.further
            if further in issues and self.issues[place] not in issues
        }

    def further_topics(self, asks: Some) -> Iterator[tuple[int, str]]:
        """The same of some asks alone."""
        if self._further_topics:
            belongs = asks.to_bytes(len(self.asks), "little")
            yield from (pair for pair in self._further_topics if belongs[pair[0]])

    def topics_of(self, numbers: dict[str, int]) -> dict[str, int]:
        """What stands behind each topic, by what stands behind each first issue."""
        return {
            topic: sum(numbers.get(issue, 0) for issue in issues)
            for topic, issues in self._topics.items()
        }

    def holding(self, text: str | Search) -> Some:
        """The asks where each part of a search stands in the ask, in its issues or in its body."""
        asks = self.all
        for part in sought(text):
            each = reduce(and_, (self._search(words)[0] for words in part.words))
            asks &= each | (self._search(part.names)[0] if part.names else 0)
        return asks

    def issues_holding(self, text: str | Search, issues: set[str]) -> set[str]:
        """Those of some issues where each part of a search stands in it or in such an ask."""
        for part in sought(text):
            each = set.intersection(*map(self._issues_with, part.words))
            issues = issues & (each | self._issues_with(part.names) if part.names else each)
        return issues

    def _issues_with(self, words: AnyOf) -> set[str]:
        asks, own = self._search(words)
        return own | self.issues_of(asks)

    def _search(self, words: AnyOf) -> tuple[Some, set[str]]:
        """The asks for any of some words, and the issues that hold one."""
        found = self._holding.get(words)
        if found is None:
            asks, issues, bodies = (
                keys_of(model.objects.holding(*words))
                for model in (RecommendedAction, Issue, TargetBody)
            )
            found = (
                (
                    self.where(self.asks, asks)
                    | self.about(issues)
                    | self.where(self.bodies, bodies)
                ),
                issues,
            )
            self._holding[words] = found
            if len(self._holding) > MOST_WORDS:
                self._holding.popitem(last=False)
        return found


class _Among:
    """Keys as the columns have them: as numbers, sixty thousand take longer than a page."""

    def __init__(self, texts: frozenset[str]) -> None:
        self.texts = texts

    def __contains__(self, key: object) -> bool:
        return str(key) in self.texts


kept = Kept[Columns](MOST_DAYS)


def columns_of(day: date | None = None, *, with_entries: bool = False) -> Columns:
    """The columns of a day; without one, of today. `with_entries` if lists of entries need them."""
    day = day or timezone.localdate()
    return kept.get(
        day,
        lambda: Columns(day, with_entries=with_entries),
        will_do=lambda columns: not with_entries or columns.has_entries,
    )


def some(belongs: Iterable[bool]) -> Some:
    """Those of all asks that belong, in their order."""
    return int.from_bytes(bytes(belongs), "little")


def _kind(text: str) -> Kind:
    status, audiences, flags = text.split(WITHIN)
    return Kind(status, audiences, *FLAGS_OF[flags])


def _flags(**conditions: models.Q) -> Cast:
    """One number for all of them, as a database takes longer to put texts together."""
    flags = [
        models.Case(
            models.When(conditions[name], then=models.Value(1 << n)), default=models.Value(0)
        )
        for n, name in enumerate(FLAGS)
    ]
    return Cast(reduce(add, flags), models.TextField())


def _joined_up(*parts: Any) -> Concat:
    """The parts of a kind as one text."""
    between = models.Value(WITHIN)
    first, *others = parts
    texts = [text for part in others for text in (between, part)]
    return Concat(first, *texts, output_field=models.TextField())
