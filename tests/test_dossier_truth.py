"""Nothing in the dossier says more than its sources: what product and vocabulary demand of it."""

import calendar
import json
import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.management.commands.load_content import FILES
from advocacy.models import (
    Event,
    Meeting,
    Organisation,
    Paragraph,
    RecommendedAction,
    ResponseStatus,
    SearchLog,
    Source,
    StatusUpdate,
    Submission,
    TargetBody,
    Tier,
    Verification,
)
from advocacy.models.dates import last_day
from advocacy.models.standing import NOT_PUT
from tests.dossier import DOSSIER, rows_of
from tests.pages import text_of

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.django_db,
    pytest.mark.thorough,
    pytest.mark.usefixtures("content"),
]

S = ResponseStatus
WHOLE = {"timeline": "all"}
FOUR_HOSTS = {"nkdb", "uprights", "pijl", "trp"}
# Who put what to whom, and when, as far as a source shows it. All other asks are proposals.
PUT = {
    ("NK-01-UNSC", date(2024, 12, 16), "public"): {"nkdb"},
    ("NK-01-ILO", date(2024, 12, 16), "public"): {"nkdb"},
    ("NK-01-HRC", date(2024, 12, 16), "public"): {"nkdb"},
    ("NK-02", date(2024, 12, 16), "public"): FOUR_HOSTS,
    ("NK-03", date(2024, 12, 16), "public"): FOUR_HOSTS,
    ("NK-04A", date(2024, 12, 16), "public"): FOUR_HOSTS,
    ("NK-04B", date(2024, 12, 16), "public"): FOUR_HOSTS,
    ("NK-04A", date(2025, 1, 23), "letter"): {"nkhr"},
    ("NK-20", date(2025, 2, 4), "letter"): {"tjwg"},
    ("NK-04A", date(2025, 3, 11), "letter"): {"tjwg"},
    ("NK-03", date(2025, 3, 19), "oral"): {"nkdb", "fidh"},
    ("NK-05A", date(2025, 11, 20), "public"): {"nhrck"},
}
# The days on which somebody looked: the organisers of the webinar, and twice for this record.
LOOKED = {date(2024, 12, 16), date(2026, 11, 23), date(2026, 11, 26)}
# The tier that each status demands; independent reporting stands in for all but the last two.
TIERS = {
    S.UNDER_DISCUSSION: {Tier.OFFICIAL_RECORD},
    S.COMMITTED: {Tier.OFFICIAL_RECORD, Tier.OFFICIAL_STATEMENT},
    S.PARTIAL_ACTION: {Tier.OFFICIAL_RECORD},
    S.ACTION_TAKEN: {Tier.OFFICIAL_RECORD},
    S.REFUSED: {Tier.OFFICIAL_RECORD, Tier.OFFICIAL_STATEMENT},
    S.BLOCKED: {Tier.OFFICIAL_RECORD},
}
# Who did something, by the facts; the other bodies that the facts name are not known to have.
ACTED = [
    "unsc",
    "ilo",
    "hrc",
    "unga",
    "unga-third-committee",
    "msmt",
    "sr-dprk",
    "ohchr",
    "ohchr-seoul",
    "ua-opg",
    "icrc",
    "ua",
    "kr",
    "ru",
    "kp",
    "eu",
    "ep",
    "nhrck",
    "nato",
    "ecthr",
    "pace",
    "un-sg",
    "g7",
    "us",
]
NOT_KNOWN_TO_HAVE = [
    "1718-committee",
    "sr-slavery",
    "sr-torture",
    "wgad",
    "wgeid",
    "coi-ukraine",
    "icc",
    "unhcr",
    "special-tribunal",
]
OFFICES = re.compile(
    r"President|permanent representative|Special Rapporteur|spokesperson|head of|foreign minister"
    r"|ambassador|delegation|official|Office of the Prosecutor General",
    re.I,
)
LANGUAGE = re.compile(r"\(.*\bin (English|Korean|Russian)\b.*\)|, in English\)")
# What no text may tell of captured men: when and where they came, who they are.
FINDS_A_PERSON = re.compile(r"mid-September|\b(Ri|Paek|Baek|Lee)\b(?! Jae)|\b\d\d-year-old\b")
# Words of those who made the record; readers know none of them.
OUR_OWN_WORDS = re.compile(r"\bstored\b|by meaning|facts\.json|fixture|\bpattern\b address", re.I)


