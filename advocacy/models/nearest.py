"""The known words nearest to one that nothing holds, to ask a reader whether they were meant."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models

from advocacy.models.folded import fold, letters
from advocacy.models.kept import Kept
from advocacy.models.search_words import Part, Search, SearchWords
from advocacy.models.word_forms import key_of

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
SHORTEST = 3
# Of a larger record the newest texts, and of their words the most frequent.
MOST_TEXTS, MOST_WORDS = 2000, 30_000
# So many words are compared sign by sign, and so many searches are proposed.
MOST_COMPARED, MOST_PROPOSED = 300, 3
# How many signs may be wrong in a word of fewer signs than so many.
WRONG = ((4, 0), (6, 1), (10, 2))
MOST_WRONG = 3


class Vocabulary:
    """The words of some texts, those of the record's own list of names first."""

    def __init__(self, texts: Iterable[str], names: Iterable[str]) -> None:
        own = counted(map(fold, names))
        self.counts = dict(counted(texts).most_common(MOST_WORDS))
        self.own = own.keys()
        self.words = [*self.counts, *(word for word in own if word not in self.counts)]
        self.spelt = [letters(word) for word in self.words]
        self.everything = " ".join(self.spelt)
        self.by_part: defaultdict[str, list[int]] = defaultdict(list)
        for n, word in enumerate(self.spelt):
            for part in parts_of(word):
                self.by_part[part].append(n)

    @classmethod
    def of(cls, rows: Sequence[models.QuerySet[Any]]) -> "Vocabulary":
        """The words of public rows, read once after each change of anything public."""
        key = tuple(some.model.__name__ for some in rows)
        return kept.get(key, lambda: cls(_texts(rows), _names()))

    def near(self, search: Search) -> list[str]:
        """Searches that have known words in place of those that the record does not hold."""
        nearest = {n: near for n, part in enumerate(search) if (near := self._instead(part))}
        longest = max(map(len, nearest.values()), default=0)
        proposals = [
            " ".join(
                nearest[n][min(rank, len(nearest[n]) - 1)] if n in nearest else part.as_typed
                for n, part in enumerate(search)
            )
            for rank in range(longest)
        ]
        return list(dict.fromkeys(proposals))

    def _instead(self, part: Part) -> list[str]:
        if part.is_phrase or part.is_known:
            return []
        return [like(part.typed, word) for word in self.nearest(part.typed.casefold())]

    def nearest(self, word: str) -> list[str]:
        """The known words nearest to a folded one; none where it is known."""
        spelt = letters(word)
        if spelt in self.everything:
            return []
        limit = next((wrong for below, wrong in WRONG if len(spelt) < below), MOST_WRONG)
        parts = parts_of(spelt)
        shared = Counter(n for part in parts for n in self.by_part.get(part, ()))
        alike = {n: 2 * k / (len(parts) + len(self.spelt[n]) + 1) for n, k in shared.items()}
        closest = sorted(alike, key=lambda n: (-alike[n], n))[:MOST_COMPARED]
        found = []
        for n in closest:
            if abs(len(self.spelt[n]) - len(spelt)) > limit:
                continue
            if (wrong := distance(spelt, self.spelt[n])) <= limit:
                known = self.words[n]
                rank = (wrong, known not in self.own, -alike[n], -self.counts.get(known, 0), known)
                found.append(rank)
        nearest = {key_of([rank[-1]]): rank[-1] for rank in sorted(found, reverse=True)}
        return list(nearest.values())[: -MOST_PROPOSED - 1 : -1]


kept = Kept[Vocabulary](4)


def _texts(rows: Sequence[models.QuerySet[Any]]) -> Iterator[str]:
    for some in rows:
        yield from some.order_by("-pk").values_list("search_text", flat=True)[:MOST_TEXTS]


def _names() -> Iterator[str]:
    for row in SearchWords.objects.all():
        yield from row.names


def words_of(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFC", text))


def counted(texts: Iterable[str]) -> Counter[str]:
    """How often each of their words stands there, very short ones left out."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update(words_of(text))
    return Counter({word: n for word, n in found.items() if len(letters(word)) >= SHORTEST})


def parts_of(word: str) -> set[str]:
    """The groups of three signs of a word, with what begins and ends it."""
    padded = f"  {word} "
    return {padded[n : n + 3] for n in range(len(padded) - 2)}


def distance(one: str, other: str) -> int:
    """How many signs are wrong, missing, too many, or in the place of their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, start=1):
        above, before, row = before, row, [i]
        for j, against in enumerate(other, start=1):
            steps = [before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != against)]
            if above and j > 1 and sign == other[j - 2] and one[i - 2] == against:
                steps.append(above[j - 2] + 1)
            row.append(min(steps))
    return row[-1]


def like(typed: str, word: str) -> str:
    """A folded word in such letters as another was typed in."""
    if len(typed) > 1 and typed.isupper():
        return word.upper()
    return word.capitalize() if typed[:1].isupper() else word
