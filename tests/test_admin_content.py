"""Content in the admin: whose row it is, and what nobody can change or delete."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from advocacy.models import (
    ChecklistStep,
    Issue,
    RecommendedAction,
    ResponseStatus,
    Source,
    StatusUpdate,
    TargetBody,
)
from tests.factories import (
    make_body,
    make_event,
    make_issue,
    make_legal_reference,
    make_meeting,
    make_organisation,
    make_paragraph,
    make_search_log,
    make_seat,
    make_source,
    make_step,
    make_topic,
    record,
    record_look,
)
from tests.pages import text_of
from tests.staff import (
    LIST,
    NEW_SOURCE,
    change_page,
    delete_page,
    make_ask,
    send,
)

pytestmark = [pytest.mark.django_db, pytest.mark.own_sql("admin/content.py")]

S = ResponseStatus


CONTENT = [
    (make_issue, "summary"),
    (make_paragraph, "text"),
    (make_event, "text"),
    (make_topic, "description"),
    (make_legal_reference, "point"),
    (make_body, "mandate"),
    (make_organisation, "description"),
    (make_seat, "note"),
    (make_meeting, "who_can_act"),
    (make_source, "summary"),
    (make_search_log, "gaps"),
    (make_ask, "text"),
    (make_step, "wording"),
]


@pytest.mark.parametrize(("make", "field"), CONTENT)
def test_a_row_belongs_to_staff_from_their_first_edit_on(client, editor, make, field):
    row = make()
    if make is make_issue:
        row.topics.add(make_topic())
    page = change_page(row)

    before = client.get(page)
    send(client, page)
    row.refresh_from_db()
    untouched = row.edited_by_staff_at
    send(client, page, **{field: "Edited by staff."})
    row.refresh_from_db()

    assert re.search(
        r"from \w+\.json in the content folder north-korea \(setting CONTENT_DIR\)\. Once you edit"
        r" it here, load_content leaves it alone",
        text_of(before),
    )
    assert untouched is None
    assert getattr(row, field) == "Edited by staff."
    assert row.edited_by_staff_at
    assert "load_content leaves this row alone" in text_of(client.get(page))


def test_a_row_made_in_the_admin_belongs_to_staff(client, editor):
    client.post(
        reverse("admin:advocacy_topic_add"), {"name": "Asylum", "slug": "asylum", "position": 9}
    )
    client.post(
        reverse("admin:advocacy_source_add"),
        {name.removeprefix("source-1-"): value for name, value in NEW_SOURCE.items()}
        | {"language": "en", "published_precision": "day"},
    )

    assert make_topic().__class__.objects.get(slug="asylum").edited_by_staff_at
    assert Source.objects.get().edited_by_staff_at


def test_a_change_of_its_legal_basis_is_an_edit_of_the_ask(client, editor):
    action = make_ask()

    send(client, change_page(action), legal_references=[make_legal_reference().pk])

    action.refresh_from_db()
    assert action.edited_by_staff_at


def test_a_step_edited_on_the_page_of_its_ask_belongs_to_staff_and_the_ask_does_not(client, editor):
    action = make_ask()
    step, other = make_step(action=action), make_step(action=action)

    send(client, change_page(action), **{"steps-0-wording": "Dear delegate."})

    step.refresh_from_db()
    other.refresh_from_db()
    action.refresh_from_db()
    assert step.wording == "Dear delegate."
    assert step.edited_by_staff_at
    assert other.edited_by_staff_at is None
    assert action.edited_by_staff_at is None


def test_a_slug_never_changes(client, editor):
    step = make_step(slug="write-to-geneva")

    send(client, change_page(step), slug="another", title="Edited")

    step.refresh_from_db()
    assert (step.slug, step.title) == ("write-to-geneva", "Edited")


@pytest.mark.parametrize(("make", "field"), CONTENT)
def test_every_list_opens(client, editor, make, field):
    row = make()

    page = client.get(reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_changelist"))

    assert page.context["cl"].result_count == 1


def test_an_entry_of_the_record_is_neither_edited_nor_deleted(client, editor):
    entry = record(make_ask(), summary="It met.")

    changed = client.post(change_page(entry), {"summary": "It slept."})
    deleted = client.post(delete_page(entry), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"}
    client.post(reverse("admin:advocacy_statusupdate_changelist"), chosen)
    added = client.get(reverse("admin:advocacy_statusupdate_add"))

    assert changed.status_code in (302, 403)
    assert deleted.status_code == added.status_code == 403
    assert StatusUpdate.objects.get().summary == "It met."


def test_the_whole_record_is_listed_and_each_entry_leads_to_its_ask(client, editor):
    action = make_ask(reference="NK-03", title="Open an inquiry")
    entry = record(action, summary="It met on the ask.")
    record(make_ask(title="Another"), summary="Something else.")

    page = client.get(reverse("admin:advocacy_statusupdate_changelist"), {"q": "inquiry"})
    place = client.get(change_page(entry))

    assert "It met on the ask." in text_of(page)
    assert "Something else." not in text_of(page)
    assert place.url == f"{change_page(action)}#entry-{entry.pk}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("correction=corrects", ["right"]),
        ("correction=corrected", ["wrong"]),
        ("status__exact=acknowledged", ["other"]),
    ],
)
def test_the_record_is_filtered(client, editor, query, found):
    action = make_ask()
    wrong = record(action, summary="wrong")
    record(action, summary="right", corrects=wrong, correction_reason="A slip.")
    record(make_ask(), S.ACKNOWLEDGED, summary="other")

    page = client.get(f"{reverse('admin:advocacy_statusupdate_changelist')}?{query}")

    assert [entry.summary for entry in page.context["cl"].result_list] == found


@pytest.mark.parametrize("number", [1, 3])
def test_the_record_takes_a_constant_number_of_queries(
    client, editor, django_assert_num_queries, number
):
    for _ in range(number):
        action = make_ask()
        record(action, corrects=record(action), correction_reason="A slip.")

    with django_assert_num_queries(7):
        client.get(reverse("admin:advocacy_statusupdate_changelist"))


def test_cited_evidence_stays_as_it_was_read_but_may_gain_an_archived_copy(client, editor):
    source = make_source(title="Minutes")
    record(make_ask(), sources=[source])
    copy = "https://archive.example.org/1"

    page = client.get(change_page(source))
    send(client, change_page(source), title="Rewritten", tier="4", archive_url=copy)
    deleted = client.post(delete_page(source), {"post": "yes"})

    source.refresh_from_db()
    assert "it stays as it was read and cannot be deleted" in text_of(page)
    assert (source.title, source.tier, source.archive_url) == ("Minutes", 1, copy)
    assert deleted.status_code == 403


def test_a_cited_search_log_stays_as_it_was_written(client, editor):
    log = make_search_log(gaps="Closed sittings.")
    record_look(make_ask(), search_log=log)

    send(client, change_page(log), gaps="None.")
    deleted = client.post(delete_page(log), {"post": "yes"})

    log.refresh_from_db()
    assert log.gaps == "Closed sittings."
    assert deleted.status_code == 403


def test_evidence_that_nothing_cites_can_be_deleted(client, editor):
    source = make_source()

    client.post(delete_page(source), {"post": "yes"})

    assert not Source.objects.exists()


def test_a_weak_source_is_called_so_and_a_good_one_has_no_red_cross(client, editor):
    make_source(is_weak=True)
    make_source()

    page = client.get(reverse("admin:advocacy_source_changelist"))

    words = re.findall(r'<td class="field-weak">(.*?)</td>', page.text)
    assert sorted(words) == ["-", "weak"]
    assert "icon-no" not in page.text


def test_the_desk_names_the_folder_that_content_comes_from(client, editor, settings):
    settings.CONTENT_DIR = Path("/srv/our-dossier")
    topic = make_topic()
    topics = reverse("admin:advocacy_topic_changelist")
    chosen = {"action": "delete_selected", "_selected_action": topic.pk}

    assert "from the content folder our-dossier" in text_of(client.get(topics))
    for page in (
        client.get(change_page(topic)),
        client.get(delete_page(topic)),
        client.post(topics, chosen),
    ):
        assert "in the content folder our-dossier (setting CONTENT_DIR)" in text_of(page)


def test_what_the_record_stands_on_is_not_deleted_and_the_page_says_why(client, editor):
    action = make_ask()
    entry = record(action)

    for row in [action, action.body, action.issue]:
        page = client.post(delete_page(row), {"post": "yes"})
        assert "the record stands on it, and the record is kept whole" in text_of(page), row
    chosen = {"action": "delete_selected", "post": "yes", "_selected_action": action.pk}
    page = client.post(LIST, chosen)

    assert "the record is kept whole" in text_of(page)
    assert StatusUpdate.objects.get() == entry
    assert RecommendedAction.objects.exists()
    assert TargetBody.objects.exists()
    assert Issue.objects.exists()


def test_deleting_content_says_that_a_fixture_would_bring_it_back(client, editor):
    step = make_step()

    page = client.get(delete_page(step))
    client.post(delete_page(step), {"post": "yes"})

    assert "load_content adds it again" in text_of(page)
    assert not ChecklistStep.objects.exists()
