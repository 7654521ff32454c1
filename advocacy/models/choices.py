"""What a list comes to with the filters chosen, and with each other option of each of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, reduce
from operator import add, and_, methodcaller
from typing import Any

from django.db import models

from advocacy.models.columns import Columns, Kind, Some, keys_of, some
from advocacy.models.enums import Phase
from advocacy.models.facets import most_frequent, values_of, with_phases
from advocacy.models.search_words import Search
from advocacy.models.standing_today import LETTERS

# The filters that go by the kind of an ask, see `Kind`.
OF_KIND = ("status", "audience", "overdue")
# The options of a filter that were searched for: {filter: rows}.
type Among = Mapping[str, models.QuerySet[Any, Any]]


class AskChoice:
    """The asks that match the filters chosen, as `AskRowsQuerySet.matching` has them.

    `within` are those that the list is of; without it, all asks and proposals.
    """

    def __init__(
        self, columns: Columns, *, within: Some | None = None, q: str | Search = "", **filters: Any
    ) -> None:
        self.columns = columns
        self.within = columns.all if within is None else within
        self.words = columns.holding(q) & self.within
        chosen = {name: value for name, value in filters.items() if value}
        # Whether an ask of a kind is among them, for each filter that goes by it.
        self.by_kind = {
            name: such_kinds(name, value) for name, value in chosen.items() if name in OF_KIND
        }
        self.by_filter = {
            name: columns.of_kind(is_such) for name, is_such in self.by_kind.items()
        } | {
            name: self._about(name, value) for name, value in chosen.items() if name not in OF_KIND
        }
        self._counted: dict[tuple[str, Some], dict[str, int]] = {}

    def _about(self, name: str, chosen: Any) -> Some:
        columns = self.columns
        match name:
            case "issue":
                return columns.about({str(chosen.pk)})
            case "topic":
                return columns.about(keys_of(chosen.issues.all()))
            case "body":
                return columns.where(columns.bodies, {str(chosen.pk)})
            case "organisation":
                return columns.put_by(chosen)
            case "stance":
                return columns.spoken_of(chosen)
        raise TypeError(f"There is no filter {name}.")

    def but(self, *names: str) -> Some:
        """The asks that match, whatever is chosen in some filters."""
        others = (asks for name, asks in self.by_filter.items() if name not in names)
        return reduce(and_, others, self.words)

    @cached_property
    def asks(self) -> Some:
        return self.but()

    @cached_property
    def keys(self) -> set[int]:
        """The keys of the asks that match."""
        return self.columns.keys(self.asks)

    def share_of(self, *names: str) -> float:
        """How many match of those that the filters of these names alone leave, from 0 to 1."""
        left = [asks for name, asks in self.by_filter.items() if name in names]
        return self.asks.bit_count() / max(reduce(and_, left, self.within).bit_count(), 1)

    def total(self) -> int:
        return self.asks.bit_count()

    def sums(self, column: Iterable[str], asks: Some) -> dict[str, int]:
        """What stands behind each value of a column in some of the asks."""
        return self.columns.count(column, asks)

    def _count(self, name: str, asks: Some) -> dict[str, int]:
        """The same of the column of this name; several filters may ask for it."""
        if (name, asks) not in self._counted:
            self._counted[name, asks] = self.sums(getattr(self.columns, name), asks)
        return self._counted[name, asks]

    def facets(self, counted: Mapping[str, str], among: Among) -> dict[str, Any]:
        """Count what stands behind each option of each filter, the other filters applied.

        `counted` says for each filter which value of an ask its options are; `among` may narrow
        the options of one to some rows. Returns {filter: Counter}, and how many match all filters
        under "total".
        """
        options = {
            name: self.options(name, lookup, among.get(name)) for name, lookup in counted.items()
        }
        return {"total": self.total(), **options}

    def options(self, name: str, lookup: str, among: models.QuerySet[Any, Any] | None) -> Any:
        """What stands behind each option of one filter."""
        match lookup:
            case "issue":
                counts: Mapping[str, int] = self._by_issue(self.but(name))
                if among is not None:
                    keys = keys_of(among)
                    counts = {key: n for key, n in counts.items() if key in keys}
                return most_frequent(by_key(counts))
            case "issue__topics":
                return by_key(self._by_topic(self.but(name)))
            case "body":
                return by_key(self._count("bodies", self.but(name)))
            case "status":
                return with_phases(self._by_kind(name, lambda kind: [kind.status]))
            case "audiences":
                return self._by_kind(name, lambda kind: kind.audiences.split(","))
            case "is_overdue":
                return self._by_kind(name, lambda kind: [kind.is_overdue])
        raise TypeError(f"Nothing is counted by {lookup}.")

    def weight_of(self, place: int) -> int:
        """What one ask counts."""
        return 1

    def _by_issue(self, asks: Some) -> Counter[str]:
        """What stands behind each issue; an ask counts with each that it stands on."""
        counts = Counter(self._count("issues", asks))
        for place, issue in self.columns.further_of(asks):
            counts[issue] += self.weight_of(place)
        return counts

    def _by_topic(self, asks: Some) -> Counter[str]:
        """What stands behind each topic."""
        counts = Counter(self.columns.topics_of(self._count("issues", asks)))
        for place, topic in self.columns.further_topics(asks):
            counts[topic] += self.weight_of(place)
        return counts

    def _by_kind(self, name: str, values: Any) -> Counter[Any]:
        """What stands behind each of the values of a kind of ask, whatever is chosen in a filter.

        The kinds are counted once for all these filters.
        """
        others = [is_such for other, is_such in self.by_kind.items() if other != name]
        kinds = [
            (self.columns.kind_of[text], n)
            for text, n in self._count("kinds", self.but(*OF_KIND)).items()
        ]
        for is_such in others:
            kinds = [(kind, n) for kind, n in kinds if is_such(kind)]
        counts: Counter[Any] = Counter()
        for kind, n in kinds:
            for value in values(kind):
                counts[value] += n
        return +counts


class EntryChoice(AskChoice):
    """The entries of the asks that match, each by its own status; our own looks on request."""

    def __init__(
        self, columns: Columns, *, looks: bool = False, status: str = "", **filters: Any
    ) -> None:
        super().__init__(columns, **filters)
        self.looks, self.status = looks, status

    @cached_property
    def entries(self) -> Sequence[str]:
        """The letters of the entries of each ask."""
        return self.columns.entries if self.looks else self.columns.responses

    @cached_property
    def weights(self) -> list[int]:
        """How many entries each ask has, of the status chosen if there is one."""
        if not self.status:
            return list(map(len, self.entries))
        weights = [0] * len(self.entries)
        for status in values_of(self.status) & LETTERS.keys():
            counts = map(methodcaller("count", LETTERS[status]), self.entries)
            weights = list(map(add, weights, counts))
        return weights

    @cached_property
    def with_any(self) -> Some:
        """The asks that have entries: a third has none."""
        return some(map(bool, self.weights))

    def total(self) -> int:
        return sum(self.columns.of(self.weights, self.asks))

    def weight_of(self, place: int) -> int:
        return self.weights[place]

    def sums(self, column: Iterable[str], asks: Some) -> dict[str, int]:
        return self.columns.add_up(column, asks & self.with_any, self.weights)

    def options(self, name: str, lookup: str, among: models.QuerySet[Any, Any] | None) -> Any:
        if lookup != "status":
            return super().options(name, lookup, among)
        responses = "".join(self.columns.of(self.columns.responses, self.asks))
        letters = {status: letter for status, letter in LETTERS.items() if status}
        counts = Counter({status: responses.count(letter) for status, letter in letters.items()})
        return with_phases(counts)


class IssueChoice:
    """The issues that match: by their topic, their words, and what was asked about them.

    What the editors propose is not asked.

    `opened` are the keys of all issues there are.
    """

    def __init__(
        self,
        columns: Columns,
        opened: set[str],
        *,
        q: str | Search = "",
        topic: Any = None,
        **of_asks: Any,
    ) -> None:
        self.columns = columns
        self.asked = AskChoice(columns, within=columns.asked, **of_asks)
        self.any_topic = columns.issues_holding(q, opened)
        self.of_topic = self.any_topic & keys_of(topic.issues.all()) if topic else self.any_topic

    def _asked(self, issues: set[str]) -> set[str]:
        """Those of some issues of which an ask matches, where anything is chosen of the asks."""
        if not self.asked.by_filter:
            return issues
        return issues & self.columns.issues_of(self.asked.asks)

    @cached_property
    def _found(self) -> set[str]:
        return self._asked(self.of_topic)

    @property
    def keys(self) -> set[int]:
        """The keys of the issues that match."""
        return set(map(int, self._found))

    def facets(self, counted: Mapping[str, str]) -> dict[str, Any]:
        """Count the issues behind each option of each filter; see `AskChoice.facets`."""
        options = {name: self._options(name, lookup) for name, lookup in counted.items()}
        return {"total": len(self._found), **options}

    def _options(self, name: str, lookup: str) -> Counter[Any]:
        columns = self.columns
        match lookup:
            case "topics":
                issues = dict.fromkeys(self._asked(self.any_topic), 1)
                return by_key(columns.topics_of(issues))
            case "body":
                return by_key(self._behind(columns.bodies, name))
            case "status":
                statuses = [columns.kind_of[text].status for text in columns.kinds]
                return self._behind(statuses, name, phases=Phase)
        raise TypeError(f"Nothing is counted by {lookup}.")

    def _behind(
        self, column: Sequence[str], name: str, phases: Iterable[Phase] = ()
    ) -> Counter[Any]:
        """How many issues have asks with each value of a column, or with one of each phase."""
        asks = self.asked.but(name) & self.columns.about(self.of_topic)
        behind = self.columns.behind(column, asks)
        for phase in phases:
            behind[phase.value] = set().union(*(behind.get(s, ()) for s in phase.statuses))
        return +Counter({value: len(issues & self.of_topic) for value, issues in behind.items()})


def such_kinds(name: str, chosen: Any) -> Callable[[Kind], bool]:
    """Whether an ask of a kind is among those chosen by a filter."""
    match name:
        case "status":
            statuses = values_of(chosen)
            return lambda kind: kind.status in statuses
        case "audience":
            return lambda kind: chosen in kind.audiences.split(",")
        case _:
            return lambda kind: kind.is_overdue


def by_key(counts: Mapping[str, int]) -> Counter[int]:
    """Counts by keys, which are text in the columns."""
    return Counter({int(key): n for key, n in counts.items() if n})
