"""A vote of a council, and the pages on which a citizen reads of it."""

from django.urls import reverse

from advocacy.models import Stance, StanceBasis, Vote

VOTED = {"FR": Vote.YES, "KR": Vote.YES, "GB": Vote.YES, "RU": Vote.NO, "CN": Vote.ABSTAIN}
IMPLIED = {"stance": Stance.SUPPORTS, "basis": StanceBasis.IMPLIED}


def page_of(client, row, **query):
    return client.get(row.get_absolute_url(), query)


def list_of(client, name="decision_list", **query):
    return client.get(reverse(name), query)


def country(client, code, **query):
    return client.get(reverse("seat_country", args=[code]), query)
