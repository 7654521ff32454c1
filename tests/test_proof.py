"""What `make proof` counts."""

import pytest

from bench.proof_site import Site
from tests.factories import make_follower

pytestmark = pytest.mark.django_db


def test_a_follower_who_was_ended_is_counted_though_the_address_is_kept(tmp_path):
    make_follower("ana@example.org")
    ended = make_follower("bo@example.org")
    site = Site(tmp_path, {})
    assert site.ended() == 0

    ended.bounce()

    assert site.ended() == 1
