import gc
import os
import shutil
from functools import partial
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import TransactionTestCase
from django.test.utils import teardown_databases
from django.utils import translation
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult, get_date_max

from advocacy.models.kept import forget
from advocacy.settings import mailer
from advocacy.web import editions
from tests.browser.engines import CHROMIUM, IS_INSTALLED
from tests.databases import (
    dossier_loaded,
    drop_migrated,
    empty,
    locked,
    made_once,
    of_its_own,
    set_up,
)
from tests.decided import VOTED
from tests.decisions import decide_by_vote
from tests.door import Door
from tests.dossier import few_rows
from tests.factories import make_action, make_body, make_site, make_user
from tests.gate import (
    choose_for_postgresql,
    leave_most_of_a_long_series_to_the_proof,
    leave_other_engines_to_the_proof,
)
from tests.running import started
from tests.sink import Sink

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


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment, django_db_blocker, django_db_modify_db_settings, folder_of_the_run
):
    """The database of this process, instead of pytest-django's, which each process migrates."""
    with django_db_blocker.unblock():
        databases = set_up(folder_of_the_run)
    case: Any = TransactionTestCase
    flush = case._fixture_teardown
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case, "_fixture_teardown", lambda test: empty(partial(flush, test)))
        yield
    with django_db_blocker.unblock():
        teardown_databases(databases, verbosity=0)
        drop_migrated(folder_of_the_run)


@pytest.fixture
def database_of_its_own(django_db_setup, django_db_blocker, folder_of_the_run):
    """The address of an empty one with all tables, of the kind that the tests run on."""
    with django_db_blocker.unblock(), of_its_own(folder_of_the_run, f"own_{uuid4().hex}") as url:
        yield url


@pytest.fixture(scope="module")
def content(django_db_setup, django_db_blocker, folder_of_the_run):
    """The whole dossier, there for a module and undone after its last test."""
    with django_db_blocker.unblock(), dossier_loaded(folder_of_the_run):
        yield


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    forget()


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
def council():
    """A body of States on a named site."""
    make_site()
    return make_body(
        slug="unsc",
        name="Security Council",
        abbreviation="UNSC",
        states_sit=True,
        all_states_sit=True,
    )


@pytest.fixture
def panel(council):
    """A decision of the council by vote that bears on an ask."""
    ask = make_action(slug="restore", body=council, title="Restore the panel")
    return decide_by_vote(
        VOTED, body=council, symbol="S/RES/1", title="Panel renewed", actions=[ask]
    )


@pytest.fixture
def few_rows_loaded(tmp_path):
    """A few rows of the dossier, as `load_content` loads them."""
    few = few_rows(tmp_path)
    made_once("few rows", lambda: call_command("load_content", folder=few, verbosity=0))


@pytest.fixture(scope="session")
def folder_of_the_run(tmp_path_factory):
    """One for all processes of the run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def site_prepared_once(folder_of_the_run):
    """The folder of a site that was started and stopped: one for all processes of the run."""
    folder = folder_of_the_run / "site"
    folder.mkdir(exist_ok=True)
    with locked(folder / "lock"):
        if not (folder / "done").exists():
            with started(folder):
                pass
            (folder / "done").touch()
    return folder


@pytest.fixture
def prepared(site_prepared_once, tmp_path):
    """A folder for `started`, with database, content and static files: the next start serves."""
    shutil.copytree(site_prepared_once / "var", tmp_path / "var")
    return tmp_path


@pytest.fixture
def sign_in(client):
    """Signs in somebody new, of the role that is named."""

    def as_role(role):
        user = make_user()
        user.groups.set(Group.objects.filter(name=role))
        client.force_login(user)
        return user

    return as_role


@pytest.fixture
def reads_at_once(monkeypatch):
    """The page cache reads the number of the content at every request, as if a second passed."""
    monkeypatch.setattr(editions, "READ_EVERY", 0)
    # However slow the machine is, a number that was read is one to be sure of.
    monkeypatch.setattr(editions, "GRACE", 60)


@pytest.fixture
def door(reads_at_once):
    """The page cache in front of the program."""
    return Door()


@pytest.fixture
def queue(settings, monkeypatch):
    """The real queue of tasks. Gives a function that works through it as the worker does."""
    # It would close the connection that holds the transaction of the test.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    backend = settings.TASKS["default"] | {"BACKEND": "django_tasks_db.DatabaseBackend"}
    settings.TASKS = {"default": backend}

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Twice as many processes as processors: many tests wait for a program, a browser, a clock."""
    return 2 * (os.process_cpu_count() or 1)


def pytest_collection_finish():
    """What is loaded by now stays: looked through less often, a test takes 7 % less time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items):
    leave_most_of_a_long_series_to_the_proof(items)
    leave_other_engines_to_the_proof(items)
    for item in items:
        if hypothesis.is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("thorough")
        fixtures = getattr(item, "fixturenames", ())
        if {"browser", "engine"} & set(fixtures):
            item.add_marker("browser")
        if item.get_closest_marker("browser"):
            # A browser may hang that does nothing wrong: what fails twice is a fault.
            item.add_marker(pytest.mark.flaky(reruns=1))
        if not item.get_closest_marker("django_db") and "django_db_setup" not in fixtures:
            # pytest-django lets it reach no database.
            item.add_marker("one_database")
    choose_for_postgresql(items)


def pytest_runtest_setup(item):
    if not item.get_closest_marker("browser"):
        return
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    engine = parameters.get("engine", "Chromium")
    if not IS_INSTALLED[engine]:
        reason = f"{engine} is not installed: `make test` installs it where apt-get can be used"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


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
