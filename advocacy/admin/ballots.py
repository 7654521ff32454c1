"""How States and their votes are typed: by code or name, one by one, in lists or in a table."""

import re
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from advocacy.models import GROUP_OF, Vote, country_name
from advocacy.models.countries import NAMES

# What else people write for a vote, beside its code and its label in every language.
ALSO = {
    Vote.YES: ["y", "+", "for", "favour", "in favor", "yea", "за", "찬성"],
    Vote.NO: ["n", "-", "opposed", "nay", "проти", "반대"],
    Vote.ABSTAIN: ["a", "abstention", "abstentions", "abstaining", "утримався", "기권"],
    Vote.ABSENT: ["was absent"],
    Vote.NOT_VOTING: ["nv", "did not vote", "not voting"],
}
# Between States: a comma, a semicolon, or the two letters of the next one.
PIECES = re.compile(r"[,;\n]|\s+(?=[A-Z]{2}(?:[\s:=,;]|$))")


def votes_by_word() -> dict[str, Vote]:
    """Every way to write a vote, in small letters."""
    words = {word: vote for vote, others in ALSO.items() for word in [vote.value, *others]}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words |= {str(vote.label).casefold(): vote for vote in Vote}
    return words


def codes_by_name() -> dict[str, str]:
    """The codes of States by their names, in the language of the desk and in English."""
    codes = {*GROUP_OF, *(code for names in NAMES.values() for code in names)}
    found: dict[str, str] = {}
    for language in {translation.get_language() or "en", "en"}:
        with translation.override(language):
            found |= {country_name(code).casefold(): code for code in codes}
    return found


def read_states(text: str) -> list[str]:
    """The States of a list, by code or name; raises ValidationError naming what is none."""
    names, found, unknown = codes_by_name(), [], []
    for piece in filter(None, map(str.strip, PIECES.split(text))):
        code = code_of(piece, names)
        (found if code else unknown).append(code or piece)
    if unknown:
        refusal = _("Not known as States: %(names)s. Give their two letters, or their names.")
        raise ValidationError(refusal % {"names": ", ".join(f"“{name}”" for name in unknown)})
    return list(dict.fromkeys(found))


def code_of(piece: str, names: dict[str, str]) -> str:
    """The code of a State that somebody named, or nothing."""
    return names.get(piece.casefold(), "") or (piece if re.fullmatch("[A-Z]{2}", piece) else "")


def read_ballots(text: str) -> dict[str, str]:
    """Votes as people paste them: “CH yes, CN abstain”, or “In favour: Algeria, France”.

    Raises ValidationError naming each piece that cannot be read, and each State with two votes.
    """
    words, names, ballots, errors = votes_by_word(), codes_by_name(), {}, []
    for state, vote in pieces_of(text, words):
        code = code_of(state, names)
        if not code or not vote:
            piece = f"{state} {vote}".strip()
            errors.append(_("“%(piece)s” is not read: write “CH yes”.") % {"piece": piece})
        elif ballots.setdefault(code, vote) != vote:
            errors.append(_("%(state)s has two votes.") % {"state": country_name(code)})
    if errors:
        raise ValidationError(errors)
    return ballots


def pieces_of(text: str, words: dict[str, Vote]) -> Iterator[tuple[str, str]]:
    """(State as written, its vote) for each piece; no vote where none is understood."""
    ends = sorted(words, key=len, reverse=True)
    one = re.compile(rf"(.+?)[\s:=–—]+({'|'.join(map(re.escape, ends))})\.?", re.IGNORECASE)
    for line in filter(None, map(str.strip, text.splitlines())):
        head, colon, rest = line.partition(":")
        if colon and (vote := words.get(without_number(head))):
            yield from ((state, vote.value) for state in split(rest))
            continue
        for piece in split(line):
            match = one.fullmatch(piece)
            yield (match[1], words[match[2].casefold()].value) if match else (piece, "")


def without_number(head: str) -> str:
    """“In favour (13)” as “in favour”."""
    return re.sub(r"\s*\(?\d*\)?\s*$", "", head).strip().casefold()


def split(line: str) -> Iterable[str]:
    return filter(None, (piece.strip(" .") for piece in PIECES.split(line)))
