"""What each surface says of an ask: the words of its standing, whoever shows them."""

import html
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.mailing import letters
from advocacy.models import (
    Edition,
    EditionKind,
    RecommendedAction,
    ResponseStatus,
    StatusUpdate,
)
from advocacy.public.share.words import words_of_ask, words_of_asks
from tests.factories import (
    make_action,
    make_body,
    make_event,
    make_issue,
    make_source,
    make_step,
    record,
    record_look,
    submit,
    translate,
    translate_rest,
)
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

S = ResponseStatus
SILENT = ["No answer", "No public response found", "without an answer"]
CONFIDENTIAL = "No public position; this body works in confidence"
NOT_PUT = "Proposed by the editors; not put to this body"


def make_ask(*, confidential=False, **fields):
    body = make_body(
        slug="council", name="The Council", abbreviation="COU", works_in_confidence=confidential
    )
    issue = make_issue(slug="labour", title="Forced labour")
    ask = make_action(issue=issue, body=body, title="Take it up", slug="ask", **fields)
    make_step(action=ask, slug="step")
    return ask


def in_confidence():
    record_look(make_ask(confidential=True))


def no_response():
    record_look(make_ask())


def never_looked():
    make_ask()


def proposed():
    make_ask(asked_on=None)


def proposed_and_looked():
    record_look(make_ask(asked_on=None))


def proposed_and_promised():
    record(make_ask(asked_on=None), S.COMMITTED, happened_on=date(2025, 2, 19))


def stood_so_before():
    record(make_ask(), S.UNDER_DISCUSSION, happened_on=date(2024, 10, 30))


def paused():
    record_look(make_ask(paused_on=date(2025, 1, 25), pause_reason="The post is empty"))


def corrected():
    ask = make_ask()
    wrong = record(ask, S.ACTION_TAKEN, happened_on=date(2025, 1, 5))
    record(
        ask,
        S.UNDER_DISCUSSION,
        happened_on=date(2025, 1, 5),
        corrects=wrong,
        correction_reason="It only debated it.",
    )


def looked_again():
    ask = make_ask()
    record(ask, S.COMMITTED, happened_on=date(2025, 3, 19))
    record_look(ask, date(2026, 1, 1))


def points_the_other_way():
    record(make_ask(), S.UNDER_DISCUSSION, happened_on=date(2025, 3, 19), points_other_way=True)


def source_never_opened():
    unopened = make_source(accessed_on=None)
    copy = make_source(is_weak=True)
    record(make_ask(), S.ACTION_TAKEN, happened_on=date(2025, 3, 19), sources=[unopened, copy])


# How the record was made; the words of the status; the start of those of the wait; the words of
# the newest entry; what no surface may say.
CASES = {
    "in confidence": (
        in_confidence,
        CONFIDENTIAL,
        CONFIDENTIAL,
        "Looked: no public position; this body works in confidence",
        SILENT,
    ),
    "no response": (
        no_response,
        "No public response found",
        "No public response found in",
        "Looked: no public response found",
        ["Looked again", "nothing new"],
    ),
    "submitted and unlooked": (never_looked, "Not yet checked", "Not yet checked", None, SILENT),
    "proposed": (proposed, "Proposed by the editors", NOT_PUT, None, [*SILENT, "Not yet checked"]),
    "proposed and looked": (
        proposed_and_looked,
        "Proposed by the editors",
        NOT_PUT,
        None,
        [*SILENT, "Not yet checked"],
    ),
    "proposed and promised": (
        proposed_and_promised,
        "Promised",
        NOT_PUT,
        "Promised",
        [*SILENT, "First answer", "last movement"],
    ),
    "stood so before": (
        stood_so_before,
        "Under discussion",
        "It stood so before the ask (30 October 2024); nothing new in",
        "Under discussion",
        [*SILENT, "First answer"],
    ),
    "paused": (
        paused,
        "No public response found",
        "Clock paused after 40 days: The post is empty",
        "Looked: no public response found",
        ["without an answer"],
    ),
    "corrected": (
        corrected,
        "Under discussion",
        "First answer after 20 days; last movement",
        "Under discussion",
        [*SILENT, "Done"],
    ),
    "looked again": (
        looked_again,
        "Promised",
        "First answer after 93 days; last movement",
        "Looked again: nothing new",
        [*SILENT, "Looked:"],
    ),
    "source never opened": (
        source_never_opened,
        "Action taken (known from digests; the article was not read)",
        "Done 93 days after the public call",
        "Action taken (known from digests; the article was not read)",
        [*SILENT, "Promised"],
    ),
    "points the other way": (
        points_the_other_way,
        "Under discussion (points the other way)",
        "First answer after 93 days; last movement",
        "Under discussion (points the other way)",
        [*SILENT, "Refused", "Against"],
    ),
}


