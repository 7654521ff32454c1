"""Four eyes: what one person writes, a second one publishes."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from advocacy.models import Draft, ResponseStatus, StatusUpdate, make_groups
from tests.factories import (
    ASKED_ON,
    evidence,
    make_search_log,
    make_source,
    make_user,
    record,
    write_draft,
)
from tests.pages import text_of
from tests.staff import (
    LOOK,
    MET,
    Controls,
    change_page,
    correct_page,
    errors_beside,
    look_again,
    make_ask,
    person,
    record_on_page,
    record_page,
    send,
)

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("models/second_person.py")]

S = ResponseStatus


@pytest.fixture
def groups():
    make_groups()


def decide(client, draft, verb, **typed):
    return client.post(reverse(f"admin:advocacy_draft_{verb}", args=[draft.pk]), typed, follow=True)


def test_what_an_editor_records_waits_for_a_publisher(client, groups):
    editor, publisher = person("Editor"), person("Publisher")
    action = make_ask(reference="NK-03")
    client.force_login(editor)
    page = record_on_page(client, action, **MET)

    draft = Draft.objects.get()
    assert "“Under discussion”. It waits for a second person." in text_of(page)
    assert page.redirect_chain[-1][0] == change_page(draft)
    assert "Write it as a draft" in text_of(client.get(record_page(ask=action)))
    assert not StatusUpdate.objects.exists()
    public = text_of(client.get(action.get_absolute_url()))
    assert "It met." not in public

    client.force_login(publisher)
    page = client.get(change_page(draft))
    assert "It met." in text_of(page)
    page = decide(client, draft, "publish")

    update = StatusUpdate.objects.get()
    assert (update.recorded_by, update.approved_by) == (editor, publisher)
    assert "It met." in text_of(client.get(action.get_absolute_url()))
    assert "NK-03: Under discussion: published." in text_of(page)
    assert change_page(draft) != page.redirect_chain[-1][0]


@pytest.mark.parametrize("by_two", [True, False])
def test_a_publisher_records_at_once_unless_four_eyes_are_wanted(client, groups, settings, by_two):
    settings.FOUR_EYES = by_two
    client.force_login(person("Publisher"))

    record_on_page(client, make_ask(), **MET)

    assert (Draft.objects.count(), StatusUpdate.objects.count()) == ((1, 0) if by_two else (0, 1))


def test_whoever_wrote_a_draft_does_not_publish_it(client, groups, settings):
    settings.FOUR_EYES = True
    publisher = person("Publisher")
    draft = write_draft(make_ask(), by=publisher)
    client.force_login(publisher)

    assert "Publish it" not in text_of(client.get(change_page(draft)))
    page = decide(client, draft, "publish")

    assert "You wrote it: a second person publishes it." in text_of(page)
    assert not StatusUpdate.objects.exists()


def test_carried_out_and_verified_always_takes_two(client, groups):
    author, second = person("Publisher"), person("Publisher")
    action = make_ask()
    record(action, S.ACTION_TAKEN)
    client.force_login(author)
    typed = {
        "source-2-title": "Study",
        "source-2-publisher": "A university",
        "source-2-url": "https://example.org/study",
        "source-2-published_on": "2025-03-04",
        "source-2-tier": "3",
        "source-2-is_independent": "True",
    }
    verified = MET | {"entry-status": S.IMPLEMENTED} | typed
    shown = send(client, record_page(ask=action), **verified, preview="1")
    assert "Carried out, verified" in text_of(shown)
    record_on_page(client, action, **verified)
    draft = Draft.objects.get()
    preview = client.get(reverse("admin:advocacy_draft_preview", args=[draft.pk]))
    assert "Carried out, verified" in text_of(preview)

    client.force_login(second)
    decide(client, draft, "publish")

    assert action.updates.get(status=S.IMPLEMENTED).approved_by == second


def test_a_draft_is_checked_when_written_and_again_when_published(groups):
    editor, publisher = person("Editor"), person("Publisher")
    action = make_ask()
    with pytest.raises(ValidationError, match="Say in a sentence"):
        write_draft(action, by=editor, summary="")
    draft = write_draft(action, S.ACKNOWLEDGED, by=editor, happened_on=date(2025, 3, 3))
    record(action, S.BLOCKED, happened_on=date(2025, 2, 2))

    with pytest.raises(ValidationError, match="cannot follow “Blocked”"):
        draft.publish(by=publisher)
    draft.refresh_from_db()
    assert draft.state == "waiting"
    assert action.updates.count() == 1


def test_a_draft_is_given_back_changed_and_published(client, groups):
    editor, publisher = person("Editor"), person("Publisher")
    draft = write_draft(make_ask(), by=editor)
    client.force_login(publisher)
    assert "Say what should change." in text_of(decide(client, draft, "give_back", remark=" "))
    decide(client, draft, "give_back", remark="Name the meeting.")

    client.force_login(editor)
    page = record_page(draft=draft)
    assert "What should change: Name the meeting." in text_of(client.get(change_page(draft)))
    sent = Controls(client.get(page).text).sent
    assert sent["entry-summary"] == "It met."
    saved = client.post(page, {**sent, "entry-summary": "It met on 3 March."}, follow=True)
    assert saved.redirect_chain[-1][0] == change_page(draft)
    draft.refresh_from_db()
    assert (draft.state, draft.entry["summary"]) == ("waiting", "It met on 3 March.")

    draft.publish(by=publisher)
    assert StatusUpdate.objects.get().summary == "It met on 3 March."


def test_what_is_published_is_the_draft_as_it_stands_now(groups):
    editor, publisher = person("Editor"), person("Publisher")
    draft = write_draft(make_ask(), by=editor)
    seen_before = Draft.objects.get()
    draft.rewrite(
        S.UNDER_DISCUSSION,
        by=editor,
        sources=[make_source()],
        summary="Told anew.",
        happened_on=ASKED_ON,
        **evidence(S.UNDER_DISCUSSION),
    )

    seen_before.publish(by=publisher)

    assert StatusUpdate.objects.get().summary == "Told anew."
    assert Draft.objects.get().entry["summary"] == "Told anew."


def test_only_its_author_withdraws_a_draft_and_a_decided_one_stays_decided(client, groups):
    editor, other, publisher = person("Editor"), person("Editor"), person("Publisher")
    draft = write_draft(make_ask(), by=editor)
    with pytest.raises(ValidationError, match="Only its author"):
        draft.withdraw(by=other)
    client.force_login(editor)
    assert "withdrawn" in text_of(decide(client, draft, "withdraw"))

    with pytest.raises(ValidationError, match="no longer open: it is withdrawn"):
        draft.publish(by=publisher)
    draft.refresh_from_db()
    with pytest.raises(ValidationError, match="no longer open: it is withdrawn"):
        draft.rewrite(S.UNDER_DISCUSSION, by=editor, sources=[make_source()], summary="Anew.")


def test_a_draft_that_was_decided_meanwhile_is_not_changed_and_nothing_typed_is_lost(
    client, groups
):
    editor, publisher = person("Editor"), person("Publisher")
    draft = write_draft(make_ask(), by=editor)
    client.force_login(editor)
    page = record_page(draft=draft)
    sent = Controls(client.get(page).text).sent
    draft.publish(by=publisher)

    late = client.post(page, {**sent, "entry-summary": "Typed meanwhile."})
    opened = client.get(page, follow=True)

    assert "This draft is no longer open: it is published." in text_of(late)
    assert Controls(late.text).sent["entry-summary"] == "Typed meanwhile."
    assert "This draft is no longer open." in text_of(opened)
    assert StatusUpdate.objects.get().summary == "It met."


def test_the_reason_of_a_later_entry_waits_in_the_draft(client, groups):
    editor, publisher = person("Editor"), person("Publisher")
    action = make_ask()
    later = record(action, S.UNDER_DISCUSSION, happened_on=date(2025, 6, 1))
    promised = MET | {"entry-status": S.COMMITTED, "entry-quote": "Yes.", "entry-speaker": "X"}
    client.force_login(editor)

    asked = record_on_page(client, action, **promised)
    assert "The record says “Under discussion”" in errors_beside(asked, "entry-later_reason")
    typed = Controls(asked.text).sent | {"entry-later_reason": "A new chair."}
    page = client.post(record_page(ask=action), typed, follow=True)

    draft = Draft.objects.get()
    assert "A new chair." in text_of(page)
    assert "The record would not take it" not in text_of(page)
    changed = Controls(client.get(record_page(draft=draft)).text).sent
    assert changed["entry-later_reason"] == "A new chair."
    assert action.updates.count() == 1
    draft.publish(by=publisher)
    assert action.updates.get(corrects=later).transition_reason == "A new chair."


@pytest.mark.parametrize("typed", [{}, {"entry-gaps": "No minutes online."}])
def test_the_draft_of_a_look_keeps_its_search_log_unless_it_is_changed(client, groups, typed):
    editor = person("Editor")
    first, second = make_ask(), make_ask()
    client.force_login(editor)
    look_again(client, first, second, **LOOK)
    draft, other = first.drafts.get(), second.drafts.get()
    shared = draft.as_update().search_log

    send(client, record_page(draft=draft), **typed)

    draft.refresh_from_db()
    assert (draft.as_update().search_log == shared) == (not typed)
    assert draft.as_update().search_log.gaps == typed.get("entry-gaps", "Closed sittings.")
    assert other.as_update().search_log.gaps == "Closed sittings."


def test_corrections_and_looks_of_an_editor_are_drafts_too(client, groups):
    editor, publisher = person("Editor"), person("Publisher")
    action, other = make_ask(), make_ask()
    wrong = record(action, summary="It met twice.")
    client.force_login(editor)
    send(
        client,
        correct_page(wrong),
        **{"entry-summary": "It met.", "entry-correction_reason": "A slip."},
    )
    page = look_again(client, action, other, **LOOK)

    assert "It waits for a second person." in text_of(page)
    assert Draft.objects.count() == 3
    assert StatusUpdate.objects.count() == 1
    for draft in Draft.objects.all():
        draft.publish(by=publisher)
    assert wrong.action.updates.get(corrects=wrong).correction_reason == "A slip."
    assert other.updates.get().is_look


def test_the_verbs_refuse_whoever_may_not(groups):
    action, nobody, editor = make_ask(), make_user(), person("Editor")
    publisher, administrator = person("Publisher"), person("Administrator")
    draft = write_draft(action, by=editor)
    details = {"summary": "It met.", "sources": [make_source()], "happened_on": ASKED_ON}

    for user in (nobody, administrator):
        with pytest.raises(PermissionDenied):
            write_draft(action, by=user)
    for user in (nobody, editor, administrator, None):
        with pytest.raises(PermissionDenied):
            action.record_response(S.UNDER_DISCUSSION, by=user, **details)
        with pytest.raises(PermissionDenied):
            action.record_look(make_search_log(), by=user)
        with pytest.raises(PermissionDenied):
            draft.publish(by=user)
        with pytest.raises(PermissionDenied):
            draft.give_back(by=user, remark="No.")
    with pytest.raises(PermissionDenied):
        action.record_response(S.UNDER_DISCUSSION, by=editor, approved_by=nobody, **details)
    assert not StatusUpdate.objects.exists()
    publisher.is_active = False
    with pytest.raises(PermissionDenied):
        draft.publish(by=publisher)


def test_four_eyes_hold_for_the_verb_as_well(groups, settings):
    settings.FOUR_EYES = True
    publisher, second = person("Publisher"), person("Publisher")
    action = make_ask()
    details = {"summary": "It met.", "happened_on": ASKED_ON} | evidence(S.UNDER_DISCUSSION)
    for approved_by in (None, publisher):
        with pytest.raises(ValidationError, match="a second person publishes every entry"):
            action.record_response(
                S.UNDER_DISCUSSION,
                by=publisher,
                approved_by=approved_by,
                sources=[make_source()],
                **details,
            )
    action.record_response(
        S.UNDER_DISCUSSION, by=publisher, approved_by=second, sources=[make_source()], **details
    )
    assert action.updates.get().approved_by == second


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_drafts_takes_a_constant_number_of_queries(
    client, groups, django_assert_num_queries, number
):
    editor = person("Editor")
    for _ in range(number):
        write_draft(make_ask(), by=editor)
    client.force_login(editor)
    page = reverse("admin:advocacy_draft_changelist")
    client.get(page)

    with django_assert_num_queries(9):
        assert len(client.get(page).context["cl"].result_list) == number
