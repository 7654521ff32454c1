"""Who needs a second factor, how the first one is set up, and when it is asked for again."""

import re
from datetime import timedelta
from html import unescape
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from advocacy.models import GUARDED, ROLES, make_groups
from advocacy.models.roles import CONTENT
from tests.factories import make_follower, make_user
from tests.pages import text_of
from tests.staff import (
    DESK,
    PASSWORD,
    Controls,
    change_page,
    code_of,
    delete_page,
    is_asked_again,
    is_in,
    say_again,
    send,
    sign_in,
    sign_in_with_code,
    with_totp,
)

pytestmark = pytest.mark.django_db

SET_UP = reverse("mfa_activate_totp")
FOLLOWERS = reverse("admin:advocacy_subscriber_changelist")


@pytest.fixture(autouse=True)
def demanded(settings):
    settings.SECOND_FACTOR = True
    make_groups()


def member(role, name="olena", **fields):
    user = make_user(username=name, password=PASSWORD, email=f"{name}@desk.example", **fields)
    user.groups.set(Group.objects.filter(name=role))
    return user


@pytest.fixture
def administrator(client):
    """An Administrator at the desk: the secret of the app."""
    secret = with_totp(member("Administrator", "iryna"))
    sign_in_with_code(client, "iryna", secret)
    return secret


# Who needs one


@pytest.mark.parametrize(
    ("role", "needs"),
    [
        ("Publisher", True),
        ("Administrator", True),
        ("superuser", True),
        ("Editor", False),
        ("Translator", False),
    ],
)
def test_every_role_that_reaches_far_sets_up_a_second_factor_first(client, role, needs):
    user = member(role, is_superuser=role == "superuser")
    sign_in(client)
    for page in (DESK, reverse("admin:advocacy_issue_changelist"), FOLLOWERS):
        assert (client.get(page).get("Location") == SET_UP) == needs, page
    if needs:
        assert "your role needs one" in text_of(client.get(SET_UP))
        assert client.post(reverse("admin:logout")).get("Location") != SET_UP
        sign_in(client)

    with_totp(user)
    assert is_in(client)


@pytest.mark.parametrize("permission", sorted(GUARDED))
def test_one_permission_that_reaches_far_is_enough(client, permission):
    app, codename = permission.split(".")
    user = make_user(username="olena", password=PASSWORD)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label=app, codename=codename)
    )
    assert user.user_permissions.count() == 1
    sign_in(client)

    assert client.get(DESK).get("Location") == SET_UP


def test_what_a_role_may_do_without_one_is_to_read_to_write_content_and_to_close_reports():
    def is_harmless(permission):
        verb, _, name = permission.partition(".")[2].partition("_")
        written = [*CONTENT, "draft", "statusupdate", "report", "translation"]
        return verb == "view" or name in written

    for role, names in ROLES.items():
        assert [name for name in names if name not in GUARDED and not is_harmless(name)] == [], role


def test_recovery_codes_that_are_left_over_are_no_second_factor(client, administrator):
    publisher = member("Publisher")
    with_totp(publisher)
    app = Authenticator.objects.get(user=publisher, type="totp")
    answer = client.post(delete_page(app), {"post": "yes"})
    say_again(client, answer, code_of(administrator, later=1))
    assert not Authenticator.objects.filter(user=publisher).exists()

    # As an older version left them.
    with_totp(publisher)
    Authenticator.objects.filter(user=publisher, type="totp").delete()
    other = Client()
    sign_in(other)
    assert other.get(DESK).get("Location") == SET_UP


# The first sign-in


def test_the_first_sign_in_asks_for_the_password_once(client):
    user = member("Publisher")
    page = client.get(sign_in(client).url, follow=True)
    assert page.redirect_chain[-1][0] == SET_UP
    assert "data:image/svg+xml" in page.text
    secret = page.context["form"].secret
    assert "Incorrect code" in text_of(client.post(SET_UP, {"code": "000000"}))
    codes = client.post(SET_UP, {"code": code_of(secret)}, follow=True)

    assert Authenticator.objects.filter(user=user, type="totp").exists()
    kept = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    assert all(code in codes.text for code in kept)
    assert is_in(client)


def test_later_the_password_is_asked_for_again(client):
    member("Publisher")
    sign_in(client)
    later = timezone.now() + timedelta(minutes=31)
    with mock.patch("django.utils.timezone.now", return_value=later):
        answer = client.get(SET_UP)
    assert answer.url.startswith(reverse("account_reauthenticate"))
    client.post(answer.url, {"password": PASSWORD})
    assert client.get(SET_UP).status_code == 200


