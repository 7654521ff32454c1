"""An import writes many rows at once, and what becomes of each is as if each was written alone."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advocacy import transfer
from advocacy.models import RecommendedAction, Seat, StandingToday, Wording
from advocacy.models.sources import Evidence
from advocacy.transfer.columns import key_of
from advocacy.transfer.saving import Saving
from tests.decisions import make_treaty_status
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_event,
    make_issue,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_pack,
    make_paragraph,
    make_search_log,
    make_search_words,
    make_seat,
    make_source,
    make_step,
    make_topic,
    make_user,
    record,
)
from tests.test_transfer import exported, read

pytestmark = pytest.mark.django_db

# The others are written one by one: each is checked against those before it.
ALONE = ["relations", "submissions", "entries"]
ALONE += ["decisions", "decision_paragraphs", "statements", "stances"]
KINDS = [kind for kind in transfer.KINDS if kind not in ALONE]
# Other on each way: the key of a row, and when it was written.
NOT_COMPARED = {"id", "history_id", "history_date", "action_time"}
NOT_COMPARED |= {"edited_by_staff_at", "changed_at", "updated_at"}
TITLES = {
    "issues": "title",
    "paragraphs": "text",
    "kinds": "name",
    "bodies": "name",
    "actions": "title",
    "seats": "capacity",
    "contact_points": "name",
    "topics": "name",
    "organisations": "name",
    "search_logs": "terms",
    "search_words": "words",
    "treaties": "note",
}


@pytest.fixture
def one_of_each():
    body = make_body(slug="unsc")
    issue = make_issue(slug="labour", topics=[make_topic(slug="law"), make_topic(slug="work")])
    report = make_source(key="report")
    make_paragraph(slug="paragraph", issue=issue, sources=[report])
    make_event(slug="event", issues=[issue], sources=[report], by_bodies=[body])
    make_seat(slug="seat", body=body)
    make_meeting(slug="meeting", body=body)
    make_contact_point(slug="office", body=body)
    ask = make_action(slug="ask", issue=issue, body=body, asked_by=[make_organisation(slug="ngo")])
    make_pack(slug="pack", actions=[ask], issues=[issue])
    make_legal_reference(slug="treaty")
    make_step(slug="step", action=ask)
    make_search_log(key="log")
    make_treaty_status(slug="status", source=report)
    make_search_words(slug="words")


def write_alone(self, wishes):
    for wish in wishes:
        self.save(wish)


def new_rows(kind, number):
    """Rows like the first on file, each with a key of its own."""
    row, *_others = json.loads(exported(kind, "json"))
    for n in range(number):
        own = {key_of(transfer.KINDS[kind]): f"{kind}-{n}".replace("_", "-")}
        if kind == "actions":
            own["reference"] = f"N-{n}"
        if kind == "kinds":
            own["name"] = f"Kind {n}"
        if kind == "treaties":
            own["state"] = chr(65 + n // 26) + chr(65 + n % 26)
        if kind == "seats":
            own |= {"starts_on": f"{1950 + n}-01-01", "ends_on": f"{1950 + n}-12-31"}
        yield row | own


def reworded(kind, rows):
    """The same rows, each with other words."""
    title = TITLES.get(kind, "title")
    return [row | {title: f"Other – {n}, another – {n}"} for n, row in enumerate(rows)]


def content(kind):
    """All that an import of this kind writes, without what is by chance."""
    model = transfer.KINDS[kind]
    tables = [model.objects, LogEntry.objects, StandingToday.objects]
    tables += [field.remote_field.through.objects for field in model._meta.many_to_many]
    if hasattr(model, "history"):
        tables.append(model.history)
    keys = dict(model.objects.values_list("pk", key_of(model)))
    found = []
    for table in tables:
        # A number names a row of this kind in these columns alone.
        of_row = {"object", model._meta.model_name}
        if model is RecommendedAction:
            of_row |= {"action", "standing"}
        for values in table.order_by("pk").values():
            shown = {
                name: keys.get(int(value), value) if name.removesuffix("_id") in of_row else value
                for name, value in values.items()
                if name not in NOT_COMPARED
            }
            found.append((table.model.__name__, shown))
    return sorted(found, key=str)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_written_together_are_as_those_written_alone(one_of_each, kind, monkeypatch):
    staff = make_user(is_superuser=True)
    rows = list(new_rows(kind, 12))
    changed = reworded(kind, rows)

    def written():
        fates = [
            read(kind, json.dumps(file, indent=0), "json", by=staff)
            for file in (rows, changed, rows)
        ]
        assert [{what for what, _key, _why in some.values()} for some in fates] == [
            {"new"},
            {"changed"},
            {"changed"},
        ]
        found = content(kind)
        key = f"{key_of(transfer.KINDS[kind])}__startswith"
        transfer.KINDS[kind].objects.filter(**{key: f"{kind}-".replace("_", "-")}).delete()
        if hasattr(transfer.KINDS[kind], "history"):
            transfer.KINDS[kind].history.all().delete()
        LogEntry.objects.all().delete()
        return found

    if hasattr(transfer.KINDS[kind], "history"):
        transfer.KINDS[kind].history.all().delete()
    together = written()
    monkeypatch.setattr(Saving, "write", write_alone)

    assert written() == together


def test_a_refused_row_among_many_is_refused_in_the_same_words(one_of_each, monkeypatch):
    rows = list(new_rows("seats", 60))
    rows[11] |= {"country": "france"}
    rows[12] |= {"ends_on": rows[12]["starts_on"]}
    rows[30] |= {"starts_on": rows[29]["starts_on"], "ends_on": None}
    rows[45] |= {"country": "x", "ends_on": "1900-01-01"}
    rows += [rows[7] | {"slug": "again"}, json.loads(exported("seats", "json"))[0]]
    rows[-1] |= {"starts_on": "1950-06-01", "ends_on": None}

    together = read("seats", json.dumps(rows, indent=0), "json")
    monkeypatch.setattr(Saving, "write", write_alone)

    refused = {key: why for what, key, why in together.values() if what == "refused"}
    assert {"seats-11", "seats-12", "seats-45", "again", "seat"} <= refused.keys()
    assert len(refused["seats-45"]) == 2  # of the row itself, and by the database
    assert "already has a seat" in refused["again"][0]
    assert read("seats", json.dumps(rows, indent=0), "json") == together
    assert Seat.objects.count() == 1


def test_a_change_is_judged_by_what_stands_before_it_in_the_file(one_of_each):
    """The second row makes way for the first, which comes too early."""
    for n in (1, 2):
        make_action(slug=f"a{n}", reference=f"A-{n}")
    text = "slug,reference\na1,A-2\na2,A-3\n"

    fates = read("actions", text)

    assert fates[2][:2] == ("refused", "a1")
    assert fates[3][:2] == ("changed", "a2")


@pytest.mark.parametrize("kind", KINDS)
def test_many_rows_take_few_statements(one_of_each, kind):
    rows = list(new_rows(kind, 40))
    new = json.dumps(rows, indent=0)
    changed = json.dumps(reworded(kind, rows), indent=0)

    # Of evidence that changes it is asked row by row what stands on it, and of a name that only one
    # may have, whether another has it.
    is_asked = issubclass(transfer.KINDS[kind], Evidence) or kind == "kinds"
    most_for_changes = 280 if is_asked else 80
    for text in (new, changed):
        with CaptureQueriesContext(connection) as queries:
            read(kind, text, "json", by=make_user(is_superuser=True))
        assert len(queries) < (80 if text == new else most_for_changes), kind


def test_the_chain_keeps_a_changed_ask_that_an_entry_stands_on(one_of_each):
    ask = RecommendedAction.objects.get()
    record(ask)
    make_action(slug="silent", asked_on=None)
    before = Wording.objects.filter(of="recommendedaction").count()

    read("actions", "slug,title\nask,Read otherwise now\nsilent,Nobody answered\n")

    after = Wording.objects.filter(of="recommendedaction")
    assert after.count() == before + 1
    assert after.last().said["title"] == "Read otherwise now"
    assert RecommendedAction.objects.containing("otherwise").get() == ask
    call_command("verify_record", verbosity=0)
