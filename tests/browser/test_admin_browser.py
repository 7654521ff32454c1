"""Staff at work in a real browser, under the real content security policy."""

import pytest
from playwright.sync_api import expect

from advocacy.models import RecommendedAction, Source, StatusUpdate
from tests.factories import make_action, make_organisation, make_source, make_user

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
    """The page of the ask, reached as staff reach it; the console stays silent throughout."""
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    make_user(username="olena", password="a long password", is_superuser=True)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill("olena")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="NK-03").click()
    yield page
    assert [text for text in complaints if "404" not in text] == []


def fill_in(desk, status="Under discussion"):
    desk.get_by_label("Status:").select_option(status)
    desk.get_by_label("What happened:").fill("The Governing Body put it on its agenda.")
    desk.get_by_label("Title:").first.fill("Agenda of the 353rd session")
    desk.get_by_label("Publisher:").first.fill("ILO")
    desk.get_by_label("Address:").first.fill("https://example.org/agenda")
    desk.get_by_label("Published:").first.fill("2025-03-03")
    desk.get_by_label("Tier:").first.select_option("T1 official record")


def test_staff_record_a_response_and_the_public_page_shows_it(desk, live_server):
    fill_in(desk)
    desk.get_by_role("button", name="Record this response").click()
    expect(desk.locator(".messagelist")).to_contain_text("Recorded for NK-03: “Under discussion”")

    desk.goto(f"{live_server.url}/en/actions/open-an-inquiry/")

    expect(desk.locator("main")).to_contain_text("The Governing Body put it on its agenda.")
    expect(desk.locator("main")).to_contain_text("Under discussion")
    expect(desk.get_by_role("link", name="Agenda of the 353rd session").first).to_be_visible()
    assert RecommendedAction.objects.get().edited_by_staff_at is None


def test_a_refused_response_keeps_what_was_typed_and_can_be_completed(desk):
    fill_in(desk, status="Promised")
    # The fields that this status needs have opened, and its evidence is named.
    expect(desk.get_by_label("Exact words:")).to_be_visible()
    expect(desk.locator(".demands")).to_contain_text("the exact words, who spoke")
    desk.get_by_role("button", name="Record this response").click()

    expect(desk.locator(".field-quote")).to_contain_text(
        "“Promised” needs the exact words, and who spoke in what capacity."
    )
    expect(desk.get_by_label("Title:").first).to_have_value("Agenda of the 353rd session")
    assert not Source.objects.exists()

    desk.get_by_label("Exact words:").fill("We will send a mission.")
    desk.get_by_label("Who spoke, and in what capacity:").fill("The Director-General")
    desk.get_by_role("button", name="Record this response").click()

    expect(desk.locator("#the-record")).to_contain_text("“We will send a mission.”")
    assert StatusUpdate.objects.get().sources.get().title == "Agenda of the 353rd session"


def test_enter_in_a_field_of_the_ask_saves_the_ask_and_records_nothing(desk):
    desk.get_by_label("The ask in one line:").fill("Open an independent inquiry")
    desk.keyboard.press("Enter")

    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    assert RecommendedAction.objects.get().title == "Open an independent inquiry"


def test_a_source_on_file_is_found_by_keyboard(desk):
    source = make_source(title="Record of the 9772nd meeting")
    desk.get_by_label("Status:").select_option("Under discussion")
    desk.get_by_label("What happened:").fill("The Council debated it.")

    desk.locator(".field-sources .select2-search__field").focus()
    desk.keyboard.type("9772")
    expect(desk.locator(".select2-results__option--highlighted")).to_contain_text("9772nd")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Record this response").focus()
    desk.keyboard.press("Enter")

    expect(desk.locator("#the-record")).to_contain_text("The Council debated it.")
    assert StatusUpdate.objects.get().sources.get() == source
