"""The staff screens: their lists, the page of an ask, and who may do what there."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.models import AskState, Audience, ResponseStatus
from advocacy.public.forms import ActionFilterForm
from tests.decisions import state
from tests.factories import (
    ASKED_ON,
    make_body,
    make_issue,
    make_source,
    make_step,
    make_topic,
    make_user,
    record,
    record_look,
)
from tests.pages import text_of
from tests.staff import (
    LIST,
    LOOK,
    MET,
    act_on_list,
    change_page,
    correct_page,
    make_ask,
    record_on_page,
    record_page,
    send,
    staff_who_may,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus


def test_the_list_shows_status_wait_and_last_check_of_each_ask(client, editor):
    body = make_body(abbreviation="ILO")
    action = make_ask(reference="NK-03", title="Open an inquiry", body=body)
    record_look(action, date(2025, 2, 1))
    late = make_ask(expected_by=date(2025, 6, 1), expected_basis="rule")
    days = (timezone.localdate() - ASKED_ON).days

    page = client.get(LIST)

    rows = re.findall(r"<tr>(.*?)</tr>", page.text, re.S)
    row = next(re.sub(r"<[^>]+>|\s+", " ", row) for row in rows if "NK-03" in row)
    for words in [
        "Open an inquiry",
        "ILO",
        action.issue.title,
        "No public response found",
        str(days),
        "Feb. 1, 2025",
    ]:
        assert words in row, words
    assert "overdue" not in row
    assert "overdue" in next(row for row in rows if late.reference in row)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["blocked", "late", "silent"]),
        ("status=no_answer", ["silent"]),
        ("status=blocked", ["blocked"]),
        ("status=not_checked", ["late"]),
        ("overdue=on", ["late"]),
        ("checked=stale", ["late", "silent"]),
        ("body={body}", ["blocked"]),
        ("issue={issue}", ["silent"]),
        ("issue=atlantis", ["blocked", "late", "silent"]),
        ("status=nonsense", ["blocked", "late", "silent"]),
        ("owner=staff", ["late"]),
        ("owner=fixtures", ["blocked", "silent"]),
        ("q=примусова ПРАЦЯ", ["silent"]),
        ("q=노동", ["late"]),
        ("q=security council", ["blocked"]),
    ],
)
def test_the_list_is_filtered_and_searched(client, editor, query, found):
    council = make_body(name="Security Council")
    labour = make_issue(title="Примусова праця")
    today = timezone.localdate()
    silent = make_ask(title="silent", issue=labour)
    blocked = make_ask(title="blocked", body=council)
    make_ask(
        title="late",
        text="강제 노동",
        expected_by=date(2025, 6, 1),
        expected_basis="rule",
        edited_by_staff_at=timezone.now(),
    )
    record_look(silent)
    record(blocked, S.BLOCKED, checked_on=today)

    page = client.get(f"{LIST}?{query.format(body=council.slug, issue=labour.slug)}")

    assert sorted(action.title for action in page.context["cl"].result_list) == found


def test_every_filter_of_the_public_list_narrows_that_of_the_desk_alike(client, editor):
    topic = make_topic(name="Labour law")
    body, issue = make_body(), make_issue(topics=[topic])
    late = make_ask(issue=issue, expected_by=date(2025, 6, 1), expected_basis="rule")
    make_step(action=late, audience=Audience.UNION)
    record(make_ask(body=body), S.BLOCKED)
    record_look(make_ask())
    make_ask(state=AskState.DRAFT)
    state(late)
    never_asked = make_issue()
    filters = [name for name in ActionFilterForm.base_fields if name not in ("q", "sort", "as_of")]
    narrowed = 0
    page = client.get(LIST)
    specs = page.context["cl"].filter_specs[: len(filters) + 1]
    offered = {spec.parameter_name: dict(spec.lookup_choices) for spec in specs}
    assert never_asked.slug not in offered["issue"]

    for name in filters:
        for value in offered[name]:
            of_desk = client.get(LIST, {name: value}).context["cl"].result_list
            public = client.get(reverse("action_list"), {name: value}).context["actions"]
            assert {ask.pk for ask in of_desk if ask.is_public} == {ask.pk for ask in public}
            narrowed += 0 < len(public) < 3
    assert narrowed >= len(filters)


def test_the_desk_offers_sixty_issues_and_the_one_that_is_chosen(client, editor):
    asks = [make_ask(issue=make_issue(position=number)) for number in range(62)]
    last = asks[-1].issue

    page = client.get(LIST, {"issue": last.slug})

    filters = {
        spec.title: dict(spec.lookup_choices) for spec in page.context["cl"].filter_specs[:5]
    }
    assert len(filters["Issue"]) == 61
    assert filters["Issue"][last.slug] == last.title
    assert text_of(page).count(last.title) == 2


@pytest.mark.parametrize("make", [make_issue, make_body])
def test_issues_and_bodies_are_found_in_any_script(client, editor, make):
    found = make(**{"title" if make is make_issue else "name": "Верховна Рада"})
    make()

    page = client.get(
        reverse(f"admin:{found._meta.label_lower.replace('.', '_')}_changelist"), {"q": "РАДА"}
    )

    assert list(page.context["cl"].result_list) == [found]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    for _ in range(number):
        record_look(make_ask())

    # Session, user; counts, the asks; the options of the filters by body, issue, topic, who asked,
    # whether an answer is due anywhere; whose record it is.
    with django_assert_num_queries(11):
        client.get(LIST)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_an_ask_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    action = make_ask()
    for _ in range(number):
        wrong = record(action, sources=[make_source(), make_source()])
        record(action, corrects=wrong, correction_reason="A slip.")
        record_look(action, date(2025, 1, 1))

    client.get(change_page(action))  # Once for the cached content types.
    with django_assert_num_queries(20):
        client.get(change_page(action))


def test_the_page_of_an_ask_shows_how_it_stands_and_its_whole_record(client, editor):
    action = make_ask()
    look = record_look(action, by=make_user(username="mykola", is_superuser=True))
    wrong = record(action, S.ACTION_TAKEN, happened_on=date(2025, 3, 3), summary="It decided.")
    right = record(
        action,
        happened_on=date(2025, 3, 3),
        summary="It debated.",
        corrects=wrong,
        correction_reason="No vote was held.",
        sources=[make_source(title="Record of the debate")],
    )

    page = client.get(change_page(action))

    shown = text_of(page)
    assert "Under discussion on 3 March 2025. First answer after 77 days" in shown
    assert "To the first answer on the substance 77 days, stopped on 3 March 2025" in shown
    assert [entry.pk for entry in page.context["entries"]] == [right.pk, wrong.pk, look.pk]
    for words in ["It decided.", "It debated.", "No vote was held.", "Record of the debate"]:
        assert words in shown, words
    assert "Looked: no public response found" in shown
    for words in ["NORMLEX; ilo.org", "North Korea; forced labour", "Closed sittings.", "mykola"]:
        assert words in shown, words
    assert f'href="#entry-{right.pk}"' in page.text
    assert f'href="#entry-{wrong.pk}"' in page.text
    assert correct_page(right) in page.text
    assert f'{correct_page(wrong)}"' not in page.text


def test_a_look_that_missed_a_response_says_so_in_the_record(client, editor):
    action = make_ask()
    record_look(action, date(2025, 3, 3))
    record(action, happened_on=date(2025, 2, 2))

    shown = text_of(client.get(change_page(action)))

    assert "We had missed it: a response of 2 February 2025 was found later." in shown


def test_the_record_shows_what_only_some_statuses_hold(client, editor):
    action = make_ask()
    done = record(action, S.ACTION_TAKEN, reference="A/RES/7")
    details = {"undoes": done, "transition_reason": "A new majority."}
    record(action, S.REVERSED, **details)
    record(action, S.COMMITTED, quote="We will do it.", speaker="The president")
    record(action, S.PARTIAL_ACTION, missing="The inquiry.")
    record(action, S.BLOCKED, votes_for=13, votes_against=1, votes_abstained=1)

    shown = text_of(client.get(change_page(action)))

    for words in [
        "A/RES/7",
        "A new majority.",
        f"Undoes {done}",
        "“We will do it.” (The president)",
        "Still missing The inquiry.",
        "and a permanent member against (RU)",
        "13 in favour, 1 against, 1 abstentions",
    ]:
        assert words in shown, words


def test_who_may_only_look_sees_the_record_and_no_way_to_add(client):
    action = make_ask()
    entry = record(action, summary="It met.")
    staff_who_may(client, "view_recommendedaction", "view_statusupdate")
    pages = [record_page(ask=action), record_page(ask=action, look=1), correct_page(entry)]

    page = client.get(change_page(action))
    answers = [client.get(p) for p in pages] + [client.post(p, MET | LOOK) for p in pages]

    assert "It met." in text_of(page)
    for words in ["Record a response", "Looked again, nothing new", "Correct this entry"]:
        assert words not in text_of(page), words
    assert {answer.status_code for answer in answers} == {403}
    assert list(action.updates.all()) == [entry]


def test_who_may_edit_asks_but_not_add_to_the_record_records_nothing(client):
    action = make_ask()
    entry = record(action)
    staff_who_may(client, "change_recommendedaction")

    page = client.get(change_page(action))
    send(client, change_page(action), title="Edited")
    act_on_list(client, "look_again", action)
    answers = [client.post(p, MET) for p in (record_page(ask=action), correct_page(entry))]

    action.refresh_from_db()
    assert action.title == "Edited"
    assert "Record a response" not in text_of(page)
    assert "look_again" not in client.get(LIST).text
    assert {answer.status_code for answer in answers} == {403}
    assert list(action.updates.all()) == [entry]


def test_who_may_record_may_find_the_sources_on_file(client):
    make_source(title="Minutes on file")
    staff_who_may(client, "change_recommendedaction", "add_statusupdate")

    found = client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "advocacy",
            "model_name": "statusupdate",
            "field_name": "sources",
            "term": "minutes",
        },
    )

    assert [row["text"] for row in found.json()["results"]] == ["Minutes on file (United Nations)"]


def test_who_may_change_asks_and_add_entries_records(client):
    action = make_ask()
    user = staff_who_may(
        client, "change_recommendedaction", "add_statusupdate", "publish_statusupdate"
    )

    record_on_page(client, action, **MET)

    assert action.updates.get().recorded_by == user


def test_a_visitor_is_asked_to_log_in(client):
    entry = record(make_ask())

    for page in [LIST, change_page(entry.action), record_page(ask=entry.action)]:
        assert client.get(page).url.startswith(reverse("admin:login")), page


def test_no_page_holds_anything_inline(client, editor):
    action = make_ask()
    entry = record(action)
    forms = [record_page(ask=action), record_page(ask=action, look=1), correct_page(entry)]

    for page in map(client.get, [LIST, change_page(action), change_page(make_source()), *forms]):
        assert "'self'" in page["Content-Security-Policy"]
        assert "unsafe" not in page["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", page.text)
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)


@pytest.mark.parametrize("look", [0, 1])
def test_every_field_of_the_page_that_records_has_its_label(client, editor, look):
    body = make_body()
    page = client.get(record_page(ask=[make_ask(body=body), make_ask(body=body)], look=look))

    form = page.text.partition('<div id="content-main"')[2]
    fields = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]* id="([^"]+)"', form)
    assert len(fields) > (6 if look else 40)
    for field in fields:
        assert f'for="{field}"' in form, field


def test_the_list_of_the_record_tells_looks_from_responses(client, editor):
    action = make_ask(reference="NK-03")
    record_look(action, date(2025, 2, 2))
    record(action, happened_on=date(2025, 3, 3), summary="It met.")
    page = reverse("admin:advocacy_statusupdate_changelist")

    whole, looks, responses = (
        client.get(page, {"kind": kind} if kind else {}) for kind in ("", "look", "response")
    )

    assert "Looked: no public response found" in text_of(whole)
    assert "A search found no public response." in text_of(whole)
    assert [entry.is_look for entry in looks.context["cl"].result_list] == [True]
    assert [entry.is_look for entry in responses.context["cl"].result_list] == [False]
