"""A badge: how an ask or the asks to a body stand, in a few short lines, as SVG or PNG.

All of its words come from the standings; it bears the day, for it may be copied anywhere.
"""

import unicodedata
from collections import Counter
from io import BytesIO
from typing import Any, NamedTuple

from django.utils.translation import gettext
from PIL import Image, ImageDraw

from advocacy.colours import tokens
from advocacy.models import IN_CONFIDENCE, PROPOSED, Phase, RecommendedAction
from advocacy.models.dates import wait_words, written_day
from advocacy.models.groups import more_words, number_words
from advocacy.models.standing import label_of_group, mark_of_group
from advocacy.public.share import drawing
from advocacy.public.share.marks import mark
from advocacy.text import carried_line

PADDING, MARK = 10, 16
# The size of the letters of each line, and how far below the one before it stands.
SIZES, LEADING = (15, 13, 13, 12), 20
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
    """What a badge says. It has the mark of a phase where all that it speaks of is in that one."""

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
        return PADDING + MARK + 8 if self.phase else PADDING

    @property
    def width(self) -> int:
        return self.x + max(line.width for line in self.written) + PADDING

    @property
    def height(self) -> int:
        return PADDING + 13 + LEADING * (len(self.lines) - 1) + PADDING

    @property
    def colours(self) -> dict[str, str]:
        names = ("paper", "ink", "ink_soft", "hairline")
        colours = {name: tokens()[name].light for name in names}
        return colours | {"first": tokens()[self.phase or "ink"].light}


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
    day = as_of(standing.day)
    is_looked_for = standing.last_checked_on and not (
        standing.is_proposed and not standing.is_found
    )
    return f"{day} · {standing.checked_words}" if is_looked_for else day


def badge_of_body(body: Any, asks: list[RecommendedAction], day: Any) -> Badge:
    """How many of its asks stand in each phase: none of them speaks for the others."""
    groups = Counter(ask.standing.counted_as for ask in asks)
    waits = [s.days_waiting for s in (ask.standing for ask in asks) if s.days_waiting is not None]
    proposed = groups.pop(PROPOSED, 0)
    named = body.text_of("abbreviation") or body.text_of("name")
    number = groups.total()
    lines = [f"{named} · {number_words(number, 0 if number else proposed)}"]
    shown = [group for group in [*Phase.values, IN_CONFIDENCE] if groups[group]]
    counts = [
        gettext("%(status)s: %(number)s")
        % {"status": label_of_group(group), "number": groups[group]}
        for group in shown
    ]
    if shown and proposed:
        counts.append(more_words(proposed))
    lines += [" · ".join(counts), wait_words(max(waits, default=None)), as_of(day)]
    if not shown:
        phase = mark_of_group(PROPOSED) if proposed else ""
    else:
        phase = mark_of_group(shown[0]) if len(shown) == 1 else ""
    title = ". ".join([body.text_of("name"), *filter(None, lines[1:])])
    return Badge(phase, [line for line in lines if line], title)


def as_of(day: Any) -> str:
    return gettext("As of %(day)s") % {"day": written_day(day)}


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
    if badge.phase:
        drawn = mark(badge.phase, colours["first"], colours["paper"], MARK * n)
        image.paste(drawn, (PADDING * n, PADDING * n))
    for line, weight in zip(badge.written, weights, strict=True):
        colour = colours["first"] if line.is_first else colours["ink_soft"]
        place = badge.x * n, line.y * n
        drawing.write(pen, place, line.text, colour, weight, line.size * n)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
