"""Two at once: the second waits for its turn, and finds the record as the first left it."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from advocacy.management.commands.load_content import FILES
from advocacy.models import (
    Delivery,
    Draft,
    Edition,
    Follow,
    Link,
    NetworkUse,
    RecommendedAction,
    ResponseStatus,
    SignUp,
    Source,
    StatusUpdate,
    Subscriber,
    Tell,
    Topic,
    Wording,
)
from advocacy.models.networks import hour_of
from tests.factories import (
    ASKED_ON,
    evidence,
    make_action,
    make_follower,
    make_source,
    make_topic,
    make_user,
    record,
)
from tests.pages import text_of
from tests.staff import change_page, send
from tests.test_follow import sign_up
from tests.writers import TWO_WRITERS, meanwhile

pytestmark = TWO_WRITERS

S = ResponseStatus


def test_an_entry_is_checked_against_the_one_that_was_recorded_a_moment_before():
    action = make_action()
    with transaction.atomic():
        record(action, S.COMMITTED)
        other = meanwhile(lambda: record(action, S.UNDER_DISCUSSION))

    with pytest.raises(ValidationError, match="needs a written reason"):
        other.result()
    assert StatusUpdate.objects.get().status == S.COMMITTED


def test_entries_of_two_asks_join_the_chain_one_after_the_other():
    record(make_action())
    with transaction.atomic():
        first = record(make_action())
        other = meanwhile(lambda: record(make_action()))

    before, after = (
        Link.objects.get(kind="update", key=entry.pk) for entry in (first, other.result())
    )
    assert after.number > before.number
    assert [why for _link, why in Link.objects.breaks() if why] == []


@pytest.mark.parametrize("first", ["record", "rename"])
@pytest.mark.parametrize("of", ["action", "body"])
def test_what_is_edited_as_an_entry_joins_reads_as_the_chain_says(first, of):
    action = make_action()
    row = action if of == "action" else action.body

    def rename():
        fresh = type(row).objects.get(pk=row.pk)
        setattr(fresh, "title" if of == "action" else "name", "Another")
        fresh.save()

    verbs = [lambda: record(action), rename]
    now, later = verbs if first == "record" else verbs[::-1]
    with transaction.atomic():
        now()
        other = meanwhile(later)
    other.result()

    assert list(Wording.objects.differences()) == []
    assert [why for _link, why in Link.objects.breaks() if why] == []


def test_who_records_for_several_asks_and_who_records_for_one_never_wait_for_each_other():
    first, second = make_action(), make_action()
    others = []

    def record_and_be_met(action):
        entry = record(action, S.ACKNOWLEDGED)
        if action == first:
            others.append(meanwhile(lambda: record(second, S.UNDER_DISCUSSION)))
        return entry

    with transaction.atomic():
        RecommendedAction.objects.all().each(record_and_be_met)

    assert others[0].result().status == S.UNDER_DISCUSSION
    assert [entry.status for entry in second.updates.oldest_first()] == [
        S.ACKNOWLEDGED,
        S.UNDER_DISCUSSION,
    ]


def test_a_draft_that_two_publish_at_once_is_published_once():
    Draft.objects.write(
        make_action(),
        S.UNDER_DISCUSSION,
        by=make_user(is_superuser=True),
        sources=[make_source()],
        happened_on=ASKED_ON,
        summary="It met.",
        **evidence(S.UNDER_DISCUSSION),
    )
    one, another = Draft.objects.get(), Draft.objects.get()
    with transaction.atomic():
        one.publish(by=make_user(is_superuser=True))
        other = meanwhile(lambda: another.publish(by=make_user(is_superuser=True)))

    with pytest.raises(ValidationError, match="no longer open: it is published"):
        other.result()
    assert StatusUpdate.objects.count() == 1


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


def hours_of_turns(number):
    """So many take their turn at once: how many of them in which hour from now."""

    def take(_number):
        try:
            return NetworkUse.objects.take_turn() or hour_of(None)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as threads:
        turns = Counter(threads.map(take, range(number)))
    return [turns[hour] for hour in sorted(turns)]


def test_no_hour_gets_more_confirmations_than_it_may_however_many_come_at_once(settings):
    settings.CONFIRMATIONS_AN_HOUR = 5

    assert hours_of_turns(12) == [5, 5, 2]


def test_while_a_sign_up_is_written_another_gets_its_answer(client, queue):
    other = []

    def in_the_middle(execute, sql, *arguments):
        if sql.startswith('INSERT INTO "django_tasks') and not other:
            other.append("asked")
            answer = meanwhile(lambda: sign_up(Client(), "bo@example.org", ip="10.0.0.1"))
            other.append(answer.done() and answer.result().status_code)
        return execute(sql, *arguments)

    with connection.execute_wrapper(in_the_middle):
        assert sign_up(client).status_code == 303

    assert other == ["asked", 303]
