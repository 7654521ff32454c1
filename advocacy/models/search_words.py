"""What a search asks for, and what else is taken for it: names that mean the same, other forms."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.folded import asked_for, fold, wanted, without_ends
from advocacy.models.holding import AnyOf
from advocacy.models.kept import Kept
from advocacy.models.text import Line, Slug, Text
from advocacy.models.word_forms import HANGUL, Form, form_of_name, key_of, language_of, other_form

BETWEEN_NAMES = re.compile(r"[,;\n]")
# So many words of a search are taken for one name.
LONGEST_NAME = 8


class SearchWords(Content):
    """Words and names that mean the same, in all languages: who looks for one finds the others."""

    slug = Slug(_("slug"), unique=True)
    words = Text(
        _("words"),
        help_text=_(
            "Words and names that mean the same in this record, with commas between: POW, prisoner"
            " of war, військовополонений, 포로. Their usual endings are found without being listed."
        ),
    )
    note = Line(_("note"), max_length=200, blank=True, default="", help_text=_("For the editors."))

    objects = ContentQuerySet["SearchWords"].as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("line of search words")
        verbose_name_plural = _("search words")

    def __str__(self) -> str:
        return self.words

    @property
    def names(self) -> list[str]:
        names = (" ".join(name.split()) for name in BETWEEN_NAMES.split(self.words))
        return [name for name in dict.fromkeys(names) if without_ends(name)]

    def clean(self) -> None:
        super().clean()
        if len({fold(name) for name in self.names}) < 2:
            refusal = gettext("Give at least two words or names, with a comma between them.")
            raise ValidationError({"words": refusal})


class Names:
    """All names of the record in the memory, each with those that mean the same."""

    def __init__(self, lines: Iterable[list[str]]) -> None:
        self.lines: list[dict[tuple[str, ...], Form]] = []
        self.by_key: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for n, line in enumerate(lines):
            names = {tuple(wanted(name)): name for name in line}
            self.lines.append({words: form_of_name(name, words) for words, name in names.items()})
            for words in names:
                for key in {words, key_of(words)}:
                    self.by_key[key].append(n)

    def holds(self, words: Iterable[str]) -> bool:
        """Whether some folded words are a name as they stand."""
        return any(tuple(words) in line for line in self.lines)

    def others(self, words: Sequence[str]) -> tuple[Form, ...]:
        """What means the same as some folded words; nothing where they are no name."""
        words, key = tuple(words), key_of(words)
        found = dict.fromkeys([*self.by_key.get(words, ()), *self.by_key.get(key, ())])
        names = chain.from_iterable(self.lines[n].items() for n in found)
        # Two forms of one name are found alike.
        forms = {
            (form.needle, form.pattern): form
            for name, form in reversed(list(names))
            if key not in (name, key_of(name))
        }
        return tuple(reversed(forms.values()))


kept = Kept[Names](1)


def all_names() -> Names:
    return kept.get("names", lambda: Names(row.names for row in SearchWords.objects.all()))


class Part(NamedTuple):
    """One part of a search: its words, each with what else is taken for it, or a name of them all.

    A row is found that holds one of each of `words`, or one of `names`.
    """

    typed: str
    is_phrase: bool
    words: tuple[AnyOf, ...]
    names: AnyOf = ()
    # Whether the record has other names for it.
    is_known: bool = False

    @property
    def also(self) -> list[tuple[str, str]]:
        """What else is looked for, as readers are told, each with its language where we know it."""
        forms = [form for form in chain(*self.words, self.names) if isinstance(form, Form)]
        shown = {fold(form.shown): form.shown for form in reversed(forms)}
        return [(name, language_of(name)) for name in reversed(shown.values())]

    @property
    def exactly(self) -> str:
        return f'"{self.typed}"'

    @property
    def as_typed(self) -> str:
        return self.exactly if self.is_phrase else self.typed


class Search(tuple[Part, ...]):
    """All parts of a search. A row is found that holds each of them."""

    __slots__ = ()

    @property
    def widened(self) -> list[tuple[Part, str]]:
        """The parts for which anything else is taken, each with the search for it as it stands."""
        return [
            (part, " ".join(each.exactly if each is part else each.as_typed for each in self))
            for part in self
            if part.also
        ]


def sought(text: "str | Search") -> Search:
    """What a search asks for. A phrase in quotation marks is taken as it stands."""
    if isinstance(text, Search):
        return text
    asked = asked_for(text)
    if not asked:
        return Search()
    phrases = [part for part in asked if part.is_phrase]
    words = [part.text for part in asked if not part.is_phrase]
    as_they_stand = (Part(text, True, ((text.casefold(),),)) for text, _is_phrase in phrases)
    return Search([*as_they_stand, *(_parts(words, all_names()) if words else ())])


def _parts(words: list[str], names: Names) -> Iterator[Part]:
    """The words of a search, those together that are a name."""
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + LONGEST_NAME), start, -1):
            some = words[start:end]
            folded = [word.casefold() for word in some]
            others = names.others(folded)
            if others or end == start + 1:
                each = tuple(_any_of(word, names) for word in folded)
                names_of_all = others if len(some) > 1 else ()
                yield Part(" ".join(some), False, each, names_of_all, is_known=bool(others))
                start = end
                break


def _any_of(word: str, names: Names) -> AnyOf:
    form = other_form(word)
    if form and HANGUL.fullmatch(word) and names.holds([word]):
        # What looks like a particle is its last syllable.
        form = None
    return (word, *([form] if form else ()), *names.others([word]))
