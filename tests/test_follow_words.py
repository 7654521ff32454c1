"""What somebody reads on the way from the form to the first mail."""

import re
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from advocacy.mailing.tasks import next_digest_on
from advocacy.models import SignUp, Subscriber
from advocacy.public.views import follow as views
from tests.factories import make_issue, make_site
from tests.pages import text_of
from tests.test_follow import ADDRESS, HTMX, sign_up

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("now", "frequency", "first"),
    [
        ("2026-11-27 12:00", "weekly", "The first mail comes on 30 November 2026"),
        ("2026-11-30 07:59", "weekly", "The first mail comes on 30 November 2026"),
        ("2026-11-30 08:00", "weekly", "The first mail comes on 7 December 2026"),
        ("2026-11-27 12:00", "at_once", "The first mail comes when something changes."),
    ],
)
def test_who_confirmed_is_told_what_they_follow_and_when_a_mail_comes(
    client, monkeypatch, now, frequency, first
):
    moment = timezone.make_aware(parse_datetime(now))
    monkeypatch.setattr(views, "next_digest_on", partial(next_digest_on, moment))
    issue = make_issue(title="Forced labour")
    wish = SignUp.objects.ask(ADDRESS, issue=issue, language="en", frequency=frequency)

    page = client.post(reverse("follow_token", args=[wish.token]), follow=True)

    shown = text_of(page)
    assert "Done. You now follow: Forced labour" in shown
    assert first in shown
    # Afterwards it is the page of what may be changed.
    again = client.get(reverse("follow_token", args=[Subscriber.objects.get().token]))
    assert "Done." not in text_of(again)


@pytest.mark.parametrize(("headers", "level"), [({}, 1), (HTMX, 2)], ids=["page", "htmx"])
def test_a_page_has_one_h1_also_after_the_answer_was_put_into_it(client, sink, headers, level):
    page = sign_up(client, headers={"sec-fetch-site": "same-origin"} | headers)
    if not headers:
        page = client.get(page["Location"])

    assert re.findall(r"<h(\d)>Check your mail", page.text) == [str(level)]


def test_the_first_mail_says_what_the_record_is_how_often_it_writes_and_who_runs_it(client, sink):
    make_site(
        name="Cotton",
        subject="Children pick cotton.",
        purpose="Who was asked about it.",
        organisation="Cotton Watch",
        email="desk@cotton.example",
    )

    sign_up(client, frequency="at_once")

    for kind in ("plain", "html"):
        words = sink.messages[0].get_body((kind,)).get_content()
        assert "Children pick cotton. Who was asked about it." in words
        assert "How often: At once" in words
        assert "Run by Cotton Watch" in words
        assert "desk@cotton.example" in words
