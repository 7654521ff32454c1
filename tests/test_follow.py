import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from advocacy.models import Follow, SignUp, Subscriber, SubscriberState
from advocacy.upkeep import tasks
from tests.factories import make_action, make_body, make_follower, make_issue
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/followers.py")]

ADDRESS = "ana@example.org"
HTMX = {"sec-fetch-site": "same-origin", "hx-request": "true"}
STATES = ["new", "unconfirmed", "confirmed", "left", "bounced"]


def sign_up(client, email=ADDRESS, *, headers=None, ip="192.0.2.1", **fields):
    data = {
        "email": email,
        "subject": "everything",
        "frequency": "weekly",
        "language": "en",
        "homepage": "",
        **fields,
    }
    headers = {"sec-fetch-site": "same-origin"} if headers is None else headers
    return client.post(reverse("follow"), data, headers=headers, REMOTE_ADDR=ip)


def link_in(mail):
    """The path of the first link in the text of a message."""
    text = mail.get_body(("plain",)).get_content()
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", text)[1]


def test_signing_up_confirming_and_leaving(client, sink):
    issue = make_issue(title="Forced labour")

    answer = sign_up(client, subject=f"issue:{issue.slug}", frequency="at_once", language="uk")
    assert answer.status_code == 303
    assert "Check your mail" in text_of(client.get(answer["Location"]))
    assert sink.addresses == [ADDRESS]
    path = link_in(sink.messages[0])
    assert path.startswith("/uk/follow/")
    assert not Subscriber.objects.exists()

    translation.activate("uk")
    page = client.get(path)
    assert page.status_code == 200
    assert "Forced labour" in text_of(page)
    assert not Subscriber.objects.exists()

    managed = client.post(path)
    page = client.get(managed["Location"])
    assert "a•••@e•••.org" in text_of(page)
    assert translation.gettext("Done. You now follow:") in text_of(page)
    subscriber = Subscriber.objects.get()
    assert (subscriber.frequency, subscriber.language) == ("at_once", "uk")
    assert [follow.subject for follow in subscriber.follows.all()] == [issue]

    left = client.post(reverse("follow_leave", args=[subscriber.token]))
    assert left.status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == SubscriberState.LEFT
    assert (subscriber.address, subscriber.language, subscriber.frequency) == ("", "", "")
    assert not Follow.objects.exists()
    assert client.get(managed["Location"]).status_code == 404
    assert client.cookies == {}


def in_state(state):
    if state == "unconfirmed":
        SignUp.objects.ask(ADDRESS, language="en", frequency="weekly")
    elif state != "new":
        follower = make_follower(ADDRESS)
        {"left": follower.leave, "bounced": follower.bounce}.get(state, lambda: None)()


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}], ids=["page", "htmx"])
def test_the_answer_never_tells_whether_an_address_is_known(client, sink, headers):
    answers = []
    for number, state in enumerate(STATES):
        with transaction.atomic():
            in_state(state)
            answer = sign_up(
                client,
                headers={"sec-fetch-site": "same-origin"} | headers,
                ip=f"192.0.{number}.1",
            )
            answers.append((answer.status_code, answer.content, sorted(answer.items())))
            transaction.set_rollback(True)

    assert len(sink.addresses) == len(STATES)
    assert all(answer == answers[0] for answer in answers)


def test_an_address_gets_three_confirmations_a_day_from_however_many_networks(client, sink):
    for number in range(50):
        sign_up(client, ip=f"10.0.{number}.7")

    assert sink.addresses == [ADDRESS] * 3
    assert SignUp.objects.count() == 3


@pytest.mark.parametrize(
    ("answer", "arrives"),
    [
        ("550 5.7.1 relay access denied", True),
        ("554 5.7.1 client host blocked", True),
        ("552 5.3.4 too big", True),
        ("450 4.2.0 try later", True),
        ("550 5.1.1 no such user", False),
    ],
)
def test_a_confirmation_refused_because_of_us_is_tried_again(client, queue, sink, answer, arrives):
    sink.refuse[ADDRESS] = answer
    sign_up(client)
    queue()
    assert sink.addresses == []

    sink.refuse.clear()
    queue(early=True)
    assert sink.addresses == [ADDRESS] * arrives


