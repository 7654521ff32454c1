"""A backup holds the whole site; a restore puts all of it into another database, or nothing."""

import io
import json
import os
import re
import stat
import subprocess
import tarfile
from datetime import UTC, datetime, timedelta

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from advocacy.models import (
    ContentVersion,
    Delivery,
    Edition,
    Issue,
    SignUp,
    StatusUpdate,
    Subscriber,
    Tell,
    Worker,
)
from advocacy.transfer import archives, backups, restoring
from advocacy.upkeep import backups as folders
from tests.factories import (
    make_action,
    make_follower,
    make_issue,
    make_report,
    make_user,
    record,
    record_look,
)
from tests.postgres import Cluster, programs
from tests.running import ROOT, run

# Backup and restore work in transactions of their own, as their commands do.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.own_sql("transfer/backups.py", "transfer/copies.py", "transfer/restoring.py"),
]


@pytest.fixture
def key(tmp_path, settings):
    """The file of a secret key, to which backups are encrypted."""
    path = tmp_path / "key"
    settings.BACKUP_KEYS = [archives.new_identity(path)]
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    settings.CONTENT_DIR = tmp_path / "record"
    return path


@pytest.fixture
def site(key):
    """Something of everything that may go wrong: moments, bytes, links, keys, other letters."""
    action = make_action()
    entry = record(action, tell=Tell.AT_ONCE, summary="Відповідь — «так». 국제노동기구\n\nSecond.")
    record_look(action, entry.happened_on + timedelta(days=3))
    make_issue(title="Another wrong")
    issue = Issue.objects.last()
    issue.title = "Another wrong, corrected"
    issue.save()
    make_follower("ana@example.org", frequency="at_once")
    SignUp.objects.ask("new@example.org", language="uk", frequency="weekly")
    make_report()
    make_user(username="olena")
    return entry


def all_rows():
    """{table: its rows}, as they are stored."""
    return {
        model._meta.db_table: list(
            backups.rows_of(model).values_list(*(f.attname for f in backups.stored_fields(model)))
        )
        for model in backups.kept_models()
    }


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def readable(tables):
    return {name: [tuple(map(plain, row)) for row in rows] for name, rows in tables.items()}


def back_up(path, **options):
    call_command("backup", str(path), verbosity=0, **options)
    return path


def restore(path, key, **options):
    call_command("restore", str(path), key=key, verbosity=0, **options)


def empty():
    call_command("flush", interactive=False, verbosity=0)


def opened(path, key):
    """{name: content} of an archive, by the programs that anybody has."""
    packed = io.BytesIO()
    pyrage.decrypt_io(io.BytesIO(path.read_bytes()), packed, archives.identities(key))
    packed.seek(0)
    with tarfile.open(fileobj=packed, mode="r:gz") as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}


# What comes back


def test_every_row_of_every_table_comes_back_and_the_record_holds(site, key, tmp_path, capsys):
    before = readable(all_rows())
    file = back_up(tmp_path / "site.age")
    assert sum(map(bool, before.values())) > 25
    empty()
    assert readable(all_rows()) != before

    restore(file, key, moved=True)

    assert readable(all_rows()) == before
    said = capsys.readouterr().out
    assert "The record holds: 2 entries" in said
    assert "ADDRESS_KEYS read everything that is encrypted." in said
    (follower,) = Subscriber.objects.all()
    assert follower.plain_address == "ana@example.org"
    assert StatusUpdate.objects.get(pk=site.pk).summary == site.summary


def test_new_rows_follow_the_restored_ones(site, key, tmp_path):
    last = Issue.objects.latest("pk").pk
    file = back_up(tmp_path / "site.age")
    empty()
    restore(file, key)

    assert make_issue().pk > last


def test_pages_that_are_kept_are_made_anew_after_a_restore(site, key, tmp_path):
    file = back_up(tmp_path / "site.age")
    before = ContentVersion.objects.total()

    restore(file, key, force=True)

    assert ContentVersion.objects.total() > before
    after = ContentVersion.objects.total()
    make_issue()
    assert ContentVersion.objects.total() > after


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
    files = {"SECRET_KEY_FILE", "ADDRESS_KEYS_FILE"}

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


