"""A form of the desk that is sent twice does its work once."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Draft, Edition, OnceKey, Reply, Source, StatusUpdate, Tell
from advocacy.models.once import KEEP_KEYS
from advocacy.upkeep import tasks
from tests.factories import make_body, make_user, record, record_look, write_draft
from tests.pages import text_of
from tests.staff import (
    LIST,
    LOOK,
    MET,
    Controls,
    change_page,
    correct_page,
    make_ask,
    record_page,
    staff_who_may,
)
from tests.writers import TWO_WRITERS, meanwhile

SENT_BEFORE = "This form had been sent already, so nothing was done twice."


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
    assert second.redirect_chain[-1] == first.redirect_chain[-1]
    assert SENT_BEFORE in text_of(second)
    assert SENT_BEFORE not in text_of(first)


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
    assert OnceKey.objects.get().leads_to == done.redirect_chain[-1][0]


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
    OnceKey.objects.create(key="old", taken_at=now - KEEP_KEYS - timedelta(minutes=1))
    OnceKey.objects.create(key="new", taken_at=now - KEEP_KEYS + timedelta(minutes=1))

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
        assert other.result().url == first.url
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
