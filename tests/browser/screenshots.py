"""Pictures of the site on its launch content; `make screenshots` runs it, `make test` does not.

The two of the README go to docs/screenshots/; every page in four widths, light and dark, in three
languages goes to var/screenshots/ to be looked at.
"""

from itertools import product

import pytest
from django.conf import settings

from tests.browser.pages import PAGES, README

pytestmark = pytest.mark.browser

WIDTHS = [360, 768, 1280, 1600]


def take(page, address, target, *, full_page=True):
    target.parent.mkdir(parents=True, exist_ok=True)
    page.goto(address)
    page.screenshot(path=target, full_page=full_page)


def test_pictures_of_the_readme(page, dossier):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for name, path in README.items():
        target = settings.BASE_DIR / "docs" / "screenshots" / f"{name}.png"
        take(page, f"{dossier.url}/en/{path}", target, full_page=False)


def test_pictures_of_every_page(page, dossier):
    folder = settings.BASE_DIR / "var" / "screenshots"
    for language, scheme, width in product(["en", "uk", "ko"], ["light", "dark"], WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for name, path in PAGES.items():
            target = folder / language / scheme / f"{name}-{width}.png"
            take(page, f"{dossier.url}/{language}/{path}", target)
