"""What happened: never without a source, fixed once an entry rests on it, shown once."""

import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError
from django.urls import reverse

from advocacy import transfer
from advocacy.models import Draft, Event, ResponseStatus, StatusUpdate
from tests.dossier import few_rows, rows_of, write_rows
from tests.factories import (
    ASKED_ON,
    make_action,
    make_event,
    make_issue,
    make_source,
    make_user,
    record,
    record_look,
    write_draft,
)
from tests.pages import text_of
from tests.staff import (
    MET,
    change_page,
    delete_page,
    errors_beside,
    record_on_page,
    record_page,
    send,
    staff_who_may,
)
from tests.test_chain import below, verify

pytestmark = pytest.mark.django_db

S = ResponseStatus
ADD = reverse("admin:advocacy_event_add")


def read(text, format="csv"):
    file = io.BytesIO(text.encode())
    return list(transfer.import_rows("events", file, format, by=None))


# No event without a source


def test_the_verb_refuses_an_event_without_a_source():
    with pytest.raises(ValidationError) as refused:
        Event.objects.add(
            slug="e", title="It happened", happened_on=ASKED_ON, sources=[], issues=[make_issue()]
        )

    assert set(refused.value.message_dict) == {"sources"}
    assert not Event.objects.exists()


def test_the_form_refuses_an_event_without_a_source_and_keeps_what_was_typed(client, editor):
    source, typed = make_source(), {"title": "It happened", "slug": "it-happened"}
    typed |= {"happened_on": "2025-01-02", "issues": [make_issue().pk]}

    answer = send(client, ADD, **typed)
    assert "An event needs a source." in errors_beside(answer, "sources")
    assert 'value="It happened"' in answer.text
    assert not Event.objects.exists()

    send(client, ADD, **typed, sources=[source.pk])
    event = Event.objects.get()
    assert list(event.sources.all()) == [source]
    assert event.edited_by_staff_at

    answer = send(client, change_page(event), sources=[])
    assert "An event needs a source." in errors_beside(answer, "sources")
    assert list(event.sources.all()) == [source]


@pytest.mark.parametrize(
    "text",
    [
        "slug,title,happened_on,issues\nnew,It happened,2025-01-02,wrong\n",
        "slug,title,happened_on,issues,sources\nnew,It happened,2025-01-02,wrong,\n",
        "slug,sources\nold,\n",
    ],
)
def test_an_import_refuses_an_event_without_a_source(text):
    event = make_event(slug="old", issues=[make_issue(slug="wrong")])

    (fate,) = read(text)

    assert fate.what == "refused"
    assert fate.reasons == ("sources: This field cannot be blank.",)
    assert Event.objects.get() == event
    assert event.sources.count() == 1


@pytest.mark.parametrize("sources", [[], None])
def test_a_dossier_with_an_event_without_a_source_is_refused(tmp_path, sources):
    folder = few_rows(tmp_path)
    events = rows_of(folder, "events.json")
    key = events[0]["fields"]["slug"]
    events[0]["fields"]["sources"] = sources
    if sources is None:
        del events[0]["fields"]["sources"]
    write_rows(folder, "events.json", events)

    with pytest.raises(CommandError, match=rf"events\.json, {key}: sources: This field cannot"):
        call_command("load_content", folder=folder, verbosity=0)
    assert not Event.objects.exists()


def test_a_source_goes_only_after_its_events(client, editor):
    event = make_event()
    source = event.sources.get()

    with pytest.raises(ProtectedError):
        source.delete()
    page = client.get(delete_page(source))
    assert "protected" in text_of(page)
    event.delete()
    source.delete()


def test_an_event_whose_source_was_taken_away_below_the_program_is_named():
    event = make_event(title="It happened")
    assert verify()[0]

    below("DELETE FROM advocacy_eventsource WHERE event_id = %s", event.pk)

    holds, words = verify()
    assert not holds
    assert f"Event {event.pk} (2024-12-16 It happened) has no source." in words


# Once an entry rests on it


@pytest.fixture
def rested_on():
    event = make_event(title="The Council met", happened_on=ASKED_ON)
    record(make_action(reference="NK-02"), event=event)
    return event


def test_what_an_entry_rests_on_stays(rested_on):
    rested_on.title = "The Council did not meet"
    with pytest.raises(ValidationError, match="stays as it was read"):
        rested_on.save()
    source = rested_on.sources.get()
    source.title = "Another page"
    with pytest.raises(ValidationError, match="stays as it was read"):
        source.save()
    with pytest.raises(ProtectedError):
        rested_on.delete()


