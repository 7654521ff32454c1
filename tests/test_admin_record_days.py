"""Recording in the desk: days that are asked about, and responses that were found late."""

import re
from datetime import date

import pytest

from advocacy.models import Draft, ResponseStatus, StatusUpdate
from tests.factories import (
    ASKED_ON,
    make_source,
    record,
)
from tests.pages import text_of
from tests.staff import (
    MET,
    NEW_SOURCE,
    Controls,
    errors_beside,
    make_ask,
    record_on_page,
    record_page,
    send,
)
from tests.test_admin_record import every_way_in

pytestmark = pytest.mark.django_db

S = ResponseStatus


@every_way_in
def test_a_day_long_after_the_newest_source_is_asked_about_and_may_be_right(client, editor, way_in):
    page = way_in()
    typed = MET | {
        "entry-happened_on": "2025-05-05",
        "entry-sources": [make_source(published_on=date(2024, 1, 1)).pk],
        "entry-correction_reason": "A slip.",
    }

    asked = send(client, page, **typed)
    question = errors_beside(asked, "entry-day_is_right")
    again = {**Controls(asked.text).sent, "entry-day_is_right": "on", "confirm": "1"}
    done = client.post(page, again, follow=True)

    assert question == "The newest source is of 4 March 2025. If the day is right, tick this."
    assert errors_beside(done, "entry-day_is_right") == ""
    days = [update.happened_on for update in StatusUpdate.objects.all()]
    days += [draft.as_update().happened_on for draft in Draft.objects.all()]
    assert date(2025, 5, 5) in days


@pytest.mark.parametrize(
    ("published_on", "precision", "is_asked"),
    [
        (date(2025, 1, 30), "day", False),
        (date(2025, 1, 29), "day", True),
        (date(2025, 1, 1), "month", False),
        (date(2024, 12, 1), "month", True),
        (date(2025, 1, 1), "year", False),
    ],
)
def test_a_day_is_asked_about_when_it_is_more_than_a_month_later(
    client, editor, published_on, precision, is_asked
):
    source = make_source(published_on=published_on, published_precision=precision)
    typed = {"entry-happened_on": "2025-03-02", "entry-sources": [source.pk]}

    page = record_on_page(client, make_ask(), **MET | dict.fromkeys(NEW_SOURCE, "") | typed)

    assert bool(errors_beside(page, "entry-day_is_right")) == is_asked
    assert StatusUpdate.objects.exists() != is_asked


@pytest.mark.parametrize(("day", "stood"), [("2024-12-16", True), ("2024-12-17", False)])
def test_a_day_no_later_than_the_ask_is_said_to_be_as_it_stood_before(client, editor, day, stood):
    action = make_ask(reference="NK-03", asked_on=ASKED_ON)
    words = "This is no later than the ask (NK-03, 16 December 2024)"
    typed = MET | {"entry-happened_on": day}

    page = record_on_page(client, action, **typed | {"entry-summary": ""})
    shown = re.findall(r'<p class="notice"[^>]*?( hidden)?>', page.text)
    record_on_page(client, action, **typed)

    assert words in text_of(page)
    assert shown == ["" if stood else " hidden"]
    assert action.updates.get().happened_on.isoformat() == day


# A response that was found late.


def found_late(action):
    """The record goes on after the day of what is typed now, in a way that needs a reason."""
    return record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 6, 1))


PROMISED = MET | {
    "entry-status": S.COMMITTED,
    "entry-quote": "We will.",
    "entry-speaker": "The president",
}


def test_a_response_found_late_gives_the_later_entry_its_reason_in_the_same_act(client, editor):
    action = make_ask()
    later = found_late(action)

    asked = record_on_page(client, action, **PROMISED)
    said = errors_beside(asked, "entry-later_reason")
    assert "The record says “Under discussion” on 1 June 2025." in said
    assert "give it here, and it is corrected in the same act" in said
    assert action.updates.count() == 1
    typed = {**Controls(asked.text).sent, "entry-later_reason": "A new government."}
    client.post(record_page(ask=action), typed)

    corrected = action.updates.get(corrects=later)
    assert corrected.transition_reason == "A new government."
    assert corrected.is_setback
    assert action.updates.get(status=S.COMMITTED).happened_on == date(2025, 3, 3)
    assert action.updates.count() == 3


def test_what_needs_no_reason_asks_for_none(client, editor):
    page = client.get(record_page(ask=make_ask()))

    assert "entry-later_reason" not in page.text
    assert "entry-day_is_right" not in page.text


def test_what_the_later_entry_cannot_follow_is_refused_beside_the_status(client, editor):
    action = make_ask()
    record(action, S.ACKNOWLEDGED, happened_on=date(2025, 6, 1))

    page = record_on_page(client, action, **MET)

    assert "Correct that entry first." in errors_beside(page, "entry-status")
    assert errors_beside(page, "entry-later_reason") == ""
