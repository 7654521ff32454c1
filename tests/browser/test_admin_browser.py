"""Staff at work in a real browser, under the real content security policy."""

import pytest
from playwright.sync_api import expect

from advocacy.models import RecommendedAction, Source, StatusUpdate
from tests.browser.test_pages_browser import violations
from tests.factories import make_action, make_organisation, make_source, make_user, record
from tests.staff import change_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ask():
    return make_action(
        slug="open-an-inquiry",
        reference="NK-03",
        title="Open an inquiry",
        asked_by=[make_organisation()],
    )


@pytest.fixture
def desk(page, live_server, ask):
    """The page that records for the ask, reached as staff reach it; the console stays silent."""
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    make_user(username="olena", password="a long password", is_superuser=True)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill("olena")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="NK-03").click()
    page.get_by_role("link", name="Record a response").click()
    yield page
    assert [text for text in complaints if "404" not in text] == []


@pytest.fixture
def questions(desk):
    """What the browser asks before it leaves a page; every question is answered with "stay"."""
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    desk.on("dialog", stay)
    return asked


def fill_in(desk, status="Under discussion"):
    desk.get_by_label("Status:").select_option(status)
    desk.get_by_label("Happened on:").fill("2025-03-03")
    desk.get_by_label("What happened:").fill("The Governing Body put it on its agenda.")
    desk.get_by_label("Claimed by:").select_option("the body itself")
    desk.get_by_label("Verification:").select_option("documented")
    desk.get_by_label("Title:").first.fill("Agenda of the 353rd session")
    desk.get_by_label("Publisher:").first.fill("ILO")
    desk.get_by_label("Address:").first.fill("https://example.org/agenda")
    desk.get_by_label("Published:").first.fill("2025-03-03")
    desk.locator("[name=source-1-accessed_on]").fill("2025-03-05")
    desk.get_by_label("Tier:").first.select_option("T1 official record")
    desk.get_by_label("Independent of the body:").first.select_option("no, the body’s own")


def send(desk):
    desk.get_by_role("button", name="Record this response").click()


def leave_and_be_asked(desk):
    """The question comes after the click, and leaves the page as it was."""
    with desk.expect_event("dialog"):
        desk.get_by_role("button", name="Back, record nothing").click()


def test_staff_record_a_response_and_the_public_page_shows_it(desk, live_server, ask):
    fill_in(desk)
    send(desk)
    expect(desk.locator(".messagelist")).to_contain_text("Recorded for NK-03: “Under discussion”")
    entry = StatusUpdate.objects.get()
    expect(desk).to_have_url(f"{live_server.url}{change_page(ask)}#entry-{entry.pk}")

    desk.goto(f"{live_server.url}/en/actions/open-an-inquiry/")

    expect(desk.locator("main")).to_contain_text("The Governing Body put it on its agenda.")
    expect(desk.locator("main")).to_contain_text("Under discussion")
    expect(desk.get_by_role("link", name="Agenda of the 353rd session").first).to_be_visible()
    assert RecommendedAction.objects.get().edited_by_staff_at is None


def test_a_refused_response_keeps_what_was_typed_and_can_be_completed(desk):
    fill_in(desk, status="Promised")
    # The fields that this status needs have opened, and its evidence is named.
    expect(desk.get_by_label("Exact words:")).to_be_visible()
    expect(desk.get_by_label("What is still missing:")).to_be_hidden()
    expect(desk.get_by_label("This is a setback:")).to_be_hidden()
    expect(desk.locator(".demands")).to_contain_text("the exact words, who spoke")
    send(desk)

    expect(desk.locator(".field-quote")).to_contain_text(
        "“Promised” needs the exact words, and who spoke in what capacity."
    )
    expect(desk.get_by_label("Title:").first).to_have_value("Agenda of the 353rd session")
    assert violations(desk) == []
    assert not Source.objects.exists()

    desk.get_by_label("Exact words:").fill("We will send a mission.")
    desk.get_by_label("Who spoke, and in what capacity:").fill("The Director-General")
    send(desk)

    expect(desk.locator("#the-record")).to_contain_text("“We will send a mission.”")
    assert StatusUpdate.objects.get().sources.get().title == "Agenda of the 353rd session"


