"""record.zip: data and chain for whoever has nothing but the file."""

import csv
import io
import json
import shutil
from zipfile import ZipFile

import frictionless
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from advocacy import transfer
from advocacy.bundle import building, verify
from advocacy.bundle.made import folder, is_due, last_made, made, only_one
from advocacy.models import ContentVersion, RecordHead, Site, StatusUpdate, Withheld
from advocacy.models.chain import kinds
from advocacy.models.wordings import witnessed
from advocacy.transfer import KINDS, columns_of
from tests.bundles import HIDDEN, change, check, made_in, make_small_record, rows_in
from tests.databases import made_once
from tests.factories import make_issue
from tests.test_transfer_whole import empty_the_database
from tests.test_withholding import make_groups, withhold

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_made():
    shutil.rmtree(folder(), ignore_errors=True)


@pytest.fixture
def entry():
    made_once("the small record", make_small_record)
    return StatusUpdate.objects.get(summary="The council met.")


@pytest.fixture
def copy(entry, tmp_path, monkeypatch):
    """The data of the small record, unpacked."""
    made_in(tmp_path, pages=False, monkeypatch=monkeypatch)
    return tmp_path


# The data


def test_the_data_package_is_read_by_another_program(copy):
    report = frictionless.validate(copy / "datapackage.json")

    assert report.valid, report.flatten(["name", "type", "note"])
    assert {task.name for task in report.tasks} == {*KINDS, "kept_copies"}
    described = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    assert described["licenses"] == [
        {"path": "https://creativecommons.org/licenses/by/4.0/", "title": "CC BY 4.0"}
    ]


def test_another_program_finds_a_row_that_names_one_that_is_not_there(copy):
    change(copy / "csv" / "steps.csv", "stop-it", "stop-its")

    report = frictionless.validate(copy / "datapackage.json")

    assert {error.type for task in report.tasks for error in task.errors} >= {"foreign-key"}


def test_the_tables_are_imported_as_they_are(few_rows_loaded, tmp_path, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    made_in(first, pages=False, monkeypatch=monkeypatch)
    empty_the_database()

    for kind in KINDS:
        with (first / "csv" / f"{kind}.csv").open("rb") as file:
            fates = list(transfer.import_rows(kind, file, "csv", by=None))
        assert {fate.what for fate in fates} <= {transfer.What.NEW}, kind

    made_in(second, pages=False, monkeypatch=monkeypatch)
    for kind in KINDS:
        tables = [place / "csv" / f"{kind}.csv" for place in (first, second)]
        assert tables[0].read_bytes() == tables[1].read_bytes(), kind
    assert rows_in(second, "entries")


def test_csv_and_json_hold_the_same_rows(copy):
    for kind in KINDS:
        text = (copy / "csv" / f"{kind}.csv").read_text(encoding="utf-8-sig")
        keys = [next(iter(row.values())) for row in csv.DictReader(io.StringIO(text, newline=""))]
        assert keys == [next(iter(row.values())) for row in rows_in(copy, kind)], kind
    assert rows_in(copy, "issues")[0]["title"] == "Бавовна"


def test_nothing_is_in_it_that_a_stranger_may_not_read(copy):
    said = {
        str(path.relative_to(copy))
        for path in copy.rglob("*")
        if path.is_file() and HIDDEN in path.read_text(encoding="utf-8")
    }

    assert said == set()
    assert [row["slug"] for row in rows_in(copy, "actions")] == ["stop-it", "proposed", "closed"]
    assert len(rows_in(copy, "relations")) == 1
    assert [row["action"] for row in rows_in(copy, "steps")] == ["stop-it"]
    assert {row["email"] for row in rows_in(copy, "contact_points")} == {""}


def test_who_of_the_staff_wrote_it_stands_nowhere(copy, entry):
    for line in (copy / "chain.jsonl").read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)["fields"]
        assert all(isinstance(fields[name], str) for name in verify.STAFF & fields.keys())
    assert entry.recorded_by.username not in (copy / "chain.jsonl").read_text(encoding="utf-8")


def test_the_licences_of_content_and_code_are_in_it(copy):
    text = (copy / "LICENCE.txt").read_text(encoding="utf-8")

    assert "under the licence CC BY 4.0." in text
    assert "MIT License" in text


def test_no_licence_is_claimed_where_none_is_given(entry, tmp_path, monkeypatch):
    Site.objects.update(licence="")

    made_in(tmp_path, pages=False, monkeypatch=monkeypatch)

    text = (tmp_path / "LICENCE.txt").read_text(encoding="utf-8")
    assert "No licence is given for the texts and data" in text
    described = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert "licenses" not in described


def test_a_record_with_too_many_pages_says_that_it_has_none(copy):
    assert not (copy / "en").exists()
    assert "the copy holds its data alone" in (copy / "README.txt").read_text(encoding="utf-8")
    assert "no pages" in (copy / "index.html").read_text(encoding="utf-8")


