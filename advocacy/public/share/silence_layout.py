"""The silence as a picture by itself: laid out once, then written as SVG or drawn as PNG.

It is made of the same `Silence` as the page, and of its words alone: what a row says is the label
of its standing, where a line ends is where the page ends it.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext

from advocacy.colours import rgb, tokens
from advocacy.public.share.drawing import MARGIN, SIZE, fitting, length
from advocacy.public.share.silence_words import Told
from advocacy.public.silence import Row, Silence
from advocacy.text import carried_line

WIDTH = SIZE[0]
# Where the lines lie, and the words at their ends.
FROM, LONG, STATUS = 520, 400, 950
# Typefaces differ in width, and whoever opens the SVG has their own.
SLACK = 0.92


class Words(NamedTuple):
    x: float
    y: float
    text: str
    size: int
    weight: str
    colour: str
    # As SVG names it: on which side of the place the words stand.
    anchor: str = "start"
    kind: str = "words"


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    colour: str
    kind: str = "box"


class Dot(NamedTuple):
    x: float
    y: float
    radius: float
    colour: str
    ring: str
    kind: str = "dot"


class Sign(NamedTuple):
    """The symbol of a phase, by its upper left corner."""

    x: float
    y: float
    size: int
    phase: str
    colour: str
    kind: str = "sign"


@dataclass
class Part:
    """Shapes that belong together; of a row of the picture, all that its page says of the ask."""

    shapes: list[Any] = field(default_factory=list)
    says: str = ""


@dataclass
class Picture:
    height: int
    paper: str
    language: str
    title: str
    sentence: str
    parts: list[Part]
    width: int = WIDTH


def colour(name: str) -> str:
    return tokens()[name].light


def faint(phase: str) -> str:
    """The colour of a silence: half of that of its phase, half paper."""
    pair = zip(rgb(colour(phase)), rgb(colour("paper")), strict=True)
    return "#" + "".join(f"{(one + other) // 2:02x}" for one, other in pair)


def place(percent: str) -> float:
    """Where a row has a place in percent of its width."""
    return FROM + LONG * float(percent.removesuffix("%")) / 100


def span(percent: str) -> float:
    return place(percent) - FROM


def lines_of(text: str, weight: str, size: int, width: float, most: int) -> list[str]:
    return fitting(carried_line(str(text)), weight, size, width * SLACK, most)


class Sheet:
    """A picture that is being laid out, from its head down."""

    def __init__(self, silence: Silence, told: Told) -> None:
        self.silence, self.told = silence, told
        self.parts: list[Part] = []
        self.y = 0.0

    def head(self, title_size: int) -> None:
        shapes: list[Any] = []
        width = WIDTH - 2 * MARGIN
        self.y = 32
        for words, weight, size, shade in [
            (self.told.kicker, "Regular", 20, "ink_soft"),
            (self.told.title, "Bold", title_size, "ink"),
            (self.told.stood, "Regular", 20, "ink_soft"),
        ]:
            for line in lines_of(words, weight, size, width, 2) if words else []:
                self.y += size * 1.25
                shapes.append(Words(MARGIN, self.y, line, size, weight, colour(shade)))
            self.y += 5
        self.y += 32
        self.parts.append(Part(shapes))

    def key(self) -> None:
        """What the shapes mean, in the words of the page."""
        ink, progress = colour("ink"), colour("in_progress")
        top, left = self.y, float(MARGIN)
        part = Part()
        for shape, wide, words in [
            ("ask", 8, gettext("the day it was put to the body")),
            ("gap", 32, gettext("no public response found, up to the last look")),
            ("line", 32, gettext("any other status, in its colour")),
            ("change", 12, gettext("the status changed")),
        ]:
            (said,) = lines_of(words, "Regular", 15, 700, 1)
            room = wide + 8 + length(said, "Regular", 15) / SLACK + 24
            if left + room > WIDTH - MARGIN:
                left, top = MARGIN, top + 24
            drawn: dict[str, list[Any]] = {
                "ask": [Box(left, top - 13, 4, 14, ink)],
                "gap": [Box(left, top - 10, 32, 8, faint("no_answer"))],
                "line": [Box(left, top - 7, 32, 2, progress)],
                "change": [Dot(left + 4, top - 6, 5, progress, colour("paper"))],
            }
            part.shapes += drawn[shape]
            part.shapes.append(Words(left + wide + 8, top, said, 15, "Regular", colour("ink_soft")))
            left += room
        self.parts.append(part)
        self.y = top + 40

    def axis(self, until: float) -> None:
        """The months over the rows, and the day of the picture at their end."""
        soft, hairline = colour("ink_soft"), colour("hairline")
        part, taken = Part(), 0.0
        for tick in self.silence.ticks:
            x, wide = place(tick.x), length(tick.label, "Regular", 14) / SLACK
            left = x - (wide / 2 if tick.anchor == "middle" else 0)
            # Where there is no room for its words, the line alone stands for a month.
            if left >= taken:
                part.shapes.append(Words(x, self.y, tick.label, 14, "Regular", soft, tick.anchor))
                taken = left + wide + 8
            part.shapes.append(Box(x, self.y + 8, 1, until - self.y - 8, hairline))
        day = carried_line(self.told.day)
        part.shapes.append(Words(FROM + LONG + 12, self.y, day, 14, "Regular", soft))
        part.shapes.append(Box(FROM + LONG, self.y + 8, 1, until - self.y - 8, hairline))
        # Beneath the rows, which are drawn over it.
        self.parts.insert(0, part)

    def row(self, row: Row, title: str, most: int, size: int, indent: int) -> Part:
        standing = row.ask.standing
        room = FROM - MARGIN - indent - 24
        titles = lines_of(title, "Regular", size, room, most)
        # Not a word of how it stands is left out.
        label = lines_of(standing.label, "Bold", 15, WIDTH - STATUS - 40, 8)
        high = max(len(titles), len(label)) * size * 1.3
        line, part = self.y + size * 0.65, Part(says=f"{title}: {standing.sentence}")
        shade = colour(standing.mark)
        for number, words in enumerate(titles):
            y = self.y + size + number * size * 1.3
            ink = colour("ink")
            part.shapes.append(Words(MARGIN + indent, y, words, size, "Regular", ink))
        for piece in row.parts:
            tone = faint(piece.mark) if piece.is_silence else colour(piece.mark)
            thick = 10 if piece.is_silence else 3
            y = line - thick / 2
            part.shapes.append(Box(place(piece.x), y, span(piece.width), thick, tone))
        for x, mark in row.changes:
            part.shapes.append(Dot(place(x), line, 5, colour(mark), colour("paper")))
        part.shapes.append(Box(place(row.asked_at) - 2, line - 8, 4, 16, colour("ink")))
        part.shapes.append(Sign(STATUS - 22, line - 8, 16, standing.mark, shade))
        for number, words in enumerate(label):
            y = self.y + size + number * size * 1.3
            part.shapes.append(Words(STATUS, y, words, 15, "Bold", shade))
        self.y += high + 8
        return part

    def foot(self, left_out: int) -> None:
        soft = colour("ink_soft")
        part, lines = Part(), []
        if left_out:
            lines.append(self.told.more(left_out))
        for words in [*lines, self.told.source, self.told.licence]:
            for line in lines_of(words, "Regular", 16, WIDTH - 2 * MARGIN, 2):
                part.shapes.append(Words(MARGIN, self.y, line, 16, "Regular", soft))
                self.y += 22
        self.parts.append(part)

    def done(self, height: float) -> Picture:
        told = self.told
        words = (told.language, carried_line(told.title), carried_line(told.sentence))
        return Picture(round(height), colour("paper"), *words, self.parts)


def whole(silence: Silence, told: Told) -> Picture:
    """All rows of the page under its headings, as high as they need."""
    sheet = Sheet(silence, told)
    sheet.head(36)
    sheet.key()
    top, rows = sheet.y, []
    sheet.y += 26
    for group in silence.groups:
        if group.of:
            sheet.y += 10
            name = group.of.text_of(group.named)
            part = Part()
            for line in lines_of(name, "Bold", 17, WIDTH - 2 * MARGIN, 2):
                part.shapes.append(Words(MARGIN, sheet.y + 17, line, 17, "Bold", colour("ink")))
                sheet.y += 24
            rows.append(part)
        for row in group.rows:
            indent = 16 if group.of else 0
            rows.append(sheet.row(row, row.ask.text_of("title"), 4, 16, indent))
    bottom, sheet.y = sheet.y, top
    sheet.axis(bottom)
    sheet.parts += rows
    sheet.y = bottom + 36
    sheet.foot(silence.left_out)
    return sheet.done(sheet.y + 24)


def small(silence: Silence, told: Told) -> Picture:
    """The longest silences, as many as the picture of a shared link has room for."""
    sheet = Sheet(silence, told)
    sheet.head(32)
    sheet.key()
    top, rows = sheet.y, []
    sheet.y += 16
    asks = [row for group in silence.groups for row in group.rows]
    asks.sort(key=lambda row: -(row.ask.standing.days_waiting or 0))
    end = SIZE[1] - 84
    for row in asks:
        before = sheet.y
        title = f"{row.ask.body.text_of('abbreviation')}: {row.ask.text_of('title')}"
        part = sheet.row(row, title, 3, 17, 0)
        if sheet.y > end:
            sheet.y = before
            break
        rows.append(part)
    bottom, sheet.y = sheet.y, top
    sheet.axis(bottom)
    sheet.parts += rows
    sheet.y = SIZE[1] - 60
    sheet.foot(len(asks) - len(rows) + silence.left_out)
    return sheet.done(SIZE[1])
