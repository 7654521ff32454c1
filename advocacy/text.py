"""Text that every way out can carry: pages, feed, calendar, mails, files and pictures.

The fields of `models/text.py` tidy and check it as it comes in; what an older database holds is
mended as it goes out, by `carried` and `carried_line`.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

# Word processors and spreadsheets write these where they begin a line or a paragraph.
LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
GAP_IN_A_LINE = re.compile(r"[ \t]*[\n\t][ \t\n]*")
# Control characters, halves of characters (surrogates) and code points that are no characters.
LAST_OF_PLANES = "".join(chr(plane << 16 | n) for plane in range(17) for n in (0xFFFE, 0xFFFF))
NOT_CARRIED = re.compile(
    f"[\x00-\x08\v\f\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{LAST_OF_PLANES}]"
)
# What no database takes, so no row holds it.
NOT_STORED = re.compile("[\x00\ud800-\udfff]")
# What must never stand in a log or a stored traceback.
SECRETS = [
    (re.compile(r"(/follow/)[^/\s?\"']+"), r"\1[token]"),
    (re.compile(r"(/password/reset/key/)[^/\s?\"']+"), r"\1[token]"),
    (re.compile(r"[^\s<>\"'(]+@[^\s<>\"')]+"), "[address]"),
]
REPLACEMENT = "\ufffd"
MOST_PLACES_NAMED = 3


def tidy(text: str) -> str:
    """The text with one kind of line break."""
    return LINE_BREAK.sub("\n", text)


def tidy_line(text: str) -> str:
    """The text on one line: a break or a tab inside becomes a space, one at an end goes."""
    return GAP_IN_A_LINE.sub(" ", tidy(text).strip("\n\t"))


def carried(text: str) -> str:
    """The tidied text with a replacement character (�) for each that cannot be carried."""
    return NOT_CARRIED.sub(REPLACEMENT, tidy(text))


def carried_line(text: str) -> str:
    """The same on one line."""
    return NOT_CARRIED.sub(REPLACEMENT, tidy_line(text))


def storable(text: str) -> str:
    """What to look for instead of a text that no database takes: it is found in no row."""
    return NOT_STORED.sub(REPLACEMENT, text)


def check_text(text: str) -> None:
    """Refuse a tidied text with the place of each character that cannot be carried."""
    refusals = []
    for match in NOT_CARRIED.finditer(text):
        before = text[: match.start()]
        place = {
            "line": before.count("\n") + 1,
            "character": match.start() - before.rfind("\n"),
            "code": f"U+{ord(match[0]):04X}",
        }
        refusals.append(ValidationError(sentence_about(match[0]) % place, code="not_carried"))
        if len(refusals) == MOST_PLACES_NAMED:
            break
    if refusals:
        raise ValidationError(refusals)


def sentence_about(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return gettext(
            "Line %(line)d, character %(character)d: this is half of a character (%(code)s),"
            " which cannot be kept. Type the character again."
        )
    if character < "\xa0":
        return gettext(
            "Line %(line)d, character %(character)d: this is an invisible control character"
            " (%(code)s), which cannot be kept. Delete it."
        )
    return gettext(
        "Line %(line)d, character %(character)d: %(code)s does not stand for any character, so it"
        " cannot be kept. Delete it."
    )


def without_secrets(text: str) -> str:
    """The text without addresses of people and without the secret part of their links."""
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text
