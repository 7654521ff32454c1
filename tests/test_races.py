"""Two at once: the second waits for its turn, and finds the record as the first left it."""

import json

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from advocacy.management.commands.load_content import FILES
from advocacy.models import (
    Delivery,
    Edition,
    Follow,
    SignUp,
    Source,
    Subscriber,
    Tell,
    Topic,
)
from tests.factories import (
    make_action,
    make_follower,
    make_source,
    make_topic,
    record,
)
from tests.pages import text_of
from tests.staff import change_page, send
from tests.writers import TWO_WRITERS, meanwhile

pytestmark = TWO_WRITERS


@pytest.mark.parametrize(
    ("name", "status"),
    [("follow_token", 404), ("follow_leave", 200), ("follow_delete", 200), ("confirm", 404)],
)
def test_whoever_deleted_everything_does_not_come_back_by_another_click(client, name, status):
    follower = make_follower()
    wish = SignUp.objects.ask("ana@example.org", language="en", frequency="weekly")
    address = (
        reverse("follow_token", args=[wish.token])
        if name == "confirm"
        else reverse(name, args=[follower.token])
    )
    with transaction.atomic():
        follower.forget()
        other = meanwhile(
            lambda: client.post(
                address, {"frequency": "weekly", "language": "en", "add": "everything"}
            )
        )

    assert other.result().status_code == status
    assert ("This link no longer works" in text_of(other.result())) == (status == 404)
    assert not Subscriber.objects.exists()
    assert not Follow.objects.exists()
    assert not SignUp.objects.exists()


def test_a_follower_who_is_deleted_as_a_mailing_starts_takes_no_other_message_along():
    goes = make_follower("goes@example.org", frequency="at_once")
    stays = make_follower("stays@example.org", frequency="at_once")
    record(make_action(), tell=Tell.AT_ONCE)
    with transaction.atomic():
        goes.forget()
        other = meanwhile(lambda: list(Edition.objects.get().add_deliveries()))

    (keys,) = other.result()
    assert [Delivery.objects.get(pk=key).subscriber for key in keys] == [stays]


def test_a_row_that_was_deleted_meanwhile_is_not_saved_back(client, editor):
    source = make_source()
    with transaction.atomic():
        Source.objects.all().delete()
        other = meanwhile(lambda: send(client, change_page(source), title="Another title"))

    assert "Perhaps it was deleted?" in text_of(other.result())
    assert not Source.objects.exists()


def test_saving_a_source_keeps_what_its_address_answered_meanwhile(client, editor):
    source = make_source()
    with transaction.atomic():
        source.note_link("404 Not Found", works=False, gone=True)
        other = meanwhile(lambda: send(client, change_page(source), title="Another title"))
    other.result()

    saved = Source.objects.get()
    assert (saved.title, saved.link_answer) == ("Another title", "404 Not Found")
    assert saved.dead_since


def test_what_staff_save_while_content_is_loaded_is_kept(tmp_path):
    topic = make_topic(slug="labour", name="Labour")
    for file in FILES:
        (tmp_path / file).write_text("[]")
    row = {"model": "advocacy.topic", "fields": {"slug": "labour", "name": "Work"}}
    (tmp_path / "topics.json").write_text(json.dumps([row]))
    with transaction.atomic():
        topic.name, topic.edited_by_staff_at = "Labour rights", timezone.now()
        topic.save()
        other = meanwhile(lambda: call_command("load_content", folder=tmp_path, verbosity=0))
    other.result()

    assert Topic.objects.get().name == "Labour rights"
