"""What comes out on paper: how many pages, and nothing to press on them."""

import pytest
from django.urls import reverse

from advocacy.models import ChecklistStep, Issue, TargetBody
from tests.browser.layout import sheets
from tests.browser.pages import PAGES

pytestmark = pytest.mark.browser

CONTROLS = "button, input, textarea, select, .button"


def pages_of(page):
    """How many pages of paper Chromium makes of what it shows."""
    return sheets(page.pdf(format="A4", prefer_css_page_size=True))


def to_press(page, what=f"{CONTROLS}, summary"):
    """What of a page on paper looks as if it could be pressed or filled in."""
    page.emulate_media(media="print")
    shown = page.locator(f"main :is({what})").filter(visible=True).all_inner_texts()
    page.emulate_media(media="null")
    return shown


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_a_sheet_of_three_steps_is_one_page(page, dossier, language):
    longest = sorted(ChecklistStep.objects.of_open_asks(), key=lambda step: -len(step.wording))
    steps = "&".join(f"step={step.slug}" for step in longest[:3])
    page.goto(f"{dossier.url}/{language}/checklist/sheet/?title=Workshop&{steps}")

    assert page.locator(".sheet .step").count() == 3
    assert pages_of(page) == 1
    assert to_press(page) == []


def test_every_brief_is_one_page(page, dossier):
    asked = TargetBody.objects.filter(actions__isnull=False).distinct()
    briefs = [reverse("issue_brief", args=[row.slug]) for row in Issue.objects.all()]
    briefs += [reverse("body_brief", args=[row.slug]) for row in asked]

    for address in briefs:
        # The longest words; `every_page.py` prints those of all languages.
        page.goto(dossier.url + address.replace("/en/", "/uk/", 1))
        assert pages_of(page) == 1, address
        assert to_press(page) == [], address


# As they are today, and a little more.
MOST_PAGES = {"action": 12, "issue": 19, "seats": 8, "pack": 2, "calendar": 11}


def test_paper_is_not_wasted(page, dossier):
    for name, most in MOST_PAGES.items():
        page.goto(f"{dossier.url}/en/{PAGES[name]}")
        assert pages_of(page) <= most, name
        # A fold is open on paper, under the words that open it on a screen.
        assert to_press(page, CONTROLS) == [], name


def test_a_page_of_the_checklist_is_a_few_pages_without_letters(page, dossier):
    page.goto(f"{dossier.url}/en/checklist/")

    assert pages_of(page) <= 4
    assert to_press(page) == []