def page(name, *args, **query):
    def read(client):
        return text_of(client.get(reverse(name, args=args), query))

    return read


def admin_page(client):
    ask = RecommendedAction.objects.get()
    return text_of(client.get(reverse("admin:advocacy_recommendedaction_change", args=[ask.pk])))


def admin_list(client):
    return text_of(client.get(reverse("admin:advocacy_recommendedaction_changelist")))


def picture(_client):
    return words_in_the_picture(words_of_ask(asks().get()))


def picture_of_the_body(_client):
    return words_in_the_picture(words_of_asks(asks()))


def words_in_the_picture(told):
    return " · ".join([*(said for _mark, said in told["stands"]), told["wait"]])


def asks():
    return RecommendedAction.objects.with_status().with_related()


def as_data(name, **query):
    """What a list says in another form than its page."""

    def read(client):
        return html.unescape(client.get(reverse(name), query).text)

    return read


WITH_STATUS = {
    "list": page("action_list"),
    "ask": page("action_detail", "ask"),
    "issue": page("issue_detail", "labour"),
    "body": page("body_detail", "council"),
    "overview": page("overview"),
    "brief of the issue": page("issue_brief", "labour"),
    "brief of the body": page("body_brief", "council"),
    "checklist": page("my_checklist"),
    "sheet": page("checklist_sheet", step="step"),
    "picture": picture,
    "JSON": as_data("action_json"),
    "list as a feed": as_data("action_feed"),
    "desk: list": admin_list,
    "desk: ask": admin_page,
}
# Of these a case that is proposed says on every one that it was put to nobody.
WITH_WAIT = ["list", "ask", "issue", "body", "brief of the issue", "brief of the body"]
WITH_WAIT += ["JSON", "list as a feed"]


def surface_of(case, surface, client):
    """What a surface shows of the ask; proposals have a list of their own."""
    if case.startswith("proposed"):
        proposals = {
            "list": page("action_list", proposed="on"),
            "JSON": as_data("action_json", proposed="on"),
            "list as a feed": as_data("action_feed", proposed="on"),
        }
        if surface in proposals:
            return proposals[surface](client)
    return WITH_STATUS[surface](client)


# The record of these pages also holds what was corrected, so only the list is read for it.
@pytest.mark.parametrize("surface", WITH_STATUS)
@pytest.mark.parametrize("case", CASES)
def test_every_surface_says_of_an_ask_what_its_standing_says(client, editor, case, surface):
    make, status, wait, _entry, never = CASES[case]
    make()

    shown = surface_of(case, surface, client)

    assert status in shown
    if surface in WITH_WAIT or case == "proposed and promised":
        assert wait in shown
    # What filters, method and definitions offer stands on every page; of the ask, nothing more.
    if surface in ("picture", "brief of the issue", "brief of the body", "sheet", "JSON"):
        said = shown.replace("“No public response found” says where we looked", "")
        assert [words for words in never if words in said] == []


@pytest.mark.parametrize("case", CASES)
def test_the_picture_of_several_asks_counts_them_as_their_standing_does(case):
    make, _status, _wait, _entry, never = CASES[case]
    make()

    shown = picture_of_the_body(None)

    if case == "in confidence":
        assert "Works in confidence: 1" in shown
        assert [words for words in never if words in shown] == []
    if case.startswith("proposed"):
        assert "Proposed by the editors: 1" in shown
        assert "0 asks" not in shown
    assert ("without an answer" in shown) == (case == "no response")


def feed(client):
    return client.get(reverse("update_feed"), {"looks": "1"}).text


def notice(part):
    def read(_client):
        entry = StatusUpdate.objects.order_by("-pk").first()
        letter = letters.notice_letter(Edition(kind=EditionKind.NOTICE, entry=entry), "en")
        return getattr(letter, part)

    return read


def digest(part):
    def read(_client):
        entries = list(StatusUpdate.objects.with_related().order_by("-pk")[:1])
        return getattr(letters.digest_letter(entries, "en"), part)

    return read


