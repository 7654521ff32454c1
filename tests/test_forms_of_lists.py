"""One filter, several forms: the page of a list, JSON, CSV, and a feed or a file of dates."""

import csv
import io
import json
import re
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.models import (
    MOST_AN_HOUR,
    Audience,
    RecommendedAction,
    ResponseStatus,
    StatusUpdate,
)
from advocacy.public.api.parameters import parameters_of_form
from advocacy.public.renderings import LISTS
from advocacy.transfer import import_rows
from tests.decisions import decide, decide_by_vote, state
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_meeting,
    make_site,
    make_step,
    make_topic,
    record,
    record_look,
    translate,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
# A list, how its addresses are called, and how its feed names rows.
FORMS = {
    "issues": ("issue", "issue_feed"),
    "bodies": ("body", "body_feed"),
    "actions": ("action", "action_feed"),
    "entries": ("update", "update_feed"),
    "meetings": ("meeting", "meeting_calendar"),
    "decisions": ("decision", "decision_feed"),
    "statements": ("statement", "statement_feed"),
}


@pytest.fixture
def some_rows():
    """Two issues, three bodies, asks in several states, entries and dates to come."""
    topic = make_topic(slug="security")
    labour = make_issue(slug="labour", title="Forced labour", topics=[topic])
    war = make_issue(slug="war", title="Deployment", topics=[topic])
    council = make_body(slug="council", name="The Council")
    office = make_body(slug="office", name="The Office", works_in_confidence=True)
    court = make_body(slug="court", name="The Court")
    promised = make_action(slug="promised", issue=labour, body=council, title="Take it up")
    record(promised, S.COMMITTED, happened_on=date(2025, 2, 19))
    silent = make_action(slug="silent", issue=labour, body=office, title="Inspect")
    record_look(silent)
    make_action(slug="open", issue=war, body=council, also_on=[labour])
    make_action(slug="proposed", issue=war, body=office, asked_on=None)
    make_step(action=promised, audience=Audience.NGO)
    wrong = record(silent, S.ACKNOWLEDGED, happened_on=date(2025, 3, 1))
    record(
        silent,
        S.ACKNOWLEDGED,
        happened_on=date(2025, 3, 2),
        corrects=wrong,
        correction_reason="Another day",
    )
    decide_some(court, promised)
    today = timezone.localdate()
    for number, body in enumerate([council, office]):
        day = today + timedelta(days=10 + number)
        make_meeting(body=body, slug=f"session-{number}", starts_on=day, ends_on=day, act_by=None)


def decide_some(court, ask):
    """Two decisions, one with votes by name, and two statements, one on an ask."""
    court.states_sit = court.all_states_sit = True
    court.save()
    votes = {"FR": "yes", "KR": "yes", "RU": "no"}
    decide_by_vote(votes, body=court, title="Take up labour", actions=[ask])
    decide(body=court, title="A council decides", decided_on=date(2025, 2, 20), sponsors=["JP"])
    state(ask, quote="We take it up.")
    state(state="RU", quote="The council decides.", said_on=date(2025, 2, 20))


def page_ids(client, name, query):
    """The rows of the page of a list, as it names them."""
    text = client.get(reverse(f"{name}_list"), query).text
    results = text.partition('id="results"')[2]
    found = {
        "issue": r'<h3><a href="/en/issues/([-\w]+)/',
        "body": r'<a href="/en/bodies/([-\w]+)/"',
        "action": r'<article[^>]* id="ask-([-\w]+)"|href="/en/actions/([-\w]+)/[^"#]*"',
        "update": r'id="entry-(\d+)"',
        "meeting": r'href="/en/calendar/([-\w]+)/',
        "decision": r'href="/en/decisions/([-\w]+)/',
        "statement": r'href="/en/statements/([-\w]+)/',
    }[name]
    ids = [next(filter(None, groups)) for groups in map(as_groups, re.findall(found, results))]
    ids = list(dict.fromkeys(ids))
    if name == "update":
        keys = dict(StatusUpdate.objects.values_list("pk", "key"))
        ids = [keys[int(pk)] for pk in ids]
    return ids


