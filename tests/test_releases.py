"""Every version that was tagged comes to this one with all that its database held."""

import gzip
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from advocacy.models import (
    Decision,
    RecommendedAction,
    Report,
    ResponseStatus,
    Statement,
    StatusUpdate,
    Subscriber,
)
from advocacy.models.kept import forget
from advocacy.transfer.restoring import MADE_BY_MIGRATE
from tests.crawl import links_of
from tests.databases import beside_all_databases
from tests.factories import record
from tests.releases import FOLDERS, KEYS, POSTGRESQL, SQLITE
from tests.releases.full_record import empty_tables
from tests.test_site import PAGES

HTML = "text/html; charset=utf-8"
# How often the database changed, which triggers count: it only grows.
COUNTED = "advocacy_contentversion"


def stored(tables):
    """{table: its rows} of these columns, as the database has them and in any order."""
    rows = {}
    with connection.cursor() as cursor:
        for table, columns in tables.items():
            names = ", ".join(map(connection.ops.quote_name, columns))
            cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(table)}")
            rows[table] = sorted(repr([plain(value) for value in row]) for row in cursor)
    return rows


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def columns_there():
    """{table: its columns}"""
    found = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - {COUNTED}:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT 0")
            found[table] = [column[0] for column in cursor.description]
    return found


@contextmanager
def another_database(name):
    """Inside the block this process is connected to it, and knows of nothing from before."""

    def connect(database):
        connection.close()
        connection.settings_dict["NAME"] = database
        ContentType.objects.clear_cache()
        cache.clear()
        forget()

    usual = connection.settings_dict["NAME"]
    connect(name)
    try:
        yield
    finally:
        connect(usual)


@contextmanager
def restored(folder, place):
    """The database of that version as its server had it."""
    if connection.vendor == "sqlite":
        file = place / "db.sqlite3"
        file.write_bytes(gzip.decompress((folder / SQLITE).read_bytes()))
        with another_database(str(file)):
            yield
        return
    name = f"{connection.settings_dict['NAME']}_release"
    with beside_all_databases() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        with another_database(name):
            with connection.cursor() as cursor:
                cursor.execute(gzip.decompress((folder / POSTGRESQL).read_bytes()).decode())
            connection.close()  # The dump has changed where the session looks for tables.
            yield
    finally:
        with beside_all_databases() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def upgraded(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """The database of a version, brought up to date: what it held before, by table."""
    keys = (request.param / KEYS).read_text().splitlines()
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        restored(request.param, tmp_path_factory.mktemp("release")),
    ):
        patch.setattr(settings, "ADDRESS_KEYS", keys)
        assert empty_tables() == []
        tables = columns_there()
        before = stored(tables)
        call_command("migrate", verbosity=0)
        yield tables, before


def test_no_row_of_any_table_is_lost_or_changed(upgraded):
    tables, before = upgraded
    grow = {apps.get_model(label)._meta.db_table for label in MADE_BY_MIGRATE}

    after = stored(tables)

    for table in tables:
        assert set(before[table]) - set(after[table]) == set(), table
        if table not in {*grow, "django_migrations"}:
            assert before[table] == after[table], table


def test_the_record_holds_and_stands_as_its_entries_say(upgraded, capsys):
    call_command("verify_record", verbosity=0)
    call_command("rebuild_standing", check=True, verbosity=0)

    said = capsys.readouterr().out
    assert "The record holds: " in said
    assert "stand as their entries say" in said


def test_what_was_encrypted_is_read(upgraded):
    followers = Subscriber.objects.confirmed()

    assert sorted(follower.plain_address for follower in followers) == [
        "ana@example.org",
        "іван@xn--80aikifvh.xn--j1amh",
    ]
    assert "They answered" in Report.objects.get().words


# What came after a version has no row in its databases.
SINCE = {"decision_detail": Decision, "statement_detail": Statement}


@pytest.mark.thorough
def test_a_page_of_each_kind_answers(upgraded):
    client, waiting, found = Client(), ["/en/"], {}
    while waiting:
        address = waiting.pop(0)
        name = resolve(address).url_name
        if name in found:
            continue
        answer = client.get(address)
        found[name] = answer.status_code
        waiting += links_of(answer, address) if answer["Content-Type"] == HTML else []

    assert {name for name, status in found.items() if status != 200} == set()
    absent = {name for name, model in SINCE.items() if not model._default_manager.exists()}
    assert set(PAGES) - set(found) - absent == set()


def test_a_new_entry_can_be_recorded(upgraded):
    action = RecommendedAction.objects.exclude(submissions=None).open().first()

    entry = record(action, ResponseStatus.OVERTAKEN, happened_on=timezone.localdate())

    assert StatusUpdate.objects.latest("pk") == entry
    assert Client().get(entry.get_absolute_url()).status_code == 200
    call_command("verify_record", verbosity=0)
