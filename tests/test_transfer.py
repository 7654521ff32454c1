"""Rows in and out: the same columns both ways, every row's fate, all rows or none."""

import csv
import errno
import gc
import io
import json
import os
import re
import sqlite3
from collections import Counter
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from advocacy import transfer
from advocacy.admin.transfer import MOST_SHOWN, ImportForm
from advocacy.models import (
    Event,
    Issue,
    Meeting,
    ReachedBy,
    RecommendedAction,
    Seat,
    Submission,
    TargetBody,
)
from advocacy.transfer.columns import escape, unescape
from advocacy.transfer.files import csv_rows, json_rows
from advocacy.transfer.outgoing import csv_text, json_text
from advocacy.upkeep import tasks
from tests.factories import (
    make_action,
    make_body,
    make_event,
    make_issue,
    make_kind,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_paragraph,
    make_proposal,
    make_relation,
    make_seat,
    make_source,
    make_topic,
    make_user,
)
from tests.pages import text_of
from tests.staff import staff_who_may

pytestmark = pytest.mark.django_db

KINDS = list(transfer.KINDS)
FORMATS = ["csv", "json"]
SEATS = "slug,body,country,capacity,starts_on,ends_on"


def file_of(text):
    return io.BytesIO(text if isinstance(text, bytes) else text.encode())


def read(kind, text, format="csv", *, by=None, dry_run=False):
    """The fates of a file as {line: (what, key, reasons or columns changed)}."""
    fates = transfer.import_rows(kind, file_of(text), format, by=by, dry_run=dry_run)
    return {f.line: (str(f.what), f.key, list(f.reasons or f.changed)) for f in fates}


def exported(kind, format="csv"):
    return "".join(transfer.export_rows(kind, format, by=None))


def counted(fates):
    return Counter(what for what, _key, _why in fates.values())


def address(model, name):
    return reverse(f"admin:advocacy_{model._meta.model_name}_{name}")