# The program that checks it


def test_a_copy_holds_and_names_its_head(copy):
    head = RecordHead.current()

    code, said, complaints = check(copy)
    assert (code, complaints) == (0, "")
    assert f"{head.number} links, of them 3 entries. Head: {head.noted}" in said
    assert "links hold rows that are not public" in said
    assert check(copy, "--head", head.noted)[:1] == (0,)
    assert check(copy, "--head", head.cited)[:1] == (0,)


def test_the_zip_is_checked_unpacked_or_as_it_is(copy, entry):
    assert check(copy, made().path)[0] == 0


def test_an_earlier_head_is_found_in_it_and_no_other(copy):
    lines = (copy / "chain.jsonl").read_text(encoding="utf-8").splitlines()
    third = json.loads(lines[2])
    wrong = f"3-{third['digest'][::-1]}"

    code, said, _complaints = check(copy, "--head", f"3-{third['digest']}")
    assert code == 0
    assert "It contains all that the record held" in said
    code, _said, complaints = check(copy, "--head", wrong)
    assert code == 1
    assert "what led to it was rewritten or taken away" in complaints
    assert "it ends earlier" in check(copy, "--head", f"900-{third['digest']}")[2]


@pytest.mark.parametrize("file", ["chain.jsonl", "json/entries.json"])
def test_one_changed_byte_of_an_entry_is_named(copy, entry, file):
    change(copy / file, "The council met.", "The council mat.")

    code, _said, complaints = check(copy)

    assert code == 1
    assert complaints.startswith(f"Entry {entry.key}")
    assert f"{file} is not the file that was put into this copy." in complaints


def test_the_first_of_several_changed_rows_is_named_first(copy):
    change(copy / "chain.jsonl", "The council met.", "The council mat.")
    change(copy / "chain.jsonl", '"Stop it"', '"Stop id"')

    assert check(copy)[2].startswith("Ask stop-it (how it read, link ")


def test_changed_evidence_is_named_with_its_entry(copy):
    change(copy / "json" / "search_logs.json", "The journal", "No journal")

    looked = rows_in(copy, "entries")[0]["key"]
    assert f"Entry {looked}: json/entries.json says something else" in check(copy)[2]


def test_an_entry_that_was_taken_out_or_put_in_is_named(copy, entry):
    file = copy / "json" / "entries.json"
    rows = rows_in(copy, "entries")
    file.write_text("[\n" + ",\n".join(map(json.dumps, rows[:1])) + "\n]\n", encoding="utf-8")

    assert f"Entry {entry.key} is in the chain, and not in" in check(copy)[2]
    more = [*rows, rows[0] | {"key": "made-up"}]
    file.write_text("[\n" + ",\n".join(map(json.dumps, more)) + "\n]\n", encoding="utf-8")
    assert "Entry made-up is in json/entries.json, and not in the chain." in check(copy)[2]


def test_a_link_that_was_taken_out_is_noticed_where_it_was(copy):
    file = copy / "chain.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:4] + lines[5:]), encoding="utf-8")

    code, _said, complaints = check(copy)

    assert code == 1
    first = complaints.splitlines()[0]
    assert "link 6" in first.lower()
    assert first.endswith("it does not follow the link before it.")


def test_words_that_are_said_to_be_withheld_and_are_not_are_noticed(copy, entry):
    """Whoever replaces words by their hash breaks no link."""
    file = copy / "chain.jsonl"
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    (link,) = [line for line in lines if line.get("row") == f"entries/{entry.key}"][:1]
    link["fields"]["summary"] = verify.digest("summary", *link["fields"]["summary"])
    file.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )

    complaints = check(copy)[2]

    assert "“summary” is given as a hash alone, and nothing in the record says" in complaints
    assert "was changed" not in complaints


def test_withheld_words_are_gone_from_it_and_it_holds(entry, tmp_path, monkeypatch):
    make_groups()
    withhold(entry, "summary")
    withhold(entry.event, "text")

    made_in(tmp_path, pages=False, monkeypatch=monkeypatch)

    code, said, complaints = check(tmp_path)
    assert (code, complaints) == (0, "")
    assert "Words of 3 fields were withheld" in said  # One of them is the translation.
    for path in filter(lambda path: path.is_file(), tmp_path.rglob("*")):
        assert "The council met." not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["json/steps.json", "README.txt", "csv/issues.csv"])
def test_any_other_changed_file_is_named(copy, file):
    with (copy / file).open("ab") as changed:
        changed.write(b" ")

    assert check(copy)[2].splitlines()[0] == f"{file} is not the file that was put into this copy."


def test_a_file_that_is_missing_or_put_in_is_named(copy):
    (copy / "csv" / "issues.csv").unlink()
    (copy / "more.txt").write_text("x")

    complaints = check(copy)[2]

    assert "csv/issues.csv is missing." in complaints
    assert "more.txt was no part of this copy." in complaints


