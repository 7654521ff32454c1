"""What the public is told of the copies that are kept: the day and the hash, no byte of them."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advocacy.as_data import KINDS, Asked, rows_as_data
from advocacy.models import CopyOutcome, ResponseStatus, Source, make_groups
from tests.bundles import check, made_in
from tests.copies import LATER, PAGE, keep, keep_nothing
from tests.decisions import decide, state
from tests.factories import make_action, make_event, make_paragraph, make_source, record
from tests.pages import text_of
from tests.test_withholding import withhold

pytestmark = pytest.mark.django_db

S = ResponseStatus
WORDS = "We keep a copy of what stood there on 2 March 2026"


def of_entry(sources):
    return record(make_action(), S.COMMITTED, sources=sources).action


def of_event(sources):
    return make_event(sources=sources).issues.get()


# {a page that shows sources whole: makes it}
PAGES = {
    "ask": of_entry,
    "issue, of an entry": lambda sources: of_entry(sources).issue,
    "issue, of an event": of_event,
    "issue, of a paragraph": lambda sources: make_paragraph(sources=sources).issue,
    "decision": lambda sources: decide(sources=sources),
    "statement": lambda sources: state(make_action(), sources=sources),
}
on_every_page = pytest.mark.parametrize("name", PAGES)


def address_of(name, *sources):
    return PAGES[name](list(sources)).get_absolute_url()


@on_every_page
def test_wherever_a_source_is_shown_whole_its_copy_is_named_with_day_and_hash(client, name):
    source = make_source()
    copy = keep(source)
    # What was cited is what stood there first; what came later is no evidence of it.
    later = keep(source, b"Other", now=LATER)

    page = client.get(address_of(name, source))

    assert f"{WORDS} (SHA-256 {copy.sha256[:8]}…)" in text_of(page)
    assert f'<code class="hash">{copy.sha256}</code>' in page.text
    assert later.sha256[:8] not in page.text


def test_the_list_of_answers_names_it_as_well(client):
    source = make_source()
    keep(source)
    of_entry([source])

    assert WORDS in text_of(client.get("/en/updates/"))


@pytest.mark.parametrize("outcome", [CopyOutcome.FORBIDDEN, CopyOutcome.FAILED])
def test_nothing_is_said_where_no_copy_is_kept(client, outcome):
    source = make_source()
    keep_nothing(source, outcome, "an answer")

    page = client.get(address_of("ask", source, make_source()))

    assert "We keep a copy" not in page.text
    assert "SHA-256" not in text_of(page)


@pytest.mark.parametrize(
    "goes",
    [
        lambda source: source.keep_no_copy(CopyOutcome.AT_RISK),
        lambda source: withhold(source, "summary"),
    ],
)
def test_nothing_is_said_of_a_copy_that_had_to_go(client, goes):
    make_groups()
    source = make_source(summary="Names a captive.")
    copy = keep(source)
    address = address_of("ask", source)
    assert WORDS in text_of(client.get(address))

    goes(source)
    page = client.get(address)

    assert "We keep a copy" not in page.text
    assert copy.sha256[:8] not in page.text


def test_a_copy_of_another_address_is_none_of_this_source(client):
    source = make_source()
    keep(source)
    Source.objects.filter(pk=source.pk).update(url="https://example.org/elsewhere")

    assert "We keep a copy" not in client.get(address_of("ask", source)).text


def test_a_page_of_a_past_day_says_nothing_of_copies(client):
    source = make_source()
    keep(source)

    address = address_of("ask", source)

    assert "We keep a copy" not in client.get(f"{address}?as_of=2026-02-01").text


@on_every_page
def test_copies_cost_no_query(client, name):
    def queries(*sources):
        address = address_of(name, *sources)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    kept = [make_source() for _ in range(3)]
    for source in kept:
        keep(source)
    queries(make_source())  # Once for what a process keeps.

    assert queries(*kept) == queries(make_source())


def data_of(source):
    (row,) = rows_as_data(KINDS["sources"], [source.pk], Asked.today())
    return row["kept_on"], row["kept_sha256"]


def test_the_data_says_when_and_which_bytes(client):
    source, other = make_source(key="minutes"), make_source()
    copy = keep(source)
    keep(source, b"Other", now=LATER)
    record(make_action(), S.COMMITTED, sources=[source, other])

    assert data_of(source) == ("2026-03-02T12:00:00+00:00", copy.sha256)
    assert data_of(other) == (None, None)
    row = client.get("/api/v1/sources/minutes").json()["row"]
    assert (row["kept_on"], row["kept_sha256"]) == ("2026-03-02T12:00:00+00:00", copy.sha256)
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert {"kept_on", "kept_sha256"} <= schemas["Source"]["properties"].keys()


def test_the_zip_names_copies_and_holds_none(tmp_path, monkeypatch):
    source, hidden = make_source(key="minutes"), make_source(key="of-nothing")
    copy = keep(source, PAGE)
    keep(hidden)
    record(make_action(), S.COMMITTED, sources=[source])

    made_in(tmp_path, pages=False, monkeypatch=monkeypatch)

    text = (tmp_path / "kept_copies.csv").read_text(encoding="utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text))) == [
        {
            "source": "minutes",
            "kept_on": "2026-03-02T12:00:00+00:00",
            "kept_sha256": copy.sha256,
        }
    ]
    described = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert described["resources"][-1]["path"] == "kept_copies.csv"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if b"It met on 4 March." in path.read_bytes()]
    assert check(tmp_path)[0] == 0
