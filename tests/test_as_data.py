"""The public record as data: which rows there are, and what each says."""

import csv
import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from advocacy.as_data import KINDS, Asked, batches_of, columns_of_kind, rows_as_data
from advocacy.models import AskState, GoesTo, Reply, ResponseStatus, SeenAs, Submission
from advocacy.transfer import KINDS as IN_FILES
from advocacy.transfer.outgoing import csv_text
from tests.decisions import decide, make_treaty_status
from tests.decisions import state as speak
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_event,
    make_issue,
    make_meeting,
    make_organisation,
    make_pack,
    make_paragraph,
    make_relation,
    make_search_words,
    make_seat,
    make_source,
    make_step,
    record,
    record_look,
    translate,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
WHOLE = "The very words that nobody is to read yet."


def all_of(name, *languages, day=None):
    asked = Asked(day or timezone.localdate(), languages)
    return [row for some in batches_of(KINDS[name], asked) for row in some]


def a_row_of_each(number, *, state=AskState.OPEN, words="Take it up"):
    """An ask with something of every kind on it, public where the ask is."""
    ask = make_action(slug=f"ask-{number}", title=words, text=words)
    other = make_action(slug=f"other-{number}", title=words)
    source = make_source(title=words)
    record(ask, S.COMMITTED, happened_on=date(2025, 2, 19), sources=[source], summary=words)
    record_look(ask)
    make_step(action=ask, title=words)
    make_relation(action=ask, other=other)
    make_pack(actions=[ask])
    Reply.objects.create(
        body=ask.body,
        action=ask,
        text=words,
        language="en",
        replied_on=date(2025, 3, 1),
        url="https://example.org/reply",
    )
    if state != AskState.OPEN:
        for row in (ask, other):
            row.state = state
            row.save()
    make_seat(body=ask.body)
    make_meeting(body=ask.body)
    make_contact_point(body=ask.body, email="")
    make_search_words()
    make_paragraph(issue=ask.issue)
    make_event(issues=[ask.issue])
    decide(actions=[ask, other], sponsors=["KR"], paragraphs=[{"number": "OP 1"}])
    speak(ask, other, joined=["JP"])
    make_treaty_status()
    return ask


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_said_in_a_constant_number_of_queries(name, django_assert_max_num_queries):
    a_row_of_each(1)
    languages = ("uk", "ko")
    all_of(name, *languages)

    def queries():
        with django_assert_max_num_queries(40) as captured:
            rows = all_of(name, *languages)
        json.dumps(rows)
        return len(captured), len(rows)

    with_one, few = queries()
    a_row_of_each(2)
    a_row_of_each(3)
    with_three, more = queries()

    assert with_three == with_one
    if name != "withheld":
        assert 0 < few < more or name in {"topics", "kinds", "organisations", "legal_references"}


@pytest.mark.parametrize("name", KINDS)
def test_nothing_of_a_draft_is_said(name):
    """What hangs on it is there without it, and names it nowhere."""
    a_row_of_each(1, state=AskState.DRAFT, words=WHOLE)

    said = json.dumps(all_of(name))

    assert WHOLE not in said
    assert "ask-1" not in said


@pytest.mark.parametrize("name", KINDS)
def test_the_same_is_said_once_it_is_public(name):
    """So that the test above looks for something."""
    a_row_of_each(1, words=WHOLE)

    if name in {"actions", "entries", "steps", "sources", "replies"}:
        assert WHOLE in json.dumps(all_of(name))


def test_a_row_says_what_a_file_of_it_says():
    a_row_of_each(1)

    for name in IN_FILES.keys() & KINDS.keys():
        (row, *_others) = all_of(name) or [None]
        if row:
            assert [column for column in row if column in columns_of_kind(KINDS[name])] == [
                *columns_of_kind(KINDS[name])
            ]


def test_words_in_another_language_come_with_their_state():
    action = make_action(slug="ask", title="Take it up", text="Soon")
    translate(action, title="Розгляньте")

    (row,) = all_of("actions", "uk")

    assert row["title"] == "Take it up"
    assert row["translations"]["uk"]["title"] == {"text": "Розгляньте", "state": "to_review"}
    assert row["translations"]["uk"]["text"] == {"text": None, "state": "missing"}
    assert set(row["standing"]["words"]) == {"en", "uk"}


