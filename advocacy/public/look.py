"""The style sheet of a record that has an accent colour or a logo of its own.

It takes the place of the first sheet of every page, so that a first view makes no request more.
"""

from base64 import b64encode
from hashlib import sha256

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse

from advocacy import colours
from advocacy.models import Picture, Site

# A logo is drawn twice as large as it is shown.
DENSITY = 2


def address(site: Site) -> str:
    """Where the first style sheet of a page lies: its name changes with all that is in it."""
    digest = digest_of(site)
    return reverse("look", args=[digest]) if digest else staticfiles_storage.url(colours.SHEET)


def digest_of(site: Site) -> str:
    if not (site.accent or site.logo_id):
        return ""
    parts = [colours.sheet(), site.accent, site.logo_id or ""]
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def style_sheet(site: Site) -> str:
    """That of every page, with the accent of this record in it and its logo after it."""
    sheet = colours.sheet()
    if site.shades:
        ours = "--accent: light-dark({}, {})"
        sheet = sheet.replace(ours.format(*colours.tokens()["accent"]), ours.format(*site.shades))
    logo = Picture.objects.filter(digest=site.logo_id).first()
    return f"{sheet}\n{rule_of(logo)}" if logo else sheet


def rule_of(logo: Picture) -> str:
    size = (
        f"inline-size: {logo.width // DENSITY}px; aspect-ratio: {logo.width} / {logo.height};"
        " max-inline-size: 100%;"
    )
    data = b64encode(logo.png).decode()
    return (
        f".masthead__logo {{ flex: none; {size} print-color-adjust: exact;"
        f" background: url(data:image/png;base64,{data}) center / contain no-repeat; }}\n"
    )
