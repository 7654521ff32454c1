"""Text at the doors: what is tidied, what is refused and where, whoever brings it."""

import io
import json
import logging
import re
from itertools import chain
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from advocacy import text, transfer
from advocacy.models import (
    ContactPoint,
    Draft,
    Issue,
    ResponseStatus,
    SearchLog,
    Seat,
    Site,
    StatusUpdate,
    Topic,
)
from advocacy.models.text import Line, Slug, Text, Url
from advocacy.web.logs import WithoutSecrets
from tests.dossier import few_rows, rows_of, write_rows
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_topic,
    make_user,
    record,
    write_draft,
)
from tests.staff import (
    LOOK,
    MET,
    change_page,
    errors_beside,
    look_again,
    make_ask,
    nothing_recorded,
    record_on_page,
    send,
)

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

PASTED = "First line\vSecond line\fThird\r\nFourth\rFifth\x85Sixth\u2028Seventh\u2029Eighth"
IN_LINES = "First line\nSecond line\nThird\nFourth\nFifth\nSixth\nSeventh\nEighth"
ON_ONE_LINE = IN_LINES.replace("\n", " ")
REFUSED = "Line 2, character 4: this is an invisible control character (U+0001)"
# Every code point that stands for no text: controls, halves of characters, no characters.
NO_TEXT = [
    *(chr(n) for n in chain(range(0x20), range(0x7F, 0xA0)) if chr(n) not in "\t\n\v\f\r\x85"),
    "\ud800",
    "\udfff",
    "\ufdd0",
    "\ufffe",
    "\uffff",
    "\U0001fffe",
    "\U0010ffff",
]
# Halves of characters included, which come in through JSON.
ANY_TEXT = st.text(st.characters())


# What the words mean


@given(typed=ANY_TEXT)
def test_what_is_carried_comes_back_from_xml_as_it_was(typed):
    carried = text.carried(typed)

    assert ElementTree.fromstring(f"<a>{escape(carried)}</a>".encode()).text == (carried or None)
    assert text.carried(carried) == carried
    assert carried.splitlines() == carried.removesuffix("\n").split("\n") or not carried
    assert len(text.carried_line(typed).splitlines()) < 2


@given(typed=ANY_TEXT)
def test_tidying_again_changes_nothing(typed):
    assert text.tidy(text.tidy(typed)) == text.tidy(typed)
    assert text.tidy_line(text.tidy_line(typed)) == text.tidy_line(typed)
    assert not re.search(r"[\r\n\t\v\f\x85\u2028\u2029]", text.tidy_line(typed))


@given(typed=ANY_TEXT)
def test_a_refusal_names_the_place_of_what_it_refuses(typed):
    tidied = text.tidy(typed)
    try:
        text.check_text(tidied)
    except ValidationError as refusal:
        for message in refusal.messages:
            line, character, code = re.match(
                r"Line (\d+), character (\d+): .*U\+([0-9A-F]+)", message
            ).groups()
            there = tidied.split("\n")[int(line) - 1][int(character) - 1]
            assert there == chr(int(code, 16))
            assert text.carried(there) == text.REPLACEMENT
    else:
        assert text.carried(tidied) == tidied


@pytest.mark.parametrize("character", NO_TEXT, ids=lambda c: f"U+{ord(c):04X}")
def test_what_stands_for_no_text_is_refused(character):
    with pytest.raises(ValidationError, match=f"Line 2, character 2: .*U\\+{ord(character):04X}"):
        text.check_text(f"a\nb{character}c")


@pytest.mark.parametrize(
    "letters", ["강제노동", "примусова праця", "👩🏽\u200d⚖️", "e\u0301", "עברית\u200f", "a\tb"]
)
def test_text_of_any_script_is_kept_as_it_is(letters):
    text.check_text(letters)
    assert text.tidy(letters) == letters


@pytest.mark.parametrize(
    ("pasted", "line"),
    [
        ("Move from discussion\nto a decision", "Move from discussion to a decision"),
        ("Move from discussion \r\n\r\n to a decision\n", "Move from discussion to a decision"),
        ("Vote\tof 5 March", "Vote of 5 March"),
        ("  two  spaces  stay  ", "  two  spaces  stay  "),
    ],
)
def test_a_line_holds_no_line_break(pasted, line):
    assert text.tidy_line(pasted) == line


# The fields


# What django-simple-history writes of a version; its codes, and a reason that nobody gives here.
OF_HISTORY = {"history_type", "history_change_reason"}


