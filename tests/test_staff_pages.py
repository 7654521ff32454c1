"""Every address that staff have, opened as each role: whatever it says, it is no broken page."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.urls import get_resolver

from advocacy.models import Tell, Withholding, make_groups
from tests.factories import (
    make_action,
    make_follower,
    make_report,
    make_user,
    record,
    record_look,
    surround,
)

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

ROLES = ["Editor", "Publisher", "Administrator", "Translator", "superuser", "nobody"]


def patterns(resolver, before=""):
    """(route, name) of every address under a resolver."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern, route)
        else:
            yield route, pattern.name or ""


def key_of(name):
    """The key of a row of the model that an address is about, or one that no row has."""
    for model in apps.get_models():
        begins = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(begins) and (row := model._default_manager.first()):
            return str(row.pk)
    return "1"


def addresses():
    """Every address of the desk and of the accounts, about a row where it is about one."""
    for route, name in patterns(get_resolver()):
        if not route.startswith("admin/") or "(?P<url>" in route:
            continue
        parts = []
        for part in route.split("/"):
            takes = part.startswith(("<", "(")) or "(?P" in part
            parts.append(key_of(name) if takes else part)
        yield "/" + "/".join(parts).replace("\\Z", "")


@pytest.fixture
def rows():
    make_groups()
    action = make_action()
    entry = record(action, tell=Tell.AT_ONCE)
    record_look(action)
    chief = make_user(is_superuser=True)
    Withholding.objects.propose(entry, "summary", reason="A court.", by=chief)
    make_follower()
    make_report(action)
    surround(action)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_staff_is_broken(client, rows, role):
    user = make_user(is_superuser=role == "superuser", is_staff=role != "nobody")
    user.groups.set(Group.objects.filter(name=role))
    opened = {}
    for address in addresses():
        # Some of them sign out.
        client.force_login(user)
        opened[address] = client.get(address).status_code

    assert {a: status for a, status in opened.items() if status >= 500} == {}
    assert opened["/admin/account/2fa/webauthn/"] in (200, 302)
    assert len(opened) > 100
    if role == "superuser":
        assert sum(status == 200 for status in opened.values()) > 80
