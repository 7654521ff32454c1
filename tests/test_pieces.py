"""Pieces of pages are kept by all that they are made of: a page of kept ones is the page anew."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advocacy.models import ContentVersion, ResponseStatus
from advocacy.models.content_version import one_version
from advocacy.models.kept import KeptTexts, forget
from advocacy.public.pieces import kept
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_meeting,
    make_seat,
    make_step,
    record,
    record_look,
    translate,
)
from tests.pages import text_of

S = ResponseStatus
# Nothing is kept within a transaction, and so in no other test.
pytestmark = pytest.mark.django_db(transaction=True)

JUNK = "fbclid=of-another-reader"


@pytest.fixture
def action():
    """An ask with all that its page and those of its issue show, in two languages."""
    action = make_action(
        title="Ban forced labour",
        body=make_body(name="Security Council", country="CH"),
        issue=make_issue(title="Forced labour"),
    )
    make_step(action=action, title="Write to them", kind="email", goes_to="ministry", minutes=5)
    make_step(action=action, title="Read about it", kind="read", minutes=30)
    make_seat(body=action.body, country="KR")
    make_meeting(body=action.body)
    record(action, S.UNDER_DISCUSSION, happened_on=date(2026, 1, 10))
    record_look(action)
    translate(action, title="Заборонити примусову працю")
    return action


@pytest.fixture
def requests(action):
    """[(path, headers)]: pages that differ in one thing each that a piece may be made of."""
    ask, issue = action.get_absolute_url(), action.issue.get_absolute_url()
    past, steps = "as_of=2026-01-05", action.steps.all()
    queries = {
        "/en/": ["by=issue", "by=wait", "view=table", past, "as_of=no", f"view=table&{past}"],
        "/en/actions/": [past],
        "/en/checklist/": ["minutes=5", "country=KR", "country=CH", "country=XX", "audience=union"],
        issue: ["timeline=all", "looks=1", past, "looks=1&timeline=all"],
        ask: ["minutes=5", "country=KR", past, "audience=union", f"audience=union&{JUNK}"],
    }
    queries["/en/checklist/"] += [f"step={steps[0].slug}", f"audience=union&{JUNK}"]
    asked = [
        (f"{path}?{query}", {}) for path, some in queries.items() for query in ["", JUNK, *some]
    ]
    asked += [(path.replace("/en/", "/uk/"), {}) for path in queries]
    asked += [(path, {"host": "127.0.0.1"}) for path in (ask, "/en/checklist/")]
    part = {"hx-request": "true"}
    return asked + [(f"{path}?minutes=5", part) for path in (ask, "/en/checklist/")]


def answers(client, requests, *, anew):
    found = []
    for path, headers in requests:
        if anew:
            forget()
        page = client.get(path, headers=headers)
        found.append((path, page.status_code, page.text))
    return found


def test_a_page_of_pieces_that_are_kept_is_the_page_made_anew(client, requests):
    expected = answers(client, requests, anew=True)
    forget()

    assert answers(client, requests, anew=False) == expected
    assert kept.values
    assert answers(client, requests[::-1], anew=False) == expected[::-1]
    assert not any(JUNK in page for path, _status, page in expected if JUNK not in path)


@pytest.mark.parametrize("name", ["overview", "action_list", "my_checklist"])
def test_a_page_of_kept_pieces_reads_no_row_that_they_show(client, action, name):
    client.get(reverse(name))

    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"{reverse(name)}?{JUNK}")

    assert "Ban forced labour" in text_of(page)
    assert not any('"advocacy_recommendedaction"."text"' in query["sql"] for query in queries)


def test_a_page_of_an_ask_and_of_an_issue_of_kept_pieces_asks_for_the_number_of_the_content_alone(
    client, action, django_assert_num_queries
):
    for address in (action.get_absolute_url(), action.issue.get_absolute_url()):
        client.get(address)
        with django_assert_num_queries(1):
            assert "Ban forced labour" in text_of(client.get(f"{address}?{JUNK}"))


def test_the_steps_that_htmx_asks_for_read_no_entry_of_the_record(client, action):
    with CaptureQueriesContext(connection) as queries:
        client.get(action.get_absolute_url(), headers={"hx-request": "true"})

    assert not any('"advocacy_statusupdate"."account"' in query["sql"] for query in queries)


def test_whatever_changes_is_on_the_next_page(client, action):
    pages = [action.get_absolute_url(), action.issue.get_absolute_url()]
    pages += [reverse(name) for name in ("overview", "action_list", "my_checklist")]
    for page in pages:
        assert "Ban forced labour" in text_of(client.get(page))

    action.title = "End forced labour"
    action.save()

    for page in pages:
        told = text_of(client.get(page))
        assert "End forced labour" in told
        # The page of the ask says how it read before.
        assert page == pages[0] or "Ban forced labour" not in told


def test_the_next_day_is_another_page(client, action, monkeypatch):
    before = text_of(client.get(reverse("overview")))
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: tomorrow)

    assert text_of(client.get(reverse("overview"))) != before


def test_within_a_transaction_nothing_is_kept(client, action):
    forget()
    with transaction.atomic():
        client.get(action.get_absolute_url())

    assert not kept.values


def test_a_page_that_writes_sees_what_was_written(action):
    """Only a page that writes nothing asks once for all of it."""
    with one_version():
        first = ContentVersion.objects.current()
        action.save(update_fields=["title"])
        record_look(action)
        assert ContentVersion.objects.current() == first
    assert ContentVersion.objects.current() > first


def test_those_pieces_go_first_that_nobody_asks_for():
    texts = KeptTexts[str](10, length=len)
    KeptTexts.everywhere.remove(texts)
    for name in ("a", "b"):
        texts.keep(1, name, name * 5)
    texts.find(1, "a")
    texts.keep(1, "c", "ccccc")
    texts.keep(1, "long", "l" * 11)

    assert [texts.find(1, name) for name in ("a", "b", "c", "long")] == [
        "aaaaa",
        None,
        "ccccc",
        None,
    ]
    assert texts.find(2, "a") is None
    texts.keep(2, "d", "d")
    assert texts.find(1, "a") is None
