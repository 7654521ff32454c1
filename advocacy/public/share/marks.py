"""The symbols of the phases, drawn as `templates/includes/_marks.html` has them for the pages."""

from math import cos, radians, sin

from PIL import Image, ImageDraw

from advocacy.models.vocabulary import Phase

GRID = 16
# Drawn large and made small: that gives smooth edges.
UNIT = 12
STROKE = 2


def scaled(*places):
    return [place * UNIT for place in places]


def disc(pen, colour, x, y, radius):
    pen.ellipse(scaled(x - radius, y - radius, x + radius, y + radius), colour)


def ring(pen, colour):
    pen.ellipse(scaled(1, 1, 15, 15), outline=colour, width=STROKE * UNIT)


def unknown(pen, colour):
    for angle in range(0, 360, 36):
        disc(pen, colour, 8 + 6 * cos(radians(angle)), 8 + 6 * sin(radians(angle)), STROKE / 2)


def in_progress(pen, colour):
    ring(pen, colour)
    pen.pieslice(scaled(2, 2, 14, 14), -90, 90, colour)


def delivered(pen, colour):
    disc(pen, colour, 8, 8, 7)


def against(pen, colour):
    ring(pen, colour)
    pen.line(scaled(5.3, 5.3, 10.7, 10.7), colour, STROKE * UNIT)
    pen.line(scaled(10.7, 5.3, 5.3, 10.7), colour, STROKE * UNIT)


def closed(pen, colour):
    pen.rectangle(scaled(2, 6.75, 14, 9.25), colour)


MARKS = {
    Phase.UNKNOWN: unknown,
    Phase.NO_ANSWER: ring,
    Phase.IN_PROGRESS: in_progress,
    Phase.DELIVERED: delivered,
    Phase.AGAINST: against,
    Phase.CLOSED: closed,
}


def mark(phase, colour, paper, size):
    """The symbol of a phase, as a square picture."""
    image = Image.new("RGB", (GRID * UNIT, GRID * UNIT), paper)
    MARKS[phase](ImageDraw.Draw(image), colour)
    return image.resize((size, size), Image.Resampling.LANCZOS)
