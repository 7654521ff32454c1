"""Lists of the API that are long: which rows are public is found out once after each change."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_action, make_source, record

pytestmark = pytest.mark.django_db(transaction=True)


def titles(client):
    return [row["title"] for row in client.get("/api/v1/sources").json()["rows"]]


def test_which_sources_are_public_is_asked_once_until_something_changes(client):
    action = make_action()
    record(action, sources=[make_source(title="The first")])
    make_source(title="Nothing stands on it")
    assert titles(client) == ["The first"]

    with CaptureQueriesContext(connection) as asked:
        assert titles(client) == ["The first"]
    # Those of the page alone are looked for.
    of_sources = [query["sql"] for query in asked if 'FROM "advocacy_source"' in query["sql"]]
    assert [sql for sql in of_sources if '"advocacy_source"."id" IN (' not in sql] == []

    record(action, sources=[make_source(title="The second")])
    assert titles(client) == ["The first", "The second"]


def test_what_is_narrowed_is_asked_for_itself(client):
    _one, other = make_action(), make_action()
    assert client.get("/api/v1/submissions").json()["total"] == 2

    of_other = client.get(f"/api/v1/submissions?action={other.slug}").json()
    assert [row["action"] for row in of_other["rows"]] == [other.slug]
