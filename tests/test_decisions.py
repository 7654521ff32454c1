"""What bodies decided and how each State voted: what the record refuses, and what it keeps."""

import pytest

from advocacy.models import Link, Outcome, Stance, Vote
from tests.decisions import decide, decide_by_vote, make_treaty_status, state
from tests.factories import make_action
from tests.test_chain import verify

pytestmark = pytest.mark.django_db


def test_smoke():
    ask = make_action()
    d = decide_by_vote(
        {"KR": "yes", "US": "yes", "RU": "no", "CN": "abstain"},
        actions=[ask],
        sponsors=["US"],
        paragraphs=[{"number": "OP 1", "words": "Decides.", "is_read": True}],
    )
    s = state(ask)
    make_treaty_status()
    assert d.tally == {Vote.YES: 2, Vote.NO: 1, Vote.ABSTAIN: 1}
    holds, words = verify()
    assert holds, words
