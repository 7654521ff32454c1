"""Editorial text: every version is kept, and nobody saves over somebody else unawares."""

import pytest
from django.test import Client
from django.urls import reverse

from advocacy.models import ChecklistStep, Issue, RecommendedAction
from tests.factories import make_body, make_step, make_topic, make_user
from tests.factories import make_issue as make_any_issue
from tests.pages import text_of
from tests.staff import Controls, change_page, make_ask, send

pytestmark = pytest.mark.django_db


def make_issue(**fields):
    """An issue that could be saved in the admin as it is: it has a topic."""
    return make_any_issue(topics=[make_topic()], **fields)


def history_page(row):
    return reverse(f"admin:advocacy_{row._meta.model_name}_history", args=[row.pk])


@pytest.mark.parametrize(
    ("make", "field"),
    [(make_issue, "title"), (make_body, "mandate"), (make_ask, "title"), (make_step, "title")],
)
def test_every_change_is_kept_with_who_and_what_and_can_be_put_back(client, editor, make, field):
    row = make(**{field: "As it was"})
    send(client, change_page(row), **{field: "As it is"})

    page = client.get(history_page(row))
    shown = text_of(page)
    assert "As it was As it is" in shown
    assert editor.username in shown
    assert "style=" not in page.text

    first = row.history.earliest()
    version = reverse(
        f"admin:advocacy_{row._meta.model_name}_simple_history", args=[row.pk, first.pk]
    )
    assert "This is how it read." in text_of(client.get(version))
    sent = Controls(client.get(version).text).sent
    assert client.post(version, {**sent, "_save": "Put back"}).status_code == 302

    row.refresh_from_db()
    assert getattr(row, field) == "As it was"
    assert row.history.count() == 3


def test_a_step_changed_on_the_page_of_its_ask_is_kept_as_well(client, editor):
    step = make_step(action=make_ask(), title="Write")
    send(client, change_page(step.action), **{"steps-0-title": "Write twice"})

    assert [version.title for version in step.history.all()] == ["Write twice", "Write"]
    assert step.history.first().history_user == editor


def test_loaded_content_has_versions_without_a_person(client, editor, few_rows_loaded):
    shown = text_of(client.get(history_page(Issue.objects.first())))
    assert "loaded content" in shown


def test_whoever_may_not_change_a_row_does_not_put_a_version_back(client):
    issue = make_issue(title="As it was")
    issue.title = "As it is"
    issue.save()
    version = reverse(
        "admin:advocacy_issue_simple_history", args=[issue.pk, issue.history.earliest().pk]
    )
    client.force_login(make_user())

    assert client.post(version, {"title": "x"}).status_code == 403
    assert client.get(history_page(issue)).status_code == 403


def test_saving_over_a_newer_version_is_refused_with_both_shown(client, editor):
    issue = make_issue(title="As it was")
    other = Client()
    colleague = make_user(is_superuser=True, username="mykola")
    other.force_login(colleague)
    opened = Controls(client.get(change_page(issue)).text).sent
    send(other, change_page(issue), title="As Mykola wrote")

    page = client.post(
        change_page(issue), {**opened, "title": "As Olena wrote", "_save": "Save"}, follow=True
    )

    shown = text_of(page)
    assert "mykola saved a newer version while you were editing." in shown
    assert "Newer version: As Mykola wrote. Yours: As Olena wrote." in shown
    issue.refresh_from_db()
    assert issue.title == "As Mykola wrote"
    sent = Controls(page.text).sent
    assert sent["title"] == "As Olena wrote"

    client.post(change_page(issue), {**sent, "_save": "Save"})
    issue.refresh_from_db()
    assert issue.title == "As Olena wrote"


def test_a_newer_step_on_the_page_of_its_ask_is_not_saved_over(client, editor):
    step = make_step(action=make_ask(), title="Write")
    opened = Controls(client.get(change_page(step.action)).text).sent
    ChecklistStep.objects.filter(pk=step.pk).update(title="Write to the mission")

    page = client.post(
        change_page(step.action), {**opened, "steps-0-title": "Write now", "_save": "Save"}
    )

    assert "Somebody saved a newer version" in text_of(page)
    step.refresh_from_db()
    assert step.title == "Write to the mission"
    assert Controls(page.text).sent["steps-0-title"] == "Write now"


def test_an_old_form_does_not_put_back_a_field_that_was_not_touched(client, editor):
    action = make_ask(title="As it was")
    opened = Controls(client.get(change_page(action)).text).sent
    RecommendedAction.objects.filter(pk=action.pk).update(legal_note="A note from elsewhere")

    page = client.post(change_page(action), {**opened, "_save": "Save"}, follow=True)

    assert "Newer version: A note from elsewhere. Yours: –." in text_of(page)
    action.refresh_from_db()
    assert action.legal_note == "A note from elsewhere"
