import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from advocacy.models import AskState, ChecklistStep, ResponseStatus, SeenAs
from tests.factories import (
    make_action,
    make_body,
    make_contact_point,
    make_issue,
    make_seat,
    make_step,
    record,
)
from tests.pages import IN_EVERY_PAGE, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus
PAGE = reverse("my_checklist")
HTMX = {"hx-request": "true"}


@pytest.fixture
def steps():
    council = make_body(slug="unsc", name="Security Council", abbreviation="UNSC")
    make_seat(body=council, country="DK", ends_on=None)
    seoul = make_body(slug="kr", name="Government of Korea", country="KR")
    assembly = make_body(slug="unga", name="Assembly", all_states_sit=True)
    first = make_action(body=council, issue=make_issue(slug="troops"))
    make_step(action=first, title="Tell your mission", kind="email", minutes=10, audience="anyone")
    make_step(action=first, title="Brief them", kind="letter", minutes=45, audience="ngo")
    make_step(action=make_action(body=seoul), title="Call Seoul", kind="call", minutes=5)
    make_step(action=make_action(body=assembly), title="Read it", kind="read", minutes=20)
    make_step(action=make_action(state=AskState.WITHDRAWN), title="Withdrawn")
    make_step(action=make_action(state=AskState.DRAFT), title="Draft")


TITLES = ["Tell your mission", "Brief them", "Call Seoul", "Read it", "Withdrawn", "Draft"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Tell your mission", "Brief them", "Call Seoul", "Read it"]),
        ({"minutes": "15"}, ["Tell your mission", "Call Seoul"]),
        ({"kind": "letter"}, ["Brief them"]),
        ({"body": "unsc"}, ["Tell your mission", "Brief them"]),
        ({"issue": "troops", "audience": "journalist"}, ["Tell your mission"]),
        ({"country": "DK"}, ["Tell your mission", "Brief them", "Read it"]),
        ({"country": "KR"}, ["Call Seoul", "Read it"]),
    ],
)
def test_the_checklist_holds_what_one_person_can_do(client, steps, filters, found):
    shown = text_of(client.get(PAGE, filters, headers=HTMX))

    assert [title for title in TITLES if title in shown] == found


def test_an_unknown_value_is_named_and_not_applied(client, steps):
    page = client.get(PAGE, {"country": "XX", "kind": "dance"})

    assert "“XX” is not known here" in text_of(page)
    assert "“dance” is not known here" in text_of(page)
    assert "4 steps" in text_of(page)


def test_a_bad_page_is_not_found_and_an_empty_list_says_so(client):
    assert client.get(PAGE, {"page": "9"}).status_code == 404
    assert "No step has been written yet." in text_of(client.get(PAGE))


def test_a_step_closes_and_opens_with_the_status_of_its_ask(client):
    action = make_action()
    make_step(action=action, title="Thank them", when_status="action_taken, against")
    closed = "Closed at the moment: it is for “Action taken, Against”, and the status is “{}”."

    for address in (PAGE, action.get_absolute_url()):
        assert closed.format("Not yet checked") in text_of(client.get(address)), address
    record(action, S.BLOCKED)
    for address in (PAGE, action.get_absolute_url()):
        shown = text_of(client.get(address))
        assert "Thank them" in shown
        assert "Closed at the moment" not in shown, address


def test_a_step_names_only_statuses_of_the_vocabulary():
    step = make_step(when_status="blocked,soon")
    with pytest.raises(ValidationError, match="No status or phase: soon"):
        step.full_clean()
    assert ChecklistStep(when_status="blocked,no_answer").open_statuses == ["blocked", "no_answer"]


def test_what_is_written_can_be_edited_and_mailed_and_what_is_done_cannot(client):
    action = make_action(title="Restore the panel")
    wording = "Dear Sir,\n\n[link to this page]\n[your name]"
    make_step(action=action, kind="email", goes_to="body", wording=wording)
    make_step(action=action, kind="read", wording="Read the summary.")
    office = {"country": "", "body": action.body, "kind": "secretariat"}
    make_contact_point(email="a@b.example", confidence=SeenAs.OFFICIAL, **office)

    page = client.get(PAGE)

    here = f"http://testserver{action.get_absolute_url()}"
    assert f"Dear Sir,\n\n{here}\n[your name]</textarea>" in page.text
    start = "mailto:a@b.example?subject=Restore%20the%20panel&amp;body=Dear%20Sir%2C%0D%0A"
    assert f'href="{start}' in page.text
    assert page.text.count("<textarea") == 1
    assert "Read the summary." in text_of(page)


@pytest.mark.parametrize("number", [1, 3])
def test_the_checklist_takes_a_constant_number_of_queries(
    client, django_assert_num_queries, number
):
    for _ in range(number):
        action = make_action()
        make_step(action=action)
        record(action, happened_on=timezone.localdate())

    # Number, keys, steps, asks, issues, bodies and countries to choose from, whether there are
    # packs, offices.
    with django_assert_num_queries(9 + IN_EVERY_PAGE):
        client.get(PAGE)
