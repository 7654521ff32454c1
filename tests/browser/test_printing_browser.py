"""What comes out on paper: how many pages, and nothing to press on them."""

import pytest
from django.urls import reverse

from advocacy.models import ChecklistStep, Issue, TargetBody
from tests.browser.layout import sheets

pytestmark = pytest.mark.browser

TO_PRESS = "button, input, textarea, select, .button, summary"


def pages_of(page):
    """How many pages of paper Chromium makes of what it shows."""
    return sheets(page.pdf(format="A4", prefer_css_page_size=True))


def to_press(page):
    """What of a page on paper looks as if it could be pressed or filled in."""
    page.emulate_media(media="print")
    shown = page.locator(f"main :is({TO_PRESS})").filter(visible=True).all_inner_texts()
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


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_every_brief_is_one_page(page, dossier, language):
    asked = TargetBody.objects.filter(actions__isnull=False).distinct()
    briefs = [reverse("issue_brief", args=[row.slug]) for row in Issue.objects.all()]
    briefs += [reverse("body_brief", args=[row.slug]) for row in asked]

    for address in briefs:
        page.goto(dossier.url + address.replace("/en/", f"/{language}/", 1))
        assert pages_of(page) == 1, address
        assert to_press(page) == [], address


def test_a_page_of_the_checklist_is_a_few_pages_without_letters(page, dossier):
    page.goto(f"{dossier.url}/en/checklist/")

    assert pages_of(page) <= 4
    assert to_press(page) == []
