"""Words that had to go are gone wherever the program kept them, and the record holds."""

import json
from datetime import date

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from advocacy.mailing import letters
from advocacy.mailing.form_letters import Writer
from advocacy.management.commands.load_content import FILES
from advocacy.models import (
    Delivery,
    Draft,
    Edition,
    EditionKind,
    Link,
    OnceKey,
    RecordHead,
    Reply,
    ResponseStatus,
    Source,
    StatusUpdate,
    Tell,
    Withheld,
    Withholding,
    make_groups,
)
from advocacy.models.digests import SALT_BYTES
from advocacy.models.text import CarriedText
from advocacy.models.withheld import FIELDS, model_of, same_words
from advocacy.models.wordings import Wording
from tests.decisions import decide, state
from tests.factories import (
    ASKED_ON,
    make_action,
    make_event,
    make_follower,
    make_search_log,
    make_source,
    make_user,
    record,
    record_look,
    submit,
    write_draft,
)
from tests.pages import text_of
from tests.staff import person
from tests.test_chain import below, verify
from tests.test_feeds import ATOM, entries_of, feed_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.own_sql("models/erasure.py", "models/withheld.py", "models/withholding.py"),
]

S = ResponseStatus
SECRET = "sergeant-kim-of-unit-94"
WHY = "order 12/26 of the Kyiv court"
EVERY_FIELD = [(of, name) for of, names in FIELDS.items() for name in names]
# Codes, keys and what a server answers: no words of anybody.
NOT_WORDS = {
    "statusupdate": {
        "key",
        "status",
        "happened_precision",
        "asserted_by",
        "verification",
        "blocked_reason",
        "refused_reason",
        "tell",
    },
    "submission": {"slug", "channel"},
    "decision": {"slug", "symbol", "draft_symbol", "decided_precision", "outcome"},
    "decisionparagraph": {"slug", "number", "language"},
    "statement": {"slug", "state", "said_precision", "quote_language"},
    "statementask": {"slug", "stance", "basis"},
    "event": {"slug", "happened_precision", "by_states", "about_states"},
    "searchlog": {"key"},
    "source": {"key", "published_precision", "language", "sha256", "link_answer"},
    "reply": {"language"},
}


@pytest.fixture(autouse=True)
def groups():
    make_groups()


def withhold(row, field, reason=WHY):
    proposal = Withholding.objects.propose(row, field, reason=reason, by=person("Publisher"))
    return proposal.confirm(by=person("Administrator"))


def words_for(of, field):
    is_address = field.endswith("url")
    return f"https://example.org/{SECRET}" if is_address else f"The words of {SECRET}, a captive."


def make_row(of, field):
    """A public row that holds the words in one field."""
    words = {field: words_for(of, field)}
    action = make_action(slug="ask", reference="NK-02")
    if of == "statusupdate":
        first = record(action, happened_on=date(2025, 1, 1))
        if field == "correction_reason":
            words["corrects"] = first
        return record(action, happened_on=date(2025, 1, 2), **words)
    if of == "submission":
        if field == "correction_reason":
            words["corrects"] = action.submissions.get()
        record(action)
        return submit(action, **words)
    if of in ("decision", "decisionparagraph", "statement", "statementask"):
        record(action)
        return make_decided_or_said(of, field, words, action)
    if of == "event":
        event = make_event(**words)
        record(action, event=event)
        return event
    if of == "searchlog":
        log = make_search_log(**words)
        record_look(action, search_log=log)
        record_look(make_action(), search_log=log)
        return log
    if of == "source":
        source = make_source(**{"language": "ko", "quote": "말씀", **words})
        record(action, sources=[source])
        record(make_action(), S.ACKNOWLEDGED, sources=[source])
        source.archive_url = source.archive_url or "https://archive.example/1"
        source.save()
        return source
    record(action)
    reply = Reply(
        **{
            "body": action.body,
            "action": action,
            "text": "Our answer.",
            "replied_on": date(2025, 1, 1),
            "url": "https://example.org/reply",
            **words,
        }
    )
    reply.save()
    reply.signed = f"{reply.signed} "
    reply.save()
    return reply


