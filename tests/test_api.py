"""The API: its document, what it answers, and what it refuses."""

import json
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from advocacy.as_data import KINDS
from advocacy.models import (
    MOST_AN_HOUR,
    AskState,
    Link,
    RecordHead,
    ResponseStatus,
    Withholding,
)
from advocacy.public.api import changes as api_changes
from bench.fuzz_api import ask, ask_for_all_rows, of_program, operations
from tests.dossier import few_rows
from tests.factories import (
    make_action,
    make_body,
    make_event,
    make_issue,
    make_seat,
    make_site,
    make_source,
    make_user,
    record,
    record_look,
    translate,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
API = "/api/v1/"
PROBLEM = "application/problem+json"


def program(environ, start):
    """The program, which leaves the connection open that holds the transaction of the test."""
    signals = [request_started, request_finished]
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        # Whoever asks reads the body as it comes.
        own = {"REMOTE_ADDR": "192.0.2.1", "HTTP_ACCEPT_ENCODING": "identity"}
        answer = WSGIHandler()({**environ, **own}, start)
        body = b"".join(answer)
        answer.close()
    finally:
        for signal in signals:
            signal.connect(close_old_connections)
    return [body]


@pytest.fixture
def schema(few_rows_loaded):
    return of_program(program)


@pytest.mark.thorough
def test_no_answer_is_a_fault_or_undocumented(schema, monkeypatch):
    monkeypatch.setitem(MOST_AN_HOUR, "data", 10**6)
    statuses = [status for operation in operations(schema) for status in ask(operation, number=4)]

    # Both what is taken and what is refused was asked.
    assert {200, 400, 404} <= set(statuses)


def test_every_list_and_its_rows_are_as_the_document_says(schema):
    asked = dict(ask_for_all_rows(schema))

    assert set(asked.values()) == {200}
    rows = {path for path in asked if "{id}" in path}
    assert len(rows) >= 16, sorted(rows)


def test_an_answer_that_the_document_does_not_describe_is_found(schema, monkeypatch):
    """So that the tests above can fail."""
    monkeypatch.setattr("advocacy.public.api.rows.envelope", lambda asked: {"record": "none"})

    with pytest.raises(BaseException, match="schema"):
        dict(ask_for_all_rows(schema))


def test_the_document_is_openapi_3_1_and_names_every_kind(client):
    document = client.get(f"{API}openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert {f"{API}{name}" for name in KINDS} <= set(document["paths"])


def test_the_page_of_the_document_needs_no_script_and_no_other_host(client):
    page = client.get(f"{API}docs")

    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert page.status_code == 200
    assert f"GET {API}actions" in main
    assert not re.search(r"<script|<style|style=|https?://", main)
    assert f'href="{API}openapi.json"' in main
    # It is in no language of the record, so these lead to the overview.
    assert 'href="/uk/"' in page.text


@pytest.mark.parametrize(
    "path", ["nothing", "actions/nothing", "actions?page=99", "changes?since=7-" + "a" * 64]
)
def test_what_is_not_there_is_a_problem_in_json(client, path):
    answer = client.get(f"{API}{path}")

    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)
    assert json.loads(answer.content)["status"] == 404


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("actions?status=nonsense", "status"),
        ("actions?as_of=2999-01-01", "as_of"),
        ("events?as_of=yesterday", "as_of"),
        ("actions?page=0", "page"),
        ("actions?lang=xx", "lang"),
        ("seats?body=nobody", "body"),
        ("translations?kind=users", "kind"),
        ("changes?since=long ago", "since"),
    ],
)
def test_an_unknown_value_is_a_problem_that_names_it(client, path, name):
    answer = client.get(f"{API}{path}")

    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert [error["name"] for error in json.loads(answer.content)["errors"]] == [name]


