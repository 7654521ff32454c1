"""What a response would look like in public, before it is recorded: for staff alone."""

from datetime import date

import pytest
from django.urls import reverse

from advocacy.models import Draft, Edition, ResponseStatus, StatusUpdate
from tests.factories import record, write_draft
from tests.pages import text_of
from tests.staff import (
    MET,
    a_correction,
    a_draft,
    change_page,
    make_ask,
    one_ask,
    person,
    record_page,
    send,
    several_asks,
)

pytestmark = pytest.mark.django_db

S = ResponseStatus


def test_the_preview_is_the_public_page_and_leaves_nothing(client):
    editor = person("Editor")
    action = make_ask()
    draft = write_draft(action, by=editor, summary="It met.")
    client.force_login(editor)
    for language, words in [("en", "Under discussion"), ("uk", "Обговорюється"), ("ko", "논의 중")]:
        page = client.get(
            reverse("admin:advocacy_draft_preview", args=[draft.pk]), {"language": language}
        )
        shown = text_of(page)
        assert words in shown, language
        assert "It met." in shown, language
        assert f'<html lang="{language}">' in page.text
        assert 'class="preview"' in page.text
        assert "no-store" in page["Cache-Control"]
    assert not StatusUpdate.objects.exists()
    assert not Edition.objects.exists()
    assert "It met." not in text_of(client.get(action.get_absolute_url()))


def test_a_draft_that_no_longer_fits_has_no_preview_and_says_why(client):
    editor = person("Editor")
    draft = write_draft(make_ask(), S.ACKNOWLEDGED, by=editor, happened_on=date(2025, 3, 3))
    record(draft.action, S.BLOCKED, happened_on=date(2025, 2, 2))
    client.force_login(editor)

    page = client.get(reverse("admin:advocacy_draft_preview", args=[draft.pk]), follow=True)

    assert page.redirect_chain[-1][0] == change_page(draft)
    assert "“Acknowledged” cannot follow “Blocked”" in text_of(page)


@pytest.mark.parametrize("way_in", [one_ask, several_asks, a_correction, a_draft])
def test_what_stands_in_the_form_is_looked_at_before_it_is_recorded(client, editor, way_in):
    page = way_in()
    before = [list(model.objects.values()) for model in (StatusUpdate, Draft, Edition)]
    typed = MET | {
        "entry-summary": "It met in March.",
        "entry-tell": "at_once",
        "entry-correction_reason": "A slip.",
        "entry-sources": [],
        "preview": "1",
    }

    shown = send(client, page, **typed)
    refused = send(client, page, **typed | {"entry-status": S.BLOCKED})

    assert "Preview: nobody else sees this page." in text_of(shown)
    assert "It met in March." in text_of(shown)
    assert "Followers are told: at once." in text_of(shown)
    assert refused.status_code == 422
    assert "The response is not complete." in text_of(refused)
    assert "how it was blocked, and by whom" in text_of(refused)
    assert [list(model.objects.values()) for model in (StatusUpdate, Draft, Edition)] == before
    done = send(client, page, **typed | {"preview": []})
    assert "It met in March." in text_of(done)


def test_a_preview_leads_to_public_pages_and_to_no_page_of_the_desk(client, editor):
    action = make_ask()

    shown = send(client, record_page(ask=action), **MET, preview="1")

    assert f'action="{action.get_absolute_url()}#what-you-can-do"' in shown.text
    assert "/admin/" not in shown.text