def test_a_full_database_is_left_alone(site, key, tmp_path):
    file = back_up(tmp_path / "site.age")
    before = readable(all_rows())
    with pytest.raises(CommandError, match=r"The database is not empty \(.*give --force"):
        restore(file, key)
    assert readable(all_rows()) == before

    Issue.objects.filter(title="Another wrong, corrected").update(title="Changed since")
    restore(file, key, force=True, moved=True)
    assert readable(all_rows()) == before


def test_a_site_at_work_is_left_alone(site, key, tmp_path):
    file = back_up(tmp_path / "site.age")
    Worker.objects.beat("one")

    with pytest.raises(CommandError, match="stop the site first"):
        restore(file, key, force=True)


@pytest.mark.parametrize("with_checksum", [True, False])
@pytest.mark.parametrize("damage", ["cut off", "one bit", "cut off at a block", "longer"])
def test_a_damaged_file_is_refused_before_anything_is_written(
    site, key, tmp_path, damage, with_checksum
):
    file = back_up(tmp_path / "site.age")
    whole = file.read_bytes()
    middle = len(whole) // 2
    damaged = {
        "cut off": whole[:-20],
        "one bit": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "cut off at a block": whole[: len(whole) - len(whole) % 65552 or middle],
        "longer": whole + b"0",
    }[damage]
    file.write_bytes(damaged)
    if not with_checksum:
        archives.sum_file(file).unlink()
    empty()
    before = readable(all_rows())

    with pytest.raises(CommandError, match="is damaged or not whole"):
        restore(file, key)

    assert readable(all_rows()) == before


def test_another_key_and_another_file_are_said_in_one_sentence(site, key, tmp_path):
    file = back_up(tmp_path / "site.age")
    empty()
    other = tmp_path / "other"
    archives.new_identity(other)
    with pytest.raises(CommandError, match=r"This key does not open .*site\.age: give the secret"):
        restore(file, other)

    (tmp_path / "text").write_text("Not a backup.")
    with pytest.raises(CommandError, match="text is no backup: it does not begin as"):
        restore(tmp_path / "text", key)
    with pytest.raises(CommandError, match="text holds no secret key of age"):
        restore(file, tmp_path / "text")
    with pytest.raises(CommandError, match="there is no such file"):
        restore(tmp_path / "nowhere", key)


def test_a_row_that_the_database_refuses_leaves_everything_as_it_was(
    site, key, tmp_path, monkeypatch
):
    file = back_up(tmp_path / "site.age")
    Issue.objects.filter(title="Another wrong, corrected").update(title="Kept")
    before = readable(all_rows())
    insert = restoring._insert

    def twice(member, manifest):
        insert(member, manifest)
        return insert(member, manifest)

    monkeypatch.setattr(restoring, "_insert", twice)
    with pytest.raises(CommandError, match="refused a row, and nothing was written"):
        restore(file, key, force=True)

    assert readable(all_rows()) == before
    version = ContentVersion.objects.total()
    make_issue()
    assert ContentVersion.objects.total() > version


def test_a_backup_of_another_version_is_refused(site, key, tmp_path, monkeypatch):
    applied = backups.migrations_applied()
    monkeypatch.setattr(backups, "migrations_applied", lambda: applied[1:])
    file = back_up(tmp_path / "site.age")
    empty()

    with pytest.raises(CommandError, match=r"is older than this program \(it lacks account.0001"):
        restore(file, key)


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


def test_lost_keys_are_said_and_nothing_is_counted_as_none(site, key, tmp_path, settings):
    file = back_up(tmp_path / "site.age")
    empty()
    settings.ADDRESS_KEYS = ["another key altogether"]

    with pytest.raises(CommandError) as refused:
        restore(file, key)

    assert "All rows are restored, but no key in ADDRESS_KEYS reads" in str(refused.value)
    assert "1 of 1 followers, 1 of 1 sign-ups, 1 of 1 reports" in str(refused.value)
    assert Subscriber.objects.count() == 1


# Mail


