"""Pieces of pages are kept by all that they are made of: a page of kept ones is the page anew."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advocacy.models import ContentVersion, RecommendedAction, ResponseStatus, Site, StepTally
from advocacy.models.content_version import one_version
from advocacy.models.kept import KeptTexts, forget
from advocacy.public.pieces import kept
from advocacy.public.views.actions import action_page
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_meeting,
    make_pack,
    make_seat,
    make_site,
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
WORDING = "Dear Minister of [your country], please answer what stands at [link to this page]."


@pytest.fixture
def action():
    """An ask with all that its page and those of its issue show, in two languages.

    Writing is dangerous in one of the two countries that the record knows beside its body's own.
    """
    make_site(no_letters_in="RU", subject="Forced labour in prisons")
    action = make_action(
        title="Ban forced labour",
        body=make_body(name="Security Council", country="CH"),
        issue=make_issue(title="Forced labour"),
    )
    make_step(
        action=action, title="Write to them", kind="email", goes_to="ministry", wording=WORDING
    )
    make_step(action=action, title="Read about it", kind="read", minutes=30)
    make_seat(body=action.body, country="KR")
    make_seat(body=action.body, country="RU")
    make_pack(actions=[action], issues=[action.issue], title="Letters to copy")
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
        "/en/checklist/": ["minutes=5", "country=KR", "country=CH", "country=XX", "country=RU"],
        issue: ["timeline=all", "looks=1", past, "looks=1&timeline=all"],
        ask: ["minutes=5", "country=KR", "country=RU", past, "audience=union"],
    }
    queries["/en/checklist/"] += [
        "audience=union",
        f"step={steps[0].slug}",
        f"audience=union&{JUNK}",
    ]
    queries[ask] += [f"audience=union&{JUNK}", f"country=KR&{past}", "country=RU&minutes=5"]
    asked = [
        (f"{path}?{query}", {}) for path, some in queries.items() for query in ["", JUNK, *some]
    ]
    asked += [(path.replace("/en/", "/uk/"), {}) for path in queries]
    asked += [(path, {"host": "127.0.0.1"}) for path in queries]
    narrowed = [
        f"{path}?{by}" for path in (ask, "/en/checklist/") for by in ("minutes=5", "country=RU")
    ]
    return asked + [(path, {"hx-request": "true"}) for path in narrowed]


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


TO_SEND = ("t.me/share", "mailto:", "Letters to copy", 'id="follow"', "Pass it on", "act-bar")


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
@pytest.mark.parametrize("name", ["ask", "checklist"])
def test_where_writing_is_dangerous_no_piece_of_another_reader_offers_to_send(
    client, action, name, headers
):
    """Whoever came before named no country, or a safe one; and after them it is as before."""
    page = action.get_absolute_url() if name == "ask" else reverse("my_checklist")
    safe = [client.get(f"{page}{query}", headers=headers).text for query in ("", "?country=KR")]

    dangerous = client.get(f"{page}?country=RU", headers=headers)

    letter = f'id="done-{action.steps.get(kind="email").slug}"'
    assert all(letter in page for page in safe)
    assert "Your safety comes first" in text_of(dangerous)
    assert [words for words in (*TO_SEND, letter) if words in dangerous.text] == []
    if name == "ask":
        expected = TO_SEND if not headers else ("t.me/share", "Pass it on")
        assert all(words in safe[0] for words in expected if words != "mailto:")
    again = [client.get(f"{page}{query}", headers=headers).text for query in ("", "?country=KR")]
    assert again == safe


def test_where_writing_becomes_dangerous_the_next_page_offers_nothing_to_send(client, action):
    pages = [f"{action.get_absolute_url()}?country=KR", f"{reverse('my_checklist')}?country=KR"]
    before = [text_of(client.get(page)) for page in pages]
    Site.objects.update(no_letters_in="KR RU")

    assert not any("Your safety comes first" in page for page in before)
    assert all("Your safety comes first" in text_of(client.get(page)) for page in pages)


def test_addresses_in_pieces_are_those_of_the_host_that_was_asked(client, action, settings):
    """The picture of a link, what is passed on, the line that credits the picture, a letter."""
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    pages = [action.get_absolute_url(), action.issue.get_absolute_url()]
    pages += [reverse("overview"), reverse("my_checklist")]
    for page in pages:
        assert "two.example" not in client.get(page, headers={"host": "one.example"}).text

        there = client.get(page, headers={"host": "two.example"}).text

        assert "two.example" in there, page
        assert "one.example" not in there, page


def test_what_is_passed_on_is_of_the_day_and_in_the_language_of_the_page(client, action):
    for page in (action.get_absolute_url(), action.issue.get_absolute_url(), reverse("overview")):
        today = text_of(client.get(page))
        past = client.get(page, {"as_of": "2026-01-12"})
        assert "As of 12 January 2026:" in text_of(past), page
        assert f"{page}?as_of=2026-01-12" in past.text
        assert "As of 12 January 2026:" not in today
        assert client.get(page.replace("/en/", "/uk/")).text != client.get(page).text
        assert text_of(client.get(page)) == today


def test_a_tally_that_changed_is_on_the_next_page(client, action):
    tally = StepTally.objects.create(step=action.steps.get(kind="email"), number=10)
    pages = [action.get_absolute_url(), reverse("my_checklist")]
    for page in pages:
        assert "10 people did this." in text_of(client.get(page))

    tally.number = 11
    tally.save()

    for page in pages:
        assert "11 people did this." in text_of(client.get(page))


def test_a_step_done_leads_on_with_the_reader_told_there_alone(client, action):
    for page in (action.get_absolute_url(), reverse("my_checklist")):
        client.get(f"{page}?minutes=30&country=KR")
        assert "/done/?" not in client.get(page).text
        assert "/done/?minutes=30" in client.get(f"{page}?minutes=30").text
        assert "country=" not in "".join(re.findall(r"/done/[^\"]*", client.get(page).text))


def test_the_picture_of_another_order_is_its_own_file(client, action, monkeypatch):
    client.get(reverse("overview"))

    assert "silence.svg?by=issue" in client.get(reverse("overview"), {"by": "issue"}).text
    assert "silence.svg?by" not in client.get(reverse("overview")).text


def test_a_preview_of_staff_leaves_no_piece_and_takes_none(client, action):
    page = action.get_absolute_url()
    public = client.get(page).text
    preview = {"address": page, "letter": None, "tell": ""}
    asks = RecommendedAction.objects.with_status().with_sessions_passed().with_related()
    with transaction.atomic():
        RecommendedAction.objects.filter(pk=action.pk).update(title="Not said yet")
        context = action_page(asks.get(pk=action.pk), preview=preview)
        shown = render_to_string("actions/detail.html", context, RequestFactory().get(page))
        transaction.set_rollback(True)

    assert "Not said yet" in shown
    assert client.get(page).text == public


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