def test_no_ask_is_put_into_the_mouth_of_anybody():
    put = {
        (one.action.reference, one.submitted_on, one.channel): {
            organisation.slug for organisation in one.organisations.all()
        }
        for one in Submission.objects.in_force().select_related("action")
    }

    assert put == PUT
    for one in Submission.objects.all():
        assert one.source, one.slug
        assert one.source.was_read, f"{one.slug} is known from a page that nobody opened"
    named = {slug for slugs in PUT.values() for slug in slugs}
    assert set(Organisation.objects.values_list("slug", flat=True)) - {"answerable"} == named


def test_what_nobody_put_to_a_body_says_so_and_has_no_clock(client):
    asked = {reference for reference, *_ in PUT}
    for ask in RecommendedAction.objects.published().with_status().with_related():
        assert ask.standing.is_proposed == (ask.reference not in asked), ask
        if ask.standing.is_proposed:
            assert ask.standing.clocks == []
            assert ask.standing.clock_words == str(NOT_PUT)
            page = text_of(client.get(ask.get_absolute_url()))
            assert str(NOT_PUT) in page
            assert not re.search(r"days? since the|without an answer|First answer after", page), ask


def test_a_clock_runs_only_where_somebody_asked_and_somebody_looked():
    with_clock = [ask for ask in RecommendedAction.objects.with_status() if ask.standing.clocks]

    assert with_clock
    for ask in with_clock:
        assert ask.submissions.in_force().exists(), ask
        assert ask.updates.looks().exists(), ask


def test_an_ask_that_nobody_looked_at_is_not_checked():
    for ask in RecommendedAction.objects.published().with_status():
        unseen = not ask.updates.exists()
        assert unseen == (ask.status == S.NOT_CHECKED), ask


def test_no_look_is_entered_that_nobody_made():
    for look in StatusUpdate.objects.looks().select_related("search_log"):
        assert look.happened_on == look.checked_on == look.search_log.searched_on
        assert look.happened_on in LOOKED, look.key
    for log in SearchLog.objects.all():
        assert log.updates.exists(), log.key
        for words in (log.places, log.terms, log.gaps):
            assert words
            assert not OUR_OWN_WORDS.search(words), f"{log.key}: {words}"
        if log.searched_on > date(2025, 1, 1):
            assert "No live site" in log.gaps, log.key


def test_every_status_has_evidence_of_the_tier_it_demands():
    for entry in StatusUpdate.objects.responses().prefetch_related("sources"):
        tiers = {source.tier for source in entry.sources.all() if not source.is_weak}
        if not tiers & TIERS[S(entry.status)]:
            assert entry.status not in (S.REFUSED, S.BLOCKED), entry.key
            assert Tier.INDEPENDENT in tiers, entry.key
            assert entry.verification == Verification.REPORTED, entry.key
        if entry.status == S.COMMITTED:
            assert entry.quote, entry.key
        if entry.status == S.PARTIAL_ACTION:
            assert entry.missing, entry.key


def test_what_nobody_opened_is_marked_wherever_its_status_stands(client):
    marked = "known from digests; the article was not read"
    delivered = RecommendedAction.objects.with_status().filter(status=S.ACTION_TAKEN)

    assert {ask.reference for ask in delivered} == {"NK-04A", "NK-05A"}
    for ask in delivered:
        assert marked in ask.standing.status_words
        assert marked in text_of(client.get(ask.get_absolute_url()))
        assert marked in text_of(client.get(ask.body.get_absolute_url()))


def test_nothing_rests_on_copies_alone_and_nothing_is_hidden():
    for model in (StatusUpdate, Event, Paragraph):
        for row in model.objects.filter(sources__isnull=False).prefetch_related("sources"):
            assert any(not source.is_weak for source in row.sources.all()), row
    assert not Event.objects.without_source().exists()
    shown = set(Event.objects.happened().values_list("slug", flat=True))
    assert shown == set(Event.objects.values_list("slug", flat=True))


