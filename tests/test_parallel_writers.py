"""SQLite under several writers at once, with real processes and the settings of production."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.programs

ROOT = Path(__file__).parent.parent
WRITERS = 4
TRANSACTIONS = 75

SETUP = """
import django; django.setup()
from django.contrib.auth.models import Group
from django.core.management import call_command
call_command("migrate", verbosity=0)
Group.objects.all().delete()  # The roles.
Group.objects.create(name="0")
"""
# Reads, then writes what it read plus one: the worst that SQLite can be asked for.
WRITER = f"""
import django; django.setup()
from django.contrib.auth.models import Group
from django.db import OperationalError, transaction
failures = 0
for _ in range({TRANSACTIONS}):
    try:
        with transaction.atomic():
            group = Group.objects.get()
            group.name = str(int(group.name) + 1)
            group.save()
    except OperationalError:
        failures += 1
print(failures)
"""
READER = """
import django; django.setup()
from django.contrib.auth.models import Group
print(Group.objects.get().name)
"""


@pytest.mark.thorough
def test_four_writers_on_sqlite_lose_no_transaction(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "advocacy.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "SECRET_KEY": "only for tests",
    }

    def start(program):
        return subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    start(SETUP).communicate()
    writers = [start(WRITER) for _ in range(WRITERS)]

    assert [writer.communicate()[0].strip() for writer in writers] == ["0"] * WRITERS
    assert start(READER).communicate()[0].strip() == str(WRITERS * TRANSACTIONS)
