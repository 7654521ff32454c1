"""Every public page in a real browser: axe in light and dark, width, requests, keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import expect

from advocacy.models import RecommendedAction

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

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


@pytest.fixture
def dossier():
    call_command("load_content", verbosity=0)
    return RecommendedAction.objects.get(reference="NK-06B").slug


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(v["id"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found]


def test_no_page_has_an_axe_violation_in_light_or_dark(page, live_server, dossier):
    console = []
    page.on("console", lambda message: console.append((page.url, message.text)))
    for path in PATHS:
        page.goto(f"{live_server.url}/en/{path.format(ask=dossier)}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (path, scheme)
    # The one page that is meant to be missing logs itself.
    assert [line for line in console if "nothing-here" not in line[0]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_axe_violation_after_a_swap(page, live_server, dossier, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/en/actions/")

    page.get_by_label("Body", exact=True).select_option("ilo")
    expect(page.locator("#results")).not_to_contain_text("Security Council")

    assert violations(page) == []


TEXT_OUTSIDE_ITS_COLUMN = """
[...document.querySelectorAll(".entry > *, .meeting > *, .timeline li > *")]
.filter(cell => cell.clientWidth && cell.scrollWidth > cell.clientWidth)
.map(cell => cell.textContent.trim())
"""


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_every_page_fits_its_screen(page, live_server, dossier, language):
    for path in PATHS:
        page.goto(f"{live_server.url}/{language}/{path.format(ask=dossier)}")
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
def test_a_first_view_is_light(page, live_server, dossier, path):
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(f"{live_server.url}/en/{path.format(ask=dossier)}", wait_until="networkidle")

    assert {response.status for response in responses} == {200}
    hosts = {response.url.split("/")[2] for response in responses}
    assert hosts == {live_server.url.split("/")[2]}
    assert len(responses) <= 6, [response.url for response in responses]


def test_the_whole_site_is_reached_by_keyboard(page, live_server, dossier):
    page.goto(f"{live_server.url}/en/")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    inside = page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert inside
