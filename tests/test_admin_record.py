"""Recording a response, correcting an entry and looking again, as staff do it."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.utils import timezone

from advocacy.models import (
    AssertedBy,
    RecommendedAction,
    ResponseStatus,
    SearchLog,
    StatusUpdate,
    Tier,
)
from tests.factories import (
    make_search_log,
    make_source,
    record,
)
from tests.pages import text_of
from tests.staff import (
    LOG,
    LOOK,
    NEW_SOURCE,
    Controls,
    change_page,
    correct_page,
    errors_beside,
    look_again,
    make_ask,
    nothing_recorded,
    record_on_page,
    send,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus


def test_a_response_is_recorded_with_a_source_typed_on_the_same_page(client, editor):
    action = make_ask(reference="NK-03")

    page = record_on_page(
        client,
        action,
        **NEW_SOURCE,
        **{
            "entry-status": S.UNDER_DISCUSSION,
            "entry-happened_on": "2025-03-03",
            "entry-summary": "The Governing Body put it on its agenda.",
        },
    )

    update = StatusUpdate.objects.get()
    source = update.sources.get()
    assert "Recorded for NK-03: “Under discussion”, 2025-03-03." in text_of(page)
    assert "The Governing Body put it on its agenda." in text_of(page)
    assert update.action == action
    assert update.recorded_by == editor
    assert update.checked_on == timezone.localdate()
    assert source.title == "Press briefing of 4 March"
    assert source.accessed_on == timezone.localdate()
    assert source.edited_by_staff_at
    action.refresh_from_db()
    assert action.edited_by_staff_at is None
    assert "Under discussion" in LogEntry.objects.get().get_change_message()


def test_a_response_is_recorded_with_sources_on_file(client, editor):
    action, sources = make_ask(), [make_source(), make_source(tier=Tier.CAMPAIGN)]

    record_on_page(
        client,
        action,
        **{
            "entry-status": S.ACKNOWLEDGED,
            "entry-summary": "It wrote that it had received the letter.",
            "entry-sources": [source.pk for source in sources],
        },
    )

    assert set(action.updates.get().sources.all()) == set(sources)


def test_silence_is_recorded_with_a_search_log(client, editor):
    action = make_ask()

    record_on_page(client, action, **LOG, **{"entry-status": S.NO_RESPONSE})

    update = action.updates.get()
    assert update.search_log.places.split() == ["NORMLEX", "ilo.org"]
    assert update.search_log.searched_by == editor
    assert update.search_log.searched_on == timezone.localdate()
    assert update.search_log.edited_by_staff_at
    assert update.asserted_by == AssertedBy.US
    assert SearchLog.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "typed", "field", "words"),
    [
        (S.COMMITTED, {}, "entry-quote", "the exact words, and who spoke in what capacity"),
        (S.PARTIAL_ACTION, {}, "entry-missing", "in writing what is still missing"),
        (S.ACTION_TAKEN, {}, "entry-reference", "needs the act and its symbol"),
        (S.REFUSED, {}, "entry-refused_reason", "Silence is never a refusal."),
        (S.BLOCKED, {}, "entry-blocked_reason", "how it was blocked, and by whom"),
        (S.BLOCKED, {"entry-blocked_reason": "veto"}, "entry-votes_for", "needs the tally"),
        (S.OVERTAKEN, {}, "entry-transition_reason", "needs one sentence why"),
        (S.REVERSED, {}, "entry-undoes", "the entry that was undone"),
        (S.REVERSED, {}, "entry-status", "cannot follow “Not yet checked”"),
        (S.UNDER_DISCUSSION, {"entry-summary": ""}, "entry-summary", "Say in a sentence"),
        (
            S.UNDER_DISCUSSION,
            {"source-1-tier": "4"},
            "entry-sources",
            "the meeting number or agenda",
        ),
        (S.UNDER_DISCUSSION, {"source-1-tier": "3"}, "entry-verification", "set it to “reported”"),
        (S.UNDER_DISCUSSION, {"entry-happened_on": "2999-01-01"}, "entry-happened_on", "future"),
        (S.UNDER_DISCUSSION, {"entry-happened_on": "soon"}, "entry-happened_on", "valid date"),
        (S.UNDER_DISCUSSION, {"entry-checked_on": "2020-01-01"}, "entry-checked_on", "before it"),
        (S.UNDER_DISCUSSION, {"source-1-url": ""}, "source-1-url", "A new source needs this."),
        (S.UNDER_DISCUSSION, {"log-places": "NORMLEX"}, "log-gaps", "the known gaps"),
        ("", {}, "entry-status", "Choose a status of the vocabulary."),
    ],
)
def test_a_refused_response_names_what_is_missing_and_keeps_what_was_typed(
    client, editor, status, typed, field, words
):
    action = make_ask()
    typed = {"entry-status": status, "entry-summary": "Kept sentence.", **NEW_SOURCE, **typed}

    page = record_on_page(client, action, **typed)

    assert words in errors_beside(page, field)
    assert "everything you typed is kept" in text_of(page)
    kept = Controls(page.text).sent
    assert {name: kept.get(name, "") for name in typed} == typed
    assert nothing_recorded()


def test_silence_without_a_search_log_is_refused_beside_the_search_log(client, editor):
    page = record_on_page(client, make_ask(), **{"entry-status": S.NO_RESPONSE})

    log = re.search(r'<details class="search-log"[^>]* open>.*?</details>', page.text, re.S)[0]
    assert "places searched, terms and known gaps" in log
    assert nothing_recorded()


def test_every_gap_is_named_at_once(client, editor):
    page = record_on_page(client, make_ask(), **{"entry-status": S.PARTIAL_ACTION})

    for field in ["entry-summary", "entry-missing", "entry-sources"]:
        assert errors_beside(page, field), field


def test_a_refused_response_keeps_its_sources_on_file_and_its_search_log(client, editor):
    source = make_source(title="Minutes on file")

    page = record_on_page(
        client,
        make_ask(),
        **{**LOG, "entry-status": S.REVERSED, "entry-sources": [source.pk]},
    )

    kept = Controls(page.text).sent
    assert kept["entry-sources"] == [str(source.pk)]
    assert {name: kept[name].replace("\r\n", "\n") for name in LOG} == LOG
    assert not SearchLog.objects.exists()


def test_a_refused_response_saves_no_edit_of_the_ask_either(client, editor):
    action = make_ask(title="As it was")

    page = record_on_page(client, action, title="Edited", **{"entry-status": S.COMMITTED})

    action.refresh_from_db()
    assert action.title == "As it was"
    assert Controls(page.text).sent["title"] == "Edited"


def test_a_broken_edit_of_the_ask_records_no_response_either(client, editor):
    action = make_ask()

    page = record_on_page(
        client,
        action,
        title="",
        **{"entry-status": S.UNDER_DISCUSSION, "entry-summary": "It met.", **NEW_SOURCE},
    )

    assert Controls(page.text).sent["entry-summary"] == "It met."
    assert nothing_recorded()


def test_saving_the_ask_with_an_untouched_block_records_nothing(client, editor):
    action = make_ask()

    send(client, change_page(action), title="Edited")

    action.refresh_from_db()
    assert action.title == "Edited"
    assert nothing_recorded()


def test_a_response_without_a_word_is_not_recorded(client, editor):
    page = record_on_page(client, make_ask())

    assert errors_beside(page, "entry-status") == "Choose a status of the vocabulary."
    assert nothing_recorded()


def test_the_button_pressed_after_an_edit_of_the_ask_alone_saves_the_ask(client, editor):
    page = record_on_page(client, make_ask(), title="Edited")

    assert "was changed successfully." in text_of(page)
    assert nothing_recorded()


def test_a_response_and_an_edit_of_the_ask_are_saved_together(client, editor):
    action = make_ask()

    page = record_on_page(
        client,
        action,
        title="Edited",
        **{"entry-status": S.UNDER_DISCUSSION, "entry-summary": "It met.", **NEW_SOURCE},
    )

    action.refresh_from_db()
    assert "Your changes to the ask were saved as well." in text_of(page)
    assert action.title == "Edited"
    assert action.edited_by_staff_at
    assert action.updates.count() == 1


def test_a_correction_adds_an_entry_that_names_the_old_one(client, editor):
    action = make_ask()
    source = make_source()
    wrong = record(
        action, S.ACTION_TAKEN, summary="It decided.", reference="A/RES/1", sources=[source]
    )

    form = client.get(correct_page(wrong))
    page = send(
        client,
        correct_page(wrong),
        **{"entry-status": S.UNDER_DISCUSSION, "entry-correction_reason": "No vote was held."},
    )

    filled_in = Controls(form.text).sent
    assert filled_in["entry-summary"] == "It decided."
    assert filled_in["entry-happened_on"] == "2024-12-16"
    assert filled_in["entry-sources"] == [str(source.pk)]
    right = action.updates.get(corrects=wrong)
    assert right.status == S.UNDER_DISCUSSION
    assert right.correction_reason == "No vote was held."
    assert list(right.sources.all()) == [source]
    assert action.updates.count() == 2
    for words in ["Both entries stay", "No vote was held.", "Corrects “", "Corrected by “"]:
        assert words in text_of(page), words


def test_a_correction_says_why(client, editor):
    wrong = record(make_ask(), summary="It met.")

    page = send(client, correct_page(wrong), **{"entry-summary": "It met twice."})

    assert errors_beside(page, "entry-correction_reason") == "Say why the entry is corrected."
    assert Controls(page.text).sent["entry-summary"] == "It met twice."
    assert StatusUpdate.objects.count() == 1


def test_the_correction_of_a_silence_keeps_its_search_log_unless_it_is_changed(client, editor):
    action = make_ask()
    first = record(action, S.NO_RESPONSE)
    why = {"entry-correction_reason": "Another day."}

    send(client, correct_page(first), **why, **{"entry-happened_on": "2024-12-15"})
    second = action.updates.get(corrects=first)
    send(client, correct_page(second), **why, **{"log-gaps": "No minutes online."})
    third = action.updates.get(corrects=second)

    assert second.search_log == first.search_log
    assert third.search_log != first.search_log
    assert third.search_log.gaps == "No minutes online."
    assert third.search_log.places == first.search_log.places


def test_a_corrected_entry_is_not_corrected_again(client, editor):
    action = make_ask()
    wrong = record(action)
    record(action, corrects=wrong, correction_reason="A slip.")

    page = client.get(correct_page(wrong), follow=True)

    assert "This entry is already corrected: correct the newer one." in text_of(page)
    assert change_page(action) in page.redirect_chain[0][0]


def test_opening_the_correction_page_records_nothing(client, editor):
    wrong = record(make_ask())

    client.get(correct_page(wrong), {"entry-correction_reason": "By a link."})

    assert StatusUpdate.objects.count() == 1


def test_one_search_log_serves_all_asks_looked_at(client, editor):
    discussed, unknown = make_ask(), make_ask()
    record(discussed)

    page = look_again(client, discussed, unknown, **LOOK)

    log = SearchLog.objects.get()
    assert "Looked again, nothing new: recorded for 2 asks." in text_of(page)
    assert log.searched_by == editor
    assert log.updates.count() == 2
    assert discussed.updates.get(search_log=log).status == S.UNDER_DISCUSSION
    assert unknown.updates.get().status == S.NO_RESPONSE
    assert {update.asserted_by for update in log.updates.all()} == {AssertedBy.US}
    assert discussed.updates.get(search_log=log).checked_on == date(2025, 5, 5)


def test_looking_again_asks_for_the_search_log_and_starts_from_the_last_one(client, editor):
    action = make_ask(title="Open an inquiry")
    record(action, S.NO_RESPONSE)

    page = look_again(client, action)

    filled_in = Controls(page.text).sent
    assert "Open an inquiry" in text_of(page)
    assert filled_in["look-searched_on"] == timezone.localdate().isoformat()
    assert filled_in["look-places"] == "NORMLEX\r\nilo.org"
    assert filled_in["look-terms"] == "North Korea\r\nforced labour"
    assert filled_in["look-gaps"] == ""
    assert action.updates.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"look-gaps": " "}, "look-gaps", "the known gaps"),
        ({"look-searched_on": "2999-01-01"}, "look-searched_on", "no dates in the future"),
    ],
)
def test_a_refused_look_records_nothing_and_keeps_what_was_typed(
    client, editor, typed, field, words
):
    page = look_again(client, make_ask(), make_ask(), **{**LOOK, **typed})

    assert words in errors_beside(page, field)
    assert Controls(page.text).sent["look-places"] == "UN Web TV"
    assert nothing_recorded()


def test_a_look_that_the_record_refuses_names_each_ask(editor):
    asks = [make_ask(reference="NK-03"), make_ask(reference="NK-06")]
    log = make_search_log(searched_on=timezone.localdate() + timedelta(days=1))

    with pytest.raises(ValidationError) as refusal:
        RecommendedAction.objects.filter(pk__in=[ask.pk for ask in asks]).record_check(
            log, by=editor
        )

    assert refusal.value.messages == [
        "NK-03: The record holds no dates in the future.",
        "NK-06: The record holds no dates in the future.",
    ]
    assert not StatusUpdate.objects.exists()


def test_a_look_is_recorded_from_the_page_of_the_ask(client, editor):
    action = make_ask()
    chosen = {"CHANGE_FORM-action": "look_again", "_selected_action": action.pk}

    asked = client.post(change_page(action), chosen)
    again = Controls(asked.text).sent
    page = client.post(change_page(action), {**again, **chosen, **LOOK}, follow=True)

    assert 'name="CHANGE_FORM-action" value="look_again"' in asked.text
    assert "recorded for 1 ask." in text_of(page)
    assert action.updates.get().status == S.NO_RESPONSE


def test_one_search_log_does_not_speak_for_hundreds_of_asks(client, editor, monkeypatch):
    monkeypatch.setattr("advocacy.admin.actions.MOST_LOOKED_AT", 1)

    page = look_again(client, make_ask(), make_ask(), **LOOK)

    assert "Choose at most 1 asks" in text_of(page)
    assert nothing_recorded()
