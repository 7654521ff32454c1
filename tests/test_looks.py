"""Looked again, nothing new: the short form of the page that records."""

from datetime import date

import pytest

from advocacy.models import AssertedBy, ResponseStatus, SearchLog
from tests.factories import make_body, record, record_look
from tests.pages import text_of
from tests.staff import (
    LIST,
    LOOK,
    Controls,
    act_on_list,
    change_page,
    errors_beside,
    look_again,
    make_ask,
    nothing_recorded,
    record_page,
    send,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus


def test_a_look_is_recorded_from_the_page_of_the_ask(client, editor):
    action = make_ask(reference="NK-03")

    page = look_again(client, action, **LOOK)

    entry = action.updates.get()
    assert "Recorded for NK-03: “Looked: no public response found”, 5 May 2025." in text_of(page)
    assert page.redirect_chain[-1][0] == f"{change_page(action)}#entry-{entry.pk}"
    assert entry.is_look
    assert entry.search_log.places == "UN Web TV\nilo.org"
    assert entry.search_log.searched_by == editor
    assert entry.search_log.edited_by_staff_at
    assert entry.asserted_by == AssertedBy.US
    assert "No public response found in" in text_of(page)


def test_a_look_for_what_nobody_had_asked_has_not_the_mark_of_silence(client):
    proposed, asked = make_ask(reference="NK-04", asked_on=None), make_ask(reference="NK-05")
    for ask in (proposed, asked):
        record_look(ask)

    of_proposed, of_asked = (
        client.get(proposed.get_absolute_url()),
        client.get(asked.get_absolute_url()),
    )

    assert "Looked: nothing public found on it" in text_of(of_proposed)
    assert "A search found nothing public on it." in text_of(of_proposed)
    assert "No public response" not in text_of(of_proposed)
    assert 'class="status" data-phase="no_answer"' not in of_proposed.text
    assert "Looked: no public response found" in text_of(of_asked)
    assert 'class="status" data-phase="no_answer"' in of_asked.text


def test_one_search_log_serves_asks_to_several_bodies(client, editor):
    discussed, unknown = make_ask(reference="NK-1"), make_ask(reference="NK-2")
    record(discussed)

    page = act_on_list(client, "look_again", discussed, unknown)
    page = send(client, page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"], **LOOK)

    log = SearchLog.objects.get()
    assert "Recorded for NK-1, NK-2: “Looked again: nothing new; Looked: no public" in text_of(page)
    assert page.redirect_chain[-1][0] == LIST
    assert log.updates.count() == 2
    entries = {entry.action: entry for entry in log.updates.all()}
    assert entries[discussed].label == "Looked again: nothing new"
    assert entries[unknown].label == "Looked: no public response found"
    assert {entry.checked_on for entry in entries.values()} == {date(2025, 5, 5)}
    shown = text_of(page)
    assert "Under discussion" in shown
    assert "No public response found" in shown


def test_a_look_starts_from_the_last_search_log_and_from_no_day(client, editor):
    action = make_ask(title="Open an inquiry")
    record_look(action)

    page = client.get(record_page(ask=action, look=1))

    filled_in = Controls(page.text).sent
    assert "Open an inquiry" in text_of(page)
    assert filled_in["entry-happened_on"] == ""
    assert filled_in["entry-places"] == "NORMLEX\r\nilo.org"
    assert filled_in["entry-terms"] == "North Korea\r\nforced labour"
    assert filled_in["entry-gaps"] == ""


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"entry-gaps": " "}, "entry-gaps", "required"),
        ({"entry-happened_on": ""}, "entry-happened_on", "required"),
        ({"entry-happened_on": "2999-01-01"}, "entry-happened_on", "no dates in the future"),
        ({"entry-ask": []}, "entry-ask", "Choose at least one ask."),
    ],
)
def test_a_refused_look_records_nothing_and_keeps_what_was_typed(
    client, editor, typed, field, words
):
    page = look_again(client, make_ask(), make_ask(), **{**LOOK, **typed})

    assert words in errors_beside(page, field)
    assert Controls(page.text).sent["entry-places"] == "UN Web TV\r\nilo.org"
    assert nothing_recorded()


def test_an_ask_that_nobody_looked_at_after_all_is_unticked(client, editor):
    first, second = make_ask(), make_ask()

    look_again(client, first, second, **LOOK, **{"entry-ask": [first.pk]})

    assert first.updates.count() == 1
    assert not second.updates.exists()


def test_all_asks_to_a_body_are_offered_from_its_page(client, editor):
    body = make_body()
    action, withdrawn = make_ask(body=body), make_ask(body=body, state="withdrawn")
    page = client.get(change_page(body))
    address = record_page(body=body, look=1)
    assert address.replace("&", "&amp;") in page.text

    send(client, address, **LOOK, **{"entry-ask": [action.pk]})
    refused = send(client, address, **LOOK, **{"entry-ask": [withdrawn.pk]})

    assert action.updates.get().is_look
    assert not withdrawn.updates.exists()
    assert "not one of the available choices" in errors_beside(refused, "entry-ask")


def test_one_search_log_does_not_speak_for_hundreds_of_asks(client, editor, monkeypatch):
    for module in ("actions", "record_forms"):
        monkeypatch.setattr(f"advocacy.admin.{module}.MOST_ASKS", 1)
    asks = [make_ask(), make_ask()]

    from_list = act_on_list(client, "look_again", *asks)
    by_address = look_again(client, *asks, **LOOK)

    assert "Choose at most 1 asks" in text_of(from_list)
    assert "Choose at most 1 asks" in errors_beside(by_address, "entry-ask")
    assert nothing_recorded()


def test_both_forms_are_one_step_apart(client, editor):
    action = make_ask()
    response, look = (client.get(record_page(ask=action, look=n)) for n in (0, 1))

    for page in (response, look):
        for n in (0, 1):
            assert f'href="?ask={action.pk}&amp;look={n}"' in page.text
    assert "entry-status" in response.text
    assert "entry-status" not in look.text


def test_a_look_is_looked_at_before_it_is_recorded(client, editor):
    action = make_ask()

    shown = look_again(client, action, **LOOK, preview="1")

    assert "Preview: nobody else sees this page." in text_of(shown)
    assert "Looked: no public response found" in text_of(shown)
    assert "UN Web TV" in text_of(shown)
    assert "Followers are told: not at all." in text_of(shown)
    assert nothing_recorded()
