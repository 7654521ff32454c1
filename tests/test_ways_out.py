"""Any text through every text field, read from every way out by a parser that did not write it.

Once as it comes in through the doors, and once as an older database may hold it.
"""

import csv
import email
import email.policy
import io
import json
import re
from contextlib import suppress
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
import vobject
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from advocacy import text, transfer
from advocacy.mailing import letters
from advocacy.models import (
    AskState,
    BodyKind,
    ChecklistStep,
    Decision,
    DecisionParagraph,
    Edition,
    EditionKind,
    Event,
    Issue,
    LegalReference,
    Meeting,
    Organisation,
    Pack,
    Page,
    Paragraph,
    RecommendedAction,
    Reply,
    ResponseStatus,
    SearchLog,
    Seat,
    Site,
    Source,
    Statement,
    StatementAsk,
    StatusUpdate,
    Submission,
    TargetBody,
    Topic,
    TreatyStatus,
)
from advocacy.models.recorded import Noted
from advocacy.models.text import CarriedText, Slug, Url
from advocacy.public.share import drawing
from tests.decisions import decide, make_treaty_status, state
from tests.factories import (
    make_action,
    make_body,
    make_event,
    make_follower,
    make_issue,
    make_pack,
    make_page,
    make_paragraph,
    make_site,
    record,
    record_look,
    submit,
    surround,
)

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

S = ResponseStatus
# Codes have a validator or a meaning of their own; what stands in them is no text.
CODES = {"by_states", "about_states", "country", "language", "sha256", "when_status", "accent"}
CODES |= {"languages", "no_letters_in", "state", "quote_language"}
# They stand only beside a day, which not every ask has.
WITH_A_DAY = {"closed_because", "expected_rule", "pause_reason"}
CONTENT = [
    Topic,
    LegalReference,
    Organisation,
    Issue,
    Paragraph,
    Event,
    BodyKind,
    TargetBody,
    RecommendedAction,
    ChecklistStep,
    Seat,
    Meeting,
    Pack,
    Page,
    Source,
    SearchLog,
    StatusUpdate,
    Submission,
    Decision,
    DecisionParagraph,
    Statement,
    StatementAsk,
    TreatyStatus,
    Reply,
    Site,
]
# One of each kind: word processors' line breaks, controls, no characters, what markup is made of.
EVERYTHING = "\v\f\r\n\x85\u2028\u2029\t\x01\x08\x1b\x1c\x7f\x9b\ufdd0\ufffe\uffff]]>&<b>'\";,:=\\%"
LETTERS = st.characters(exclude_categories=["Cs"])
# A few examples suffice: one text stands in some sixty fields at once.
FEW = settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def free_text(model):
    """The fields of a model that hold words of somebody, found by walking it."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, CarriedText) and not isinstance(field, Slug)
        if is_text and field.editable and field.choices is None and field.name not in CODES:
            yield field


@pytest.fixture
def follower(editor):
    """A whole record, one row of each kind, and somebody who follows its ask."""
    make_site(email="a@b.example")
    ask = make_action(
        slug="ask",
        issue=make_issue(slug="issue"),
        body=make_body(slug="body", country="DK"),
        paused_on=date(2025, 1, 9),
        pause_reason="The post is empty.",
    )
    record_look(ask)
    wrong = record(ask, S.COMMITTED, happened_on=date(2025, 1, 5))
    record(
        ask,
        S.PARTIAL_ACTION,
        happened_on=date(2025, 1, 5),
        corrects=wrong,
        correction_reason="It did a part.",
    )
    make_event(issues=[ask.issue], by_bodies=[ask.body], about_bodies=[ask.body])
    make_paragraph(issue=ask.issue)
    submit(ask, corrects=ask.submissions.get(), correction_reason="It was another day.")
    make_action(
        slug="closed",
        issue=ask.issue,
        body=ask.body,
        state=AskState.WITHDRAWN,
        expected_by=date(2025, 6, 1),
    )
    surround(ask, starts_on=date(2099, 1, 1), ends_on=date(2099, 1, 2))
    meeting = Meeting.objects.get()
    make_page(slug="page", in_footer=True)
    make_page(slug="about")
    make_pack(slug="pack", actions=[ask], issues=[ask.issue], meetings=[meeting])
    paragraph = {"number": "OP 1", "words": "So.", "is_read": True}
    wrong = decide(body=ask.body, actions=[ask], paragraphs=[paragraph])
    decide(body=ask.body, corrects=wrong, correction_reason="It was another day.")
    state(corrects=state(ask), correction_reason="It was another day.")
    make_treaty_status()
    return make_follower(action=ask)


def rows():
    return [row for model in CONTENT for row in model._base_manager.order_by("pk")]


# The two ways that text came into the database


def words_for(row, field, typed):
    """What goes into a field; begun with the row's key where no two rows may hold the same."""
    words = f"{field.name} {typed} end"
    return f"{row.pk} {words}" if field.unique else words


