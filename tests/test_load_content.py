"""load_content: the launch content, loaded as often as one likes, and never against staff."""

import json
import re
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from advocacy.management.commands.load_content import FILES
from advocacy.management.content_report import MOST_NAMED
from advocacy.models import (
    Issue,
    LoadedRecord,
    RecommendedAction,
    StatusUpdate,
    TargetBody,
    Topic,
)
from tests.dossier import few_rows, rows_of, write_rows
from tests.factories import make_issue, make_user, record
from tests.running import run

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

SETTINGS = "advocacy.settings"
LOAD_AND_SHOW_THE_FEED = """
import django; django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("load_content", verbosity=0)
feed = Client().get("/en/updates.atom?looks=1", secure=True, HTTP_HOST="localhost")
print(feed.content.decode())
"""


@pytest.fixture
def folder(tmp_path):
    """A few rows of the dossier, to break. The whole of it is loaded in tests/test_content.py."""
    return few_rows(tmp_path)


def rewrite(folder, file, change):
    changed = rows_of(folder, file)
    change(changed)
    write_rows(folder, file, changed)


def load(folder, capsys, **options):
    call_command("load_content", folder=str(folder), verbosity=0, **options)
    return capsys.readouterr().out


def refusal(folder):
    with pytest.raises(CommandError) as refused:
        call_command("load_content", folder=str(folder), verbosity=0)
    assert not Issue.objects.exists()
    assert not TargetBody.objects.exists()
    assert not StatusUpdate.objects.exists()
    return str(refused.value)


def counts():
    return {model: model._default_manager.count() for model in FILES.values()}


def test_another_dossier_is_loaded_where_the_settings_name_it(capsys, folder, settings):
    settings.CONTENT_DIR = folder
    rewrite(folder, "issues.json", lambda rows: rows[0]["fields"].update(title="Another wrong"))

    call_command("load_content", verbosity=0)

    assert Issue.objects.filter(title="Another wrong").exists()


def test_an_entry_has_the_same_id_in_every_database(folder, tmp_path):
    """Two sites that are installed afresh, each by programs of its own."""
    feeds = set()
    for name in ("one", "two"):
        variables = {
            "SECRET_KEY": name,
            "ADDRESS_KEYS": name,
            "DATABASE_URL": f"sqlite:///{tmp_path}/{name}.sqlite3",
            "VAR_DIR": str(tmp_path / name),
            "CONTENT_DIR": str(folder),
        }
        made = run("-c", LOAD_AND_SHOW_THE_FEED, DJANGO_SETTINGS_MODULE=SETTINGS, **variables)
        assert made.returncode == 0, made.stderr
        feeds.add(tuple(re.findall(r"<id>(urn:uuid:[^<]+)</id>", made.stdout)))

    (ids,) = feeds
    assert len(set(ids)) == len(rows_of(folder, "status_updates.json"))


def test_loading_twice_changes_nothing(capsys, folder):
    first = load(folder, capsys)
    stored = counts()

    second = load(folder, capsys)

    # And whose record it is.
    total = sum(len(rows_of(folder, file)) for file in FILES) + 1
    assert (
        first == f"Content loaded: {total} new, 0 changed, 0 same, 0 kept as staff edited them.\n"
    )
    assert (
        second == f"Content loaded: 0 new, 0 changed, {total} same, 0 kept as staff edited them.\n"
    )
    assert counts() == stored


def test_a_changed_row_is_taken_over(capsys, folder):
    load(folder, capsys)
    rewrite(folder, "issues.json", lambda rows: rows[0]["fields"].update(title="A better title"))

    report = load(folder, capsys)

    assert " 0 new, 1 changed, " in report
    assert Issue.objects.filter(title="A better title").count() == 1


def test_what_staff_edited_is_kept(capsys, folder):
    load(folder, capsys)
    issue = Issue.objects.first()
    issue.title, issue.edited_by_staff_at = "As our editor wrote it", timezone.now()
    issue.save()

    report = load(folder, capsys)

    issue.refresh_from_db()
    assert issue.title == "As our editor wrote it"
    assert "1 kept as staff edited them" in report