@pytest.mark.parametrize("arguments", [["nowhere"], ["--head", "12"], [settings.BASE_DIR]])
def test_what_cannot_be_checked_ends_with_two(copy, arguments):
    code, _said, complaints = check(copy, *arguments)

    assert code == 2
    assert complaints.strip().endswith(("nowhere.", "decided.", "chain.jsonl is missing."))


def test_it_explains_itself(copy):
    code, said, _complaints = check(copy, "--help")

    assert code == 0
    assert "Ends with 0 if the copy holds" in said


def test_it_compares_all_that_data_and_chain_both_say():
    """Rows that are named by numbers in the chain and by keys in files cannot be compared."""
    models = {model: kind for kind, model in KINDS.items()}
    hashed = {model: set(model.HASHED) for model in kinds().values() if model in models}
    hashed |= {model: set(model.WITNESSED) for model in witnessed().values()}
    for model, names in hashed.items():
        columns = {name for name, field in columns_of(model).items() if not field.is_relation}
        key = verify.KEYS.get(models[model], "slug")
        assert set(verify.COMPARED[models[model]]) == (columns & names) - {key}, model


# How it is made


def test_the_command_says_what_it_made(entry, capsys, monkeypatch):
    monkeypatch.setattr(building, "MOST_PAGES", 0)

    call_command("make_record_zip", verbosity=1)

    facts = made()
    said = capsys.readouterr().out
    assert f"{facts.size} bytes, 0 pages, head {RecordHead.current().noted}" in said
    assert facts.sha256 in said
    with ZipFile(facts.path) as file:
        assert file.testzip() is None


def test_one_process_at_a_time_makes_it(entry):
    with only_one() as is_ours:
        assert is_ours
        with pytest.raises(CommandError, match="Another process"):
            call_command("make_record_zip", verbosity=0)
    assert made() is None


def test_what_goes_wrong_leaves_the_file_of_before(entry, monkeypatch, tmp_path):
    before = made_in(tmp_path, pages=False, monkeypatch=monkeypatch)
    monkeypatch.setattr(building, "chain_lines", lambda *given: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        building.make()

    assert made() == before
    assert list(folder().glob("*.draft")) == []


def test_another_file_takes_the_place_of_the_one_before(entry, monkeypatch, tmp_path):
    first = made_in(tmp_path, pages=False, monkeypatch=monkeypatch)
    make_issue(slug="another")

    second = building.make()

    assert made() == second != first
    assert not first.path.exists()


# On PostgreSQL a transaction counts once, however much it changes.
@pytest.mark.own_sql("bundle/building.py")
@pytest.mark.django_db(transaction=True)
def test_it_is_due_an_hour_after_the_last_try_if_anything_changed(entry, monkeypatch, tmp_path):
    assert is_due()
    made_in(tmp_path, pages=False, monkeypatch=monkeypatch)
    hour = 3601

    assert not is_due()
    monkeypatch.setattr("advocacy.bundle.made.time.time", lambda: timezone.now().timestamp() + hour)
    assert not is_due()
    make_issue()
    assert is_due()
    monkeypatch.undo()
    assert not is_due()


def test_withholding_words_takes_the_file_away_at_once(
    entry, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    made_in(tmp_path, pages=False, monkeypatch=monkeypatch)
    make_groups()

    with django_capture_on_commit_callbacks(execute=True):
        withhold(entry, "summary")

    assert last_made() is None
    assert is_due()


def test_a_file_of_before_words_were_withheld_is_given_to_nobody(entry, tmp_path, monkeypatch):
    """On another machine, whose files the program could not delete."""
    made_in(tmp_path, pages=False, monkeypatch=monkeypatch)
    make_groups()

    withhold(entry, "summary")

    assert last_made() is not None
    assert made() is None


def test_words_that_are_withheld_meanwhile_end_it(entry, monkeypatch):
    monkeypatch.setattr(building, "MOST_PAGES", 0)
    numbers = iter([0, 1])
    monkeypatch.setattr(type(Withheld.objects.all()), "newest", lambda rows: next(numbers))

    with pytest.raises(CommandError, match="Words were withheld"):
        call_command("make_record_zip", verbosity=0)

    assert list(folder().glob("*.zip")) == list(folder().glob("*.draft")) == []


def test_pages_that_are_kept_notice_another_file(entry, monkeypatch, tmp_path):
    before = ContentVersion.objects.total()

    made_in(tmp_path, pages=False, monkeypatch=monkeypatch)

    assert ContentVersion.objects.total() == before + 1


def test_imports_of_a_whole_copy_need_no_order_of_their_own():
    """The file of a kind names rows of those before it alone, as the data package lists them."""
    for place, (kind, model) in enumerate(KINDS.items()):
        named = {f.related_model for f in columns_of(model).values() if f.is_relation}
        assert named <= {*list(KINDS.values())[: place + 1]}, kind
