"""Another language is one line of the settings and a catalogue: no migration."""

import subprocess
import sys

import pytest

from tests.factories import make_body
from tests.pages import text_of

CHINESE = ("zh-hans", "简体中文")
PROGRAM = f"""
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "advocacy.settings"
from advocacy import settings
settings.LANGUAGES.append({CHINESE!r})
import django
from django.core.management import call_command
django.setup()
call_command("check", fail_level="WARNING")
call_command("makemigrations", check_changes=True, dry_run=True)
"""


def test_a_new_language_changes_no_table(tmp_path):
    environment = {
        "SECRET_KEY": "x",
        "ADDRESS_KEYS": "y",
        "HTTPS": "0",
        "VAR_DIR": str(tmp_path),
    }
    checked = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    checks, migrations = checked.stdout.splitlines()
    assert checks.startswith("System check identified no issues")
    assert migrations == "No changes detected"
    assert checked.stderr == ""


@pytest.mark.django_db
def test_countries_are_named_in_a_new_language(client, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, CHINESE]
    make_body(country="UA")

    page = client.get("/zh-hans/seats/")

    assert '<html lang="zh-hans"' in page.text
    assert "乌克兰" in text_of(page)