def as_groups(found):
    return found if isinstance(found, tuple) else (found,)


def json_ids(client, name, query):
    return [row["id"] for row in client.get(reverse(f"{name}_json"), query).json()["rows"]]


def csv_text(client, name, query):
    return client.get(reverse(f"{name}_csv"), query).getvalue().decode("utf-8-sig")


def csv_ids(client, name, query):
    key = "key" if name == "update" else "slug"
    rows = csv.DictReader(io.StringIO(csv_text(client, name, query), newline=""))
    return [row[key] for row in rows]


def feed_ids(client, feed, query):
    text = client.get(reverse(feed), query).text
    if feed == "meeting_calendar":
        return re.findall(r"UID:meeting-([-\w]+)", text)
    ids = re.findall(r"<entry.*?<id>(.*?)</id>", text, flags=re.S)
    if feed == "update_feed":
        uuids = {
            f"urn:uuid:{uuid}": key for uuid, key in StatusUpdate.objects.values_list("uuid", "key")
        }
        return [uuids[one] for one in ids]
    return [one.rpartition("/")[2] for one in ids]


def values_of(parameter):
    own = {
        "issue": ["labour", "war"],
        "topic": ["security"],
        "body": ["council", "office", "court"],
        "q": ["council", "take", "labour", "zzz"],
        "state": ["KR", "RU"],
        "as_of": ["2024-12-16", "2025-02-20", "2025-03-01"],
    }
    return ["", *own.get(parameter.name, parameter.schema.get("enum", []))]


def filters_of(kind):
    form = LISTS[kind].filter_form
    fixed = {told.name: st.sampled_from(values_of(told)) for told in parameters_of_form(form)}
    return st.fixed_dictionaries(fixed).map(lambda q: {n: v for n, v in q.items() if v})


