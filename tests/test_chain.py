"""The chain of the record: what was changed below the program shows."""

import json
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Link, RecordHead, ResponseStatus, SearchLog, Source, StatusUpdate
from advocacy.models.digests import SALT_BYTES, field_digest
from tests.factories import (
    make_action,
    make_event,
    make_proposal,
    make_search_log,
    make_source,
    make_user,
    record,
    record_look,
)
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/chain.py")]

S = ResponseStatus
# Worked out once, by hand of the definition: it changes if a refactoring changes any digest.
GOLDEN = "e64ff53a4f06417d19d3eed2e845f761d5fc1b80ac54542ccef39a1123d0fcfd"
OWN_COLUMNS = [name for name in StatusUpdate.HASHED if "__" not in name and name != "sources"]
OTHER_LOG = {"searched_on": "2020-01-01", "places": "x", "terms": "x", "gaps": "x"}


@pytest.fixture
def entries():
    action = make_proposal(reference="NK-02")
    first = record_look(action)
    second = record(action, S.UNDER_DISCUSSION, sources=[make_source(), make_source()])
    return [first, second, record(make_proposal(), S.BLOCKED)]


def link_of(entry):
    return Link.objects.get(kind="update", key=entry.pk)


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


def test_each_link_carries_the_hash_of_the_one_before(entries):
    links = list(Link.objects.order_by("number"))

    assert links[0].previous == ""
    assert [link.previous for link in links[1:]] == [link.digest for link in links[:-1]]
    # Two asks, two bodies, three sources and three entries.
    assert [link.number for link in links] == list(range(1, 11))
    head = f"10-{links[-1].digest}"
    assert RecordHead.current().noted == head
    assert verify() == (True, f"The record holds: 3 entries, 10 links, head {head}.\n")


def test_the_way_a_row_is_hashed_never_changes():
    values = {"key": "nk-02", "happened_on": "2024-12-16", "votes_for": None, "sources": [["A", 1]]}
    link = Link(number=7, kind="update", key=12, previous="ab" * 32, salts=bytes(range(64)))

    assert link.digest_of(values) == GOLDEN


def test_every_field_of_an_entry_is_hashed_or_named_as_not_hashed():
    columns = {field.attname for field in StatusUpdate._meta.concrete_fields}

    assert columns - set(StatusUpdate.HASHED) == set(StatusUpdate.NOT_HASHED)
    of_log = {f"search_log__{name}" for name in SearchLog.FIXED}
    assert set(StatusUpdate.HASHED) - columns == {*of_log, "sources"}
    assert set(entry_values()) == set(StatusUpdate.HASHED)


def entry_values():
    return record(make_action()).hashed_values()


@pytest.mark.every_case
@pytest.mark.parametrize("column", OWN_COLUMNS)
def test_tampering_with_any_column_of_an_entry_is_named(column):
    action = make_action()
    undone = record(action, S.ACTION_TAKEN, happened_on=date(2025, 1, 1))
    entry = record(
        action,
        S.REVERSED,
        happened_on=date(2025, 2, 1),
        undoes=undone,
        transition_reason="It took it back.",
        approved_by=make_user(is_superuser=True),
        tell="nobody",
    )
    other = {
        "happened_on": "2025-01-15",
        "checked_on": "2026-01-01",
        "recorded_at": timezone.now() + timedelta(days=1),
        "receipt_on": "2025-01-01",
        "is_setback": not entry.is_setback,
        "points_other_way": not entry.points_other_way,
        "action_id": make_action().pk,
        "recorded_by_id": make_user().pk,
        "approved_by_id": make_user().pk,
        "undoes_id": entry.pk,
        "event_id": make_event().pk,
        "corrects_id": undone.pk,
        "correction_reason": "So.",
        "votes_for": 3,
        "votes_against": 3,
        "votes_abstained": 3,
        "happened_precision": "month",
        "asserted_by": "us",
        "verification": "reported",
        "blocked_reason": "other",
        "refused_reason": "other",
        "status": "under_discussion",
    }.get(column, "changed")
    # A correction has its reason in the same row, so both change together.
    both = {"corrects_id": other, "correction_reason": "So."}
    changes = {"corrects_id": both, "correction_reason": both | {"corrects_id": undone.pk}}
    changed = changes.get(column, {column: other})
    assert verify()[0]

    places = ", ".join(f"{name} = %s" for name in changed)
    below(
        f"UPDATE advocacy_statusupdate SET {places} WHERE id = %s",
        *changed.values(),
        entry.pk,
    )

    holds, words = verify()
    assert not holds
    assert f"Entry {entry.pk} (" in words
    assert "what it says, or its evidence, was changed" in words


