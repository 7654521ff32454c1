"""How the program uses its database."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from advocacy.models import StandingToday
from advocacy.web.slow_queries import limit_queries
from tests.pages import text_of

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has it"),
    pytest.mark.own_sql("web/slow_queries.py"),
]

SHOW_LIMIT = """
{first}
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0])
"""
AS_WEB = "import advocacy.wsgi"
AS_COMMAND = """
import django
django.setup()
"""


@pytest.mark.django_db
def test_no_query_of_a_page_is_compiled():
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


@pytest.mark.django_db(transaction=True)
def test_a_page_that_takes_too_long_is_stopped_and_says_what_to_do(client, settings, monkeypatch):
    settings.QUERY_SECONDS = 1
    options = dict(connection.settings_dict["OPTIONS"])
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    limit_queries()
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        ThreadPoolExecutor(1) as other,
    ):
        # No query of the list gets past this for as long as it is kept.
        cursor.execute(f"LOCK TABLE {StandingToday._meta.db_table}")
        response = other.submit(client.get, reverse("action_list")).result()
        other.submit(connections.close_all)

    assert response.status_code == 503
    assert "This took too long" in text_of(response)
    assert "narrow your search" in text_of(response)
    assert client.get(reverse("action_list")).status_code == 200


@pytest.mark.programs
@pytest.mark.parametrize(("first", "limit"), [(AS_WEB, "15s"), (AS_COMMAND, "0")])
def test_the_web_processes_alone_have_a_limit(first, limit):
    run = [sys.executable, "-c", SHOW_LIMIT.format(first=first)]
    assert subprocess.check_output(run, text=True).strip() == limit
