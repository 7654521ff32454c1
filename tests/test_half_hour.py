"""The half hour of docs/own-record.md, walked with real requests."""

import re
from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
import vobject
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from advocacy.content_folder import languages_of
from advocacy.models import (
    BodyKind,
    Draft,
    Edition,
    Issue,
    Meeting,
    Organisation,
    RecommendedAction,
    Report,
    Site,
    Subscriber,
    TargetBody,
    Topic,
    make_groups,
)
from advocacy.models.dates import written_day
from advocacy.public.share import drawing
from tests.factories import make_user
from tests.own_record import named_in, public_pages
from tests.pages import text_of
from tests.staff import DESK, Controls, add, change_page, record_page, send
from tests.test_feeds import ATOM
from tests.test_follow import link_in, sign_up
from tests.test_fourth_language import say_languages
from tests.test_named_everywhere import PROGRAM, THE_PROGRAM_OF_THE_FILE, title_of
from tests.test_tell import SAME_ORIGIN

pytestmark = pytest.mark.django_db

NEW, NAME, PUBLISHER = "Name me", "Cobalt Answers", "Clean Phones Network"
PURPOSE = "Who was asked about the cobalt in our phones, and what they said."
LETTER, ANSWER = "https://phones.example/letter", "https://cellcom.example/answer"
PROMISE = "https://parliament.example/minutes"


class Reader(Client):
    """A browser that keeps all it was shown, pages, files and the addresses it was led to."""

    def __init__(self, seen):
        super().__init__()
        self.seen = seen

    def request(self, **request):
        answer = super().request(**request)
        said = [f"{name}: {value}" for name, value in answer.items()]
        if not answer.streaming:
            said.append(answer.content.decode())
        self.seen.append((request["PATH_INFO"], "\n".join(said)))
        return answer


@pytest.fixture
def seen():
    """(where, what it said) of all that was shown to anybody."""
    return []