def test_a_day_before_the_ask_is_said_to_be_so_as_soon_as_it_is_typed(desk):
    sentence = desk.get_by_text("it is recorded as it stood before")
    for day, is_before in [("2024-12-16", True), ("2024-12-17", False), ("", False)]:
        desk.get_by_label("Happened on:").fill(day)
        desk.get_by_label("Happened on:").blur()
        expect(sentence).to_be_visible(visible=is_before)


def test_what_the_page_asks_back_has_no_violation_either(desk, ask):
    record(ask, happened_on="2025-06-01")
    fill_in(desk, status="Promised")
    desk.get_by_label("Exact words:").fill("We will.")
    desk.get_by_label("Who spoke, and in what capacity:").fill("The Director-General")
    desk.get_by_label("Published:").first.fill("2024-03-03")
    send(desk)

    expect(desk.locator(".field-day_is_right")).to_contain_text("is of 3 March 2024")
    expect(desk.locator(".field-later_reason")).to_contain_text("on 1 June 2025")
    assert violations(desk) == []
    desk.get_by_label("The day is right").check()
    desk.get_by_label("Why the later entry followed:").fill("A new Director-General.")
    send(desk)

    expect(desk.locator("#the-record")).to_contain_text("A new Director-General.")
    assert StatusUpdate.objects.count() == 3


def test_a_double_click_records_once(desk):
    fill_in(desk)
    desk.get_by_role("button", name="Record this response").dblclick()

    expect(desk.locator("#the-record")).to_contain_text("put it on its agenda")
    assert StatusUpdate.objects.count() == 1


def test_leaving_a_half_filled_form_asks_first(desk, questions):
    desk.get_by_label("What happened:").fill("Half a sentence")
    leave_and_be_asked(desk)

    expect(desk.get_by_label("What happened:")).to_have_value("Half a sentence")
    assert questions == ["beforeunload"]


def test_what_was_refused_is_asked_about_as_well(desk, questions):
    desk.get_by_label("What happened:").fill("Half a sentence")
    send(desk)
    expect(desk.locator(".errornote")).to_be_visible()
    assert questions == []
    desk.get_by_label("What happened:").focus()
    leave_and_be_asked(desk)

    expect(desk.locator(".errornote")).to_be_visible()
    assert questions == ["beforeunload"]


def test_an_untouched_form_is_left_without_a_question(desk, questions):
    desk.get_by_label("What happened:").focus()
    desk.get_by_role("button", name="Back, record nothing").click()

    expect(desk.get_by_role("heading", name="The record")).to_be_visible()
    assert questions == []


def test_a_preview_opens_beside_the_form_which_still_asks(desk, questions):
    fill_in(desk)
    with desk.expect_popup() as opened:
        desk.get_by_role("button", name="Look at it first").click()
    expect(opened.value.locator("main")).to_contain_text("put it on its agenda")
    expect(opened.value.locator(".preview")).to_contain_text("nobody else sees this page")
    opened.value.close()
    leave_and_be_asked(desk)

    expect(desk.get_by_label("What happened:")).not_to_have_value("")
    assert questions == ["beforeunload"]
    assert not StatusUpdate.objects.exists()


def test_enter_in_a_field_of_the_ask_saves_the_ask(desk, ask, live_server, questions):
    desk.goto(f"{live_server.url}{change_page(ask)}")
    desk.get_by_label("The ask in one line:").fill("Open an independent inquiry")
    desk.keyboard.press("Enter")

    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    assert RecommendedAction.objects.get().title == "Open an independent inquiry"
    assert questions == []


def test_a_source_on_file_is_found_by_keyboard(desk):
    source = make_source(title="Record of the 9772nd meeting", published_on="2025-03-03")
    desk.get_by_label("Status:").select_option("Under discussion")
    desk.get_by_label("Happened on:").fill("2025-03-03")
    desk.get_by_label("What happened:").fill("The Council debated it.")
    desk.get_by_label("Claimed by:").select_option("the body itself")
    desk.get_by_label("Verification:").select_option("documented")

    desk.locator(".field-sources .select2-search__field").focus()
    desk.keyboard.type("9772")
    expect(desk.locator(".select2-results__option--highlighted")).to_contain_text("9772nd")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Record this response").focus()
    desk.keyboard.press("Enter")

    expect(desk.locator("#the-record")).to_contain_text("The Council debated it.")
    assert StatusUpdate.objects.get().sources.get() == source
