"""Draws the picture that other sites show beside a link: what was asked, and how it stands."""

import logging
import time
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

logger = logging.getLogger(__name__)

SIZE = 1200, 630
KEEP = 3 * 24 * 3600
MARGIN = 72
PAPER, INK, SOFT = "#fbfaf6", "#1b1a17", "#57534a"
COLOURS = {
    "unknown": "#6a675f",
    "no_answer": "#7a3b00",
    "in_progress": "#0a5358",
    "delivered": "#1c5a1f",
    "against": "#8a1130",
    "closed": "#4d4a44",
}
# The face that holds the letters of each language; from the system's packages, never from here.
FACES = {"en": "NotoSans-{}.ttf", "uk": "NotoSans-{}.ttf", "ko": "NotoSansCJK-{}.ttc"}


@lru_cache
def face(language, weight):
    """The file of a typeface, or None; that it is missing is said once."""
    name = FACES[language].format(weight)
    for folder in settings.FONT_FOLDERS:
        if found := next(Path(folder).rglob(name), None):
            return found
    logger.warning("No picture for shared links in %s: the font %s is missing.", language, name)
    return None


def font(language, weight, size):
    return ImageFont.truetype(str(face(language, weight)), size)


def is_possible(language):
    return bool(face(language, "Bold") and face(language, "Regular"))


def picture(language, *, title, kicker, phase, status, wait):
    """The path of the PNG, drawn once for what it says."""
    # Words of the interface come as lazy ones.
    title, kicker, status, wait = map(str, (title, kicker, status, wait))
    said = "\n".join([language, title, kicker, phase, status, wait])
    path = folder() / f"{sha256(said.encode()).hexdigest()[:32]}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two requests may draw it at once; each puts a whole file in its place.
        with NamedTemporaryFile(dir=path.parent, suffix=".draft", delete=False) as draft:
            draw(language, title, kicker, phase, status, wait).save(draft, "PNG", optimize=True)
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


def draw(language, title, kicker, phase, status, wait):
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    width = SIZE[0] - 2 * MARGIN
    pen.text((MARGIN, 56), "Answerable", INK, font(language, "Bold", 40))
    pen.line((MARGIN, 120, SIZE[0] - MARGIN, 120), INK, 5)
    small = font(language, "Regular", 30)
    pen.text((MARGIN, 142), fitting(pen, kicker, small, width, 1)[0], SOFT, small)
    for size in (62, 54, 46):
        large = font(language, "Bold", size)
        lines = fitting(pen, title, large, width, 3)
        if not lines[-1].endswith("…"):
            break
    for number, line in enumerate(lines):
        pen.text((MARGIN, 196 + number * size * 1.25), line, INK, large)
    colour = COLOURS[phase]
    image.paste(mark(phase, colour), (MARGIN, 470))
    pen.text((MARGIN + 66, 462), status, colour, font(language, "Bold", 44))
    pen.text((MARGIN, 542), wait, SOFT, small)
    return image


def fitting(pen, text, letters, width, most):
    """The text in lines that fit; what is too long ends in an ellipsis."""
    lines, words = [""], text.split()
    while words:
        wider = f"{lines[-1]} {words[0]}".strip()
        if pen.textlength(wider, letters) <= width or not lines[-1]:
            lines[-1] = wider
            words.pop(0)
        elif len(lines) < most:
            lines.append("")
        else:
            lines[-1] += "…"
            break
    return lines


def mark(phase, colour):
    """The symbol of a phase, as on the pages; drawn large and made small for smooth edges."""
    size, line = 46 * 4, 5 * 4
    image = Image.new("RGB", (size, size), PAPER)
    pen = ImageDraw.Draw(image)
    box = (0, 0, size - 1, size - 1)
    near, far = size * 0.3, size * 0.7
    if phase == "delivered":
        pen.ellipse(box, colour)
    elif phase == "in_progress":
        pen.ellipse(box, outline=colour, width=line)
        pen.pieslice(box, 90, 270, colour)
    elif phase == "against":
        pen.ellipse(box, outline=colour, width=line)
        pen.line((near, near, far, far), colour, line)
        pen.line((near, far, far, near), colour, line)
    elif phase == "closed":
        pen.rectangle(box, outline=colour, width=line)
    else:
        pen.ellipse(box, outline=colour, width=line)
    return image.resize((46, 46), Image.Resampling.LANCZOS)
