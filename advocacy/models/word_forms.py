"""The same word in other forms: its stem, and the endings and particles that it may have.

Small lists by rule of thumb, for Ukrainian (and Russian), Korean and English. They widen a search
and never narrow it, so where they are wrong they find a row too many (decision 29).
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from babel.core import get_global
from django.conf import settings

from advocacy.models.folded import SHORTEST_WITHIN, letters

CYRILLIC = re.compile(r"[а-яёєіїґ']+")
LATIN = re.compile(r"[a-z']+")
HANGUL = re.compile("[가-힣]+")
ANY_CYRILLIC = re.compile("[\u0400-\u052f]")
# Signs of a word, where nothing may stand between words. Written out: each database has another
# idea of a letter.
OF_WORDS = "a-z0-9\u00df-\u024f\u0400-\u052f"
BEGIN, END = f"[^{OF_WORDS}]", f"([^{OF_WORDS}]|$)"

# Of nouns and adjectives.
CYRILLIC_ENDINGS = [
    *["а", "у", "и", "і", "ї", "я", "ю", "е", "є", "о", "ь", "й", "ы"],
    *[
        "ам",
        "ям",
        "ах",
        "ях",
        "ом",
        "ем",
        "єм",
        "ів",
        "їв",
        "ей",
        "єй",
        "ою",
        "ею",
        "єю",
        "ев",
        "ов",
    ],
    *["ий", "ій", "їй", "им", "ім", "їм", "их", "іх", "їх", "ої", "ую", "юю", "ев", "ов"],
    *["ая", "яя", "ії", "ія", "ію", "ие", "ые", "ый", "ым", "ых"],
    *["ами", "ями", "ими", "іми", "їми", "ого", "ому", "еві", "ові", "єві"],
    *["ьою", "ьої", "ією", "іям", "іях", "іями", "ього", "ьому", "ыми", "его", "ему"],
    *["ість", "ості", "істю"],
]
LATIN_ENDINGS = ["'s", "s'", "s", "es"]
LATIN_Y_ENDINGS = ["y", "ies", "y's"]
# Ends in an s that is no ending.
AS_IT_IS = {"news", "series", "species"}
NO_PLURAL = ("ss", "us", "is")
HISSES = ("sses", "xes", "ches", "shes")
# Particles behind a consonant, behind a vowel, and behind either; the mark of the plural.
AFTER_CONSONANT = ["은", "이", "을", "과", "으로", "이라고", "으로서", "으로부터"]
AFTER_VOWEL = ["는", "가", "를", "와", "로", "라고", "로서", "로부터"]
AFTER_ANY = [
    *["의", "에", "도", "만", "에서", "에게", "께서", "한테", "부터", "까지", "보다", "처럼"],
    *["마다", "조차", "에는", "에도", "에서는", "에게서", "에게는", "에서의", "에의", "에서도"],
]
PLURAL = "들"

FEWEST_LETTERS, FEWEST_SYLLABLES = 4, 2
# Such a stem is found within other words as well, as what was typed is.
ENOUGH_WITHIN = 5
# One of several words may be shorter: the others say what is meant.
FEWEST_AMONG_OTHERS = 3
MORE = "…"


class Form(NamedTuple):
    """What is looked for beside the words that were typed."""

    # As readers are told of it.
    shown: str
    # What a copy (`searched_copy`) must hold, which an index finds.
    needle: str
    # What must match around it besides, as a regular expression of Python and of PostgreSQL.
    pattern: str


class Root(NamedTuple):
    """What the forms of a word have in common, and how they may end."""

    text: str
    endings: Sequence[str] = ()

    @property
    def key(self) -> str:
        """Parts "party" from "part"."""
        return f"{self.text}i" if self.endings is LATIN_Y_ENDINGS else self.text

    @property
    def pattern(self) -> str:
        ending = f"({'|'.join(dict.fromkeys(self.endings))})?" if self.endings else ""
        return f"{re.escape(self.text)}{ending}"


def root_of(word: str, fewest: int = FEWEST_LETTERS) -> Root:
    """A folded word without its ending; all of it where nothing can be taken away."""
    if HANGUL.fullmatch(word):
        return Root(_without_particles(word))
    if CYRILLIC.fullmatch(word):
        root = _without(word, CYRILLIC_ENDINGS, fewest)
        return Root(root, CYRILLIC_ENDINGS if len(word) >= FEWEST_LETTERS else ())
    if LATIN.fullmatch(word):
        return _english(word)
    return Root(word)


def language_of(text: str) -> str:
    """The language of the site that is written in such letters as a text; "" where none is."""
    script = "Kore" if HANGUL.search(text) else "Cyrl" if ANY_CYRILLIC.search(text) else "Latn"
    codes = [settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    return next((code for code in codes if _script_of(code) == script), "")


def _script_of(language: str) -> str:
    """As Unicode names it: `uk_Cyrl_UA`."""
    likely = get_global("likely_subtags").get(language.partition("-")[0], "")
    return next((part for part in likely.split("_") if len(part) == 4), "")


def _without(word: str, endings: Iterable[str], fewest: int) -> str:
    fit = [end for end in endings if word.endswith(end) and len(word) - len(end) >= fewest]
    return word.removesuffix(max(fit, key=len, default=""))


def _english(word: str) -> Root:
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) <= FEWEST_AMONG_OTHERS or word in AS_IT_IS or word.endswith(NO_PLURAL):
        return Root(word, LATIN_ENDINGS)
    for ending in ("ies", "y"):
        if (root := _without(word, [ending], FEWEST_AMONG_OTHERS)) != word:
            # "Days" and "pay" are no such words.
            return Root(word, LATIN_ENDINGS) if root[-1] in "aeou" else Root(root, LATIN_Y_ENDINGS)
    ending = "es" if word.endswith(HISSES) else "s"
    return Root(_without(word, [ending], FEWEST_AMONG_OTHERS), LATIN_ENDINGS)


def _without_particles(word: str) -> str:
    for particles, wants_consonant in ((AFTER_CONSONANT, True), (AFTER_VOWEL, False)):
        fit = [end for end in particles if word.endswith(end) and _fits(word, end, wants_consonant)]
        if fit:
            word = _cut(word, fit)
            break
    else:
        word = _cut(word, [end for end in AFTER_ANY if word.endswith(end)])
    return _cut(word, [PLURAL] if word.endswith(PLURAL) else [])


def _cut(word: str, fit: list[str]) -> str:
    fit = [end for end in fit if len(word) - len(end) >= FEWEST_SYLLABLES]
    return word.removesuffix(max(fit, key=len, default=""))


def _fits(word: str, particle: str, wants_consonant: bool) -> bool:
    """Whether a particle may stand behind the syllable before it: some go by its last sound."""
    before = word.removesuffix(particle)[-1:]
    last_sound = (ord(before) - ord("가")) % 28 if before else 0
    # Behind ㄹ it is 로 as well.
    is_l = last_sound == 8 and particle.startswith("로")
    return is_l or bool(last_sound) == wants_consonant


def roots_of(words: Sequence[str]) -> list[Root]:
    fewest = FEWEST_LETTERS if len(words) == 1 else FEWEST_AMONG_OTHERS
    return [root_of(word, fewest) for word in words]


def key_of(words: Sequence[str]) -> tuple[str, ...]:
    """What folded words have in common with all their forms, to look them up by."""
    return tuple(root.key for root in roots_of(words))


def other_form(word: str) -> Form | None:
    """What finds a folded word in its other forms, if it may have any."""
    root = root_of(word)
    if root.text == word:
        return None
    if HANGUL.fullmatch(word):
        return Form(root.text, letters(root.text), "")
    within = CYRILLIC.fullmatch(word) and len(root.text) >= ENOUGH_WITHIN
    begin = "" if within else BEGIN
    return Form(_shown(word, root), root.text, f"{begin}{root.pattern}{END}")


def _shown(word: str, root: Root) -> str:
    if root.endings is LATIN_Y_ENDINGS:
        return f"{root.text}{'ies' if word.endswith('y') else 'y'}"
    return f"{root.text}{MORE}"


def form_of_name(name: str, words: Sequence[str]) -> Form:
    """What finds a name as words of its own, in any of their forms, but for Hangul.

    There words stand within others; and "ILO" is not to be found in "pilot".
    """
    if any(HANGUL.search(word) for word in words):
        return Form(name, letters(" ".join(words)), "")
    roots = roots_of(words)
    longest = max((root.text for root in roots), key=len)
    # An index of three letters each finds two at the beginning of a word alone.
    held = longest if len(longest) >= SHORTEST_WITHIN else f" {longest}"
    return Form(name, held, f"{BEGIN}{'[ -]'.join(root.pattern for root in roots)}{END}")