def test_no_field_reads_a_proposal_or_confidence_as_silence():
    record_look(make_action(slug="a-proposed", asked_on=None))
    record_look(make_action(slug="b-quiet", body=make_body(works_in_confidence=True)))
    record_look(make_action(slug="c-silent"))

    said = {row["id"]: row["standing"] for row in all_of("actions")}

    assert {name: (s["status"], s["group"]) for name, s in said.items()} == {
        "a-proposed": (None, "proposed"),
        "b-quiet": (None, "in_confidence"),
        "c-silent": ("no_response", "no_answer"),
    }
    assert said["a-proposed"]["days_waiting"] is None
    assert said["b-quiet"]["days_waiting"] is None
    assert said["c-silent"]["days_waiting"] > 0


def test_a_past_day_says_nothing_later():
    issue = make_issue(summary="As it is today", opened_on=date(2024, 12, 1))
    ask = make_action(slug="ask", issue=issue)
    record(ask, S.COMMITTED, happened_on=date(2025, 2, 19))
    ask.state, ask.closed_on, ask.closed_because = AskState.WITHDRAWN, date(2025, 3, 1), "Done"
    ask.save()

    day = date(2025, 1, 1)
    (row,) = all_of("actions", day=day)

    assert (row["state"], row["closed_on"], row["closed_because"]) == ("open", None, "")
    assert row["standing"]["status"] == "not_checked"
    assert all_of("entries", day=day) == []
    assert all_of("issues", day=day)[0]["summary"] == ""
    assert len(all_of("entries")) == 1


def test_a_weak_source_is_named_without_its_address():
    weak = make_source(key="weak", is_weak=True, url="https://example.org/copy")
    record(make_action(), S.COMMITTED, sources=[make_source(), weak])

    said = json.dumps([all_of("sources"), all_of("entries")])

    assert '"weak"' in said
    assert "https://example.org/copy" not in said


def test_an_address_that_nobody_may_write_to_is_not_said():
    seen = {"confidence": SeenAs.OFFICIAL}
    make_contact_point(slug="nobody-knows", email="a@example.org", weak_source=True, **seen)
    make_contact_point(slug="door", email="b@example.org", takes_letters=False, **seen)
    make_contact_point(slug="office", email="c@example.org", **seen)
    of_step = make_contact_point(slug="of-step", email="d@example.org")
    make_step(office=of_step, goes_to=GoesTo.OFFICE)

    rows = all_of("contact_points")

    assert {row["id"]: row["email"] for row in rows} == {
        "door": "",
        "office": "c@example.org",
        "of-step": "",
    }
    assert [row["office"] for row in all_of("steps")] == ["of-step"]


def test_an_event_is_said_once_an_issue_of_it_is_open_to_readers():
    later = make_issue(opened_on=timezone.localdate() + timedelta(days=1))
    event = make_event(slug="session", issues=[later])
    record(make_action(), S.COMMITTED, event=event)

    assert all_of("events") == []
    assert [row["event"] for row in all_of("entries")] == [None]

    event.issues.add(make_issue())
    assert [row["id"] for row in all_of("events")] == ["session"]
    assert [row["event"] for row in all_of("entries")] == ["session"]


def test_an_ask_names_its_issue_from_the_day_on_which_that_opens():
    later = make_issue(slug="later", opened_on=timezone.localdate() + timedelta(days=1))
    make_action(slug="ask", issue=later)

    (row,) = all_of("actions")
    (line,) = csv.DictReader(
        csv_text(["id", "issue"], [{key: row[key] for key in ("id", "issue")}])
    )
    assert (row["id"], row["issue"], line["issue"]) == ("ask", None, "")
    assert all_of("issues") == []

    later.opened_on = timezone.localdate()
    later.save()
    assert [row["issue"] for row in all_of("actions")] == ["later"]


def test_a_correction_names_what_it_corrects_and_is_named_by_it():
    ask = make_action()
    wrong = record(ask, S.COMMITTED)
    right = record(ask, S.COMMITTED, corrects=wrong, correction_reason="Wrong day")

    rows = {row["id"]: row for row in all_of("entries")}

    assert rows[wrong.key]["corrected_by"] == right.key
    assert rows[right.key]["corrects"] == wrong.key


def test_rows_come_in_the_order_of_their_keys():
    keys = [make_action(slug=f"ask-{n}").pk for n in range(3)]

    rows = rows_as_data(KINDS["actions"], keys[::-1], Asked.today())

    assert [row["id"] for row in rows] == ["ask-2", "ask-1", "ask-0"]


def test_a_submission_of_a_later_day_is_not_said():
    make_action(slug="ask")
    submission = Submission.objects.get()

    before = all_of("submissions", day=submission.submitted_on - timedelta(days=1))

    assert before == []
    assert len(all_of("submissions")) == 1
    assert make_organisation().slug not in json.dumps(before)
