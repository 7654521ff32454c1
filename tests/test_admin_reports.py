"""What readers told us, at the desk: who reads it, and how it becomes a response."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from advocacy.models import (
    Draft,
    Report,
    ReportOutcome,
    Source,
    StatusUpdate,
    make_groups,
)
from tests.factories import make_action, make_report, make_source, make_user
from tests.pages import text_of
from tests.staff import (
    MET,
    Controls,
    change_page,
    delete_page,
    make_ask,
    record_page,
)

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/reports.py")]

LIST = reverse("admin:advocacy_report_changelist")
DESK = reverse("admin:index")
LINK = "https://www.ilo.org/answer-of-march"
WORDS = "The Governing Body answered on 4 March."
REACH = "signal: olena.77"


@pytest.fixture(autouse=True)
def groups():
    make_groups()


@pytest.fixture
def report():
    return make_report(make_ask(reference="NK-06"), link=LINK, words=WORDS, reach=REACH)


def page_to(report, name):
    return reverse(f"admin:advocacy_report_{name}", args=[report.pk])


@pytest.mark.parametrize(
    ("role", "status"),
    [("Editor", 200), ("Publisher", 200), ("Administrator", 403), ("nobody", 403)],
)
def test_who_reads_reports(client, sign_in, report, role, status):
    sign_in(role)

    for address in (LIST, change_page(report)):
        assert client.get(address).status_code == status
    page = client.get(change_page(report))
    assert (WORDS in page.text) == (LINK in page.text) == (status == 200)
    assert REACH not in page.text
    if status == 200:
        assert "no-store" in page["Cache-Control"]
    assert ("What readers told us" in text_of(client.get(DESK))) == (status == 200)


def test_the_list_holds_nothing_of_what_was_told(client, editor, report):
    make_report(words="Something else is wrong")
    page = client.get(LIST)

    assert "2 reports" in text_of(page)
    assert "NK-06" in page.text
    assert "Something else" in text_of(page)
    for word in (WORDS, LINK, REACH, "is wrong"):
        assert word not in page.text


def test_the_list_and_the_desk_have_the_oldest_open_report_first(client, editor, report):
    later, closed = make_report(), make_report()
    closed.close(ReportOutcome.SPAM, by=editor)

    rows = client.get(LIST).context["cl"].result_list
    assert list(rows) == [report, later, closed]
    assert client.get(LIST, {"state": "open"}).context["cl"].result_count == 2
    assert client.get(LIST, {"state": "closed"}).context["cl"].result_count == 1
    desk = text_of(client.get(DESK))
    assert "What readers told us 2" in desk
    assert "on NK-06" in desk
    assert WORDS not in desk


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    for _ in range(number):
        make_report(make_action())
        make_report().close(ReportOutcome.USED, by=make_user(is_superuser=True))
    client.get(LIST)

    with django_assert_num_queries(6):
        client.get(LIST)


def test_how_to_reach_the_sender_is_a_permission_and_is_logged(client, sign_in, report):
    sign_in("Editor")
    assert "Show how to reach" not in client.get(change_page(report)).text
    assert client.post(page_to(report, "reveal")).status_code == 403
    assert not LogEntry.objects.exists()

    user = sign_in("Publisher")
    assert "Show how to reach" in client.get(change_page(report)).text
    assert client.get(page_to(report, "reveal")).status_code == 405
    page = client.post(page_to(report, "reveal"))
    assert REACH in page.text
    assert "no-store" in page["Cache-Control"]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (user, str(report.pk))
    assert "reach the sender was shown" in entry.get_change_message()
    assert "olena" not in entry.get_change_message() + entry.object_repr
    assert "reach the sender was shown" in text_of(client.get(page_to(report, "history")))


def test_a_second_factor_is_asked_for_again_before_that(client, sign_in, report, settings):
    settings.SECOND_FACTOR = True
    sign_in("Publisher")

    answer = client.post(page_to(report, "reveal"))

    assert answer.status_code == 302
    assert REACH not in answer.text


def test_a_report_is_closed_with_a_reason(client, sign_in, report):
    user = sign_in("Editor")
    page = client.get(change_page(report))
    sent = Controls(page.text).sent
    refused = client.post(page_to(report, "close"), sent)
    assert refused.status_code == 422
    assert "This field is required" in text_of(refused)
    assert client.get(page_to(report, "close")).status_code == 405

    answer = client.post(page_to(report, "close"), sent | {"outcome": "known"}, follow=True)

    assert "will be deleted in thirty days" in text_of(answer)
    report.refresh_from_db()
    assert (report.outcome, report.closed_by) == (ReportOutcome.KNOWN, user)
    again = client.post(page_to(report, "close"), sent | {"outcome": "spam"}, follow=True)
    assert "sent already" in text_of(again)
    page = client.get(change_page(report))
    assert "the record had it already" in text_of(page)
    assert 'name="outcome"' not in page.text
    late = client.post(page_to(report, "close"), {"outcome": "spam"}, follow=True)
    assert "It is closed already." in text_of(late)
    report.refresh_from_db()
    assert report.outcome == ReportOutcome.KNOWN


def test_nobody_closes_without_the_permission(client, sign_in, report):
    for role in ("Administrator", "nobody"):
        sign_in(role)
        assert client.post(page_to(report, "close"), {"outcome": "spam"}).status_code == 403
    assert Report.objects.get().is_open


def test_a_publisher_deletes_at_once_what_could_harm_somebody(client, sign_in, report):
    sign_in("Editor")
    assert "Delete it now" not in client.get(change_page(report)).text
    assert client.post(delete_page(report), {"post": "yes"}).status_code == 403

    sign_in("Publisher")
    assert "Delete it now" in client.get(change_page(report)).text
    client.post(delete_page(report), {"post": "yes"})

    assert not Report.objects.exists()
    assert WORDS not in str(list(LogEntry.objects.values()))


def test_nobody_adds_or_changes_one_here(client, editor, report):
    assert client.get(reverse("admin:advocacy_report_add")).status_code == 403
    assert client.post(change_page(report), {"language": "uk"}).status_code == 405
    for key in ("x", report.pk + 1):
        assert client.get(reverse("admin:advocacy_report_change", args=[key])).status_code == 404


# One click to the page that records


def record_link(client, report):
    page = client.get(change_page(report)).text
    return page.split("Record a response with this source")[0].rpartition('href="')[2].split('"')[0]


def test_one_click_leads_to_the_ask_with_the_source_and_nothing_else(client, sign_in, report):
    sign_in("Editor")
    address = record_link(client, report).replace("&amp;", "&")
    assert LINK not in address

    page = client.get(address)

    filled = Controls(page.text).sent
    assert filled["source-1-url"] == LINK
    assert "its link stands below as a source" in text_of(page)
    empty = Controls(client.get(record_page(ask=report.action)).text).sent
    differing = {name for name in filled if filled[name] != empty.get(name)}
    assert differing - {"csrfmiddlewaretoken", "once"} == {"source-1-url"}


def test_a_draft_with_that_source_is_made_and_the_report_named_once_more(client, sign_in, report):
    sign_in("Editor")
    address = record_link(client, report).replace("&amp;", "&")
    sent = Controls(client.get(address).text).sent
    typed = {name: value for name, value in MET.items() if name != "source-1-url"}

    answer = client.post(address, sent | typed, follow=True)

    draft = Draft.objects.get()
    assert [source.url for source in draft.sources.all()] == [LINK]
    assert draft.action == report.action
    assert "led here and is still open" in text_of(answer)
    assert f'href="{change_page(report)}"' in answer.text
    assert not StatusUpdate.objects.exists()


def test_a_link_that_was_left_alone_is_no_source_dropped_in_silence(client, sign_in, report):
    """The page filled it in: whoever sends it without a title has to say what it is."""
    sign_in("Editor")
    address = record_link(client, report).replace("&amp;", "&")
    sent = Controls(client.get(address).text).sent
    typed = {name: value for name, value in MET.items() if not name.startswith("source-1")}

    page = client.post(address, sent | typed | {"entry-sources": [make_source().pk]})

    assert "A new source needs this." in text_of(page)
    assert not Draft.objects.exists()


def test_a_source_on_file_is_chosen_instead(client, editor, report):
    source = make_source(url=f"{LINK}/", title="On file since March")
    assert "On file since March" in text_of(client.get(change_page(report)))

    filled = Controls(client.get(record_page(ask=report.action, report=report)).text).sent

    assert filled["entry-sources"] == [str(source.pk)]
    assert filled["source-1-url"] == ""
    assert Source.objects.count() == 1


def test_a_report_on_something_else_asks_for_its_ask_first(client, editor):
    report = make_report(link=LINK)
    page = client.get(change_page(report))
    assert "The ask that it is about" in text_of(page)
    ask = make_ask()

    page = client.get(reverse("admin:advocacy_record"), {"report": report.pk, "ask": ask.pk})

    assert Controls(page.text).sent["source-1-url"] == LINK


def test_the_page_that_records_gives_away_no_report(client, sign_in, report):
    """Who may record and not read reports: a role that a site may make."""
    user = sign_in("nobody")
    names = ["change_recommendedaction", "view_recommendedaction", "add_statusupdate"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))

    assert client.get(record_page(ask=report.action)).status_code == 200
    assert client.get(record_page(ask=report.action, report=report)).status_code == 403


def test_a_report_outlives_its_ask(client, editor):
    report = make_report(make_action(asked_on=None))
    report.action.delete()

    assert "Something else" in text_of(client.get(LIST))
    assert client.get(change_page(report)).status_code == 200
