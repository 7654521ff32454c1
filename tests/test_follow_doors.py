"""Who and what the form to follow lets in: forms of this site, people, addresses, networks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advocacy.models import MOST_AN_HOUR, NetworkUse, SignUp
from advocacy.models.networks import network_of
from tests.pages import text_of
from tests.test_follow import ADDRESS, sign_up

pytestmark = pytest.mark.django_db


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


def test_what_a_program_fills_in_is_not_mailed_and_says_so(client, sink):
    page = sign_up(client, homepage="http://spam.example")

    assert page.status_code == 422
    assert "no mail was sent. Press “Follow” once more." in text_of(page)
    assert sink.addresses == []
    assert not SignUp.objects.exists()
    # What nobody sees is empty again: whoever is no program has only to press.
    assert "spam.example" not in page.text
    assert f'value="{ADDRESS}"' in page.text


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