def test_no_follower_gets_what_may_have_gone_out_since(site, key, tmp_path):
    follower = Subscriber.objects.get()
    running = Edition.objects.get(entry=site)
    Edition.objects.filter(pk=running.pk).update(state="sending")
    Delivery.objects.create(edition=running, subscriber=follower)
    planned = Edition.objects.plan_notice(record(make_action(), tell=Tell.NOBODY), by=make_user())
    file = back_up(tmp_path / "site.age")
    empty()

    restore(file, key)

    assert Delivery.objects.get().state == "doubtful"
    running.refresh_from_db()
    planned.refresh_from_db()
    assert (running.state, planned.state) == ("sent", "cancelled")
    assert not Edition.objects.due(timezone.now() + timedelta(days=30)).exists()


def test_the_digest_of_a_week_is_not_sent_again_after_an_older_backup(site):
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    week = monday - timedelta(days=7)
    moment = timezone.make_aware(datetime.combine(monday, datetime.min.time()))

    Edition.objects.hold_back(moment + timedelta(days=1, hours=1))
    assert not Edition.objects.filter(week=week).exists()

    Edition.objects.hold_back(moment - timedelta(hours=1))
    assert Edition.objects.plan_digest(week).state == "cancelled"


# The folder of the record


def test_the_folder_of_the_record_comes_back_beside_another_one(site, key, tmp_path, settings):
    settings.CONTENT_DIR = tmp_path / "cotton"
    (settings.CONTENT_DIR / "pages").mkdir(parents=True)
    (settings.CONTENT_DIR / "pages" / "about.md").write_text("About us")
    file = back_up(tmp_path / "site.age")
    restore(file, key, force=True)
    restored = settings.VAR_DIR / "restored"
    assert [path.name for path in restored.iterdir()] == ["settings.env"]

    (settings.CONTENT_DIR / "pages" / "about.md").write_text("About them")
    restore(file, key, force=True)

    about = restored / "content" / "pages" / "about.md"
    assert about.read_text() == "About us"
    assert stat.S_IMODE(about.stat().st_mode) == 0o600
    assert stat.S_IMODE(about.parent.stat().st_mode) == 0o700
    assert (settings.CONTENT_DIR / "pages" / "about.md").read_text() == "About them"


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


# Other databases, by the commands as an operator types them


@pytest.fixture
def cluster():
    if not programs():
        pytest.skip("PostgreSQL is not installed")
    cluster = Cluster()
    yield cluster
    cluster.remove()


@pytest.mark.programs
@pytest.mark.thorough
def test_a_site_moves_to_postgresql_and_back(cluster, tmp_path):
    variables = {"SECRET_KEY": "x", "HTTPS": "0", "CONTENT_DIR": str(tmp_path / "none")}

    def manage(folder, *arguments, url=""):
        where = {"DATABASE_URL": url} if url else {}
        (tmp_path / folder).mkdir(exist_ok=True)
        done = run("manage.py", *arguments, VAR_DIR=str(tmp_path / folder), **variables, **where)
        assert done.returncode == 0, done.stderr
        return done.stdout

    made = manage("one", "backup", "--new-key", str(tmp_path / "key"))
    variables["BACKUP_KEYS"] = re.search(r"BACKUP_KEYS=(\S+)", made)[1]
    variables["CONTENT_DIR"] = str(ROOT / "fixtures" / "north-korea")
    manage("one", "migrate", "--verbosity=0")
    manage("one", "load_content", "--verbosity=0")
    key = f"--key={tmp_path / 'key'}"
    manage("one", "backup", str(tmp_path / "one.age"))
    said = manage("two", "restore", str(tmp_path / "one.age"), key, "--moved", url=cluster.url)
    assert "The record holds: " in said
    manage("two", "backup", str(tmp_path / "two.age"), url=cluster.url)
    manage("three", "restore", str(tmp_path / "two.age"), key, "--moved")
    manage("three", "backup", str(tmp_path / "three.age"))

    files = [opened(tmp_path / f"{name}.age", tmp_path / "key") for name in ("one", "two", "three")]
    tables = [rows_in(archive) for archive in files]
    assert len(tables[0]["advocacy_translation"]) > 1000
    assert tables[0] == tables[1] == tables[2]


def rows_in(files):
    tables = {}
    for name, content in sorted(files.items()):
        if name.startswith("rows/"):
            tables.setdefault(name.split("/")[1], []).extend(
                json.loads(line) for line in content.splitlines()
            )
    return tables
