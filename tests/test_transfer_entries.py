"""Entries of the record in files: added through the verb that records, and never changed."""

import csv
import io
import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from advocacy import transfer
from advocacy.models import Edition, RecommendedAction, StatusUpdate, Tell
from advocacy.models.responses import uuid_of
from tests.factories import (
    make_action,
    make_follower,
    make_organisation,
    make_search_log,
    make_source,
    make_user,
    record,
    record_look,
)
from tests.test_transfer import counted, exported, read

pytestmark = pytest.mark.django_db

COLUMNS = [
    "key",
    "action",
    "status",
    "happened_on",
    "summary",
    "asserted_by",
    "verification",
    "sources",
    "search_log",
    "corrects",
    "correction_reason",
]
MET = {
    "action": "ask",
    "status": "under_discussion",
    "happened_on": "2025-03-03",
    "summary": "It met.",
    "asserted_by": "body",
    "verification": "documented",
    "sources": "briefing",
}


def file_of(*rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def ask():
    make_source(key="briefing")
    make_source(key="copy", is_weak=True)
    make_search_log(key="searched", searched_on=date(2025, 2, 2))
    return make_action(slug="ask", asked_by=[make_organisation()])


def test_entries_come_in_by_the_verb_and_are_told_to_nobody(ask, editor):
    make_follower(frequency="at_once")
    look = {
        "key": "looked",
        "action": "ask",
        "happened_on": "2025-02-02",
        "asserted_by": "us",
        "verification": "documented",
        "search_log": "searched",
    }
    wrong = MET | {"key": "wrong", "happened_on": "2025-03-04"}
    right = MET | {"key": "right", "corrects": "wrong", "correction_reason": "The day was wrong."}
    text = file_of(look, wrong, right)

    assert counted(read("entries", text, by=editor, dry_run=True)) == {"new": 3}
    assert not StatusUpdate.objects.exists()
    assert counted(read("entries", text, by=editor)) == {"new": 3}

    looked, first, second = StatusUpdate.objects.order_by("pk")
    assert (looked.is_look, looked.search_log.key) == (True, "searched")
    assert (second.corrects, first.is_corrected) == (first, True)
    assert {entry.recorded_by for entry in (looked, first, second)} == {editor}
    assert {source.key for source in second.sources.all()} == {"briefing"}
    assert second.uuid == uuid_of("ask", "right", date(2025, 3, 3))
    assert set(StatusUpdate.objects.values_list("tell", flat=True)) == {Tell.NOBODY}
    assert not Edition.objects.exists()
    standing = RecommendedAction.objects.with_status().get().standing
    assert standing.status == "under_discussion"
    call_command("verify_record", verbosity=0)


def test_an_entry_on_file_is_the_same_or_refused(ask, editor):
    record(ask, by=editor, sources=[make_source(key="minutes")], summary="It met.")
    record_look(ask, by=editor)
    text = exported("entries")

    assert counted(read("entries", text, by=editor)) == {"same": 2}
    assert counted(read("entries", exported("entries", "json"), "json", by=editor)) == {"same": 2}
    fates = read("entries", text.replace("It met.", "It did not meet."), by=editor)

    assert fates[2][0] == "refused"
    assert "never changed" in fates[2][2][0]
    assert fates[3][0] == "same"
    assert StatusUpdate.objects.count() == 2


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"sources": ""}, "sources: “Under discussion” needs evidence"),
        ({"sources": "copy"}, "sources: “Under discussion” needs evidence"),
        ({"sources": "nothing"}, "sources: There is no source “nothing”."),
        ({"status": "committed"}, "quote: “Promised” needs the exact words"),
        ({"status": "heard"}, "status: Value 'heard' is not a valid choice."),
        ({"status": "implemented"}, "approved_by: “Carried out, verified” needs the approval"),
        ({"status": ""}, "status: Choose a status of the vocabulary."),
        ({"happened_on": "2099-01-01"}, "happened_on: The record holds no dates in the future."),
        ({"happened_on": ""}, "happened_on: This field cannot be blank."),
        ({"action": ""}, "action: This field cannot be blank."),
        ({"corrects": "other"}, "corrects: There is no status update “other”."),
        ({"summary": ""}, "summary: Say in a sentence what happened."),
    ],
)
def test_what_the_record_refuses_is_refused_with_its_line_and_column(ask, editor, cells, reason):
    fates = read("entries", file_of(MET | {"key": "good"}, MET | {"key": "bad"} | cells), by=editor)

    assert fates[2][0] == "new"
    what, key, reasons = fates[3]
    assert (what, key) == ("refused", "bad")
    assert any(words.startswith(reason) for words in reasons), reasons
    assert not StatusUpdate.objects.exists()


