"""Passwords and codes are counted where nobody can push a counter out, and for whom they are."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Attempt
from advocacy.upkeep import tasks
from tests.factories import make_user
from tests.pages import text_of
from tests.staff import PASSWORD, code_of, is_in, sign_in, with_totp

pytestmark = pytest.mark.django_db

TOO_MANY = "Too many failed login attempts"
RESET = reverse("account_reset_password")
CODE = reverse("mfa_authenticate")


@pytest.fixture
def olena():
    return make_user(username="olena", email="olena@example.org", password=PASSWORD)


def guess(name, *, network=0, host=0, **extra):
    return sign_in(Client(), name, "wrong", REMOTE_ADDR=f"198.51.{network}.{host}", **extra)


def lock(name):
    for number in range(20):
        guess(name, network=number)


def is_locked(name, **extra):
    return TOO_MANY in text_of(sign_in(Client(), name, REMOTE_ADDR="192.0.2.1", **extra))


def test_tries_of_others_and_an_emptied_cache_unlock_no_name(olena):
    lock("olena")
    for number in range(130):
        guess(f"nobody-{number}", network=20 + number)
    cache.clear()

    assert is_locked("olena")


def test_another_name_of_the_site_has_no_counter_of_its_own(olena, settings):
    settings.ALLOWED_HOSTS = ["*"]
    for number in range(20):
        guess("olena", network=number, headers={"host": f"answerable-{number}.example"})

    assert is_locked("olena", headers={"host": "answerable.example:8443"})


@pytest.mark.parametrize("other", ["olena@example.org", "Olena@Example.org", "OLENA"])
def test_the_names_of_one_account_count_together(olena, other):
    for number in range(10):
        guess("olena", network=number)
        guess(other, network=20 + number)

    assert is_locked("olena")
    assert is_locked(other)


def test_a_name_that_nobody_has_is_locked_like_one_that_somebody_has(olena):
    lock("nobody@example.org")

    assert is_locked("nobody@example.org")
    assert is_locked("NOBODY@example.org")
    assert sign_in(Client(), REMOTE_ADDR="192.0.2.1").status_code == 302


@pytest.mark.parametrize(
    ("addresses", "other"),
    [
        ([f"203.0.113.{n}" for n in range(1, 6)], "203.0.114.1"),
        ([f"2001:db8:0:{n:x}::1" for n in range(5)], "2001:db8:0:100::1"),
        ([f"::ffff:203.0.113.{n}" for n in range(1, 6)], "203.0.114.1"),
    ],
)
def test_a_network_counts_as_one_whichever_of_its_addresses_it_uses(olena, addresses, other):
    for number, address in enumerate(addresses):
        sign_in(Client(), f"name-{number}", REMOTE_ADDR=address)

    assert TOO_MANY in text_of(sign_in(Client(), REMOTE_ADDR=addresses[0]))
    assert sign_in(Client(), REMOTE_ADDR=other).status_code == 302


def try_code(code, network, user="olena"):
    client = Client()
    assert sign_in(client, user, REMOTE_ADDR="192.0.2.1").url.startswith(CODE)
    answer = client.post(CODE, {"code": code}, REMOTE_ADDR=f"198.51.{network}.7")
    return client, answer


@pytest.mark.parametrize("right", ["an app", "a recovery code"])
def test_codes_are_counted_like_passwords(olena, right):
    secret = with_totp(olena)
    codes = Authenticator.objects.get(user=olena, type="recovery_codes").wrap().get_unused_codes()
    for number in range(20):
        # Codes of an app and recovery codes by turns: they are one counter.
        try_code("000000" if number % 2 else "abcd-efgh", number)
    cache.clear()

    code = code_of(secret) if right == "an app" else codes[0]
    client, answer = try_code(code, 100)
    assert TOO_MANY in text_of(answer)
    assert not is_in(client)

    later = timezone.now() + timedelta(minutes=5, seconds=1)
    with mock.patch("django.utils.timezone.now", return_value=later):
        client, _answer = try_code(codes[1], 100)
        assert is_in(client)


def test_one_network_does_not_try_many_codes(olena):
    secret = with_totp(olena)
    for _ in range(5):
        try_code("000000", 1)

    assert TOO_MANY in text_of(try_code(code_of(secret), 1)[1])
    assert is_in(try_code(code_of(secret), 2)[0])


@pytest.mark.thorough
def test_whoever_knows_a_password_tries_at_most_a_hundred_codes_a_day(olena):
    secret = with_totp(olena)
    morning = datetime(2026, 5, 4, 20, 0, tzinfo=UTC)
    for number in range(100):
        # Past midnight as well: the keys of the hashes change then, and the count goes on.
        now = morning + timedelta(minutes=4 * number)
        with mock.patch("django.utils.timezone.now", return_value=now):
            try_code("000000", number)

    with mock.patch("django.utils.timezone.now", return_value=morning + timedelta(hours=23)):
        assert TOO_MANY in text_of(try_code(code_of(secret), 200)[1])
    with mock.patch("django.utils.timezone.now", return_value=morning + timedelta(hours=25)):
        assert TOO_MANY not in text_of(try_code("000000", 200)[1])


def test_a_code_of_an_app_is_taken_once_as_long_as_it_is_right(olena):
    secret = with_totp(olena)
    code = code_of(secret)
    assert is_in(try_code(code, 1)[0])
    # What allauth remembers of it is gone after thirty seconds; the code is right for ninety.
    cache.clear()

    client, answer = try_code(f"{code[:3]} {code[3:]}", 2)
    assert "Incorrect code" in text_of(answer)
    assert not is_in(client)


def test_the_old_password_is_not_tried_without_end_at_an_open_desk(client, olena):
    sign_in(client)
    page = reverse("account_change_password")
    new = {"password1": "another long one 7", "password2": "another long one 7"}
    for number in range(20):
        client.post(page, {"oldpassword": "wrong", **new}, REMOTE_ADDR=f"198.51.{number}.7")

    answer = client.post(page, {"oldpassword": PASSWORD, **new}, REMOTE_ADDR="192.0.2.1")
    assert TOO_MANY in text_of(answer)
    olena.refresh_from_db()
    assert olena.check_password(PASSWORD)


def test_right_passwords_do_not_count(olena):
    for _ in range(30):
        assert sign_in(Client()).status_code == 302
    assert not Attempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_pass_than_one_after_the_other():
    def guess_once(_number):
        try:
            return Attempt.objects.make(("password", "account 1")) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        passed = sum(pool.map(guess_once, range(60)))

    assert 0 < passed <= 20
    assert Attempt.objects.count() == passed


def test_whoever_was_locked_out_signs_in_with_the_new_password(client, olena, mailoutbox):
    lock("olena")
    client.post(RESET, {"email": "olena@example.org"})
    link = re.search(r"(/admin/account/password/reset/key/\S+)", mailoutbox[0].body)[1]
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "another long one 7", "password2": "another long one 7"})

    answer = sign_in(Client(), "olena", "another long one 7", REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 302


def test_strangers_have_few_mails_sent_to_an_account(olena, mailoutbox):
    for number in range(12):
        client = Client(REMOTE_ADDR=f"198.51.{number}.7")
        assert client.post(RESET, {"email": "olena@example.org"}).status_code == 302
        cache.clear()

    assert len(mailoutbox) == 5


def test_of_attempts_no_name_and_no_address_is_kept_and_all_go_after_a_day(olena):
    guess("olena")
    guess("nobody-has-this-name")
    held = " ".join(str(value) for row in Attempt.objects.values() for value in row.values())
    for secret in ("olena", "nobody-has", "198.51", "account"):
        assert secret not in held
    assert Attempt.objects.count() == 4

    Attempt.objects.update(made_at=timezone.now() - timedelta(hours=25))
    guess("olena")
    assert tasks.purge()["attempts at accounts"] == 4
    assert Attempt.objects.count() == 2
