"""Backups for the tests: a site worth one, its key, and the commands as an operator types them."""

import io
import tarfile
from datetime import timedelta

import pyrage
import pytest
from django.core.management import call_command

from advocacy.models import (
    Issue,
    SignUp,
    Tell,
)
from advocacy.transfer import archives, backups
from tests.factories import (
    make_action,
    make_follower,
    make_issue,
    make_report,
    make_user,
    record,
    record_look,
)


@pytest.fixture(name="key")
def key_of_backups(tmp_path, settings):
    """The file of a secret key, to which backups are encrypted."""
    path = tmp_path / "key"
    settings.BACKUP_KEYS = [archives.new_identity(path)]
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    settings.CONTENT_DIR = tmp_path / "record"
    return path


@pytest.fixture(name="site")
def site_to_back_up(key):
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
