"""Text as the search compares it: without case, in one way of writing, in any script."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import models

from advocacy.text import storable

# What keyboards and word processors write for one sign; NFKC would take some of these apart.
SIGNS = str.maketrans(
    dict.fromkeys("‘’‚‛ʹʻʼʽˈ`´′‵＇‹›", "'")
    | dict.fromkeys("“”„‟«»″‶〝〞〟＂「」『』", '"')
    | dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-")
)
# As a regular expression: all that is folded to the sign.
WRITTEN = {
    "'": f"['{''.join(chr(code) for code, sign in SIGNS.items() if sign == chr(39))}]",
    "-": f"[{''.join(chr(code) for code, sign in SIGNS.items() if sign == '-')}-]",
    " ": r"\s+",
}
# Indexes are of three letters each: they find a shorter word at the beginning of one alone.
SHORTEST_WITHIN = 3
# What stands before a word that does not begin its field, where nothing puts a space there.
BEFORE_WORDS = ' \n("“«「-'
BEHIND_A_SIGN = re.compile(r"(?<=[^\w\s])\w+")
HANGUL = re.compile("[가-힣]+")
PHRASE = re.compile(r'"([^"]*)"')
BETWEEN_WORDS = re.compile(r"[\s,;]+")


def in_one_way(text: str) -> str:
    """Text with one kind of apostrophe, quotation mark and dash, without what nobody sees.

    Soft hyphens and the like are left out; capitals stay.
    """
    text = unicodedata.normalize("NFKC", storable(text).translate(SIGNS))
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def fold(text: str) -> str:
    """Text as the search compares it, alike on every database, in any script: without case."""
    return in_one_way(text).casefold()


def fold_stored(text: str) -> str:
    """The text of a field as a row keeps it: on one line, without quotation marks."""
    return " ".join(fold(text).replace('"', "").split())


def searched_copy(texts: Iterable[str]) -> str:
    """What a row is searched by: its texts folded, with a space before each word.

    What begins behind another sign begins once more at the end. Of Hangul it is the letters, so
    that an index of three letters each finds two syllables.
    """
    copy = "\n ".join(["", *map(fold_stored, texts)])
    again = dict.fromkeys(word[: SHORTEST_WITHIN - 1] for word in BEHIND_A_SIGN.findall(copy))
    return letters("\n ".join([copy, *again]))


def letters(text: str) -> str:
    return HANGUL.sub(lambda syllables: unicodedata.normalize("NFD", syllables[0]), text)


class Asked(NamedTuple):
    """A word or a phrase of a search, as it was typed."""

    text: str
    is_phrase: bool


def asked_for(text: str) -> list[Asked]:
    """What a search asks for: its phrases in quotation marks, and its words."""
    text = in_one_way(text)
    phrases = [Asked(" ".join(phrase.split()), True) for phrase in PHRASE.findall(text)]
    words = BETWEEN_WORDS.split(PHRASE.sub(" ", text).replace('"', " "))
    asked = [part for part in [*phrases, *(Asked(word, False) for word in words)] if part.text]
    # A word of nothing but punctuation is looked for only where nothing else is.
    bare = [Asked(without_ends(part.text), part.is_phrase) for part in asked]
    return [part for part in bare if part.text] or asked


def wanted(text: str) -> list[str]:
    """The same, folded: what has to be held as it stands."""
    return [part.text.casefold() for part in asked_for(text)]


def without_ends(word: str) -> str:
    """A word or phrase without the punctuation at its ends."""
    inner = [n for n, sign in enumerate(word) if unicodedata.category(sign)[0] != "P"]
    return word[inner[0] : inner[-1] + 1] if inner else ""


def held_by(fields: Sequence[str], word: str) -> models.Q:
    """Whether one of the fields holds a part of a search (`wanted`)."""
    return models.Q(*[_held(field, word) for field in fields], _connector=models.Q.OR)


def held_in_any_case(fields: Sequence[str], word: str) -> models.Q:
    """The same where a field has no copy: SQLite alone knows no capitals but those of English."""
    pattern = "".join(WRITTEN.get(sign) or re.escape(sign) for sign in word)
    held = [models.Q(**{f"{field}__iregex": pattern}) for field in fields]
    return models.Q(*held, _connector=models.Q.OR)


def needle(word: str) -> str:
    """What a copy (`searched_copy`) holds where it holds a part of a search."""
    return " " + word if is_short(word) else letters(word)


def is_short(word: str) -> bool:
    """Whether it is looked for at the beginning of a word alone.

    In scripts without capitals, two signs are a word, and words stand within others.
    """
    return len(word) < SHORTEST_WITHIN and word.upper() != word


def _held(field: str, word: str) -> models.Q:
    if field.endswith("search_text"):
        return models.Q(**{f"{field}__contains": needle(word)})
    if re.search("['\\s-]", word):
        signs = [WRITTEN.get(sign) or re.escape(sign) for sign in word]
        return models.Q(**{f"{field}__iregex": "".join(signs)})
    if is_short(word):
        places = [(f"{field}__icontains", before + word) for before in BEFORE_WORDS]
        beginning = models.Q((f"{field}__istartswith", word), *places, _connector=models.Q.OR)
        # Where there is no index, most rows are left out by one look.
        return models.Q(**{f"{field}__icontains": word}) & beginning
    return models.Q(**{f"{field}__icontains": word})