@pytest.mark.parametrize(
    "name", ["mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_deactivate_totp"]
)
def test_whoever_has_a_second_factor_is_asked_for_that_and_no_password_will_do(client, name):
    secret = with_totp(member("Publisher"))
    sign_in_with_code(client, "olena", secret)
    answer = client.get(reverse(name))

    assert is_asked_again(answer)
    by_password = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert is_asked_again(by_password)
    assert is_asked_again(client.get(reverse(name)))
    say_again(client, answer, code_of(secret, later=1))
    assert client.get(reverse(name)).status_code == 200


# Asked again


def test_an_address_is_shown_after_the_second_factor(client, administrator):
    follower = make_follower("ana@example.org")
    answer = client.post(reverse("admin:advocacy_subscriber_reveal", args=[follower.pk]))
    assert is_asked_again(answer)
    assert not LogEntry.objects.exists()

    wrong = say_again(client, answer, "000000")
    assert "ana@example.org" not in wrong.text
    shown = say_again(client, answer, code_of(administrator, later=1))
    assert "ana@example.org" in shown.text
    assert "no-store" in shown["Cache-Control"]
    assert LogEntry.objects.get().object_id == str(follower.pk)


def form_of(page):
    """Where the form of a page is sent, and what with it."""
    form = re.search(r'<form method="post" action="(/admin/adv[^"]*)">.*?</form>', page.text, re.S)
    return unescape(form[1]), Controls(form[0]).sent


@pytest.mark.parametrize("every", [False, True])
def test_addresses_are_exported_after_the_second_factor_and_what_was_chosen_is_kept(
    client, administrator, every
):
    ana, bo, _cy = (
        make_follower(f"{name}@example.org", language=language)
        for name, language in [("ana", "uk"), ("bo", "uk"), ("cy", "ko")]
    )
    chosen = {"action": "export_addresses", "_selected_action": [ana.pk]}
    if every:
        chosen |= {"select_across": "1", "_selected_action": [ana.pk, bo.pk]}
    answer = client.post(f"{FOLLOWERS}?language=uk", chosen)
    assert is_asked_again(answer)

    question = say_again(client, answer, code_of(administrator, later=1))
    said = "addresses of 2 followers" if every else "address of 1 follower "
    assert said in text_of(question)
    assert "ana@example.org" not in question.text
    assert not LogEntry.objects.exists()
    address, sent = form_of(question)
    file = client.post(address, sent | {"confirm": "1"})
    assert file["Content-Disposition"] == 'attachment; filename="followers.csv"'
    assert "ana@example.org" in file.text
    assert ("bo@example.org" in file.text) == every
    assert "cy@example.org" not in file.text
    assert LogEntry.objects.count() == 1 + every

    # Five minutes later it is asked for once more.
    with mock.patch("time.time", return_value=timezone.now().timestamp() + 301):
        assert is_asked_again(client.post(address, sent | {"confirm": "1"}))


def test_what_was_typed_about_a_person_is_kept_and_no_password_is(client, administrator):
    add = reverse("admin:auth_user_add")
    asked = client.get(add)
    assert is_asked_again(asked)
    typed = {
        "username": "ana",
        "email": "ana@desk.example",
        "usable_password": "true",
        "password1": "a very long one 7",
        "password2": "a very long one 7",
        "is_staff": "on",
    }
    answer = client.post(add, typed)
    assert is_asked_again(answer)
    assert "a very long one 7" not in str(dict(client.session))

    form = say_again(client, answer, code_of(administrator, later=1))
    assert 'value="ana@desk.example"' in form.text
    assert "This field is required" in text_of(form)
    assert client.post(add, typed).status_code == 302
    assert sign_in(Client(), "ana", "a very long one 7").status_code == 302


def test_a_change_of_a_person_is_done_after_the_second_factor(client, administrator):
    ana = member("Editor", "ana")
    answer = send(client, change_page(ana), follow=False, first_name="Ana")
    assert is_asked_again(answer)
    ana.refresh_from_db()
    assert ana.first_name == ""

    done = say_again(client, answer, code_of(administrator, later=1))
    assert done.url == reverse("admin:auth_user_changelist")
    ana.refresh_from_db()
    assert ana.first_name == "Ana"


def test_without_a_second_factor_the_password_is_asked_for(client, settings):
    settings.SECOND_FACTOR = False
    member("Administrator", "iryna")
    sign_in(client, "iryna")
    follower = make_follower("ana@example.org")
    answer = client.post(reverse("admin:advocacy_subscriber_reveal", args=[follower.pk]))

    assert answer.url.startswith(reverse("account_reauthenticate"))
    page = client.post(answer.url, {"password": PASSWORD})
    assert "ana@example.org" in page.text
