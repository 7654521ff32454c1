from datetime import date
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from advocacy.models import Audience, ResponseStatus
from tests.factories import (
    make_action,
    make_body,
    make_issue,
    make_source,
    make_step,
    make_topic,
    record,
)
from tests.pages import IN_EVERY_PAGE, options_of, text_of

pytestmark = pytest.mark.django_db

S = ResponseStatus
SUMMARY = "{http://www.w3.org/2005/Atom}summary"


@pytest.fixture
def entries():
    topic = make_topic(slug="security")
    unsc = make_action(body=make_body(slug="unsc"), issue=make_issue(slug="one", topics=[topic]))
    ilo = make_action(body=make_body(slug="ilo", name="Labour Organization"), slug="labour")
    make_step(action=ilo, audience=Audience.UNION)
    record(unsc, S.BLOCKED, happened_on=date(2025, 3, 28), summary="Vetoed.")
    record(unsc, S.UNDER_DISCUSSION, happened_on=date(2025, 6, 1), summary="Debated again.")
    record(ilo, S.ACKNOWLEDGED, happened_on=date(2025, 4, 1), summary="Receipt acknowledged.")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Debated again.", "Receipt acknowledged.", "Vetoed."]),
        ({"body": "unsc"}, ["Debated again.", "Vetoed."]),
        ({"status": "against"}, ["Vetoed."]),
        ({"status": "under_discussion"}, ["Debated again."]),
        ({"topic": "security", "status": "blocked"}, ["Vetoed."]),
        ({"issue": "one"}, ["Debated again.", "Vetoed."]),
        ({"audience": "union"}, ["Receipt acknowledged."]),
        ({"q": "labour"}, ["Receipt acknowledged."]),
        ({"as_of": "2025-04-15"}, ["Receipt acknowledged.", "Vetoed."]),
        ({"body": "nobody"}, ["Debated again.", "Receipt acknowledged.", "Vetoed."]),
    ],
)
def test_every_entry_newest_first_with_the_filters_of_the_asks(client, entries, filters, found):
    page = client.get(reverse("update_list"), filters)
    feed = client.get(reverse("update_feed"), filters)

    assert [update.summary for update in page.context["updates"]] == found
    if filters.get("body") == "nobody":
        assert feed.status_code == 400
        return
    summaries = [element.text for element in ElementTree.fromstring(feed.content).iter(SUMMARY)]
    assert len(summaries) == len(found)
    assert all(any(words in summary for summary in summaries) for words in found)


def test_the_counts_are_of_entries(client, entries):
    response = client.get(reverse("update_list"))

    assert options_of(response, "body")["unsc"].endswith("(2)")
    assert options_of(response, "status")["against"] == "Against (1)"


def test_an_entry_leads_to_its_place_in_the_record(client, entries):
    response = client.get(reverse("update_list"))

    assert 'href="/en/actions/labour/#entry-' in response.text
    assert "28 March 2025" in text_of(response)


def test_corrections_stand_beside_what_they_corrected(client):
    action = make_action()
    wrong = record(action, S.ACTION_TAKEN, summary="It decided.")
    record(action, summary="It debated.", corrects=wrong, correction_reason="No vote was held.")
    record(make_action(), summary="Something else.")

    shown = text_of(client.get(reverse("correction_list")))

    for words in ["It decided.", "It debated.", "No vote was held."]:
        assert words in shown, words
    assert "Something else." not in shown


def test_no_correction_is_said_in_words(client):
    response = client.get(reverse("correction_list"))

    assert response.status_code == 200
    assert "correct" in text_of(response).lower()


def test_a_bad_page_number_is_not_found(client, entries):
    assert client.get(reverse("update_list"), {"page": 9}).status_code == 404
    assert client.get(reverse("correction_list"), {"page": 9}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("update_list", 9), ("correction_list", 5)])
def test_the_lists_take_a_constant_number_of_queries(
    client, django_assert_num_queries, number, name, queries
):
    for _ in range(number):
        action = make_action()
        wrong = record(action, sources=[make_source(), make_source()])
        record(action, corrects=wrong, correction_reason="A slip.")

    # Whether an answer is due anywhere; the columns of all asks, further issues, topics; the keys
    # of the page, its entries, their sources and those of what they correct, the names of options.
    # Of corrections what they replaced as well.
    with django_assert_num_queries(queries + IN_EVERY_PAGE):
        client.get(reverse(name))