def make_decided_or_said(of, field, words, action):
    corrects = {}
    if field == "correction_reason":
        corrects["corrects"] = decide(slug="first") if of == "decision" else state(slug="first")
    match of:
        case "decision":
            return decide(actions=[action], **words, **corrects)
        case "decisionparagraph":
            said = {"number": "OP 1", "is_read": True, **words}
            return decide(actions=[action], paragraphs=[said]).paragraphs.get()
        case "statement":
            return state(action, **words, **corrects)
    takes = {"action": action, "stance": "supports", "basis": "explicit", **words}
    return state(asks=[takes]).stances.get()


def everything_stored():
    """Every value of every table, as text: what a dump of the database holds."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                values = [v.tobytes() if isinstance(v, memoryview) else v for v in row]
                yield table, str(values)


def tables_with(words):
    return {table for table, row in everything_stored() if words in row}


def surfaces(client):
    """Whatever readers get, by its name."""
    entries = list(StatusUpdate.objects.with_related())
    digest = letters.digest_letter(entries, "en")
    body = make_body_slug()
    pages = {
        name: client.get(reverse(name, args=args), {"looks": "1"}).text
        for name, args in [
            ("action_detail", ["ask"]),
            ("body_detail", [body]),
            ("body_brief", [body]),
            ("update_list", []),
            ("correction_list", []),
            ("withheld_list", []),
        ]
    }
    pages["feed"] = client.get(reverse("update_feed"), {"looks": "1"}).text
    pages["looks of a day"] = client.get(reverse("update_list"), {"looked_on": ASKED_ON}).text
    pages |= {"digest, text": digest.text, "digest, HTML": digest.html}
    for entry in entries:
        letter = letters.notice_letter(Edition(kind=EditionKind.NOTICE, entry=entry), "en")
        pages[f"notice {entry.pk}"] = letter.text + letter.html + letter.subject
    return pages


def make_body_slug():
    return StatusUpdate.objects.order_by("pk").first().action.body.slug


def test_every_field_with_words_can_be_withheld_or_is_named_as_no_words():
    for of, names in FIELDS.items():
        columns = {
            field.name
            for field in model_of(of)._meta.concrete_fields
            if isinstance(field, CarriedText)
        }
        assert set(names) | NOT_WORDS[of] == columns
        assert not set(names) & NOT_WORDS[of]


@pytest.mark.parametrize(("of", "field"), EVERY_FIELD)
def test_withheld_words_are_gone_from_every_table_and_the_chain_holds(client, of, field):
    row = make_row(of, field)
    noted = RecordHead.current().noted
    LogEntry.objects.log_actions(
        make_user().pk, [row], CHANGE, f"Wrote {words_for(of, field)}", single_object=True
    )
    assert tables_with(SECRET) >= {f"advocacy_{of}"}

    gone = withhold(row, field)

    assert tables_with(SECRET) == set()
    row.refresh_from_db()
    assert getattr(row, field) == gone.notice
    assert verify(head=noted)[0], verify(head=noted)[1]
    for name, page in surfaces(client).items():
        assert SECRET not in page, name
    shown = text_of(client.get(reverse("withheld_list")))
    assert f": {WHY}" in shown


@pytest.mark.parametrize(
    ("of", "field", "places"),
    [
        ("statusupdate", "summary", ["action_detail", "update_list", "feed", "digest, text"]),
        ("statusupdate", "quote", ["action_detail", "update_list", "feed"]),
        ("source", "title", ["action_detail", "feed", "digest, text", "digest, HTML"]),
        ("source", "quote", ["action_detail", "update_list"]),
        ("reply", "text", ["action_detail", "body_detail"]),
        ("searchlog", "terms", ["action_detail", "looks of a day"]),
        ("submission", "reference", ["action_detail"]),
    ],
)
def test_readers_see_since_when_and_why_at_the_place_of_the_words(client, of, field, places):
    row = make_row(of, field)
    before = surfaces(client)
    assert all(SECRET in before[place] for place in places)

    withhold(row, field)

    day = timezone.localdate().strftime("%-d %B %Y")
    after = surfaces(client)
    for place in places:
        assert f"[Withheld on {day}: {WHY}]" in after[place], place


@pytest.mark.parametrize("field", ["url", "archive_url"])
def test_a_withheld_address_leads_to_the_page_that_says_why(client, field):
    source = make_row("source", field)
    gone = withhold(source, field)

    source.refresh_from_db()
    page = reverse("withheld_list")
    address = f"{settings.SITE_URL}{page}#withheld-source-{source.pk}-{field}"
    assert getattr(source, field) == gone.notice == address
    assert f'id="withheld-source-{source.pk}-{field}"' in client.get(page).text
    shown = client.get(reverse("action_detail", args=["ask"])).text
    assert f'href="{address}"' in shown
    assert ("address withheld" in shown) == (field == "url")
    assert (source in Source.objects.links_to_try()) == (field != "url")


def test_the_salt_is_gone_and_nothing_else_of_the_link():
    entry = make_row("statusupdate", "summary")
    before = Link.objects.get(kind="update", key=entry.pk)
    withhold(entry, "summary")

    link = Link.objects.get(kind="update", key=entry.pk)
    place = StatusUpdate.HASHED.index("summary") * SALT_BYTES
    own = slice(place, place + SALT_BYTES)
    assert bytes(link.salts)[own] == bytes(SALT_BYTES) != bytes(before.salts)[own]
    assert bytes(link.salts)[:place] == bytes(before.salts)[:place]
    assert bytes(link.salts)[own.stop :] == bytes(before.salts)[own.stop :]
    assert (link.digest, link.previous) == (before.digest, before.previous)
    assert set(link.withheld) == {"summary"}


def test_two_fields_of_one_row_are_withheld_one_after_the_other():
    source = make_row("source", "quote")
    withhold(source, "quote")
    withhold(source, "title")

    assert set(Link.objects.get(key=Wording.objects.of_row(source)[0].pk, kind="wording").withheld)
    assert verify()[0]


def test_drafts_made_from_the_entry_and_versions_of_a_reply_lose_the_words():
    action = make_action()
    draft = write_draft(action, summary=f"It met on {SECRET}.", by=person("Editor"))
    entry = draft.publish(by=person("Publisher"))
    correction = write_draft(
        action,
        summary=f"It met twice on {SECRET}, and again.",
        corrects=entry,
        correction_reason="It was twice.",
    )
    other = write_draft(action, summary="It met on something else.")
    assert tables_with(SECRET) == {"advocacy_statusupdate", "advocacy_draft"}

    gone = withhold(entry, "summary")

    assert tables_with(SECRET) == set()
    for row in (draft, correction):
        assert Draft.objects.get(pk=row.pk).entry["summary"] == gone.notice
    assert Draft.objects.get(pk=other.pk).entry["summary"] == "It met on something else."


def test_caches_keys_of_forms_and_files_go_as_well(django_capture_on_commit_callbacks):
    entry = make_row("statusupdate", "summary")
    cache.set("page", f"<p>{SECRET}</p>")
    key = OnceKey.objects.create(key="k" * 22, by=make_user(), content="0" * 64)
    files = [settings.VAR_DIR / folder / "x" for folder in ("share", "imports")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SECRET)

    with django_capture_on_commit_callbacks(execute=True):
        withhold(entry, "summary")

    assert cache.get("page") is None
    key.refresh_from_db()
    assert key.content == ""
    assert not any(file.exists() for file in files)


# Who


@pytest.mark.parametrize(
    ("proposer", "second", "may"),
    [
        ("Publisher", "Administrator", True),
        ("Administrator", "Publisher", True),
        ("Administrator", "Administrator", True),
        ("Publisher", "Publisher", False),
    ],
)
def test_two_people_decide_and_one_of_them_is_an_administrator(proposer, second, may):
    entry = make_row("statusupdate", "summary")
    proposal = Withholding.objects.propose(entry, "summary", reason=WHY, by=person(proposer))
    second = person(second)
    if may:
        proposal.confirm(by=second)
        return
    with pytest.raises(ValidationError, match="One of the two has to be an administrator"):
        proposal.confirm(by=second)
    assert tables_with(SECRET)
    proposal.refresh_from_db()
    assert proposal.is_open


def test_whoever_proposed_it_does_not_confirm_it_nor_does_the_database_let_them():
    entry, administrator = make_row("statusupdate", "summary"), person("Administrator")
    proposal = Withholding.objects.propose(entry, "summary", reason=WHY, by=administrator)

    with pytest.raises(ValidationError, match="a second person confirms it"):
        proposal.confirm(by=administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Withholding.objects.filter(pk=proposal.pk).update(
            state="confirmed", decided_by=administrator
        )
    assert tables_with(SECRET)


def test_an_editor_neither_proposes_nor_confirms():
    entry, editor = make_row("statusupdate", "summary"), person("Editor")
    with pytest.raises(PermissionDenied):
        Withholding.objects.propose(entry, "summary", reason=WHY, by=editor)
    proposal = Withholding.objects.propose(entry, "summary", reason=WHY, by=person("Publisher"))
    for verb in (proposal.confirm, proposal.withdraw):
        with pytest.raises(PermissionDenied):
            verb(by=editor)


def test_a_withdrawn_proposal_changes_nothing_and_cannot_be_confirmed():
    entry = make_row("statusupdate", "summary")
    stored = sorted(everything_stored())
    proposal = Withholding.objects.propose(entry, "summary", reason=WHY, by=person("Publisher"))
    proposal.withdraw(by=person("Administrator"))

    with pytest.raises(ValidationError, match="no longer open: it is withdrawn"):
        proposal.confirm(by=person("Administrator"))
    kept = [row for row in stored if row[0].startswith("advocacy_status")]
    assert all(row in list(everything_stored()) for row in kept)


@pytest.mark.parametrize(
    ("field", "reason", "why"),
    [
        ("missing", WHY, "Choose a field that holds words"),
        ("status", WHY, "Choose a field that holds words"),
        ("summary", " ", "cannot be blank"),
        ("summary", "x" * 121, "at most 120 characters"),
    ],
)
def test_what_cannot_be_withheld_is_refused_with_its_reason(field, reason, why):
    entry = make_row("statusupdate", "summary")

    with pytest.raises(ValidationError, match=why):
        Withholding.objects.propose(entry, field, reason=reason, by=person("Publisher"))


def test_the_same_words_are_proposed_once_and_withheld_once():
    entry = make_row("statusupdate", "summary")
    Withholding.objects.propose(entry, "summary", reason=WHY, by=person("Publisher"))
    with pytest.raises(ValidationError, match="proposed already"):
        Withholding.objects.propose(entry, "summary", reason=WHY, by=person("Publisher"))

    Withholding.objects.get().confirm(by=person("Administrator"))
    entry.refresh_from_db()
    with pytest.raises(ValidationError, match="Choose a field that holds words"):
        Withholding.objects.propose(entry, "summary", reason=WHY, by=person("Publisher"))


# Nobody brings them back, and nobody withholds in secret


@pytest.mark.parametrize(("of", "field"), [("source", "archive_url"), ("reply", "text")])
def test_nobody_writes_other_words_in_their_place(of, field):
    row = make_row(of, field)
    withhold(row, field)
    row.refresh_from_db()

    setattr(row, field, words_for(of, field))
    for write in (row.full_clean, row.save):
        with pytest.raises(ValidationError, match="withheld for good"):
            write()
    assert tables_with(SECRET) == set()


def test_a_fixture_that_still_holds_the_words_does_not_bring_them_back(few_rows_loaded, tmp_path):
    entry = StatusUpdate.objects.responses().exclude(key="").first()
    source = entry.sources.first()
    words, title = entry.summary, source.title
    withhold(entry, "summary")
    withhold(source, "title")

    call_command("load_content", folder=tmp_path, verbosity=0)

    assert set(FILES) <= {path.name for path in tmp_path.iterdir()}
    assert words not in StatusUpdate.objects.values_list("summary", flat=True)
    assert title not in Source.objects.values_list("title", flat=True)
    assert verify()[0]


def test_the_chain_must_hold_before_anything_is_withheld():
    entry = make_row("statusupdate", "summary")
    below("UPDATE advocacy_statusupdate SET quote = 'Other.' WHERE id = %s", entry.pk)

    with pytest.raises(ValidationError, match="run verify_record"):
        withhold(StatusUpdate.objects.get(pk=entry.pk), "summary")
    assert tables_with(SECRET)


def test_a_field_withheld_past_the_program_is_named():
    entry = make_row("statusupdate", "summary")
    link = Link.objects.get(kind="update", key=entry.pk)
    salts, withheld = link.without_salt_of("summary", entry.hashed_values())
    below("UPDATE advocacy_statusupdate SET summary = 'Another.' WHERE id = %s", entry.pk)
    below(
        "UPDATE advocacy_link SET salts = %s, withheld = %s WHERE number = %s",
        salts,
        json.dumps(withheld),
        link.number,
    )

    assert f"statusupdate {entry.pk}, summary: withheld past the program" in verify()[1]


@pytest.mark.parametrize(("of", "field"), [("statusupdate", "summary"), ("reply", "text")])
def test_other_words_put_in_the_place_of_the_notice_are_named(of, field):
    row = make_row(of, field)
    withhold(row, field)
    below(f"UPDATE advocacy_{of} SET {field} = 'Another.' WHERE id = %s", row.pk)

    assert "something else stands there than that it was withheld" in verify()[1]


@pytest.mark.parametrize(
    ("column", "value"),
    [("reason", "Because."), ("notice", "Gone."), ("withheld_at", "2020-01-01"), ("row", 99)],
)
def test_tampering_with_what_is_said_of_a_withholding_is_named(column, value):
    gone = withhold(make_row("statusupdate", "summary"), "summary")
    below(f"UPDATE advocacy_withheld SET {column} = %s WHERE id = %s", value, gone.pk)

    assert f"(that {Withheld.objects.get(pk=gone.pk)} was withheld): what it says" in verify()[1]


def test_every_field_of_a_withholding_is_hashed():
    columns = {field.attname for field in Withheld._meta.concrete_fields}
    assert set(Withheld.HASHED) == columns - {"id"}


# What goes on


def test_a_reader_of_the_feed_is_told_to_fetch_the_entry_again(client):
    entry = make_row("statusupdate", "summary")

    def updated():
        found = {e.findtext(f"{ATOM}id"): e for e in entries_of(feed_of(client))}
        return found[entry.uuid.urn].findtext(f"{ATOM}updated")

    before = updated()
    gone = withhold(entry, "summary")
    assert updated() > before
    assert updated()[:19] == timezone.localtime(gone.withheld_at).isoformat()[:19]


def test_a_mailing_that_has_begun_sends_no_letter_with_the_words(queue, sink, monkeypatch):
    for name in ("ana", "olga"):
        make_follower(f"{name}@example.org", frequency="at_once")
    entry = record(make_action(), summary=f"It met on {SECRET}.", tell=Tell.AT_ONCE)
    Edition.objects.update(send_at=timezone.now())
    written = Writer.message

    def and_then_it_is_withheld(*arguments):
        mail = written(*arguments)
        if not Withheld.objects.exists():
            withhold(StatusUpdate.objects.get(pk=entry.pk), "summary")
        return mail

    monkeypatch.setattr(Writer, "message", and_then_it_is_withheld)
    queue()
    queue(early=True)

    first, second = (mail.as_string().replace("=\n", "") for mail in sink.messages)
    assert SECRET in first
    assert SECRET not in second
    assert "Withheld on" in second
    assert [row.state for row in Delivery.objects.all()] == ["sent", "sent"]


def test_an_entry_recorded_after_it_and_the_clocks_go_on():
    entry = make_row("statusupdate", "summary")
    withhold(entry, "summary")
    record(entry.action, S.COMMITTED, happened_on=date(2025, 3, 1))

    assert verify()[0]
    call_command("rebuild_standing", "--check", verbosity=0)


def test_the_same_words_elsewhere_are_found():
    first = record(make_action(), summary="The same words.")
    second = record(make_action(), summary="The same words.")
    record(make_action(), summary="Other words.")

    assert same_words("The same words.", first) == [second]


def test_no_model_with_words_of_an_entry_is_left_out():
    """A new model that copies words has to be thought of in `erase`."""
    known = {"StatusUpdate", "SearchLog", "Source", "Reply", "HistoricalReply", "Wording", "Draft"}
    models = {model.__name__ for model in apps.get_app_config("advocacy").get_models()}
    assert known <= models
