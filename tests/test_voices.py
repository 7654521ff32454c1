"""What a citizen reads of what was said: on the page of an ask, and on that of a statement."""

import re
from datetime import date

import pytest

from advocacy.models import AskState, Stance, StanceBasis
from advocacy.models.positions import STANCES
from tests.decided import IMPLIED, country, list_of, page_of
from tests.decisions import state
from tests.factories import make_action, make_body, make_organisation, make_seat, record_look
from tests.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(council):
    return make_action(slug="act", body=council, title="Act on it")


def voices_on(client, ask, **query):
    page = page_of(client, ask, **query).text
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split('id="voices"')[1].split("</section>")[0])
    )


def test_an_ask_says_who_spoke_for_it_and_against_with_day_office_and_words(client, ask):
    state(ask, quote="We ask for it.", office="Ambassador")
    against = {"action": ask, "stance": Stance.OPPOSES, "basis": StanceBasis.EXPLICIT}
    state(asks=[against], quote="We do not want it.", state="RU")

    voices = voices_on(client, ask)

    assert "Spoke for it: 1 statement" in voices
    assert "South Korea Ambassador" in voices
    assert "28 March 2024" in voices
    assert "We ask for it." in voices
    assert voices.index("Spoke against it: 1 statement") < voices.index("We do not want it.")


def test_who_condemned_the_conduct_is_never_said_to_support_the_step(client, ask):
    state(asks=[{"action": ask, **IMPLIED}], quote="We condemn it.")

    voices = voices_on(client, ask)

    assert "Condemned the conduct; did not ask for this step: 1 statement" in voices
    assert "spoke for it:" not in voices.lower()
    assert "supports" not in voices.lower()
    said = text_of(country(client, "kr"))
    assert "Act on it : condemned the conduct; did not ask for this step" in said
    assert text_of(list_of(client, "action_list", stance="supports")).count("Act on it") == 0
    assert "0 statements" in text_of(list_of(client, "statement_list", stance="supports"))


def test_every_stance_that_can_be_recorded_has_its_words(client, ask):
    for n, (stance, basis) in enumerate(STANCES):
        state(asks=[{"action": ask, "stance": stance, "basis": basis}], quote=f"Words {n}.")

    voices = voices_on(client, ask)

    for label in STANCES.values():
        assert str(label).lower() in voices.lower()
    assert "strongly" not in voices.lower()
    assert "%" not in voices


def test_silence_is_told_only_where_somebody_looked(client, council):
    body = make_body(states_sit=True, members_complete=True)
    ask = make_action(body=body)
    for code in ("KR", "FR"):
        make_seat(body=body, country=code, ends_on=None)
    state(ask)

    assert "Nobody has looked yet" in voices_on(client, ask)
    assert "France" not in voices_on(client, ask)

    record_look(ask)
    voices = voices_on(client, ask)
    assert "No statement found: 1 State" in voices
    assert "France" in voices
    assert "Where we looked on" in voices
    assert "Nobody has looked yet" not in voices


def test_an_ask_shows_the_decisions_that_bear_on_it(client, panel):
    voices = voices_on(client, panel.actions.get())

    assert "Panel renewed" in voices
    assert "Adopted by vote 3 in favour, 1 against, 1 abstained" in voices


def test_an_ask_of_a_past_day_knows_nothing_later(client, ask):
    state(ask, said_on=date(2025, 6, 1), quote="Later words.")

    assert "Later words." in voices_on(client, ask)
    assert "Later words." not in voices_on(client, ask, as_of="2025-05-31")


def test_asks_are_narrowed_by_what_was_said_of_them(client, ask):
    make_action(title="Nobody spoke of it")
    state(ask)

    page = list_of(client, "action_list", stance="supports")

    assert "Act on it" in page.text
    assert "Nobody spoke of it" not in page.text
    assert "1 ask" in text_of(page)
    assert "supports it · Asks" in page.text
    later = {"stance": "opposes", "as_of": "2025-05-31"}
    against = {"action": ask, "stance": Stance.OPPOSES, "basis": StanceBasis.EXPLICIT}
    state(state="RU", said_on=date(2025, 6, 1), asks=[against])
    assert "0 asks" in text_of(list_of(client, "action_list", **later))
    assert "1 ask" in text_of(list_of(client, "action_list", stance="opposes"))


# A statement


def test_a_statement_says_who_spoke_and_what_it_says_to_each_ask(client, ask):
    said = state(
        ask,
        office="Ambassador",
        point="It wants a panel.",
        quote="Nous le demandons.",
        quote_language="fr",
        joined=["FR", "JP"],
    )

    page = page_of(client, said)

    text = text_of(page)
    assert "South Korea and 2 other States" in text
    assert "Ambassador" in text
    assert "It wants a panel." in text
    assert '<blockquote lang="fr">' in page.text
    assert "Spoke for it" in text
    assert "Act on it" in text
    assert "Answerable, South Korea, statement of 28 March 2024, as of" in text
    assert "France" in text
    assert "States named in it" in text
    assert "had not been said" in text_of(page_of(client, said, as_of="2024-03-27"))


def test_an_organisation_and_a_body_can_speak(client, ask):
    lab = make_organisation(name="Justice Lab")
    agency = make_body(name="The Agency")
    state(ask, organisation=lab)
    state(ask, body=agency)

    voices = voices_on(client, ask)

    assert "Justice Lab" in voices
    assert "The Agency" in voices


def test_of_a_draft_nothing_is_told(client, council):
    draft = make_action(title="Not yet public", body=council, state=AskState.DRAFT)
    said = state(draft)

    for page in (list_of(client, "statement_list"), country(client, "kr"), page_of(client, said)):
        assert "We ask for it" in page.text
        assert "Not yet public" not in page.text
    assert "Not yet public" not in list_of(client, "statement_feed").text
