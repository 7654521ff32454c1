"""Four eyes: what one person writes, a second one publishes."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from advocacy.models import Draft, Edition, ResponseStatus, StatusUpdate, make_groups
from tests.factories import ASKED_ON, evidence, make_search_log, make_source, make_user, record
from tests.pages import text_of
from tests.staff import (
    LOOK,
    NEW_SOURCE,
    Controls,
    change_page,
    correct_page,
    look_again,
    make_ask,
    record_on_page,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus
MET = {"entry-status": S.UNDER_DISCUSSION, "entry-summary": "It met.", **NEW_SOURCE}


@pytest.fixture
def groups():
    make_groups()


def person(role, **fields):
    user = make_user(**fields)
    user.groups.set([Group.objects.get(name=role)])
    return user


def write(action, status=S.UNDER_DISCUSSION, *, by, **details):
    details = {"happened_on": ASKED_ON, "summary": "It met."} | evidence(status) | details
    details.pop("approved_by", None)
    sources = details.pop("sources", None) or [make_source()]
    return Draft.objects.write(action, status, by=by, sources=sources, **details)


def decide(client, draft, verb, **typed):
    return client.post(reverse(f"admin:advocacy_draft_{verb}", args=[draft.pk]), typed, follow=True)


def test_what_an_editor_records_waits_for_a_publisher(client, groups):
    editor, publisher = person("Editor"), person("Publisher")
    action = make_ask(reference="NK-03")
    client.force_login(editor)
    page = record_on_page(client, action, **MET)

    assert "“Under discussion” is a draft now and waits" in text_of(page)
    assert "Write it as a draft" in text_of(page)
    assert not StatusUpdate.objects.exists()
    draft = Draft.objects.get()
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
    draft = write(make_ask(), by=publisher)
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
        "source-2-is_independent": "on",
    }
    record_on_page(client, action, **MET | {"entry-status": S.IMPLEMENTED} | typed)
    sources = list(Draft.objects.get().sources.values_list("pk", flat=True))
    draft = Draft.objects.get()
    preview = client.get(reverse("admin:advocacy_draft_preview", args=[draft.pk]))
    assert "Carried out, verified" in text_of(preview)
    sent = Controls(client.get(change_page(action)).text).sent
    form = reverse("admin:advocacy_recommendedaction_preview", args=[action.pk])
    again = {"entry-status": S.IMPLEMENTED, "entry-summary": "Met.", "entry-sources": sources}
    assert "Carried out, verified" in text_of(client.post(form, {**sent, **again}))

    client.force_login(second)
    decide(client, draft, "publish")

    assert action.updates.get(status=S.IMPLEMENTED).approved_by == second


def test_a_draft_is_checked_when_written_and_again_when_published(groups):
    editor, publisher = person("Editor"), person("Publisher")
    action = make_ask()
    with pytest.raises(ValidationError, match="Say in a sentence"):
        write(action, by=editor, summary="")
    draft = write(action, S.ACKNOWLEDGED, by=editor, happened_on=date(2025, 3, 3))
    record(action, S.BLOCKED, happened_on=date(2025, 2, 2))

    with pytest.raises(ValidationError, match="cannot follow “Blocked”"):
        draft.publish(by=publisher)
    draft.refresh_from_db()
    assert draft.state == "waiting"
    assert action.updates.count() == 1


def test_a_draft_is_given_back_changed_and_published(client, groups):
    editor, publisher = person("Editor"), person("Publisher")
    draft = write(make_ask(), by=editor)
    client.force_login(publisher)
    assert "Say what should change." in text_of(decide(client, draft, "give_back", remark=" "))
    decide(client, draft, "give_back", remark="Name the meeting.")

    client.force_login(editor)
    page = reverse("admin:advocacy_draft_edit", args=[draft.pk])
    assert "What should change: Name the meeting." in text_of(client.get(change_page(draft)))
    sent = Controls(client.get(page).text).sent
    assert sent["entry-summary"] == "It met."
    client.post(page, {**sent, "entry-summary": "It met on 3 March."})
    draft.refresh_from_db()
    assert (draft.state, draft.entry["summary"]) == ("waiting", "It met on 3 March.")

    draft.publish(by=publisher)
    assert StatusUpdate.objects.get().summary == "It met on 3 March."


def test_what_is_published_is_the_draft_as_it_stands_now(groups):
    editor, publisher = person("Editor"), person("Publisher")
    draft = write(make_ask(), by=editor)
    seen_before = Draft.objects.get()
    draft.rewrite(
        S.UNDER_DISCUSSION,
        by=editor,
        sources=[make_source()],
        summary="Told anew.",
        happened_on=ASKED_ON,
    )

    seen_before.publish(by=publisher)

    assert StatusUpdate.objects.get().summary == "Told anew."
    assert Draft.objects.get().entry["summary"] == "Told anew."


def test_only_its_author_withdraws_a_draft_and_a_decided_one_stays_decided(client, groups):
    editor, other, publisher = person("Editor"), person("Editor"), person("Publisher")
    draft = write(make_ask(), by=editor)
    with pytest.raises(ValidationError, match="Only its author"):
        draft.withdraw(by=other)
    client.force_login(editor)
    assert "withdrawn" in text_of(decide(client, draft, "withdraw"))

    with pytest.raises(ValidationError, match="no longer open: it is withdrawn"):
        draft.publish(by=publisher)
    draft.refresh_from_db()
    with pytest.raises(ValidationError, match="no longer open: it is withdrawn"):
        draft.rewrite(S.UNDER_DISCUSSION, by=editor, sources=[make_source()], summary="Anew.")


def test_the_preview_is_the_public_page_and_leaves_nothing(client, groups):
    editor = person("Editor")
    action = make_ask()
    draft = write(action, by=editor, summary="It met.", summary_uk="Засідання відбулося.")
    client.force_login(editor)
    for language, words in [("en", "It met."), ("uk", "Засідання відбулося."), ("ko", "It met.")]:
        page = client.get(
            reverse("admin:advocacy_draft_preview", args=[draft.pk]), {"language": language}
        )
        shown = text_of(page)
        assert words in shown, language
        assert f'<html lang="{language}">' in page.text
        assert 'class="preview"' in page.text
        assert "no-store" in page["Cache-Control"]
    assert not StatusUpdate.objects.exists()
    assert not Edition.objects.exists()
    assert "It met." not in text_of(client.get(action.get_absolute_url()))


def test_what_stands_in_the_form_is_looked_at_before_it_is_recorded(client, editor):
    action = make_ask()
    page = reverse("admin:advocacy_recommendedaction_preview", args=[action.pk])
    sent = Controls(client.get(change_page(action)).text).sent

    shown = client.post(page, {**sent, **MET, "entry-tell": "at_once"})
    assert "It met." in text_of(shown)
    assert "Followers are told: at once." in text_of(shown)
    refused = client.post(page, {**sent, "entry-status": S.BLOCKED})
    assert refused.status_code == 422
    assert "The response is not complete." in text_of(refused)
    assert not StatusUpdate.objects.exists()
    assert client.get(page).status_code == 405


def test_corrections_and_looks_of_an_editor_are_drafts_too(client, groups):
    editor, publisher = person("Editor"), person("Publisher")
    action, other = make_ask(), make_ask()
    wrong = record(action, summary="It met twice.")
    client.force_login(editor)
    sent = Controls(client.get(correct_page(wrong)).text).sent
    client.post(
        correct_page(wrong),
        {**sent, "entry-summary": "It met.", "entry-correction_reason": "A slip."},
    )
    page = look_again(client, action, other, **LOOK)

    assert "2 drafts wait for a second person" in text_of(page)
    assert StatusUpdate.objects.count() == 1
    for draft in Draft.objects.all():
        draft.publish(by=publisher)
    assert wrong.action.updates.get(corrects=wrong).correction_reason == "A slip."
    assert other.updates.get().status == S.NO_RESPONSE


def test_the_verbs_refuse_whoever_may_not(groups):
    action, nobody, editor = make_ask(), make_user(), person("Editor")
    publisher, administrator = person("Publisher"), person("Administrator")
    draft = write(action, by=editor)
    details = {"summary": "It met.", "sources": [make_source()], "happened_on": ASKED_ON}

    for user in (nobody, administrator):
        with pytest.raises(PermissionDenied):
            write(action, by=user)
    for user in (nobody, editor, administrator, None):
        with pytest.raises(PermissionDenied):
            action.record_response(S.UNDER_DISCUSSION, by=user, **details)
        with pytest.raises(PermissionDenied):
            action.record_check(make_search_log(), by=user)
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
    action, details = make_ask(), {"summary": "It met.", "happened_on": ASKED_ON}
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
        write(make_ask(), by=editor)
    client.force_login(editor)
    page = reverse("admin:advocacy_draft_changelist")
    client.get(page)

    with django_assert_num_queries(6):
        assert len(client.get(page).context["cl"].result_list) == number
