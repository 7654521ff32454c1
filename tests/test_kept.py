"""What a process keeps of the lists: it saves the queries, and never shows what no longer holds."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advocacy.models import ResponseStatus
from advocacy.models.kept import Kept, forget, kept_for
from tests.factories import make_action, make_issue, make_step, make_topic, record, record_look
from tests.pages import options_of
from tests.waiting import wait_until

S = ResponseStatus
# Nothing is kept within a transaction, and so in no other test.
pytestmark = pytest.mark.django_db(transaction=True)


def queries_of(client, name, query):
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(name), query)
    return [query["sql"] for query in queries.captured_queries]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("action_list", {}),
        ("action_list", {"q": "labour", "as_of": "2026-01-05"}),
        ("issue_list", {"q": "labour"}),
        ("update_list", {"status": "refused"}),
        ("overview", {}),
        ("my_checklist", {}),
    ],
)
def test_the_second_reader_is_spared_the_counting(client, name, query):
    step = make_step(action=make_action(title="Forced labour"))
    record(step.action)

    first, second = queries_of(client, name, query), queries_of(client, name, query)

    assert len(second) < len(first)
    assert any("STRING_AGG" in sql.upper() or "GROUP" in sql for sql in first)
    assert not any("search_text LIKE" in sql for sql in second)


def number_of(client, **query):
    return client.get(reverse("action_list"), query).context["page"].paginator.count


def test_whatever_changes_is_seen_by_the_next_reader(client):
    topic, other = make_topic(slug="one", name="One"), make_topic(slug="two", name="Two")
    action = make_action(issue=make_issue(topics=[topic]), title="Forced labour")
    assert (number_of(client), number_of(client, status="refused")) == (1, 0)

    record(action, S.REFUSED)
    assert number_of(client, status="refused") == 1

    make_action(issue=action.issue, title="Forced labour of soldiers")
    assert (number_of(client), number_of(client, q="labour")) == (2, 2)

    action.title = "Wages"
    action.save()
    assert number_of(client, q="labour") == 1

    assert number_of(client, audience="union") == 0
    make_step(action=action, audience="union")
    assert number_of(client, audience="union") == 1

    action.issue.topics.set([other])
    shown = options_of(client.get(reverse("action_list")), "topic")
    assert shown == {"": "All topics", "two": "Two (2)"}

    assert number_of(client, as_of="2020-01-01") == 0


def test_what_is_taken_back_was_never_kept(client):
    action = make_action()
    assert number_of(client, status="refused") == 0

    with transaction.atomic():
        record(action, S.REFUSED)
        assert number_of(client, status="refused") == 1
        transaction.set_rollback(True)

    assert number_of(client, status="refused") == 0
    record_look(action)
    assert number_of(client, status="no_response") == 1


def test_what_was_kept_yesterday_is_not_shown_today(client, monkeypatch):
    tomorrow = timezone.localdate() + timedelta(days=1)
    make_action(expected_by=timezone.localdate(), expected_basis="rule")
    assert number_of(client, overdue="on") == 0

    monkeypatch.setattr(timezone, "localdate", lambda *args: tomorrow)

    assert number_of(client, overdue="on") == 1


def test_only_a_few_are_kept_those_made_last():
    kept = Kept(2)

    for day in (1, 2, 3):
        assert kept.get(date(2026, 1, day), lambda day=day: day) == day

    assert list(kept.values.values()) == [2, 3]
    assert kept.get(date(2026, 1, 3), lambda: "made again") == 3
    assert kept.get(date(2026, 1, 3), lambda: 4, will_do=lambda value: value > 3) == 4
    Kept.everywhere.remove(kept)


def test_what_depends_on_the_clock_is_asked_again_after_its_seconds():
    asked = []

    @kept_for(seconds=0.5)
    def number():
        asked.append("again")
        return len(asked)

    assert number() == number() == 1
    with transaction.atomic():
        assert [number(), number()] == [2, 3]
    wait_until(lambda: number() == 4)
    forget()
    assert number() == 5
