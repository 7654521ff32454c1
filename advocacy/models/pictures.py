"""Pictures that a record shows as its own, as plain PNGs of which the picture alone is left."""

import struct
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image

from advocacy.models.page_addresses import page_address
from advocacy.models.text import Line

MOST_UPLOADED = 2_000_000
MOST_PIXELS = 20_000_000
COLOURS = 256
# Whatever a damaged file makes Pillow say.
UNREADABLE = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)


class Use(NamedTuple):
    """What a picture is for: into which size it is made to fit, and how many bytes it may take."""

    width: int
    height: int
    least_width: int
    least_height: int
    most_bytes: int


# Twice as large as it is shown, for fine screens. It travels with the first page of a visit.
LOGO = Use(480, 96, 16, 16, 12_000)
# Other sites fetch it to show it beside a link.
SOCIAL = Use(1200, 1200, 600, 315, 600_000)


def redrawn(data: bytes, use: Use) -> tuple[bytes, int, int]:
    """A PNG drawn anew from its points alone, small enough for its use: (PNG, width, height).

    So no place, name or profile of a camera or a program survives.
    """
    if len(data) > MOST_UPLOADED:
        raise ValidationError(gettext("The picture is larger than 2 MB."))
    try:
        image = Image.open(BytesIO(data), formats=["PNG"])
        if image.width * image.height > MOST_PIXELS:
            raise ValidationError(gettext("The picture has too many points: make it smaller."))
        image.load()
    except UNREADABLE:
        raise ValidationError(gettext("This is no PNG picture that can be read.")) from None
    least = use.least_width, use.least_height
    if image.width < least[0] or image.height < least[1]:
        refusal = gettext("The picture has to be at least %(width)d × %(height)d points large.")
        raise ValidationError(refusal % {"width": least[0], "height": least[1]})
    mode = "RGBA" if image.has_transparency_data else "RGB"
    points = image.convert(mode)
    points.thumbnail((use.width, use.height), Image.Resampling.LANCZOS)
    bare = Image.frombytes(mode, points.size, points.tobytes())
    png = written(bare)
    if len(png) > use.most_bytes:
        png = written(bare.quantize(COLOURS, method=Image.Quantize.FASTOCTREE))
    if len(png) > use.most_bytes:
        refusal = gettext(
            "Drawn with %(colours)d colours the picture still takes %(kilobytes)d KB; it may take"
            " %(most)d. Choose a simpler one."
        )
        sizes = {"kilobytes": -(-len(png) // 1000), "most": use.most_bytes // 1000}
        raise ValidationError(refusal % {"colours": COLOURS, **sizes})
    return png, *bare.size


def written(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


class PictureQuerySet(models.QuerySet["Picture"]):
    def take(self, data: bytes, use: Use) -> "Picture":
        """The picture that these bytes hold, redrawn. Raises ValidationError."""
        png, width, height = redrawn(data, use)
        values = {"png": png, "width": width, "height": height}
        picture, _made = self.get_or_create(digest=sha256(png).hexdigest(), defaults=values)
        return picture


class Picture(models.Model):
    """One picture. It never changes: another one has another hash, and so another address.

    A version of the record that is put back finds its pictures here.
    """

    digest = Line(_("hash"), max_length=64, primary_key=True, editable=False)
    png = models.BinaryField()
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"

    def get_absolute_url(self) -> str:
        return page_address("site_picture", self.digest)

    @property
    def url(self) -> str:
        """The same by the name under which Django's input of files asks for it."""
        return self.get_absolute_url()
