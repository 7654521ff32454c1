"""A second writer on PostgreSQL. SQLite has one writer at a time, so there is nothing to see."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from tests.waiting import wait_until

TWO_WRITERS = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def meanwhile(write):
    """Let another connection write until it waits for this one, or is done.

    Gives a future. What came of it is known once the transaction of the test has ended.
    """
    thread = ThreadPoolExecutor(1)
    other = thread.submit(backend).result()
    written = thread.submit(write)
    thread.submit(connections.close_all)
    thread.shutdown(wait=False)
    wait_until(lambda: written.done() or is_waiting(other))
    return written


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def is_waiting(other):
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [other])
        return cursor.fetchone()[0] > 0
