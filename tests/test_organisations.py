"""The pages of those who ask, and the lists narrowed to what one of them asked."""

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advocacy.models import AskState, RecommendedAction
from advocacy.public.lists import ActionList
from advocacy.public.update_list import UpdateList
from tests.factories import (
    ASKED_ON,
    make_action,
    make_body,
    make_organisation,
    make_proposal,
    make_site,
    record,
    submit,
)
from tests.pages import IN_EVERY_PAGE, options_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab():
    make_site()
    return make_organisation(
        slug="lab",
        name="Justice Lab",
        abbreviation="JL",
        url="https://lab.example",
        description="Lawyers.",
    )


def page_of(client, slug="lab", **query):
    return client.get(reverse("organisation_detail", args=[slug]), query)


def test_the_page_says_who_it_is_what_it_asked_and_how_that_stands(client, lab):
    friends = make_organisation(slug="friends", name="Friends")
    ask = make_action(title="Take it up", asked_by=[lab, friends])
    make_action(title="Of somebody else")

    page = page_of(client)

    text = text_of(page)
    assert "Justice Lab" in text
    assert "Lawyers." in text
    assert 'href="https://lab.example"' in page.text
    assert "1 ask put to its body" in text
    assert "Public call" in text
    assert "16 December 2024" in text
    assert "Together with Friends" in text
    assert f'href="{reverse("organisation_detail", args=["friends"])}"' in page.text
    assert ask.title in text
    assert "Not yet checked" in text
    assert "Of somebody else" not in text


def test_what_was_asked_on_one_occasion_stands_together(client, lab):
    for title in ("First", "Second"):
        make_action(title=title, asked_by=[lab])
    later = make_action(title="Third", asked_by=[lab])
    submit(later, date(2025, 3, 1), organisations=[lab], reference="Letter")

    page = page_of(client)

    assert [len(o.asks) for o in page.context["occasions"]] == [1, 3]
    assert "Letter" in text_of(page)
    assert page.context["phases"].total() == 3


def test_only_what_came_after_the_ask_came_of_it(client, lab):
    ask = make_action(asked_by=[make_organisation()])
    submit(ask, date(2025, 3, 1), organisations=[lab])
    record(ask, "acknowledged", happened_on=date(2025, 2, 1), summary="Before they asked.")

    before = page_of(client)
    record(ask, happened_on=date(2025, 4, 1), summary="After it.")
    after = page_of(client)

    assert "No response after these asks is on record." in text_of(before)
    assert [u.summary for u in after.context["updates"]] == ["After it."]


def test_drafts_proposals_and_what_never_took_place_are_in_no_count(client, lab):
    make_action(title="A draft", asked_by=[lab], state=AskState.DRAFT)
    taken_back = make_action(title="Taken back", asked_by=[lab])
    first = taken_back.submissions.get()
    submit(
        taken_back,
        ASKED_ON,
        organisations=[lab],
        corrects=first,
        took_place=False,
        correction_reason="A mistake.",
    )
    make_proposal(title="A proposal")

    page = page_of(client)
    names = client.get(reverse("organisation_list"))

    for title in ("A draft", "Taken back", "A proposal"):
        assert title not in page.text
    assert "No ask of this organisation is on record." in text_of(page)
    assert "0 asks put to their bodies" in text_of(page)
    assert "Known here; no ask of theirs is on record Justice Lab" in text_of(names)


def test_on_a_past_day_the_page_knows_nothing_later(client, lab):
    make_action(title="Early", asked_by=[lab])
    late = make_proposal(title="Second call")
    submit(late, date(2025, 3, 1), organisations=[lab])

    page = page_of(client, as_of="2025-02-01")

    assert "Early" in page.text
    assert "Second call" not in page.text
    assert "1 ask put to its body" in text_of(page)


def test_the_list_names_those_first_who_asked(client, lab):
    make_organisation(slug="all", name="All of us")
    make_action(asked_by=[lab])

    page = client.get(reverse("organisation_list"))

    assert [row.name for row, _number in page.context["asking"]] == ["Justice Lab"]
    assert [row.name for row in page.context["others"]] == ["All of us"]
    assert "1 ask" in text_of(page)


def test_an_ask_links_to_those_who_asked(client, lab):
    ask = make_action(asked_by=[lab])

    page = client.get(ask.get_absolute_url())

    assert f'href="{lab.get_absolute_url()}"' in page.text


def test_an_unknown_organisation_is_not_found(client, lab):
    assert page_of(client, "nobody").status_code == 404


@pytest.mark.parametrize("day", ["", "2025-02-01"])
def test_lists_are_narrowed_to_what_an_organisation_asked(client, lab, day):
    ours = make_action(asked_by=[lab])
    make_action()
    make_proposal()
    late = make_proposal()
    submit(late, date(2025, 3, 1), organisations=[lab])
    for ask in (ours, late):
        record(ask, happened_on=date(2025, 1, 1))
    query = QueryDict(f"organisation=lab&as_of={day}")
    expected = {ours} if day else {ours, late}

    asks = ActionList(query)
    updates = UpdateList(query)

    found = RecommendedAction.objects.filter(pk__in=asks.keys())
    assert set(found) == expected
    assert asks.total == len(expected)
    assert set(asks.standings.matching(organisation=lab).values_list("pk", flat=True)) == {
        ask.pk for ask in expected
    }
    assert {update.action for update in updates.page(None).object_list} == expected


def test_the_filter_offers_those_who_asked_and_is_left_out_where_nobody_did(client, lab):
    make_proposal()

    nobody = client.get(reverse("action_list"))
    make_action(asked_by=[lab])
    make_organisation(name="Has asked nothing")
    somebody = client.get(reverse("action_list"))

    assert 'name="organisation"' not in nobody.text
    assert options_of(somebody, "organisation") == {"": "All organisations", "lab": "Justice Lab"}


@pytest.mark.parametrize(("address", "most"), [("", 3), ("lab/", 11)])
def test_a_page_takes_as_many_queries_however_many_rows_it_has(client, lab, address, most):
    def queries():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/en/organisations/{address}").status_code == 200
        return len(queries)

    def ask():
        action = make_action(body=make_body(), asked_by=[lab, make_organisation()])
        record(action, happened_on=date(2025, 1, 1))

    ask()
    one = queries()
    ask()
    ask()

    assert queries() == one <= IN_EVERY_PAGE + most
