"""Decisions, statements and statuses of treaties that are valid with no arguments, and the pages
of the desk that record them."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from advocacy.models import (
    Ballot,
    Decision,
    Link,
    Outcome,
    Stance,
    StanceBasis,
    Statement,
    TreatyState,
    TreatyStatus,
)
from tests.factories import make_body, make_legal_reference, make_source, make_user, number
from tests.pages import text_of
from tests.staff import Controls

DECIDED_ON = date(2024, 3, 28)
BALLOTS = {"KR": "yes", "US": "yes", "RU": "no", "CN": "abstain"}


def decide(*, body=None, by=None, **said):
    """A decision adopted without a vote, unless told."""
    n = next(number)
    return Decision.objects.enter(
        **{
            "by": by or make_user(),
            "body": body or make_body(states_sit=True),
            "symbol": f"S/RES/{n}",
            "title": f"Decision {n}",
            "decided_on": DECIDED_ON,
            "outcome": Outcome.ADOPTED_WITHOUT_VOTE,
            "sources": said.pop("sources", None) or [make_source()],
            **said,
        }
    )


def decide_by_vote(ballots, *, all_states_sit=True, **said):
    """A decision on which these States voted so, in a body in which every member has a seat."""
    if "body" not in said:
        said["body"] = make_body(states_sit=True, all_states_sit=all_states_sit)
    return decide(ballots=ballots, **{"outcome": Outcome.ADOPTED_BY_VOTE, **said})


def refused(field, verb=decide, **said):
    """The sentences of a refusal, which must be about one field."""
    before = Decision.objects.count(), Ballot.objects.count(), Link.objects.count()
    with pytest.raises(ValidationError) as refusal:
        verb(**said)
    assert (Decision.objects.count(), Ballot.objects.count(), Link.objects.count()) == before
    errors = refusal.value.message_dict
    assert [*errors] == [field], errors
    return " ".join(errors[field])


def state(*asks, by=None, **said):
    """A statement of the Republic of Korea that supports some asks, unless told."""
    n = next(number)
    speaker = {} if {"organisation", "body"} & {*said} else {"state": "KR"}
    takes = {"stance": Stance.SUPPORTS, "basis": StanceBasis.EXPLICIT}
    return Statement.objects.enter(
        **{
            "by": by or make_user(),
            **speaker,
            "said_on": DECIDED_ON,
            "forum": "A meeting",
            "office": "Permanent Representative",
            "quote": f"We ask for it, {n}.",
            "quote_language": "en",
            "sources": said.pop("sources", None) or [make_source()],
            "asks": [{"action": ask, **takes} for ask in asks],
            **said,
        }
    )


def make_treaty_status(**said):
    n = next(number)
    return TreatyStatus.objects.create(
        **{
            "slug": f"treaty-status-{n}",
            "state": "KR",
            "legal_reference": said.pop("legal_reference", None) or make_legal_reference(),
            "status": TreatyState.RATIFIED,
            "source": said.pop("source", None) or make_source(),
            **said,
        }
    )


def page_of(kind, **named):
    """The page of the desk that records a decision or a statement."""
    query = "&".join(f"{name}={getattr(row, 'pk', row)}" for name, row in named.items())
    return f"{reverse(f'admin:advocacy_{kind}_record')}?{query}"


def typed(kind, **fields):
    """Its controls with these values."""
    return {f"{kind}-{name.replace('__', '-')}": value for name, value in fields.items()}


def confirm(client, page, sent):
    """Send the form, look at what it says, and press the button below."""
    looked = client.post(page, sent)
    assert "Is this right?" in text_of(looked), text_of(looked)
    return client.post(page, Controls(looked.text).sent | {"confirm": "1"}, follow=True)
