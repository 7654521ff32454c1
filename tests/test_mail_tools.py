"""The commands around mail, and what providers report."""

import hashlib
import hmac
import json
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone

from advocacy.mailing import webhooks
from advocacy.models import Edition, SignUp, Subscriber, SubscriberState, Tell
from advocacy.models.addresses import address_hash
from tests.factories import make_action, make_follower, record
from tests.running import ROOT, environment

pytestmark = pytest.mark.django_db

OLD, NEW = "only for the addresses of tests", "a newer one"


def test_a_new_key_takes_over_every_address(settings, capsys):
    follower = make_follower()
    SignUp.objects.ask("bo@example.org", language="en", frequency="weekly")
    make_follower("left@example.org").leave()
    settings.ADDRESS_KEYS = [NEW, OLD]

    call_command("rotate_address_keys", verbosity=0)
    assert "2 addresses now use the first of 2 keys." in capsys.readouterr().out

    settings.ADDRESS_KEYS = [NEW]
    follower = Subscriber.objects.by_address("ana@example.org")
    assert follower.plain_address == "ana@example.org"
    assert follower.address_hash == address_hash("ana@example.org")
    assert SignUp.objects.get().plain_address == "bo@example.org"


def test_a_row_that_no_key_reads_is_named_and_nothing_is_changed(settings):
    first = make_follower()
    settings.ADDRESS_KEYS = ["lost"]
    second = make_follower("bo@example.org")
    settings.ADDRESS_KEYS = [NEW, OLD]

    with pytest.raises(CommandError, match=f"Row {second.pk} of followers: no key"):
        call_command("rotate_address_keys", verbosity=0)

    settings.ADDRESS_KEYS = [OLD]
    first.refresh_from_db()
    assert first.plain_address == "ana@example.org"


def test_the_command_line_shows_how_far_mailings_are(capsys):
    call_command("mailings")
    assert capsys.readouterr().out == "No mailing has been planned yet.\n"

    record(make_action(reference="NK-03"), tell=Tell.AT_ONCE)
    call_command("mailings", watch=True)
    printed = capsys.readouterr().out
    assert "planned   NK-03: 2024-12-16 Under discussion: 0 of 0 sent" in printed


def test_watching_a_mailing_ends_when_it_is_done(capsys, sink, queue, monkeypatch):
    make_follower(frequency="at_once")
    record(make_action(reference="NK-03"), tell=Tell.AT_ONCE)
    edition = Edition.objects.get()
    edition.start()
    list(edition.add_deliveries())
    monkeypatch.setattr(
        time, "sleep", lambda seconds: (edition.deliveries.update(state="sent"), edition.finish())
    )

    call_command("mailings", watch=True)

    printed = capsys.readouterr()
    assert "sent      NK-03" in printed.out
    assert "NK-03" in printed.err


def report(event, address, *, key="signing-key"):
    """What Mailgun posts about a message."""
    moment, token = str(int(time.time())), "t" * 50
    signature = hmac.new(key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    body = {
        "signature": {"timestamp": moment, "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "severity": "permanent",
            "recipient": address,
            "timestamp": time.time(),
            "id": "1",
            "message": {"headers": {"message-id": "1"}},
        },
    }
    return RequestFactory().post("/", json.dumps(body), content_type="application/json")


@pytest.fixture
def provider(settings):
    settings.ANYMAIL = {"MAILGUN_API_KEY": "k", "MAILGUN_WEBHOOK_SIGNING_KEY": "signing-key"}
    from anymail.webhooks.mailgun import MailgunTrackingWebhookView

    webhooks.connect()
    return MailgunTrackingWebhookView.as_view()


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("failed", SubscriberState.CONFIRMED),
        ("complained", SubscriberState.LEFT),
        ("delivered", SubscriberState.CONFIRMED),
    ],
)
def test_what_a_provider_reports_ends_the_mail_to_an_address(provider, event, state):
    make_follower()

    assert provider(report(event, "ana@example.org")).status_code == 200

    assert Subscriber.objects.get().state == state


@pytest.mark.parametrize("form", ["user@xn--bcher-kva.example", "USER@bücher.example"])
def test_a_report_finds_an_international_address_in_either_form(provider, form):
    make_follower("user@bücher.example")

    assert provider(report("complained", form)).status_code == 200

    assert Subscriber.objects.get().state == SubscriberState.LEFT


def test_a_report_with_a_wrong_signature_is_refused(provider):
    make_follower()

    with pytest.raises(SuspiciousOperation):  # Django answers 400
        provider(report("failed", "ana@example.org", key="guessed"))

    assert Subscriber.objects.get().state == SubscriberState.CONFIRMED


def test_a_provider_is_a_setting():
    program = (
        "import django; django.setup();"
        "from django.core.mail import mailers; from django.urls import reverse;"
        "print(type(mailers.default).__module__, reverse('anymail:postmark_tracking_webhook'))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(
            SECRET_KEY="x",
            DJANGO_SETTINGS_MODULE="advocacy.settings",
            MAIL_URL="provider:postmark",
            ANYMAIL='{"POSTMARK_SERVER_TOKEN": "t"}',
        ),
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "anymail.backends.postmark /anymail/postmark/tracking/\n"


def test_the_command_line_deletes_what_is_kept_no_longer(capsys):
    SignUp.objects.ask("ana@example.org", language="en", frequency="weekly")
    SignUp.objects.update(created_at=timezone.now() - timedelta(days=8))

    call_command("purge")

    assert "1 sign-ups deleted.\n0 followers who left deleted." in capsys.readouterr().out
    assert not SignUp.objects.exists()
