import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Edition, EditionState, ResponseStatus, StatusUpdate, Subscriber, Tell
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_issue,
    make_user,
    record,
    translate_all,
)
from tests.pages import text_of
from tests.staff import MET, make_ask, record_on_page

pytestmark = pytest.mark.django_db

S = ResponseStatus
LIST = reverse("admin:advocacy_subscriber_changelist")
MAILINGS = reverse("admin:advocacy_edition_changelist")


def sign_in(client, *permissions):
    user = make_user(is_staff=True, email="olena@desk.example")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return user


def page_of(row):
    return reverse(f"admin:advocacy_{row._meta.model_name}_change", args=[row.pk])


@pytest.fixture
def edition():
    record(make_action(title="Take it up", body=make_body(abbreviation="ILO")), tell=Tell.AT_ONCE)
    return Edition.objects.get()


# Followers


def test_addresses_are_masked(client, editor):
    follower = make_follower()

    for address in (LIST, page_of(follower)):
        shown = client.get(address).text
        assert "a•••@e•••.org" in shown
        assert "ana@example.org" not in shown


def test_a_follower_is_found_by_the_whole_address_alone(client, editor):
    make_follower("ana@example.org")
    make_follower("bo@example.org")

    assert "1 follower" in text_of(client.get(LIST, {"q": "ANA@example.org"}))
    assert "0 followers" in text_of(client.get(LIST, {"q": "example.org"}))


@pytest.mark.parametrize("form", ["user@xn--bcher-kva.example", "user@BÜCHER.example\u200b"])
def test_an_international_address_is_found_in_either_form(client, editor, form):
    make_follower("user@bücher.example")
    make_follower("user@bucher.example")

    assert "1 follower" in text_of(client.get(LIST, {"q": form}))


def test_the_list_names_the_languages_and_narrows_to_one(client, editor):
    make_follower("ana@example.org", language="ko")
    make_follower("bo@example.net", language="uk")

    page = client.get(LIST, {"language": "uk"})

    assert "1 follower" in text_of(page)
    assert "b•••@e•••.net confirmed Українська" in text_of(page)
    assert "confirmed 한국어" in text_of(client.get(LIST))


def test_showing_an_address_is_a_permission_and_is_logged(client):
    follower = make_follower()
    address = reverse("admin:advocacy_subscriber_reveal", args=[follower.pk])

    sign_in(client, "view_subscriber")
    assert "Show the address" not in client.get(page_of(follower)).text
    assert client.post(address).status_code == 403
    assert not LogEntry.objects.exists()

    user = sign_in(client, "view_subscriber", "reveal_subscriber")
    assert "Show the address in full" in client.get(page_of(follower)).text
    assert client.get(address).status_code == 405
    page = client.post(address)
    assert "ana@example.org" in page.text
    assert "no-store" in page["Cache-Control"]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (user, str(follower.pk))
    assert "shown in full" in entry.get_change_message()
    assert "ana@" not in entry.get_change_message() + entry.object_repr
    history = client.get(reverse("admin:advocacy_subscriber_history", args=[follower.pk]))
    assert "The address was shown in full." in text_of(history)


def test_exporting_addresses_is_a_permission_and_is_logged(client):
    chosen = [make_follower("ana@example.org"), make_follower("bo@example.org", language="ko")]
    left = make_follower("left@example.org")
    left.leave()
    data = {"action": "export_addresses", "_selected_action": [row.pk for row in [*chosen, left]]}

    sign_in(client, "view_subscriber")
    assert "ana@example.org" not in client.post(LIST, data).text
    assert not LogEntry.objects.exists()

    sign_in(client, "view_subscriber", "export_subscriber")
    question = client.post(LIST, data)
    assert "addresses of 2 followers" in text_of(question)
    assert not LogEntry.objects.exists()
    file = client.post(LIST, data | {"confirm": "1"})
    assert file["Content-Disposition"] == 'attachment; filename="followers.csv"'
    lines = file.text.removeprefix("\ufeff").splitlines()
    assert [line.split(",")[:3] for line in lines] == [
        ["address", "language", "frequency"],
        ["ana@example.org", "en", "weekly"],
        ["bo@example.org", "ko", "weekly"],
    ]
    assert LogEntry.objects.count() == 2