def test_no_text_tells_of_a_day_later_than_its_own():
    """So that a past day shows nothing later, whatever day is chosen."""
    months = list(calendar.month_name)[1:]
    dated = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(months)}) (\d{{4}})")
    rows = [
        (event.slug, event.happened_on, event.happened_precision, f"{event.title} {event.text}")
        for event in Event.objects.all()
    ]
    for entry in StatusUpdate.objects.responses():
        told = " ".join([entry.summary, entry.quote, entry.missing, entry.reference, entry.speaker])
        rows.append((entry.key, entry.happened_on, entry.happened_precision, told))
    for paragraph in Paragraph.objects.exclude(day=None):
        rows.append((paragraph.slug, paragraph.day, paragraph.precision, paragraph.text))
    for where, day, precision, text in rows:
        for number, month, year in dated.findall(text):
            named = date(int(year), months.index(month) + 1, int(number or 1))
            assert named <= last_day(day, precision), f"{where}: {named}"


def test_no_source_is_left_without_use():
    used = set()
    of_the_record = ["updates", "submissions", "decisions", "statements"]
    for users in [*of_the_record, "events", "paragraphs", "treaty_statuses"]:
        used |= set(Source.objects.filter(**{f"{users}__isnull": False}).values_list("key"))
    assert set(Source.objects.values_list("key")) == used


def test_no_state_medium_is_called_independent_reporting():
    for source in Source.objects.filter(tier=Tier.INDEPENDENT):
        assert source.is_independent, source.key
        assert "state" not in source.publisher.lower(), source.key
    for source in Source.objects.filter(publisher__startswith="The Korea Herald"):
        assert source.tier == Tier.INDEPENDENT


def test_every_quotation_has_speaker_office_and_language():
    quoted = StatusUpdate.objects.exclude(quote="")
    assert quoted.count() >= 8
    for entry in quoted:
        assert OFFICES.search(entry.speaker), entry.key
        assert LANGUAGE.search(entry.speaker), entry.key
        if not entry.quote.isascii() and re.search(r"[а-яґєії가-힣]", entry.quote, re.I):
            assert "Our translation: “" in entry.quote, entry.key


def test_words_quoted_in_a_text_have_speaker_office_and_language():
    texts = [(event.slug, f"{event.title}. {event.text}") for event in Event.objects.all()]
    texts += [(told.slug, told.text) for told in Paragraph.objects.all()]
    found = 0
    for where, text in texts:
        # Two words are a term, not a sentence; the name of a status is our own.
        quotes = [q for q in re.findall("“([^”]+)”", text) if len(q.split()) > 2]
        quotes = [q for q in quotes if not q.startswith("no public response found")]
        found += len(quotes)
        if quotes:
            assert OFFICES.search(text), where
            assert LANGUAGE.search(text), where
    assert found >= 6


@pytest.mark.parametrize("slug", [*ACTED, *NOT_KNOWN_TO_HAVE])
def test_every_body_of_the_facts_has_a_page_that_says_what_it_did(client, slug):
    body = TargetBody.objects.get(slug=slug)
    page = text_of(client.get(body.get_absolute_url()))

    nothing = "This record knows of nothing that it did in this matter."
    did = list(Event.objects.filter(by_bodies=body).happened().newest_first()[:25])
    assert bool(did) == (slug in ACTED)
    assert (nothing in page) == (slug in NOT_KNOWN_TO_HAVE)
    for event in did:
        assert event.title in page


def test_there_is_no_body_that_the_facts_do_not_name():
    assert set(TargetBody.objects.values_list("slug", flat=True)) == {*ACTED, *NOT_KNOWN_TO_HAVE}


def test_the_council_moved_on_19_march_2025_and_later_texts_say_no_more_than_was_read():
    moved = StatusUpdate.objects.responses().filter(action__body__slug="hrc")

    first = moved.order_by("happened_on").first()
    assert (first.happened_on, first.status) == (date(2025, 3, 19), S.UNDER_DISCUSSION)
    assert set(moved.values_list("status", flat=True)) == {S.UNDER_DISCUSSION}
    assert not moved.filter(reference__contains="61/27").exists()
    for slug, symbol in [("e044", "58/17"), ("e072", "61/27")]:
        event = Event.objects.get(slug=slug)
        assert symbol in event.title
        assert "text was not read" in event.text


PROMISED = (
    "한국행 요청시 전원 수용한다는 기본 원칙 및 관련 법령에 따라 필요한 보호와 지원을 제공해나갈 것"
)


