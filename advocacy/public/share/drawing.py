"""Draws the picture that other sites show beside a link: what was asked, and how it stands."""

import logging
import re
import time
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.utils.translation import get_language
from PIL import Image, ImageDraw, ImageFont

from advocacy.colours import tokens
from advocacy.languages import own_name, scripts_of
from advocacy.public.share.marks import mark
from advocacy.text import carried_line

logger = logging.getLogger(__name__)

SIZE = 1200, 630
KEEP = 3 * 24 * 3600
MARGIN = 72
# Neither holds all three scripts: the second has no Ukrainian, the first no Korean. They come from
# the system's packages, never from here.
LETTERS, SYLLABLES = "NotoSans-{}.ttf", "NotoSansCJK-{}.ttc"
SCRIPTS = {"LATIN", "GREEK", "CYRILLIC", "HANGUL", "CJK", "HIRAGANA", "KATAKANA"}
KOREAN = re.compile(r"([\u1100-\u11ff\u2e80-\u9fff\ua960-\ud7ff\uf900-\ufaff\uff00-\uffef]+)")


@lru_cache
def face(name):
    """The file of a typeface, or None; that it is missing is said once."""
    for fonts in settings.FONT_FOLDERS:
        if path := next(Path(fonts).rglob(name), None):
            return path
    logger.warning("Shared links have no picture: the font %s is missing.", name)
    return None


def is_possible():
    """Whether the typefaces are there, and hold the letters of the page's language."""
    is_written = scripts_of(own_name(get_language() or settings.LANGUAGE_CODE)) <= SCRIPTS
    names = [name.format(weight) for name in (LETTERS, SYLLABLES) for weight in ("Bold", "Regular")]
    return is_written and all(map(face, names))


@lru_cache
def font(name, size):
    # The collection of CJK faces starts with the Japanese one; the Korean is its second.
    return ImageFont.truetype(str(face(name)), size, index=int(name.endswith("ttc")))


def runs(text, weight, size):
    """The text in pieces of one script: (piece, its font)."""
    for number, piece in enumerate(KOREAN.split(text)):
        if piece:
            yield piece, font((SYLLABLES if number % 2 else LETTERS).format(weight), size)


def length(text, weight, size):
    return sum(letters.getlength(piece) for piece, letters in runs(text, weight, size))


def write(pen, place, text, colour, weight, size):
    """Write one line whose baseline begins at `place`."""
    x, y = place
    for piece, letters in runs(text, weight, size):
        pen.text((x, y), piece, colour, letters, anchor="ls")
        x += letters.getlength(piece)


def write_small_enough(pen, place, text, colour, weight, sizes):
    """Write one line in the first of these sizes in which all of it fits."""
    width = SIZE[0] - MARGIN - place[0]
    size = next((size for size in sizes if length(text, weight, size) <= width), sizes[-1])
    write(pen, place, shortened(text, weight, size, width), colour, weight, size)


def picture(*, site, title, kicker, wait, stands):
    """The path of the PNG, drawn once for what it says; `stands` are (name of a mark, words)."""
    site, title, kicker, wait = map(carried_line, (site, title, kicker, wait))
    stands = [(name, carried_line(words)) for name, words in stands]
    words = "\n".join([site, title, kicker, wait, *map("\n".join, stands)])
    return kept(words, lambda: draw(site, title, kicker, wait, stands))


def kept(words, make):
    """The path of the PNG of what is said, made where it is not there yet."""
    path = folder() / f"{sha256(words.encode()).hexdigest()[:32]}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two requests may draw it at once; each puts a whole file in its place.
        with NamedTemporaryFile(dir=path.parent, suffix=".draft", delete=False) as draft:
            make().save(draft, "PNG", optimize=True)
        Path(draft.name).replace(path)
    return path


def folder():
    return settings.VAR_DIR / "share"


def forget_old():
    """Delete the pictures that say what no longer holds; returns how many.

    One that is asked for again is drawn again.
    """
    old = [path for path in folder().glob("*") if path.stat().st_mtime < time.time() - KEEP]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def draw(site, title, kicker, wait, stands):
    paper, ink, soft = (tokens()[name].light for name in ("paper", "ink", "ink_soft"))
    image = Image.new("RGB", SIZE, paper)
    pen = ImageDraw.Draw(image)
    width = SIZE[0] - 2 * MARGIN
    write_small_enough(pen, (MARGIN, 98), site, ink, "Bold", (40, 34, 28))
    pen.line((MARGIN, 120, SIZE[0] - MARGIN, 120), ink, 5)
    (line,) = fitting(kicker, "Regular", 30, width, 1)
    write(pen, (MARGIN, 174), line, soft, "Regular", 30)
    for size in (62, 54, 46):
        lines = fitting(title, "Bold", size, width, 3)
        if not lines[-1].endswith("…"):
            break
    for number, line in enumerate(lines):
        write(pen, (MARGIN, 200 + size + number * size * 1.25), line, ink, "Bold", size)
    draw_stands(image, pen, paper, stands)
    write_small_enough(pen, (MARGIN, 574), wait, soft, "Regular", (30, 24, 20))
    return image


def draw_stands(image, pen, paper, stands):
    """Each with its mark before it, side by side in the first size in which all of them fit."""
    width, sizes = SIZE[0] - 2 * MARGIN, (44, 36, 30, 26, 22, 18)

    def taken(size):
        return sum(length(words, "Bold", size) for _name, words in stands) + size * (
            1.5 * len(stands) + len(stands) - 1
        )

    size = next((size for size in sizes if taken(size) <= width), sizes[-1])
    x = MARGIN
    for name, words in stands:
        colour, side = tokens()[name].light, round(size * 1.14)
        image.paste(mark(name, colour, paper, side), (round(x) - 3, 508 - round(size * 0.93)))
        words = shortened(words, "Bold", size, width + MARGIN - x - 1.5 * size)
        write(pen, (x + 1.5 * size, 508), words, colour, "Bold", size)
        x += 2.5 * size + length(words, "Bold", size)


def fitting(text, weight, size, width, most):
    """The text in lines that fit; what is too long ends in an ellipsis."""
    lines, words = [""], text.split()
    while words and len(lines) <= most:
        wider = f"{lines[-1]} {words[0]}".strip()
        if length(wider, weight, size) <= width or not lines[-1]:
            lines[-1] = wider
            words.pop(0)
        else:
            lines.append("")
    if words or len(lines) > most:
        lines = lines[:most]
        lines[-1] += "…"
    return [shortened(line, weight, size, width) for line in lines]


def shortened(line, weight, size, width):
    while length(line, weight, size) > width:
        line = f"{line.removesuffix('…')[:-1]}…"
    return line
