"""How long a report of a reader is kept, who closes it, and whom it calls."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from advocacy.mailing import tasks as mailing
from advocacy.models import (
    CallAbout,
    Report,
    ReportOutcome,
    StaffCall,
    make_groups,
)
from advocacy.upkeep import tasks
from tests.factories import make_report, make_site, make_user
from tests.pages import text_of

pytestmark = pytest.mark.django_db

LINK = "https://www.ilo.org/answer-of-march"
REACH = "signal: olena.77"


def test_a_closed_report_goes_after_thirty_days_and_an_open_one_stays():
    closed, lately, open_ = (make_report(words=f"Number {number}") for number in range(3))
    chief = make_user(is_superuser=True)
    for report in (closed, lately):
        report.close(ReportOutcome.USED, by=chief)
    now = timezone.now()
    Report.objects.filter(pk=closed.pk).update(closed_at=now - timedelta(days=30, minutes=1))
    Report.objects.filter(pk=lately.pk).update(closed_at=now - timedelta(days=29, hours=23))
    Report.objects.filter(pk=open_.pk).update(told_at=now - timedelta(days=400))

    assert tasks.purge()["closed reports"] == 1

    assert set(Report.objects.all()) == {lately, open_}


def at(hour, day=0):
    today = timezone.localtime().replace(hour=hour, minute=30) + timedelta(days=day)
    return today.astimezone(timezone.get_current_timezone())


def came(moment: datetime, **told):
    report = make_report(**told)
    Report.objects.filter(pk=report.pk).update(told_at=moment)
    return report


@pytest.fixture
def people():
    make_site()
    make_groups()
    for role, address in [
        ("Editor", "editor@example.org"),
        ("Publisher", "publisher@example.org"),
        ("Administrator", "admin@example.org"),
        ("Editor", ""),
    ]:
        make_user(email=address).groups.set(Group.objects.filter(name=role))
    make_user(email="gone@example.org", is_superuser=True, is_active=False)
    make_user(email="no-staff@example.org", is_superuser=True, is_staff=False)
    return ["editor@example.org", "publisher@example.org"]


def test_staff_who_may_read_get_one_mail_a_day_that_holds_nothing(sink, queue, people):
    came(at(6), words="Secret words", link=LINK, reach=REACH)
    came(at(7), words="More")
    for hour in (7, 8, 9, 23):
        mailing.tell_of_reports(at(hour))
        queue()

    assert sorted(sink.addresses) == people
    mail = sink.messages[0]
    assert mail["Subject"] == "Answerable: 2 new reports from readers"
    for kind in ("plain", "html"):
        part = mail.get_body((kind,)).get_content()
        assert "/admin/advocacy/report/?state=open" in part
        for word in ("Secret", "ilo.org", "olena"):
            assert word not in part


def test_the_next_mail_comes_on_the_next_day_and_for_new_reports_alone(sink, queue, people):
    came(at(6))
    mailing.tell_of_reports(at(8))
    came(at(10), words="Later")
    mailing.tell_of_reports(at(11))
    queue()
    assert len(sink.messages) == len(people)

    mailing.tell_of_reports(at(8, day=1))
    queue()
    assert len(sink.messages) == 2 * len(people)
    assert sink.messages[-1]["Subject"] == "Answerable: 1 new report from readers"

    for day in (2, 3):
        mailing.tell_of_reports(at(8, day=day))
    queue()
    assert len(sink.messages) == 2 * len(people)


def test_a_mail_that_is_late_is_not_sent_for_reports_that_are_closed(sink, queue, people):
    report = came(at(6))
    mailing.tell_of_reports(at(8))
    report.close(ReportOutcome.KNOWN, by=make_user(is_superuser=True))
    queue()

    assert sink.messages == []


def test_a_call_to_reports_takes_nothing_from_a_call_to_a_standstill(people):
    user = get_user_model().objects.get(email="publisher@example.org")
    came(at(6))
    mailing.tell_of_reports(at(8))

    assert StaffCall.objects.take(user, at(9)) is not None
    assert StaffCall.objects.take(user, at(9), about=CallAbout.REPORTS) is None


def test_only_who_may_closes_a_report():
    report = make_report()
    with pytest.raises(PermissionDenied):
        report.close(ReportOutcome.USED, by=make_user())
    chief = make_user(is_superuser=True)
    with pytest.raises(ValidationError):
        report.close("burnt", by=chief)
    report.close(ReportOutcome.USED, by=chief)
    with pytest.raises(ValidationError, match="closed already"):
        report.close(ReportOutcome.SPAM, by=chief)
    report.refresh_from_db()
    assert (report.outcome, report.closed_by) == (ReportOutcome.USED, chief)


def test_the_privacy_page_says_what_is_kept_and_how_long(client):
    shown = text_of(client.get(reverse("privacy")))

    assert "If you tell us something" in shown
    assert "deleted thirty days later" in shown
