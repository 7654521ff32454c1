"""What administrators do to accounts: who hears of it, and what becomes of drafts."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from advocacy.models import Draft, make_groups
from tests.factories import make_site, make_user, record, write_draft, write_submission
from tests.pages import text_of
from tests.staff import (
    PASSWORD,
    Controls,
    change_page,
    code_of,
    delete_page,
    errors_beside,
    is_asked_again,
    is_in,
    make_ask,
    say_again,
    send,
    sign_in,
    sign_in_with_code,
    with_totp,
)

pytestmark = pytest.mark.django_db

NEW = {"password1": "another long one 7", "password2": "another long one 7"}


@pytest.fixture(autouse=True)
def groups():
    make_groups()


def member(role, name, **fields):
    user = make_user(username=name, password=PASSWORD, email=f"{name}@desk.example", **fields)
    user.groups.set(Group.objects.filter(name=role))
    return user


@pytest.fixture
def iryna(client):
    """An Administrator at the desk, whose second factor was given just now."""
    user = member("Administrator", "iryna")
    secret = with_totp(user)
    sign_in_with_code(client, "iryna", secret)
    answer = client.get(reverse("admin:auth_user_add"))
    say_again(client, answer, code_of(secret, later=1))
    return user


@pytest.fixture
def others():
    """Who else is there: another administrator, a superuser, and some who are told nothing."""
    member("Administrator", "petro")
    member("", "chief", is_superuser=True)
    member("Publisher", "mykola")
    member("Administrator", "gone", is_active=False)
    return ["chief@desk.example", "petro@desk.example"]


def told(mailoutbox, *words):
    for mail in mailoutbox:
        for word in words:
            assert word in mail.body
            assert word in mail.alternatives[0].content
        for secret in (PASSWORD, NEW["password1"]):
            assert secret not in mail.body
    return sorted(to for mail in mailoutbox for to in mail.to)


def test_setting_the_password_of_another_is_logged_and_told(client, iryna, others, mailoutbox):
    make_site()
    ana = member("Publisher", "ana")
    page = reverse("admin:auth_user_password_change", args=[ana.pk])
    client.post(page, {**NEW, "usable_password": "true", "set-password": "1"})

    assert told(mailoutbox, "password was changed", "iryna") == ["ana@desk.example", *others]
    assert {mail.subject for mail in mailoutbox} == {"Answerable: the account ana"}
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (iryna, str(ana.pk))
    assert "password" in entry.get_change_message()
    assert sign_in(Client(), "ana", NEW["password1"]).status_code == 302


def test_a_password_that_is_refused_is_told_to_nobody(client, iryna, others, mailoutbox):
    ana = member("Publisher", "ana")
    page = reverse("admin:auth_user_password_change", args=[ana.pk])
    answer = client.post(page, {"password1": "1", "password2": "2", "set-password": "1"})

    assert answer.status_code == 200
    assert told(mailoutbox) == []
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("what", ["password", "factor"])
def test_both_ask_for_ones_own_second_factor(client, others, mailoutbox, what):
    secret = with_totp(member("Administrator", "iryna"))
    ana = member("Publisher", "ana")
    with_totp(ana)
    sign_in_with_code(client, "iryna", secret)
    before = ana.password
    if what == "password":
        address = reverse("admin:auth_user_password_change", args=[ana.pk])
        assert is_asked_again(client.get(address))
        assert is_asked_again(client.post(address, {**NEW, "set-password": "1"}))
    else:
        app = Authenticator.objects.get(user=ana, type="totp")
        assert is_asked_again(client.post(delete_page(app), {"post": "yes"}))

    ana.refresh_from_db()
    assert ana.password == before
    assert Authenticator.objects.filter(user=ana).count() == 2
    assert told(mailoutbox) == []


def test_removing_the_factor_of_another_is_logged_and_told(client, iryna, others, mailoutbox):
    ana = member("Publisher", "ana")
    with_totp(ana)
    client.post(delete_page(Authenticator.objects.get(user=ana, type="totp")), {"post": "yes"})

    assert not Authenticator.objects.filter(user=ana).exists()
    words = "A second factor, or its recovery codes, were removed."
    assert told(mailoutbox, words, "iryna") == ["ana@desk.example", *others]
    entries = LogEntry.objects.filter(object_id=str(ana.pk), content_type__model="user")
    assert words in entries.get().get_change_message()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": "thief@desk.example"}, "name or the mail address"),
        ({"groups": "all"}, "may do was changed"),
        ({"is_active": ""}, "was closed"),
        ({"first_name": "Ana"}, None),
    ],
)
def test_what_gives_power_over_an_account_is_told(client, iryna, others, mailoutbox, typed, words):
    """With another mail address somebody sets a new password by mail."""
    ana = member("Publisher", "ana")
    if "groups" in typed:
        typed = {"groups": [group.pk for group in Group.objects.all()]}
    sent = {key: value for key, value in typed.items() if value}
    page = client.get(change_page(ana))
    form = Controls(page.text).sent | sent | {"_save": "Save"}
    for name in typed.keys() - sent.keys():
        form.pop(name)
    assert client.post(change_page(ana), form).status_code == 302

    people = {"ana@desk.example", *others, typed.get("email", "ana@desk.example")}
    assert told(mailoutbox, *([words] if words else [])) == (sorted(people) if words else [])


def test_a_new_account_is_told_to_the_other_administrators(client, iryna, others, mailoutbox):
    typed = {"username": "second-self", "usable_password": "true", **NEW, "is_staff": "on"}
    client.post(reverse("admin:auth_user_add"), typed)

    assert told(mailoutbox, "was made", "second-self", "iryna") == others


def test_a_queue_holds_the_address_of_nobody(client, iryna, others, queue, mailoutbox):
    ana = member("Publisher", "ana")
    page = reverse("admin:auth_user_password_change", args=[ana.pk])
    client.post(page, {**NEW, "usable_password": "true", "set-password": "1"})
    held = " ".join(str(row.args_kwargs) for row in DBTaskResult.objects.all())
    assert "@" not in held
    assert told(mailoutbox) == []

    queue()
    assert told(mailoutbox) == ["ana@desk.example", *others]


# Drafts of somebody who leaves


@pytest.fixture
def drafts():
    """Two open drafts of ana, and one that she withdrew."""
    ana = member("Editor", "ana")
    kept = [write_draft(make_ask(), by=ana) for _ in range(2)]
    kept[1].give_back(by=member("Publisher", "pavlo"), remark="Name the source.")
    write_draft(make_ask(), by=ana).withdraw(by=ana)
    for draft in kept:
        draft.refresh_from_db()
    return kept


def close(client, person, **typed):
    form = Controls(client.get(change_page(person)).text).sent
    form.pop("is_active")
    return client.post(change_page(person), {**form, "_save": "Save", **typed})


def test_whoever_closes_an_account_says_who_takes_over_its_drafts(client, iryna, drafts):
    ana = get_user_model().objects.get(username="ana")
    refused = close(client, ana)
    assert "Say who takes over 2 open drafts." in errors_beside(refused, "takes_drafts")
    ana.refresh_from_db()
    assert ana.is_active

    mykola = member("Editor", "mykola")
    shown = client.get(change_page(ana))
    choices = shown.context["adminform"].form.fields["takes_drafts"].queryset
    assert [user.username for user in choices] == ["mykola", "pavlo"]
    assert close(client, ana, takes_drafts=mykola.pk).status_code == 302

    ana.refresh_from_db()
    assert not ana.is_active
    assert set(Draft.objects.filter(written_by=mykola)) == set(drafts)
    assert Draft.objects.filter(written_by=ana).count() == 1
    for draft in drafts:
        before = draft.entry, draft.state, draft.remark
        draft.refresh_from_db()
        assert (draft.entry, draft.state, draft.remark) == before
        entry = LogEntry.objects.get(object_id=str(draft.pk), content_type__model="draft")
        assert entry.get_change_message() == "Handed over: ana to mykola."


def test_whoever_takes_over_a_draft_is_its_author_and_publishes_it_not(client, iryna, drafts):
    ana = get_user_model().objects.get(username="ana")
    mykola = member("Publisher", "mykola")
    close(client, ana, takes_drafts=mykola.pk)
    client.force_login(mykola)
    page = client.get(change_page(drafts[0]))
    assert "admin:advocacy_draft_publish" not in page.text
    client.post(reverse("admin:advocacy_draft_publish", args=[drafts[0].pk]))
    drafts[0].refresh_from_db()
    assert drafts[0].state == "waiting"


def test_drafts_of_somebody_who_stays_are_not_handed_over(client, iryna, drafts):
    ana = get_user_model().objects.get(username="ana")
    mykola = member("Editor", "mykola")
    answer = send(client, change_page(ana), takes_drafts=mykola.pk)

    assert "only when the account is closed" in errors_beside(answer, "takes_drafts")
    assert not Draft.objects.filter(written_by=mykola).exists()


def test_without_another_writer_an_account_can_be_closed_at_once(client, iryna, drafts):
    get_user_model().objects.filter(username="pavlo").update(is_active=False)
    ana = get_user_model().objects.get(username="ana")

    assert close(client, ana).status_code == 302
    ana.refresh_from_db()
    assert not ana.is_active
    assert Draft.objects.open_of(ana).count() == 2


def test_submissions_that_wait_are_handed_over_too(client, iryna):
    ana, pavlo = member("Editor", "ana"), member("Publisher", "pavlo")
    draft = write_submission(by=ana)
    answer = close(client, ana)
    assert "Say who takes over 1 open draft." in errors_beside(answer, "takes_drafts")

    assert close(client, ana, takes_drafts=pavlo.pk).status_code == 302
    draft.refresh_from_db()
    assert (draft.written_by, draft.state) == (pavlo, "waiting")


def test_an_account_without_drafts_is_closed_without_a_question(client, iryna):
    bo = member("Editor", "bo")
    record(make_ask(), by=member("Publisher", "mykola"))

    assert "takes_drafts" not in client.get(change_page(bo)).text
    assert close(client, bo).status_code == 302
    bo.refresh_from_db()
    assert not bo.is_active


def test_an_account_is_deleted_after_its_drafts_were_handed_over(client, drafts):
    chief = make_user(username="chief", is_superuser=True)
    client.force_login(chief)
    ana = get_user_model().objects.get(username="ana")
    Draft.objects.filter(written_by=ana, state="withdrawn").delete()
    answer = client.post(delete_page(ana), {"post": "yes"}, follow=True)
    assert answer.redirect_chain[-1][0] == change_page(ana)
    assert "who takes over its open drafts" in text_of(answer)

    close(client, ana, takes_drafts=get_user_model().objects.get(username="pavlo").pk)
    client.post(delete_page(ana), {"post": "yes"})
    assert not get_user_model().objects.filter(pk=ana.pk).exists()
    assert Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).count() == 2


def test_nobody_is_deleted_with_others_in_one_go(client):
    client.force_login(make_user(is_superuser=True))
    page = client.get(reverse("admin:auth_user_changelist"))

    assert "delete_selected" not in page.text
    assert is_in(client)