def upload(client, model, text, *, button="import", name="rows.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile(name, data)
    return client.post(address(model, "import"), {"file": file, button: "1"})


# The same both ways


@pytest.mark.parametrize("format", FORMATS)
def test_an_emptied_database_gets_everything_back(few_rows_loaded, format):
    before = {kind: exported(kind, format) for kind in ("seats", "meetings")}
    Seat.objects.all().delete()
    Meeting.objects.all().delete()

    for kind, text in before.items():
        assert set(counted(read(kind, text, format))) == {"new"}

    assert {kind: exported(kind, format) for kind in before} == before


@pytest.mark.parametrize("format", FORMATS)
def test_relations_dates_and_switches_come_back(format):
    issue = make_issue(topics=[make_topic(slug="law"), make_topic(slug="arms")])
    keyed, made_in_the_admin = make_source(key="e001"), make_source()
    event = make_event(
        issues=[issue],
        sources=[keyed, made_in_the_admin],
        by_bodies=[make_body(works_in_confidence=True, country="CH")],
        by_states="KP, RU",
    )
    told = make_paragraph(issue=issue, slug="told", sources=[keyed])
    inquiry = make_action(
        slug="inquiry",
        body=event.by_bodies.get(),
        issue=issue,
        also_on=[make_issue(topics=[make_topic()])],
        asked_by=[make_organisation()],
        expected_by=date(2025, 1, 2),
        expected_basis="rule",
    )
    other = make_action(issue=issue, asked_by=[make_organisation()])
    relation = make_relation(action=inquiry, other=other)
    texts = {kind: exported(kind, format) for kind in KINDS}
    TargetBody.objects.update(works_in_confidence=False, country="")
    RecommendedAction.objects.update(expected_by=None, expected_basis="", expected_rule="")
    issue.topics.clear()
    inquiry.also_on.clear()
    event.sources.set([keyed])
    event.by_bodies.clear()
    Event.objects.update(by_states="")
    told.sources.clear()
    relation.delete()

    fates = {kind: read(kind, text, format) for kind, text in texts.items()}

    changed = {
        (kind, key): columns
        for kind, rows in fates.items()
        for what, key, columns in rows.values()
        if what != "same"
    }
    assert changed == {
        ("issues", issue.slug): ["topics"],
        ("paragraphs", "told"): ["sources"],
        ("events", event.slug): ["by_states", "by_bodies", "sources"],
        ("bodies", inquiry.body.slug): ["country", "works_in_confidence"],
        ("actions", "inquiry"): ["expected_by", "expected_basis", "expected_rule", "also_on"],
        ("relations", relation.slug): [],
    }
    assert set(event.sources.all()) == {keyed, made_in_the_admin}
    assert {kind: exported(kind, format) for kind in texts} == texts


@given(cell=st.text())
def test_any_cell_survives_and_none_is_a_formula(cell):
    assert unescape(escape(cell)) == cell
    assert not escape(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(cell=st.from_regex(r"\A'{0,3}[=+\-@\t\r\n']?.{0,3}\Z"))
def test_a_text_of_apostrophes_and_signs_survives(cell):
    assert unescape(escape(cell)) == cell


def one_line_end(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(rows=st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=4))
def test_any_text_survives_both_formats(rows):
    # A row of spaces is no row of a CSV file, and all ends of lines are one there.
    rows = [{"slug": slug, "note": note} for slug, note in rows if f"{slug}{note}".strip()]
    rows = [{name: one_line_end(text) for name, text in row.items()} for row in rows]
    columns = transfer.columns_of(Seat)
    texts = [(csv_rows, "".join(csv_text(["slug", "note"], rows)))]
    texts.append((json_rows, "".join(json_text(["slug", "note"], rows))))

    for reader, text in texts:
        assert [cells for _line, cells, _why in reader(file_of(text), columns)] == rows


def test_a_formula_in_the_database_is_text_in_a_spreadsheet_and_comes_back():
    notes = ["=1+1", "+49 30", "-", "@all", "\t=1", "'=1", "'tis", "''@x", "-1;=2"]
    body = make_body(slug="unsc")
    for n, note in enumerate(notes):
        make_seat(slug=f"s-{n}", body=body, country=f"A{chr(65 + n)}", note=note)

    text = exported("seats")

    cells = [row["note"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]
    assert cells[:6] == ["'=1+1", "'+49 30", "'-", "'@all", "'\t=1", "''=1"]
    assert cells[6] == "'tis"
    assert counted(read("seats", text)) == {"same": len(notes)}


# The fate of each row


def test_each_row_gets_its_fate_and_its_line():
    body = make_body(slug="unsc")
    make_seat(slug="same", body=body, country="FR", capacity="elected", note="Kept")
    make_seat(slug="changed", body=body, country="DK", capacity="elected")
    text = (
        "slug,body,country,capacity,starts_on,ends_on,note\n"
        'new,unsc,PL,"elected,\nonce",2020-01-01,2021-12-31,\n'
        "\n"
        "same,unsc,FR,elected,2025-01-01,2026-12-31,Kept\n"
        "changed,unsc,DK,elected,2025-01-01,2027-12-31,\n"
        'wrong,nobody,pl,"el\n\nected",2021-13-40,,\n'
        "short,unsc\n"
        "new,unsc,SE,elected,,,\n"
        ",unsc,SE,elected,,,\n"
    )

    fates = read("seats", text)

    assert fates == {
        2: ("new", "new", []),
        5: ("same", "same", []),
        6: ("changed", "changed", ["ends_on"]),
        7: (
            "refused",
            "wrong",
            [
                "body: There is no body “nobody”. Choose one of: unsc.",
                "starts_on: “2021-13-40” value has the correct format (YYYY-MM-DD) but it is an"
                " invalid date.",
            ],
        ),
        10: ("refused", "", ["It has 2 cells for 7 columns."]),
        11: ("refused", "new", ["slug: line 2 has the same."]),
        12: ("refused", "", ["slug: every row needs one."]),
    }
    assert Seat.objects.count() == 2


def test_a_pretty_printed_list_of_json_is_read_with_its_lines():
    make_seat(slug="old", body=make_body(slug="unsc"), country="FR")
    rows = [
        {"slug": "old", "note": "Read again."},
        {"slug": "new", "body": "unsc", "country": "DK", "capacity": "elected", "starts_on": None},
        {"slug": "bad", "body": ["unsc"], "country": "SE", "capacity": {"a": 1}},
        {"slug": "odd", "colour": "red"},
    ]

    fates = read("seats", json.dumps(rows, indent=2), "json")
    in_one_line = read("seats", json.dumps(rows), "json")

    assert list(fates) == [2, 6, 13, 23]
    assert list(fates.values())[:2] == [("changed", "old", ["note"]), ("new", "new", [])]
    assert [what for what, *_ in fates.values()] == ["changed", "new", "refused", "refused"]
    assert fates[13][2] == [
        "body: this kind of value does not belong here.",
        "capacity: this kind of value does not belong here.",
    ]
    assert fates[23][2] == ["There is no column “colour”."]
    assert list(in_one_line) == [1]


@pytest.mark.parametrize(
    ("kind", "cells", "reason"),
    [
        ("seats", {"country": "Poland"}, "country: Ensure this value has at most 2 characters"),
        ("seats", {"country": "pl"}, "country: Give the two capital letters"),
        ("seats", {"country": ""}, "country: This field cannot be blank."),
        ("seats", {"body": ""}, "body: This field cannot be blank."),
        ("seats", {"ends_on": "2020-01-01"}, "A seat ends after it starts."),
        ("seats", {"slug": "not a slug"}, "slug: Enter a valid"),
        ("seats", {"note": "a\0b"}, "note: Line 1, character 2: this is an invisible control"),
        ("meetings", {"confidence": "sure"}, "confidence: Value 'sure' is not a valid choice."),
        ("meetings", {"act_by": "soon"}, "act_by: “soon” value has an invalid date format"),
        ("meetings", {"act_by": "2099-01-01"}, "What is over helps nobody"),
        ("meetings", {"kind": "standing"}, "Give a first day and a last day"),
        ("bodies", {"works_in_confidence": "maybe"}, "works_in_confidence: “maybe” value must be"),
        ("issues", {"topics": ""}, "topics: This field cannot be blank."),
        ("issues", {"topics": ["law", ["law"]]}, "topics: this kind of value does not belong"),
        ("issues", {"topics": "law nothing"}, "topics: There is no topic “nothing”."),
        ("actions", {"paused_on": "2025-01-01"}, "A pause of the clock needs its reason."),
        ("actions", {"reference": "TAKEN"}, "reference: Recommended action with this Reference"),
    ],
)
def test_what_the_model_refuses_is_refused_in_its_words(kind, cells, reason):
    body = make_body(slug="unsc")
    issue = make_issue(slug="wrong", topics=[make_topic(slug="law")])
    make_seat(slug="old", body=body)
    make_meeting(slug="old", body=body)
    make_action(reference="TAKEN", issue=issue, body=body, asked_by=[make_organisation()])
    make_action(slug="old", issue=issue, body=body, asked_by=[make_organisation()])
    row = json.loads(exported(kind, "json"))[-1]

    fates = read(kind, json.dumps([row | cells]), "json")

    (what, _key, reasons) = fates[1]
    assert what == "refused"
    assert [words for words in reasons if words.startswith(reason)], reasons


def test_seats_that_overlap_are_refused_within_one_file_too():
    make_body(slug="unsc")
    text = f"{SEATS}\na,unsc,PL,elected,2020-01-01,2021-12-31\nb,unsc,PL,elected,2021-01-01,\n"

    fates = read("seats", text)

    assert fates[2][0] == "new"
    assert fates[3][:2] == ("refused", "b")
    assert "already has a seat" in fates[3][2][0]


def test_columns_that_the_file_leaves_out_stay_as_they_are():
    make_seat(slug="old", note="Stays", country="FR")

    assert read("seats", "slug,country\nold,DK\n") == {2: ("changed", "old", ["country"])}

    seat = Seat.objects.get()
    assert (seat.country, seat.note) == ("DK", "Stays")


def test_a_new_row_needs_what_has_no_default():
    fates = read("issues", "slug,title\nfresh,Fresh\n")

    assert fates[2][2] == [
        "topics: This field cannot be blank.",
    ]
    fates = read("issues", f"slug,title,topics\nfresh,Fresh,{make_topic().slug}\n")
    assert [reason.split(":")[0] for reason in fates[2][2]] == [
        "question",
        "summary",
        "opened_on",
    ]


def test_an_imported_row_belongs_to_staff_is_found_and_has_a_history(client, editor):
    kept, changed = make_body(slug="kept"), make_body(slug="changed")

    upload(client, TargetBody, f"slug,name\nkept,{kept.name}\nchanged,Рада Безпеки\n")

    changed.refresh_from_db()
    kept.refresh_from_db()
    assert kept.edited_by_staff_at is None
    assert changed.edited_by_staff_at
    assert list(TargetBody.objects.containing("рада БЕЗПЕКИ")) == [changed]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (editor, str(changed.pk))
    assert entry.get_change_message() == "Changed name."


# All or nothing


def test_one_refused_row_undoes_all_of_them(tmp_path, capsys):
    old = make_seat(slug="old", body=make_body(slug="unsc"), country="FR")
    file = tmp_path / "seats.csv"
    file.write_text(
        f"{SEATS}\nold,unsc,DK,elected,,\nnew,unsc,PL,elected,,\nbad,nowhere,PL,elected,,\n"
    )

    with pytest.raises(CommandError, match="Nothing was saved: 1 new, 1 changed, 0 same, 1 refuse"):
        call_command("import_rows", "seats", str(file))

    assert capsys.readouterr().out.splitlines() == [
        "line 2: changed old: country, starts_on, ends_on",
        "line 3: new new",
        "line 4: refused bad: body: There is no body “nowhere”. Choose one of: unsc.",
    ]
    old.refresh_from_db()
    assert (old.country, Seat.objects.count()) == ("FR", 1)


def test_a_dry_run_says_the_same_and_saves_nothing(tmp_path, capsys):
    make_body(slug="unsc")
    file = tmp_path / "SEATS.CSV"
    file.write_text(f"{SEATS}\nnew,unsc,PL,elected,,\n")

    call_command("import_rows", "seats", str(file), dry_run=True)

    out = capsys.readouterr().out
    assert out == (
        "line 2: new new\nNothing was saved (--dry-run): 1 new, 0 changed, 0 same, 0 refused.\n"
    )
    assert not Seat.objects.exists()
    call_command("import_rows", "seats", str(file))
    assert Seat.objects.count() == 1


def test_who_stops_half_way_saves_nothing(small_batches):
    make_body(slug="unsc")
    rows = "".join(f"s-{n},unsc,{a}{b},elected,,\n" for n, (a, b) in enumerate(countries(70)))
    fates = transfer.import_rows("seats", file_of(f"{SEATS}\n{rows}"), "csv", by=None)

    for _number in range(50):
        next(fates)
    fates.close()

    assert not Seat.objects.exists()


# Broken files


@pytest.mark.parametrize(
    ("format", "text", "line", "reason"),
    [
        ("csv", "", 1, "The file is empty."),
        ("csv", "\n\n", 1, "The file is empty."),
        ("csv", "hello", 1, "There is no column “hello”."),
        ("csv", "body,country\nunsc,PL\n", 1, "The column “slug” is missing."),
        ("csv", "slug,body,slug\n", 1, "The column “slug” stands twice."),
        ("csv", "slug,note\na,ok\nb,\xfc\n".encode("latin-1"), 3, "The text is not UTF-8"),
        ("csv", "slug,note\n".encode("utf-16"), 1, "The text is not UTF-8"),
        ("csv", 'slug,note\na,ok\nb,"never\nclosed\n', 3, "This is not CSV"),
        ("csv", 'slug,note\na,"one" two\n', 2, "This is not CSV"),
        ("csv", b"slug,note\na," + b"x" * 2_000_000, 2, "This"),
        ("json", "", 1, "The file is empty."),
        ("json", "slug,note\n", 1, "This is not JSON"),
        ("json", '{"slug": "a"}', 1, "This is not JSON"),
        ("json", '[\n{"slug": "a"},\n3]', 3, "This is not JSON"),
        ("json", '[\n{"slug": "a"},\n{"slug": \n"b]', 4, "This is not JSON"),
        ("json", '[\n{"slug": "a"}\n{"slug": "b"}]', 3, "This is not JSON"),
        ("json", '[\n{"slug": "a"}', 2, "This is not JSON"),
        ("json", '[]\n"more"', 2, "This is not JSON"),
        ("json", "[" * 100_000, 1, "This is not JSON"),
        ("json", '[{"slug": ' + "[" * 100_000, 1, "This is not JSON"),
        ("json", '[{"slug": "a"}] [{"slug": "b"}]', 1, "This is not JSON"),
        ("json", "3", 1, "This is not JSON"),
        ("json", '[\n{"slug": "a},\n{"slug": "b"}]', 2, "This is not JSON"),
        ("json", '[\n{"slug": "a", "note": "\\"b\\\\},\n{"slug": "b"}]', 2, "This is not JSON"),
        ("json", '[\n{"slug": "a",\n"note": 1.5,\n"body": {}}]', 2, "body: this kind of value"),
        ("json", b'[\n{"slug": "\xff"}]', 2, "The text is not UTF-8"),
        ("json", '[{"slug": "a' + "x" * 2_000_000 + '"}]', 1, "This is not JSON"),
        ("json", '[{"slug": "a", "slug": "b"}]', 1, "The column “slug” stands twice."),
        (
            "json",
            '[{"slug": "\\ud800"}]',
            1,
            "slug: Line 1, character 1: this is half",
        ),
    ],
)
def test_a_broken_file_names_its_line(format, text, line, reason):
    fates = read("seats", text, format)

    what, _key, reasons = fates[max(fates)]
    assert (max(fates), what) == (line, "refused")
    assert reasons[0].startswith(reason)
    assert not Seat.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text + ",,,,,\n\n",
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", ",,\n"),
        lambda text: text.replace("\n", ", ,\n"),
        lambda text: text.replace(SEATS, SEATS.upper()),
        lambda text: text.replace(SEATS, SEATS.title().replace(",", " , ")),
        lambda text: text + "  , ,,,,\n",
        lambda text: text + " \n\t\n",
        lambda text: text.replace("2020-01-01", " 2020-01-01 "),
        lambda text: text.replace("new,unsc", " new , unsc "),
        lambda text: text.replace("unsc", "UNSC"),
    ],
)
def test_what_spreadsheets_make_of_a_file_is_read(change):
    make_body(slug="unsc")

    fates = read("seats", change(f"{SEATS}\nnew,unsc,PL,elected,2020-01-01,\n"))

    assert fates == {2: ("new", "new", [])}


@pytest.mark.parametrize("said", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;;;;", "\ufeffsep=;"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_that_names_the_separator_is_read(said, end):
    make_body(slug="unsc")
    text = f"{said}\n{SEATS}\nnew,unsc,PL,elected,,\nbad,unsc\n".replace(",", ";")

    fates = read("seats", text.replace("\n", end))

    assert fates[3] == ("new", "new", [])
    assert fates[4][2] == ["It has 2 cells for 6 columns."]


def test_a_column_without_a_name_between_others_is_named():
    fates = read("seats", "slug,,note\na,,b\n")

    assert fates[1][2][0].startswith("A column between others has no name")


def test_lines_that_end_in_cr_alone_are_counted():
    fates = read("seats", "slug,note\ra,ok\rb,\xfc\r".encode("latin-1"))
    assert max(fates) == 3
    assert fates[3][2][0].startswith("The text is not UTF-8")


def test_keys_are_compared_without_capitals():
    body = make_body(slug="unsc")
    make_seat(slug="pl-2020", body=body, country="PL")

    fates = read("seats", f"{SEATS}\nPL-2020,unsc,DK,e,,\nnew,unsc,FR,e,,\nNEW,unsc,IT,e,,\n")

    assert fates[2][2] == ["slug: “pl-2020” is on file, and capitals make no other key."]
    assert fates[4][2] == ["slug: line 3 has the same."]
    assert list(Seat.objects.values_list("slug", flat=True)) == ["pl-2020"]


def test_a_name_that_only_capitals_tell_apart_is_taken_as_it_stands():
    small, large = make_body(slug="unsc"), make_body(slug="UNSC")

    fates = read("seats", f"{SEATS}\na,unsc,PL,e,,\nb,UNSC,DK,e,,\n")

    assert {what for what, _key, _why in fates.values()} == {"new"}
    assert Seat.objects.get(slug="a").body == small
    assert Seat.objects.get(slug="b").body == large


def test_a_bad_value_lists_the_good_ones(client, editor):
    make_body(slug="ilo")
    make_body(slug="unsc", kind=make_kind("court"))

    fates = read("bodies", "slug,name,abbreviation,kind,role,mandate\na,A,A,club,r,m\n")
    assert fates[2][2][0].endswith("Choose one of: court, un-organ.")
    fates = read("seats", f"{SEATS}\na,nowhere,PL,e,,\n")
    assert fates[2][2] == ["body: There is no body “nowhere”. Choose one of: ilo, unsc."]
    page = text_of(client.get(address(TargetBody, "columns")))
    assert all(f"{way.value} {way.label}" in page for way in ReachedBy)


def test_many_good_values_are_not_all_listed():
    for number in range(40):
        make_body(slug=f"body-{number:02}")

    (reason,) = read("seats", f"{SEATS}\na,nowhere,PL,e,,\n")[2][2]

    assert "body-00, body-01" in reason
    assert reason.endswith("body-29, ….")


def test_an_empty_list_and_a_header_alone_change_nothing():
    assert read("seats", "[]", "json") == read("seats", SEATS) == {}


def test_a_row_is_read_whole_wherever_the_reading_cuts_it():
    make_seat(slug="old")
    notes = ["é" * size for size in range(65_400, 65_540, 7)]
    rows = [{"slug": f"s-{n}", "note": note} for n, note in enumerate(notes)]

    found = json_rows(file_of(json.dumps(rows, ensure_ascii=False)), transfer.columns_of(Seat))

    assert [cells["note"] for _line, cells, _why in found] == notes


# Commands


def test_the_screen_gets_the_rows_without_a_file(capsys):
    make_seat(slug="old")

    call_command("export_rows", "seats", format="json", verbosity=0)

    (row,) = json.loads(capsys.readouterr().out)
    assert row["slug"] == "old"


@pytest.mark.parametrize(
    ("file", "words"), [("rows.txt", "should end in .csv or .json"), ("no.csv", "cannot be read")]
)
def test_a_file_that_cannot_be_is_refused_in_a_sentence(tmp_path, file, words):
    with pytest.raises(CommandError, match=words):
        call_command("import_rows", "seats", str(tmp_path / file))


def test_a_place_that_cannot_be_written_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_rows", "seats", output=str(tmp_path / "no" / "x.csv"), verbosity=0)


# Submissions: rows of the record

SUBMISSIONS = "slug,action,submitted_on,channel,organisations,source,is_private,reference"


def test_submissions_come_in_as_links_of_the_chain_and_are_never_changed(editor):
    make_proposal(slug="take-it-up")
    make_organisation(slug="nkdb")
    make_organisation(slug="pijl")
    make_source(key="e001")
    row = "s-1,take-it-up,2026-03-03,letter,nkdb pijl,e001,0,A/1"

    tried = read("submissions", f"{SUBMISSIONS}\n{row}\n", by=editor, dry_run=True)
    assert counted(tried) == {"new": 1}
    assert not Submission.objects.exists()
    assert counted(read("submissions", f"{SUBMISSIONS}\n{row}\n", by=editor)) == {"new": 1}

    submission = Submission.objects.get()
    assert {o.slug for o in submission.organisations.all()} == {"nkdb", "pijl"}
    assert (submission.recorded_by, submission.source.key) == (editor, "e001")
    assert RecommendedAction.objects.with_status().get().standing.asked_how == "letter"
    call_command("verify_record", verbosity=0)
    again = read("submissions", exported("submissions"), by=editor)
    assert counted(again) == {"same": 1}
    other = row.replace("letter", "petition")
    (fate,) = read("submissions", f"{SUBMISSIONS}\n{other}\n", by=editor).values()
    assert fate[0] == "refused"
    assert "never changed" in fate[2][0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("s,x,2026-03-03,letter,nkdb,,0,", "source: Say where it is known from"),
        ("s,x,2026-03-03,letter,nkdb,e001,1,", "source: Say where it is known from"),
        ("s,x,2026-03-03,rumour,nkdb,e001,0,", "channel: Value 'rumour' is not a valid choice."),
        ("s,x,2099-03-03,letter,nkdb,e001,0,", "submitted_on: The record holds no dates"),
        ("s,x,2026-03-03,letter,,e001,0,", "organisations: This field cannot be blank."),
        ("s,nothing,2026-03-03,letter,nkdb,e001,0,", "action: There is no recommended action"),
        ("s,x,,letter,nkdb,e001,0,", "submitted_on: This field cannot be blank."),
    ],
)
def test_a_submission_that_says_too_little_is_refused_with_its_column(row, reason):
    make_proposal(slug="x")
    make_organisation(slug="nkdb")
    make_source(key="e001")

    (fate,) = read("submissions", f"{SUBMISSIONS}\n{row}\n").values()

    assert fate[0] == "refused"
    assert fate[2][0].startswith(reason), fate
    assert not Submission.objects.exists()


# The screens


@pytest.mark.parametrize("kind", KINDS)
def test_each_list_has_the_buttons_and_they_work(client, editor, few_rows_loaded, kind):
    model = transfer.KINDS[kind]
    listed = client.get(address(model, "changelist")).text

    for format, words in [("csv", "Export as CSV"), ("json", "Export as JSON")]:
        place = address(model, f"export_{format}")
        assert place in listed
        assert words in listed
        response = client.get(place)
        assert response.streaming
        assert response["Content-Disposition"].startswith(f'attachment; filename="{kind}-')
        text = response.getvalue()
        assert text.decode() == exported(kind, format)
        page = text_of(upload(client, model, text, name=f"rows.{format}"))
        assert f"same {model.objects.count()} refused 0" in page
    assert f'href="{address(model, "import")}"' in listed


def kept_by(response):
    return re.search(r'name="kept" value="([^"]+)"', response.text)[1]


@pytest.mark.parametrize("format", FORMATS)
def test_after_a_dry_run_the_file_is_not_chosen_again(client, editor, format):
    make_body(slug="unsc")
    text = f"{SEATS}\nnew,unsc,PL,elected,,\n"
    if format == "json":
        text = '[{"slug": "new", "body": "unsc", "country": "PL", "capacity": "elected"}]'

    answer = upload(client, Seat, text, button="dry_run", name=f"seats.{format}")

    page = text_of(answer)
    assert "nothing was saved. No row is refused; to save this file, press Import" in page
    assert "new 1 changed 0 same 0 refused 0" in page
    assert f"Without another choice it is seats.{format}" in page
    assert not Seat.objects.exists()
    done = client.post(address(Seat, "import"), {"kept": kept_by(answer), "import": "1"})
    assert "Everything was saved." in text_of(done)
    assert 'name="kept" value' not in done.text
    assert Seat.objects.get().slug == "new"


def test_a_file_chosen_after_the_dry_run_is_the_one_that_is_read(client, editor):
    make_body(slug="unsc")
    answer = upload(client, Seat, f"{SEATS}\nold,unsc,PL,elected,,\n", button="dry_run")
    file = SimpleUploadedFile("b.csv", f"{SEATS}\nnew,unsc,PL,elected,,\n".encode())

    client.post(address(Seat, "import"), {"file": file, "kept": kept_by(answer), "import": "1"})

    assert Seat.objects.get().slug == "new"


def test_a_kept_file_is_for_its_list_and_its_person_and_for_a_day(
    client, editor, settings, tmp_path
):
    settings.VAR_DIR = tmp_path
    make_body(slug="unsc")
    answer = upload(client, Seat, f"{SEATS}\nnew,unsc,PL,elected,,\n", button="dry_run")
    sent = {"kept": kept_by(answer), "import": "1"}
    gone = "The file of the dry run is no longer here: choose it again."

    assert gone in text_of(client.post(address(Meeting, "import"), sent))
    assert gone in text_of(client.post(address(Seat, "import"), sent | {"kept": "../db.sqlite3"}))
    other = Client()
    other.force_login(make_user(is_superuser=True))
    assert gone in text_of(other.post(address(Seat, "import"), sent))
    (path,) = (settings.VAR_DIR / "imports").iterdir()
    assert tasks.purge()["files of imports"] == 0
    os.utime(path, (0, 0))
    assert tasks.purge()["files of imports"] == 1
    assert gone in text_of(client.post(address(Seat, "import"), sent))
    assert not Seat.objects.exists()


@pytest.mark.thorough
def test_refused_rows_come_first_and_all_can_be_downloaded(client, editor):
    body = make_body(slug="unsc")
    rows = "".join(f"s-{n},unsc,{a}{b},e,,\n" for n, (a, b) in enumerate(countries(600)))
    bad = "".join(f"bad-{n},=cmd,PL,e,,\n" for n in range(MOST_SHOWN + 3))

    answer = upload(client, Seat, f"{SEATS}\n{rows}late,nowhere,PL,e,,\n", button="dry_run")
    shown = re.findall(r"<td>(\d+)</td>\s*<th", answer.text)
    assert (shown[0], len(shown)) == ("602", MOST_SHOWN)

    answer = upload(client, Seat, f"{SEATS}\n{rows}{bad}", button="dry_run")
    file = client.post(address(Seat, "import"), {"kept": kept_by(answer), "refused": "1"})
    assert file["Content-Disposition"].startswith('attachment; filename="seats-refused-')
    refused = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert len(refused) == MOST_SHOWN + 3
    first = refused[0]
    assert (first["line"], first["slug"]) == ("602", "bad-0")
    assert first["reasons"] == f"body: There is no body “=cmd”. Choose one of: {body.slug}."
    assert not Seat.objects.exists()


def test_a_file_too_large_for_memory_is_read_from_disk(client, editor, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    make_seat(slug="old", country="FR")

    for name, text in [("a.csv", "slug,country\nold,DK\n"), ("a.json", exported("seats", "json"))]:
        assert "Everything was saved." in text_of(upload(client, Seat, text, name=name))

    assert Seat.objects.get().country == "FR"


def test_refused_rows_stand_on_the_page_with_line_and_reason(client, editor):
    make_body(slug="unsc")
    text = f"{SEATS}\nnew,unsc,PL,elected,,\nbad,<b>,PL,elected,,\n"

    response = upload(client, Seat, text)

    assert "One row is refused, so nothing was saved." in text_of(response)
    assert "3 bad refused body: There is no body “<b>”. Choose one of: unsc." in text_of(response)
    assert "<b>”" not in response.text
    assert not Seat.objects.exists()


def test_the_page_shows_the_first_fates_and_counts_the_rest(client, editor):
    rows = "".join(f"s-{n},nowhere\n" for n in range(MOST_SHOWN + 7))

    page = text_of(upload(client, Seat, f"slug,body\n{rows}"))

    assert f"{MOST_SHOWN + 7} rows are refused" in page
    assert "7 more rows are not shown." in page


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("rows.xlsx", "PK", "The name of the file should end in .csv or .json."),
        ("rows.csv", "", "The submitted file is empty."),
        ("rows.json", "slug", "This is not JSON"),
        ("rows.csv", b"\xff\xfe", "The text is not UTF-8"),
    ],
)
def test_a_wrong_upload_is_answered_in_a_sentence(client, editor, name, text, words):
    response = upload(client, Seat, text, name=name)

    assert response.status_code == 200
    assert words in text_of(response)


