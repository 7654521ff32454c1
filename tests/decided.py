"""A council, a vote of it, and the pages on which a citizen reads of them."""

from django.urls import reverse

from advocacy.models import Stance, StanceBasis, Vote
from tests.decisions import decide_by_vote
from tests.factories import make_action, make_body, make_site

VOTED = {"FR": Vote.YES, "KR": Vote.YES, "GB": Vote.YES, "RU": Vote.NO, "CN": Vote.ABSTAIN}
IMPLIED = {"stance": Stance.SUPPORTS, "basis": StanceBasis.IMPLIED}


def make_council():
    make_site()
    return make_body(
        slug="unsc",
        name="Security Council",
        abbreviation="UNSC",
        states_sit=True,
        all_states_sit=True,
    )


def make_panel(council):
    """A decision by vote that bears on an ask."""
    ask = make_action(slug="restore", body=council, title="Restore the panel")
    return decide_by_vote(
        VOTED, body=council, symbol="S/RES/1", title="Panel renewed", actions=[ask]
    )


def page_of(client, row, **query):
    return client.get(row.get_absolute_url(), query)


def list_of(client, name="decision_list", **query):
    return client.get(reverse(name), query)


def country(client, code, **query):
    return client.get(reverse("seat_country", args=[code]), query)