def test_what_staff_recorded_is_kept(capsys, folder):
    load(folder, capsys)
    action = RecommendedAction.objects.with_status().matching(status="not_checked").first()
    update = record(action, happened_on=date(2026, 11, 23))

    load(folder, capsys)

    assert StatusUpdate.objects.get(pk=update.pk).summary == update.summary
    assert RecommendedAction.objects.with_status().get(pk=action.pk).status == "under_discussion"


def test_rows_that_no_fixture_names_are_reported_and_left(capsys, folder):
    load(folder, capsys)
    make_issue(title="From nowhere")
    make_issue(title="Made by staff", edited_by_staff_at=timezone.now())

    report = load(folder, capsys)

    assert "No file names issue “From nowhere”; left as it is." in report
    assert "Made by staff" not in report
    assert Issue.objects.filter(title="From nowhere").exists()


def test_a_dry_run_names_what_would_change_and_saves_nothing(capsys, folder):
    rewrite(folder, "topics.json", lambda rows: rows.extend(more_topics(rows[0], 5)))

    report = load(folder, capsys, dry_run=True)

    # And whose record it is.
    total = sum(len(rows_of(folder, file)) for file in FILES) + 1
    first, *lines, last = report.splitlines()
    assert first == f"New ({total}):"
    assert f"  bodies.json: {rows_of(folder, 'bodies.json')[0]['fields']['slug']}" in lines
    assert len(lines) == MOST_NAMED + 1
    assert lines[-1] == f"  … and {total - MOST_NAMED} more"
    assert last.startswith(f"Nothing was saved (--dry-run): {total} new, 0 changed")
    assert not Issue.objects.exists()
    assert not LoadedRecord.objects.exists()


def more_topics(topic, number):
    for n in range(number):
        yield topic | {"fields": topic["fields"] | {"slug": f"topic-{n}", "name": f"Topic {n}"}}


def test_a_dry_run_says_in_which_fields_a_row_differs(capsys, folder):
    load(folder, capsys)
    TargetBody.objects.filter(pk=TargetBody.objects.first().pk).update(
        edited_by_staff_at=timezone.now()
    )
    rewrite(
        folder,
        "issues.json",
        lambda rows: rows[0]["fields"].update(title="A better title", topics=[["labour-law"]]),
    )

    report = load(folder, capsys, dry_run=True).splitlines()

    key = rows_of(folder, "issues.json")[0]["fields"]["slug"]
    assert report[:2] == ["Changed (1):", f"  issues.json: {key} (title, topics)"]
    assert report[2] == "Kept as staff edited them (1):"
    assert report[3].startswith("  bodies.json: ")
    assert " 0 new, 1 changed, " in report[-1]
    assert not Issue.objects.filter(title="A better title").exists()


def test_a_file_may_be_left_out(capsys, folder):
    for file in FILES:
        if file != "topics.json":
            (folder / file).unlink()

    assert f"{len(rows_of(folder, 'topics.json')) + 1} new, " in load(folder, capsys)


def test_a_folder_that_is_no_record_is_refused_with_the_way_to_one(tmp_path):
    for folder, fault in [(tmp_path / "nowhere", "is no folder"), (tmp_path, "holds no file")]:
        said = refusal(folder)
        assert said.startswith(f"{folder} {fault}")
        assert "topics.json, organisations.json" in said
        assert said.endswith(f"manage.py new_record {folder}")


def test_a_file_that_nothing_reads_is_named(capsys, folder):
    for name in ("bodys.json", "notes.txt", "README.md", ".gitignore"):
        (folder / name).write_text("[]")
    Image.new("RGB", (60, 60)).save(folder / "logo.png")
    site = json.loads((folder / "site.json").read_text())
    (folder / "site.json").write_text(json.dumps(site | {"logo": "logo.png"}))

    report = load(folder, capsys).splitlines()

    assert report[:-1] == [
        "bodys.json is not read; did you mean bodies.json?",
        "notes.txt is not read.",
    ]


def test_a_comment_beside_a_row_is_not_read(capsys, folder):
    rewrite(folder, "topics.json", lambda rows: rows[0].update(_comment="Begin here."))

    load(folder, capsys)

    assert Topic.objects.filter(slug=rows_of(folder, "topics.json")[0]["fields"]["slug"]).exists()