def test_staff_delete_a_follower_whole(client, editor):
    follower = make_follower()

    client.post(reverse("admin:advocacy_subscriber_delete", args=[follower.pk]), {"post": "yes"})

    assert not Subscriber.objects.exists()


# Mailings


def test_staff_decide_how_followers_are_told_as_they_record(client, editor):
    for tell in Tell:
        ask = make_ask()
        typed = {"entry-tell": tell, "source-1-url": f"https://example.org/{tell}"}
        page = record_on_page(client, ask, **MET | typed)
        assert page.status_code == 200
        assert StatusUpdate.objects.get(action=ask).tell == tell

    assert [edition.entry.tell for edition in Edition.objects.all()] == [Tell.AT_ONCE]


def test_a_response_is_told_in_the_digest_unless_staff_say_otherwise(client, editor):
    ask = make_ask()
    record_on_page(client, ask, **MET)

    assert StatusUpdate.objects.get().tell == Tell.DIGEST


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Under discussion"), ("uk", "Обговорюється"), ("ko", "논의 중")]
)
def test_a_planned_mailing_is_looked_at_in_each_language(client, editor, edition, language, words):
    make_follower("a@example.org", frequency="at_once")
    make_follower("b@example.org", frequency="at_once")
    make_follower("c@example.org", frequency="at_once", issue=make_issue())
    translate_all()

    page = client.get(page_of(edition), {"language": language})

    assert "2 followers will get it." in text_of(page)
    assert f"ILO: {words} – Take it up" in text_of(page)
    frame = re.search(r'<iframe[^>]* src="([^"]+)"', page.text)[1]
    mail = client.get(frame)
    assert words in text_of(mail)
    assert mail["X-Frame-Options"] == "SAMEORIGIN"
    policy = mail["Content-Security-Policy"]
    assert "style-src 'sha256-" in policy
    assert "unsafe" not in policy


def test_staff_send_a_mailing_to_themselves_first(client, editor, edition, sink):
    trial = reverse("admin:advocacy_edition_trial", args=[edition.pk])
    page = client.post(trial, {"language": "uk"}, follow=True)
    assert "Your account has no e-mail address" in text_of(page)

    editor.email = "olena@desk.example"
    editor.save()
    translate_all()
    page = client.post(trial, {"language": "uk"}, follow=True)
    assert "On its way to your own address." in text_of(page)
    assert sink.addresses == ["olena@desk.example"]
    assert "Обговорюється" in sink.messages[0]["Subject"]
    edition.refresh_from_db()
    assert edition.state == EditionState.PLANNED


def test_a_planned_mailing_is_cancelled_and_one_that_went_is_not(client, editor, edition, sink):
    cancel = reverse("admin:advocacy_edition_cancel", args=[edition.pk])
    assert client.get(cancel).status_code == 405
    Edition.objects.update(state=EditionState.SENT)
    assert "has started to go out" in text_of(client.post(cancel, follow=True))

    Edition.objects.update(state=EditionState.PLANNED)
    assert "Cancelled: it does not go out." in text_of(client.post(cancel, follow=True))
    edition.refresh_from_db()
    assert edition.state == EditionState.CANCELLED


def test_only_who_may_change_mailings_cancels_or_tries_them(client, edition):
    sign_in(client, "view_edition")

    assert "Cancel this mailing" not in client.get(page_of(edition)).text
    for name in ("cancel", "trial"):
        address = reverse(f"admin:advocacy_edition_{name}", args=[edition.pk])
        assert client.post(address).status_code == 403


def test_a_mailing_shows_how_far_it_went(client, editor, edition, sink, queue):
    make_follower("a@example.org", frequency="at_once")
    make_follower("b@example.org", frequency="at_once")
    sink.refuse["b@example.org"] = "550 gone"
    Edition.objects.update(send_at=timezone.now())
    queue()

    shown = text_of(client.get(page_of(edition)))
    assert "1 of 2 sent, 0 waiting." in shown
    assert "1 failed, 0 doubtful" in shown
    assert "b@example.org" not in shown
    assert client.get(MAILINGS).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("address", [LIST, MAILINGS])
def test_lists_take_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, address, number
):
    for n in range(number):
        make_follower(f"f{n}@example.org")
        record(make_action(), tell=Tell.AT_ONCE)

    client.get(address)
    with django_assert_num_queries(6 if address == LIST else 9):
        client.get(address)
