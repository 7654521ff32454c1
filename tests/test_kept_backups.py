"""A folder of backups keeps those of some days, and the site says when the last one is too old."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Worker
from advocacy.transfer import archives
from advocacy.upkeep import backups as folders
from tests.backups import (  # noqa: F401
    key_of_backups,
    restore,
    site_to_back_up,
)
from tests.factories import make_follower

# Backup and restore work in transactions of their own, as their commands do.
pytestmark = pytest.mark.django_db(transaction=True)


# A folder of backups


def test_so_many_days_weeks_and_months_are_kept():
    newest = datetime(2026, 11, 27, 3, tzinfo=UTC)
    daily = [newest - timedelta(days=number) for number in range(500)]

    kept = sorted(folders.kept(daily), reverse=True)

    days = [moment.date().isoformat() for moment in kept]
    assert days[:7] == [f"2026-11-{day}" for day in (27, 26, 25, 24, 23, 22, 21)]
    # The last day of each week, and of each month.
    assert days[7:] == ["2026-11-15", "2026-11-08"] + [
        f"{year}-{month:02}-{day}"
        for year, month, day in [
            (2026, 10, 31),
            (2026, 9, 30),
            (2026, 8, 31),
            (2026, 7, 31),
            (2026, 6, 30),
            (2026, 5, 31),
            (2026, 4, 30),
            (2026, 3, 31),
            (2026, 2, 28),
            (2026, 1, 31),
            (2025, 12, 31),
        ]
    ]
    # However long none was made, the last ones stay.
    assert folders.kept(daily[400:403]) == set(daily[400:403])
    assert folders.kept([]) == set()


def test_a_backup_into_a_folder_deletes_old_ones_of_its_own_and_nothing_else(site, key, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    now = timezone.now()
    old = [folder / folders.name_for(now - timedelta(days=days)) for days in range(1, 40)]
    for path in old:
        path.write_text("old")
        archives.sum_file(path).write_text("sum")
    foreign = ["answerable-2020.tar.gz.age", "notes.txt", "answerable-20200101T000000Z.tar.gz"]
    for name in foreign:
        (folder / name).write_text("mine")
    os.utime(folder / "notes.txt", (0, 0))
    cut_off = folder / f".{folders.name_for(now)}.0123abcd.partial"
    cut_off.write_text("half")
    os.utime(cut_off, (0, 0))

    call_command("backup", keep=folder, verbosity=0)

    left = {path.name for path in folder.iterdir()}
    assert set(foreign) <= left
    assert cut_off.name not in left
    ours = sorted(name for name in left if folders.NAME.fullmatch(name))
    assert 8 < len(ours) < 14
    assert {f"{name}.sha256" for name in ours} <= left
    made = folder / ours[-1]
    assert folders.last().file == made.name
    restore(made, key, force=True)


def test_a_backup_that_fails_deletes_none(site, key, tmp_path, monkeypatch):
    folder = tmp_path / "backups"
    folder.mkdir()
    old = [folder / folders.name_for(timezone.now() - timedelta(days=n)) for n in range(1, 40)]
    for path in old:
        path.write_text("old")

    def no_disk(folder):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(archives, "_reach_the_disk", no_disk)

    with pytest.raises(CommandError, match="cannot be written: Input/output error"):
        call_command("backup", keep=folder, verbosity=0)

    assert set(old) < set(folder.iterdir())
    assert folders.last() is None


# Whether it works


def backup_check(client):
    answer = client.get("/readyz")
    found = json.loads(answer.content)
    failed = [name for name, check in found.items() if check["ok"] is False]
    return failed, found["backup"]["ok"], found["backup"]["what"]


def test_where_nobody_set_backups_up_that_is_said_and_nothing_fails(client, editor, settings, key):
    settings.BACKUP_KEYS = []
    Worker.objects.beat("one")

    assert client.get("/readyz").status_code == 200
    assert backup_check(client) == ([], None, "No backup was made.")
    desk = client.get(reverse("admin:index")).text
    assert '<p class="caution">No backup was made. ' in desk
    assert "standstill" not in desk


def test_a_backup_older_than_two_days_fails(client, editor, key, tmp_path):
    Worker.objects.beat("one")
    path = tmp_path / "site.age"
    now = timezone.now()
    folders.note(now - timedelta(days=2) + timedelta(minutes=1), path)
    assert backup_check(client) == ([], True, "There is a backup of the last two days.")

    folders.note(now - timedelta(days=2, minutes=1), path)

    failed, _ok, what = backup_check(client)
    assert (failed, what) == (["backup"], "The last good backup is older than two days.")
    desk = client.get(reverse("admin:index")).text
    assert "The last good backup is older than two days. Since " in desk


def test_backups_that_were_set_up_and_never_made_fail_after_two_days(client, key):
    Worker.objects.beat("one")
    assert backup_check(client) == ([], None, "No backup was made.")

    applied = MigrationRecorder.Migration.objects.all()
    before = dict(applied.values_list("pk", "applied"))
    applied.update(applied=timezone.now() - timedelta(days=3))
    try:
        assert backup_check(client) == (["backup"], False, "No backup was made.")
    finally:
        for pk, moment in before.items():
            applied.filter(pk=pk).update(applied=moment)


def test_keys_that_are_lost_are_seen_before_a_mail_fails(client, key, settings):
    Worker.objects.beat("one")
    make_follower()
    assert client.get("/readyz").status_code == 200

    settings.ADDRESS_KEYS = ["another key altogether"]

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "No key in ADDRESS_KEYS reads" in json.loads(answer.content)["keys"]["what"]