def test_two_records_never_meet_in_one_database(capsys, folder, tmp_path):
    load(folder, capsys)
    other = few_rows(tmp_path / "cotton")
    site = json.loads((other / "site.json").read_text())
    (other / "site.json").write_text(json.dumps(site | {"record": "cotton"}))
    rewrite(other, "issues.json", lambda rows: rows[0]["fields"].update(title="Cotton"))

    with pytest.raises(CommandError) as refused:
        load(other, capsys)

    said = str(refused.value)
    assert said.startswith("This database holds the record “north-korea”, and ")
    assert "another VAR_DIR or DATABASE_URL" in said
    assert said.endswith("Nothing was saved.")
    assert not Issue.objects.filter(title="Cotton").exists()

    # The same record from another folder is the same record; one without a key has its name.
    (other / "site.json").unlink()
    other.rename(tmp_path / "north-korea")
    load(tmp_path / "north-korea", capsys)
    assert Issue.objects.filter(title="Cotton").exists()


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        (
            "actions.json",
            lambda rows: rows[-1]["fields"].update(body=["atlantis"]),
            "actions.json, {key}: it names something unknown",
        ),
        (
            "checklist_steps.json",
            lambda rows: rows[-1]["fields"].update(audience="martians"),
            "checklist_steps.json, {key}: audience: Value 'martians' is not a valid choice.",
        ),
        (
            "seats.json",
            lambda rows: rows[-1]["fields"].update(starts_on="yesterday"),
            "seats.json, {key}: ",
        ),
        (
            "bodies.json",
            lambda rows: rows[-1]["fields"].update(colour="red"),
            "bodies.json, {key}: ",
        ),
        (
            "issues.json",
            lambda rows: rows.append(rows[-1]),
            "issues.json, {key}: the key stands twice in the file. It begins at line ",
        ),
        (
            "issues.json",
            lambda rows: rows[-1].update(model="advocacy.topic"),
            "issues.json, {key}: every row needs “model”: “advocacy.issue”",
        ),
        (
            "status_updates.json",
            lambda rows: rows[-1]["fields"].update(status="solved"),
            "status_updates.json, {key}: ",
        ),
        (
            "status_updates.json",
            lambda rows: rows[-1]["fields"].update(sources=[], search_log=None),
            "status_updates.json, {key}: ",
        ),
        (
            "status_updates.json",
            lambda rows: rows[-1]["fields"].update(sourcs=[]),
            "status_updates.json, {key}: ",
        ),
    ],
)
def test_a_broken_row_is_named_and_nothing_is_saved(folder, file, change, message):
    fields = rows_of(folder, file)[-1]["fields"]
    key = fields.get("slug") or fields["key"]
    rewrite(folder, file, change)

    said = refusal(folder)

    assert message.format(key=key) in said
    assert said.endswith("Nothing was saved.")


def test_broken_json_is_named(folder):
    (folder / "topics.json").write_text("[{,", encoding="utf-8")
    assert "topics.json is not JSON" in refusal(folder)

    (folder / "topics.json").write_text("{}", encoding="utf-8")
    assert "topics.json must be a list of rows" in refusal(folder)


def test_a_rewritten_entry_of_the_record_is_refused(capsys, folder):
    load(folder, capsys)
    key = rows_of(folder, "status_updates.json")[0]["fields"]["key"]
    before = StatusUpdate.objects.get(key=key).summary
    rewrite(
        folder,
        "status_updates.json",
        lambda rows: rows[0]["fields"].update(summary="It was never so."),
    )

    with pytest.raises(CommandError, match="append-only, and this entry now differs in summary"):
        load(folder, capsys)

    assert StatusUpdate.objects.get(key=key).summary == before


def test_the_account_that_loads_cannot_sign_in(capsys, folder):
    load(folder, capsys)

    author = StatusUpdate.objects.first().recorded_by

    assert not author.is_active
    assert not author.is_staff
    assert not author.has_usable_password()
    assert make_user().is_staff