def test_a_fault_of_the_program_is_a_problem_without_its_reason(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("a secret of the program")

    monkeypatch.setattr("advocacy.public.api.rows.page_of_rows", broken)

    answer = Client(raise_request_exception=False).get(f"{API}topics")

    assert (answer.status_code, answer["Content-Type"]) == (500, PROBLEM)
    assert "secret" not in answer.text


def test_too_many_answers_are_refused_with_the_time_to_go_on(client, monkeypatch):
    monkeypatch.setitem(MOST_AN_HOUR, "data", 1)

    first, second = (client.get(f"{API}topics") for _number in range(2))

    assert (first.status_code, second.status_code) == (200, 429)
    assert second["Content-Type"] == PROBLEM
    assert 0 < int(second["Retry-After"]) <= 3600


@pytest.mark.django_db(transaction=True)
def test_each_network_has_a_limit_of_its_own_also_behind_the_page_cache(
    door, monkeypatch, settings
):
    settings.TRUST_PROXY = True
    monkeypatch.setitem(MOST_AN_HOUR, "data", 1)

    def status(path, network):
        return door.get(f"{API}{path}", x_forwarded_for=network).status_code

    assert status("topics", "192.0.2.1") == 200
    assert status("bodies", "192.0.2.77") == 429
    assert status("bodies", "198.51.100.1") == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_read_only(client, method):
    answer = getattr(client, method)(f"{API}actions")

    assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM)
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_any_site_may_read_it_and_ask_before(client):
    for path in ("actions", "nothing", "openapi.json"):
        answer = client.get(f"{API}{path}", headers={"Origin": "https://example.org"})
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert "Retry-After" in answer["Access-Control-Expose-Headers"]

    before = client.options(f"{API}actions")
    assert before.status_code == 204
    assert before["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in before["Access-Control-Allow-Headers"]


def test_what_has_not_changed_is_not_sent_again(client):
    make_action()
    first = client.get(f"{API}actions")
    known = {"If-None-Match": first["ETag"]}

    assert first["Last-Modified"]
    assert client.get(f"{API}actions", headers=known).status_code == 304
    make_action()
    assert client.get(f"{API}actions", headers=known).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_kept_is_served_without_a_query_until_something_changes(door):
    make_action(slug="first")
    one = door.get(f"{API}actions")
    same = door.get(f"{API}actions", if_none_match=one.headers["etag"])
    make_action(slug="second")
    other = door.get(f"{API}actions")

    assert (one.status_code, same.status_code, len(door.made)) == (200, 304, 2)
    assert one.headers["last-modified"]
    assert "second" in other.text


def test_head_is_answered_as_get_without_the_body(client):
    answer = client.head(f"{API}topics")

    assert (answer.status_code, answer.content) == (200, b"")


def test_one_row_by_its_id_as_of_a_day_and_in_a_language(client):
    make_site(licence="CC BY 4.0")
    ask = make_action(slug="ask", title="Take it up")
    record(ask, S.COMMITTED, happened_on=date(2025, 2, 19))
    translate(ask, title="Розгляньте")

    now = client.get(f"{API}actions/ask?lang=uk").json()
    then = client.get(f"{API}actions/ask?as_of=2025-01-01").json()

    assert now["row"]["standing"]["status"] == "committed"
    assert now["row"]["translations"]["uk"]["title"]["state"] == "to_review"
    assert "обіця" in now["row"]["standing"]["words"]["uk"]["label"].lower()
    assert now["record"]["licence"]["name"] == "CC BY 4.0"
    assert (then["as_of"], then["row"]["standing"]["status"]) == ("2025-01-01", "not_checked")
    assert then["row"]["translations"] == {}
    assert client.get(f"{API}actions/ask?as_of=2024-12-01").status_code == 404


def test_a_draft_is_nowhere(client):
    ask = make_action(slug="secret-ask", title="Not to be read yet")
    record(ask, S.COMMITTED, summary="Not to be read yet")
    translate(ask, title="Ще не читати")
    ask.state = AskState.DRAFT
    ask.save()

    paths = [*KINDS, "changes", "translations?kind=actions", "translations?kind=entries"]
    said = "".join(client.get(f"{API}{path}").text for path in paths)

    assert "Not to be read yet" not in said
    assert "Ще не читати" not in said
    assert "secret-ask" not in said
    assert client.get(f"{API}actions/secret-ask").status_code == 404


def test_rows_are_narrowed_by_the_rows_that_they_name(client):
    here = make_seat(country="FR")
    make_seat(country="GB")
    event = make_event(issues=[make_issue(slug="labour")])
    make_event()

    seats = client.get(f"{API}seats?body={here.body.slug}").json()["rows"]
    states = client.get(f"{API}seats?country=FR").json()["rows"]
    events = client.get(f"{API}events?issues=labour").json()["rows"]

    assert [row["id"] for row in seats] == [row["id"] for row in states] == [here.slug]
    assert [row["id"] for row in events] == [event.slug]


@pytest.mark.parametrize("name", KINDS)
def test_a_list_is_made_in_as_many_queries_for_one_row_as_for_three(client, name):
    def add():
        ask = make_action()
        record(ask, S.COMMITTED)
        record_look(ask)
        make_seat()
        make_event(issues=[ask.issue])

    def queries():
        counted = []
        with connection.execute_wrapper(lambda run, *args: counted.append(1) or run(*args)):
            client.get(f"{API}{name}?lang=uk")
        return len(counted)

    add()
    queries()
    with_one = queries()
    add()
    add()
    queries()

    assert queries() == with_one


def test_the_vocabulary_has_every_status_with_its_definition(client):
    said = client.get(f"{API}vocabulary.json?lang=all").json()

    statuses = {one["code"]: one for one in said["statuses"]}
    assert set(statuses) == set(S.values)
    assert statuses["no_response"]["is_derived"]
    assert set(statuses["refused"]["definition"]) == {"en", "uk", "ko"}
    assert statuses["overtaken"]["next"]["under_discussion"] == "reason"
    assert {"proposed", "in_confidence"} < {one["code"] for one in said["groups"]}
    assert {one["code"] for one in said["codes"]["submissions.channel"]} >= {"public", "letter"}


def test_translations_say_of_what_they_are_and_their_state(client):
    ask = make_action(slug="ask", title="Take it up")
    translate(ask, title="Розгляньте")
    ask.title = "Take it up at once"
    ask.save()

    (row,) = client.get(f"{API}translations?kind=actions&language=uk").json()["rows"]

    assert row == {
        "kind": "actions",
        "row": "ask",
        "field": "title",
        "language": "uk",
        "text": "Розгляньте",
        "state": "outdated",
        "made_by": "machine",
    }


def changes(client, since="", **query):
    return client.get(f"{API}changes", {"since": since, **query}).json()


def test_changes_since_a_head_are_those_after_it(client):
    ask = make_action()
    before = changes(client)
    entry = record(ask, S.COMMITTED)

    after = changes(client, before["up_to"])

    assert before["up_to"] == before["head"]
    assert [row["row"] for row in after["rows"] if row["kind"] == "entry"] == [entry.key]
    assert after["rows"][0]["number"] == int(before["head"].partition("-")[0]) + 1
    assert changes(client, after["up_to"])["rows"] == []


@pytest.mark.parametrize("form", ["noted", "cited", "digest"])
def test_a_head_may_be_named_in_any_way_that_it_is_given_out(client, form):
    record(make_action(), S.COMMITTED)
    head = getattr(RecordHead.current(), form)
    entry = record(make_action(), S.COMMITTED)

    rows = changes(client, head)["rows"]

    assert [row["row"] for row in rows if row["kind"] == "entry"] == [entry.key]


def test_changes_since_a_moment_are_those_of_then_and_later(client):
    ask = make_action()
    record_look(ask)
    moment = timezone.now()
    entry = record(ask, S.COMMITTED)

    after = changes(client, moment.isoformat())
    tomorrow = changes(client, (timezone.localdate() + timedelta(days=1)).isoformat())

    assert [row["row"] for row in after["rows"] if row["kind"] == "entry"] == [entry.key]
    assert tomorrow["rows"] == []


def test_changes_lead_on_until_all_are_told_and_hang_together(client, monkeypatch):
    monkeypatch.setattr(api_changes, "PER_PAGE", 2)
    for _number in range(3):
        record(make_action(), S.COMMITTED)

    said, rows = changes(client), []
    for _page in range(50):
        rows += said["rows"]
        if not said["next"]:
            break
        said = client.get(said["next"].partition(":8000")[2]).json()

    assert [row["number"] for row in rows] == list(
        Link.objects.order_by("number").values_list("number", flat=True)
    )
    assert all(after["previous"] == before["hash"] for before, after in pairwise(rows))


def test_withheld_words_are_gone_and_the_withholding_is_told(client):
    ask = make_action()
    entry = record(ask, S.COMMITTED, summary="A name that must go")
    before = changes(client)["up_to"]
    assert "A name that must go" in json.dumps(changes(client))
    withhold(entry, "summary")

    said = json.dumps([changes(client), client.get(f"{API}entries").json()])
    (told,) = [row for row in changes(client, before)["rows"] if row["kind"] == "withheld"]

    assert "A name that must go" not in said
    assert (told["of"], told["said"]["kind"], told["said"]["row"]) == (
        "withheld",
        "entries",
        entry.key,
    )


def withhold(entry, field):
    one, other = (make_user(is_superuser=True) for _number in range(2))
    Withholding.objects.propose(entry, field, reason="Safety", by=one).confirm(by=other)


def test_a_source_of_an_entry_is_there_with_the_entry_that_cites_it(client):
    source = make_source(title="Meeting record")
    record(make_action(), S.COMMITTED, sources=[source])

    (entry,) = client.get(f"{API}entries").json()["rows"]

    assert entry["sources"] == [source.key]
    assert entry["cited"][0]["title"] == "Meeting record"
    assert client.get(f"{API}sources/{source.key}").json()["row"]["url"] == source.url


def test_the_addresses_that_rows_name_are_there(client, tmp_path):
    call_command("load_content", folder=few_rows(tmp_path), verbosity=0)

    for name in KINDS:
        for row in client.get(f"{API}{name}").json()["rows"][:1]:
            assert client.get(row["address"].partition(":8000")[2]).status_code == 200
            if row["page"]:
                assert client.get(row["page"].partition(":8000")[2]).status_code == 200
    assert reverse("api:actions") == f"{API}actions"


def test_the_commands_of_the_document_for_readers_work(client):
    make_action(body=make_body(slug="unsc"), slug="unsc-restore-sanctions-experts")
    text = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")

    addresses = re.findall(r"^curl .*'http://127.0.0.1:8000([^']+)'$", text, flags=re.M)

    assert len(addresses) >= 7
    assert {path: client.get(path).status_code for path in addresses} == dict.fromkeys(
        addresses, 200
    )