def fields_of_text():
    for model in apps.get_app_config("advocacy").get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            if is_text and field.name not in OF_HISTORY:
                yield field


FIELDS = list(fields_of_text())


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_every_text_field_of_every_model_keeps_only_what_can_be_carried(field):
    assert isinstance(field, Line | Text | Slug | Url)


@given(field=st.sampled_from(FIELDS), typed=ANY_TEXT)
def test_no_way_of_saving_goes_round_the_field(field, typed):
    def saved(how):
        try:
            return how()
        except ValidationError:
            return None

    row = field.model(**{field.attname: typed})
    value = saved(lambda: field.pre_save(row, True))  # save(), bulk_create()
    updated = saved(lambda: field.get_db_prep_save(typed, connection))  # update(), bulk_update()

    assert updated == value
    if value is not None:
        assert text.carried(value) == value
        assert getattr(row, field.attname) == value
        assert isinstance(field, Text) or len(value.splitlines()) < 2
        if not isinstance(field, Slug):
            assert value == field.to_python(typed)


# Models whose fields have rules of their own.
CHECKED_BY_THEMSELVES = (Site, Site.history.model, ContactPoint, ContactPoint.history.model)


def test_a_migration_does_not_know_of_these_fields():
    for field in FIELDS:
        _name, path, _arguments, named = field.deconstruct()
        assert path.startswith("django.db.models.")
        assert (
            "validators" not in named
            or field.model in CHECKED_BY_THEMSELVES
            or field.name
            in (
                "country",
                "by_states",
                "about_states",
                "sha256",
                "language",
            )
        )


def test_each_verb_that_saves_tidies_and_refuses():
    issue, topic = make_issue(), make_topic()
    issue.title = issue.summary = PASTED
    issue.save()
    assert (issue.title, issue.summary) == (ON_ONE_LINE, IN_LINES)
    version = issue.history.first()
    assert (version.title, version.summary) == (ON_ONE_LINE, IN_LINES)

    Topic.objects.filter(pk=topic.pk).update(name=PASTED[:80], description=PASTED)
    Topic.objects.bulk_create([Topic(slug="bulk", name="A\nB", description=PASTED)])
    topic.refresh_from_db()
    assert (topic.name, topic.description) == (text.tidy_line(PASTED[:80]), IN_LINES)
    bulk = Topic.objects.get(slug="bulk")
    assert (bulk.name, bulk.description) == ("A B", IN_LINES)
    bulk.description = "a\r\nb"
    Topic.objects.bulk_update([bulk], ["description"])
    assert Topic.objects.get(slug="bulk").description == "a\nb"

    for write in (
        lambda: Topic.objects.create(slug="one", name="a\x00"),
        lambda: Topic.objects.filter(pk=topic.pk).update(name="a\x00"),
        lambda: Topic.objects.bulk_create([Topic(slug="two", name="a\x00")]),
        lambda: Topic.objects.bulk_update([Topic(pk=bulk.pk, name="a\x00")], ["name"]),
        lambda: Topic.objects.create(slug="no slug", name="a"),
    ):
        with pytest.raises(ValidationError):
            write()


def test_the_chain_hashes_what_is_stored():
    entry = record(make_action(), summary=PASTED, speaker="The chair\vof the day")

    assert (entry.summary, entry.speaker) == (IN_LINES, "The chair of the day")
    call_command("verify_record", verbosity=0, stdout=io.StringIO())


def test_an_older_entry_can_still_be_corrected():
    entry = record(make_action())
    with connection.cursor() as cursor:
        sql = "UPDATE advocacy_statusupdate SET summary = %s WHERE id = %s"
        cursor.execute(sql, ["It met\v\x01", entry.pk])
    entry.refresh_from_db()

    copy = entry.corrected_copy(correction_reason="So.", recorded_by=entry.recorded_by)

    copy.check_record(entry.sources.all())
    assert copy.summary == "It met\n\ufffd"


def test_words_that_an_older_row_holds_are_still_found():
    issue = make_issue(title="Forced\vlabour")

    assert list(Issue.objects.containing("forced labour")) == [issue]
    assert not Issue.objects.containing("\x00")
    assert not Issue.objects.filter(title="\x00\ud800")


# The doors


