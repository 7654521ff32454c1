"""Every public page in every language, looked at with axe and measured; `make proof` runs it.

`make test` does the same with one page of each kind, in English.
"""

import pytest
from django.test import Client
from tqdm import tqdm

from tests.browser.layout import Window, sheets, spills, spills_of_large_letters
from tests.browser.pages import PAGES
from tests.browser.test_pages_browser import violations_in_the_dark, violations_with_all_open
from tests.crawl import pages_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_every_page_is_for_everybody(page, dossier, language):
    addresses = {*pages_of(Client(), language), *(f"/{language}/{path}" for path in PAGES.values())}
    assert len(addresses) > 150
    window, found = Window(page), []
    for address in tqdm(sorted(addresses), desc=language):
        page.goto(dossier.url + address)
        found += [(address, *violation) for violation in violations_with_all_open(page)]
        found += [(address, *violation) for violation in violations_in_the_dark(page)]
        found += spills(window, address) + spills_of_large_letters(window, address)
        if (
            address.endswith("/brief/")
            and sheets(page.pdf(format="A4", prefer_css_page_size=True)) > 1
        ):
            found.append((address, "prints on more than one sheet"))

    assert found == []
