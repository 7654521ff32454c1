"""Addresses where they are kept: in tables, dumps and logs, and once somebody has left."""

import logging.config
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from advocacy.models import SignUp, Subscriber, SubscriberState
from advocacy.models.addresses import AddressKeyMissing, address_hash, decrypt, encrypt, masked
from advocacy.upkeep import tasks
from tests.factories import make_follower
from tests.test_follow import ADDRESS, sign_up

pytestmark = pytest.mark.django_db


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
