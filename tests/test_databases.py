"""What a test with transactions of its own leaves to the next one: nothing."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from advocacy.models import ContentVersion
from tests.databases import empty, read_all
from tests.factories import make_action, record

pytestmark = pytest.mark.django_db(transaction=True)


def flush():
    call_command("flush", interactive=False, verbosity=0)


def all_but_the_count():
    return {table: rows for table, rows in read_all().items() if table != COUNT}


COUNT = ContentVersion._meta.db_table


def test_what_was_recorded_is_gone_and_all_that_migrations_made_is_as_it_was():
    before = all_but_the_count()
    record(make_action())
    assert all_but_the_count() != before

    empty(flush)

    assert all_but_the_count() == before


def test_groups_that_a_test_took_away_are_back():
    names = set(Group.objects.values_list("name", flat=True))
    Group.objects.all().delete()

    empty(flush)

    assert names
    assert set(Group.objects.values_list("name", flat=True)) == names
