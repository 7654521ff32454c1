"""The desk checks the addresses of offices: one click opens the page, one confirms."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.admin.contact_points import ContactPointAdmin
from advocacy.models import (
    ContactPoint,
    SeenAs,
)
from tests.factories import (
    make_contact_point,
)
from tests.pages import text_of
from tests.staff import change_page, send

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("admin/contact_points.py")]

TODAY = timezone.localdate
LIST = reverse("admin:advocacy_contactpoint_changelist")
DUE = f"{LIST}?trust=due"


def act(client, contact, name, **sent):
    address = reverse(f"admin:advocacy_contactpoint_{name}", args=[contact.pk])
    return client.post(address, sent, follow=True)


def test_an_editor_opens_the_official_page_and_confirms_with_a_click(client, sign_in):
    contact = make_contact_point(name="Mission of Denmark")
    user = sign_in("Editor")
    desk = client.get(reverse("admin:index"))
    assert "Addresses to be checked" in text_of(desk)
    assert f'href="{DUE}"' in desk.text

    listed = client.get(DUE)
    link = f'<a href="{contact.web}" target="_blank" rel="noopener noreferrer">'
    assert link in listed.text
    button = re.search(r'formaction="([^"]+)" name="address" value="([^"]+)"', listed.text)
    answer = client.post(button[1], {"address": button[2]}, follow=True)

    assert answer.redirect_chain[-1][0] == DUE
    assert "Checked on the office’s own page: Mission of Denmark." in text_of(answer)
    contact.refresh_from_db()
    assert (contact.checked_on, contact.checked_by) == (TODAY(), user)
    assert contact.may_be_addressed()
    assert contact.edited_by_staff_at
    assert contact.history.first().history_user == user
    assert "Addresses to be checked" not in text_of(client.get(reverse("admin:index")))
    assert "Mission of Denmark" not in text_of(client.get(DUE)).split("0 addresses")[-1]
    assert f"by {user}" in text_of(client.get(change_page(contact)))


def test_nothing_is_confirmed_that_stood_otherwise_on_the_page(client, editor):
    contact = make_contact_point()
    answer = act(client, contact, "confirm", address="before@mission.example")

    assert "was changed meanwhile" in text_of(answer)
    contact.refresh_from_db()
    assert contact.checked_on is None


def test_a_click_on_the_form_notes_that_mail_came_back_once(client, sign_in):
    contact = make_contact_point(confidence=SeenAs.OFFICIAL)
    sign_in("Editor")
    page = client.get(change_page(contact))
    assert "I saw this address on the office’s own page today" in text_of(page)
    key = re.search(r'id="came-back".*?name="once" value="([^"]+)"', page.text, re.S)[1]
    for _ in range(2):
        answer = act(client, contact, "came_back", once=key)

    contact.refresh_from_db()
    assert contact.returned == 1
    assert "mail came back 1 time, on" in text_of(client.get(change_page(contact)))
    assert "This was sent already" in text_of(answer)
    assert "mail came back" in text_of(client.get(reverse("admin:index")))


@pytest.mark.parametrize("name", ["confirm", "came_back"])
def test_who_only_looks_after_people_checks_nothing(client, sign_in, name):
    contact = make_contact_point()
    sign_in("Administrator")

    assert "I saw it there today" not in text_of(client.get(LIST))
    assert "I saw this address" not in text_of(client.get(change_page(contact)))
    assert act(client, contact, name, address=contact.email).status_code == 403
    contact.refresh_from_db()
    assert (contact.checked_on, contact.returned) == (None, 0)


@pytest.mark.parametrize("name", ["confirm", "came_back"])
def test_a_link_that_somebody_follows_confirms_nothing(client, editor, name):
    address = reverse(f"admin:advocacy_contactpoint_{name}", args=[make_contact_point().pk])

    assert client.get(address).status_code == 405


def test_another_address_no_longer_counts_as_seen_on_the_own_page(client, editor):
    contact = make_contact_point(confidence=SeenAs.OFFICIAL)
    answer = send(client, change_page(contact), email="new@mission.example")

    assert "no longer counts as seen" in text_of(answer)
    contact.refresh_from_db()
    assert contact.confidence == SeenAs.COPY
    assert not contact.may_be_addressed()

    source = "https://mission.example/contact"
    said = {"email": "newer@mission.example", "source_url": source, "confidence": SeenAs.OFFICIAL}
    send(client, change_page(contact), **said)
    contact.refresh_from_db()
    assert contact.may_be_addressed()


def test_the_form_says_which_rule_was_broken(client, editor):
    contact = make_contact_point()
    refused = send(client, change_page(contact), source_url="")
    assert "Say on which page the e-mail address was read." in text_of(refused)
    refused = send(client, change_page(contact), confidence=SeenAs.PATTERN)
    assert "What was seen nowhere has no e-mail address" in text_of(refused)


def test_every_field_of_the_form_stands_in_it():
    shown = {name for _title, part in ContactPointAdmin.fieldsets for name in part["fields"]}
    fields = ContactPoint._meta.concrete_fields
    assert shown == {field.name for field in fields if field.editable and not field.primary_key}
