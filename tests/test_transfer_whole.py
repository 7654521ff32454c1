"""A whole record out of one database and into another, and the pages that list its columns."""

import csv
import io
import json

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from advocacy import transfer
from advocacy.management.column_lists import column_lists
from advocacy.models import (
    AskState,
    ContentVersion,
    RecommendedAction,
    StandingToday,
    StatusUpdate,
    TargetBody,
)
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_event,
    make_issue,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_pack,
    make_paragraph,
    make_proposal,
    make_relation,
    make_seat,
    make_source,
    make_step,
    make_topic,
    record,
    record_look,
    submit,
)
from tests.pages import text_of
from tests.test_transfer import FORMATS, KINDS, address, counted, exported, read

pytestmark = pytest.mark.django_db


def empty_the_database():
    """Past the program, which lets nobody do it."""
    with connection.cursor() as cursor:
        for model in apps.get_app_config("advocacy").get_models(include_auto_created=True):
            if model is not ContentVersion:
                cursor.execute(f'DELETE FROM "{model._meta.db_table}"')


def standings():
    asks = RecommendedAction.objects.with_status().with_related().order_by("reference")
    audiences = dict(StandingToday.objects.values_list("action__reference", "audiences"))
    return [(a.reference, a.standing.sentence, audiences[a.reference]) for a in asks]


def uuids():
    return dict(StatusUpdate.objects.values_list("key", "uuid"))


def taken_along(format):
    """Write all kinds, empty the database, read them in their order; what they were before."""
    before = {kind: exported(kind, format) for kind in KINDS}
    empty_the_database()
    for kind, text in before.items():
        fates = read(kind, text, format)
        assert [fate for fate in fates.values() if fate[0] != "new"] == [], kind
    return before


@pytest.mark.parametrize("format", FORMATS)
def test_a_dossier_comes_out_and_in_as_the_same_record(few_rows_loaded, format):
    told, known = standings(), uuids()

    before = taken_along(format)

    assert {kind: exported(kind, format) for kind in KINDS} == before
    assert (standings(), uuids()) == (told, known)
    for kind, text in before.items():
        assert set(counted(read(kind, text, format))) <= {"same"}
    call_command("verify_record", verbosity=0)


@pytest.mark.parametrize("format", FORMATS)
def test_a_record_made_by_staff_comes_out_and_in_as_the_same(format, editor):
    """With rows that name others of their own kind, which are exported before them."""
    organ = make_body(slug="organ", abbreviation="O")
    council = make_body(slug="council")
    TargetBody.objects.filter(pk=organ.pk).update(parent=council)
    make_seat(body=council, starts_on=None)
    make_meeting(body=council)
    make_contact_point(body=council)
    issue = make_issue(topics=[make_topic(), make_topic()])
    source = make_source(quote="=1+1\nand a line")
    event = make_event(issues=[issue], sources=[source], by_bodies=[council], by_states="KP, RU")
    make_paragraph(issue=issue, sources=[source])
    further = make_issue(topics=[make_topic()])
    old = make_action(issue=issue, body=council, also_on=[further])
    new = make_action(issue=issue, body=council)
    RecommendedAction.objects.filter(pk=old.pk).update(
        state=AskState.SUPERSEDED,
        closed_on="2025-01-01",
        closed_because="It was put better.",
        superseded_by=new,
    )
    new.legal_references.add(make_legal_reference())
    make_relation(action=old, other=new)
    put = submit(make_proposal(issue=issue), source=source, by=editor)
    put.action.submit(
        put.submitted_on,
        "letter",
        by=editor,
        organisations=[make_organisation()],
        is_private=True,
        corrects=put,
        correction_reason="It was a letter.",
    )
    make_step(action=new, audience="ngo")
    make_pack(actions=[new], issues=[issue])
    wrong = record(new, by=editor, sources=[source], event=event)
    record(new, by=editor, corrects=wrong, correction_reason="The day.", happened_on="2025-01-02")
    record_look(new, by=editor)
    told = standings()

    before = taken_along(format)

    # The rows that name another of their kind stand after all others now.
    as_rows = {kind: sorted(exported(kind, format).splitlines()) for kind in KINDS}
    assert as_rows == {kind: sorted(text.splitlines()) for kind, text in before.items()}
    assert standings() == told
    call_command("verify_record", verbosity=0)


def test_each_kind_names_rows_of_those_before_it_alone():
    for number, kind in enumerate(KINDS):
        assert set(transfer.rows_before(kind)) <= {*KINDS[:number]}, kind


def test_asks_that_replace_each_other_in_a_ring_are_all_exported():
    one, two = make_action(), make_action()
    for ask, other in [(one, two), (two, one)]:
        RecommendedAction.objects.filter(pk=ask.pk).update(
            state=AskState.SUPERSEDED,
            closed_on="2025-01-01",
            closed_because="It was put better.",
            superseded_by=other,
        )

    assert len(json.loads(exported("actions", "json"))) == 2


# The columns


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_and_the_command_list_every_column_of_the_file(client, editor, kind):
    model = transfer.KINDS[kind]
    names = next(csv.reader(io.StringIO(exported(kind).removeprefix("\ufeff"))))

    page = client.get(address(model, "columns"))
    text = text_of(page)

    described = transfer.described(kind)
    assert [column.name for column in described] == names
    for column in described:
        assert f"{column.name} {column.meaning}" in text
        assert f"- `{column.name}`" in column_lists([kind])
        if column.names:
            assert address(transfer.KINDS[column.names], "columns") in page.text
    assert f'href="{address(model, "template_csv")}"' in page.text
    assert f'href="{address(model, "columns")}"' in client.get(address(model, "import")).text


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_to_begin_with_has_an_example_also_in_an_empty_record(client, editor, kind, format):
    answer = client.get(address(transfer.KINDS[kind], f"template_{format}"))

    text = answer.getvalue().decode("utf-8-sig")
    (row,) = json.loads(text) if format == "json" else csv.DictReader(io.StringIO(text))
    needed = {column.name for column in transfer.described(kind) if column.is_needed}
    assert needed == {name for name, value in row.items() if value}
    # It can be read as it is, and names what is not there.
    (fate,) = read(kind, text, format).values()
    assert all("column" not in reason for reason in fate[2]), fate


def test_the_example_is_a_row_of_the_record_where_there_is_one(client, editor):
    make_seat(slug="kp-un", country="KP")

    text = client.get(address(transfer.KINDS["seats"], "template_csv")).getvalue().decode()

    assert "kp-un" in text
    assert counted(read("seats", text)) == {"same": 1}


def test_the_command_lists_the_columns_of_one_kind_or_of_all(capsys):
    call_command("import_rows", "steps", columns=True)
    steps = capsys.readouterr().out
    call_command("import_rows", columns=True)
    everything = capsys.readouterr().out

    assert "- `minutes`: Minutes. *a whole number; left out: `10`*" in steps
    assert "  - `ngo`: NGOs" in steps
    assert steps in everything
    with pytest.raises(CommandError, match="Name the kind of rows and the file"):
        call_command("import_rows", "steps")


def test_the_document_lists_the_columns_as_they_are():
    """`manage.py import_rows --columns` writes what stands below its first paragraphs."""
    document = (settings.BASE_DIR / "docs" / "columns.md").read_text(encoding="utf-8")

    assert document.partition("\n## ")[2] == column_lists(KINDS).removeprefix("## ")