def test_the_database_itself_counts_the_confirmations():
    first = SignUp.objects.ask(ADDRESS, language="en", frequency="weekly")
    second = SignUp.objects.ask(ADDRESS, language="en", frequency="weekly")
    assert first.take_mail_slot()
    with pytest.raises(IntegrityError), transaction.atomic():
        SignUp.objects.filter(pk=second.pk).update(mailed_on=first.mailed_on, mail_number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignUp.objects.filter(pk=second.pk).update(mailed_on=first.mailed_on, mail_number=4)


@pytest.mark.parametrize("method", ["get", "head"])
def test_scanners_change_nothing(client, method):
    wish = SignUp.objects.ask(ADDRESS, language="en", frequency="weekly")
    follower = make_follower("bo@example.org")
    addresses = [
        reverse("follow_token", args=[wish.token]),
        *(
            reverse(name, args=[follower.token])
            for name in ("follow_token", "follow_leave", "follow_delete", "follow_data")
        ),
    ]

    for address in addresses * 10:
        assert getattr(client, method)(address).status_code == 200, address

    assert list(Subscriber.objects.confirmed()) == [follower]
    assert SignUp.objects.get().confirmed_at is None


def test_confirming_again_changes_nothing(client):
    wish = SignUp.objects.ask(ADDRESS, language="en", frequency="weekly")
    address = reverse("follow_token", args=[wish.token])

    for _ in range(3):
        assert client.post(address).status_code == 302

    assert Subscriber.objects.count() == Follow.objects.count() == 1


def test_the_link_of_a_confirmation_opened_again_shows_what_is_followed(client):
    issue = make_issue(title="Forced labour")
    wish = SignUp.objects.ask(ADDRESS, issue=issue, language="en", frequency="weekly")
    address = reverse("follow_token", args=[wish.token])
    client.post(address)

    page = client.get(address, follow=True)

    assert page.status_code == 200
    assert "What you follow" in text_of(page)
    assert "Forced labour" in text_of(page)
    assert "Confirm that you want to follow" not in text_of(page)
    Subscriber.objects.get().leave()
    assert client.get(address).status_code == 404


def test_a_second_wish_is_added_to_the_first(client):
    issue, body = make_issue(), make_body()
    for subject in ({"issue": issue}, {"body": body}):
        wish = SignUp.objects.ask(ADDRESS, language="ko", frequency="at_once", **subject)
        client.post(reverse("follow_token", args=[wish.token]))

    follower = Subscriber.objects.get()
    assert {follow.subject for follow in follower.follows.all()} == {issue, body}


def test_a_link_works_for_seven_days_and_then_offers_a_fresh_mail(client, sink):
    wish = SignUp.objects.ask(ADDRESS, language="en", frequency="weekly")
    SignUp.objects.update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    address = reverse("follow_token", args=[wish.token])

    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 404
        assert "Send me a fresh mail" in text_of(answer)
    assert not Subscriber.objects.exists()

    assert tasks.purge()["sign-ups"] == 1
    assert not SignUp.objects.exists()


def test_one_click_of_a_mail_program_leaves_without_a_page(client):
    follower = make_follower()

    answer = client.post(
        reverse("follow_leave", args=[follower.token]),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 200
    assert not Subscriber.objects.confirmed().exists()


@pytest.mark.parametrize("verb", ["leave", "forget"])
def test_who_leaves_takes_along_what_they_have_not_confirmed(settings, verb):
    follower = make_follower()
    SignUp.objects.ask(ADDRESS, language="en", frequency="weekly")
    other = SignUp.objects.ask("bo@example.org", language="en", frequency="weekly")
    settings.ADDRESS_KEYS = ["new", *settings.ADDRESS_KEYS]
    SignUp.objects.ask(ADDRESS, language="uk", frequency="weekly")

    getattr(follower, verb)()

    assert list(SignUp.objects.all()) == [other]


def test_leaving_with_a_made_up_token_gets_the_same_answer(client):
    follower = make_follower()

    first = client.post(reverse("follow_leave", args=[follower.token]))
    again = client.post(reverse("follow_leave", args=[follower.token]))
    other = client.post(reverse("follow_leave", args=["nobody.knows"]))

    assert text_of(first) == text_of(again) == text_of(other)


def test_a_follower_changes_what_they_follow(client):
    issue, body = make_issue(title="Stays"), make_body(name="Goes")
    follower = make_follower(issue=issue)
    Follow.objects.create(subscriber=follower, body=body)
    kept = follower.follows.get(issue=issue)
    shown = follower.follows.values_list("pk", flat=True)

    page = client.post(
        reverse("follow_token", args=[follower.token]),
        {"shown": shown, "keep": [kept.pk], "frequency": "at_once", "language": "ko"},
    )

    assert "Saved." in text_of(page)
    listed = text_of(page).split("Take the tick away")[0]
    assert "Stays" in listed
    assert "Goes" not in listed
    follower.refresh_from_db()
    assert (follower.frequency, follower.language) == ("at_once", "ko")
    assert list(follower.follows.all()) == [kept]


@pytest.mark.parametrize("subject", ["issue:another", "everything"])
def test_a_follower_follows_something_more(client, subject):
    another = make_issue(slug="another")
    follower = make_follower(issue=make_issue())
    data = {"frequency": "weekly", "language": "en", "add": subject}
    data["keep"] = [follow.pk for follow in follower.follows.all()]
    address = reverse("follow_token", args=[follower.token])

    for _ in range(2):
        assert "Saved." in text_of(client.post(address, data))
        data["keep"] = [follow.pk for follow in follower.follows.all()]
    assert follower.follows.count() == 2
    assert follower.follows.filter(issue=another).exists() == (subject != "everything")

    page = client.post(address, data | {"add": "issue:atlantis"})
    assert "Not saved: see below." in text_of(page)
    assert "This is not in the record" in text_of(page)


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_of_a_follower_take_a_constant_number_of_queries(
    client, django_assert_num_queries, number
):
    follower = make_follower()
    for _ in range(number):
        Follow.objects.create(subscriber=follower, issue=make_issue())
        Follow.objects.create(subscriber=follower, action=make_action())

    with django_assert_num_queries(3 + IN_EVERY_PAGE):  # Issues, bodies, the mails of a year.
        client.get(reverse("follow"))
    # The follower, the follows and which of them stay, issues, bodies.
    with django_assert_num_queries(5 + IN_EVERY_PAGE):
        client.get(reverse("follow_token", args=[follower.token]))


def test_everything_held_is_given_out_and_deleted(client):
    follower = make_follower(issue=make_issue(title="Forced labour"))

    held = client.get(reverse("follow_data", args=[follower.token]))
    assert held["Content-Disposition"].startswith("attachment")
    data = json.loads(held.content)
    assert data["address"] == ADDRESS
    assert [follow["what"] for follow in data["follows"]] == ["Forced labour"]

    client.post(reverse("follow_delete", args=[follower.token]))
    assert not Subscriber.objects.exists()


def test_secret_pages_are_not_kept_and_not_passed_on(client):
    page = client.get(reverse("follow_token", args=[make_follower().token]))

    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert page.cookies == {}


def test_every_page_of_the_record_carries_the_form_for_its_subject(client):
    action = make_action()
    pages = {
        reverse("overview"): "everything",
        action.issue.get_absolute_url(): f"issue:{action.issue.slug}",
        action.body.get_absolute_url(): f"body:{action.body.slug}",
        action.get_absolute_url(): f"action:{action.slug}",
    }
    for address, subject in pages.items():
        page = client.get(address)
        assert f'name="subject" value="{subject}"' in page.text, address
        assert "csrf" not in page.text, address


def test_a_page_with_the_form_is_not_sent_again_unchanged(client):
    first = client.get(reverse("overview"))

    again = client.get(reverse("overview"), headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304
