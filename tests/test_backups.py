"""A backup holds the whole site, as it is at one moment, and nothing without the key."""

import json
import stat
import subprocess

import pytest
from django.core.management import CommandError
from django.db import connection

from advocacy.models import Issue
from advocacy.transfer import archives, backups
from advocacy.upkeep import backups as folders
from tests.backups import (  # noqa: F401
    back_up,
    key_of_backups,
    opened,
    site_to_back_up,
)

# Backup and restore work in transactions of their own, as their commands do.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.own_sql("transfer/backups.py", "transfer/copies.py", "transfer/restoring.py"),
]


def test_no_row_is_left_out_unnoticed():
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    kept = {model._meta.db_table for model in backups.kept_models()}

    assert tables - kept == {
        "advocacy_cache",
        "advocacy_contentversion",
        "advocacy_worker",
        "django_migrations",
        "django_session",
    }


# What is in the file


def test_anybody_with_the_key_opens_it_without_this_program(site, key, tmp_path, settings):
    settings.TOLD = {"SITE_URL": "https://example.org", "MAIL_FROM": "It's ours <a@example.org>"}
    files = opened(back_up(tmp_path / "site.age"), key)

    manifest = json.loads(files["manifest.json"])
    rows = next(t for t in manifest["tables"] if t["name"] == "advocacy_statusupdate")
    (lines,) = (text for name, text in files.items() if "/advocacy_statusupdate/" in name)
    assert rows["rows"] == len(lines.splitlines()) == 2
    read = subprocess.run(
        ["sh", "-c", 'set -a; . /dev/stdin; printf %s "$MAIL_FROM"'],
        input=files["settings.env"],
        capture_output=True,
        check=True,
    )
    assert read.stdout.decode() == "It's ours <a@example.org>"
    folder = tmp_path / "opened"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    sums = ["sha256sum", "--check", "--quiet", "site.age.sha256"]
    subprocess.run(sums, cwd=tmp_path, check=True)


def test_it_gives_away_nothing_without_the_key_and_holds_no_key(site, key, tmp_path, settings):
    file = back_up(tmp_path / "site.age")

    assert b"Another wrong" not in file.read_bytes()
    inside = b"".join(opened(file, key).values())
    assert b"Another wrong" in inside
    for secret in [settings.SECRET_KEY, *settings.ADDRESS_KEYS, "ana@example.org"]:
        assert secret.encode() not in inside
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_every_variable_is_kept_or_a_secret():
    from advocacy.settings import KEPT_IN_BACKUPS
    from tests.test_docs import settings_read

    secrets = {"SECRET_KEY", "ADDRESS_KEYS", "DATABASE_URL", "MAIL_URL", "ANYMAIL"}
    files = {f"{name}_FILE" for name in secrets}

    assert settings_read() - KEPT_IN_BACKUPS == secrets | files
    assert KEPT_IN_BACKUPS - settings_read() == set()


def test_what_is_written_meanwhile_is_not_in_it(site, key, tmp_path, monkeypatch):
    """A backup is one moment: entries without their links would break the chain."""
    if connection.vendor == "sqlite" and connection.in_atomic_block:
        pytest.fail("This test needs a transaction of its own.")
    other = connection.copy()
    made = backups._manifest

    def then_somebody_writes():
        manifest = made()
        with other.cursor() as cursor:
            cursor.execute("UPDATE advocacy_issue SET title = 'Written meanwhile'")
        return manifest

    monkeypatch.setattr(backups, "_manifest", then_somebody_writes)
    try:
        file = back_up(tmp_path / "site.age")
    finally:
        other.close()

    assert Issue.objects.filter(title="Written meanwhile").exists()
    assert b"Written meanwhile" not in b"".join(opened(file, key).values())


# What is refused


def test_without_a_key_or_over_a_file_nothing_is_written(site, key, tmp_path, settings):
    (tmp_path / "there").write_text("precious")
    with pytest.raises(CommandError, match="is there already"):
        back_up(tmp_path / "there")
    assert (tmp_path / "there").read_text() == "precious"

    settings.BACKUP_KEYS = []
    with pytest.raises(CommandError, match="BACKUP_KEYS is not set"):
        back_up(tmp_path / "site.age")
    with pytest.raises(CommandError, match="A secret key was given where a public one"):
        back_up(tmp_path / "site.age", key=[key.read_text().splitlines()[-1]])
    with pytest.raises(CommandError, match="“age1nothing” is no public key"):
        back_up(tmp_path / "site.age", key=["age1nothing"])
    assert not list(tmp_path.glob("*site.age*"))


def test_a_disk_that_is_full_leaves_no_half_of_a_backup(site, key, tmp_path, monkeypatch):
    def full(self, piece):
        self.error = OSError(28, "No space left on device")
        raise self.error

    monkeypatch.setattr(archives._Summed, "write", full)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        back_up(tmp_path / "site.age")

    assert not list(tmp_path.glob("*site.age*"))
    assert folders.last() is None
