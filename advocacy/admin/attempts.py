"""The gate in front of every password and code of staff: how often each may be tried."""

import unicodedata
from contextlib import contextmanager

from allauth.account.adapter import get_adapter
from allauth.account.utils import filter_users_by_email, filter_users_by_username
from allauth.core import context

from advocacy.models import Attempt
from advocacy.models.networks import network_of
from advocacy.web.visitors import visitor_address


def counted(kind, *whose):
    """Count an attempt of a network at these; refused where one of them is too many.

    Delete what it returns where the attempt was right.
    """
    network = ("network", network_of(visitor_address(context.request)))
    made = Attempt.objects.make(network, *((kind, one) for one in whose))
    if made is None:
        raise get_adapter().validation_error("too_many_login_attempts")
    return made


@contextmanager
def attempt(kind, *whose):
    """Count what raises something; what does not was right."""
    made = counted(kind, *whose)
    yield
    made.delete()


def accounts_of(*names):
    """What the attempts at a name are counted for: its account, however it is named.

    A name that nobody has is counted as it is, so that nothing tells the two apart.
    """
    given = [name for name in names if name]
    people = {
        user.pk
        for name in given
        for found in (filter_users_by_username(name), filter_users_by_email(name))
        for user in found
    }
    if people:
        return [account(pk) for pk in sorted(people)]
    return sorted({f"name {unicodedata.normalize('NFKC', name).casefold()}" for name in given})


def account(pk):
    return f"account {pk}"
