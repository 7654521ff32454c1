"""The first page of staff: what to do next, and two charts."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advocacy.models import (
    Edition,
    Maker,
    ResponseStatus,
    SignIn,
    Source,
    Tell,
    Told,
    Translation,
    Withholding,
    figures,
    make_groups,
)
from advocacy.upkeep import tasks, worker
from tests.copies import changed_source
from tests.decisions import decide_by_vote, make_treaty_status, state
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_contact_point,
    make_event,
    make_follower,
    make_meeting,
    make_pack,
    make_page,
    make_paragraph,
    make_relation,
    make_report,
    make_search_words,
    make_site,
    make_source,
    make_user,
    record,
    record_look,
    surround,
    write_draft,
    write_submission,
)
from tests.pages import text_of
from tests.staff import change_page

pytestmark = pytest.mark.django_db

S = ResponseStatus
DESK = reverse("admin:index")


def fill():
    today = timezone.localdate()
    body = make_body(abbreviation="ILO")
    never = make_action(reference="NEVER", body=body)
    old = make_action(reference="OLD", body=body)
    record_look(old, today - timedelta(days=200))
    fresh = make_action(
        reference="LATE", body=body, expected_by=today - timedelta(days=3), expected_basis="rule"
    )
    record(fresh, checked_on=today, happened_on=today - timedelta(days=40), tell=Tell.AT_ONCE)
    soon, later = (today + timedelta(days=days) for days in (20, 40))
    make_meeting(body=body, title="Soon", starts_on=soon, ends_on=soon)
    make_meeting(body=body, title="Later", starts_on=later, ends_on=later)
    source = make_source(title="A page that went away")
    source.note_link("404 Not Found", works=False, gone=True)
    return never, old, fresh


def section(page, heading):
    """The words of one list of the desk."""
    shown = text_of(page)
    start = shown.index(heading)
    ends = [shown.find(h, start + 1) for h in HEADINGS if shown.find(h, start + 1) > 0]
    return shown[start : min(ends, default=None)]


HEADINGS = [
    "Not checked for 90 days",
    "Overdue",
    "Meetings in the next 30 days",
    "Drafts waiting for review",
    "Mailings in progress or failed",
    "Dead source links",
    "Responses by month",
    "Open asks by status",
]


def test_the_desk_says_what_to_do_next(client, editor):
    never, old, late = fill()
    write_draft(late, by=editor)

    page = client.get(DESK)

    stale = section(page, HEADINGS[0])
    assert "90 days 2 NEVER" in stale
    assert stale.index("NEVER") < stale.index("OLD")
    assert "LATE" not in stale
    assert "Overdue 1 LATE" in section(page, HEADINGS[1])
    meetings = section(page, HEADINGS[2])
    assert "1 ILO: Soon" in meetings
    assert all(reference in meetings for reference in ("NEVER", "OLD", "LATE"))
    assert "Later" not in meetings
    assert "review 1 LATE: Under discussion" in section(page, HEADINGS[3])
    assert "failed 1" in section(page, HEADINGS[4])
    assert "planned" in section(page, HEADINGS[4])
    assert "A page that went away 404 Not Found" in section(page, HEADINGS[5])
    for row in (never, old, late):
        assert f'href="{change_page(row)}"' in page.text


def test_the_charts_have_their_numbers_as_text(client, editor):
    fill()
    page = client.get(DESK)

    month = (timezone.localdate() - timedelta(days=40)).replace(day=1)
    assert f"{month:%B %Y} 1" in section(page, HEADINGS[6])
    statuses = section(page, HEADINGS[7])
    for words in ("Not yet checked 1", "No public response found 1", "Under discussion 1"):
        assert words in statuses
    assert page.text.count("<svg") >= 2
    assert "<script>" not in page.text


def test_each_link_of_the_desk_leads_to_as_many_rows(client, editor):
    fill()
    for query, number in [("checked=stale", 2), ("overdue=on", 1)]:
        page = client.get(f"{reverse('admin:advocacy_recommendedaction_changelist')}?{query}")
        assert page.context["cl"].result_count == number, query
    page = client.get(f"{reverse('admin:advocacy_source_changelist')}?link=dead")
    assert [source.title for source in page.context["cl"].result_list] == ["A page that went away"]


def test_an_empty_desk_says_so(client, editor):
    shown = text_of(client.get(DESK))

    for words in [
        "No ask is open.",
        "Nothing waits.",
        "Addresses of sources are not tried here (setting LINK_CHECKS).",
    ]:
        assert words in shown, words


def test_a_desk_without_work_says_so_where_something_was_tried(client, editor, settings):
    settings.LINK_CHECKS = True
    record(make_action(), checked_on=timezone.localdate())
    assert "No address of a source has been tried yet." in text_of(client.get(DESK))

    Source.objects.first().note_link("200 OK", works=True, gone=False)
    shown = text_of(client.get(DESK))

    assert "Every address that was tried answers." in shown
    assert "Every open ask was checked lately." in shown


def first_steps(page):
    """{the first word of each step: what is behind it}, from the desk."""
    listed = re.search(r"<ol>(.*?)</ol>", page.text, flags=re.S)
    steps = re.findall(r"<li>(.*?)</li>", listed[1], flags=re.S) if listed else []
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", step)).strip() for step in steps]


def test_the_first_steps_of_a_record_are_led_to_until_all_are_done(client, editor):
    page = client.get(DESK)
    body, ask, look = first_steps(page)[-3:]
    assert body == "Add a body: whoever is asked to act. Add a body"
    assert ask == "Add an issue, and an ask to that body. Add an issue , Add an ask"
    assert look.endswith("or where you looked and found none.")
    assert '<details class="all-rows" open>' in page.text
    for address in re.findall(r'href="(/admin/advocacy/\w+/add/)"', page.text):
        assert client.get(address).status_code == 200

    action = make_action()
    body, ask, look = first_steps(client.get(DESK))[-3:]
    assert body.endswith(" done")
    assert ask.endswith(" done")
    assert look.endswith(" Choose an ask")

    record_look(action, timezone.localdate())
    make_site()
    page = client.get(DESK)
    assert [step for step in first_steps(page) if not step.endswith(" done")] == []
    assert '<details class="all-rows">' in page.text


def test_a_role_sees_what_it_may(client):
    make_groups()
    fill()
    for role, seen, hidden in [
        ("Editor", HEADINGS, []),
        ("Administrator", HEADINGS, []),
        (None, [], HEADINGS),
    ]:
        user = make_user()
        user.groups.set(Group.objects.filter(name=role))
        client.force_login(user)
        shown = text_of(client.get(DESK))
        assert [h for h in seen if h not in shown] == [], role
        assert [h for h in hidden if h in shown] == [], role


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    for _ in range(number):
        action = make_action()
        record(action, tell=Tell.AT_ONCE)
        make_meeting(body=action.body, starts_on=timezone.localdate(), ends_on=timezone.localdate())
        write_draft(action, by=editor)
        write_submission(by=editor)
        make_source(dead_since=timezone.now())
        changed_source()
        make_contact_point()
        make_report(action)
    client.get(DESK)

    with django_assert_num_queries(57):  # Seventeen ask whether the site works.
        client.get(DESK)


def test_a_large_record_is_counted_by_the_worker(client, editor, monkeypatch):
    monkeypatch.setattr(figures, "COUNTED_AT_ONCE", 2)
    fill()
    tasks.refresh_desk()
    make_action(reference="NEW", asked_on=ASKED_ON)

    assert "90 days 2" in text_of(client.get(DESK))
    started = timezone.now()
    done = dict.fromkeys(worker.SCHEDULE, started)
    worker.do_what_is_due(done, started + timedelta(minutes=4))
    assert "90 days 2" in text_of(client.get(DESK))
    worker.do_what_is_due(done, started + timedelta(minutes=6))
    assert "90 days 3" in text_of(client.get(DESK))


def queries_of(client, page):
    with CaptureQueriesContext(connection) as queries:
        # The list of a single row leads to it.
        assert client.get(page, follow=True).status_code == 200
    return len(queries)


def fill_every_list():
    action = make_action()
    record(action, tell=Tell.AT_ONCE)
    record_look(action)
    record(action, S.BLOCKED)
    make_follower(f"a{action.pk}@example.org", body=action.body)
    author = make_user(is_superuser=True)
    author.groups.add(Group.objects.get(name="Editor"))
    SignIn.objects.create(user=author, outcome="in")
    TOTP.activate(author, "JBSWY3DPEHPK3PXP")
    surround(action, S.BLOCKED, by=author)
    make_event(issues=[action.issue])
    make_paragraph(sources=[changed_source()])
    make_relation(action=action)
    make_pack(actions=[action])
    make_page()
    make_search_words()
    make_contact_point().confirm(by=author)
    make_report(action)
    chief, entry = make_user(is_superuser=True), action.updates.responses().first()
    Withholding.objects.propose(entry, "summary", reason="A court.", by=chief)
    state(action)
    make_treaty_status()
    vote = decide_by_vote(
        {"KR": "yes"},
        actions=[action],
        paragraphs=[{"number": "1", "words": "Decides", "language": "en"}],
    )
    Edition.objects.tell_of_states(vote, Tell.AT_ONCE, by=chief)
    Translation.objects.put([Told(action, "title", "uk", "Заклик", Maker.MACHINE)], by_staff=True)


def test_every_list_takes_a_constant_number_of_queries(client, editor):
    make_groups()
    lists = {
        model: reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    }
    make_site()
    fill_every_list()
    for page in lists.values():
        client.get(page, follow=True)  # Once for the cached content types.
    with_one = {model: queries_of(client, page) for model, page in lists.items()}
    for _ in range(2):
        fill_every_list()

    with_three = {model: queries_of(client, page) for model, page in lists.items()}
    assert with_three == with_one
    # Both runs saw rows: nothing here is measured on an empty list.
    empty = {model._meta.model_name for model in lists if not model._default_manager.exists()}
    assert empty <= {"dbtaskresult"}
