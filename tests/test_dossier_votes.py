"""The votes of the record that comes with the program, as each State's own page tells them."""

import re

import pytest
from django.urls import reverse

from advocacy.models import Vote, country_name
from advocacy.public.state_record import MOST
from tests.dossier import DOSSIER, rows_of
from tests.pages import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,
    pytest.mark.usefixtures("content"),
]

DECISIONS = [row["fields"] for row in rows_of(DOSSIER, "decisions.json")]
LABELS = {str(vote.label): vote.value for vote in Vote}


def votes_in_the_files():
    """{State: {title and day: vote}}, of the decisions whose ballots are there."""
    votes: dict[str, dict[str, str]] = {}
    for decision in DECISIONS:
        for state, vote in (decision.get("ballots") or {}).items():
            votes.setdefault(state, {})[decision["slug"]] = vote
    return votes


def votes_on(page, state):
    """{slug of a decision: vote} as a page tells those of a State."""
    lines = re.findall(r'<article class="decision-line">(.*?)</article>', page.text, re.S)
    found = {}
    for line in lines:
        said = re.search(
            rf"<strong>{re.escape(country_name(state))}:</strong>(.*?)</p>", line, re.S
        )
        if said:
            slug = re.search(r'/decisions/([-\w]+)/"', line)[1]
            label = re.search(r'class="vote".*?</svg> <span>(.*?)</span>', said[1], re.S)[1]
            found[slug] = LABELS[label]
    return found


VOTES = votes_in_the_files()
OF_THE_COUNCIL = next(d for d in DECISIONS if d["draft_symbol"] == "S/2024/255")["ballots"]


def check(client, state):
    newest = sorted(
        (d for d in DECISIONS if state in (d.get("ballots") or {})),
        key=lambda d: d["decided_on"],
        reverse=True,
    )
    own = votes_on(client.get(reverse("seat_country", args=[state.lower()])), state)
    every = votes_on(client.get(reverse("decision_list"), {"state": state}), state)

    assert every == VOTES[state]
    assert len(own) == min(len(newest), MOST)
    assert own.items() <= VOTES[state].items()
    days = {d["decided_on"] for d in newest[:MOST]}
    assert {d["decided_on"] for d in DECISIONS if d["slug"] in own} == days


def test_there_are_votes_to_tell():
    assert len(OF_THE_COUNCIL) == 15
    assert len(VOTES) > 150


@pytest.mark.parametrize("state", sorted(OF_THE_COUNCIL))
def test_the_page_of_each_member_of_the_council_tells_its_votes(client, state):
    check(client, state)


@pytest.mark.thorough
def test_the_page_of_every_state_tells_its_votes(client):
    for state in VOTES:
        check(client, state)


def test_no_page_tells_a_vote_that_is_not_on_record(client):
    """The ballots of ES-11/7 are known in part: its page has the count alone."""
    (partial,) = [d for d in DECISIONS if d["symbol"].endswith("ES-11/7")]

    page = client.get(reverse("decision_detail", args=[partial["slug"]]))

    assert not partial.get("ballots")
    assert "Only the count is on record: who voted how is not." in text_of(page)
    assert 'class="votes"' not in page.text


def test_the_letter_of_a_state_that_abstained_says_so(client):
    page = client.get(reverse("seat_country", args=["cn"]))

    assert "On 28 March 2024 you abstained in the vote on “" in page.text
    assert "(S/2024/255)." in page.text
