"""The chain of the record: what was changed below the program shows."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from advocacy.models import RecordHead, ResponseStatus, StatusUpdate
from tests.factories import make_action, make_search_log, make_source, record
from tests.pages import text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus


@pytest.fixture
def entries():
    action = make_action(reference="NK-02")
    first = record(action, S.NO_RESPONSE)
    second = record(action, S.UNDER_DISCUSSION, sources=[make_source(), make_source()])
    return [first, second, record(make_action(), S.BLOCKED)]


def verify(**options):
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_record", verbosity=0, stdout=out, stderr=err, **options)
    except CommandError as refusal:
        return False, f"{err.getvalue()}{refusal}"
    return True, out.getvalue()


def below(sql, *values):
    """What somebody does who opens the database with another program."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_each_entry_carries_the_hash_of_the_one_before(entries):
    first, second, third = entries

    assert first.previous_digest == ""
    assert second.previous_digest == first.digest
    assert third.previous_digest == second.digest
    assert len({entry.digest for entry in entries}) == 3
    assert (RecordHead.current().number, RecordHead.current().digest) == (3, third.digest)
    assert verify() == (True, f"The record holds: 3 entries, head {third.digest}.\n")


@pytest.mark.parametrize(
    ("sql", "row", "why"),
    [
        ("UPDATE advocacy_statusupdate SET summary = 'x' WHERE id = %s", 1, "was changed"),
        ("UPDATE advocacy_statusupdate SET status = 'acknowledged' WHERE id = %s", 1, "changed"),
        ("DELETE FROM advocacy_citation WHERE update_id = %s", 1, "was changed"),
        (
            "UPDATE advocacy_source SET url = 'https://x.example' WHERE id IN"
            " (SELECT source_id FROM advocacy_citation WHERE update_id = %s)",
            2,
            "was changed",
        ),
        (
            "UPDATE advocacy_searchlog SET gaps = 'none' WHERE id ="
            " (SELECT search_log_id FROM advocacy_statusupdate WHERE id = %s)",
            0,
            "was changed",
        ),
    ],
)
def test_tampering_below_the_program_is_named(entries, sql, row, why):
    below(sql, entries[row].pk)

    holds, said = verify()
    assert not holds
    assert f"Entry {entries[row].pk} ({entries[row].action.reference}, recorded" in said
    assert why in said


def test_a_removed_entry_shows_in_the_middle_and_at_the_end(entries):
    first, second, third = entries
    for sql in ("advocacy_citation WHERE update_id", "advocacy_statusupdate WHERE id"):
        below(f"DELETE FROM {sql} = %s", third.pk)
    assert "entries at its end were taken away" in verify()[1]

    for sql in ("advocacy_citation WHERE update_id", "advocacy_statusupdate WHERE id"):
        below(f"DELETE FROM {sql} = %s", first.pk)
    assert f"Entry {second.pk} (NK-02" in verify()[1]
    assert "one was removed or put in" in verify()[1]


def test_a_head_that_somebody_noted_proves_that_nothing_before_it_was_rewritten(entries):
    for entry in entries:
        assert verify(head=entry.digest)[0]
    holds, said = verify(head="0" * 64)
    assert not holds
    assert "is in no entry: what led to it was rewritten" in said


def test_the_chain_cannot_fork_in_the_database(entries):
    twin = StatusUpdate.objects.get(pk=entries[1].pk)
    twin.pk = None
    twin.key = "twin"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save_base(force_insert=True)


def test_what_an_entry_stands_on_no_longer_changes(entries):
    source, log = entries[1].sources.first(), entries[0].search_log
    source.title = "Another"
    log.gaps = "None at all."
    for row in (source, log):
        with pytest.raises(ValidationError, match="stays as it was read"):
            row.full_clean()
        with pytest.raises(ValidationError, match="stays as it was read"):
            row.save()
    kept = entries[1].sources.first()
    kept.archive_url = "https://archive.example/1"
    kept.save()
    free = make_search_log()
    free.gaps = "Others."
    free.save()
    assert verify()[0]


def test_the_method_page_shows_the_last_hash(client, entries):
    shown = text_of(client.get(reverse("method")))

    assert RecordHead.current().digest in shown
    assert "Entries 3" in shown


def test_an_empty_record_holds():
    assert verify() == (True, "The record holds: 0 entries, head none.\n")
