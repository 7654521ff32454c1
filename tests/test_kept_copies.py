"""Copies of sources: read again, changed, lost, kept by the worker, and not to be kept."""

import errno
import os
import time
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from advocacy.models import CopyOutcome, KeptCopy, Reading, Source, copy_files
from advocacy.models.kept_copies import MOST_BYTES
from advocacy.upkeep import evidence, tasks
from tests.backups import back_up, empty, key_of_backups, opened, restore  # noqa: F401
from tests.bundles import made_in
from tests.factories import make_action, make_source, record
from tests.fake_web import fake_web, files, keep, page  # noqa: F401
from tests.staff import person
from tests.test_withholding import make_groups, withhold

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/kept_copies.py")]


@pytest.fixture
def roles():
    make_groups()


def later(days):
    return timezone.now() + timedelta(days=days)


# Read again


def test_the_same_is_no_second_copy_and_other_words_are_a_line_on_the_list(web, roles):
    source = make_source(url=web.put("/", page("They promised.")))
    keep(source)
    keep(source)
    assert KeptCopy.objects.count() == 1
    assert not Source.objects.changed().exists()

    web.put("/", page("They refused."))
    keep(source)

    assert list(Source.objects.changed()) == [source]
    new, old = Source.objects.get().kept_copies
    assert (old.read(), new.read()) == (page("They promised."), page("They refused."))

    new.note_looked(by=person("Editor"))
    assert not Source.objects.changed().exists()
    web.put("/", page("They promised."))
    keep(source)
    assert list(Source.objects.changed()) == [source]


def test_other_scripts_and_marks_in_a_page_are_no_change_and_other_links_are(web):
    def with_noise(number, link="/a"):
        noise = (
            f"<script nonce={number}>f({number})</script><!-- {number} --><style>.x{number} {{}}"
        )
        return page(
            f'They <b id="{number}">promised</b> <a href="{link}">it</a>.', noise + "</style>"
        )

    source = make_source(url=web.put("/", with_noise(1)))
    keep(source)
    web.put("/", with_noise(2))
    keep(source)
    assert KeptCopy.objects.count() == len(files()) == 1
    assert not Source.objects.changed().exists()
    # That other bytes came is said all the same.
    assert list(Source.objects.with_other_bytes()) == [source]
    came = sha256(with_noise(2)).hexdigest()
    assert list(KeptCopy.objects.values_list("last_sha256")) == [(came,)]

    web.put("/", with_noise(1))
    keep(source)
    assert not Source.objects.with_other_bytes().exists()

    web.put("/", with_noise(2, link="/other"))
    keep(source)
    assert list(Source.objects.changed()) == [source]


