"""The chain covers what entries stand on: the ask, its body and the sources."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from advocacy.models import (
    Event,
    Link,
    RecommendedAction,
    ResponseStatus,
    Source,
    TargetBody,
    Wording,
)
from advocacy.models.digests import SALT_BYTES
from tests.factories import (
    make_action,
    make_body,
    make_event,
    make_issue,
    make_proposal,
    make_source,
    record,
    record_look,
    submit,
)
from tests.pages import text_of
from tests.test_chain import below, verify

pytestmark = pytest.mark.django_db

S = ResponseStatus
OTHER_SOURCE = {
    "title": "Another",
    "summary": "Another",
    "publisher": "Another",
    "url": "https://other.example/",
    "published_on": "2020-01-01",
    "published_precision": "year",
    "tier": 4,
    "is_independent": False,
    "language": "ko",
    "quote": "Other words.",
    "quote_translation": "Other words.",
    "accessed_on": "2020-01-01",
    "archive_url": "https://archive.example/",
    "sha256": "0" * 64,
    "is_weak": True,
    "exposes_people": True,
}
OTHER_ASK = {
    "title": "Another",
    "text": "Another",
    "counts_as_done": "Nothing.",
    "counts_as_refused": "Nothing.",
    "reference": "Z-99",
    "state": "withdrawn",
    "listed_on": "2020-01-01",
    "closed_on": "2020-01-01",
    "closed_because": "Another",
    "legal_note": "Another",
    # A day and its reason stand or fall together.
    "expected_by": "2020-01-01",
    "expected_basis": "rule",
    "expected_rule": "Rule 1.",
    "paused_on": "2020-01-01",
    "pause_reason": "Another",
}
OTHER_BODY = {
    "name": "Another",
    "abbreviation": "X",
    "country": "DK",
    "works_in_confidence": True,
}
OTHER_EVENT = {
    "title": "Another",
    "text": "Another",
    "happened_on": "2020-01-01",
    "happened_precision": "year",
    "by_states": "DK",
    "about_states": "DK",
}
TOGETHER = [
    {"expected_by", "expected_basis", "expected_rule"},
    {"paused_on", "pause_reason"},
    {"state", "closed_on", "closed_because"},
]


@pytest.fixture
def entry():
    action = make_action(reference="NK-02", title="Restore the panel")
    return record(action, S.UNDER_DISCUSSION, sources=[make_source()], event=make_event())


def of(table, entry):
    """The row of a table that this entry stands on."""
    rows = {
        "source": entry.sources.first(),
        "recommendedaction": entry.action,
        "targetbody": entry.action.body,
        "event": entry.event,
    }
    return rows[table]


@pytest.mark.parametrize("model", [Source, RecommendedAction, TargetBody, Event])
def test_every_field_is_hashed_or_named_as_not_hashed(model):
    columns = {field.attname for field in model._meta.concrete_fields}

    assert set(model.WITNESSED) | set(model.NOT_WITNESSED) == columns
    assert not set(model.WITNESSED) & set(model.NOT_WITNESSED)


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        *(("source", name, value) for name, value in OTHER_SOURCE.items()),
        *(("recommendedaction", name, value) for name, value in OTHER_ASK.items()),
        *(("targetbody", name, value) for name, value in OTHER_BODY.items()),
        *(("event", name, value) for name, value in OTHER_EVENT.items()),
    ],
)
def test_tampering_with_any_field_that_an_entry_stands_on_is_named(entry, table, column, value):
    row = of(table, entry)
    assert verify()[0]
    names = next((pair for pair in TOGETHER if column in pair), [column])
    values = OTHER_SOURCE | OTHER_ASK | OTHER_BODY | {column: value}
    places = ", ".join(f"{name} = %s" for name in names)
    below(
        f"UPDATE advocacy_{table} SET {places} WHERE id = %s",
        *(values[name] for name in names),
        row.pk,
    )

    holds, words = verify()
    assert not holds
    assert f" {row.pk} “" in words
    assert column in words.partition("changed past the program (")[2]


@pytest.mark.parametrize(("column", "make"), [("body_id", make_body), ("issue_id", make_issue)])
def test_an_ask_put_to_another_body_or_under_another_issue_is_named(entry, column, make):
    below(f"UPDATE advocacy_recommendedaction SET {column} = %s", make().pk)

    assert f"changed past the program ({column})" in verify()[1]


def test_an_ask_said_to_be_replaced_is_named(entry):
    below(
        "UPDATE advocacy_recommendedaction SET superseded_by_id = %s, state = 'superseded',"
        " closed_on = '2025-02-01', closed_because = 'So.' WHERE id = %s",
        make_action().pk,
        entry.action_id,
    )

    assert "superseded_by_id" in verify()[1].partition("changed past the program (")[2]


def test_the_tests_above_change_every_hashed_field():
    assert set(OTHER_SOURCE) == set(Source.WITNESSED)
    others = {"body_id", "issue_id", "superseded_by_id"}
    assert {*OTHER_ASK, *others} == set(RecommendedAction.WITNESSED)
    assert set(OTHER_EVENT) == set(Event.WITNESSED)
    assert set(OTHER_BODY) == set(TargetBody.WITNESSED)


def test_tampering_with_what_the_chain_keeps_of_a_source_is_named(entry):
    source = entry.sources.first()
    below("UPDATE advocacy_source SET quote = 'Other words.' WHERE id = %s", source.pk)
    wording = Wording.objects.of_row(source).get()
    said = json.dumps(wording.said | {"quote": "Other words."})
    below("UPDATE advocacy_wording SET said = %s WHERE id = %s", said, wording.pk)

    assert f"(how Source {source.pk} “{source}” read): what it says" in verify()[1]


def test_a_source_swapped_for_another_is_named(entry):
    other = record(entry.action, sources=[make_source()])
    below(
        "UPDATE advocacy_citation SET source_id = %s WHERE update_id = %s",
        other.sources.get().pk,
        entry.pk,
    )

    assert f"Entry {entry.pk} (NK-02" in verify()[1]


def test_each_field_has_a_salt_of_its_own(entry):
    for wording in Wording.objects.all():
        link = Link.objects.get(kind="wording", key=wording.pk)
        assert len(bytes(link.salts)) == SALT_BYTES * len(wording.hashed_values())
        assert set(wording.said) < set(wording.hashed_values())


def test_what_an_entry_stands_on_joins_the_chain_before_it_and_once(entry):
    record(entry.action, S.COMMITTED, sources=list(entry.sources.all()))

    kinds = list(Link.objects.order_by("number").values_list("kind", flat=True))
    # The ask and its body before it was put to it; the event, its source and the source cited.
    before = ["wording", "wording", "submission", "wording", "wording", "wording"]
    assert kinds == [*before, "update", "update"]


def test_a_source_that_is_cited_keeps_its_words_and_may_get_an_archived_copy(entry):
    source = entry.sources.first()
    for name in ("summary", "quote", "quote_translation", "language", "sha256", "accessed_on"):
        changed = Source.objects.get(pk=source.pk)
        setattr(changed, name, OTHER_SOURCE[name])
        with pytest.raises(ValidationError, match="stays as it was read"):
            changed.save()
    source.archive_url = "https://archive.example/1"
    source.save()

    assert verify()[0]
    kept = [wording.said["archive_url"] for wording in Wording.objects.of_row(source)]
    assert kept == ["", "https://archive.example/1"]
    below("UPDATE advocacy_source SET archive_url = '' WHERE id = %s", source.pk)
    assert "changed past the program (archive_url)" in verify()[1]


def test_what_no_entry_stands_on_changes_without_a_link():
    action, source = make_proposal(), make_source()
    for row in (action, source):
        row.title = "Another"
        row.save()

    assert not Link.objects.exists()


def test_a_change_of_an_ask_or_a_body_by_the_program_is_a_link_and_the_record_holds(entry):
    entry.action.title = "Restore the panel of experts"
    entry.action.save()
    entry.action.body.name = "Security Council"
    entry.action.body.save()
    entry.action.body.save()

    assert Link.objects.filter(kind="wording").count() == 7
    assert verify()[0]


def test_the_page_says_that_the_wording_was_changed_and_shows_what_it_was(client, entry):
    action, page = entry.action, reverse("action_detail", args=[entry.action.slug])
    assert "was changed on" not in text_of(client.get(page))

    action.legal_note = "A note."
    action.save()
    assert "was changed on" not in text_of(client.get(page))

    action.counts_as_done = "A decision of the whole."
    action.save()
    shown = text_of(client.get(page))
    assert "The wording of this ask was changed on" in shown
    assert "after its first submission or entry" in shown
    assert "What would count as done Until" in shown
    assert ": A decision. From then on: A decision of the whole." in shown


def test_what_was_changed_before_the_first_entry_is_no_change(client):
    action = make_proposal(title="Restore it")
    action.title = "Restore the panel"
    action.save()
    record_look(action)

    page = client.get(reverse("action_detail", args=[action.slug]))
    assert "was changed on" not in text_of(page)


def test_a_change_after_it_was_put_to_its_body_is_shown_though_nobody_answered(client):
    action = make_action(title="Restore it")
    action.title = "Restore the panel"
    action.save()

    shown = text_of(client.get(reverse("action_detail", args=[action.slug])))
    assert ": Restore it From then on: Restore the panel" in shown


def test_a_source_of_a_submission_or_of_an_event_is_covered_as_those_of_an_entry_are():
    source, reported = make_source(), make_source()
    submit(make_action(), source=source)
    record(make_action(), event=make_event(sources=[reported]))
    assert verify()[0]

    for row in (source, reported):
        below("UPDATE advocacy_source SET title = 'Another' WHERE id = %s", row.pk)
        assert (
            f"Source {row.pk} “Another ({row.publisher})” was changed past the program (title)"
            in verify()[1]
        )


def test_an_event_that_lost_a_source_below_the_program_is_named():
    event = make_event(sources=[make_source(), make_source()])
    record(make_action(), event=event)
    below("DELETE FROM advocacy_eventsource WHERE source_id = %s", event.sources.first().pk)

    assert f"Event {event.pk} “{event}” was changed past the program (sources)" in verify()[1]
