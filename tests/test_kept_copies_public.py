"""What the public is told of the copies that are kept: the day and the hash, and no byte of them."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advocacy.as_data import KINDS, Asked, rows_as_data
from advocacy.models import CopyOutcome, ResponseStatus, Source
from tests.bundles import check, made_in
from tests.copies import LATER, PAGE, keep, keep_nothing
from tests.decisions import decide, state
from tests.factories import make_action, make_event, make_paragraph, make_source, record
from tests.pages import text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus
WORDS = "We keep a copy of what stood there on 2 March 2026"


def pages_that_show(*sources):
    """{name: the address of a page that shows these sources whole}"""
    ask = make_action()
    record(ask, S.COMMITTED, sources=list(sources))
    of_event, of_paragraph = make_action(), make_action()
    make_event(issues=[of_event.issue], sources=list(sources))
    make_paragraph(issue=of_paragraph.issue, sources=list(sources))
    return {
        "ask": ask.get_absolute_url(),
        "issue, of an entry": ask.issue.get_absolute_url(),
        "issue, of an event": of_event.issue.get_absolute_url(),
        "issue, of a paragraph": of_paragraph.issue.get_absolute_url(),
        "updates": "/en/updates/",
        "decision": decide(sources=list(sources)).get_absolute_url(),
        "statement": state(ask, sources=list(sources)).get_absolute_url(),
    }


def test_wherever_a_source_is_shown_whole_its_copy_is_named_with_day_and_hash(client):
    source = make_source()
    copy = keep(source)

    for name, address in pages_that_show(source).items():
        page = client.get(address)
        assert f"{WORDS} (SHA-256 {copy.sha256[:8]}…)" in text_of(page), name
        assert f'<code class="hash">{copy.sha256}</code>' in page.text, name


def test_what_came_later_is_for_staff(client):
    """What was cited is what stood there first; what changed is no evidence of it."""
    source = make_source()
    keep(source)
    later = keep(source, b"Other", now=LATER)

    for name, address in pages_that_show(source).items():
        page = client.get(address)
        assert WORDS in text_of(page), name
        assert later.sha256 not in page.text, name


def test_nothing_is_said_where_no_copy_is_kept(client):
    forbidden, gone, at_risk = make_source(), make_source(), make_source()
    keep_nothing(forbidden, CopyOutcome.FORBIDDEN)
    keep(gone)
    gone.keep_no_copy(CopyOutcome.WITHHELD)
    keep(at_risk)
    at_risk.keep_no_copy(CopyOutcome.AT_RISK)

    for name, address in pages_that_show(make_source(), forbidden, gone, at_risk).items():
        page = client.get(address)
        assert "We keep a copy" not in page.text, name
        assert "SHA-256" not in text_of(page), name


def test_a_copy_of_another_address_is_none_of_this_source(client):
    source = make_source()
    keep(source)
    Source.objects.filter(pk=source.pk).update(url="https://example.org/elsewhere")

    assert "We keep a copy" not in client.get(pages_that_show(source)["ask"]).text


def test_a_page_of_a_past_day_says_nothing_of_copies(client):
    source = make_source()
    keep(source)
    address = pages_that_show(source)["ask"]

    assert "We keep a copy" not in client.get(f"{address}?as_of=2026-02-01").text


def test_copies_cost_no_query(client):
    def queries(sources):
        counted = {}
        for name, address in pages_that_show(*sources).items():
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"{address}?x=1").status_code == 200
            counted[name] = len(captured)
        # The list has the entries of every round.
        counted.pop("updates")
        return counted

    without = queries([make_source()])
    several = [make_source() for _ in range(3)]
    for source in several:
        keep(source)

    assert queries(several) == without


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
