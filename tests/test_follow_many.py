"""Which of many subjects the form to follow offers, and how the others are found."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from advocacy.models import SignUp
from tests.factories import make_action, make_body, make_follower, make_issue
from tests.pages import text_of
from tests.test_follow import ADDRESS, HTMX, sign_up

pytestmark = pytest.mark.django_db


def options_of(page, name="subject"):
    select = re.search(rf'<select name="{name}".*?</select>', page.text, re.S)[0]
    return re.findall(r'<option value="([^"]*)"', select)


@pytest.fixture
def many():
    """A hundred issues and seventy bodies; one issue is found by words in another script."""
    for number in range(99):
        make_issue(slug=f"many-{number}", title=f"Issue {number:02}", position=number)
    for number in range(70):
        make_body(slug=f"court-{number}", name=f"Court {number:02}")
    return make_issue(slug="last", title="Примусова праця", position=1000)


@pytest.mark.parametrize("language", ["en", "uk", "ko"])
def test_of_many_subjects_sixty_are_offered_and_any_other_is_found(client, sink, many, language):
    translation.activate(language)
    page = client.get(reverse("follow"))
    assert len(options_of(page)) == 59
    assert {"everything", "issue:many-0", "body:court-0"} <= set(options_of(page))
    assert "issue:last" not in options_of(page)
    assert len(page.text) < 20_000

    typed = {"language": language, "frequency": "at_once", "subject_words": "  ПРАЦЯ примусова "}
    found = sign_up(client, **typed)
    assert found.status_code == 200
    assert options_of(found) == ["everything", "issue:last"]
    assert sink.addresses == []
    # What was typed stays, and nothing is held against it yet.
    assert f'value="{ADDRESS}"' in found.text
    assert re.search(r'value="at_once"[^>]* checked', found.text)
    assert "field__error" not in found.text

    [looked_for] = re.findall(r'name="subject_found" value="([^"]*)"', found.text)
    sign_up(client, **typed | {"subject": "issue:last", "subject_found": looked_for})
    assert SignUp.objects.get().issue == many
    assert sink.addresses == [ADDRESS]


def test_words_that_were_not_looked_for_yet_are_never_passed_over(client, sink, many):
    """Whoever types words and presses "Follow" had something else in mind than what is chosen."""
    for typed in ({"subject_words": "праця"}, {"find": "1"}):
        page = sign_up(client, **typed)
        assert page.status_code == 200
    nothing = sign_up(client, subject_words="atlantis", email="", headers=HTMX)
    assert options_of(nothing) == ["everything"]
    assert "<html" not in nothing.text
    assert "This field is required" not in nothing.text
    assert sink.addresses == []


@pytest.mark.parametrize("kind", ["issue", "body", "action"])
def test_what_one_came_to_follow_is_chosen_among_many(client, many, kind):
    body = make_body(slug="other", name="The other council", position=1000)
    make_action(slug="other", title="Do it", issue=many, body=body)
    slug = "last" if kind == "issue" else "other"

    page = client.get(reverse("follow"), {kind: slug})

    assert len(options_of(page)) <= 60
    assert f'<option value="{kind}:{slug}" selected>' in page.text


def test_a_follower_finds_any_other_of_many_subjects(client, many):
    follower = make_follower(issue=make_issue(title="Kept"))
    address = reverse("follow_token", args=[follower.token])
    assert len(options_of(client.get(address), "add")) == 59
    [kept] = follower.follows.all()

    data = {"keep": [kept.pk], "frequency": "at_once", "language": "ko", "add": ""}
    found = client.post(address, data | {"add_words": "праця"})
    assert "Saved." not in text_of(found)
    assert options_of(found, "add") == ["", "everything", "issue:last"]
    assert re.search(rf'value="{kept.pk}"[^>]* checked', found.text)

    words = {"add_words": "праця", "add_found": "праця", "add": "issue:last"}
    client.post(address, data | words)
    assert many in [follow.subject for follow in follower.follows.all()]


def test_an_issue_that_is_not_public_yet_cannot_be_followed(client, sink):
    tomorrow = timezone.localdate() + timedelta(days=1)
    make_issue(slug="secret", title="Not yet told", opened_on=tomorrow)

    assert "Not yet told" not in client.get(reverse("follow")).text
    assert "Not yet told" not in client.get(reverse("follow"), {"issue": "secret"}).text
    assert sign_up(client, subject="issue:secret").status_code == 422
    assert sink.addresses == []
