"""Lists of the API that are long: which rows are public is found out once after each change."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_action, make_source, record

pytestmark = pytest.mark.django_db(transaction=True)

SOURCES = "/api/v1/sources"


def titles(client, address=SOURCES):
    return [row["title"] for row in client.get(address).json()["rows"]]


def test_which_sources_are_public_is_asked_once_until_something_changes(client):
    action = make_action()
    record(action, sources=[make_source(title="The first")])
    make_source(title="Nothing stands on it")
    assert titles(client) == ["The first"]

    with CaptureQueriesContext(connection) as asked:
        assert titles(client) == ["The first"]
    assert [query["sql"] for query in asked if "advocacy_citation" in query["sql"]] == []

    record(action, sources=[make_source(title="The second")])
    assert titles(client) == ["The first", "The second"]


def test_what_is_narrowed_or_of_another_day_is_asked_for_itself(client):
    one, other = make_action(), make_action()
    record(one, sources=[make_source(title="The first")])
    assert titles(client) == ["The first"]
    assert client.get("/api/v1/submissions").json()["total"] == 2

    assert titles(client, f"{SOURCES}?as_of=2020-01-01") == []
    of_other = client.get(f"/api/v1/submissions?action={other.slug}").json()
    assert [row["action"] for row in of_other["rows"]] == [other.slug]
