"""One form of an address, whatever way it comes in, and nowhere in clear."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from advocacy.mailing.backends import takes
from advocacy.models import NetworkUse, SignUp, Subscriber
from advocacy.models.addresses import address_hash, canonical, masked
from advocacy.upkeep import worker
from tests.factories import make_follower
from tests.test_follow import sign_up

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_sql("management/commands/rotate_address_keys.py"),
]


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        ("user@straße.example", "user@xn--strae-oqa.example"),
        ("user@bücher.example", "user@xn--bcher-kva.example"),
        ("user@xn--bcher-kva.example", "user@xn--bcher-kva.example"),
        ("Ana@EXAMPLE.org", "Ana@example.org"),
        ("ana@пошта.укр", "ana@xn--80a1acn3a.xn--j1amh"),
        ("anna@example.org\u200b", "anna@example.org"),
        ("\ufeff\u2066 anna@example.org\u2069\u00a0\u00ad", "anna@example.org"),
    ],
)
def test_mail_goes_where_the_address_says_in_one_form(client, sink, typed, mailed):
    assert sign_up(client, email=typed).status_code == 303

    assert sink.addresses == [mailed]
    assert SignUp.objects.get().plain_address == mailed


def test_two_domains_are_two_mailboxes_and_one_domain_is_found_in_any_form():
    german = make_follower("user@straße.example")
    swiss = make_follower("user@strasse.example")
    book = make_follower("user@bücher.example")

    assert Subscriber.objects.by_address("USER@STRASSE.example") == swiss
    assert Subscriber.objects.by_address("user@xn--strae-oqa.example") == german
    for form in ("user@xn--bcher-kva.example", "user@BÜCHER.example", "\u200buser@bücher.example"):
        assert Subscriber.objects.by_address(form) == book
    assert masked(book.plain_address) == "u•••@b•••.example"


@pytest.mark.parametrize(
    "address", ["", "@", "ana", "ana@", "a@[192.0.2.1]", "a@-x_.example", "a@.."]
)
def test_what_is_no_address_has_one_form_as_well(address):
    assert canonical(canonical(address)) == canonical(address)
    assert address_hash(address) == address_hash(canonical(address))


@pytest.mark.parametrize(
    "address", ["=?utf-8?q?x?=@example.org", "=?utf-8?b?eA==?=@example.org", "a b@example.org"]
)
def test_what_the_mailer_refuses_is_refused_at_the_form(client, sink, address):
    assert not takes(address)

    page = sign_up(client, email=address)

    assert page.status_code == 422
    assert "Give an e-mail address" in page.text
    assert not SignUp.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_what_is_stored_of_a_failed_task_holds_no_address_and_no_token(queue):
    follower = make_follower()
    row = DBTaskResult(
        task_path="advocacy.mailing.tasks.send_confirmation",
        args_kwargs={
            "args": ["ana@example.org"],
            "kwargs": {"attempt": f"/follow/{follower.token}/"},
        },
        queue_name="mail",
        backend_name="default",
    )
    row.save()

    worker.outcome(row)()

    row.refresh_from_db()
    assert row.status == "FAILED"
    stored = f"{row.traceback} {row.args_kwargs}"
    assert "ValueError" in stored
    assert "[address]" in stored
    assert "[token]" in stored
    assert "ana@" not in stored
    assert follower.token not in stored


@pytest.fixture
def full(settings):
    settings.CONFIRMATIONS_AN_HOUR = 2


def test_sub_addresses_of_one_mailbox_count_together(client, sink):
    for number in range(6):
        sign_up(client, email=f"vic.tim+{number}@example.org", ip=f"10.0.{number}.1")

    assert len(sink.addresses) == 3
    sign_up(client, email="VIC.tim@EXAMPLE.org", ip="10.1.0.1")
    assert len(sink.addresses) == 3
    sign_up(client, email="victim@example.org", ip="10.1.0.1")
    assert len(sink.addresses) == 4


def test_the_count_of_a_mailbox_moves_to_a_new_key(settings):
    SignUp.objects.ask("vic+1@example.org", language="en", frequency="weekly")
    settings.ADDRESS_KEYS = ["new", *settings.ADDRESS_KEYS]

    call_command("rotate_address_keys", verbosity=0)

    assert SignUp.objects.get().mailbox_hash == address_hash("vic@example.org")


def test_beyond_the_ceiling_of_the_site_a_sign_up_waits_and_is_told(client, full, queue, sink):
    pages = []
    for number in range(5):
        answer = sign_up(client, email=f"a{number}@example.org", ip=f"10.0.{number}.1")
        pages.append(client.get(answer["Location"]).text)

    assert ["Your mail will be late" in page for page in pages] == [False, False, True, True, True]
    queue()
    assert sorted(sink.addresses) == ["a0@example.org", "a1@example.org"]
    assert SignUp.objects.count() == 5
    turns = DBTaskResult.objects.filter(status="READY").order_by("run_after")
    hours = [turn.run_after for turn in turns]
    assert [moment.minute for moment in hours] == [0, 0, 0]
    assert hours[0] == hours[1] < hours[2]

    queue(early=True)
    assert len(sink.addresses) == 5


def test_who_gets_no_mail_today_takes_nobodys_turn(client, settings, queue, sink):
    settings.CONFIRMATIONS_AN_HOUR = 4
    for number in range(9):
        sign_up(client, email=f"vic+{number}@example.org", ip=f"10.0.{number}.1")
    sign_up(client, email="bo@example.org")
    queue()

    assert sink.addresses[-1] == "bo@example.org"


def test_a_clock_that_was_a_day_ahead_puts_nobody_off(client, full, queue, sink):
    ahead = timezone.now() + timedelta(days=1)
    for _number in range(3):
        NetworkUse.objects.take_turn(ahead)

    answer = sign_up(client)
    queue()

    assert "Your mail will be late" not in client.get(answer["Location"]).text
    assert sink.addresses == ["ana@example.org"]
