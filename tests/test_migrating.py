"""Bringing a database up to date: one at a time, and back to where it was if that fails."""

import subprocess
import sys
import time

import pytest

from tests.running import ROOT, environment, run

pytestmark = [pytest.mark.programs, pytest.mark.own_sql("management/migrating.py")]

IN_THE_WAY = """
from django.contrib.auth.models import User
from django.db import connection
User.objects.create(username="olena")
connection.cursor().execute("CREATE TABLE unique_authenticator_type (id integer)")
"""
HOLD = """
import time
from advocacy.management.migrating import alone
with alone():
    print("held", flush=True)
    input()
"""


@pytest.fixture
def variables(database_of_its_own, tmp_path):
    return {
        "SECRET_KEY": "x",
        "HTTPS": "0",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": database_of_its_own,
    }


@pytest.fixture
def manage(variables):
    """A site whose last migrations but two are those of allauth.mfa."""

    def manage(*arguments, fails=False):
        done = run("manage.py", *arguments, **variables)
        assert bool(done.returncode) is fails, done.stderr
        return done.stderr if fails else done.stdout

    manage("migrate", "mfa", "0001", "--verbosity=0")
    return manage


def applied(manage):
    return manage("showmigrations", "mfa").count("[X]")


@pytest.mark.thorough
def test_it_goes_forward_and_back_again(manage, tmp_path):
    assert applied(manage) == 1
    assert "Applying 2 migrations, mfa.0002" in manage("migrate_locked")
    assert applied(manage) == 3

    assert manage("migrate_locked", "--undo") == "The database is as it was before.\n"

    assert applied(manage) == 1
    assert manage("migrate_locked", "--undo") == "There is nothing to take back.\n"
    manage("migrate_locked")
    manage("migrate_locked", "--forget")
    assert manage("migrate_locked", "--undo") == "There is nothing to take back.\n"
    assert manage("migrate_locked") == "The database is up to date.\n"
    assert applied(manage) == 3
    assert list(tmp_path.glob("before-migration*")) == []


def test_a_migration_that_fails_leaves_the_database_as_it_was(manage):
    manage("shell", "--verbosity=0", "-c", IN_THE_WAY)

    said = manage("migrate_locked", fails=True)

    assert "A migration failed: " in said
    assert applied(manage) == 1
    count = "from django.contrib.auth.models import User as U; print(U.objects.count())"
    assert manage("shell", "--verbosity=0", "-c", count) == "1\n"


@pytest.mark.thorough
def test_whoever_comes_second_waits(manage, variables):
    holder = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--verbosity=0", "-c", HOLD],
        cwd=ROOT,
        env=environment(**variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    second = subprocess.Popen(
        [sys.executable, "manage.py", "migrate_locked"],
        cwd=ROOT,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        text=True,
    )
    time.sleep(5)
    assert second.poll() is None

    holder.communicate("\n")

    said, _ = second.communicate(timeout=120)
    assert "Applying 2 migrations" in said
    assert applied(manage) == 3