def held_since_long_ago(typed):
    """Below the program, as before it looked: all that the database itself takes."""
    if connection.vendor == "postgresql":
        typed = typed.replace("\0", "")
    fields, written = {field for model in CONTENT for field in free_text(model)}, set()
    for row in rows():
        for field in free_text(type(row)):
            value = words_for(row, field, typed)[: field.max_length]
            sql = f"UPDATE {row._meta.db_table} SET {field.column} = %s WHERE id = %s"
            # Some words stand only where a row says something else as well.
            with suppress(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, [value, row.pk])
                written.add(field)
    assert written == fields


def came_in(typed):
    """By the gate that forms, imports and fixtures share; what is refused comes in mended."""
    for row in rows():
        if isinstance(row, StatusUpdate | Submission | Noted | Source | SearchLog):
            continue  # They are added only: `enter_record` does.
        if isinstance(row, Site):
            continue  # It takes no markup, and some of it is addresses: tests/test_this_record.py.
        for field in free_text(type(row)):
            if field.name in WITH_A_DAY and not getattr(row, field.attname):
                continue
            value = "https://x.test/" if isinstance(field, Url) else words_for(row, field, typed)
            setattr(row, field.attname, value[: field.max_length])
        save(row)
    enter_record(RecommendedAction.objects.get(slug="ask"), f"a {typed} end")


def enter_record(ask, words):
    words = words if not refused(words) else text.carried(words)
    source = Source(
        title=words[:300], publisher=words[:200], url=f"https://x.test/{Source.objects.count()}",
        summary=words, quote=words, quote_translation=words, published_on=date(2025, 1, 1), tier=1,
        is_independent=True,
    )  # fmt: skip
    save(source)
    submit(ask, source=source, reference=words[:200])
    paragraph = {"number": words[:60], "words": words, "is_read": True}
    decide(
        body=ask.body, symbol="", draft_symbol=words[:100], title=words[:300], note=words,
        decided_on=date(2025, 1, Decision.objects.count()), paragraphs=[paragraph],
    )  # fmt: skip
    takes = {"action": ask, "stance": "supports", "basis": "explicit", "sentence": words}
    state(
        asks=[takes], forum=words[:200], office=words[:200], quote=words, point=words,
        said_on=date(2025, 1, Statement.objects.count()),
    )  # fmt: skip
    record(
        ask,
        S.PARTIAL_ACTION,
        happened_on=date(2025, 1, 6),
        sources=[source],
        summary=words,
        reference=words[:200],
        missing=words,
        quote=words,
        speaker=words[:200],
    )


def refused(words):
    try:
        text.check_text(text.tidy(words))
    except ValidationError:
        return True
    return False


def save(row):
    """Save a row that its own check has let through; mended where it did not."""
    try:
        row.full_clean()
    except ValidationError as refusal:
        for name, messages in refusal.message_dict.items():
            assert all(message.startswith("Line ") for message in messages), (name, messages)
            setattr(row, name, text.carried(getattr(row, name)))
        row.full_clean()
    row.save()


# The ways out


