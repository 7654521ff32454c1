"""One control for a step done: a tick offers to be counted, shows what fits next, and passes on."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from advocacy.models import StepDone
from tests.browser.test_pages_browser import violations
from tests.factories import make_action, make_body, make_issue, make_step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ask():
    issue = make_issue(slug="labour")
    ask = make_action(slug="ask", title="Take it up", issue=issue, body=make_body(name="The ILO"))
    for title in ("Write to your mission", "Read the vote", "Thank them"):
        make_step(action=ask, title=title)
    return ask


def test_a_tick_offers_to_be_counted_then_the_next_step_and_ways_to_pass_it_on(
    page, live_server, ask
):
    sent = []
    page.goto(f"{live_server.url}/en/checklist/?minutes=5")
    row = page.locator(".step-row", has_text="Write to your mission")
    expect(row.get_by_role("checkbox")).to_be_visible()
    page.on("request", lambda request: sent.append(request.url))
    count_me = row.get_by_role("button", name="Count me too (no name, no cookie)")
    expect(count_me).to_be_hidden()

    page.get_by_role("checkbox", name="Read the vote").check()
    row.get_by_role("checkbox").check()
    expect(count_me).to_be_visible()
    # The tick itself says nothing to anybody.
    assert sent == []
    row.get_by_role("checkbox").uncheck()
    expect(count_me).to_be_hidden()
    row.get_by_role("checkbox").check()
    count_me.click()

    after = row.locator("[data-after-done]")
    expect(after).to_contain_text("What you did: Write to your mission")
    expect(after).to_be_focused()
    # The nearest that is not ticked here.
    expect(after.get_by_role("listitem")).to_have_count(1)
    expect(after.get_by_role("link", name="Thank them")).to_be_visible()
    assert StepDone.objects.count() == 1
    assert violations(page) == []

    words = after.locator("[data-pass-on] .wording").inner_text()
    telegram = after.get_by_role("link", name="Telegram").get_attribute("href")
    assert telegram.startswith("https://t.me/share/url?")
    assert parse_qs(urlsplit(telegram).query)["text"][0] in words
    assert {urlsplit(url).netloc for url in sent} == {urlsplit(live_server.url).netloc}
    assert not page.context.cookies()

    page.get_by_role("checkbox", name="Thank them").check()
    expect(after).to_contain_text("You have ticked all that is nearest to it.")


def test_the_name_of_ones_instance_stays_in_this_browser(page, live_server, ask):
    page.route("https://mastodon.example/**", lambda route: route.fulfill(body="there"))
    page.goto(f"{live_server.url}/en/actions/ask/")
    part = page.locator("[data-mastodon]")
    part.get_by_text("Mastodon").click()
    field, link = part.get_by_label("Your instance"), part.get_by_role("link", name="Open there")
    expect(link).to_be_hidden()

    for typed in ("not a name", "localhost", "https://a@b.example@", "javascript:alert(1)"):
        field.fill(typed)
        field.blur()
        expect(part).to_contain_text("This is no name of an instance.")
        expect(link).to_be_hidden()
    for typed in ("mastodon.example", "https://Mastodon.example/@me", "@me@mastodon.example"):
        field.fill(typed)
        expect(link).to_be_visible()
        address = urlsplit(link.get_attribute("href"))
        assert (address.scheme, address.netloc) == ("https", "mastodon.example"), typed
        assert "Take it up (The ILO). As of " in parse_qs(address.query)["text"][0]
    link.click()
    page.wait_for_url("https://mastodon.example/share?**")

    page.goto(f"{live_server.url}/en/issues/labour/")
    page.locator("[data-mastodon]").get_by_text("Mastodon").click()
    expect(page.get_by_label("Your instance")).to_have_value("mastodon.example")


def test_on_an_issue_a_tick_is_the_same_tick(page, live_server, ask):
    page.goto(f"{live_server.url}/en/issues/labour/")
    page.get_by_role("checkbox", name="Write to your mission").check()
    expect(page.get_by_role("button", name="Count me too")).to_be_visible()

    page.goto(f"{live_server.url}/en/actions/ask/")

    expect(page.get_by_role("checkbox", name="Write to your mission")).to_be_checked()
    # What was ticked before is not offered to be counted once more.
    expect(page.get_by_role("button", name="Count me too")).to_be_hidden()


def test_without_a_script_a_button_takes_the_place_of_the_box(browser, live_server, ask):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/checklist/?minutes=5")
    row = page.locator(".step-row", has_text="Write to your mission")
    expect(row.get_by_role("checkbox")).to_have_count(0)
    count_me = "Count me too (no name, no cookie)"
    expect(row.get_by_role("button", name=count_me, exact=True)).to_have_count(0)

    row.get_by_role("button", name="I did this: count me too (no name, no cookie)").click()

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.locator("main")).to_contain_text("What you did: Write to your mission")
    expect(page.locator("[data-next-steps]").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("link", name="WhatsApp")).to_be_visible()
    page.get_by_text("Mastodon").click()
    # The words of a noscript are not found by their text.
    expect(page.locator("[data-mastodon] noscript p")).to_be_visible()
    assert StepDone.objects.count() == 1
    assert "minutes=5" in page.url
    context.close()
