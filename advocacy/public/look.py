"""The style sheet of a record that has an accent colour or a logo of its own.

It takes the place of the first sheet of every page, so that a first view makes no request more.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse

from advocacy import colours
from advocacy.models import Picture, Site

# A logo is drawn twice as large as it is shown.
DENSITY = 2
TOKENS = re.compile(r"^@layer tokens \{\n.*?^\}", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


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
    sheet = with_accent(site)
    logo = Picture.objects.filter(digest=site.logo_id).first()
    return f"{sheet}\n{rule_of(logo)}" if logo else sheet


def with_accent(site: Site) -> str:
    sheet = colours.sheet()
    if not site.shades:
        return sheet
    ours = "--accent: light-dark({}, {})"
    return sheet.replace(ours.format(*colours.tokens()["accent"]), ours.format(*site.shades))


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


def of_embeds(site: Site) -> str:
    """The sheet of what others show of the record: the same colours and type, and little more."""
    tokens = TOKENS.search(with_accent(site))
    path = finders.find("css/embed.css")
    assert tokens
    assert path
    sheet = f"{tokens[0]}\n{Path(path).read_text(encoding='utf-8')}"
    return re.sub(r"\n\s*", "\n", COMMENT.sub("", sheet)).strip() + "\n"


def digest_of_embeds(site: Site) -> str:
    return sha256(of_embeds(site).encode()).hexdigest()[:32]
