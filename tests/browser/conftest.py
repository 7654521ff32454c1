from typing import NamedTuple

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from advocacy.models import Issue, RecommendedAction


class Dossier(NamedTuple):
    """The site with the whole dossier: its address, and keys of rows to visit."""

    url: str
    ask: str
    issues: list[str]


@pytest.fixture(scope="module")
def dossier(django_db_setup, django_db_blocker):
    """Loaded once for a module that only reads it, and has no `django_db` mark of its own.

    `live_server` would empty the database after every test.
    """
    with django_db_blocker.unblock():
        call_command("load_content", verbosity=0)
        server = LiveServer("127.0.0.1")
        yield Dossier(
            server.url,
            ask=RecommendedAction.objects.get(reference="NK-06B").slug,
            issues=list(Issue.objects.values_list("slug", flat=True)),
        )
        server.stop()
        call_command("flush", interactive=False, verbosity=0)
