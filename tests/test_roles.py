"""Who may do what: every address and action of the staff screens, with real requests per role."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from advocacy.models import (
    ROLES,
    Draft,
    Edition,
    ResponseStatus,
    StatusUpdate,
    Tell,
    make_groups,
)
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_issue,
    make_search_log,
    make_seat,
    make_source,
    make_step,
    make_user,
    record,
    write_draft,
)
from tests.pages import text_of
from tests.staff import (
    LIST,
    LOOK,
    MET,
    change_page,
    correct_page,
    delete_page,
    make_ask,
    record_page,
)

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

S = ResponseStatus
EDITOR, PUBLISHER, ADMINISTRATOR, NOBODY = "Editor", "Publisher", "Administrator", "nobody"
EVERYONE = [EDITOR, PUBLISHER, ADMINISTRATOR, NOBODY]
WRITERS = [EDITOR, PUBLISHER]
STAFF = [EDITOR, PUBLISHER, ADMINISTRATOR]


@pytest.fixture(autouse=True)
def groups():
    make_groups()


def admin_page(name, *args):
    return reverse(f"admin:{name}", args=args)


def who(sign_in, client, request):
    """The roles that a request does not refuse; nobody is ever sent to a broken page."""
    allowed = []
    for role in EVERYONE:
        sign_in(role)
        answer = request(client)
        assert answer.status_code in (200, 302, 403, 422), (role, answer.status_code)
        refused = answer.status_code == 403 or "/login/" in answer.get("Location", "")
        if not refused:
            allowed.append(role)
    return allowed


CONTENT = [
    "issue",
    "paragraph",
    "event",
    "topic",
    "targetbody",
    "organisation",
    "seat",
    "meeting",
    "contactpoint",
    "reply",
    "source",
    "askrelation",
    "pack",
    "page",
    "searchwords",
]
LISTS = {
    **dict.fromkeys([*CONTENT, "recommendedaction", "checkliststep", "searchlog"], STAFF),
    "legalreference": STAFF,
    "statusupdate": STAFF,
    "submission": STAFF,
    "decision": STAFF,
    "decisionparagraph": STAFF,
    "statement": STAFF,
    "statementask": STAFF,
    "treatystatus": STAFF,
    "draft": STAFF,
    "edition": STAFF,
    "statenews": STAFF,
    "subscriber": [ADMINISTRATOR],
    "signin": [ADMINISTRATOR],
    "withholding": [PUBLISHER, ADMINISTRATOR],
    "site": STAFF,
    "bodykind": STAFF,
    "report": WRITERS,
    "translation": WRITERS,
}


@pytest.mark.parametrize(("model", "allowed"), LISTS.items())
def test_who_opens_which_list(client, sign_in, model, allowed):
    page = admin_page(f"advocacy_{model}_changelist")

    assert who(sign_in, client, lambda c: c.get(page)) == allowed


@pytest.mark.parametrize("model", [*CONTENT, "recommendedaction", "checkliststep"])
def test_only_those_who_write_add_content(client, sign_in, model):
    page = admin_page(f"advocacy_{model}_add")

    assert who(sign_in, client, lambda c: c.get(page)) == WRITERS
    assert who(sign_in, client, lambda c: c.post(page, {})) == WRITERS


@pytest.mark.parametrize(
    "make", [make_issue, make_body, make_ask, make_step, make_seat, make_source, make_search_log]
)
def test_who_changes_and_who_deletes(client, sign_in, make):
    row = make()
    stored = type(row).objects.filter(pk=row.pk).values()
    before = stored.get()

    assert who(sign_in, client, lambda c: c.post(change_page(row), {})) == WRITERS
    assert who(sign_in, client, lambda c: c.get(delete_page(row))) == [PUBLISHER]
    for role in (EDITOR, ADMINISTRATOR, NOBODY):
        sign_in(role)
        assert client.post(delete_page(row), {"post": "yes"}).status_code == 403, role
    assert stored.get() == before


def test_nobody_changes_or_deletes_an_entry_of_the_record(client, sign_in):
    entry = record(make_ask())
    for address in (change_page(entry), delete_page(entry)):
        who(sign_in, client, lambda c, a=address: c.post(a, {"summary": "x", "post": "yes"}))
    entry = StatusUpdate.objects.get()
    assert entry.summary == "The body met on it."
    assert who(sign_in, client, lambda c: c.get(admin_page("advocacy_statusupdate_add"))) == []


def test_who_records_corrects_and_looks_again(client, sign_in):
    action = make_ask()
    entry = record(action)
    pages = [
        record_page(ask=action),
        record_page(body=action.body),
        record_page(ask=action, look=1),
        correct_page(entry),
        record_page(draft=write_draft(action)),
    ]
    for page in pages:
        assert who(sign_in, client, lambda c, p=page: c.get(p)) == WRITERS
        assert who(sign_in, client, lambda c, p=page: c.post(p, {})) == WRITERS
        assert who(sign_in, client, lambda c, p=page: c.post(p, {"preview": "1"})) == WRITERS

    typed = MET | LOOK | {"entry-ask": [action.pk], "confirm": "1"}
    for role in (ADMINISTRATOR, NOBODY):
        sign_in(role)
        for page in pages:
            client.post(page, typed)
        assert (Draft.objects.count(), StatusUpdate.objects.count()) == (1, 1), role
    sign_in(EDITOR)
    client.post(record_page(ask=action, look=1), typed)
    assert (Draft.objects.count(), StatusUpdate.objects.count()) == (2, 1)


def test_who_decides_about_a_draft(client, sign_in):
    draft = write_draft(make_ask(), by=sign_in(EDITOR))

    def page(verb):
        return admin_page(f"advocacy_draft_{verb}", draft.pk)

    assert who(sign_in, client, lambda c: c.get(change_page(draft))) == STAFF
    assert who(sign_in, client, lambda c: c.get(page("preview"))) == STAFF
    assert who(sign_in, client, lambda c: c.post(page("withdraw"))) == WRITERS
    assert who(sign_in, client, lambda c: c.post(page("give_back"))) == [PUBLISHER]
    draft.refresh_from_db()
    assert draft.state == "waiting"
    assert who(sign_in, client, lambda c: c.post(page("publish"))) == [PUBLISHER]
    for verb in ("publish", "give_back", "withdraw"):
        sign_in(PUBLISHER)
        assert client.get(page(verb)).status_code == 405


def test_who_cancels_and_tries_a_mailing(client, sign_in):
    record(make_ask(), tell=Tell.AT_ONCE)
    edition = Edition.objects.get()

    def page(verb, *args):
        return admin_page(f"advocacy_edition_{verb}", edition.pk, *args)

    assert who(sign_in, client, lambda c: c.get(change_page(edition))) == STAFF
    assert who(sign_in, client, lambda c: c.get(page("preview", "en"))) == STAFF
    for role in (EDITOR, ADMINISTRATOR, NOBODY):
        sign_in(role)
        assert client.post(page("cancel")).status_code == 403
        assert client.post(page("trial")).status_code == 403
    edition.refresh_from_db()
    assert edition.state == "planned"
    assert who(sign_in, client, lambda c: c.post(page("trial"))) == [PUBLISHER]
    assert who(sign_in, client, lambda c: c.post(page("cancel"))) == [PUBLISHER]


def test_who_sees_an_address(client, sign_in):
    follower = make_follower("ana@example.org")
    reveal = admin_page("advocacy_subscriber_reveal", follower.pk)

    listed = admin_page("advocacy_subscriber_changelist")
    chosen = {"action": "export_addresses", "_selected_action": [follower.pk]}

    assert who(sign_in, client, lambda c: c.post(reveal)) == [ADMINISTRATOR]
    assert who(sign_in, client, lambda c: c.post(listed, chosen)) == [ADMINISTRATOR]
    assert who(sign_in, client, lambda c: c.post(listed, chosen | {"confirm": "1"})) == [
        ADMINISTRATOR
    ]
    for role in WRITERS:
        sign_in(role)
        answer = client.post(listed, chosen | {"confirm": "1"})
        assert "ana@example.org" not in answer.text


def test_who_looks_after_people(client, sign_in):
    person = make_user()
    users, add = admin_page("auth_user_changelist"), admin_page("auth_user_add")
    change = admin_page("auth_user_change", person.pk)
    password = admin_page("auth_user_password_change", person.pk)
    for page in (users, add, change, password):
        assert who(sign_in, client, lambda c, p=page: c.get(p)) == [ADMINISTRATOR], page
    for page in (add, change, password):
        assert who(sign_in, client, lambda c, p=page: c.post(p, {})) == [ADMINISTRATOR], page
    groups = admin_page("auth_group_add")
    assert who(sign_in, client, lambda c: c.get(groups)) == []
    assert who(sign_in, client, lambda c: c.get(admin_page("auth_user_delete", person.pk))) == []


def test_who_deletes_the_second_factor_of_somebody_who_lost_a_device(client, sign_in):
    person, chief = make_user(), make_user(is_superuser=True)
    for user in (person, chief):
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    of_person, of_chief = (Authenticator.objects.get(user=user) for user in (person, chief))
    listed = admin_page("mfa_authenticator_changelist")
    shown = admin_page("mfa_authenticator_change", of_person.pk)

    assert who(sign_in, client, lambda c: c.get(listed)) == [ADMINISTRATOR]
    sign_in(ADMINISTRATOR)
    assert "JBSWY3DPEHPK3PXP" not in client.get(shown).text
    client.post(admin_page("mfa_authenticator_delete", of_person.pk), {"post": "yes"})
    refused = client.post(admin_page("mfa_authenticator_delete", of_chief.pk), {"post": "yes"})
    assert refused.status_code == 403
    assert list(Authenticator.objects.all()) == [of_chief]


@pytest.mark.parametrize("role", [EDITOR, PUBLISHER, NOBODY])
def test_whoever_may_not_is_refused_before_a_second_factor_is_asked_for(client, sign_in, role):
    follower, person = make_follower("ana@example.org"), make_user()
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    TOTP.activate(sign_in(role), "JBSWY3DPEHPK3PXP")
    chosen = {"action": "export_addresses", "_selected_action": [follower.pk], "post": "yes"}
    pages = [
        admin_page("advocacy_subscriber_changelist"),
        admin_page("advocacy_subscriber_reveal", follower.pk),
        admin_page("auth_user_add"),
        admin_page("auth_user_change", person.pk),
        admin_page("auth_user_password_change", person.pk),
        admin_page("auth_user_delete", person.pk),
        admin_page("auth_group_add"),
        admin_page("mfa_authenticator_delete", Authenticator.objects.get(user=person).pk),
    ]
    for page in pages:
        assert client.post(page, chosen).status_code == 403, page


def test_an_administrator_makes_nobody_all_powerful(client, sign_in):
    person, chief = make_user(username="ana"), make_user(username="chief", is_superuser=True)
    me = sign_in(ADMINISTRATOR)
    every = [permission.pk for permission in Permission.objects.all()]
    typed = {
        "username": "ana",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": every,
        "groups": [Group.objects.get(name=EDITOR).pk],
    }
    client.post(admin_page("auth_user_change", person.pk), typed)
    client.post(admin_page("auth_user_change", chief.pk), {**typed, "username": "chief"})
    own = {**typed, "username": me.username, "groups": [g.pk for g in Group.objects.all()]}
    client.post(admin_page("auth_user_change", me.pk), own)

    user = get_user_model().objects
    assert [g.name for g in user.get(pk=person.pk).groups.all()] == [EDITOR]
    for pk in (person.pk, me.pk):
        assert not user.get(pk=pk).is_superuser
        assert not user.get(pk=pk).user_permissions.exists()
    assert [g.name for g in user.get(pk=me.pk).groups.all()] == [ADMINISTRATOR]
    assert user.get(pk=chief.pk).is_superuser
    assert client.get(admin_page("auth_user_password_change", chief.pk)).status_code == 403


@pytest.mark.parametrize("role", EVERYONE)
def test_what_a_role_has_no_button_for_it_cannot_reach(client, sign_in, role):
    """Every link and button of a role's pages works, and what is not there is refused."""
    action = make_action()
    entry = record(action)
    sign_in(role)
    pages = [admin_page("index")]
    if role != NOBODY:
        pages += [LIST, change_page(action), change_page(action.body)]
    may_write = role in WRITERS
    for page in pages:
        answer = client.get(page, follow=True)
        for link in set(re.findall(r'href="(/admin/[^"#?]*)', answer.text)):
            if not link.endswith(("/logout/", "jsi18n/")):
                assert client.get(link, follow=True).status_code == 200, (page, link)
    shown = client.get(change_page(action))
    assert ("Record a response" in text_of(shown)) == may_write
    assert (correct_page(entry) in shown.text) == may_write


def test_the_roles_hold_only_permissions_that_exist():
    for role, names in ROLES.items():
        group = Group.objects.get(name=role)
        assert {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()} == (
            set(names)
        )
        for permission in group.permissions.select_related("content_type"):
            model = permission.content_type.model
            assert permission.content_type.model_class() or model == "signin", permission
