"""A restore puts all of a backup into another database, or nothing."""

import json
import re
import stat
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from advocacy.models import (
    ContentVersion,
    Delivery,
    Edition,
    Issue,
    StatusUpdate,
    Subscriber,
    Tell,
    Worker,
)
from advocacy.transfer import archives, backups, restoring
from advocacy.version import VERSION
from tests.backups import (  # noqa: F401
    all_rows,
    back_up,
    empty,
    key_of_backups,
    opened,
    readable,
    restore,
    site_to_back_up,
)
from tests.factories import (
    make_action,
    make_issue,
    make_user,
    record,
)
from tests.postgres import Cluster, programs
from tests.running import ROOT, run

# Backup and restore work in transactions of their own, as their commands do.
pytestmark = pytest.mark.django_db(transaction=True)


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

    with pytest.raises(
        CommandError, match=r"is older than this program \(it lacks account.0001"
    ) as no:
        restore(file, key)
    assert f"restore it with the version that made it ({VERSION}), then upgrade" in str(no.value)


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
