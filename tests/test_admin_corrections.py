"""Recording in the desk: corrections."""

from datetime import date

import pytest

from advocacy.models import AssertedBy, ResponseStatus, SearchLog, StatusUpdate, Verification
from tests.factories import (
    make_source,
    record,
    record_look,
)
from tests.pages import text_of
from tests.staff import (
    LOOK,
    MET,
    Controls,
    change_page,
    correct_page,
    errors_beside,
    make_ask,
    record_page,
    send,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus


def test_a_correction_starts_with_the_old_entry_and_both_stay(client, editor):
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
    assert "It decided." in text_of(form)
    assert filled_in["entry-summary"] == "It decided."
    assert filled_in["entry-happened_on"] == "2024-12-16"
    assert filled_in["entry-asserted_by"] == AssertedBy.BODY
    assert filled_in["entry-verification"] == Verification.DOCUMENTED
    assert filled_in["entry-sources"] == [str(source.pk)]
    right = action.updates.get(corrects=wrong)
    assert right.status == S.UNDER_DISCUSSION
    assert right.correction_reason == "No vote was held."
    assert list(right.sources.all()) == [source]
    assert action.updates.count() == 2
    assert page.redirect_chain[-1][0] == f"{change_page(action)}#entry-{right.pk}"
    for words in ["Both entries stay", "No vote was held.", "Corrects “", "Corrected by “"]:
        assert words in text_of(page), words


def test_a_correction_says_why(client, editor):
    wrong = record(make_ask(), summary="It met.")

    page = send(client, correct_page(wrong), **{"entry-summary": "It met twice."})

    assert errors_beside(page, "entry-correction_reason") == "Say why the entry is corrected."
    assert Controls(page.text).sent["entry-summary"] == "It met twice."
    assert StatusUpdate.objects.count() == 1


def test_a_look_is_corrected_with_a_search_log_of_its_own(client, editor):
    action = make_ask()
    wrong = record_look(action, date(2025, 2, 2), summary="Nothing on the agenda.")

    filled_in = Controls(client.get(correct_page(wrong)).text).sent
    typed = LOOK | {"entry-correction_reason": "Another day."}
    send(client, correct_page(wrong), **typed)

    assert filled_in["entry-happened_on"] == "2025-02-02"
    assert filled_in["entry-summary"] == "Nothing on the agenda."
    assert filled_in["entry-gaps"] == ""
    right = action.updates.get(corrects=wrong)
    assert right.is_look
    assert right.happened_on == date(2025, 5, 5)
    assert right.search_log != wrong.search_log
    assert right.search_log.places == "UN Web TV\nilo.org"
    assert SearchLog.objects.get(pk=wrong.search_log_id).gaps == "Closed sittings."


def test_a_look_that_missed_a_response_is_corrected_into_it(client, editor):
    action = make_ask()
    wrong = record_look(action)
    page = record_page(corrects=wrong, look=0)

    form = client.get(correct_page(wrong))
    assert page.replace("&", "&amp;").partition("?")[2] in form.text
    assert Controls(client.get(page).text).sent.get("entry-asserted_by", "") == ""
    send(client, page, **MET | {"entry-correction_reason": "We had missed it."})

    assert action.updates.get(corrects=wrong).status == S.UNDER_DISCUSSION


def test_a_corrected_entry_is_not_corrected_again(client, editor):
    action = make_ask()
    wrong = record(action)
    sent = Controls(client.get(correct_page(wrong)).text).sent
    record(action, corrects=wrong, correction_reason="A slip.")

    page = client.get(correct_page(wrong), follow=True)
    typed = {"entry-summary": "Typed meanwhile.", "entry-correction_reason": "Late."}
    late = client.post(correct_page(wrong), {**sent, **typed})

    for answer in (page, late):
        assert "This entry is already corrected: correct the newer one." in text_of(answer)
    assert change_page(action) in page.redirect_chain[0][0]
    assert Controls(late.text).sent["entry-summary"] == "Typed meanwhile."
    assert action.updates.count() == 2
