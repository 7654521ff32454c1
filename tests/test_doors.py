"""Each step of the dossier goes through a door that is open to whoever takes it."""

import re
from urllib.parse import quote

import pytest

from advocacy.templatetags.letters import LONGEST_MAILTO, MAILTO_SAFE
from tests.dossier import DOSSIER, rows_of

STEPS = [row["fields"] for row in rows_of(DOSSIER, "checklist_steps.json")]
# What a letter gets besides its words: the subject, and a country or an address filled in.
ROOM = 300
WRITTEN = {"email", "letter"}
# Doors that are not for letters, and what may be done at them, by whom.
CLOSED_TO_LETTERS = {
    "icrc.org/en/contact": ({"family"}, {"read"}),
    "otplink.icc-cpi.int": ({"researcher"}, {"submit"}),
    "echr.coe.int/rule-39": ({"researcher"}, {"read"}),
    "koordshtab.gov.ua": (set(), set()),
}
# Whatever else stood in brackets would be sent as it is.
PLACES_TO_FILL_IN = re.compile(
    r"\[(your name|your organisation|your union|your outlet|your address|town|town, country|"
    r"your country|Your country|what your country did|"
    r"date|number|link to this page|region or sector|"
    r"subject, period, places)\]"
)


def each(*kinds, audience=None):
    return [
        pytest.param(step, id=step["slug"])
        for step in STEPS
        if (not kinds or step["kind"] in kinds) and audience in (None, step["audience"])
    ]


def test_no_step_is_the_editors_own_homework():
    homework = re.compile(
        r"\b(tell|send)\b[^.]{0,20}\b(the editors|to us)\b|in this record|report the (wording|para)"
    )
    for step in STEPS:
        assert not homework.search(f"{step['title']} {step['wording']}"), step["slug"]


@pytest.mark.parametrize("step", each("email"))
def test_an_e_mail_fits_the_address_that_opens_a_mail_program(step):
    assert len(quote(step["wording"], safe=MAILTO_SAFE)) <= LONGEST_MAILTO - ROOM


@pytest.mark.parametrize("step", each(*WRITTEN))
def test_a_letter_is_signed_and_asks_something_of_its_reader(step):
    assert re.match(r"(Dear|To) .+[,.]\n\n", step["wording"])
    assert re.search(r"\[your name\](, \[[^\]]+\])?$", step["wording"])
    assert re.search(
        r"\?|\b[Pp]lease\b|\b([Ww]e|I) (also )?(ask|propose)\b|suggest", step["wording"]
    )


@pytest.mark.parametrize("step", each())
def test_only_known_places_are_left_to_fill_in(step):
    for place in re.findall(r"\[[^\]]*\]", step["wording"]):
        assert PLACES_TO_FILL_IN.fullmatch(place), place


@pytest.mark.parametrize("door", CLOSED_TO_LETTERS)
def test_nobody_is_sent_with_a_letter_to_a_door_that_takes_none(door):
    audiences, kinds = CLOSED_TO_LETTERS[door]
    for step in STEPS:
        if door in step["url"]:
            assert step["audience"] in audiences, step["slug"]
            assert step["kind"] in kinds, step["slug"]


def test_un_experts_are_written_to_in_their_languages_and_never_with_a_name_in_the_open():
    doors = [s for s in STEPS if "spsubmission" in s["url"] and s["kind"] == "submit"]

    assert len(doors) == 3
    for step in doors:
        assert "English, French or Spanish" in step["wording"]
        assert "confidential field" in step["wording"]


def test_nobody_in_russia_or_north_korea_is_asked_for_anything():
    for step in STEPS:
        if step["audience"] == "family":
            words = f"{step['title']} {step['wording']}"
            assert "Russia" in words, step["slug"]
            assert "North Korea" in words, step["slug"]