class Words(HTMLParser):
    """The words of a page."""

    def __init__(self, page):
        super().__init__()
        self.words, self.ended = [], []
        self.feed(page)
        self.close()

    def handle_data(self, data):
        self.words.append(data)

    def handle_endtag(self, tag):
        self.ended.append(tag)


PUBLIC = [
    ("overview", []),
    ("issue_list", []),
    ("issue_detail", ["issue"]),
    ("issue_brief", ["issue"]),
    ("body_list", []),
    ("body_detail", ["body"]),
    ("body_brief", ["body"]),
    ("action_list", []),
    ("action_detail", ["ask"]),
    ("update_list", []),
    ("correction_list", []),
    ("my_checklist", []),
    ("checklist_sheet", []),
    ("seat_country", ["dk"]),
    ("meeting_list", []),
    ("pack_list", []),
    ("pack_detail", ["pack"]),
    ("follow", []),
    ("about", []),
    ("tell", []),
    ("method", []),
    ("privacy", []),
    ("page_detail", ["page"]),
]


def pages():
    for name, args in PUBLIC:
        steps = f"?step={ChecklistStep.objects.get().slug}" if name == "checklist_sheet" else ""
        yield reverse(name, args=args) + steps
    for model in admin.site._registry:
        if model._meta.app_label == "advocacy":
            place = f"admin:advocacy_{model._meta.model_name}"
            yield reverse(f"{place}_changelist")
            if row := model._base_manager.order_by("-pk").first():
                yield reverse(f"{place}_change", args=[row.pk])
    entry = StatusUpdate.objects.order_by("-pk").first()
    yield f"{reverse('admin:advocacy_record')}?corrects={entry.pk}"
    yield reverse("admin:index")


def read_pages(client, addresses):
    for address in addresses:
        page = client.get(address, follow=True)
        assert page.status_code == 200, address
        shown = Words(page.content.decode())
        assert shown.ended[-1] == "html", address
        for data in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text):
            assert json.loads(data)["name"]
        if address == reverse("action_detail", args=["ask"]):
            entry = StatusUpdate.objects.order_by("-pk").first()
            assert one_spaced(entry.summary) in one_spaced("".join(shown.words))


def one_spaced(words):
    return " ".join(words.split())


def read_feed(client):
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(client.get(reverse("update_feed"), {"looks": "1"}).content)
    entries = feed.findall(f"{atom}entry")
    last = StatusUpdate.objects.published().last_recorded_first()
    for entry, update in zip(entries, last, strict=True):
        title = text.carried(f"{update.action.body.abbreviation}: {update.label}")
        assert entry.findtext(f"{atom}title").endswith(title)
        shown = " ".join(Words(entry.findtext(f"{atom}summary")).words)
        assert one_spaced(text.carried(update.account)) in one_spaced(shown)


def read_calendar(client):
    file = vobject.readOne(client.get(reverse("meeting_calendar")).content.decode())
    meeting = Meeting.objects.get()
    (event,) = file.contents["vevent"]
    title = text.carried_line(f"{meeting.body.abbreviation}: {meeting.title}")
    assert event.summary.value == title
    assert text.carried(meeting.what_can_be_done) in event.description.value


def read_mails(follower):
    entries = list(StatusUpdate.objects.with_related().order_by("-pk")[:1])
    notice = letters.notice_letter(Edition(kind=EditionKind.NOTICE, entry=entries[0]), "en")
    for letter in (notice, letters.digest_letter(entries, "en")):
        sent = letters.message(letter.to("token"), "a@example.org", headers={}).message()
        mail = email.message_from_bytes(sent.as_bytes(), policy=email.policy.default)
        headers = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"}
        assert {name.lower() for name in mail} == {*headers, "auto-submitted"}
        assert len(mail["subject"].splitlines()) == 1
        plain = mail.get_body(["plain"]).get_content().replace("\r\n", "\n")
        assert text.carried(entries[0].summary).strip() in plain
        Words(mail.get_body(["html"]).get_content())
    ask, body = entries[0].action, entries[0].action.body
    subject = f"{body.abbreviation}: {entries[0].label} – {ask.title}"
    assert notice.subject == text.carried_line(subject).strip()