@pytest.mark.parametrize("piece", [b"<script", b"<!--", b"<", b"<a ", b"<div>", b"<meta "])
def test_a_page_made_to_keep_us_busy_is_read_in_no_time(piece):
    began = time.process_time()

    evidence.what_is_read(piece * (2_000_000 // len(piece)))

    assert time.process_time() - began < 5


def test_another_hash_than_the_person_had_who_read_it_is_a_change(web):
    source = make_source(url=web.put("/", page("They promised.")), sha256="a" * 64)
    keep(source)
    same = make_source(url=source.url, sha256=sha256(page("They promised.")).hexdigest())
    keep(same)

    assert list(Source.objects.changed()) == [source]


def test_no_entry_changes_because_a_page_did(web, client):
    source = make_source(url=web.put("/", page("They promised.")))
    entry = record(make_action(slug="ask"), sources=[source])
    before = type(entry).objects.values().get()
    keep(source)
    web.put("/", page("They refused."))
    keep(source)

    assert type(entry).objects.values().get() == before
    call_command("verify_record", verbosity=0)


def test_failures_are_one_row_and_tried_after_a_day_a_week_and_then_each_month(web):
    source = make_source(url=web.put("/", status=500))
    now = timezone.now()
    due = []
    for wait in (1, 7, 28, 28):
        reading = Reading(CopyOutcome.FAILED, "500 Internal Server Error")
        source.note_reading(reading, url=source.url, now=now)
        just_before = now + timedelta(days=wait, hours=-1)
        now += timedelta(days=wait, hours=1)
        due.append(
            (
                Source.objects.copies_to_try(just_before).exists(),
                Source.objects.copies_to_try(now).exists(),
            )
        )
    assert due == [(False, True)] * 4
    assert KeptCopy.objects.get().tries == 4

    keep(source)
    web.put("/", page("They promised."))
    keep(source)
    assert not Source.objects.copies_to_try(later(27)).exists()
    assert list(Source.objects.copies_to_try(later(29))) == [source]


def test_another_address_is_read_at_once_and_its_page_is_no_change(web):
    source = make_source(url=web.put("/old", page("They promised.")))
    keep(source)
    Source.objects.update(url=web.put("/new", page("They refused.")))
    source.refresh_from_db()
    assert list(Source.objects.copies_to_try()) == [source]
    assert list(Source.objects.without_copy()) == [source]

    # What was read at the old address meanwhile is said of neither.
    assert source.note_reading(Reading(CopyOutcome.FAILED, "x"), url=f"{web.address}/old") is None
    assert keep(source)[0] == "kept"
    assert not Source.objects.changed().exists()


def test_lists_ask_the_database_once_however_many_there_are(web, django_assert_num_queries):
    for number in range(3):
        source = make_source(url=web.put(f"/{number}", page("They promised.")))
        keep(source)
        web.put(f"/{number}", page("They refused."))
        keep(source)
    make_source()

    with django_assert_num_queries(2):
        rows = list(Source.objects.changed().prefetch_related("copies"))
        assert [len(row.kept_copies) for row in rows] == [2, 2, 2]
    with django_assert_num_queries(1):
        assert len(Source.objects.without_copy()) == 1
    with django_assert_num_queries(1):
        assert len(Source.objects.copies_to_try(later(30))) == 4


# The disk


def test_a_full_disk_is_said_and_leaves_nothing_half_written(web, monkeypatch):
    def full(number):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    source = make_source(url=web.put("/", page("They promised.")))
    monkeypatch.setattr(os, "fsync", full)

    why = "The copy could not be written: No space left on device."
    assert keep(source) == ("failed", why)
    assert files() == []
    with pytest.raises(CommandError, match="1 copies could not be kept here"):
        call_command("keep_evidence", again=True, verbosity=0)

    monkeypatch.undo()
    assert list(Source.objects.copies_to_try(later(8))) == [source]


def test_the_room_that_the_site_needs_is_left(web, settings):
    settings.LEAST_FREE_DISK = 10**9
    source = make_source(url=web.put("/", page("They promised.")))

    assert keep(source)[0] == "failed"
    assert files() == []


def test_a_file_that_was_lost_or_damaged_is_named_and_kept_again(web, capsys):
    source = make_source(url=web.put("/", page("They promised.")))
    keep(source)
    (path,) = copy_files.there()
    path.write_bytes(b"other bytes")

    with pytest.raises(OSError, match="is damaged"):
        KeptCopy.objects.get().read()
    with pytest.raises(CommandError, match="1 copies are gone or damaged"):
        call_command("keep_evidence", verbosity=0)
    assert f"{path.name} of {source.url}" in capsys.readouterr().err

    call_command("keep_evidence", again=True, verbosity=0)
    assert KeptCopy.objects.get().read() == page("They promised.")


def test_files_that_no_source_names_are_deleted_after_a_day(web):
    gone, stays = (make_source(url=web.put(path, page(path))) for path in ("/gone", "/stays"))
    keep(gone)
    keep(stays)
    Source.objects.filter(pk=gone.pk).delete()
    assert tasks.purge()["copies that no source names"] == 0

    day_ago = time.time() - 25 * 3600
    for path in copy_files.there():
        os.utime(path, (day_ago, day_ago))
    assert tasks.purge()["copies that no source names"] == 1
    assert files() == [KeptCopy.objects.get().sha256]

    # Of another database none is deleted.
    KeptCopy.objects.all().delete()
    assert tasks.purge()["copies that no source names"] == 0


# What must not be kept


def test_where_words_are_withheld_no_file_holds_them_and_nothing_is_read_again(
    web, roles, django_capture_on_commit_callbacks
):
    withheld = make_source(url=web.put("/", page("The name of somebody.")), quote="The name")
    keep(withheld)
    twin = make_source(url=withheld.url)
    keep(twin)
    other = make_source(url=web.put("/other", page("They promised.")))
    keep(other)
    before = len(web.asked)

    with django_capture_on_commit_callbacks(execute=True):
        withhold(withheld, "quote")

    assert not any(b"somebody" in path.read_bytes() for path in copy_files.there())
    assert files() == [other.kept_copies[0].sha256]
    rows = KeptCopy.objects.filter(source__in=[withheld, twin])
    assert {(row.outcome, row.sha256) for row in rows} == {("withheld", "")}
    assert list(Source.objects.copies_to_try(later(1000))) == [other]
    call_command("keep_evidence", again=True, verbosity=0)
    assert len(web.asked) - before == 2  # The rules and the page of the other one.


def test_a_source_with_the_same_bytes_keeps_its_other_copies(
    web, roles, django_capture_on_commit_callbacks
):
    twin = make_source(url=web.put("/twin", page("They promised.")))
    keep(twin)
    (other,) = files()
    web.put("/twin", page("The name of somebody."))
    evidence.Keeper().keep(Source.objects.get(pk=twin.pk))
    withheld = make_source(url=web.put("/", page("The name of somebody.")), quote="The name")
    keep(withheld)

    with django_capture_on_commit_callbacks(execute=True):
        withhold(withheld, "quote")

    assert files() == [other]
    assert [row.outcome for row in twin.copies.order_by("asked_at")] == ["kept", "withheld"]
    assert not Source.objects.copies_to_try(later(1000)).exists()
    assert keep(twin) is None


def test_what_shows_people_at_risk_at_one_source_takes_no_copy_of_another(
    web, django_capture_on_commit_callbacks
):
    at_risk, other = (
        make_source(url=web.put(path, page("A face."))) for path in ("/one", "/other")
    )
    keep(at_risk)
    keep(other)
    Source.objects.filter(pk=at_risk.pk).update(exposes_people=True)

    with django_capture_on_commit_callbacks(execute=True):
        evidence.keep_evidence.call()

    assert [row.outcome for row in at_risk.copies.all()] == ["at_risk"]
    assert files() == [other.kept_copies[0].sha256]


def test_what_was_being_read_while_words_were_withheld_is_not_kept(web, roles, monkeypatch):
    source = make_source(url=web.put("/", page("The name of somebody.")), quote="The name")
    write = copy_files.write

    def meanwhile(content):
        digest = write(content)
        withhold(source, "quote")
        return digest

    monkeypatch.setattr(copy_files, "write", meanwhile)

    assert keep(source) is None
    assert files() == []
    assert KeptCopy.objects.get().outcome == "withheld"


def test_of_a_page_that_may_show_people_at_risk_no_byte_is_kept(
    web, django_capture_on_commit_callbacks
):
    source = make_source(url=web.put("/", page("A face.")), exposes_people=True)
    assert keep(source) == ("at_risk", "")
    assert web.asked == []

    kept = make_source(url=web.put("/later", page("Another face.")))
    keep(kept)
    Source.objects.filter(pk=kept.pk).update(exposes_people=True)
    with django_capture_on_commit_callbacks(execute=True):
        evidence.keep_evidence.call()
    assert files() == []
    assert [row.outcome for row in kept.copies.all()] == ["at_risk"]
    assert not Source.objects.copies_to_try(later(1000)).exists()

    Source.objects.filter(pk=kept.pk).update(exposes_people=False)
    assert list(Source.objects.copies_to_try()) == [kept]
    assert keep(kept)[0] == "kept"


def test_nobody_looks_at_a_change_who_may_not_change_sources(web, roles):
    source = make_source(url=web.put("/", page("They promised.")))
    keep(source)

    with pytest.raises(PermissionDenied):
        KeptCopy.objects.get().note_looked(by=person("Translator"))


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "kept"},
        {"outcome": "kept", "sha256": "A" * 64, "size": 1},
        {"outcome": "kept", "sha256": "a" * 64},
        {"outcome": "kept", "sha256": "a" * 64, "size": MOST_BYTES + 1},
        {"outcome": "failed", "sha256": "a" * 64, "size": 1},
        {"outcome": "seen"},
        {"outcome": "failed", "last_sha256": "a" * 64},
        {"outcome": "kept", "sha256": "a" * 64, "size": 1, "last_sha256": "a"},
        {"outcome": "failed", "looked_at": timezone.now()},
        {"outcome": "failed", "last_asked_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_the_database_refuses_a_copy_that_says_other_than_it_is(fields):
    source = make_source()
    with suppress(IntegrityError), transaction.atomic():
        KeptCopy.objects.create(source=source, url=source.url, **fields)

    assert not KeptCopy.objects.exists()


# The worker and the command


def test_the_worker_keeps_copies_where_that_is_wanted_and_never_more_than_so_many(
    web, queue, settings, monkeypatch
):
    monkeypatch.setattr(evidence, "COPIES_AN_HOUR", 2)
    for number in range(3):
        make_source(url=web.put(f"/{number}", page("They promised.")))
    settings.KEEP_EVIDENCE = False
    queue()
    assert web.asked == []

    settings.KEEP_EVIDENCE = True
    queue()
    queue()
    assert KeptCopy.objects.count() == 2
    KeptCopy.objects.update(asked_at=later(-1), last_asked_at=later(-1))
    queue()
    assert KeptCopy.objects.count() == 3
    # With nothing to do no task is queued.
    number = DBTaskResult.objects.count()
    KeptCopy.objects.update(asked_at=later(-1), last_asked_at=later(-1))
    queue()
    assert DBTaskResult.objects.count() == number


def test_slow_sites_are_read_for_a_minute_and_the_rest_in_a_task_of_its_own(
    web, queue, settings, monkeypatch
):
    settings.KEEP_EVIDENCE = True
    monkeypatch.setattr(evidence, "SECONDS_OF_COPIES", 0.15)
    monkeypatch.setattr(evidence, "SECONDS_BETWEEN", 0.1)
    for number in range(3):
        make_source(url=web.put(f"/{number}", page("They promised.")))

    queue()

    assert KeptCopy.objects.kept().count() == 3
    path = evidence.keep_evidence.module_path
    assert DBTaskResult.objects.filter(task_path=path, status="SUCCESSFUL").count() >= 2


def test_the_command_reads_what_is_due_and_counts_what_came(web, capsys):
    make_source(url=web.put("/", page("They promised.")))
    make_source(url=web.put("/x", b"x", "image/png"))

    call_command("keep_evidence")
    assert "2 sources read: 1 kept; 1 neither a page nor a PDF." in capsys.readouterr().out

    call_command("keep_evidence", verbosity=0)
    assert "0 sources read: none was due." in capsys.readouterr().out
    call_command("keep_evidence", again=True, verbosity=0)
    assert "2 sources read" in capsys.readouterr().out


def test_the_command_may_be_stopped_and_what_was_kept_stays(web, capsys, monkeypatch):
    for number in range(2):
        make_source(url=web.put(f"/{number}", page(f"Page {number}.")))
    keep_one = evidence.Keeper.keep

    def then_somebody_stops_it(self, source):
        if KeptCopy.objects.exists():
            raise KeyboardInterrupt
        return keep_one(self, source)

    monkeypatch.setattr(evidence.Keeper, "keep", then_somebody_stops_it)
    with pytest.raises(CommandError, match="Stopped") as stopped:
        call_command("keep_evidence", verbosity=0)

    assert stopped.value.returncode == 130
    assert "1 sources read: 1 kept." in capsys.readouterr().out
    assert [copy.read() for copy in KeptCopy.objects.all()] == [page("Page 0.")]


# Backups, and what the public gets


@pytest.mark.django_db(transaction=True)
def test_copies_are_in_a_backup_and_come_back_with_their_hash(web, key, tmp_path, capsys):
    sources = [make_source(url=web.put(f"/{n}", page(f"Page {n}."))) for n in range(2)]
    for source in sources:
        keep(source)
    lost, stays = sorted(KeptCopy.objects.all(), key=lambda copy: copy.sha256)
    lost.path.unlink()

    file = back_up(tmp_path / "site.age")
    assert "1 copies of sources are not in it" in capsys.readouterr().err
    inside = opened(file, key)
    assert [n for n in inside if n.startswith("evidence/")] == [f"evidence/{stays.sha256}"]

    content = stays.read()
    stays.path.unlink()
    empty()
    restore(file, key)

    assert KeptCopy.objects.get(sha256=stays.sha256).read() == content
    assert "1 copies of sources are named and not there" in capsys.readouterr().err
    assert files() == [stays.sha256]


def test_the_public_zip_holds_no_copy(web, tmp_path, monkeypatch):
    source = make_source(url=web.put("/", page("Words of their page.")))
    record(make_action(slug="ask"), sources=[source])
    keep(source)

    made_in(tmp_path / "unpacked", pages=False, monkeypatch=monkeypatch)

    inside = [path for path in (tmp_path / "unpacked").rglob("*") if path.is_file()]
    assert len(inside) > 10
    assert not any(b"Words of their page" in path.read_bytes() for path in inside)
    assert not any("evidence" in path.parts for path in inside)
