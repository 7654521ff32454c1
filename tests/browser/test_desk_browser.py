"""The desk by keyboard alone, measured in steps; its pages on a tablet, and with axe."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import expect

from advocacy.models import Draft, Edition, StatusUpdate, Tell, make_groups
from tests.browser.test_pages_browser import violations
from tests.factories import (
    make_meeting,
    make_source,
    make_user,
    record,
    record_look,
    translate_all,
    write_draft,
)
from tests.staff import change_page, make_ask, record_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# From the login page to the entry in the record; typing is not counted.
MOST_PRESSES = 70
# What axe finds in Django's own widgets, which are not ours to mend.
DJANGOS_OWN = {
    "label-title-only",
    "empty-table-header",
    "aria-input-field-name",
    "aria-prohibited-attr",
}


class Keyboard:
    """Presses keys and counts them."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    def press(self, key):
        self.presses += 1
        self.page.keyboard.press(key)

    def to(self, selector):
        """Tab on until the focus is there."""
        for _ in range(MOST_PRESSES):
            self.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"Tab does not lead to {selector}")

    def type(self, text):
        self.page.keyboard.type(text)


def test_a_response_is_recorded_with_the_keyboard_alone(page, live_server):
    make_groups()
    publisher = make_user(username="olena", password="a long password")
    publisher.groups.set([Group.objects.get(name="Publisher")])
    action = make_ask(reference="NK-03", title="Open an inquiry")
    keys = Keyboard(page)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").focus()
    keys.type("olena")
    keys.to("[name=password]")
    keys.type("a long password")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Not checked for 90 days")).to_be_visible()

    keys.to(f"a[href='{change_page(action)}']")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="The record")).to_be_visible()
    keys.to(f"a[href='{record_page(ask=action)}']")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Record a response")).to_be_visible()
    keys.to("[name=entry-status]")
    keys.type("Under")
    keys.to("[name=entry-happened_on]")
    keys.type("03032025")
    keys.to("[name=entry-summary]")
    keys.type("The Governing Body put it on its agenda.")
    keys.to("[name=entry-asserted_by]")
    keys.type("the body")
    keys.to("[name=entry-verification]")
    keys.type("doc")
    keys.to("[name=source-1-title]")
    keys.type("Agenda")
    keys.to("[name=source-1-publisher]")
    keys.type("ILO")
    keys.to("[name=source-1-url]")
    keys.type("https://example.org/agenda")
    keys.to("[name=source-1-published_on]")
    keys.type("03032025")
    keys.to("[name=source-1-tier]")
    keys.type("T1")
    keys.to("[name=source-1-is_independent]")
    keys.type("no")
    keys.to("button.default")
    keys.press("Enter")

    # Nobody said that the page was opened.
    expect(page.locator(".messagelist")).to_contain_text("Recorded for NK-03: “Under discussion (")
    assert StatusUpdate.objects.get().sources.get().published_on.isoformat() == "2025-03-03"
    assert keys.presses <= MOST_PRESSES, keys.presses


@pytest.fixture
def desk(page, live_server):
    """The desk of somebody who may do everything, with something in each of its lists."""
    user = make_user(username="olena", password="a long password", is_superuser=True)
    action = make_ask(reference="NK-03", title="Open an inquiry")
    record(action)
    record_look(action)
    make_ask(body=action.body)
    make_meeting(body=action.body)
    write_draft(action, summary="It met again.")
    make_source(title="A page that went away").note_link("404", works=False, gone=True)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill("a long password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dead source links")).to_be_visible()
    return page


@pytest.mark.thorough
def test_the_desk_fits_a_tablet_and_has_no_violation_of_ours(desk, live_server):
    complaints = []
    desk.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    draft = Draft.objects.get()
    issue = draft.action.issue
    pages = [
        reverse("admin:index"),
        reverse("admin:advocacy_draft_changelist"),
        change_page(draft),
        change_page(draft.action),
        record_page(ask=draft.action),
        record_page(body=draft.action.body),
        record_page(ask=draft.action, look=1),
        record_page(draft=draft),
        record_page(corrects=draft.action.updates.responses().get()),
        reverse("admin:advocacy_issue_history", args=[issue.pk]),
        reverse("admin:advocacy_issue_simple_history", args=[issue.pk, issue.history.first().pk]),
        reverse("admin:advocacy_reply_add"),
    ]
    for language in ("en", "uk", "ko"):
        desk.set_extra_http_headers({"Accept-Language": language})
        for path in pages:
            desk.goto(f"{live_server.url}{path}")
            desk.set_viewport_size({"width": 768, "height": 900})
            wide = desk.evaluate("document.documentElement.scrollWidth")
            assert wide <= 768, (path, language, wide)
            if language == "en":
                found = [v for v in violations(desk) if v[0] not in DJANGOS_OWN]
                assert found == [], path
    assert complaints == []


def test_the_page_that_records_fits_a_phone(desk, live_server):
    title = "Security Council briefed on the DPRK at its 9912th meeting"
    entry = record(make_ask(), sources=[make_source(title=title)])
    desk.set_viewport_size({"width": 360, "height": 800})
    for language in ("en", "uk", "ko"):
        desk.set_extra_http_headers({"Accept-Language": language})
        for page in (record_page(ask=entry.action, look=1), record_page(corrects=entry)):
            desk.goto(f"{live_server.url}{page}")
            assert desk.evaluate("document.documentElement.scrollWidth") <= 360, (language, page)
    expect(desk.get_by_text(title).last).to_be_visible()


def test_a_draft_is_published_from_the_desk(desk):
    desk.get_by_role("link", name="NK-03: Under discussion").click()
    desk.get_by_role("button", name="Publish it").click()

    expect(desk.locator(".messagelist")).to_contain_text("NK-03: Under discussion: published.")
    expect(desk.locator("#the-record")).to_contain_text("It met again.")


def test_a_mailing_is_looked_at_as_it_would_arrive(desk, live_server):
    record(make_ask(title="Open an inquiry"), tell=Tell.AT_ONCE)
    translate_all("uk")
    desk.goto(f"{live_server.url}{change_page(Edition.objects.get())}")

    mail = desk.frame_locator("iframe").locator("body")
    expect(mail).to_contain_text("“Open an inquiry”: “Under discussion”")

    desk.get_by_role("link", name="Українська").click()
    expect(mail).to_contain_text("Ви отримали це, бо стежите")
