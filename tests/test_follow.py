import json
import logging.config
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from advocacy.models import MOST_AN_HOUR, Follow, NetworkUse, SignUp, Subscriber, SubscriberState
from advocacy.models.addresses import AddressKeyMissing, address_hash, decrypt, encrypt, masked
from advocacy.models.networks import network_of
from advocacy.upkeep import tasks
from tests.factories import make_action, make_body, make_follower, make_issue
from tests.pages import text_of

pytestmark = pytest.mark.django_db

ADDRESS = "ana@example.org"
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
    assert "Look into your mail" in text_of(client.get(answer["Location"]))
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


def test_an_address_gets_three_confirmations_a_day_from_a_thousand_networks(client, sink):
    for number in range(1000):
        sign_up(client, ip=f"10.{number // 250}.{number % 250}.7")

    assert sink.addresses == [ADDRESS] * 3
    assert SignUp.objects.count() == 3


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


@pytest.mark.parametrize("verb", ["leave", "bounce", "forget"])
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


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://testserver"}, 303),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_only_a_form_of_this_site_signs_up(client, sink, headers, status):
    assert sign_up(client, headers=headers).status_code == status
    assert len(sink.addresses) == (status == 303)


def test_what_a_program_fills_in_gets_the_usual_answer_and_no_mail(client, sink):
    assert sign_up(client, homepage="http://spam.example").status_code == 303
    assert sink.addresses == []
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "ana@"}, "Give an e-mail address"),
        ({"email": "ana@no-dot"}, "Give an e-mail address"),
        ({"email": ""}, "This field is required"),
        ({"subject": "issue:atlantis"}, "This is not in the record"),
        ({"subject": "user:1"}, "This is not in the record"),
        ({"frequency": "hourly"}, "hourly is not one of the available choices"),
    ],
)
def test_bad_input_is_named_and_what_was_typed_is_kept(client, sink, fields, sentence):
    page = sign_up(client, **fields)

    assert page.status_code == 422
    assert sentence in text_of(page)
    if fields.get("email") != "":
        assert f'value="{fields.get("email", ADDRESS)}"' in page.text
    assert sink.addresses == []


def test_international_domains_are_reached(client, sink):
    sign_up(client, "ana@пошта.укр")

    assert sink.addresses == ["ana@" + "пошта.укр".encode("idna").decode()]


def test_a_network_gets_a_limit_and_other_networks_do_not(client, sink, monkeypatch):
    monkeypatch.setitem(MOST_AN_HOUR, "sign-ups", 2)
    statuses = [sign_up(client, f"a{n}@example.org", ip=f"198.51.100.{n}") for n in (1, 2, 3)]
    other = sign_up(client, "b@example.org", ip="198.51.101.1")

    assert [answer.status_code for answer in statuses] == [303, 303, 429]
    assert "Too many sign-ups came from your network" in text_of(statuses[-1])
    assert other.status_code == 303
    assert "198.51.100" not in str(list(NetworkUse.objects.values()))


@pytest.mark.parametrize(
    ("behind_a_proxy", "forwarded", "status"),
    [
        (True, "203.{n}.113.7, 198.51.100.7", 429),  # The first part is whatever the visitor sent.
        (True, "203.0.113.7, 198.51.{n}.7", 303),
        (True, "198.51.100.7", 429),
        (False, "198.51.{n}.7", 429),
    ],
)
def test_behind_a_proxy_a_network_is_what_the_proxy_saw(
    client, sink, settings, monkeypatch, behind_a_proxy, forwarded, status
):
    settings.TRUST_PROXY = behind_a_proxy
    monkeypatch.setitem(MOST_AN_HOUR, "sign-ups", 1)

    for n in (1, 2):
        headers = {"sec-fetch-site": "same-origin", "x-forwarded-for": forwarded.format(n=n)}
        answer = sign_up(client, f"a{n}@example.org", headers=headers)

    assert answer.status_code == status
    assert ("Too many sign-ups came from your network" in text_of(answer)) == (status == 429)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::9", "2001:db8:1:200::/56"),
        ("not an address", "unknown"),
    ],
)
def test_a_network_is_a_street_not_a_house(address, network):
    assert network_of(address) == network


