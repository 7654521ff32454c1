"""Every public page in a real browser: axe in light and dark, width, requests, keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.engines import QUICK
from tests.browser.layout import OPEN_FOLDS, WIDTHS, Window, spills, spills_of_large_letters
from tests.browser.pages import EMBEDS, PAGES

pytestmark = pytest.mark.browser


def violations(page, **options):
    options["resultTypes"] = ["violations"]
    found = Axe().run(page, options=options).response["violations"]
    return [(v["id"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found]


def violations_with_all_open(page, **options):
    page.evaluate(OPEN_FOLDS)
    page.emulate_media(color_scheme="light")
    return violations(page, **options)


def violations_in_the_dark(page):
    """Only the colours are other ones there."""
    page.emulate_media(color_scheme="dark")
    return violations(page, runOnly=["color-contrast"])


STOPS = """() => {
  const fields = "button, input:not([type=hidden]), select, textarea";
  const stops = `a[href], ${fields}, summary, [tabindex='0']`;
  let number = 0, end = null;
  for (const stop of document.querySelectorAll(stops)) {
    if (stop.disabled || !stop.checkVisibility({ visibilityProperty: true })) continue;
    if (end?.compareDocumentPosition(stop) === Node.DOCUMENT_POSITION_PRECEDING) continue;
    number += 1;
    end = stop.matches("a.visually-hidden[href^='#']") ? document.querySelector(stop.hash) : null;
  }
  return number;
}"""
MOST_STOPS = 120
# Every part that has a colour stands on one of them. Axe takes longer than all else: of the others
# it looks at every second one, and not at colours; `every_page.py` has it look at all of all.
COLOURED = ["overview", "issue", "action", "updates", "checklist", "seats", "follow", "method"]
WITHOUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}


def test_no_page_has_an_axe_violation_nor_too_many_stops(page, dossier):
    console, found = [], []
    page.on("console", lambda message: console.append(f"{page.url}: {message.text}"))
    for place, (name, path) in enumerate(PAGES.items()):
        page.goto(f"{dossier.url}/en/{path}")
        # Those that a link leads past are not counted.
        if (stops := page.evaluate(STOPS)) > MOST_STOPS:
            found.append((path, f"{stops} stops of the keyboard"))
        if name in COLOURED:
            found += [(path, *violation) for violation in violations_with_all_open(page)]
            found += [(path, "dark", *violation) for violation in violations_in_the_dark(page)]
        elif place % 3 == 0:
            left = violations_with_all_open(page, **WITHOUT_COLOURS)
            found += [(path, *violation) for violation in left]

    assert found == []
    # The one page that is meant to be missing logs itself.
    assert [said for said in console if PAGES["missing"] not in said] == []


@pytest.mark.parametrize("path", EMBEDS)
def test_no_embed_has_an_axe_violation_in_light_or_dark(page, dossier, path):
    console = []
    page.on("console", lambda message: console.append(message.text))
    page.goto(f"{dossier.url}/{path}?lang=uk&via=nkdb")
    page.locator("summary").click()
    assert violations_with_all_open(page) + violations_in_the_dark(page) == []
    assert console == []


@pytest.mark.thorough
def test_the_document_of_the_api_is_for_everybody(page, dossier):
    console, window = [], Window(page)
    page.on("console", lambda message: console.append(message.text))
    page.goto(f"{dossier.url}/api/v1/docs")
    assert page.locator("h2").count() > 3

    assert violations_with_all_open(page) + violations_in_the_dark(page) == []
    assert spills(window, "api/v1/docs") + spills_of_large_letters(window, "api/v1/docs") == []
    assert console == []


def test_a_link_leads_past_a_long_list(page, dossier):
    page.goto(f"{dossier.url}/en/{PAGES['body']}")
    skip = page.locator("a[href='#after-members']")
    expect(skip).to_have_css("clip-path", "inset(50%)")
    skip.focus()
    expect(skip).to_have_css("clip-path", "none")

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    where = "document.activeElement.closest('section').getAttribute('aria-labelledby')"
    assert page.evaluate(where) == "meetings-head"


def test_no_axe_violation_after_a_swap(page, dossier):
    page.goto(f"{dossier.url}/en/actions/")

    page.get_by_label("Body", exact=True).select_option("ilo")
    expect(page.locator("#results")).not_to_contain_text("Security Council")

    assert violations(page) == []


def assert_fit(engine, dossier, paths, widths):
    found = []
    for path in paths:
        engine.open(f"{dossier.url}/en/{path}")
        found += spills(engine, path, widths) + spills_of_large_letters(engine, path)

    assert found == []
    # The one page that is meant to be missing says so itself.
    assert [said for said in engine.complaints() if PAGES["missing"] not in said] == []


@pytest.mark.parametrize("engine", QUICK, indirect=True)
def test_every_page_fits_in_an_engine(dossier, engine, request):
    """Half of them in each of two, at every second width."""
    first = QUICK.index(request.node.callspec.params["engine"])

    assert_fit(engine, dossier, list(PAGES.values())[first :: len(QUICK)], WIDTHS[::2])


@pytest.mark.thorough
def test_every_page_fits_in_every_engine(dossier, engine):
    assert_fit(engine, dossier, PAGES.values(), WIDTHS)


BOTTOMS = """
return [".lead h1", ".lead .standfirst", ".lead__act a"].map((part) => {
  return document.querySelector(part).getBoundingClientRect().bottom;
});
"""


@pytest.mark.one_engine
def test_the_first_screen_of_a_phone_says_what_it_is_about_and_offers_an_act(dossier, engine):
    engine.open(f"{dossier.url}/en/")
    engine.resize(360)

    assert max(engine.run(BOTTOMS)) < 740


ROWS_WITH_A_CORNER_WITHOUT_LINK = """
return [...document.querySelectorAll(".silence__row")].filter((cell) => {
  cell.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  const { left, right, top, bottom } = cell.getBoundingClientRect();
  const links = (x, y) => document.elementFromPoint(x, y)?.closest("a") === cell.firstElementChild;
  const [start, end, first, last] = [left + 4, right - 4, top + 4, bottom - 4];
  return !(links(start, first) && links(end, first) && links(start, last) && links(end, last));
}).map((cell) => cell.textContent.trim());
"""


@pytest.mark.one_engine
def test_a_row_of_the_picture_is_a_link_up_to_its_corners(dossier, engine):
    engine.open(f"{dossier.url}/en/")
    engine.resize(1280)
    assert engine.run("return document.querySelectorAll('.silence__row').length") >= 5
    assert engine.run(ROWS_WITH_A_CORNER_WITHOUT_LINK) == []


def test_every_page_fits_its_screen_in_another_language(page, dossier):
    """Every second one; `every_page.py` looks at all pages in all languages."""
    window, found = Window(page), []
    for number, path in enumerate([*PAGES.values()][::2]):
        page.goto(f"{dossier.url}/{('uk', 'ko')[number % 2]}/{path}")
        found += spills(window, path, [768]) + spills_of_large_letters(window, path)

    assert found == []


@pytest.mark.parametrize(
    "name",
    ["overview", "actions", "issue", "action", "checklist", "sheet", "country", "seats"],
)
def test_a_first_view_is_light(page, dossier, name):
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(f"{dossier.url}/en/{PAGES[name]}", wait_until="networkidle")

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


def test_nothing_hides_behind_the_bar_of_a_phone(page, dossier):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{dossier.url}/en/{PAGES['action']}")
    bar = page.locator(".act-bar")

    bar.get_by_role("link").first.click()
    expect(page.locator("#what-you-can-do h2")).to_be_in_viewport(ratio=1)
    button = page.locator("#follow button[type=submit]")
    button.focus()
    edge = button.bounding_box()
    if bar.bounding_box()["y"] < 740:
        assert edge["y"] + edge["height"] <= bar.bounding_box()["y"]