def test_south_korea_promised_on_19_february_2025_in_these_words():
    for reference in ("NK-05A", "NK-05B"):
        promise = StatusUpdate.objects.get(action__reference=reference, status=S.COMMITTED)
        assert promise.happened_on == date(2025, 2, 19)
        assert PROMISED in promise.quote


def test_the_yearly_texts_of_the_assembly_were_read_and_do_not_speak_of_the_soldiers():
    assert not StatusUpdate.objects.responses().filter(action__reference="NK-14").exists()
    for slug in ("unga-2024-12-17", "unga-2025-12-18"):
        event = Event.objects.get(slug=slug)
        assert "The text was read: it says nothing of Russia, Ukraine or soldiers" in event.text
        assert [body.slug for body in event.by_bodies.all()] == ["unga"]
    named = Event.objects.get(slug="unga-2025-02-24")
    assert "ES-11/7" in named.title
    assert "The UN’s text was not read" in named.text
    assert TargetBody.objects.get(slug="unga-third-committee").actions.get().reference == "NK-14"


def test_an_opened_inquiry_is_no_answer_to_the_ask_for_its_state():
    assert not StatusUpdate.objects.responses().filter(action__reference="NK-18").exists()
    opened = StatusUpdate.objects.responses().get(action__reference="NK-19")
    assert (opened.status, opened.happened_on) == (S.PARTIAL_ACTION, date(2024, 10, 25))


def test_opposite_words_stand_beside_the_kind_ones(client):
    page = text_of(client.get(reverse("issue_detail", args=["pow-protection"]), WHOLE))

    for words in [
        "would be exchanged for Ukrainians and not sent to South Korea",
        "ready to hand captives to Pyongyang in return for Ukrainians",
        "For those North Korean soldiers who do not wish to return, there may be other options",
        "whoever wants to go home must be sent home under the Geneva Conventions",
        "It’s not up to the two prisoners of war to decide where to go, necessarily.",
        "Ukraine may not send the men where they would face torture",
        "the decision is the prisoners’",
        "The law is read in two ways.",
    ]:
        assert words in page, words


def test_meetings_of_the_security_council_stand_on_their_days(client):
    held = Event.objects.filter(by_bodies__slug="unsc").values_list("happened_on", flat=True)
    days = [
        *[(2024, 6, 12), (2024, 6, 18), (2024, 6, 28), (2024, 10, 21), (2024, 10, 30)],
        *[(2024, 10, 31), (2024, 11, 4), (2024, 11, 27), (2024, 12, 18), (2025, 1, 8)],
        *[(2025, 1, 16), (2025, 2, 24), (2025, 3, 26), (2025, 4, 29), (2025, 5, 7)],
    ]
    assert {date(*day) for day in days} <= set(held)
    page = text_of(client.get(reverse("body_detail", args=["unsc"])))
    for symbol in ("SC/15726", "SC/15755", "SC/15877", "SC/15945", "SC/15968", "SC/16058"):
        assert symbol in page
    issue = text_of(client.get(reverse("issue_detail", args=["deployment-security"]), WHOLE))
    assert "9591st meeting" in issue


def test_no_text_tells_what_could_find_a_person():
    for file in FILES:
        if file == "checklist_steps.json":
            continue
        for row in rows_of(DOSSIER, file):
            told = {k: v for k, v in row["fields"].items() if not k.endswith("url")}
            text = json.dumps(told, ensure_ascii=False)
            assert not FINDS_A_PERSON.search(text), text[:200]


def test_next_chances_are_those_that_somebody_can_still_take(client):
    today = timezone.localdate()
    chances = Meeting.objects.chances()

    assert chances
    for meeting in chances:
        assert meeting.act_by >= today
        assert not meeting.who_can_act.startswith("Nobody"), meeting.slug
    for meeting in Meeting.objects.filter(who_can_act__startswith="Nobody"):
        assert meeting.act_by is None, meeting.slug
    assert not Meeting.objects.filter(what_can_be_done="The session is over.").exists()
    shown = client.get(reverse("overview")).context["meetings"]
    assert [meeting.act_by for meeting in shown] == sorted(meeting.act_by for meeting in shown)
    bodies = set(chances.values_list("body__slug", flat=True))
    assert {"icc", "coi-ukraine", "sr-dprk", "pace", "eu", "1718-committee"} <= bodies