@pytest.mark.parametrize(
    "error",
    [
        sqlite3.OperationalError("database or disk is full"),
        OperationalError("database is locked"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
    ids=lambda error: type(error).__module__,
)
def test_a_site_that_cannot_write_says_so_and_imports_nothing(client, editor, monkeypatch, error):
    def full(*given, **more):
        raise error

    monkeypatch.setattr(transfer, "import_rows", full)

    response = upload(client, Seat, "slug,body\na,b\n")

    assert response.status_code == 200
    assert "The file could not be imported: the site cannot write now." in text_of(response)
    assert "Nothing was read" not in text_of(response)
    assert not Seat.objects.exists()


def test_no_file_and_a_file_too_large_are_answered_in_a_sentence(client, editor, monkeypatch):
    assert "This field is required." in text_of(client.post(address(Seat, "import")))

    monkeypatch.setattr("advocacy.admin.transfer.MOST_UPLOADED", 10)
    page = text_of(upload(client, Seat, "slug,body\na,b\n"))

    assert "at most 10 bytes fit here. Split it, or use import_rows." in page
    assert set(ImportForm(signer=None).fields) == {"file", "kept"}


def test_the_page_names_the_columns_and_keeps_to_the_policy(client, editor):
    response = client.get(address(Issue, "columns"))

    assert address(Issue, "columns") in client.get(address(Issue, "import")).text
    assert "opened_on Opened needed a day: 2026-11-23" in text_of(response)
    for hidden in ("search_text", "edited_by_staff_at"):
        assert hidden not in response.text
    assert "<style" not in response.text
    assert " style=" not in response.text
    assert "onclick" not in response.text


# Who may


@pytest.mark.parametrize("kind", KINDS)
def test_each_address_needs_its_own_permission(client, kind):
    model = transfer.KINDS[kind]
    name = model._meta.model_name
    exports = [address(model, "export_csv"), address(model, "export_json")]
    page = address(model, "import")

    exports += [address(model, page) for page in ("columns", "template_csv", "template_json")]
    # What stands in the record is written as it is recorded.
    recorded = ("add_statusupdate", "publish_statusupdate")
    is_recorded = transfer.is_of_the_record(model)
    needed = recorded if is_recorded else (f"add_{name}", f"change_{name}")

    def answers():
        return [client.get(place).status_code for place in [*exports, page]], upload(
            client, model, "slug\n"
        ).status_code

    staff_who_may(client)
    assert answers() == ([403] * 6, 403)
    staff_who_may(client, f"view_{name}")
    assert answers() == ([200] * 5 + [403], 403)
    assert "Export as CSV" in client.get(address(model, "changelist")).text
    assert f'href="{page}"' not in client.get(address(model, "changelist")).text
    for half in needed:
        staff_who_may(client, half)
        assert answers() == ([403] * 6, 403)
    staff_who_may(client, *needed)
    assert answers() == ([403] * 5 + [200], 200)
    client.force_login(make_user(is_staff=False, is_superuser=False))
    assert answers() == ([302] * 6, 302)
    client.logout()
    assert answers() == ([302] * 6, 302)


def test_the_functions_refuse_before_they_read_anything():
    nobody = make_user()

    with pytest.raises(PermissionDenied):
        transfer.export_rows("seats", "csv", by=nobody)
    with pytest.raises(PermissionDenied):
        transfer.import_rows("seats", file_of(""), "csv", by=nobody)
    with pytest.raises(TypeError):
        transfer.export_rows("seats", "csv")  # type: ignore[call-arg] # That it fails is the test.


# By the thousand


def queries_of(action):
    with CaptureQueriesContext(connection) as queries:
        action()
    return len(queries)


def test_pages_ask_the_database_equally_often_for_one_row_and_for_many(client, editor):
    def numbers():
        text = exported("actions")
        return [
            queries_of(lambda: client.get(address(RecommendedAction, "export_csv")).getvalue()),
            queries_of(lambda: client.get(address(RecommendedAction, "import"))),
            queries_of(lambda: upload(client, RecommendedAction, text)),
        ]

    law = make_legal_reference()
    make_action(asked_by=[make_organisation()]).legal_references.add(law)
    client.get(address(Seat, "import"))
    one = numbers()
    for _number in range(3):
        make_action(asked_by=[make_organisation()]).legal_references.add(law)

    assert numbers() == one


def countries(number):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [(letters[n // 26 % 26], letters[n % 26]) for n in range(number)]


def many_bodies(number, path):
    """Of each forty rows one is new, two change, one is refused, and the rest are the same."""
    names = {1: "Changed", 2: "Changed too", 3: "x" * 201}
    with open(path, "w", encoding="utf-8") as file:
        file.write("slug,name,abbreviation,kind,role,mandate\n")
        file.writelines(
            f"{'new' if n % 40 == 0 else 'body'}-{n},{names.get(n % 40, 'Council')},C,court,r,"
            f"{'M' * 500}\n"
            for n in range(number)
        )


@pytest.fixture
def small_batches(monkeypatch):
    """Files of a few hundred rows then have as many batches as files of ten thousands."""
    monkeypatch.setattr("advocacy.transfer.incoming.BATCH", 20)
    monkeypatch.setattr("advocacy.transfer.outgoing.BATCH", 20)


def most_held(model, pieces):
    """How many rows of a table were in memory at the most, looked at now and then."""
    return max(held(model) for n, _piece in enumerate(pieces) if n % 40 == 0)


def held(model):
    gc.collect()
    return sum(isinstance(thing, model) for thing in gc.get_objects())


@pytest.mark.thorough
def test_a_file_is_read_and_its_rows_are_held_a_batch_at_a_time(tmp_path, small_batches):
    kind = make_kind("court")
    TargetBody.objects.bulk_create(
        TargetBody(
            slug=f"body-{n}", name="Council", abbreviation="C", kind=kind, role="r", mandate="M"
        )
        for n in range(400)
    )
    many_bodies(400, tmp_path / "many.csv")

    with open(tmp_path / "many.csv", "rb") as file:
        fates = transfer.import_rows("bodies", file, "csv", by=None, dry_run=True)
        next(fates)
        assert file.tell() < (tmp_path / "many.csv").stat().st_size / 4
        assert most_held(TargetBody, fates) <= 50


@pytest.mark.thorough
def test_an_export_holds_a_few_rows_at_a_time(small_batches):
    body = make_body()
    Meeting.objects.bulk_create(
        Meeting(
            slug=f"m-{n}",
            body=body,
            kind="standing",
            title="Open",
            confidence="expected",
            who_can_act="Anyone.",
            what_can_be_done="Write.",
        )
        for n in range(400)
    )

    pieces = transfer.export_rows("meetings", "csv", by=None)

    assert most_held(Meeting, pieces) <= 50
