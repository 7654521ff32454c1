"""Whether the keys of this program read what was encrypted with them."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from advocacy.models.addresses import AddressKeyMissing, decrypt
from advocacy.models.followers import SignUp, Subscriber
from advocacy.models.reports import Report

# Where django-allauth keeps the secret of an app, and that of recovery codes.
SECRETS = {"secret", "seed"}


def _encrypted() -> dict[str, tuple[QuerySet[Any], str]]:
    """{words: the rows of that kind, and which of their fields is encrypted}."""
    return {
        "followers": (Subscriber.objects.exclude(address=""), "address"),
        "sign-ups": (SignUp.objects.all(), "address"),
        "reports": (Report.objects.all(), "said"),
        "second factors": (Authenticator.objects.all(), "data"),
    }


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (value[name] for name in SECRETS & value.keys())
    else:
        yield str(value)


def _is_read(value: object) -> bool:
    try:
        for text in _texts(value):
            decrypt(text)
    except AddressKeyMissing:
        return False
    return True


def unread_by_keys() -> dict[str, tuple[int, int]]:
    """{kind of row: (how many no key in ADDRESS_KEYS reads, how many there are)}, where any is."""
    found = {}
    for name, (rows, field) in _encrypted().items():
        number = unread = 0
        for value in rows.order_by().values_list(field, flat=True).iterator(chunk_size=1000):
            number += 1
            unread += not _is_read(value)
        if unread:
            found[name] = (unread, number)
    return found


def keys_are_lost() -> bool:
    """The same by the oldest and the newest row of each kind, for whoever asks often."""
    return not all(
        _is_read(value)
        for rows, field in _encrypted().values()
        for value in chain(
            rows.order_by("pk").values_list(field, flat=True)[:1],
            rows.order_by("-pk").values_list(field, flat=True)[:1],
        )
    )