@pytest.fixture(params=["en", pytest.param("fr", marks=pytest.mark.thorough)])
def language(request):
    """That of whoever reads: the sentences of the program are in English, all else follows."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def folder(tmp_path, settings, language):
    """The record as a new folder begins it, in English and, if it is read so, in French."""
    folder = tmp_path / "cobalt"
    call_command("new_record", str(folder), name=NEW, verbosity=0)
    if language != "en":
        say_languages(folder, ["en", language])
    settings.CONTENT_DIR = folder
    settings.LANGUAGES, settings.LANGUAGE_CODE = languages_of(folder)
    settings.VAR_DIR = tmp_path / "var"
    call_command("load_content", folder=folder, verbosity=0)
    return folder


@pytest.fixture
def drawn(monkeypatch):
    """What the pictures of links say, as they are drawn."""
    words, draw = [], drawing.draw
    monkeypatch.setattr(drawing, "draw", lambda *said: words.append(said) or draw(*said))
    return words


def somebody(seen, role):
    make_groups()
    user = make_user(email=f"{role}@phones.example")
    user.groups.set([Group.objects.get(name=role)])
    reader = Reader(seen)
    reader.force_login(user)
    return reader


def link_of(page, words):
    """The address behind the words of a link."""
    before = page.text.split(words)[0]
    return re.findall(r'href="([^"]+)"', before)[-1].replace("&amp;", "&")


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def source(number=1, **said):
    """A new source, as it is typed into the form of what rests on it."""
    whole = {
        "publisher": "Cellcom",
        "tier": "2",
        "is_independent": "False",
        "accessed_on": days_ago(1),
        **said,
    }
    return {f"source-{number}-{name}": value for name, value in whole.items()}


def rename(desk):
    form = desk.get(reverse("admin:advocacy_site_changelist"))["Location"]
    sent = Controls(desk.get(form).text).sent
    assert sent.pop("names_program") == "on"
    typed = {
        "name": NAME,
        "purpose": PURPOSE,
        "organisation": PUBLISHER,
        "email": "desk@phones.example",
    }
    answer = desk.post(form, sent | typed, follow=True)
    assert Site.objects.get().name == NAME, text_of(answer)


def ask_two_bodies(desk):
    """A company, to which the ask was put by letter, and a parliament, to which nobody put it."""
    who = add(desk, Organisation, name=PUBLISHER, slug="clean-phones")
    company = add(
        desk,
        TargetBody,
        "?kind=company",
        name="Cellcom plc",
        abbreviation="Cellcom",
        slug="cellcom",
        mandate="Sells phones in forty countries.",
    )
    parliament = add(
        desk,
        TargetBody,
        "?kind=parliament",
        name="Parliament of the Isles",
        abbreviation="PoI",
        slug="isles",
        mandate="Makes the law on imports.",
    )
    topic = add(desk, Topic, name="Rights of the child", slug="children")
    issue = add(
        desk,
        Issue,
        slug="cobalt",
        title="Children in cobalt mines",
        question="Who will buy no cobalt that a child dug?",
        summary="Children dig cobalt by hand.",
        opened_on=days_ago(50),
        topics=[topic.pk],
    )
    asks = [
        add(
            desk,
            RecommendedAction,
            reference=f"CO-{number}",
            slug=f"co-{number}",
            title=title,
            text=f"{body.name} is asked to: {title}.",
            issue=issue.pk,
            body=body.pk,
            listed_on=days_ago(50),
            counts_as_done="It is public and in force.",
            counts_as_refused="It says that it will not.",
        )
        for number, (body, title) in enumerate(
            [(company, "Name every mine"), (parliament, "Let in no such cobalt")], start=1
        )
    ]
    letter = {
        "submission-submitted_on": days_ago(40),
        "submission-channel": "letter",
        "submission-organisations": [who.pk],
        **source(
            title="Open letter on cobalt",
            publisher=PUBLISHER,
            url=LETTER,
            published_on=days_ago(40),
            tier="4",
        ),
    }
    answer = send(desk, link_of(desk.get(change_page(asks[0])), "Record a submission"), **letter)
    assert "CO-1 was put to its body" in text_of(answer)
    add(
        desk,
        Meeting,
        slug="spring",
        body=parliament.pk,
        kind="session",
        title="Reading of the import law",
        starts_on=days_ago(-60),
        ends_on=days_ago(-62),
        confidence="confirmed",
        source_url="https://parliament.example/calendar",
    )
    return asks


def look(desk, ask):
    answer = send(
        desk,
        record_page(ask=ask, look=1),
        **{
            "entry-happened_on": days_ago(10),
            "entry-places": "News pages of Cellcom\nIts report for last year",
            "entry-terms": "cobalt, mine",
            "entry-gaps": "The pages for investors could not be opened.",
        },
    )
    assert "Recorded for CO-1" in text_of(answer)


def response(**said):
    whole = {
        "status": "acknowledged",
        "happened_on": days_ago(3),
        "summary": "It has the letter and will look into it.",
        "asserted_by": "body",
        "verification": "documented",
        "tell": "at_once",
        **said,
    }
    return {f"entry-{name}": value for name, value in whole.items()}


def send_what_is_due(queue):
    Edition.objects.update(send_at=timezone.now())
    queue()


def test_from_a_new_folder_to_a_public_record(folder, language, seen, drawn, sink, queue):
    desk, visitor = somebody(seen, "Publisher"), Reader(seen)
    assert title_of(visitor.get(f"/{language}/").text).endswith(f"· {NEW}")
    rename(desk)
    # Whoever named it on the desk keeps the name, whatever the folder says at the next start.
    call_command("load_content", folder=folder, verbosity=0)
    # From here on nothing says any other name.
    del seen[:]
    home = visitor.get(f"/{language}/")
    assert title_of(home.text) == f"Overview · {NAME}"
    assert PURPOSE in text_of(home)
    assert PUBLISHER in home.text.partition('<footer class="colophon">')[2]

    # Two bodies of two kinds and two asks, one of them put by letter.
    company_ask, parliament_ask = ask_two_bodies(desk)
    for ask, kind in ((company_ask, "company"), (parliament_ask, "parliament")):
        assert f"<span>{kind}</span>" in visitor.get(ask.body.get_absolute_url()).text.lower()
        assert ask.body.reached_by == BodyKind.objects.get(slug=kind).reached_by == "directly"
    shown = text_of(visitor.get(company_ask.get_absolute_url()))
    assert "Not yet checked" in shown
    assert PUBLISHER in shown
    assert "Open letter on cobalt" in shown
    assert "Proposed by the editors" in text_of(visitor.get(parliament_ask.get_absolute_url()))

    # A look that found nothing.
    look(desk, company_ask)
    shown = text_of(visitor.get(company_ask.get_absolute_url()))
    assert "No public response found in 40 days" in shown
    assert "The pages for investors could not be opened." in shown

    # Somebody follows the issue, and is told of the response that comes.
    page = sign_up(visitor, subject="issue:cobalt", frequency="at_once")
    queue()
    assert "Check your mail" in text_of(visitor.get(page["Location"]))
    (confirmation,) = sink.messages
    managed = visitor.post(link_in(confirmation))
    assert "Children in cobalt mines" in text_of(visitor.get(managed["Location"]))
    assert Subscriber.objects.get().frequency == "at_once"
    said = source(title="Answer to the letter", url=ANSWER, published_on=days_ago(3))
    answer = send(desk, record_page(ask=company_ask), **response(), **said)
    assert "Recorded for CO-1: “Acknowledged”" in text_of(answer)
    send_what_is_due(queue)
    _confirmation, notice = sink.messages
    assert str(notice["From"]) == f"{NAME} <follow@127.0.0.1>"
    assert notice["List-Id"] == f"{NAME} <updates.127.0.0.1>"
    assert notice["Subject"] == "Cellcom: Acknowledged – Name every mine"
    for part in ("plain", "html"):
        text = " ".join(notice.get_body([part]).get_content().split())
        day = written_day(days_ago(3), "day")
        assert f"“Acknowledged” ({day}), before that “No public response found”." in text
        for words in ("It has the letter", "Answer to the letter", ANSWER, PUBLISHER):
            assert words in text, (part, words)
    shown = text_of(visitor.get(company_ask.get_absolute_url()))
    assert "Acknowledged" in shown
    assert "No answer on the substance in 40 days since the letter" in shown
    assert "To the first sign of receipt 37 days" in shown

    # A page to print, and the picture of a shared link.
    brief = visitor.get(reverse("body_brief", args=["cellcom"]))
    assert title_of(brief.text).endswith(f"· {NAME}")
    for words in (NAME, "Name every mine", "Acknowledged"):
        assert words in text_of(brief)
    page = visitor.get(company_ask.get_absolute_url()).text
    address = re.search(r'property="og:image" content="http://testserver([^"]+)"', page)[1]
    picture = visitor.get(address)
    assert picture["Content-Type"] == "image/png"
    image = Image.open(BytesIO(picture.getvalue()))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    waits = f"40 days without an answer since the letter of {written_day(days_ago(40), 'day')}"
    stands = [("no_answer", "Acknowledged")]
    words = (NAME, "Name every mine", "Cellcom plc", waits, stands)
    assert drawn == [words]

    # A feed and a calendar, read by parsers that did not write them.
    feed = ElementTree.fromstring(visitor.get(reverse("update_feed"), {"looks": "1"}).content)
    assert NAME in feed.findtext(f"{ATOM}title")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == PUBLISHER
    titles = [title.text for title in feed.iterfind(f"{ATOM}entry/{ATOM}title")]
    assert titles[:2] == ["Cellcom: Acknowledged", "Cellcom: Looked: no public response found"]
    calendar = vobject.readOne(visitor.get(reverse("meeting_calendar")).text)
    assert NAME in calendar.contents["x-wr-calname"][0].value
    events = {event.uid.value: event for event in calendar.contents["vevent"]}
    session = events["meeting-spring"]
    assert session.summary.value == "PoI: Reading of the import law"
    assert (session.dtstart.value, session.status.value) == (days_ago(-60), "CONFIRMED")

    # What a reader tells leads to a response; an Editor writes it, a second person publishes it.
    form = link_of(visitor.get(parliament_ask.get_absolute_url()), "An answer we missed? Tell us")
    told = Controls(visitor.get(form).text.partition("<main")[2]).sent
    told |= {"link": PROMISE, "words": "The minister spoke in the second sitting."}
    page = visitor.post(form, told, headers=SAME_ORIGIN)
    assert "Your report is here" in text_of(visitor.get(page["Location"]))
    editor, report = somebody(seen, "Editor"), Report.objects.get()
    assert "on CO-2" in text_of(editor.get(DESK))
    page = editor.get(change_page(report))
    assert "second sitting" in text_of(page)
    said = source(
        title="Minutes of the second sitting",
        publisher="Parliament of the Isles",
        url=PROMISE,
        published_on=days_ago(2),
        tier="1",
    )
    assert Controls(editor.get(link_of(page, "Record a response with this source")).text).sent[
        "source-1-url"
    ] == said.pop("source-1-url")
    promise = response(
        status="committed",
        happened_on=days_ago(2),
        summary="The minister promised the law.",
        quote="We will propose that law.",
        speaker="The Minister of Trade",
        tell="digest",
    )
    answer = send(editor, link_of(page, "Record a response with this source"), **promise, **said)
    assert "It waits for a second person." in text_of(answer)
    close = reverse("admin:advocacy_report_close", args=[report.pk])
    answer = editor.post(
        close,
        Controls(editor.get(change_page(report)).text).sent | {"outcome": "used"},
        follow=True,
    )
    assert "will be deleted in thirty days" in text_of(answer)
    draft = Draft.objects.get()
    assert "The minister promised" not in visitor.get(parliament_ask.get_absolute_url()).text
    published = Controls(desk.get(change_page(draft)).text).sent
    desk.post(reverse("admin:advocacy_draft_publish", args=[draft.pk]), published)
    shown = text_of(visitor.get(parliament_ask.get_absolute_url()))
    assert "Promised" in shown
    assert "The minister promised the law." in shown
    assert "not put to this body" in shown

    # The record holds together, and not a word of another stands on anything that was shown.
    call_command("verify_record")
    for path in public_pages():
        assert visitor.get(f"/{language}/{path}").status_code == 200, path
    seen += [(str(mail["Subject"]), readable(mail)) for mail in sink.messages]
    of_another = re.compile(f"{PROGRAM.pattern}|{NEW}", re.I)
    found = {
        where: words
        for where, said in seen
        if (words := named_in(said) + of_another.findall(THE_PROGRAM_OF_THE_FILE.sub("", said)))
    }
    assert found == {}
    assert visitor.cookies == {}


def readable(mail):
    """All that a message says, in its headers too."""
    parts = [mail.get_body([kind]).get_content() for kind in ("plain", "html")]
    return "\n".join([*parts, *map(str, mail.values())])
