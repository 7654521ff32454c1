"""Packs: texts to fill in, from the ask or the meeting to paper."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Pack, PackKind
from tests.factories import make_action, make_body, make_issue, make_meeting, make_pack
from tests.pages import IN_EVERY_PAGE, options_of, text_of
from tests.staff import change_page, send

pytestmark = pytest.mark.django_db

FAR = {"starts_on": date(2099, 2, 1), "ends_on": date(2099, 4, 1)}
STATEMENT = """\
## Before you speak

Register by [day].

> Mr President,
> the [number] soldiers are still held. We ask the Council to speak.
"""


def statement(**fields):
    kind = {"kind": PackKind.STATEMENT, "spoken_seconds": 90, "text": STATEMENT}
    return make_pack(**kind | fields)


def titles(client, **filters):
    return [pack.title for pack in client.get(reverse("pack_list"), filters).context["packs"]]


# The page of a pack


def test_a_pack_says_who_may_use_it_how_long_it_takes_and_what_for(client):
    action = make_action(body=make_body(abbreviation="HRC"), title="Speak up", reference="A-1")
    soon = make_meeting(title="The next session", **FAR)
    over = make_meeting(title="Long over", starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
    anyday = make_meeting(title="Any time", kind="standing", starts_on=None, ends_on=None)
    pack = make_pack(
        title="A letter",
        summary="Asks for an answer.",
        who="Who lives there.",
        minutes=25,
        actions=[action, make_action(title="Nobody knows yet", state="draft")],
        meetings=[soon, over, anyday],
        issues=[make_issue(title="Forced labour")],
    )

    response = client.get(pack.get_absolute_url())

    shown = text_of(response)
    for words in [
        "A letter",
        "Asks for an answer.",
        "Who may use it Who lives there.",
        "To read and fill in 25 minutes",
        "Dear [name], please answer.",
        "Fill in what is marked",
        "HRC: Speak up",
        "The next session",
        "Any time",
        "Forced labour",
    ]:
        assert words in shown, words
    assert "Long over" not in shown
    assert "Nobody knows yet" not in shown
    assert "To speak" not in shown
    assert '<meta name="description" content="Asks for an answer.">' in response.text
    assert "<mark>[name]</mark>, <strong>please</strong> answer." in response.text
    assert response.text.count("<h1") == 1


def test_a_statement_is_counted_against_the_time_a_speaker_has(client):
    pack = statement()
    shown = text_of(client.get(pack.get_absolute_url()))
    assert "To speak 14 words: 7 seconds at 120 words a minute. A speaker has 90 seconds." in shown
    assert "Longer than a speaker has" not in shown

    Pack.objects.update(spoken_seconds=6)
    shown = text_of(client.get(pack.get_absolute_url()))
    assert "A speaker has 6 seconds. Longer than a speaker has: shorten it." in shown


@pytest.mark.parametrize("language", ["uk", "ko"])
def test_its_words_are_marked_as_those_of_another_language(client, language):
    pack = make_pack(title="A letter", summary="Asks.", who="Anyone.", text="Dear [name]")
    address = pack.get_absolute_url().replace("/en/", f"/{language}/")

    html = client.get(address).text

    for words in ["A letter</h1>", "Asks.</span>", "Anyone.</span>", "\n<p>Dear", "\nDear [name]"]:
        (start,) = re.findall(
            rf'<[^<>]* lang="en"[^<>]*>{re.escape(words)}', html.replace("<p>Dear", "\n<p>Dear")
        )
        assert start
    assert f'<html lang="{language}"' in html


def test_it_is_downloaded_as_text_with_its_address_and_day(client):
    pack = make_pack(slug="letter", title="A letter", text="## To\n\n> Dear [name]\n\n**Now.**")
    page = client.get(pack.get_absolute_url())
    assert f'href="{reverse("pack_text", args=["letter"])}"' in page.text

    file = client.get(reverse("pack_text", args=["letter"]))

    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert file["Content-Disposition"] == 'attachment; filename="letter.txt"'
    assert file["Content-Language"] == "en"
    assert file.text == (
        "A letter\n\nTo\n\nDear [name]\n\nNow.\n\n"
        f"http://testserver/en/packs/letter/\n{timezone.localdate().isoformat()}\n"
    )
    assert "Dear [name]\n\nNow." in re.search(r"<textarea.*?</textarea>", page.text, flags=re.S)[0]


def test_on_paper_stand_where_it_is_from_and_the_day(client):
    pack = make_pack(slug="letter")

    html = client.get(pack.get_absolute_url()).text

    foot = re.search(r'<p class="pack__foot">.*?</p>', html, flags=re.S)[0]
    assert "http://testserver/en/packs/letter/" in foot
    assert f'datetime="{timezone.localdate().isoformat()}"' in foot


@pytest.mark.parametrize("field", ["title", "summary", "who", "text"])
def test_hostile_words_do_nothing_on_any_page(client, field):
    action, meeting = make_action(), make_meeting(**FAR)
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [go](javascript:alert(1))"
    pack = make_pack(actions=[action], meetings=[meeting], **{field: hostile})

    for address in [
        pack.get_absolute_url(),
        reverse("pack_list"),
        action.get_absolute_url(),
        reverse("meeting_list"),
    ]:
        html = client.get(address).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript' not in html
    assert hostile in text_of(client.get(pack.get_absolute_url()))


def test_an_unknown_pack_is_missing(client):
    for name in ("pack_detail", "pack_text"):
        assert client.get(reverse(name, args=["nothing"])).status_code == 404


# Where it is found


def test_the_list_has_them_by_kind_and_narrows_by_words_kind_and_issue(client):
    issue = make_issue(slug="labour")
    make_pack(title="Tell the press", kind="press", issues=[issue])
    make_pack(title="Speak", kind="statement", actions=[make_action(issue=issue)])
    make_pack(title="Letter B", summary="Про примусову працю.")
    make_pack(title="Letter A", actions=[make_action(also_on=[issue])])

    response = client.get(reverse("pack_list"))

    assert titles(client) == ["Letter A", "Letter B", "Speak", "Tell the press"]
    shown = text_of(response)
    assert "4 packs" in shown
    order = ["Letter Letter A", "Statement Speak", "Press line Tell the press"]
    assert sorted(order, key=shown.index) == order
    assert titles(client, kind="press") == ["Tell the press"]
    assert titles(client, issue="labour") == ["Letter A", "Speak", "Tell the press"]
    assert titles(client, q="ПРИМУСОВУ") == ["Letter B"]
    assert "labour" in options_of(response, "issue")
    nothing = client.get(reverse("pack_list"), {"kind": "press", "q": "minister moon"})
    assert "Nothing matches all of these filters together" in text_of(nothing)
    assert "is not known here" in text_of(client.get(reverse("pack_list"), {"kind": "song"}))


def test_the_checklist_leads_to_the_list_where_there_are_packs(client):
    link = f'href="{reverse("pack_list")}"'
    assert link not in client.get(reverse("my_checklist")).text

    make_pack()

    assert link in client.get(reverse("my_checklist")).text


def test_an_ask_an_issue_a_meeting_and_its_body_name_their_packs(client):
    action, meeting = make_action(), make_meeting(**FAR)
    make_pack(title="For the ask", actions=[action])
    make_pack(title="For the meeting", meetings=[meeting])
    make_pack(title="For the issue", issues=[action.issue])
    make_pack(title="For nobody")

    for address, title in {
        action.get_absolute_url(): "For the ask",
        action.issue.get_absolute_url(): "For the issue",
        meeting.get_absolute_url(): "For the meeting",
    }.items():
        shown = text_of(client.get(address))
        assert re.search(
            rf"Packs for this (All packs Skip this list )?{title} Letter 20 minutes", shown
        ), address
        others = {"For the ask", "For the meeting", "For the issue", "For nobody"} - {title}
        assert [other for other in others if other in shown] == []
    for address in (reverse("meeting_list"), meeting.body.get_absolute_url()):
        assert "1 pack for it" in text_of(client.get(address)), address


def test_a_pack_of_several_meetings_stands_once_at_each(client):
    body = make_body()
    meetings = [make_meeting(body=body, **FAR) for _ in range(3)]
    make_pack(title="For two", meetings=meetings[:2])

    for address in (reverse("meeting_list"), body.get_absolute_url()):
        cards = client.get(address).text.split('<article class="meeting"')[1:]
        assert sorted(card.count("1 pack for it") for card in cards) == [0, 1, 1]


def test_a_page_without_packs_does_not_speak_of_them(client):
    action, meeting = make_action(), make_meeting(**FAR)

    for address in [
        action.get_absolute_url(),
        action.issue.get_absolute_url(),
        reverse("meeting_list"),
        meeting.body.get_absolute_url(),
        meeting.get_absolute_url(),
    ]:
        shown = text_of(client.get(address))
        assert "Packs for this" not in shown
        assert "pack for it" not in shown


def test_a_past_day_shows_no_pack_as_its_words_are_of_today(client):
    action = make_action()
    meeting = make_meeting(body=action.body, **FAR)
    make_pack(actions=[action], meetings=[meeting], issues=[action.issue])

    for row, words in [
        (action, "Packs for this"),
        (action.issue, "Packs for this"),
        (meeting, "Packs for this"),
        (action.body, "1 pack for it"),
    ]:
        assert words in text_of(client.get(row.get_absolute_url()))
        past = client.get(row.get_absolute_url(), {"as_of": "2024-12-16"})
        assert past.status_code == 200
        assert words not in text_of(past)


@pytest.mark.parametrize("number", [1, 3])
def test_packs_take_a_constant_number_of_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        actions = [make_action() for _ in range(number)]
        meetings = [make_meeting(**FAR) for _ in range(number)]
        pack = make_pack(
            actions=actions, meetings=meetings, issues=[action.issue for action in actions]
        )

    # Their number and keys, the packs, issues to choose from.
    with django_assert_num_queries(4 + IN_EVERY_PAGE):
        client.get(reverse("pack_list"))
    # The pack, its asks, meetings and issues.
    with django_assert_num_queries(4 + IN_EVERY_PAGE):
        client.get(pack.get_absolute_url())
    with django_assert_num_queries(1):
        client.get(reverse("pack_text", args=[pack.slug]))


# What is refused


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "song"}, "'song' is not a valid choice"),
        ({"minutes": 0}, "Say how many minutes it takes: at least 1."),
        ({"spoken_seconds": 90}, "Only a statement has seconds to speak"),
        ({"kind": "statement", "spoken_seconds": 0}, "Only a statement has seconds to speak"),
        ({"text": "Dear\n\n# Sir"}, "Line 3: a heading begins with ##, ### or ####."),
        ({"text": "##### Deep"}, "Line 1: a heading begins with ##"),
        ({"text": "a\x07"}, "Line 1, character 2"),
        ({"text": ""}, "This field cannot be blank."),
        ({"who": ""}, "This field cannot be blank."),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(fields, words):
    pack = make_pack()
    for name, value in fields.items():
        setattr(pack, name, value)

    with pytest.raises(ValidationError) as refused:
        pack.full_clean()

    assert words in " ".join(refused.value.messages)


@pytest.mark.parametrize(
    "fields", [{"kind": "song"}, {"minutes": 0}, {"spoken_seconds": 90}, {"spoken_seconds": 0}]
)
def test_the_database_refuses_it_as_well(fields):
    pack = make_pack()

    with pytest.raises(IntegrityError), transaction.atomic():
        Pack.objects.filter(pk=pack.pk).update(**fields)


# The desk


def test_staff_edit_a_pack_and_own_it_from_then_on(client, editor):
    action = make_action()
    pack = make_pack(title="A letter")

    send(client, change_page(pack), text="Dear [minister]", actions=[action.pk])

    pack.refresh_from_db()
    assert pack.edited_by_staff_at
    assert list(pack.actions.all()) == [action]
    assert "Dear [minister]" in text_of(client.get(pack.get_absolute_url()))
    assert pack.history.count() == 2
    refused = send(client, change_page(pack), text="# Loud")
    assert "Line 1: a heading begins with ##" in text_of(refused)


def test_staff_find_a_pack_and_its_page(client, editor):
    make_pack(title="A letter", text="To the Minister of Justice")
    make_pack(title="Posts", kind="posts")
    rows = reverse("admin:advocacy_pack_changelist")

    def found(**query):
        return [pack.title for pack in client.get(rows, query).context["cl"].result_list]

    assert found(q="justice MINISTER") == ["A letter"]
    assert found(kind__exact="posts") == ["Posts"]
    form = client.get(change_page(Pack.objects.get(title="A letter")))
    link = re.search(r'href="([^"]+)"[^>]*>\s*View on site', form.text)[1]
    assert "To the Minister of Justice" in text_of(client.get(link, follow=True))
