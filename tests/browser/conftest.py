from contextlib import ExitStack, suppress
from typing import NamedTuple

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from advocacy.models import Issue, Meeting, PackKind, RecommendedAction
from tests.browser.engines import ENGINES, PATIENCE, Chromium, Engine, Firefox, TorBrowser
from tests.browser.webkit import WebKit
from tests.databases import load_dossier
from tests.factories import make_pack, make_page

expect.set_options(timeout=PATIENCE * 1000)

# All that a pack may hold, and no word of a real one.
SAMPLE = """\
## Before you speak

1. Put yourself on [the list](https://example.org/list) by [day and hour].
2. Hand in the text:
   - to the secretariat,
   - to <interpreters@example.org>.

### The words

> Mr President,
>
> [Name of the organisation] asks the **Council** to speak. I thank you.

---

[Name]: reads it aloud *once*.
"""


class Dossier(NamedTuple):
    """The site with the whole dossier."""

    url: str


@pytest.fixture(scope="module")
def dossier(django_db_setup, django_db_blocker, folder_of_the_run):
    """Loaded once for a module that only reads it, and has no `django_db` mark of its own.

    `live_server` would empty the database after every test.
    """
    with django_db_blocker.unblock():
        # pytest-django makes no database where no test of the run is marked `django_db`.
        has_one = Issue._meta.db_table in connection.introspection.table_names()
        made = [] if has_one else setup_databases(verbosity=0, interactive=False)
        load_dossier(folder_of_the_run)
        make_pack(
            slug="sample-statement",
            kind=PackKind.STATEMENT,
            title="A statement that a test reads",
            text=SAMPLE,
            spoken_seconds=5,
            actions=RecommendedAction.objects.filter(slug="ilo-take-up-forced-labour"),
            meetings=Meeting.objects.upcoming()[:1],
            issues=Issue.objects.filter(slug="pow-protection"),
        )
        make_page(slug="sample-page", in_footer=True)
        server = LiveServer("127.0.0.1")
        yield Dossier(server.url)
        server.stop()
        call_command("flush", interactive=False, verbosity=0)
        teardown_databases(made, verbosity=0)


def closed(engine):
    with suppress(Exception):  # One that hangs cannot be asked to end.
        engine.close()


@pytest.fixture
def context(context):
    """Playwright's, with as much patience as the other engines have."""
    context.set_default_timeout(PATIENCE * 1000)
    return context


@pytest.fixture(scope="session")
def engines(playwright, browser_type_launch_args):
    """Starts the engine of a name, once for all tests of a process, and anew if it hangs.

    Chromium is one of its own: Playwright's `browser` is started anew between tests.
    """
    started: dict[str, Engine] = {}
    with ExitStack() as closing:

        def start(name):
            if name not in started or not started[name].answers():
                started[name] = (
                    Chromium(playwright.chromium.launch(**browser_type_launch_args))
                    if name == "Chromium"
                    else {"Firefox": Firefox, "TorBrowser": TorBrowser, "WebKit": WebKit}[name]()
                )
                closing.callback(closed, started[name])
            return started[name]

        yield start


@pytest.fixture(params=ENGINES)
def engine(request, engines):
    """Each of the three engines in turn, as wide as a desk; a test may name another."""
    engine = engines(request.param)
    engine.forget()
    engine.resize(1280)
    return engine