def test_what_an_entry_rests_on_stays_in_an_import_and_its_issues_may_change(rested_on):
    make_source(key="other")
    issue = make_issue(slug="further")

    (fate,) = read(f"slug,title\n{rested_on.slug},Another\n")
    assert (fate.what, "stays as it was read" in fate.reasons[0]) == ("refused", True)
    (fate,) = read(f"slug,sources\n{rested_on.slug},other\n")
    assert fate.reasons == (
        "sources: An entry of the record stands on this event: its sources stay.",
    )
    (fate,) = read(f"slug,issues\n{rested_on.slug},further\n")

    assert fate.what == "changed"
    assert list(rested_on.issues.all()) == [issue]


def test_what_an_entry_rests_on_can_only_be_read_in_the_desk(client, editor, rested_on):
    page = client.get(change_page(rested_on))

    assert "NK-02" in text_of(page)
    assert 'name="title"' not in page.text
    assert 'name="sources"' not in page.text
    assert 'name="issues"' in page.text
    send(client, change_page(rested_on), by_states="KP, RU")
    rested_on.refresh_from_db()
    assert (rested_on.by_states, rested_on.title) == ("KP, RU", "The Council met")
    assert client.post(delete_page(rested_on), {"post": "yes"}).status_code == 403


def test_no_earlier_version_of_it_is_put_back(client, editor):
    event = make_event(title="A first version")
    event.title = "The Council met"
    event.save()
    record(make_action(), event=event)
    version = event.history.earliest()

    page = reverse("admin:advocacy_event_simple_history", args=[event.pk, version.pk])
    answer = client.post(page, {"seen": "", "issues": [event.issues.get().pk]}, follow=True)

    assert "stays as it was read" in text_of(answer)
    event.refresh_from_db()
    assert event.title == "The Council met"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("event", "title", "It did not meet"),
        ("event", "text", "Nobody says so."),
        ("event", "happened_on", "2024-12-15"),
        ("event", "happened_precision", "year"),
        ("source", "url", "https://other.example/"),
    ],
)
def test_an_event_changed_below_the_program_shows(rested_on, table, column, value):
    row = rested_on if table == "event" else rested_on.sources.get()
    assert verify()[0]

    below(f"UPDATE advocacy_{table} SET {column} = %s WHERE id = %s", value, row.pk)

    holds, words = verify()
    assert not holds
    assert f"{table.capitalize()} {row.pk} “" in words
    assert f"was changed past the program ({column})" in words


def test_an_entry_cannot_rest_on_what_happened_later():
    event = make_event(happened_on=date(2025, 1, 2))

    with pytest.raises(ValidationError) as refused:
        record(make_action(), event=event, happened_on=date(2025, 1, 1))

    assert set(refused.value.message_dict) == {"event"}
    assert not StatusUpdate.objects.exists()


def test_a_look_rests_on_no_event():
    with pytest.raises(ValidationError) as refused:
        record_look(make_action(), event=make_event())

    assert set(refused.value.message_dict) == {"event"}


def test_a_state_is_named_by_its_code():
    with pytest.raises(ValidationError) as refused:
        make_event(by_states="Russia")

    assert "FR, KE" in refused.value.message_dict["by_states"][0]


# The desk


def test_a_response_and_a_draft_choose_their_event(client, editor):
    event, ask = make_event(title="The Body met", happened_on=date(2025, 3, 3)), make_action()

    record_on_page(client, ask, **MET | {"entry-event": event.pk})
    entry = StatusUpdate.objects.get()
    assert entry.event == event
    assert "The Body met" in text_of(client.get(change_page(ask)))

    draft = write_draft(ask, happened_on=date(2025, 3, 4), event=event)
    page = client.get(record_page(draft=draft))
    assert f'<option value="{event.pk}" selected>' in page.text
    draft.publish(by=make_user(is_superuser=True))
    assert draft.update.event == event

    corrected = send(client, record_page(corrects=entry), **{"entry-correction_reason": "A slip."})
    assert corrected.status_code == 200
    assert StatusUpdate.objects.get(corrects=entry).event == event
    assert Draft.objects.count() == 1


def test_a_later_event_is_refused_beside_its_field(client, editor):
    event, ask = make_event(happened_on=date(2025, 3, 4)), make_action()

    answer = record_on_page(client, ask, **MET | {"entry-event": event.pk})

    assert "happened later" in errors_beside(answer, "entry-event")
    assert not StatusUpdate.objects.exists()


def test_whoever_records_finds_events_and_nobody_else_does(client):
    make_event(title="The Body met")
    ask = {"app_label": "advocacy", "model_name": "statusupdate", "field_name": "event"}
    address = reverse("admin:autocomplete")

    staff_who_may(client, "add_statusupdate", "change_recommendedaction")
    found = client.get(address, ask | {"term": "body met"}).json()["results"]
    assert [row["text"] for row in found] == ["2024-12-16 The Body met"]
    staff_who_may(client, "view_issue")
    assert client.get(address, ask | {"term": "met"}).status_code == 403