def test_the_key_of_networks_changes_every_day():
    now = timezone.now()
    for day in range(2):
        NetworkUse.objects.allows("sign-ups", "192.0.2.1", now + timedelta(days=day))

    assert len(set(NetworkUse.objects.values_list("network", flat=True))) == 2


def test_a_follower_changes_what_they_follow(client):
    issue, body = make_issue(title="Stays"), make_body(name="Goes")
    follower = make_follower(issue=issue)
    Follow.objects.create(subscriber=follower, body=body)
    kept = follower.follows.get(issue=issue)

    page = client.post(
        reverse("follow_token", args=[follower.token]),
        {"keep": [kept.pk], "frequency": "at_once", "language": "ko"},
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

    with django_assert_num_queries(3):  # Issues, bodies, the mails of a year.
        client.get(reverse("follow"))
    # The follower, the follows and which of them stay, issues, bodies.
    with django_assert_num_queries(5):
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


# At rest


def test_no_table_gives_an_address_away(client, sink):
    sign_up(client)
    make_follower("bo@example.org")

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
            for word in (ADDRESS, "bo@example.org", "example.org"):
                assert word not in rows or table.startswith("advocacy_source"), table


def test_a_dump_holds_no_readable_address(capsys):
    make_follower("bo@example.org")
    SignUp.objects.ask(ADDRESS, language="en", frequency="weekly")

    call_command("dumpdata", "advocacy")

    dump = capsys.readouterr().out
    assert "advocacy.subscriber" in dump
    assert "advocacy.signup" in dump
    assert "@example.org" not in dump


def test_an_address_is_read_and_found_with_its_key_alone(settings):
    stored, code = encrypt(ADDRESS), address_hash(ADDRESS)
    assert decrypt(stored) == ADDRESS
    assert encrypt(ADDRESS) != stored
    assert address_hash("ANA@example.org") == code

    settings.ADDRESS_KEYS = ["another"]
    assert address_hash(ADDRESS) != code
    with pytest.raises(AddressKeyMissing):
        decrypt(stored)


def test_a_new_key_still_finds_and_reads_what_the_old_one_wrote(settings):
    follower = make_follower()
    settings.ADDRESS_KEYS = ["new", *settings.ADDRESS_KEYS]

    assert Subscriber.objects.by_address(ADDRESS) == follower
    assert follower.plain_address == ADDRESS
    wish = SignUp.objects.ask(ADDRESS, language="en", frequency="weekly")
    assert wish.confirm() == follower


@pytest.mark.parametrize("address", [ADDRESS, "a@b.co", "ім’я@пошта.укр"])
def test_a_masked_address_is_not_the_address(address):
    name, domain = address.split("@")
    assert masked(address) == f"{name[0]}•••@{domain[0]}•••.{domain.rpartition('.')[2]}"


def test_those_who_left_are_a_hash_for_twelve_months_and_then_nothing():
    follower = make_follower()
    follower.leave()
    assert tasks.purge()["followers who left"] == 0

    Subscriber.objects.update(ended_at=timezone.now() - timedelta(days=366))
    assert tasks.purge()["followers who left"] == 1
    assert not Subscriber.objects.exists()


def test_the_database_keeps_no_address_of_those_who_left():
    follower = make_follower()
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.filter(pk=follower.pk).update(
            state=SubscriberState.LEFT, ended_at=timezone.now()
        )


def test_logs_hold_no_address_and_no_token(client, sink, capfd, settings):
    logging.config.dictConfig(settings.LOGGING)
    sign_up(client)
    token = SignUp.objects.get().token
    client.post(reverse("follow_token", args=[token]))
    client.get(f"/en/follow/{token}x/")
    client.get(f"/en/follow/{token}/nothing/")
    sink.refuse[ADDRESS] = f"550 no such mailbox {ADDRESS}"
    sign_up(client)
    try:
        raise ValueError(f"cannot reach <{ADDRESS}> of /en/follow/{token}/")
    except ValueError:
        logging.getLogger("advocacy").exception("failed for %s", ADDRESS)

    written = capfd.readouterr().err
    assert "/follow/[token]/" in written
    assert "failed for [address]" in written
    assert ADDRESS not in written
    assert token not in written
