"""What a reader is about to press stays under the finger when the script of a page comes late."""

import pytest
from playwright.sync_api import expect

from advocacy.models import Audience
from tests.factories import (
    make_action,
    make_body,
    make_meeting,
    make_site,
    make_step,
    record_look,
)
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Notes what the browser itself counts as a shift, from the first paint on.
WATCH = """
window.shifts = [];
const what = (node) => (node?.textContent ?? "").trim().replace(/\\s+/g, " ").slice(0, 60);
new PerformanceObserver((list) => {
  for (const { sources } of list.getEntries()) {
    for (const { node, previousRect, currentRect } of sources) {
      window.shifts.push([currentRect.top - previousRect.top, what(node)]);
    }
  }
}).observe({ type: "layout-shift", buffered: true });
"""
REMEMBER = """() => {
  const parts = document.querySelectorAll("main :is(a, button, summary, select, input)");
  const shown = [...parts].filter((part) => part.checkVisibility({ visibilityProperty: true }));
  window.stood = new Map(shown.map((part) => [part, part.getBoundingClientRect()]));
  return shown.length;
}"""
MOVED = """() => [...window.stood].map(([part, before]) => {
  const now = part.getBoundingClientRect();
  const by = [now.left - before.left, now.top - before.top];
  return [...by, part.textContent.trim() || part.name || part.type];
}).filter(([x, y]) => Math.abs(x) > 2 || Math.abs(y) > 2)"""
# All but the script is there.
READ = """() => document.readyState === "interactive"
  && [...document.querySelectorAll("link[rel=stylesheet]")].every((link) => link.sheet)"""
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# What pages hold back until their script comes, where readers see it.
HELD_BACK = ":is([data-copy], [data-needs-script], [data-progress], [data-tick])[hidden]"


@pytest.fixture
def record_of_an_ask():
    make_site()
    ask = make_action(slug="ask", body=make_body(all_states_sit=True))
    for audience in (Audience.ANYONE, Audience.UNION):
        make_step(action=ask, audience=audience, wording="Dear Ambassador, please act.")
    make_meeting(body=ask.body)
    record_look(ask)


@pytest.mark.parametrize(("language", "width"), [("uk", 360), ("en", 1280)])
@pytest.mark.parametrize("path", ["", "actions/ask/", "checklist/"])
@pytest.mark.usefixtures("record_of_an_ask")
def test_nothing_moves_under_a_finger_when_the_script_comes(
    page, live_server, path, language, width
):
    held = []
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script(WATCH)
    page.route("**/js/app*.js", lambda route: held.append(route))
    page.goto(f"{live_server.url}/{language}/{path}", wait_until="commit")
    page.wait_for_function(READ)
    wait_until(lambda: page.wait_for_timeout(20) or held)
    page.evaluate(PAINTED)
    expect(page.locator(HELD_BACK)).not_to_have_count(0)
    assert page.evaluate(REMEMBER) > 5

    held[0].continue_()

    expect(page.locator(HELD_BACK)).to_have_count(0)
    page.evaluate(PAINTED)
    assert page.evaluate(MOVED) == []
    assert page.evaluate("window.shifts") == []
