"""Recording: setbacks, sources on file, one response for several asks; and what a body replies."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from advocacy.models import Reply, ResponseStatus, Source, StatusUpdate
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_search_log,
    make_source,
    record,
)
from tests.pages import text_of
from tests.staff import (
    LIST,
    LOG,
    NEW_SOURCE,
    Controls,
    change_page,
    errors_beside,
    make_ask,
    record_on_page,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
MET = {"entry-status": S.UNDER_DISCUSSION, "entry-summary": "It met.", **NEW_SOURCE}


def record_page(body):
    return reverse("admin:advocacy_targetbody_record", args=[body.pk])


def test_a_step_back_is_recorded_only_as_a_setback(client, editor):
    action = make_ask()
    record(action, S.ACTION_TAKEN)
    typed = MET | {
        "entry-status": S.PARTIAL_ACTION,
        "entry-reference": "A/2",
        "entry-missing": "The rest.",
        "entry-transition_reason": "It withdrew half of it.",
    }

    page = record_on_page(client, action, **typed)
    assert "Is this a setback? Tick it" in errors_beside(page, "entry-is_setback")
    assert action.updates.count() == 1
    record_on_page(client, action, **typed, **{"entry-is_setback": "on"})

    assert action.updates.get(status=S.PARTIAL_ACTION).is_setback
    public = text_of(client.get(action.get_absolute_url()))
    assert "A setback: the status went backwards." in public


def test_a_step_forward_is_no_setback(client, editor):
    page = record_on_page(client, make_ask(), **MET, **{"entry-is_setback": "on"})

    assert "is no step back: untick this" in errors_beside(page, "entry-is_setback")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/briefing",
        "http://example.org/briefing/",
        "https://example.org/briefing#top",
    ],
)
def test_a_source_on_file_is_not_typed_again(client, editor, url):
    make_source(title="The briefing", url="https://example.org/briefing")

    page = record_on_page(client, make_ask(), **MET | {"source-1-url": url})

    assert "choose “The briefing” under “Sources on file”" in errors_beside(page, "source-1-url")
    assert not StatusUpdate.objects.exists()
    again = {name.replace("source-1", "source-2"): value for name, value in NEW_SOURCE.items()}
    Source.objects.all().delete()
    page = record_on_page(client, make_ask(), **MET, **again)
    assert "The same address twice." in errors_beside(page, "source-2-url")


def test_what_happened_is_shown_in_the_language_of_the_page(client, editor):
    action = make_ask()
    record_on_page(client, action, **MET, **{"entry-summary_uk": "Засідання відбулося."})

    path = action.get_absolute_url()
    assert "It met." in text_of(client.get(path))
    assert "Засідання відбулося." in text_of(client.get(path.replace("/en/", "/uk/")))
    assert "It met." in text_of(client.get(path.replace("/en/", "/ko/")))


def test_the_form_says_how_many_followers_would_be_told(client, editor):
    action = make_ask()
    make_follower("a@example.org", frequency="at_once", body=action.body)
    make_follower("b@example.org")
    make_follower("c@example.org", issue=make_action().issue)

    shown = text_of(client.get(change_page(action)))
    assert "Followers of this now: 1 want mail at once, 1 once a week." in shown


def test_one_response_is_recorded_for_several_asks_after_one_confirmation(client, editor):
    body = make_body()
    asks = [make_ask(body=body, reference=f"NK-{n}") for n in (1, 2, 3)]
    record(asks[0], S.NO_RESPONSE)
    typed = {**MET, "ask": [asks[0].pk, asks[1].pk]}
    sent = Controls(client.get(record_page(body)).text).sent

    page = client.post(record_page(body), {**sent, **typed})
    shown = text_of(page)
    assert "Is this right?" in shown
    assert "No public response found Under discussion" in shown
    assert "NK-3" not in shown
    assert not StatusUpdate.objects.filter(status=S.UNDER_DISCUSSION).exists()

    sent = Controls(page.text).sent
    back = client.post(record_page(body), {**sent, **typed, "back": "1"})
    assert Controls(back.text).sent["entry-summary"] == "It met."
    page = client.post(record_page(body), {**sent, **typed, "confirm": "1"}, follow=True)

    assert "Recorded for NK-1: “Under discussion”" in text_of(page)
    assert "Recorded for NK-2: “Under discussion”" in text_of(page)
    entries = StatusUpdate.objects.filter(status=S.UNDER_DISCUSSION)
    assert {entry.action for entry in entries} == set(asks[:2])
    assert Source.objects.filter(url=NEW_SOURCE["source-1-url"]).count() == 1
    assert {source.pk for entry in entries for source in entry.sources.all()} == {
        Source.objects.get(url=NEW_SOURCE["source-1-url"]).pk
    }


def test_for_all_or_for_none_and_each_refusal_is_named(client, editor):
    body = make_body()
    first, second = (make_ask(body=body, reference=f"NK-{n}") for n in (1, 2))
    record(second, S.BLOCKED, happened_on=date(2025, 1, 1))
    typed = MET | {"entry-status": S.ACKNOWLEDGED, "ask": [first.pk, second.pk], "confirm": "1"}
    sent = Controls(client.get(record_page(body)).text).sent

    page = client.post(record_page(body), {**sent, **typed})

    assert "NK-2: “Acknowledged” cannot follow “Blocked”" in text_of(page)
    assert "Nothing was recorded." in text_of(page)
    assert not first.updates.exists()
    assert not Source.objects.filter(url=NEW_SOURCE["source-1-url"]).exists()


def test_asks_have_to_be_chosen_and_to_be_of_this_body(client, editor):
    body = make_body()
    make_ask(body=body)
    stranger = make_ask()
    sent = Controls(client.get(record_page(body)).text).sent

    page = client.post(record_page(body), {**sent, **MET, "confirm": "1"})
    assert "Choose the asks that the response answers." in text_of(page)
    client.post(record_page(body), {**sent, **MET, "ask": [stranger.pk], "confirm": "1"})
    assert not StatusUpdate.objects.exists()


def test_the_list_of_asks_leads_there_with_those_chosen(client, editor):
    body = make_body()
    asks = [make_ask(body=body), make_ask(body=body), make_ask()]

    def act(*chosen):
        data = {"action": "record_for_several", "_selected_action": [ask.pk for ask in chosen]}
        return client.post(LIST, data, follow=True)

    assert "choose asks to the same body" in text_of(act(*asks))
    page = act(*asks[:2])
    assert page.redirect_chain[-1][0].startswith(record_page(body))
    assert Controls(page.text).sent["ask"]
    assert len(re.findall(r'name="ask"[^>]* checked', page.text)) == 2


def test_no_answer_found_for_several_asks_shares_one_search_log(client, editor):
    body = make_body()
    asks = [make_ask(body=body), make_ask(body=body)]
    sent = Controls(client.get(record_page(body)).text).sent
    typed = {"entry-status": S.NO_RESPONSE, "ask": [ask.pk for ask in asks], **LOG}

    client.post(record_page(body), {**sent, **typed, "confirm": "1"})

    assert {update.search_log_id for update in StatusUpdate.objects.all()} == {
        make_search_log().pk - 1
    }


def test_a_reply_stands_beside_the_record_as_the_bodys_own_words(client, editor):
    body = make_body(name="Labour Office")
    action, other = make_ask(body=body), make_ask(body=body)
    page = reverse("admin:advocacy_reply_add")
    client.post(
        page,
        {
            "body": body.pk,
            "action": action.pk,
            "text": "We take note <b>of it</b>.",
            "language": "en",
            "signed": "The Director",
            "replied_on": "2025-05-05",
            "url": "https://example.org/reply",
        },
    )

    for address in (body.get_absolute_url(), action.get_absolute_url()):
        page = client.get(address)
        shown = text_of(page)
        for words in ["In the body’s own words", "The Director, Labour Office, 5 May 2025"]:
            assert words in shown, address
        assert "We take note &lt;b&gt;of it&lt;/b&gt;." in page.text
        assert 'href="https://example.org/reply"' in page.text
    assert "own words" not in text_of(client.get(other.get_absolute_url()))
    assert "own words" not in text_of(client.get(f"{body.get_absolute_url()}?as_of=2025-01-01"))
    assert not StatusUpdate.objects.exists()


def test_a_reply_is_on_an_ask_to_its_own_body():
    reply = Reply(body=make_body(), action=make_action(), text="x", replied_on="2025-01-01")
    reply.url = "https://example.org/"
    with pytest.raises(ValidationError, match="Choose an ask to this body"):
        reply.full_clean()