def read_files(client, follower):
    for kind, model in transfer.KINDS.items():
        columns = transfer.columns_of(model)
        names = [field.name for field in free_text(model)]
        stored = [
            {name: getattr(row, name) for name in names} for row in model.objects.order_by("pk")
        ]
        written = "".join(transfer.export_rows(kind, "json", by=None)).encode()
        assert [{n: row[n] for n in names} for row in json.loads(written)] == stored
        written = "".join(transfer.export_rows(kind, "csv", by=None)).encode().decode("utf-8-sig")
        table = list(csv.DictReader(io.StringIO(written, newline="")))
        assert [list(row) for row in table] == [list(columns)] * len(stored)
        assert [{n: row[n].removeprefix("'") for n in names} for row in table] == [
            {n: row[n].removeprefix("'") for n in names} for row in stored
        ]
    held = json.loads(client.get(reverse("follow_data", args=[follower.token])).content)
    assert held["follows"][0]["what"] == str(RecommendedAction.objects.get(slug="ask"))


def picture_of(client, kind):
    """The picture of a link, drawn by Pillow and read by it; None where no font can draw it."""
    if not drawing.is_possible():
        return None
    slug = {"actions": "ask", "issues": "issue", "bodies": "body"}[kind]
    answer = client.get(reverse("share_picture", args=[kind, slug]))
    picture = Image.open(io.BytesIO(answer.getvalue()))
    picture.load()
    return picture


def read_pictures(client, kinds):
    for kind in kinds if drawing.is_possible() else []:
        assert picture_of(client, kind).size == (1200, 630)


def test_the_walk_finds_the_text_of_every_model():
    """A new model with words in it is read here as well, or named as one that nobody reads."""
    machines = {
        "Link",
        "RecordHead",
        "LoadedRecord",
        "Wording",
        "Withheld",
        "Withholding",
        "StandingToday",
        "SignUp",
        "Subscriber",
        "OnceKey",
        "SignIn",
        "AskRelation",
    }
    machines |= {
        "Attempt",
        "Picture",
        "SubmissionDraft",
        "NetworkUse",
        "Worker",
        "Edition",
        "Delivery",
        "Draft",
        "Refusal",
        "Report",
        "SearchWords",
        "Selection",
        "StaffCall",
        "KeptTranslation",
        "Translation",
        # Codes of States and of votes.
        "Ballot",
        "Sponsor",
        "CoSpeaker",
        # The desk alone shows them.
        "ContactPoint",
    }
    with_text = {
        model.__name__
        for model in apps.get_app_config("advocacy").get_models()
        if any(isinstance(field, CarriedText) for field in model._meta.concrete_fields)
        and not model.__name__.startswith("Historical")
    }
    assert with_text == {model.__name__ for model in CONTENT} | machines


WAYS_IN = {"an older database": held_since_long_ago, "the doors": came_in}
WAYS_OUT = {
    "feed": lambda client, _follower: read_feed(client),
    "calendar": lambda client, _follower: read_calendar(client),
    "mails": lambda _client, follower: read_mails(follower),
    "files": lambda client, follower: read_files(client, follower),
    "picture": lambda client, _follower: read_pictures(client, ["actions"]),
    "pages": lambda client, _follower: read_pages(
        client, [reverse("action_detail", args=["ask"]), reverse("update_list")]
    ),
}


@pytest.mark.parametrize("way_in", WAYS_IN)
@pytest.mark.parametrize("way_out", WAYS_OUT)
@FEW
@example(typed=EVERYTHING)
@example(typed="\0")
@example(typed="Move from discussion\nto a decision\nBcc: everybody@example.org\n\n<p>")
@given(typed=st.text(LETTERS, max_size=60))
def test_any_text_goes_out_everywhere(client, follower, way_in, way_out, typed):
    WAYS_IN[way_in](typed)

    WAYS_OUT[way_out](client, follower)


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_every_page_shows_any_text(client, follower, way_in):
    WAYS_IN[way_in](EVERYTHING)

    read_pages(client, pages())
    read_pictures(client, ["issues", "bodies"])
