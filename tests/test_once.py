"""A form of the desk that is sent twice does its work once."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from advocacy.models import Draft, Edition, OnceKey, Reply, Source, StatusUpdate, Tell
from advocacy.models.once import KEEP_KEYS, SAME_WITHIN
from advocacy.upkeep import tasks
from tests.factories import make_body, make_source, make_user, record, record_look, write_draft
from tests.pages import text_of
from tests.staff import (
    LIST,
    LOOK,
    MET,
    NEW_SOURCE,
    Controls,
    change_page,
    correct_page,
    make_ask,
    record_page,
    send,
    staff_who_may,
)
from tests.writers import TWO_WRITERS, meanwhile

SENT_BEFORE = "so nothing was done twice"


def counted():
    models = (StatusUpdate, Draft, Source, Reply, Edition, LogEntry)
    return [model.objects.count() for model in models]


def a_response():
    return record_page(ask=make_ask()), MET


def a_response_for_several():
    body = make_body()
    asks = [make_ask(body=body), make_ask(body=body)]
    return record_page(ask=asks), MET | {"confirm": "1"}


def a_correction():
    return correct_page(record(make_ask())), MET | {"entry-correction_reason": "A slip."}


def a_look():
    return record_page(ask=[make_ask(), make_ask()], look=1), LOOK


def a_corrected_look():
    return correct_page(record_look(make_ask())), LOOK | {"entry-correction_reason": "A slip."}


def a_changed_draft():
    return record_page(draft=write_draft(make_ask())), MET


def a_reply():
    words = {"text": "We take note.", "url": "https://example.org/reply"}
    return reverse("admin:advocacy_reply_add"), words | {
        "body": make_body().pk,
        "language": "en",
        "replied_on": "2025-05-05",
    }


WAYS_IN = [
    a_response,
    a_response_for_several,
    a_correction,
    a_look,
    a_corrected_look,
    a_changed_draft,
    a_reply,
]
every_way_in = pytest.mark.parametrize("way_in", WAYS_IN, ids=lambda way: way.__name__)


@pytest.mark.django_db
@every_way_in
def test_a_form_sent_twice_does_its_work_once_and_leads_to_what_it_made(client, editor, way_in):
    page, typed = way_in()
    before = counted()
    sent = Controls(client.get(page).text).sent | typed

    first = client.post(page, sent, follow=True)
    after = counted()
    second = client.post(page, sent, follow=True)

    assert after != before
    assert counted() == after
    assert second.redirect_chain[-1][0] == OnceKey.objects.get().leads_to
    if way_in is not a_reply:  # After which comes the list, to add the next one.
        assert second.redirect_chain[-1] == first.redirect_chain[-1]
    assert SENT_BEFORE in text_of(second)
    assert SENT_BEFORE not in text_of(first)


def on_file():
    """A response whose source was not typed with it, so that it can be typed twice."""
    source = make_source(published_on="2025-03-03")
    words = {name: value for name, value in MET.items() if name not in NEW_SOURCE}
    return words | {"entry-sources": [source.pk]}


@pytest.mark.django_db
@every_way_in
def test_the_same_typed_into_two_tabs_is_taken_once_and_both_lead_to_it(client, editor, way_in):
    page, typed = way_in()
    before = counted()
    tabs = [Controls(client.get(page).text).sent | typed for _ in range(2)]
    assert tabs[0]["once"] != tabs[1]["once"]

    client.post(page, tabs[0])
    after = counted()
    second = client.post(page, tabs[1], follow=True)

    assert after != before
    assert counted() == after
    moment = date_format(timezone.localtime(OnceKey.objects.get().taken_at), "DATETIME_FORMAT")
    assert f"sent already ({moment})" in text_of(second)
    assert SENT_BEFORE in text_of(second)
    assert second.redirect_chain[-1][0] == OnceKey.objects.get().leads_to


@pytest.mark.django_db
def test_the_second_tab_shows_the_entry_itself_and_of_a_reply_the_reply(client, editor):
    for way_in in (a_response, a_reply):
        page, typed = way_in()
        tabs = [Controls(client.get(page).text).sent | typed for _ in range(2)]
        client.post(page, tabs[0] | {"_addanother": "1"})
        second = client.post(page, tabs[1], follow=True)
        if way_in is a_reply:
            place = change_page(Reply.objects.get())
        else:
            entry = StatusUpdate.objects.get()
            place = f"{change_page(entry.action)}#entry-{entry.pk}"
        assert second.redirect_chain[-1][0] == place


@pytest.mark.django_db
def test_neither_the_way_to_the_form_nor_blanks_make_it_another_response(client, editor):
    action = make_ask()
    for page, words in (
        (record_page(ask=action), "It met.\r\nAnd left."),
        (record_page(body=action.body), " It met.\nAnd  left.\n"),
    ):
        sent = Controls(client.get(page).text).sent | MET
        client.post(page, sent | {"entry-ask": action.pk, "entry-summary": words})

    assert action.updates.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [
        {"entry-summary": "It met again."},
        {"entry-happened_on": "2025-03-04"},
        {"entry-reference": "GB.353/PV"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_response_that_says_something_else_is_another_one(client, editor, other):
    action, same = make_ask(), on_file()
    for typed in (same, same | other):
        sent = Controls(client.get(record_page(ask=action)).text).sent
        client.post(record_page(ask=action), sent | typed)

    assert action.updates.count() == 2


@pytest.mark.django_db
def test_another_person_or_another_day_makes_it_another_look(client, editor):
    page = record_page(ask=make_ask(), look=1)
    send(client, page, **LOOK)
    client.force_login(make_user(is_superuser=True))
    send(client, page, **LOOK)
    assert StatusUpdate.objects.count() == 2

    # Nobody keeps in mind for longer what they typed.
    OnceKey.objects.update(taken_at=timezone.now() - SAME_WITHIN - timedelta(minutes=1))
    send(client, page, **LOOK)
    assert StatusUpdate.objects.count() == 3


@pytest.mark.django_db
def test_what_a_draft_said_before_it_was_changed_may_be_said_again(client):
    staff_who_may(client, "change_recommendedaction", "add_statusupdate")
    page, typed = record_page(draft=write_draft(make_ask())), on_file()
    for words in ("It met.", "It did not meet.", "It met.", "It did not meet."):
        last = send(client, page, **typed | {"entry-summary": words})
        assert SENT_BEFORE not in text_of(last)
        assert Draft.objects.get().as_update().summary == words


@pytest.mark.django_db
def test_a_draft_that_was_withdrawn_may_be_written_again(client):
    staff_who_may(client, "change_recommendedaction", "add_statusupdate")
    page = record_page(ask=make_ask())
    typed = on_file()
    send(client, page, **typed)
    draft = Draft.objects.get()
    again = send(client, page, **typed)
    assert again.redirect_chain[-1][0] == change_page(draft)

    withdraw = reverse("admin:advocacy_draft_withdraw", args=[draft.pk])
    client.post(withdraw, {"once": ""})
    send(client, page, **typed)

    assert [draft.state for draft in Draft.objects.order_by("pk")] == ["withdrawn", "waiting"]


@pytest.mark.django_db
def test_a_reply_that_was_deleted_may_be_added_again(client, editor):
    page, typed = a_reply()
    send(client, page, **typed)
    Reply.objects.all().delete()

    again = send(client, page, **typed)

    assert Reply.objects.count() == 1
    assert SENT_BEFORE not in text_of(again)


@pytest.mark.django_db
def test_a_draft_that_could_not_be_published_yet_may_be_published_then(client, editor):
    draft = write_draft(make_ask())
    publish = reverse("admin:advocacy_draft_publish", args=[draft.pk])
    entry = draft.entry
    Draft.objects.update(entry=entry | {"summary": ""})
    refused = client.post(publish, {"once": ""}, follow=True)
    assert "Say in a sentence what happened." in text_of(refused)
    assert not OnceKey.objects.exists()

    Draft.objects.update(entry=entry)
    client.post(publish, {"once": ""})

    assert StatusUpdate.objects.get().draft == draft


@pytest.mark.django_db
@every_way_in
def test_a_form_that_was_refused_may_be_sent_again(client, editor, way_in):
    page, typed = way_in()
    sent = Controls(client.get(page).text).sent
    refused = client.post(page, sent | {"entry-summary": ""})
    assert not OnceKey.objects.exists()
    before = counted()

    done = client.post(page, Controls(refused.text).sent | typed, follow=True)

    assert SENT_BEFORE not in text_of(done)
    assert counted() != before
    assert OnceKey.objects.get().leads_to


@pytest.mark.django_db
def test_another_form_is_another_response(client, editor):
    action = make_ask()
    for url in ("https://example.org/1", "https://example.org/2"):
        page = client.get(record_page(ask=action))
        client.post(record_page(ask=action), Controls(page.text).sent | MET | {"source-1-url": url})

    assert action.updates.count() == 2


@pytest.mark.django_db
def test_the_drafts_of_a_form_sent_twice_are_written_once(client):
    staff_who_may(client, "change_recommendedaction", "add_statusupdate")
    page = record_page(ask=make_ask())
    sent = Controls(client.get(page).text).sent | MET

    client.post(page, sent)
    again = client.post(page, sent, follow=True)

    assert again.redirect_chain[-1][0] == change_page(Draft.objects.get())
    assert SENT_BEFORE in text_of(again)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "form"), [("trial", "mailing-trial"), ("cancel", "mailing-cancel")]
)
def test_a_mailing_is_tried_and_cancelled_once(client, editor, mailoutbox, verb, form):
    editor.email = "olena@example.org"
    editor.save()
    record(make_ask(), tell=Tell.AT_ONCE)
    edition = Edition.objects.get()
    page = client.get(change_page(edition)).text
    sent = Controls(page.partition(f'id="{form}"')[2].partition("</form>")[0]).sent
    address = reverse(f"admin:advocacy_edition_{verb}", args=[edition.pk])

    client.post(address, sent)
    again = client.post(address, sent, follow=True)

    assert len(mailoutbox) == (1 if verb == "trial" else 0)
    assert SENT_BEFORE in text_of(again)
    assert "cannot be cancelled" not in text_of(again)
    assert again.redirect_chain[-1][0] == change_page(edition)


@pytest.mark.django_db
def test_a_draft_published_by_a_double_click_is_shown_in_the_record(client, editor):
    draft = write_draft(make_ask())
    sent = Controls(client.get(change_page(draft)).text).sent
    address = reverse("admin:advocacy_draft_publish", args=[draft.pk])

    client.post(address, sent)
    again = client.post(address, sent, follow=True)

    entry = StatusUpdate.objects.get()
    assert again.redirect_chain[-1][0] == f"{change_page(entry.action)}#entry-{entry.pk}"
    assert SENT_BEFORE in text_of(again)
    assert "no longer open" not in text_of(again)


@pytest.mark.django_db
def test_a_draft_and_a_mailing_are_decided_once_from_two_tabs(client, editor):
    draft = write_draft(make_ask(), tell=Tell.AT_ONCE)
    publish = reverse("admin:advocacy_draft_publish", args=[draft.pk])
    client.post(publish, {"once": ""})
    cancel = reverse("admin:advocacy_edition_cancel", args=[Edition.objects.get().pk])
    client.post(cancel, {"once": ""})

    for address, wrong in ((publish, "no longer open"), (cancel, "cannot be cancelled")):
        again = text_of(client.post(address, {"once": ""}, follow=True))
        assert SENT_BEFORE in again
        assert wrong not in again


@pytest.mark.django_db
def test_a_preview_does_not_use_the_form_up(client, editor):
    page = record_page(ask=make_ask())
    sent = Controls(client.get(page).text).sent | MET

    client.post(page, sent | {"preview": "1"})
    done = client.post(page, sent, follow=True)

    assert SENT_BEFORE not in text_of(done)
    assert StatusUpdate.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "x" * 400, "\x00" * 22])
def test_a_key_that_no_form_gave_protects_nothing_and_breaks_nothing(client, editor, key):
    page = record_page(ask=make_ask())
    sent = Controls(client.get(page).text).sent | MET | {"once": key}

    assert client.post(page, sent).status_code == 302
    assert StatusUpdate.objects.count() == 1


@pytest.mark.django_db
def test_keys_are_forgotten_after_thirty_days():
    now = timezone.now()
    for key, late in (("old", -1), ("new", 1)):
        taken_at = now - KEEP_KEYS + timedelta(minutes=late)
        OnceKey.objects.create(key=key, by=make_user(), taken_at=taken_at)

    assert tasks.purge()["keys of forms"] == 1
    assert [key.key for key in OnceKey.objects.all()] == ["new"]


class TestTwoAtOnce:
    """The second click arrives while the first is still at work."""

    pytestmark = TWO_WRITERS

    @every_way_in
    def test_the_second_waits_and_finds_what_the_first_made(self, client, way_in):
        client.force_login(make_user(is_superuser=True))
        page, typed = way_in()
        sent = Controls(client.get(page).text).sent | typed
        with transaction.atomic():
            first = client.post(page, sent)
            after = counted()
            other = meanwhile(lambda: client.post(page, sent))

        assert first.status_code == 302
        assert other.result().url == OnceKey.objects.get().leads_to
        assert counted() == after

    @every_way_in
    def test_the_second_tab_waits_and_finds_what_the_first_made(self, client, way_in):
        client.force_login(make_user(is_superuser=True))
        page, typed = way_in()
        tabs = [Controls(client.get(page).text).sent | typed for _ in range(2)]
        with transaction.atomic():
            client.post(page, tabs[0])
            after = counted()
            other = meanwhile(lambda: client.post(page, tabs[1]))

        assert other.result().url == OnceKey.objects.get().leads_to
        assert counted() == after

    def test_the_second_does_the_work_where_the_first_fails(self, client):
        client.force_login(make_user(is_superuser=True))
        page, typed = a_response()
        sent = Controls(client.get(page).text).sent | typed
        with transaction.atomic():
            client.post(page, sent)
            other = meanwhile(lambda: client.post(page, sent))
            transaction.set_rollback(True)

        assert other.result().status_code == 302
        assert StatusUpdate.objects.count() == 1


@pytest.mark.django_db
def test_every_form_that_records_carries_a_key_of_its_own(client, editor):
    page = record_page(ask=make_ask())
    keys = [Controls(client.get(page).text).sent["once"] for _ in range(3)]

    assert len(set(keys)) == 3
    assert {len(key) for key in keys} == {22}
    assert "once" not in Controls(client.get(LIST).text).sent