def test_content_typed_in_the_desk_is_tidied_or_refused_beside_its_field(client, editor):
    issue = make_issue(topics=[make_topic()])

    send(client, change_page(issue), title="Forced\x85labour", summary=PASTED)
    issue.refresh_from_db()
    assert (issue.title, issue.summary) == ("Forced labour", IN_LINES)

    answer = send(client, change_page(issue), summary="One\r\nTwo\x01", title="A\x00B")
    assert REFUSED in errors_beside(answer, "summary")
    refused = errors_beside(answer, "title")
    assert "Line 1, character 2: this is an invisible control character (U+0000)" in refused
    assert "Null characters" not in answer.text
    assert "One\r\nTwo\x01" in answer.text
    issue.refresh_from_db()
    assert issue.summary == IN_LINES


def test_opening_and_saving_a_row_is_no_edit(client, editor):
    issue = make_issue(topics=[make_topic()], summary="One.\n\nTwo.\n")
    Issue.objects.filter(pk=issue.pk).update(summary="One.\n\nTwo.")

    send(client, change_page(issue))

    issue.refresh_from_db()
    assert issue.edited_by_staff_at is None


def test_a_response_typed_in_the_desk_is_tidied_or_refused_beside_its_field(client, editor):
    ask = make_ask()

    answer = record_on_page(client, ask, **{**MET, "entry-summary": "One\r\nTwo\x01"})
    assert REFUSED in errors_beside(answer, "entry-summary")
    assert nothing_recorded()

    record_on_page(client, ask, **{**MET, "entry-summary": PASTED, "source-1-title": "A\vB"})
    entry = StatusUpdate.objects.get()
    assert entry.summary == IN_LINES
    assert entry.sources.get().title == "A B"


def test_a_look_typed_in_the_desk_is_tidied_or_refused_beside_its_field(client, editor):
    ask = make_ask()

    answer = look_again(client, ask, **{**LOOK, "entry-places": "One\r\nTwo\x01"})
    assert REFUSED in errors_beside(answer, "entry-places")
    assert nothing_recorded()

    look_again(client, ask, **{**LOOK, "entry-places": "UN Web TV\vilo.org"})
    assert SearchLog.objects.get().places == "UN Web TV\nilo.org"


def test_a_remark_on_a_draft_is_refused_in_a_sentence(client, editor):
    draft = write_draft(make_ask(), by=make_user(is_superuser=True))

    address = reverse("admin:advocacy_draft_give_back", args=[draft.pk])
    answer = client.post(address, {"remark": "One\r\nTwo\x01"}, follow=True)
    assert REFUSED in answer.text
    client.post(address, {"remark": PASTED}, follow=True)
    draft.refresh_from_db()
    assert draft.remark == IN_LINES


@pytest.mark.parametrize("format", ["csv", "json"])
def test_an_imported_cell_is_tidied_or_refused_with_its_place(format):
    make_body(slug="unsc")

    def read(capacity, note):
        row = {"slug": "a", "body": "unsc", "country": "DK", "capacity": capacity, "note": note}
        written = json.dumps([row])
        if format == "csv":
            cells = '"{slug}","{body}","{country}","{capacity}","{note}"'.format(**row)
            written = f"slug,body,country,capacity,note\n{cells}\n"
        file = io.BytesIO(written.encode())
        return list(transfer.import_rows("seats", file, format, by=None))

    (fate,) = read("ok", "One\nTwo\x01")
    assert fate.what == "refused"
    assert fate.reasons[0].startswith(f"note: {REFUSED}")

    assert [fate.what for fate in read("elected\r\nagain", PASTED)] == ["new"]
    seat = Seat.objects.get()
    assert (seat.capacity, seat.note) == ("elected again", IN_LINES)
    assert [fate.what for fate in read("elected\r\nagain", PASTED)] == ["same"]


def test_a_dossier_is_tidied_or_refused_with_its_row(tmp_path):
    folder = few_rows(tmp_path)
    issues, updates = rows_of(folder, "issues.json"), rows_of(folder, "status_updates.json")
    issues[0]["fields"] |= {"title": "Forced\vlabour", "summary": PASTED}
    updates[0]["fields"] |= {"summary": PASTED}
    write_rows(folder, "issues.json", issues)
    write_rows(folder, "status_updates.json", updates)

    for _ in range(2):  # The second time, nothing differs from what is stored.
        call_command("load_content", folder=folder, verbosity=0)
    issue = Issue.objects.get(slug=issues[0]["fields"]["slug"])
    assert (issue.title, issue.summary) == ("Forced labour", IN_LINES)
    entry = StatusUpdate.objects.get(key=updates[0]["fields"]["key"])
    assert entry.summary == IN_LINES

    issues[0]["fields"]["summary"] = "One\nTwo\ud800"
    write_rows(folder, "issues.json", issues)
    with pytest.raises(CommandError, match=r"summary: Line 2, character 4: .*half of a char"):
        call_command("load_content", folder=folder, verbosity=0)


