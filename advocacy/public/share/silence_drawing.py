"""The silence that was laid out, drawn as PNG; `templates/share/silence.svg` writes it as SVG."""

from typing import Any

from PIL import Image, ImageDraw

from advocacy.public.share import drawing
from advocacy.public.share.marks import UNIT, mark
from advocacy.public.share.silence_layout import Box, Dot, Picture, Sign, Words

COLOURS = 128


def png(picture: Picture, scale: int = 1) -> Any:
    """The path of the PNG, drawn once for what it shows."""
    return drawing.kept(f"{scale}\n{picture!r}", lambda: draw(picture, scale))


def draw(picture: Picture, scale: int) -> Image.Image:
    size = picture.width * scale, picture.height * scale
    image = Image.new("RGB", size, picture.paper)
    pen = ImageDraw.Draw(image)
    for part in picture.parts:
        for shape in part.shapes:
            _draw(image, pen, shape, scale, picture.paper)
    # Few colours make a small file.
    return image.quantize(COLOURS)


def _disc(size: int) -> Image.Image:
    """A disc as a mask; drawn large and made small, which gives it a smooth edge."""
    large = Image.new("L", (size * UNIT, size * UNIT))
    ImageDraw.Draw(large).ellipse((0, 0, size * UNIT - 1, size * UNIT - 1), 255)
    return large.resize((size, size), Image.Resampling.LANCZOS)


def _draw(image: Image.Image, pen: Any, shape: Any, scale: int, paper: str) -> None:
    x, y = shape.x * scale, shape.y * scale
    match shape:
        case Words():
            size = shape.size * scale
            wide = drawing.length(shape.text, shape.weight, size)
            x -= {"start": 0, "middle": wide / 2, "end": wide}[shape.anchor]
            drawing.write(pen, (x, y), shape.text, shape.colour, shape.weight, size)
        case Box():
            # Nothing that is there is too thin to be seen.
            right = x + max(shape.width * scale, 1) - 1
            bottom = y + max(shape.height * scale, 1) - 1
            pen.rectangle((round(x), round(y), round(right), round(bottom)), shape.colour)
        case Dot():
            for radius, fill in ((shape.radius + 1, shape.ring), (shape.radius, shape.colour)):
                stamp = _disc(round(2 * radius * scale))
                corner = round(x - stamp.width / 2), round(y - stamp.width / 2)
                image.paste(
                    fill, (*corner, corner[0] + stamp.width, corner[1] + stamp.width), stamp
                )
        case Sign():
            sign = mark(shape.phase, shape.colour, paper, shape.size * scale)
            image.paste(sign, (round(x), round(y)))