def test_whoever_is_told_at_once_is_no_matter_of_a_file(ask, editor):
    fates = read("entries", "key,action,tell\nbad,ask,now\n", by=editor)

    assert fates[1][2][0].startswith("There is no column “tell”.")
    assert "recorded_by" not in exported("entries")
    assert "approved_by" not in exported("entries")


def test_a_look_is_of_the_day_of_its_search_log(ask, editor):
    look = MET | {"key": "bad", "status": "", "sources": "", "search_log": "searched"}

    (fate,) = read("entries", file_of(look), by=editor).values()

    words = "happened_on: Its search log is of 2 February 2025, and a look is of that day."
    assert fate[2] == [words]


def test_columns_that_a_row_needs_may_not_be_left_out(ask, editor):
    (fate,) = read("entries", "key,action\nbad,ask\n", by=editor).values()

    assert [reason.split(":")[0] for reason in fate[2]] == [
        "happened_on",
        "asserted_by",
        "verification",
    ]


def test_whoever_may_not_publish_imports_no_entry(ask, sign_in):
    with pytest.raises(PermissionDenied):
        read("entries", file_of(MET | {"key": "new"}), by=sign_in("Editor"))
    assert counted(read("entries", file_of(MET | {"key": "new"}), by=sign_in("Publisher"))) == {
        "new": 1
    }


def test_where_a_second_person_publishes_a_file_is_refused(ask, editor, settings):
    settings.FOUR_EYES = True

    (fate,) = read("entries", file_of(MET | {"key": "new"}), by=editor).values()

    assert fate[0] == "refused"
    assert fate[2] == ["Here a second person publishes every entry."]
    assert not StatusUpdate.objects.exists()


@pytest.mark.parametrize("format", transfer.FORMATS)
def test_an_entry_found_late_comes_back_with_the_correction_it_needed(ask, editor, format):
    """The row below it is that correction, and both are recorded in one act."""
    source = make_source(key="minutes")
    record(ask, by=editor, sources=[source], happened_on=date(2025, 6, 1))
    record(
        ask,
        "committed",
        by=editor,
        sources=[source],
        happened_on=date(2025, 5, 1),
        later_reason="It went back to promising.",
    )
    text = exported("entries", format)
    rows = json.loads(exported("entries", "json"))
    assert len(rows) == 3
    other = make_action(slug="other", asked_by=[make_organisation()])
    moved = text.replace(",ask,", ",other,").replace('"ask"', '"other"')
    for row in rows:
        moved = moved.replace(row["key"], f"moved-{row['key']}")

    assert counted(read("entries", moved, format, by=editor)) == {"new": 3}

    back = [row for row in json.loads(exported("entries", "json")) if row["action"] == "other"]
    as_moved = json.dumps(rows).replace('"ask"', '"other"')
    for row in rows:
        as_moved = as_moved.replace(row["key"], f"moved-{row['key']}")
    assert back == json.loads(as_moved)
    assert other.updates.order_by("pk").last().is_setback
    call_command("verify_record", verbosity=0)


def test_the_command_line_records_for_the_dossier(ask, tmp_path):
    file = tmp_path / "entries.csv"
    file.write_text(file_of(MET | {"key": "new"}))

    call_command("import_rows", "entries", str(file), verbosity=0)

    assert StatusUpdate.objects.get().recorded_by.username == "launch-content"


def test_whatever_staff_record_has_a_key_without_words_of_it(ask):
    entry = record(ask, by=make_user(is_superuser=True), sources=[make_source(title="Secret")])
    (source,) = entry.sources.all()

    for row in (entry, source, record_look(ask).search_log):
        assert row.key.startswith("20"), row.key
        assert "secret" not in row.key
