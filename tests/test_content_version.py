"""The number that pages are kept by: whatever changes what they show changes it, nothing else."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse

from advocacy import transfer
from advocacy.mailing import tasks as mailing
from advocacy.models import (
    ContentVersion,
    Issue,
    Picture,
    Source,
    StandingToday,
    StepDone,
    StepTally,
    Tell,
    Withholding,
)
from advocacy.models import content_version as triggers
from advocacy.models.chain import RecordIsAppendOnly
from advocacy.models.pictures import LOGO
from advocacy.upkeep import tasks
from tests.copies import keep
from tests.databases import made_once
from tests.decisions import decide_by_vote, make_treaty_status, state
from tests.dossier import few_rows
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_event,
    make_follower,
    make_issue,
    make_legal_reference,
    make_meeting,
    make_pack,
    make_page,
    make_paragraph,
    make_relation,
    make_source,
    make_step,
    make_user,
    png,
    record,
    record_look,
    translate,
)
from tests.staff import change_page, send
from tests.test_follow import sign_up
from tests.test_transfer import file_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_sql(
        "management/commands/load_content.py",
        "management/site_file.py",
        "models/content_version.py",
        "models/loaded.py",
    ),
]

OURS = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label == "advocacy"]
PUBLIC = [model for model in OURS if triggers.counts(model)]


@contextmanager
def counting():
    """Yields an object whose `changed` says, after the block, whether the number did."""
    if connection.vendor == "postgresql":
        # As if the block were a transaction of its own: a transaction counts once.
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('answerable.content_changed', '', true)")
    seen = SimpleNamespace(before=ContentVersion.objects.total())
    yield seen
    seen.changed = ContentVersion.objects.total() != seen.before


@pytest.fixture
def a_row_of_each(few_rows_loaded):
    """At least one row of each model whose rows public pages show."""
    made_once("a row of each", make_a_row_of_each)


def make_a_row_of_each():
    step = make_step()
    reply = make_body().replies.create(
        text="We did.", url="https://body.example/", replied_on="2025-01-01"
    )
    chiefs = [make_user(is_superuser=True) for _ in range(2)]
    Withholding.objects.propose(reply, "text", reason="A court.", by=chiefs[0]).confirm(
        by=chiefs[1]
    )
    StepTally.objects.create(step=step)
    bodies = [make_body()]
    make_event(by_bodies=bodies, about_bodies=bodies)
    make_paragraph(sources=[make_source()])
    make_relation(action=step.action)
    make_pack(actions=[step.action], meetings=[make_meeting()], issues=[make_issue()])
    make_page()
    make_contact_point()
    keep(make_source(), last_modified="yesterday", etag="1", final_url="https://example.org/")
    make_action(also_on=[make_issue()]).legal_references.add(make_legal_reference())
    record(step.action)
    record_look(step.action)
    ballots, paragraph = {"KR": "yes", "JP": "no"}, {"number": "OP 1", "words": "So."}
    about = {"actions": [step.action], "issues": [step.action.issue], "sponsors": ["KR"]}
    decide_by_vote(ballots, yes=1, **about, paragraphs=[paragraph])
    state(step.action, joined=["JP"])
    make_treaty_status()
    Picture.objects.take(png(), LOGO)
    translate(make_event(), title="Подія")


def other(field, value):
    """Another value of a field, if it is one that its column can hold."""
    match value:
        case None | "":
            return None
        case bool():
            return not value
        case int():
            return value + 1_000_000 if field.is_relation else value + 1
        case datetime() | date():
            return value - timedelta(days=1)
        case str():
            return f"{value[:-1]}{'b' if value[-1] == 'a' else 'a'}"
        case bytes() | memoryview():
            return bytes(value)[::-1]
        case dict():
            return {**value, "another": "value"}
        case _:
            return uuid4()


def changes(row):
    """[(field, other value)] that the database takes."""
    found = []
    for field in row._meta.local_concrete_fields:
        hidden = triggers.NOT_SHOWN.get(type(row).__name__, ())
        value = other(field, getattr(row, field.attname))
        if field.primary_key or field.name in hidden or value is None:
            continue
        try:
            with transaction.atomic():
                models.QuerySet(type(row)).filter(pk=row.pk).update(**{field.attname: value})
                transaction.set_rollback(True)
            found.append((field, value))
        except IntegrityError:
            pass  # A constraint holds it.
    return found


def ways_to_change(row):
    """{way: what it does}, of those that leave a row behind, past all that a model refuses."""
    model, rows = type(row), models.QuerySet(type(row)).filter(pk=row.pk)
    ways = {}
    for field, value in changes(row):
        ways[f"update {field.name}"] = lambda f=field, v=value: rows.update(**{f.attname: v})
    field, value = changes(row)[-1]

    def changed():
        fresh = models.QuerySet(model).get(pk=row.pk)
        setattr(fresh, field.attname, value)
        return fresh

    def sql():
        with connection.cursor() as cursor:
            column, table = field.column, model._meta.db_table
            given = field.get_db_prep_save(value, connection)
            cursor.execute(f'UPDATE "{table}" SET "{column}" = %s', [given])

    return ways | {
        "save": lambda: changed().save(),
        "save_base": lambda: changed().save_base(raw=True),
        "bulk_update": lambda: models.QuerySet(model).bulk_update([changed()], [field.name]),
        "SQL": sql,
        "delete": lambda: rows.get().delete(),
        "delete in the database": lambda: rows._raw_delete(rows.db),
    }


@pytest.mark.every_case
@pytest.mark.parametrize("model", PUBLIC, ids=lambda model: model.__name__)
def test_every_way_to_write_what_is_public_changes_it(a_row_of_each, model):
    rows = models.QuerySet(model)
    assert rows.exists(), "make a row in `a_row_of_each`, or name the model in NOT_PUBLIC"
    row = rows.last()
    refused = []
    for way, act in ways_to_change(row).items():
        try:
            with transaction.atomic():
                with counting() as seen:
                    act()
                assert seen.changed, way
                transaction.set_rollback(True)
        except (RecordIsAppendOnly, models.ProtectedError, IntegrityError, ValidationError):
            refused.append(way)
    assert set(refused) <= {"save", "save_base", "bulk_update", "SQL", "delete"}, refused

    rows.filter(pk=row.pk)._raw_delete(rows.db)
    with counting() as seen:
        rows.bulk_create([row])
    assert seen.changed
    columns = ", ".join(f'"{f.column}" = "{f.column}"' for f in model._meta.local_concrete_fields)
    with counting() as seen, connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{model._meta.db_table}" SET {columns}')
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE 1 = 0')
    assert not seen.changed, "what is written as it was"


def test_every_other_table_of_ours_is_named_as_not_public():
    others = {m._meta.object_name for m in OURS if m not in PUBLIC}
    versions = {name for name in others if name.startswith("Historical")}
    assert others - versions == triggers.NOT_PUBLIC

    tables = set(triggers.existing("default").values())
    assert tables == {model._meta.db_table for model in PUBLIC}
    for name, fields in triggers.NOT_SHOWN.items():
        assert fields <= {field.name for field in apps.get_model("advocacy", name)._meta.fields}


def test_people_and_mail_never_change_it(client, sink, editor):
    action = make_action()
    client.get(reverse("admin:index"))
    with counting() as seen:
        assert sign_up(client, "ivan@example.org").status_code == 303
        follower = make_follower(action=action)
        client.get(reverse("follow_token", args=[follower.token]))
        client.post(reverse("admin:logout"))
        tasks.purge()
    assert not seen.changed

    record(action, tell=Tell.AT_ONCE)
    with counting() as seen:
        mailing.send_due_editions()
        follower.leave()
    assert not seen.changed


def test_the_verbs_of_the_program_change_it(client, editor, tmp_path):
    action, body = make_action(), make_body()

    with counting() as seen:
        record(action)
    assert seen.changed, "an entry"
    with counting() as seen:
        send(client, change_page(body), mandate="Another mandate.")
    assert seen.changed, "the admin"
    with counting() as seen:
        rows = file_of(f"slug,mandate\n{body.slug},From a file.\n")
        assert [fate.what for fate in transfer.import_rows("bodies", rows, "csv", by=editor)]
    assert seen.changed, "an import"
    with counting() as seen:
        call_command("load_content", folder=few_rows(tmp_path), verbosity=0)
    assert seen.changed, "a dossier"
    with counting() as seen:
        call_command("load_content", folder=tmp_path, verbosity=0)
        list(StandingToday.objects.rebuild(type(action).objects.all()))
    assert not seen.changed, "the same dossier, and the same standing"


def test_steps_done_change_it_once_counted(client):
    step = make_step()
    with counting() as seen:
        StepDone.objects.bulk_create(StepDone(step=step) for _ in range(20))
    assert not seen.changed
    with counting() as seen:
        tasks.count_steps()
    assert seen.changed
    with counting() as seen:
        tasks.count_steps()
    assert not seen.changed


def test_a_link_check_changes_it_only_when_a_link_died_or_came_back():
    source = make_source()
    said = []
    for answer, works, gone in [
        ("200 OK", True, False),
        ("503", False, False),
        ("404", False, True),
        ("404", False, True),
        ("200 OK", True, False),
        ("200 OK", True, False),
    ]:
        with counting() as seen:
            source.note_link(answer, works=works, gone=gone)
        said.append((answer, seen.changed))

    assert said == [
        ("200 OK", False),
        ("503", False),
        ("404", True),
        ("404", False),
        ("200 OK", True),
        ("200 OK", False),
    ]
    assert Source.objects.get().dead_since is None


def test_what_is_taken_back_leaves_it_and_the_next_change_counts():
    action = make_action()
    with counting() as seen, transaction.atomic():
        record(action)
        transaction.set_rollback(True)
    assert not seen.changed
    seen = ContentVersion.objects.total()
    Issue.objects.update(title="Another")
    assert ContentVersion.objects.total() > seen


@pytest.mark.django_db(transaction=True)
def test_nothing_can_be_kept_by_it_inside_a_transaction():
    before = ContentVersion.objects.current()
    with transaction.atomic():
        make_body()
        assert ContentVersion.objects.current() is None
    assert ContentVersion.objects.current() > before


@pytest.mark.django_db(transaction=True)
def test_folded_it_is_the_same_number():
    for _ in range(3):
        make_body()
    number = ContentVersion.objects.current()

    ContentVersion.objects.fold()

    assert (ContentVersion.objects.current(), ContentVersion.objects.count()) == (number, 1)
    make_body()
    assert ContentVersion.objects.current() > number


def test_a_migration_may_alter_any_table_and_leaves_every_trigger():
    there = triggers.existing("default")
    triggers.drop_triggers("default")
    assert triggers.existing("default") == {}
    make_body()
    number = ContentVersion.objects.total()

    triggers.make_triggers("default", apps)

    assert triggers.existing("default") == there
    assert ContentVersion.objects.total() == number + 1
    triggers.make_triggers("default", apps)
    assert ContentVersion.objects.total() == number + 1
