"""One response for several asks of one body; and what a body replies."""

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
    make_user,
    record,
    record_look,
    submit,
)
from tests.pages import text_of
from tests.staff import (
    LIST,
    MET,
    NEW_SOURCE,
    Controls,
    act_on_list,
    change_page,
    errors_beside,
    make_ask,
    record_page,
    send,
    staff_who_may,
)

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/actions.py")]

S = ResponseStatus
URL = NEW_SOURCE["source-1-url"]


def confirm(client, page, **typed):
    """Type a response for several asks, and say that it is right."""
    asked = send(client, page, **MET | typed)
    return client.post(page, Controls(asked.text).sent | {"confirm": "1"}, follow=True)


def test_one_response_is_recorded_for_several_asks_after_one_confirmation(client, editor):
    body = make_body()
    asks = [make_ask(body=body, reference=f"NK-{n}") for n in (1, 2, 3)]
    record_look(asks[0])
    page = record_page(body=body)

    asked = send(client, page, **MET, **{"entry-ask": [asks[0].pk, asks[1].pk]})
    shown = text_of(asked)
    assert "Is this right?" in shown
    assert "It met." in shown
    assert "No public response found Under discussion" in shown
    assert "NK-3" not in shown
    assert not StatusUpdate.objects.responses().exists()

    sent = Controls(asked.text).sent
    back = client.post(page, sent | {"back": "1"})
    assert Controls(back.text).sent["entry-summary"] == "It met."
    assert "everything you typed is kept" not in text_of(back)
    done = client.post(page, sent | {"confirm": "1"}, follow=True)

    assert "Recorded for NK-1, NK-2: “Under discussion”, 3 March 2025." in text_of(done)
    assert done.redirect_chain[-1][0] == f"{LIST}?body={body.slug}"
    entries = StatusUpdate.objects.responses()
    assert {entry.action for entry in entries} == set(asks[:2])
    source = Source.objects.get(url=URL)
    assert {cited for entry in entries for cited in entry.sources.all()} == {source}


def test_the_confirmation_says_what_becomes_of_each_ask_and_who_is_told(client, editor):
    body = make_body()
    before, later = (make_ask(body=body, reference=f"NK-{n}") for n in (1, 2))
    later_asked = {"corrects": before.submissions.get(), "correction_reason": "It was later."}
    submit(before, date(2025, 4, 4), **later_asked)
    record(later, S.COMMITTED, happened_on=date(2025, 6, 1))
    make_follower("a@example.org", frequency="at_once", body=body)

    asked = send(client, record_page(ask=[before, later]), **MET, **{"entry-tell": "at_once"})

    rows = [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in asked.text.split("<tr>")]
    one, two = (next(row for row in rows if row.startswith(name)) for name in ("NK-1", "NK-2"))
    assert "Not yet checked Under discussion" in one
    assert "recorded as it stood before" in one
    assert "Promised Promised" in two
    assert "stood before" not in two
    assert "1 want mail at once" in text_of(asked)
    assert "Followers are told: at once." in text_of(asked)


def test_the_reason_of_a_later_entry_is_asked_once_for_several_asks(client, editor):
    body = make_body()
    first, second = (make_ask(body=body, reference=f"NK-{n}") for n in (1, 2))
    record(second, S.UNDER_DISCUSSION, happened_on=date(2025, 6, 1))
    page = record_page(ask=[first, second])
    promised = {"entry-status": S.COMMITTED, "entry-quote": "Yes.", "entry-speaker": "The chair"}

    asked = send(client, page, **MET | promised)
    assert "NK-2: The record says “Under discussion” on 1 June 2025." in text_of(asked)
    typed = Controls(asked.text).sent | {"entry-later_reason": "A new chair."}
    sure = client.post(page, typed)
    assert "gets the reason that you gave, as its correction" in text_of(sure)
    client.post(page, Controls(sure.text).sent | {"confirm": "1"})

    assert second.updates.get(transition_reason="A new chair.").corrects.status == (
        S.UNDER_DISCUSSION
    )
    assert first.updates.get().transition_reason == ""


