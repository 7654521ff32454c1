"""Staff sign in: password, second factor, lockout, reset, and the log of it."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from advocacy.models import SignIn
from advocacy.upkeep import tasks
from advocacy.web.logs import without_secrets
from tests.factories import make_user
from tests.pages import text_of
from tests.staff import DESK, LOGIN, PASSWORD, code_of, is_in, sign_in, with_totp

pytestmark = pytest.mark.django_db

SET_UP = reverse("mfa_activate_totp")


@pytest.fixture
def olena():
    return make_user(username="olena", email="olena@example.org", password=PASSWORD)


@pytest.mark.parametrize("name", ["olena", "olena@example.org", "Olena@Example.org"])
def test_staff_sign_in_by_name_or_mail_and_land_at_the_desk(client, olena, name):
    answer = sign_in(client, name)

    assert answer.url == DESK
    assert is_in(client)
    (row,) = SignIn.objects.all()
    assert (row.user, row.outcome, row.method) == (olena, "in", "password")


def test_the_door_of_the_admin_is_the_same_door(client, olena):
    page = reverse("admin:login")
    answer = client.get(page, {"next": "/admin/advocacy/issue/"})
    assert answer.url.startswith(LOGIN)
    client.post(page, {"username": "olena", "password": PASSWORD})
    assert not is_in(client)
    answer = client.get("/admin/advocacy/issue/", follow=True)
    assert "/admin/account/login/" in answer.redirect_chain[-1][0]


def test_whoever_is_in_does_not_become_somebody_else_with_a_password_alone(client, olena):
    chief = make_user(username="chief", password=PASSWORD, is_superuser=True)
    with_totp(chief)
    sign_in(client)

    client.post(reverse("admin:login"), {"username": "chief", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(olena.pk)


def test_a_wrong_password_is_refused_and_written_down_without_what_was_typed(client, olena):
    page = sign_in(client, password="wrong horse")
    sign_in(client, "nobody-has-this-name")

    assert "are not correct" in text_of(page)
    rows = SignIn.objects.order_by("pk")
    assert [(row.user, row.outcome) for row in rows] == [(olena, "refused"), (None, "refused")]
    held = " ".join(str(value) for row in SignIn.objects.values() for value in row.values())
    for secret in ("nobody-has-this-name", "wrong horse", "127.0.0.1"):
        assert secret not in held
    assert {field.name for field in SignIn._meta.fields} == {
        "id",
        "user",
        "tried_at",
        "outcome",
        "method",
    }


def test_whoever_is_no_staff_reaches_nothing(client):
    make_user(username="ana", password=PASSWORD, is_staff=False)
    sign_in(client, "ana")

    assert client.get(DESK).status_code in (302, 403)
    make_user(username="gone", password=PASSWORD, is_active=False)
    other = Client()
    sign_in(other, "gone")
    assert not is_in(other)


def test_failures_lock_a_name_for_minutes_and_nobody_else(client, olena):
    make_user(username="mykola", password=PASSWORD)
    for number in range(20):
        sign_in(client, password="wrong", REMOTE_ADDR=f"198.51.{number}.1")
    locked = sign_in(Client(), REMOTE_ADDR="192.0.2.1")
    assert "Too many failed login attempts" in text_of(locked)

    assert sign_in(Client(), "mykola", REMOTE_ADDR="192.0.2.1").status_code == 302
    later = timezone.now() + timedelta(minutes=5, seconds=1)
    with mock.patch("django.utils.timezone.now", return_value=later):
        assert sign_in(Client(), REMOTE_ADDR="192.0.2.1").status_code == 302


def test_a_stranger_locks_the_name_for_their_own_network_only(client, olena):
    for _ in range(30):
        sign_in(Client(), password="wrong", REMOTE_ADDR="198.51.100.7")

    assert sign_in(client, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_one_network_does_not_try_many_names(client):
    for number in range(5):
        sign_in(client, f"name-{number}")
    make_user(username="olena", password=PASSWORD)

    assert "Too many failed login attempts" in text_of(sign_in(client))


def test_behind_a_proxy_the_visitor_is_counted_and_not_the_proxy(client, olena, settings):
    settings.TRUST_PROXY = True
    for number in range(5):
        sign_in(client, f"name-{number}", headers={"x-forwarded-for": "6.6.6.6, 198.51.100.7"})

    assert sign_in(Client(), headers={"x-forwarded-for": "192.0.2.1"}).status_code == 302


def test_a_mail_lets_in_whoever_strangers_have_locked_out(client, olena, mailoutbox):
    for number in range(20):
        sign_in(Client(), password="wrong", REMOTE_ADDR=f"198.51.{number}.1")
    answer = client.post(reverse("account_reset_password"), {"email": "olena@example.org"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert answer.url == unknown.url

    (mail,) = mailoutbox
    assert mail.to == ["olena@example.org"]
    link = re.search(r"https?://[^/]+(/admin/account/password/reset/key/\S+)", mail.body)[1]
    page = client.get(link, follow=True)
    form = page.redirect_chain[-1][0]
    weak = client.post(form, {"password1": "12345678", "password2": "12345678"})
    assert "too common" in text_of(weak)
    client.post(form, {"password1": "another long one 7", "password2": "another long one 7"})

    assert is_in(client)


def test_the_link_of_a_reset_stands_in_no_log(client, olena, mailoutbox, caplog):
    client.post(reverse("account_reset_password"), {"email": "olena@example.org"})
    key = re.search(r"/password/reset/key/([^/]+)/", mailoutbox[0].body)[1]
    written = without_secrets(f"Not Found: /admin/account/password/reset/key/{key}/x")

    assert key not in written
    assert "/password/reset/key/[token]" in written


def test_a_reset_does_not_go_round_the_second_factor(client, olena, mailoutbox):
    with_totp(olena)
    client.post(reverse("account_reset_password"), {"email": "olena@example.org"})
    link = re.search(r"(/admin/account/password/reset/key/\S+)", mailoutbox[0].body)[1]
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "another long one 7", "password2": "another long one 7"})

    assert not is_in(client)


def test_a_second_factor_is_asked_for_after_the_password(client, olena):
    secret = with_totp(olena)
    answer = sign_in(client)
    assert answer.url.startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    page = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Incorrect code" in text_of(page)
    assert not is_in(client)

    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)
    assert SignIn.objects.filter(outcome="in").get().method == "password, totp"


def test_the_secrets_of_second_factors_are_encrypted_and_move_to_a_new_key(client, olena, settings):
    secret = with_totp(olena)
    old = settings.ADDRESS_KEYS
    held = " ".join(str(row.data) for row in Authenticator.objects.all())
    assert secret not in held
    settings.ADDRESS_KEYS = ["a new key", *old]
    call_command("rotate_address_keys", verbosity=0)
    settings.ADDRESS_KEYS = ["a new key"]

    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(client)


def test_a_recovery_code_opens_once(client, olena):
    with_totp(olena)
    codes = Authenticator.objects.get(user=olena, type="recovery_codes").wrap().get_unused_codes()
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_in(client)

    other = Client()
    sign_in(other)
    other.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert not is_in(other)


def test_nobody_makes_an_account_on_the_web(client):
    page = reverse("account_signup")
    typed = {"username": "x", "email": "x@example.org", "password1": PASSWORD}
    client.post(page, {**typed, "password2": PASSWORD})

    assert "Accounts are made by an administrator" in text_of(client.get(page))
    assert not is_in(client)
    assert not SignIn.objects.exists()


def test_a_session_ends_after_twelve_hours_however_busy(client, olena):
    sign_in(client)
    assert 12 * 3600 - 5 <= client.cookies["sessionid"]["max-age"] <= 12 * 3600
    busy = timezone.now() + timedelta(hours=11)
    with mock.patch("django.utils.timezone.now", return_value=busy):
        session = client.session
        session["busy"] = True
        session.save()
        assert is_in(client)
    with mock.patch("django.utils.timezone.now", return_value=busy + timedelta(hours=2)):
        assert not is_in(client)


def test_the_log_is_read_by_administrators_changed_by_nobody_and_kept_a_year(client, editor):
    SignIn.objects.filter().delete()
    SignIn.objects.create(user=editor, outcome="in", tried_at=timezone.now() - timedelta(days=366))
    SignIn.objects.create(user=editor, outcome="in")
    row = SignIn.objects.latest("pk")
    page = client.get(reverse("admin:advocacy_signin_changelist"))
    assert editor.username in text_of(page)
    change = reverse("admin:advocacy_signin_change", args=[row.pk])
    assert client.post(change, {"outcome": "refused"}).status_code == 403
    assert client.get(reverse("admin:advocacy_signin_add")).status_code == 403

    assert tasks.purge()["sign-ins"] == 1
    assert SignIn.objects.get() == row


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_the_pages_of_an_account_hold_nothing_inline_and_speak_the_language(
    client, olena, language
):
    headers = {"accept-language": language}
    pages = [LOGIN, reverse("account_reset_password"), reverse("account_signup")]
    inside = [SET_UP, reverse("mfa_index"), reverse("account_change_password")]
    for address in [*pages, *inside]:
        if address == inside[0]:
            sign_in(client)
        page = client.get(address, headers=headers, follow=True)
        assert page.status_code == 200, address
        assert f'lang="{language}"' in page.text, address
        assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))[^>]*>", page.text), address
        assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=", page.text), address


@pytest.mark.parametrize("number", [1, 3])
def test_the_log_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    for _ in range(number):
        SignIn.objects.create(user=make_user(), outcome="in")
    client.get(reverse("admin:advocacy_signin_changelist"))
    with django_assert_num_queries(6):
        client.get(reverse("admin:advocacy_signin_changelist"))


def test_the_cache_that_all_processes_share_has_its_table(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "advocacy_cache",
        }
    }
    caches["default"].set("counted", [1, 2])
    assert caches["default"].get("counted") == [1, 2]
