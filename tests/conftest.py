import os
import shutil

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import translation
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult, get_date_max

from advocacy.settings import mailer
from tests.dossier import few_rows
from tests.factories import make_user
from tests.sink import Sink

NAMES = ["chromium", "chromium-browser", "google-chrome"]
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
NO_CHROMIUM = "Chromium is not installed: `make test` installs it where apt-get can be used"

# Playwright runs an event loop in the thread of the test, which also uses the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# No test is timed: a busy machine is no fault of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_sessionstart(session):
    """The pages are tested in three languages, and compiled catalogues are not in git."""
    if hasattr(session.config, "workerinput"):
        return  # One of several processes: the one that starts them has done it.
    try:
        call_command("compile_messages", verbosity=0)
    except CommandError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure():
    shutil.rmtree(settings.VAR_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def english():
    """Addresses made in a test are English, whatever page the last request was in."""
    with translation.override("en"):
        yield


@pytest.fixture
def editor(client):
    """A member of staff who may do everything, signed in."""
    user = make_user(username="olena", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def few_rows_loaded(tmp_path):
    """A few rows of the dossier, as `load_content` loads them."""
    call_command("load_content", folder=few_rows(tmp_path), verbosity=0)


@pytest.fixture
def queue(settings, monkeypatch):
    """The real queue of tasks. Gives a function that works through it as the worker does."""
    # It would close the connection that holds the transaction of the test.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    def work(*, early=False):
        if early:  # as if the pauses between tries were over
            DBTaskResult.objects.filter(status="READY").update(run_after=get_date_max())
        call_command("worker", batch=True)

    return work


@pytest.fixture
def sink(settings):
    """A real mail server that this test alone uses."""
    server = Sink()
    settings.MAILERS = {"default": mailer(server.url)}
    yield server
    server.close()


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_runtest_setup(item):
    if CHROMIUM is None and item.get_closest_marker("browser"):
        if os.environ.get("CI") == "true":
            pytest.fail(NO_CHROMIUM, pytrace=False)
        pytest.skip(NO_CHROMIUM)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's Chromium, without the requests to its maker that it starts by itself."""
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-gpu",
            "--disable-quic",
            "--disable-sync",
            "--no-first-run",
        ],
    }