def test_for_all_or_for_none_and_each_refusal_is_named(client, editor):
    body = make_body()
    first, second, third = (make_ask(body=body, reference=f"NK-{n}") for n in (1, 2, 3))
    for ask in (second, third):
        record(ask, S.BLOCKED, happened_on=date(2025, 1, 1))
    typed = MET | {"entry-status": S.ACKNOWLEDGED, "confirm": "1"}

    page = send(client, record_page(ask=[first, second, third]), **typed)

    for reference in ("NK-2", "NK-3"):
        assert f"{reference}: “Acknowledged” cannot follow “Blocked”" in text_of(page)
    assert "NK-1: " not in text_of(page)
    assert "Nothing was recorded." in text_of(page)
    assert not first.updates.exists()
    assert not Source.objects.filter(url=URL).exists()


def test_what_every_ask_lacks_is_said_once_beside_its_field(client, editor):
    body = make_body()
    asks = [make_ask(body=body, reference=f"NK-{n}") for n in (1, 2)]

    page = send(client, record_page(ask=asks), **MET | {"entry-summary": ""})

    assert errors_beside(page, "entry-summary") == "Say in a sentence what happened."
    assert "NK-2: Say" not in text_of(page)


def test_several_drafts_wait_for_a_second_person(client):
    body = make_body()
    asks = [make_ask(body=body, reference=f"NK-{n}") for n in (1, 2)]
    staff_who_may(client, "change_recommendedaction", "add_statusupdate")

    done = confirm(client, record_page(ask=asks))

    assert "Draft for NK-1, NK-2: “Under discussion”. It waits for a second person." in text_of(
        done
    )
    assert [ask.drafts.get().label for ask in asks] == ["Under discussion"] * 2
    assert not StatusUpdate.objects.exists()


def test_asks_have_to_be_chosen_and_to_be_of_this_body(client, editor):
    body = make_body()
    make_ask(body=body)
    stranger = make_ask()
    page = record_page(body=body)

    none = send(client, page, **MET)
    other = send(client, page, **MET, **{"entry-ask": [stranger.pk], "confirm": "1"})

    assert "Choose at least one ask." in errors_beside(none, "entry-ask")
    assert "not one of the available choices" in errors_beside(other, "entry-ask")
    assert Controls(other.text).sent["entry-summary"] == "It met."
    assert not StatusUpdate.objects.exists()


def test_one_ask_may_be_joined_by_others_of_its_body(client, editor):
    action = make_ask()
    other = make_ask(body=action.body)
    page = record_page(ask=action)

    opened = client.get(page)
    confirm(client, page, **{"entry-ask": [action.pk, other.pk]})

    assert re.findall(r'name="entry-ask" value="(\d+)"[^>]* checked', opened.text) == [
        str(action.pk)
    ]
    assert f'name="entry-ask" value="{other.pk}"' in opened.text
    assert StatusUpdate.objects.count() == 2


def test_the_list_of_asks_leads_there_with_those_chosen(client, editor):
    body = make_body()
    asks = [make_ask(body=body), make_ask(body=body), make_ask()]

    assert "choose asks to the same body" in text_of(act_on_list(client, "record_response", *asks))
    page = act_on_list(client, "record_response", *asks[:2])
    assert page.redirect_chain[-1][0].startswith(record_page().rstrip("?"))
    assert sorted(Controls(page.text).sent["entry-ask"]) == sorted(str(ask.pk) for ask in asks[:2])
    assert client.get(record_page(ask=asks)).status_code == 404


def test_the_page_of_the_body_leads_there_with_all_its_asks(client, editor):
    body = make_body()
    action = make_ask(body=body, title="Open an inquiry")

    assert f'href="{record_page(body=body)}"' in client.get(change_page(body)).text
    assert action.title in text_of(client.get(record_page(body=body)))


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    body = make_body()
    for _ in range(number):
        record(make_ask(body=body), by=make_user(is_superuser=True))
    page = record_page(body=body)
    client.get(page)

    # Session, user; the body, its asks; the choices of the form; whose record it is.
    with django_assert_num_queries(6):
        client.get(page)


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
