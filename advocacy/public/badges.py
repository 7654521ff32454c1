"""A badge: how an ask or the asks to a body stand, in three short lines, as SVG or PNG.

All of its words come from the standings; it bears the day, for it may be copied anywhere.
"""

import unicodedata
from io import BytesIO
from typing import Any, NamedTuple

from django.utils.translation import gettext
from PIL import Image, ImageDraw

from advocacy.colours import tokens
from advocacy.models import RecommendedAction
from advocacy.models.dates import written_day
from advocacy.public.share import drawing
from advocacy.public.share.marks import mark
from advocacy.public.share.words import words_of_asks
from advocacy.text import carried_line

PADDING, MARK = 10, 16
# The size of the letters of each line, and how far below the one before it stands.
SIZES, LEADING = (15, 13, 12), 20
# A PNG is drawn twice as large as it is shown.
DENSITY = 2
# About how wide letters are, in their own size: no server knows the typeface of a reader.
WIDE, CAPITAL, SMALL = 1.0, 0.68, 0.56


class Line(NamedTuple):
    text: str
    size: int
    # Where its letters stand.
    y: int
    width: int
    is_first: bool


class Badge(NamedTuple):
    """What a badge says, and of which phase its mark is."""

    phase: str
    lines: list[str]
    title: str

    @property
    def written(self) -> list[Line]:
        lines = zip(map(carried_line, self.lines), SIZES, strict=False)
        return [
            Line(text, size, PADDING + 13 + LEADING * n, width_of(text, size, is_bold=not n), not n)
            for n, (text, size) in enumerate(lines)
        ]

    @property
    def x(self) -> int:
        """Where its words begin."""
        return PADDING + MARK + 8

    @property
    def width(self) -> int:
        return self.x + max(line.width for line in self.written) + PADDING

    @property
    def height(self) -> int:
        return PADDING + 13 + LEADING * (len(self.lines) - 1) + PADDING

    @property
    def colours(self) -> dict[str, str]:
        names = ("paper", "ink", "ink_soft", "hairline")
        return {name: tokens()[name].light for name in names} | {
            "phase": tokens()[self.phase].light
        }


def badge_of_ask(ask: RecommendedAction) -> Badge:
    standing = ask.standing
    is_told_apart = standing.is_proposed and standing.is_found
    lines = [
        f"{ask.reference} · {standing.status_words}",
        standing.clock_words if is_told_apart else standing.wait,
        dated(standing),
    ]
    title = f"{ask.body.text_of('name')}: {ask.text_of('title')}. {standing.sentence}"
    return Badge(standing.mark, [line for line in lines if line], title)


def dated(standing: Any) -> str:
    """The day of the badge, and when somebody looked last, where anything can have been found."""
    day = gettext("as of %(day)s") % {"day": written_day(standing.day)}
    is_looked_for = standing.last_checked_on and not (
        standing.is_proposed and not standing.is_found
    )
    return f"{day} · {standing.checked_words}" if is_looked_for else day


def badge_of_body(body: Any, asks: list[RecommendedAction], day: Any) -> Badge:
    words = words_of_asks(asks)
    name = body.text_of("abbreviation") or body.text_of("name")
    lines = [f"{name} · {words['status']}", words["wait"]] if asks else [name, nothing_asked()]
    lines.append(gettext("as of %(day)s") % {"day": written_day(day)})
    title = f"{body.text_of('name')}. {'. '.join(line for line in lines[1:] if line)}"
    return Badge(words["phase"], [line for line in lines if line], title)


def nothing_asked() -> str:
    return gettext("This body has not been asked for anything in this record.")


def width_of(text: str, size: int, *, is_bold: bool) -> int:
    """How wide a line is, more or less; the SVG tells the browser to make it just so."""
    width = 0.0
    for letter in text:
        if unicodedata.east_asian_width(letter) in "WF":
            width += WIDE
        elif letter in " .,:;·()'’il":
            width += SMALL / 2
        else:
            is_large = letter.isupper() or letter.isdigit() or "\u0400" <= letter <= "\u04ff"
            width += CAPITAL * 0.9 if is_large else SMALL
    return round(width * size * (1.06 if is_bold else 1))


def png_of(badge: Badge) -> bytes:
    """The same as a picture, for places that take no SVG."""
    colours, n = badge.colours, DENSITY
    weights = ["Bold" if line.is_first else "Regular" for line in badge.written]
    lengths = [
        drawing.length(line.text, weight, line.size * n)
        for line, weight in zip(badge.written, weights, strict=True)
    ]
    size = round(max(lengths)) + (badge.x + PADDING) * n, badge.height * n
    image = Image.new("RGB", size, colours["paper"])
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=colours["hairline"], width=n)
    image.paste(mark(badge.phase, colours["phase"], colours["paper"], MARK * n), (PADDING * n,) * 2)
    for line, weight in zip(badge.written, weights, strict=True):
        colour = colours["phase"] if line.is_first else colours["ink_soft"]
        place = badge.x * n, line.y * n
        drawing.write(pen, place, line.text, colour, weight, line.size * n)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
