from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import MeetingKind, ResponseStatus
from tests.factories import (
    make_action,
    make_body,
    make_meeting,
    make_pack,
    make_seat,
    make_source,
    record,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus


@pytest.fixture
def council():
    body = make_body(
        slug="unsc",
        name="Security Council",
        abbreviation="UNSC",
        mandate="Keeps peace and security.",
        composition="Fifteen members.",
    )
    debated = make_action(body=body, title="Move to a decision", slug="decide")
    record(debated, S.UNDER_DISCUSSION, happened_on=date(2025, 1, 5), summary="It met.")
    make_action(body=body, title="Restore the panel", slug="panel")
    make_seat(body=body, country="DK", ends_on=date(2098, 12, 31))
    make_seat(body=body, country="KG", starts_on=date(2097, 1, 1), ends_on=date(2098, 12, 31))
    make_seat(body=body, country="GA", starts_on=date(2022, 1, 1), ends_on=date(2023, 12, 31))
    make_meeting(
        body=body,
        title="Presidency of Liberia",
        starts_on=date(2099, 1, 1),
        ends_on=date(2099, 1, 31),
        who_can_act="States through their missions",
    )
    make_meeting(
        body=body,
        kind=MeetingKind.STANDING,
        title="Letters to the president",
        starts_on=None,
        ends_on=None,
    )
    return body


def test_the_directory_puts_asked_bodies_first(client, council):
    make_body(name="Alliance Without Asks", position=0)

    response = client.get(reverse("body_list"))

    shown = text_of(response)
    assert shown.index("Security Council") < shown.index("Alliance Without Asks")
    assert "2 asks" in shown


def test_a_scorecard_shows_asks_clocks_seats_and_meetings(client, council):
    shown = text_of(client.get(council.get_absolute_url()))

    for words in [
        "Security Council",
        "Keeps peace and security.",
        "Fifteen members.",
        "Move to a decision",
        "Restore the panel",
        "20 days",
        "It met.",
        "Denmark",
        "Kyrgyzstan",
        "Presidency of Liberia",
        "States through their missions",
        "Letters to the president",
    ]:
        assert words in shown, words
    assert "Gabon" not in shown


def test_seats_and_clocks_as_of_a_day(client, council):
    response = client.get(council.get_absolute_url(), {"as_of": "2024-12-31"})

    assert [a.standing.sentence for a in response.context["actions"]] == ["Not yet checked"] * 2
    assert "It met." not in text_of(response)
    assert "Who sits here" not in text_of(response)


def test_its_asks_are_drawn_and_what_is_proposed_stands_apart(client, council):
    make_action(body=council, title="Only proposed", asked_on=None)

    shown = client.get(council.get_absolute_url()).text

    assert shown.count('class="silence__row"') == 2
    drawn, apart = shown.split("Proposed by the editors; not put to this body", 1)
    assert "Only proposed" in apart
    assert "Only proposed" not in drawn


def test_a_body_without_asks_says_so(client):
    body = make_body(name="Alliance")

    response = client.get(body.get_absolute_url())

    assert response.status_code == 200
    assert "Alliance" in text_of(response)


@pytest.mark.parametrize("number", [1, 3])
def test_a_scorecard_takes_a_constant_number_of_queries(client, django_assert_num_queries, number):
    body = make_body()
    for n in range(number):
        record(make_action(body=body), sources=[make_source(), make_source()])
        make_seat(body=body, country=["DK", "GR", "PK"][n])
        meeting = make_meeting(body=body, starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 2))
        make_pack(meetings=[meeting])

    # The body, phases, asks, their silence, seats, entries, their sources, events, meetings,
    # standing chances, their packs, replies, decisions, mails of a year by the keys of its asks.
    with django_assert_num_queries(15 + IN_EVERY_PAGE):
        client.get(body.get_absolute_url())


@pytest.mark.parametrize("number", [1, 3])
def test_the_directory_takes_a_constant_number_of_queries(
    client, django_assert_num_queries, number
):
    for _ in range(number):
        record(make_action())

    # The number of bodies, the keys of the page, its bodies, their phases, how many are asked.
    with django_assert_num_queries(5 + IN_EVERY_PAGE):
        client.get(reverse("body_list"))
