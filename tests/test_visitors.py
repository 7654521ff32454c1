"""Forms of browsers that do not say where they come from, and of tabs that are behind."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Follow, SignUp, StepDone
from advocacy.models.networks import form_token
from tests.factories import make_action, make_body, make_follower, make_issue, make_step
from tests.pages import text_of
from tests.test_follow import sign_up

pytestmark = pytest.mark.django_db

SILENT = [
    {},
    {"origin": "null"},
    {"referer": "http://testserver/en/follow/"},
    {"origin": "null", "referer": "http://testserver/en/"},
]
ELSEWHERE = [
    {"origin": "https://evil.example"},
    {"origin": "http://[bad"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site", "origin": "null"},
]


def hidden_fields(page):
    """What a text browser would send of the form that is shown once more."""
    form = page.text.partition("<main")[2].partition('<form method="post">')[2]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {name: [unescape(v) for n, v in found if n == name] for name, _value in found}


@pytest.mark.parametrize("headers", SILENT)
def test_a_browser_that_says_nothing_is_asked_once_more_and_signs_up(client, sink, headers):
    issue = make_issue()
    page = sign_up(client, "o'neill+a@example.org", headers=headers, subject=f"issue:{issue.slug}")
    assert page.status_code == 403
    assert "Nothing has been done yet." in text_of(page)
    assert "no-store" in page["Cache-Control"]
    assert not SignUp.objects.exists()

    fields = hidden_fields(page)
    assert fields["email"] == ["o'neill+a@example.org"]
    answer = client.post(reverse("follow"), fields, headers=headers, REMOTE_ADDR="192.0.2.1")

    assert answer.status_code == 303
    assert SignUp.objects.get().issue == issue
    assert client.cookies == {}


@pytest.mark.parametrize("headers", SILENT)
def test_a_step_is_counted_once_that_is_confirmed(client, headers):
    step = make_step(action=make_action())
    address = reverse("step_done", args=[step.slug])
    page = client.post(address, headers=headers)
    assert not StepDone.objects.exists()

    answer = client.post(address, hidden_fields(page), headers=headers)

    assert answer.status_code == 303
    assert StepDone.objects.count() == 1


def test_the_form_is_shown_once_more_whatever_was_typed(client):
    typed = {"email": ['"><script>x</script>', "b&amp;"], "note": ["a\nb"]}
    page = client.post(reverse("follow"), typed)

    assert "<script>x" not in page.text
    assert {name: values for name, values in hidden_fields(page).items() if name in typed} == typed


def test_no_page_that_a_visitor_gets_holds_a_token(client):
    step = make_step()
    for address in (
        step.action.get_absolute_url(),
        reverse("my_checklist"),
        reverse("follow"),
        reverse("overview"),
    ):
        assert "form_token" not in client.get(address).text, address


def test_a_token_is_of_one_network_and_two_days(client, sink):
    today = timezone.localdate()
    good = [form_token("192.0.2.99", today - timedelta(days=age)) for age in (0, 1)]
    bad = [
        "",
        "x",
        "강",
        form_token("192.0.2.1", today - timedelta(days=2)),
        form_token("198.51.100.1", today),
    ]

    for number, token in enumerate([*bad, *good]):
        answer = sign_up(client, f"a{number}@example.org", headers={}, form_token=token)
        assert answer.status_code == (303 if token in good else 403), token


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_token_helps_no_form_of_another_site(client, sink, headers):
    token = form_token("192.0.2.1", timezone.localdate())

    answer = sign_up(client, headers=headers, form_token=token)
    assert answer.status_code == 403
    assert "This was not accepted" in text_of(answer)
    assert not SignUp.objects.exists()


def test_a_page_is_the_same_for_a_day_so_that_it_can_be_kept(client):
    first, second = (client.get(reverse("follow")) for _ in range(2))

    assert first["ETag"] == second["ETag"]


def fields_of(page):
    """What a browser would send of the form of a follower, as it is shown."""
    form = page.text.partition('<form class="follow')[2].partition("</form>")[0]
    values = {name: re.findall(rf'name="{name}" value="(\d+)"', form) for name in ("shown", "keep")}
    return {**values, "frequency": "weekly", "language": "en", "add": ""}


def test_a_tab_that_is_behind_removes_nothing_that_it_never_showed(client):
    follower = make_follower(issue=make_issue(title="First"))
    address = reverse("follow_token", args=[follower.token])
    behind = fields_of(client.get(address))
    Follow.objects.create(subscriber=follower, body=make_body(name="Added meanwhile"))

    page = client.post(address, behind | {"frequency": "at_once"})

    assert "Saved." in text_of(page)
    assert "Added meanwhile" in text_of(page)
    assert follower.follows.count() == 2
    now = fields_of(page)
    client.post(address, now | {"keep": now["keep"][:1]})
    assert follower.follows.count() == 1


def test_a_tab_that_shows_what_is_gone_changes_the_rest(client):
    follower = make_follower(issue=make_issue())
    Follow.objects.create(subscriber=follower, body=make_body())
    address = reverse("follow_token", args=[follower.token])
    behind = fields_of(client.get(address))
    gone, stays = behind["keep"]
    Follow.objects.filter(pk=gone).delete()

    page = client.post(address, behind | {"keep": [stays], "frequency": "at_once"})

    assert "Saved." in text_of(page)
    assert [str(follow.pk) for follow in follower.follows.all()] == [stays]
