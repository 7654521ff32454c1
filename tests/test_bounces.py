"""docs/bounces.md is the test: each row of its tables is tried on a real server or webhook."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from advocacy.mailing import webhooks
from advocacy.mailing.reports import NO_COMPLAINT, OWN_WORDS, QUOTES, SAYS_GONE
from advocacy.models import (
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    Refusal,
    RefusalKind,
    Subscriber,
    SubscriberState,
    Tell,
)
from advocacy.settings import mailer
from tests import provider_reports
from tests.factories import make_action, make_follower, record

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

PAGE = (Path(__file__).parent.parent / "docs" / "bounces.md").read_text(encoding="utf-8")
D = DeliveryState


def table(heading):
    """The rows of the table under a heading of the page, as lists of cells."""
    part = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip(" `|") for cell in row] for row in rows[2:]]


ANSWERS = {row[0]: row[-1] for row in table("Answers of a mail server")}
DOORS = [(row[0], row[1], row[-1]) for row in table("Answers before a message")]
REPORTS = [(row[0], row[1], row[2], row[-1]) for row in table("Reports of a provider")]


def days_ago(*days):
    return [timezone.localdate() - timedelta(days=number) for number in days]


def make_refused(follower, *days):
    """A follower whose mailbox was said not to exist on these days before today."""
    for day in days_ago(*days):
        Refusal.objects.create(
            subscriber=follower, kind=RefusalKind.GONE, day=day, code="RCPT 550 5.1.1"
        )


def mail_all(action=None):
    record(action or make_action(), tell=Tell.AT_ONCE)
    Edition.objects.filter(state=EditionState.PLANNED).update(send_at=timezone.now())


def became(follower):
    """What one more refusal did to a follower who had been refused twice before: a word."""
    row = Subscriber.objects.get(pk=follower.pk)
    if row.state == SubscriberState.BOUNCED:
        return "counts"
    if row.state == SubscriberState.LEFT:
        return "leaves"
    if row.refusals.filter(day=timezone.localdate(), kind=RefusalKind.OTHER).exists():
        return "failed"
    if row.deliveries.filter(state=D.WAITING, attempts__gt=0).exists():
        return "later"
    return "nothing"


# Each row of the page


@pytest.mark.parametrize("where", ["RCPT", "DATA"])
def test_an_answer_of_the_mail_server_does_what_the_page_says(sink, queue, where):
    refuse = sink.refuse if where == "RCPT" else sink.refuse_data
    followers = {}
    for number, answer in enumerate(ANSWERS):
        address = f"row{number}@example.org"
        followers[answer] = make_follower(address, frequency="at_once")
        make_refused(followers[answer], 1, 2)
        refuse[address] = f"{answer} and more words" if " " in answer else f"{answer} words"
    mail_all()

    queue()
    while Delivery.objects.filter(attempts=0).exists():  # an answer of 421 ends the connection
        queue(early=True)

    assert {answer: became(follower) for answer, follower in followers.items()} == ANSWERS
    assert sink.addresses == []
    assert not Delivery.objects.filter(state=D.FAILED, refusal="").exists()
    assert all(problem.startswith(where) for problem in problems())


def problems():
    return set(Delivery.objects.exclude(state=D.DROPPED).values_list("problem", flat=True))


@pytest.mark.parametrize(("at", "answer", "does"), DOORS, ids=lambda cell: str(cell))
def test_whoever_is_turned_away_loses_no_follower(sink, queue, settings, at, answer, does):
    follower = make_follower(frequency="at_once")
    make_refused(follower, 1, 2)
    mail_all()
    if at == "AUTH":
        options = mailer(f"smtp+plain://user:password@127.0.0.1:{sink.port}")
        settings.MAILERS = {"default": options}
    if at == "connecting":
        sink.stop()
    else:
        sink.turn_away[at] = f"{answer} we take nothing of yours"

    for number in range(3):
        assert Edition.objects.get().state != EditionState.PAUSED, f"after {number} times"
        queue(early=True)

    edition = Edition.objects.get()
    assert edition.state == (EditionState.PAUSED if does == "pauses" else EditionState.SENDING)
    assert edition.paused_for == (f"{at} {answer}" if does == "pauses" else "")
    assert Delivery.objects.get().state == D.WAITING
    assert Subscriber.objects.get().state == SubscriberState.CONFIRMED
    assert Refusal.objects.count() == 2


@pytest.fixture
def providers(settings):
    settings.ANYMAIL = provider_reports.SETTINGS
    webhooks.connect()


@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
@pytest.mark.parametrize(("provider", "words", "quotes", "does"), REPORTS)
def test_a_report_of_a_provider_does_what_the_page_says(providers, provider, words, quotes, does):
    follower = make_follower()
    make_refused(follower, 1, 2)

    provider_reports.post(provider, words.split(" / "), quotes)

    assert became(follower) == does


def test_the_page_names_every_word_that_the_program_knows():
    rows = {(provider, words) for provider, words, _quotes, _does in REPORTS}

    assert rows >= SAYS_GONE | NO_COMPLAINT
    assert {provider for provider, _words in rows} == set(OWN_WORDS)
    # Of these each provider has at least one row; the others read the same.
    assert {provider for provider, _words in QUOTES} <= {
        provider for provider, _words, quotes, does in REPORTS if quotes and does == "counts"
    }


# Three times within thirty days on different days


def refuse_on(follower, *days, kind=RefusalKind.GONE):
    for day in days_ago(*days):
        follower.note_refusal(kind, "RCPT 550 5.1.1", day)
    follower.refresh_from_db()
    return follower.state


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ([0, 0, 0, 0], SubscriberState.CONFIRMED),
        ([1, 0], SubscriberState.CONFIRMED),
        ([1, 1, 0, 0], SubscriberState.CONFIRMED),
        ([2, 1, 0], SubscriberState.BOUNCED),
        ([29, 15, 0], SubscriberState.BOUNCED),
        ([30, 15, 0], SubscriberState.CONFIRMED),
        ([60, 45, 30, 15, 0], SubscriberState.CONFIRMED),
    ],
)
def test_a_mailbox_is_gone_when_it_is_said_on_three_days_within_thirty(days, state):
    assert refuse_on(make_follower(), *days) == state


def test_a_full_mailbox_never_ends_anybody():
    follower = make_follower()

    assert refuse_on(follower, *range(28), kind=RefusalKind.OTHER) == SubscriberState.CONFIRMED
    assert refuse_on(follower, 1, 0) == SubscriberState.CONFIRMED


def test_a_report_that_is_posted_again_counts_for_the_day_it_happened(providers):
    follower = make_follower()
    happened = datetime.now(UTC) - timedelta(days=3)

    for _again in range(4):
        provider_reports.post(
            "Mailgun", ["failed", "permanent", "bounce"], "550 5.1.1 unknown", happened=happened
        )

    refusal = Refusal.objects.get()
    assert refusal.day == timezone.localdate(happened)
    assert refusal.times == 4
    follower.refresh_from_db()
    assert follower.state == SubscriberState.CONFIRMED


def test_three_mailings_on_three_days_end_a_dead_mailbox_and_nobody_else(sink, queue):
    make_follower("gone@example.org", frequency="at_once")
    make_follower("stays@example.org", frequency="at_once")
    sink.refuse["gone@example.org"] = "550 5.1.1 gone@example.org does not live here"
    for _day in range(3):
        mail_all()
        queue()
        assert Delivery.objects.filter(problem="RCPT 550 5.1.1").exists()
        for refusal in Refusal.objects.order_by("day"):
            refusal.day -= timedelta(days=1)
            refusal.save()

    assert sink.addresses == ["stays@example.org"] * 3
    gone = Subscriber.objects.get(state=SubscriberState.BOUNCED)
    assert gone.plain_address == "gone@example.org"

    mail_all()
    queue()
    assert Edition.objects.first().deliveries.get().state == D.SENT
