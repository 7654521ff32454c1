"""A letter with one's own name in it, typed and corrected, and copied or not."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from advocacy.models import Maker, SeenAs, Told, Translation
from tests.factories import make_action, make_contact_point, make_step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDING = "Dear Ambassador,\n\nI, [your name], ask for a panel.\n\n[your name]"
REFUSED = "This browser did not let the page copy"


def refuse(page):
    """Let the clipboard refuse, as browsers do where nobody allowed it."""
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: {"
        "writeText: () => Promise.reject(new DOMException('', 'NotAllowedError'))}})"
    )


def have_none(page):
    """No clipboard at all, as on a page without HTTPS."""
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")


@pytest.fixture
def action():
    action = make_action(title="Restore the panel", slug="panel")
    make_step(action=action, title="Write", kind="email", wording=WORDING, goes_to="body")
    office = {"country": "", "body": action.body, "kind": "secretariat"}
    make_contact_point(confidence=SeenAs.OFFICIAL, **office)
    make_step(action=action, title="Say", kind="read", wording="Restore the panel")
    return action


def open_text(page, summary):
    """Open the fold of a text for the first time, and wait until its script has run."""
    with page.expect_response("**/compose*.js") as script:
        page.get_by_text(summary, exact=True).click()
    page.evaluate("async (script) => { await import(script); }", script.value.url)


def open_letter(page, live_server):
    page.goto(f"{live_server.url}/en/actions/panel/")
    open_text(page, "Write it")
    return (
        page.get_by_label("Your text"),
        page.get_by_label("Your name, if you want it in the text"),
    )


def signed(name):
    return WORDING.replace("[your name]", name)


def test_a_name_is_corrected_and_taken_out_and_the_rest_stays(page, live_server, action):
    text, name = open_letter(page, live_server)

    for typed in ("a", "Ambassador", "[your name]", "$& Олена 이 😀", "panel"):
        name.fill(typed)
        name.press("Tab")
        expect(text).to_have_value(signed(typed))
    name.fill("  ")
    name.press("Tab")
    expect(text).to_have_value(WORDING)


def test_a_name_is_filled_into_a_text_of_another_language(page, live_server, action):
    step = action.steps.get(kind="email")
    told = [
        Told(step, "wording", "uk", "Я, [ваше ім’я], прошу. [your name]", Maker.PERSON),
        Told(action, "title", "uk", "Відновити групу", Maker.PERSON),
    ]
    Translation.objects.put(told, by_staff=True)
    page.goto(f"{live_server.url}/uk/actions/panel/")
    open_text(page, "Написати")
    name, text = page.locator("[data-compose-name]"), page.locator("[data-compose-text]")

    for typed, written in [("Олена", "Олена"), ("", "[ваше ім’я]")]:
        name.fill(typed)
        name.press("Tab")
        expect(text).to_have_value(f"Я, {written}, прошу. [your name]")


def test_whatever_is_typed_as_a_name_leaves_the_rest_as_it_was(page, live_server, action):
    text, name = open_letter(page, live_server)
    visible = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Zs", "Cf"])

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(st.text(visible, max_size=12), max_size=4), st.text(visible, max_size=5))
    def check(names, own):
        # A letter that nobody has touched.
        page.evaluate("document.querySelector('[data-compose]').parentNode.innerHTML += ''")
        page.locator("[data-compose]").evaluate("part => part.open = true")
        name.fill(names[0] if names else "")
        before = text.input_value()
        text.press("Control+Home")
        page.keyboard.insert_text(own)
        assert text.input_value() == own + before
        for typed in names:
            name.fill(typed)
            assert text.input_value() == own + signed(typed or "[your name]")
        name.fill("")
        assert text.input_value() == own + WORDING

    check()


def test_what_is_written_around_a_name_stays_however_alike_it_is(page, live_server, action):
    text, name = open_letter(page, live_server)
    name.fill("aa")
    place = signed("aa").index("aa,")
    put = "(field, at) => { field.focus(); field.setSelectionRange(at, at); }"

    # Just before the name, the same letter; behind it, another; within it, a correction.
    text.evaluate(put, place)
    page.keyboard.insert_text("a")
    text.evaluate(put, place + 3)
    page.keyboard.insert_text("a")
    name.fill("Bo")
    expect(text).to_have_value(signed("Bo").replace("Bo,", "aBoa,"))
    text.evaluate(put, place + 2)
    page.keyboard.insert_text("ll")
    expect(text).to_have_value(signed("Bo").replace("Bo,", "aBlloa,"))
    name.fill("")
    expect(text).to_have_value(WORDING.replace("[your name],", "a[your name]a,"))


def test_a_name_cut_by_hand_leaves_nothing_of_itself(page, live_server, action):
    text, name = open_letter(page, live_server)
    name.fill("😀Anna")
    place = signed("😀Anna").index("😀Anna,")

    text.focus()
    text.evaluate("(field, at) => field.setSelectionRange(at - 2, at + 4)", place)
    page.keyboard.insert_text("😁")
    name.fill("")

    expect(text).to_have_value(WORDING.replace(", [your name],", "😁[your name],"))


def test_a_name_typed_before_the_script_has_arrived_is_kept(page, live_server, action):
    held = []
    page.route("**/compose*.js", lambda route: held.append(route))
    page.goto(f"{live_server.url}/en/actions/panel/")
    page.get_by_text("Write it", exact=True).click()
    page.get_by_label("Your name, if you want it in the text").fill("Олена")
    page.get_by_label("Your text").press("Control+Home")
    page.keyboard.insert_text("To you: ")

    held[0].continue_()

    expect(page.get_by_label("Your text")).to_have_value("To you: " + signed("Олена"))


def copy_of_letter(page):
    """Not that of the words with which a page is passed on."""
    return page.locator("[data-compose]").get_by_role("button", name="Copy", exact=True)


@pytest.mark.parametrize("clipboard", [refuse, have_none])
def test_where_copying_is_refused_the_text_is_selected_and_the_keys_are_named(
    page, live_server, action, clipboard
):
    clipboard(page)
    text, _name = open_letter(page, live_server)
    problems = []
    page.on("pageerror", lambda error: problems.append(error))
    selected = "String(getSelection())"

    copy_of_letter(page).click()

    expect(page.get_by_text(REFUSED)).to_have_count(2)  # Beside the button and aloud.
    expect(page.get_by_role("status").filter(has_text=REFUSED)).to_have_count(1)
    expect(page.get_by_role("button", name="Copied")).to_have_count(0)
    expect(text).to_be_focused()
    assert page.evaluate(selected) == WORDING

    page.get_by_text("Wording to start from").click()
    page.get_by_role("button", name="Copy the wording").click()
    assert page.evaluate(selected) == "Restore the panel"
    assert problems == []

    page.goto(f"{live_server.url}/en/checklist/")
    page.get_by_role("button", name="Copy a link that holds my ticks").click()
    expect(page.get_by_label("Copy a link that holds my ticks")).to_be_focused()
    assert page.evaluate(selected).endswith("/en/checklist/#ticks=")


def test_nothing_says_done_before_it_is_or_after_it_was(browser, live_server, action):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    text, name = open_letter(page, live_server)
    copied = page.get_by_role("button", name="Copied")
    long_text = "강" * 400

    copy_of_letter(page).click()
    expect(copied).to_be_visible()
    text.press("x")
    expect(copied).to_have_count(0)
    copy_of_letter(page).click()
    expect(copied).to_be_visible()
    name.fill("Anna")
    expect(copied).to_have_count(0)

    text.fill(long_text)
    note = page.locator("[data-compose-long]")
    expect(note).to_contain_text("pressing it copies the text")
    assert "Anna" not in page.evaluate("navigator.clipboard.readText()")
    link = page.get_by_role("link", name="Open in my mail program")
    link.evaluate("link => link.addEventListener('click', (event) => event.preventDefault())")
    link.click()
    expect(note).to_have_text("Copied. Paste it into the mail.")
    assert page.evaluate("navigator.clipboard.readText()") == long_text
    text.press("x")
    expect(note).to_contain_text("pressing it copies the text")
    context.close()


def test_a_text_too_long_for_the_link_is_selected_where_copying_is_refused(
    page, live_server, action
):
    refuse(page)
    text, _name = open_letter(page, live_server)
    text.fill("강" * 400)
    link = page.get_by_role("link", name="Open in my mail program")
    link.evaluate("link => link.addEventListener('click', (event) => event.preventDefault())")

    link.click()

    expect(page.locator("[data-compose] p", has_text=REFUSED)).to_be_visible()
    expect(page.get_by_text("Copied. Paste it into the mail.")).to_have_count(0)
    assert page.evaluate("String(getSelection())") == "강" * 400
