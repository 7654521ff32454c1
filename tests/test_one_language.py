"""Whoever reads Ukrainian or Korean alone can read every public page of this record."""

import pytest
from django.test import Client

from tests.crawl import pages_of
from tests.reading import Reader, is_english, shares_of, unmarked_english

# What a page says does not depend on the database.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("content"),
    pytest.mark.thorough,
    pytest.mark.one_database,
]

LANGUAGES = ["uk", "ko"]
# A text of the record itself, read in its own words: what was typed into a search, a quotation.
MOST_UNMARKED, MOST_MARKED = 0.02, 0.05


@pytest.fixture(scope="module")
def pages(content, django_db_blocker):
    with django_db_blocker.unblock():
        return {language: pages_of(Client(), language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_its_language(pages, language):
    assert len(pages[language]) > 150
    wrong = {}
    for address, page in pages[language].items():
        told = Reader(page.text).told
        shares = shares_of(told, language)
        english = unmarked_english(told, language)
        if shares.unmarked_share >= MOST_UNMARKED or english:
            wrong[address] = round(shares.unmarked_share, 3), english[:3]

    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_anything_falls_back_to_the_original(pages, language):
    wrong = {}
    for address, page in pages[language].items():
        told = [one for one in Reader(page.text).told if one.text]
        shares = shares_of(told, language)
        if shares.marked_share >= MOST_MARKED:
            wrong[address] = (
                round(shares.marked_share, 3),
                [text[:60] for text, its in told if its != language and len(text) > 20][:4],
            )

    assert wrong == {}


def test_what_counts_as_an_english_sentence():
    assert is_english("The body has not answered this call.")
    assert is_english("Рада says that it will look at the matter soon.")
    assert not is_english("Database Center for North Korean Human Rights (NKDB)")
    assert not is_english("Заява на https://example.org/the-of-and-to")