@pytest.mark.parametrize(("column", "value"), list(OTHER_LOG.items()))
def test_tampering_with_where_we_looked_is_named(entries, column, value):
    entry = entries[0]
    sql = f"UPDATE advocacy_searchlog SET {column} = %s WHERE id = %s"
    below(sql, value, entry.search_log_id)

    holds, words = verify()
    assert not holds
    assert f"Entry {entry.pk} (NK-02, recorded" in words


def test_the_evidence_that_is_hashed_is_the_evidence_that_no_longer_changes():
    may_come_later = {"archive_url", "exposes_people"}
    assert set(Source.FIXED) == set(Source.WITNESSED) - may_come_later
    assert set(OTHER_LOG) == set(SearchLog.FIXED)


def test_a_source_taken_from_an_entry_shows(entries):
    below("DELETE FROM advocacy_citation WHERE update_id = %s", entries[1].pk)

    assert f"Entry {entries[1].pk} (NK-02" in verify()[1]


def test_a_field_can_be_withheld_and_the_chain_still_holds(entries):
    link, entry = link_of(entries[1]), entries[1]
    place = StatusUpdate.HASHED.index("summary")
    salt = bytes(link.salts)[place * SALT_BYTES : (place + 1) * SALT_BYTES]
    kept = field_digest("summary", entry.summary, salt)
    without = bytearray(bytes(link.salts))
    without[place * SALT_BYTES : (place + 1) * SALT_BYTES] = bytes(SALT_BYTES)

    below("UPDATE advocacy_statusupdate SET summary = 'withheld' WHERE id = %s", entry.pk)
    assert not verify()[0]
    below(
        "UPDATE advocacy_link SET salts = %s, withheld = %s WHERE number = %s",
        bytes(without),
        json.dumps({"summary": kept}),
        link.number,
    )

    assert [why for _link, why in Link.objects.breaks() if why] == []
    # Those who withheld it are not on record (tests/test_withholding.py).
    assert "withheld past the program" in verify()[1]


def test_two_rows_that_say_the_same_have_nothing_in_common_that_is_stored():
    first, second = (link_of(record(make_action(), summary="The same.")) for _ in range(2))

    assert len(bytes(first.salts)) == SALT_BYTES * len(StatusUpdate.HASHED)
    assert bytes(first.salts) != bytes(second.salts)


def test_an_entry_put_in_past_the_program_is_named(entries):
    twin = StatusUpdate.objects.get(pk=entries[1].pk)
    twin.pk, twin.key, twin.uuid = None, "twin", uuid4()
    twin.save_base(force_insert=True)

    assert f"status update {twin.pk} was put in past the program" in verify()[1]


def test_a_removed_entry_shows_in_the_middle_and_at_the_end(entries):
    first, second, third = entries
    number = link_of(third).number
    below("DELETE FROM advocacy_citation WHERE update_id = %s", third.pk)
    below("DELETE FROM advocacy_standingtoday WHERE status_update_id = %s", third.pk)
    below("DELETE FROM advocacy_statusupdate WHERE id = %s", third.pk)
    assert f"Link {number} (update {third.pk}): its row was removed" in verify()[1]
    below("DELETE FROM advocacy_link WHERE number = %s", number)
    assert "entries at its end were taken away" in verify()[1]

    below("DELETE FROM advocacy_link WHERE number = %s", link_of(first).number)
    below("DELETE FROM advocacy_statusupdate WHERE id = %s", first.pk)
    source = second.sources.first()
    assert f"(how Source {source.pk} “{source}” read): it does not follow" in verify()[1]
    assert "one was removed or put in" in verify()[1]


def test_the_chain_cannot_fork_in_the_database(entries):
    twin = link_of(entries[1])
    twin.number, twin.digest, twin.key = 99, "0" * 64, 99
    with pytest.raises(IntegrityError, match="previous"), transaction.atomic():
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

    assert f"Head of the record {RecordHead.current().noted}" in shown


def test_an_empty_record_holds():
    assert verify() == (True, "The record holds: 0 entries, 0 links, head none.\n")
