"""What is known of a language without anybody telling the program: its name, direction, order.

Babel knows it. No model is loaded yet where the settings ask for it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from unicodedata import name as name_of
from unicodedata import normalize

from babel import Locale, UnknownLocaleError
from babel.localedata import exists
from babel.messages.mofile import read_mo
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import to_locale

# The language of the code.
SOURCE = "en"
# With its context.
type Sentence = tuple[str, str]
CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")

# Babel sorts nothing. Letters of one script have one order here, in which Ukrainian, Russian,
# Bulgarian, Serbian and Kazakh each find their own.
CYRILLIC = {
    letter: ord("а") + number / 100
    for number, letter in enumerate("аәбвгґғдђѓеёєжзѕиіїйјкқќлљмнңњоөпрстћуўұүфхһцчџшщъыьэюя")
}
# Those that are no letter with an accent.
LATIN = {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"}
APOSTROPHES = "'’ʼ"


def is_known(code: str) -> bool:
    """Whether Babel knows how dates, countries and plurals are written in it.

    That Django has words of its own in it is not needed.
    """
    if not CODE.fullmatch(code):
        return False
    try:
        identifier = str(Locale.parse(code, sep="-"))
    except (UnknownLocaleError, ValueError):
        return False
    is_whole = exists(identifier) and identifier.replace("_", "-").lower() == code
    return is_whole or "name_local" in LANG_INFO.get(code, {})


def make_known(code: str) -> None:
    """Tell Django of a language that it has no words in itself."""
    if "name_local" not in LANG_INFO.get(code, {}):
        locale = Locale.parse(code, sep="-")
        LANG_INFO[code] = {
            "bidi": locale.text_direction == "rtl",
            "code": code,
            "name": locale.english_name or code,
            "name_local": locale.get_display_name(locale) or code,
        }


def own_name(code: str) -> str:
    """What those who speak it call a language, as it stands in a list: Français, 한국어."""
    make_known(code)
    name: str = LANG_INFO[code]["name_local"]
    return name[0].title() + name[1:]


def direction(code: str) -> str:
    """Which way it is read: ltr, rtl. Of a code that nobody knows, from left to right."""
    return str(Locale.parse(code, sep="-").text_direction) if is_known(code) else "ltr"


def scripts_of(text: str) -> set[str]:
    """The scripts of the letters of a text, as Unicode names them: LATIN, CYRILLIC, HANGUL."""
    return {name_of(letter, "?").partition(" ")[0] for letter in text if letter.isalpha()}


def place_in_a_list(name: str) -> list[float]:
    """Where a name stands in a list that is sorted for a reader: É with E, Є after Е."""
    folded = "".join(LATIN.get(letter, letter) for letter in name.casefold())
    return [place_of(letter) for letter in normalize("NFC", folded) if letter not in APOSTROPHES]


def place_of(letter: str) -> float:
    if not letter.isalnum():
        return 0
    # A syllable of Hangul is one sign, and those are in order.
    if letter in CYRILLIC or "가" <= letter <= "힣":
        return CYRILLIC.get(letter, ord(letter))
    return ord(normalize("NFD", letter)[0])


def is_whole(language: str) -> bool:
    """Whether no sentence of the program is missing. Of its own catalogues `make check` knows."""
    of_program = Path(settings.LOCALE_PATHS[-1], to_locale(language))
    if language == SOURCE or of_program.exists():
        return True
    told, there = sentences_in(language)
    return told == there


def sentences_in(language: str) -> tuple[int, int]:
    """How many of the program's sentences a language has, and how many there are.

    The program's own catalogues are whole (`make check`): all that they have is all that there is.
    """
    there = sentences_of(Path(settings.LOCALE_PATHS[-1]).glob("*/LC_MESSAGES/django.mo"))
    return len(there & said_in(language)) if language != SOURCE else len(there), len(there)


def is_said_in(language: str, sentence: str) -> bool:
    return language == SOURCE or ("", sentence) in said_in(language)


def said_in(language: str) -> frozenset[Sentence]:
    """The sentences that the catalogues of a language have, those of the record and our own."""
    name = Path(to_locale(language), "LC_MESSAGES", "django.mo")
    paths = [folder / name for folder in map(Path, settings.LOCALE_PATHS)]
    return sentences_of(path for path in paths if path.exists())


def sentences_of(paths: Iterable[Path]) -> frozenset[Sentence]:
    found = [sentences_at(path, path.stat().st_mtime_ns) for path in paths]
    return frozenset[Sentence]().union(*found)


@lru_cache(maxsize=64)
def sentences_at(path: Path, _changed: int) -> frozenset[Sentence]:
    """What a compiled catalogue has a translation of."""
    with path.open("rb") as stream:
        messages = list(read_mo(stream))
    return frozenset(
        (message.context or "", message.id if isinstance(message.id, str) else message.id[0])
        for message in messages
        if message.id
    )