def test_a_fixture_of_django_meets_the_same_gate():
    topic = make_topic()
    row = json.loads(serializers.serialize("json", [topic]))

    row[0]["fields"] |= {"name": "A\vB", "description": PASTED}
    for loaded in serializers.deserialize("json", json.dumps(row)):
        loaded.save()
    topic.refresh_from_db()
    assert (topic.name, topic.description) == ("A B", IN_LINES)

    row[0]["fields"]["description"] = "One\nTwo\x01"
    (loaded,) = serializers.deserialize("json", json.dumps(row))
    with pytest.raises(ValidationError, match="Line 2, character 4"):
        loaded.save()


def test_a_draft_keeps_tidied_text_and_shows_what_an_older_one_holds(client, editor):
    draft = write_draft(make_ask(), summary=PASTED)
    assert draft.entry["summary"] == IN_LINES

    # PostgreSQL takes no half of a character in JSON; SQLite does.
    half = "\ud800" if connection.vendor == "sqlite" else ""
    entry = draft.entry | {"summary": f"It met\v\x01{half}"}
    Draft.objects.filter(pk=draft.pk).update(entry=entry)
    page = client.get(change_page(draft))
    assert page.status_code == 200
    assert "It met" in page.text


FILTERS = [
    "q",
    "issue",
    "body",
    "topic",
    "status",
    "audience",
    "as_of",
    "sort",
    "page",
    "issue_words",
    "body_words",
]
QUERIES = {
    "overview": FILTERS,
    "action_list": FILTERS,
    "issue_list": FILTERS,
    "body_list": ["q"],
    "update_list": FILTERS,
    "update_feed": FILTERS,
    "meeting_list": ["issue", "body"],
    "meeting_calendar": ["issue", "body"],
    "my_checklist": ["minutes", "kind", "country", "issue", "body", "step"],
    "checklist_sheet": ["step", "title"],
    "seat_list": ["country"],
    "follow": ["issue", "body", "action"],
    "tell": ["ask"],
    "admin:advocacy_recommendedaction_changelist": ["q", "body", "issue", "phase", "owner", "p"],
    "admin:advocacy_source_changelist": ["q", "link", "owner"],
    "admin:advocacy_targetbody_add": ["kind"],
    "admin:advocacy_statusupdate_changelist": ["q", "status"],
    "admin:autocomplete": ["term"],
    "admin:advocacy_record": ["ask", "body", "draft", "look"],
}
OF_AUTOCOMPLETE = {"app_label": "advocacy", "model_name": "paragraph", "field_name": "sources"}


@pytest.mark.parametrize("typed", ["a\x00b", "\x85\u2028\x01\ufffe"], ids=["NUL", "others"])
@pytest.mark.parametrize("name", QUERIES)
def test_no_query_string_breaks_a_page(client, editor, name, typed):
    """PostgreSQL takes no NUL in a text."""
    make_ask()

    for parameter in QUERIES[name]:
        query = (OF_AUTOCOMPLETE if name.endswith("autocomplete") else {}) | {parameter: typed}
        assert client.get(reverse(name), query).status_code in (200, 302, 404), parameter


@pytest.mark.parametrize("field", ["email", "subject", "frequency", "language", "homepage"])
def test_no_public_form_breaks_on_what_no_database_takes(client, field):
    sent = {"email": "a@example.org", "subject": "everything", "frequency": "weekly"}
    sent |= {"language": "en", "homepage": "", field: "issue:\x00"}

    answer = client.post(reverse("follow"), sent, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 422


def test_one_message_in_the_log_is_one_line():
    record = logging.makeLogRecord({"msg": "Not found: %s", "args": ("/a\nERROR forged\x1b[2J",)})

    assert WithoutSecrets().filter(record)
    assert record.getMessage() == "Not found: /a ERROR forged\ufffd[2J"


def test_what_a_server_answers_is_kept_whatever_it_says():
    source = record(make_action(), ResponseStatus.BLOCKED).sources.get()

    source.note_link("BadStatusLine: HTTP/1.1 200\r\n\x01\x00", works=False)

    source.refresh_from_db()
    assert source.link_answer == "BadStatusLine: HTTP/1.1 200 \ufffd\ufffd"