def updates(client):
    """The list of entries; looks stand there one by one on the list of their day."""
    entry = StatusUpdate.objects.order_by("pk").last()
    query = {"looked_on": entry.happened_on} if entry.is_look else {}
    return page("update_list", **query)(client)


OF_ENTRIES = {
    "updates": updates,
    "ask": page("action_detail", "ask"),
    "issue": page("issue_detail", "labour", looks="1"),
    "feed": feed,
    "JSON": as_data("update_json", looks="1"),
    "notice: subject": notice("subject"),
    "notice: text": notice("text"),
    "notice: HTML": notice("html"),
    "digest: text": digest("text"),
    "digest: HTML": digest("html"),
}


@pytest.mark.parametrize("surface", OF_ENTRIES)
@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][3]])
def test_every_surface_says_of_an_entry_what_it_is(client, case, surface):
    make, _status, _wait, entry, never = CASES[case]
    make()

    shown = OF_ENTRIES[surface](client)

    assert entry in shown
    if surface in ("feed", "JSON") or surface.startswith(("notice", "digest")):
        said = shown.replace("“No public response found” says where we looked", "")
        assert [words for words in never if words in said] == []


@pytest.mark.parametrize("surface", [name for name in OF_ENTRIES if name != "notice: subject"])
def test_every_surface_says_of_an_entry_that_its_ask_was_put_to_nobody(client, surface):
    proposed_and_promised()
    assert NOT_PUT in OF_ENTRIES[surface](client)

    submit(RecommendedAction.objects.get(), date(2026, 3, 3))

    assert NOT_PUT not in OF_ENTRIES[surface](client)


def test_what_is_proposed_is_in_no_list_of_asks_and_no_list_of_it_holds_an_ask(client):
    proposed_and_promised()
    make_action(title="Another one")

    asked, proposals = page("action_list")(client), page("action_list", proposed="on")(client)

    assert ("Another one" in asked, "Take it up" in asked) == (True, False)
    assert ("Another one" in proposals, "Take it up" in proposals) == (False, True)
    assert "1 ask 1 more is proposed by the editors and was put to no body" in asked
    assert "1 ask proposed by the editors" in proposals
    assert "Proposed by the editors (1)" in asked
    assert "Proposed by the editors (1)" in proposals


def test_a_look_is_not_titled_like_an_answer_in_the_feed(client):
    no_response()

    titles = [line for line in feed(client).splitlines() if "COU:" in line]

    assert titles
    assert all("COU: Looked: no public response found" in title for title in titles)


@pytest.mark.parametrize("language", ["uk", "ko"])
@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][3]])
def test_both_parts_of_a_mail_say_the_same_in_the_language_of_the_follower(case, language):
    CASES[case][0]()
    entry = StatusUpdate.objects.order_by("-pk").first()
    translate(entry.action.body, language, name="The Council")
    translate_rest(language)

    letter = letters.notice_letter(Edition(kind=EditionKind.NOTICE, entry=entry), language)
    change = letters.change_of  # In English here: none of its words may be in the letter.
    english = change(entry, "en", entry.earlier_label)

    assert english.headline not in letter.text
    assert english.headline not in letter.html
    headline = next(line for line in letter.text.splitlines() if "The Council" in line)
    assert headline in letter.html
    if entry.summary:
        assert entry.text_of("summary", language) in letter.text
        assert entry.text_of("summary", language) in letter.html


LINKING = {name: OF_ENTRIES[name] for name in ["ask", "issue", "feed", "notice: HTML"]}
LINKING |= {"notice: text": notice("text"), "digest: text": digest("text"), "desk": admin_page}


@pytest.mark.parametrize("surface", LINKING)
def test_wherever_a_source_that_may_show_people_is_linked_the_link_says_so(client, editor, surface):
    ask = make_ask()
    record(ask, sources=[make_source(title="A report", exposes_people=True)])
    make_event(issues=[ask.issue], sources=[make_source(title="Another", exposes_people=True)])
    warning = "may show people at risk: you need not open it"

    shown = LINKING[surface](client)

    # The page of an issue names the source of an event beside it and below, among all.
    links = shown.count("A report") + (2 * shown.count("Another") if surface == "issue" else 0)
    assert links
    assert shown.count(warning) == links


def test_a_wait_of_no_day_is_no_wait_in_the_lead(client):
    today = timezone.localdate()
    record_look(make_ask(asked_on=today), today)

    shown = page("overview")(client)
    assert "1 without an answer." in shown
    assert "0 days" not in shown[: shown.index("The silence after each ask")]
