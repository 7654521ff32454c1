"""Every public page in a real browser: axe in light and dark, width, requests, keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PATHS = [
    "",
    "?as_of=2024-12-16",
    "issues/",
    "issues/pow-protection/",
    "bodies/",
    "bodies/unsc/",
    "bodies/icrc/",
    "actions/",
    "actions/?body=atlantis&q=zzzz",
    "actions/{ask}/",
    "updates/",
    "updates/corrections/",
    "checklist/",
    "checklist/?country=DK&kind=dance",
    "checklist/sheet/?title=Workshop&step=nk-06b-post-the-tally&step=gone",
    "seats/",
    "seats/gb/",
    "seats/bt/",
    "issues/pow-protection/brief/",
    "bodies/unsc/brief/",
    "calendar/",
    "calendar/?body=ilo",
    "follow/",
    "follow/sent/",
    "about/",
    "about/method/",
    "about/privacy/",
    "about/accessibility/",
    "nothing-here/",
]


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(v["id"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_has_an_axe_violation_in_light_or_dark(page, dossier, path):
    console = []
    page.on("console", lambda message: console.append(message.text))
    page.goto(f"{dossier.url}/en/{path.format(ask=dossier.ask)}")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], scheme
    # The one page that is meant to be missing logs itself.
    assert len(console) == (path == "nothing-here/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_axe_violation_after_a_swap(page, dossier, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{dossier.url}/en/actions/")

    page.get_by_label("Body", exact=True).select_option("ilo")
    expect(page.locator("#results")).not_to_contain_text("Security Council")

    assert violations(page) == []


TEXT_OUTSIDE_ITS_COLUMN = """
[...document.querySelectorAll(".entry > *, .meeting > *, .timeline li > *")]
.filter(cell => cell.clientWidth && cell.scrollWidth > cell.clientWidth)
.map(cell => cell.textContent.trim())
"""


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_every_page_fits_its_screen(page, dossier, language):
    for path in PATHS:
        page.goto(f"{dossier.url}/{language}/{path.format(ask=dossier.ask)}")
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(TEXT_OUTSIDE_ITS_COLUMN) == [], (path, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "actions/",
        "issues/pow-protection/",
        "actions/{ask}/",
        "checklist/",
        "checklist/sheet/?step=nk-06b-post-the-tally",
        "seats/",
        "seats/gb/",
    ],
)
def test_a_first_view_is_light(page, dossier, path):
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(f"{dossier.url}/en/{path.format(ask=dossier.ask)}", wait_until="networkidle")

    assert {response.status for response in responses} == {200}
    hosts = {response.url.split("/")[2] for response in responses}
    assert hosts == {dossier.url.split("/")[2]}
    assert len(responses) <= 6, [response.url for response in responses]


def test_the_whole_site_is_reached_by_keyboard(page, dossier):
    page.goto(f"{dossier.url}/en/")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    inside = page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert inside


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_a_brief_prints_on_one_page(page, dossier, language):
    bodies = ["bodies/unsc", "bodies/ilo", "bodies/kr"]
    for path in [*(f"issues/{slug}" for slug in dossier.issues), *bodies]:
        page.goto(f"{dossier.url}/{language}/{path}/brief/")
        printed = page.pdf(format="A4")
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, path
        assert violations(page) == [], path
