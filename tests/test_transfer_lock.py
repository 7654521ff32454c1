"""A long import on SQLite: others write meanwhile, and it refuses what it refused before."""

import sqlite3
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection, transaction

from advocacy import transfer
from advocacy.models import Seat, TargetBody
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_seat,
    make_topic,
)
from tests.test_transfer import SEATS, countries, file_of, read

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="it is SQLite that has one writer"),
]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr("advocacy.transfer.incoming.BATCH", 20)


@pytest.fixture
def other():
    """Another program that writes, and waits for half a second at most."""
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name, timeout=0.5, isolation_level=None)) as writer:
        yield writer


def many_seats(number):
    rows = "".join(f"s-{n},unsc,{a}{b},elected,,\n" for n, (a, b) in enumerate(countries(number)))
    return f"{SEATS}\n{rows}"


@pytest.mark.parametrize("dry_run", [True, False])
def test_another_program_writes_while_a_file_is_checked(other, dry_run):
    make_body(slug="unsc")
    fates = transfer.import_rows("seats", file_of(many_seats(100)), "csv", by=None, dry_run=dry_run)

    for number, fate in enumerate(fates):
        assert fate.what == "new"
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE advocacy_targetbody SET role = ?", [str(number)])
        other.execute("COMMIT")

    assert TargetBody.objects.get().role == "99"
    assert Seat.objects.count() == (0 if dry_run else 100)
    assert list(settings.VAR_DIR.glob("import-*")) == []


def test_a_copy_refuses_what_the_database_itself_would_refuse():
    body = make_body(slug="unsc")
    issue = make_issue(slug="wrong", topics=[make_topic(slug="law")])
    make_action(reference="TAKEN", slug="old", issue=issue, body=body)
    make_seat(slug="old", body=body, country="FR", capacity="elected")
    filler = "".join(f"s-{n},unsc,{a}{b},elected,,\n" for n, (a, b) in enumerate(countries(45)))
    seats = (
        f"{SEATS}\nfirst,unsc,ZZ,elected,2020-01-01,2021-12-31\n{filler}"
        "overlaps,unsc,ZZ,elected,2021-01-01,2022-12-31\nold,unsc,DK,elected,,\n"
        "first,unsc,ZY,elected,,\nnowhere,nobody,ZX,elected,,\n"
    )
    header = "slug,reference,issue,body,title,ask,kind,status,listed_on"
    asks = f"{header}\n" + "".join(
        f"ask-{n},{reference},wrong,unsc,T,A,recommendation,open,2024-12-16\n"
        for n, reference in enumerate(["A", "TAKEN", *(f"R{n}" for n in range(40)), "A"])
    )

    for kind, text in (("seats", seats), ("actions", asks)):
        with transaction.atomic():
            in_place = read(kind, text, dry_run=True)
        on_a_copy = read(kind, text, dry_run=True)

        assert on_a_copy == in_place
        assert {what for what, *_ in on_a_copy.values()} >= {"refused"}
        assert read(kind, text) == in_place
    assert Seat.objects.count() == 1


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        ("DELETE FROM advocacy_targetbody", "body: There is no body “unsc”."),
        ("UPDATE advocacy_seat SET country = 'AD'", "This State already has a seat in this body"),
    ],
)
def test_what_is_no_longer_good_when_it_is_saved_takes_all_back(other, meanwhile, reason):
    make_body(slug="unsc")
    if "seat" in meanwhile:
        make_seat(slug="other", body=TargetBody.objects.get(), country="ZZ", capacity="elected")
    before = Seat.objects.count()
    fates = transfer.import_rows("seats", file_of(many_seats(30)), "csv", by=None)

    for _number in range(30):
        assert next(fates).what == "new"
    other.execute(meanwhile)
    late = list(fates)

    assert late
    assert {fate.what for fate in late} == {"refused"}
    assert any(reason in " ".join(fate.reasons) for fate in late)
    assert Seat.objects.count() == before
