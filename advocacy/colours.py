"""The colours of the pages, and the two shades in which a colour of one's own can be read there."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

SHEET = "css/site.css"
TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOUR = re.compile(r"#(?:[0-9a-f]{3}){1,2}")
# Whatever a link or a button may stand on.
GROUNDS = ["paper", "paper_raised", "paper_sunk", "mark"]
# WCAG 2.2, AA, for text of any size.
LEAST_CONTRAST = 4.5
STEPS = 64
BLACK, WHITE = (0, 0, 0), (255, 255, 255)

type Rgb = tuple[int, int, int]


class Shades(NamedTuple):
    """One colour as it is written on light paper and on dark."""

    light: str
    dark: str


@lru_cache
def sheet() -> str:
    """The style sheet that defines the colours of every page."""
    path = finders.find(SHEET)
    assert path
    return Path(path).read_text(encoding="utf-8")


@lru_cache
def tokens() -> dict[str, Shades]:
    """{name of a colour: its shades}, as the style sheet defines them for the pages."""
    return {name.replace("-", "_"): Shades(*both) for name, *both in TOKEN.findall(sheet())}


def tidy_colour(text: str) -> str:
    """A colour as # and six digits. Raises ValidationError for what is none."""
    colour = text.strip().lower()
    if not COLOUR.fullmatch(colour):
        refusal = gettext("“%(text)s” is no colour. Give it as # and six digits, such as #173f87.")
        raise ValidationError(refusal % {"text": text})
    digits = colour[1:]
    return f"#{''.join(digit * 2 for digit in digits)}" if len(digits) == 3 else colour


def shades(colour: str) -> Shades:
    """A colour darkened until it can be read on light paper, and lightened for dark paper."""
    grounds = [tokens()[name] for name in GROUNDS]
    return Shades(
        readable(colour, [ground.light for ground in grounds], towards=BLACK),
        readable(colour, [ground.dark for ground in grounds], towards=WHITE),
    )


def readable(colour: str, grounds: Sequence[str], *, towards: Rgb) -> str:
    """The colour that is nearest to this one and stands out from each of the grounds."""
    start = rgb(colour)
    for step in range(STEPS + 1):
        mixed = [a + (b - a) * step / STEPS for a, b in zip(start, towards, strict=True)]
        shade = "#" + "".join(f"{round(part):02x}" for part in mixed)
        if all(contrast(shade, ground) >= LEAST_CONTRAST for ground in grounds):
            break
    return shade


def contrast(one: str, other: str) -> float:
    """How much two colours differ, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted([luminance(rgb(one)), luminance(rgb(other))])
    return (light + 0.05) / (dark + 0.05)


def rgb(colour: str) -> Rgb:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def luminance(colour: Rgb) -> float:
    parts = [part / 255 for part in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
