"""The checklist of an ask: ticks stay in this browser, nothing is sent."""

import pytest
from playwright.sync_api import expect

from advocacy.models import Audience
from tests.factories import make_action, make_body, make_step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ask():
    action = make_action(slug="ask")
    make_step(action=action, title="Write to your mission", audience=Audience.ANYONE, minutes=5)
    make_step(action=action, title="File a representation", audience=Audience.UNION, minutes=60)
    return action


def test_ticks_survive_a_reload_and_a_filter(page, live_server, ask):
    sent = []
    page.goto(f"{live_server.url}/en/actions/ask/")
    page.on("request", lambda request: sent.append(request.method))
    checklist = page.locator("#checklist")
    tick = checklist.get_by_role("checkbox", name="Write to your mission")

    tick.check()
    page.reload()
    expect(tick).to_be_checked()
    expect(checklist.get_by_role("checkbox", name="File a representation")).not_to_be_checked()

    page.get_by_label("I have").select_option("5")
    expect(checklist).not_to_contain_text("File a representation")
    expect(tick).to_be_checked()
    assert set(sent) == {"GET"}
    assert not page.context.cookies()


def test_without_javascript_the_steps_are_there_and_filter(browser, live_server, ask):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/actions/ask/")
    expect(page.locator("#checklist")).to_contain_text("File a representation")

    page.get_by_label("I have").select_option("5")
    page.locator("form", has=page.get_by_label("I have")).get_by_role("button").click()

    expect(page.locator("#checklist")).to_contain_text("Write to your mission")
    expect(page.locator("#checklist")).not_to_contain_text("File a representation")
    context.close()


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without"])
def test_a_basket_is_filled_over_filters_and_pages(browser, live_server, has_script):
    body = make_body()
    for n in range(30):
        make_step(action=make_action(body=body), title=f"Step {n:02}", minutes=5 + n // 29)
    context = browser.new_context(java_script_enabled=has_script)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/checklist/")

    page.get_by_role("button", name="Add to the sheet : Step 03").click()
    expect(page.locator("#chosen")).to_contain_text("1 step chosen")
    page.get_by_role("link", name="Next page").click()
    page.get_by_role("button", name="Add to the sheet : Step 29").click()
    page.get_by_label("I have").select_option("5")
    if not has_script:
        page.get_by_role("button", name="Show steps").click()
    expect(page.locator("[data-announce]")).to_have_text("29 steps")
    expect(page.locator("#chosen")).to_contain_text("2 steps chosen")
    page.get_by_role("link", name="I have half an hour").click()
    page.get_by_role("button", name="Add to the sheet : Step 04").click()
    expect(page.locator("#chosen")).to_contain_text("3 steps chosen")
    page.get_by_role("link", name="On the sheet: take it off : Step 04").click()

    page.locator("#chosen").get_by_role("button", name="Open the sheet").click()

    # A sheet is in the order of references, which the factory makes.
    expect(page.locator("main h2")).to_have_count(2)
    assert set(page.locator("main h2").all_inner_texts()) == {"Step 03", "Step 29"}
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_row_is_low_and_the_basket_stays_in_sight(page, dossier_rows, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(dossier_rows)

    heights = page.locator(".step-row").evaluate_all("rows => rows.map((row) => row.offsetHeight)")
    assert max(heights) <= (120 if width == 1280 else 300)
    page.get_by_role("button", name="Add to the sheet").first.click()
    expect(page.locator("#chosen")).to_be_in_viewport()


@pytest.fixture
def dossier_rows(live_server):
    body = make_body(name="Security Council", abbreviation="UNSC")
    for n in range(3):
        ask = make_action(body=body, title=f"Answer the deployment with measures of law, part {n}")
        make_step(action=ask, title="Write to your mission in New York", wording=f"Dear {n}")
        make_step(action=ask, title="Brief an elected member two to four weeks before its month")
    return f"{live_server.url}/en/checklist/"


def test_what_is_left_is_said_in_minutes_or_from_two_hours_on_in_hours(page, live_server):
    action = make_action(slug="long")
    make_step(action=action, title="Read the file", minutes=90)
    make_step(action=action, title="Write the report", minutes=60)
    page.goto(f"{live_server.url}/en/actions/long/")

    left = page.locator("[data-left-text]")
    expect(left).to_have_text("about 3 h left")
    page.get_by_role("checkbox", name="Write the report").check()
    expect(left).to_have_text("90 min left")