@pytest.mark.parametrize("kind", FORMS)
@given(data=st.data())
@settings(
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_filter_has_the_same_rows_in_every_form(client, some_rows, kind, data):
    query = data.draw(filters_of(kind))
    name, feed = FORMS[kind]

    shown = page_ids(client, name, query)

    assert json_ids(client, name, query) == shown
    assert csv_ids(client, name, query) == shown
    assert sorted(feed_ids(client, feed, query)) == sorted(shown)
    if feed != "update_feed":  # What was recorded last comes first there.
        assert feed_ids(client, feed, query) == shown


@pytest.mark.parametrize("kind", FORMS)
def test_every_list_has_the_same_rows_in_every_form(client, some_rows, kind):
    """Without a filter, and so that the property above is of rows that are there."""
    name, feed = FORMS[kind]

    shown = page_ids(client, name, {})

    assert len(shown) >= 2
    assert json_ids(client, name, {}) == csv_ids(client, name, {}) == shown
    assert sorted(feed_ids(client, feed, {})) == sorted(shown)


@pytest.mark.parametrize(("kind", "form"), [*product(FORMS, ["json", "csv"])])
def test_the_list_links_to_its_other_forms_with_its_filter(client, some_rows, kind, form):
    name, _feed = FORMS[kind]
    query = {"q": "council"} if kind != "meetings" else {"body": "council"}

    page = client.get(reverse(f"{name}_list"), query | {"page": "1"}).text

    filter_ = "q=council" if kind != "meetings" else "body=council"
    assert f'href="{reverse(f"{name}_{form}")}?{filter_}"' in page


def test_the_links_keep_the_order_and_leave_out_what_is_not_known(client, some_rows):
    query = {"sort": "newest", "status": "nonsense"}

    page = client.get(reverse("action_list"), query).text

    assert f'href="{reverse("action_json")}?sort=newest"' in page


@pytest.mark.parametrize("kind", FORMS)
def test_an_unknown_filter_is_an_error_for_programs_and_a_sentence_for_people(client, kind):
    name, feed = FORMS[kind]
    query = {"as_of": "2025-13-01"} if kind not in ("bodies", "meetings") else {}
    query |= {"q": "a\0b"} if kind != "meetings" else {"body": "nobody"}

    assert client.get(reverse(f"{name}_list"), query).status_code == 200
    for address in (f"{name}_json", f"{name}_csv", feed):
        answer = client.get(reverse(address), query)
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        said = json.loads(answer.content)
        assert said["status"] == 400
        assert {error["name"] for error in said["errors"]} == set(query)


def test_json_names_the_licence_the_head_and_the_state_of_a_translation(client, some_rows):
    make_site(licence="CC BY 4.0")
    translate(RecommendedAction.objects.get(slug="promised"), title="Розгляньте")

    answer = client.get("/uk/actions.json")
    said = answer.json()

    assert said["record"]["licence"]["address"] == "https://creativecommons.org/licenses/by/4.0/"
    assert answer["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert re.fullmatch(r"\d+-[0-9a-f]{64}", said["head"])
    (row,) = [row for row in said["rows"] if row["id"] == "promised"]
    assert row["translations"]["uk"]["title"] == {"text": "Розгляньте", "state": "to_review"}


def test_json_comes_in_pages_that_lead_to_each_other(client, monkeypatch, some_rows):
    monkeypatch.setattr("advocacy.public.renderings.PER_PAGE", 2)

    first = client.get(reverse("action_json"), {"sort": "reference"}).json()
    second = client.get(first["next"].partition("8000")[2]).json()

    assert (first["total"], first["pages"], first["previous"]) == (3, 2, None)
    assert len({row["id"] for row in first["rows"] + second["rows"]}) == 3
    assert second["next"] is None
    assert client.get(reverse("action_json"), {"page": 9}).status_code == 404


@pytest.mark.parametrize(
    "name", ["action", "issue", "body", "update", "meeting", "decision", "statement"]
)
def test_json_is_made_in_as_many_queries_for_one_row_as_for_three(
    client, django_assert_num_queries, name
):
    def add():
        ask = make_action()
        record(ask, S.COMMITTED)
        day = timezone.localdate() + timedelta(days=9)
        make_meeting(body=ask.body, starts_on=day, ends_on=day, act_by=None)
        ballots = {"FR": "yes", "RU": "no", "KR": "yes"}
        decide_by_vote(ballots, body=ask.body, actions=[ask], sponsors=["FR"])
        state(ask, joined=["FR"])

    def queries():
        with connection.execute_wrapper(lambda run, *args: counted.append(1) or run(*args)):
            counted = []
            rows = client.get(f"/uk{reverse(f'{name}_json')[3:]}").json()["rows"]
        return len(counted), len(rows)

    add()
    queries()
    with_one, one = queries()
    add()
    add()
    queries()
    with_three, three = queries()

    assert (one, three) == (1, 3)
    assert with_three == with_one


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, (name, _feed) in FORMS.items()])
def test_csv_can_be_imported_as_it_is(client, some_rows, kind, name):
    """And what would run as a formula in a spreadsheet comes back as it was."""
    RecommendedAction.objects.filter(slug="promised").update(text="=1+1")
    text = csv_text(client, name, {})

    fates = list(import_rows(kind, io.BytesIO(text.encode()), "csv", by=None, dry_run=True))

    assert {fate.what for fate in fates} == {"same"}
    assert ("'=1+1" in text) == (kind == "actions")


def test_csv_of_a_list_is_refused_beyond_the_limit_and_says_when_to_go_on(client, monkeypatch):
    monkeypatch.setitem(MOST_AN_HOUR, "data", 1)

    first, second = (client.get(reverse("action_csv")) for _number in range(2))

    assert (first.status_code, second.status_code) == (200, 429)
    assert 0 < int(second["Retry-After"]) <= 3600


@pytest.mark.django_db(transaction=True)
def test_csv_that_has_not_changed_is_not_sent_again(door):
    address = reverse("action_csv")
    make_action()
    etag = door.get(address).headers["etag"]

    assert door.get(address, if_none_match=etag).status_code == 304
    assert door.get(f"{address}?q=x", if_none_match=etag).status_code == 200
    make_action()
    assert door.get(address, if_none_match=etag).status_code == 200


def test_any_site_may_read_the_forms_of_a_list(client):
    for name in ("action_json", "action_csv"):
        answer = Client().get(reverse(name))
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
