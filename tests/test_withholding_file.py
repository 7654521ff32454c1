"""Withheld words are in no byte of SQLite's files, whatever a reader of the disk looks for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SECRET = "sergeant-kim-of-unit-94"
WITHHOLD = f"""
import django
django.setup()
from django.contrib.auth.models import Group
from pathlib import Path
from django.conf import settings
from advocacy.models import Reply, Withholding
from tests.factories import ASKED_ON, make_action, make_source, make_user, record
from tests.staff import person


def times_in_files():
    file = Path(settings.DATABASES["default"]["NAME"])
    files = file.parent.glob(file.name + "*")
    return sum(file.read_bytes().count(b"{SECRET}") for file in files)

source = make_source(quote="Said {SECRET}. " * 300)
entry = record(make_action(), summary="Words of {SECRET}. " * 300, sources=[source])
reply = Reply(body=entry.action.body, text="{SECRET} answered.", replied_on=ASKED_ON)
reply.url = "https://example.org/reply"
reply.save()
before = times_in_files()
for row, field in [(entry, "summary"), (source, "quote"), (reply, "text")]:
    proposal = Withholding.objects.propose(row, field, reason="A court.", by=person("Publisher"))
    proposal.confirm(by=person("Administrator"))
print(before > 600, times_in_files())
"""


@pytest.mark.programs
@pytest.mark.one_database
def test_no_file_of_sqlite_holds_a_byte_of_withheld_words(database_of_its_own, tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "advocacy.settings",
        "DATABASE_URL": database_of_its_own,
        "VAR_DIR": str(tmp_path),
        "HTTPS": "0",
        "SECRET_KEY": "x" * 50,
        "ADDRESS_KEYS": "a" * 50,
        "PYTHONPATH": str(ROOT),
    }
    run = [sys.executable, "-c", WITHHOLD]

    said = subprocess.check_output(run, text=True, cwd=ROOT, env=environment)

    assert said.split() == ["True", "0"]
