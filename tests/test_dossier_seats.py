"""Who sits where in the dossier, as the pages of States say it in its three languages."""

import re

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from advocacy.models import TargetBody
from tests.dossier import DOSSIER, rows_of

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.django_db,
    pytest.mark.thorough,
    pytest.mark.usefixtures("content"),
]

MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
# What a page says of bodies whose members are not all on record.
MAY_SIT = {
    "en": "so it may sit there too:",
    "uk": "тож вона може засідати й там:",
    "ko": "이 국가도 의석을 가지고 있을 수 있습니다:",
}


def page_of(client, country, language):
    with override(language):
        return client.get(reverse("seat_country", args=[country.lower()]))


def union_in(language):
    with override(language):
        return escape(TargetBody.objects.get(slug="eu").text_of("name"))


def paragraphs_with(page, words):
    return [part for part in re.findall(r"<p\b.*?</p>", page.text, re.S) if words in part]


def test_the_seats_of_the_european_union_are_those_of_its_member_states():
    seats = [row["fields"] for row in rows_of(DOSSIER, "seats.json")]
    own = {seat["country"]: seat for seat in seats if seat["body"] == ["eu"]}

    assert sorted(own) == MEMBERS.split()
    assert all(seat["source_url"] and not seat["ends_on"] for seat in own.values())
    assert own["HR"]["starts_on"] == "2013-07-01"


@pytest.mark.parametrize("language", MAY_SIT)
@pytest.mark.parametrize("country", ["GB", "UA", "KR", "RU", "BT"])
def test_no_page_says_that_a_state_outside_the_union_may_sit_in_it(client, country, language):
    page = page_of(client, country, language)

    doubtful = paragraphs_with(page, MAY_SIT[language])
    assert not any(union_in(language) in part for part in doubtful)
    # The United Kingdom sits in all the other bodies of some States.
    assert len(doubtful) == (country != "GB")
    assert 'class="seat" id="eu"' not in page.text


@pytest.mark.parametrize("language", MAY_SIT)
@pytest.mark.parametrize("country", ["DE", "CY"])
def test_the_page_of_a_member_state_says_that_it_sits_in_the_union(client, country, language):
    page = page_of(client, country, language)

    _before, sits, after = page.text.partition('class="seat" id="eu"')
    assert sits
    assert f">{union_in(language)}</" in after.split("</h3>")[0]
    assert not any(union_in(language) in part for part in paragraphs_with(page, MAY_SIT[language]))
