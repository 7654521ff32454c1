"""The pages of staff in Chromium, Firefox and WebKit: nothing spills out at any width."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advocacy.models import Edition, ResponseStatus, Source, Tell, make_groups
from tests.browser.engines import QUICK
from tests.browser.layout import spills
from tests.browser.test_engines_browser import named
from tests.factories import (
    make_action,
    make_body,
    make_follower,
    make_source,
    make_user,
    record,
    record_look,
    surround,
)
from tests.staff import change_page, record_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Nobody works at the desk on the narrowest of telephones.
WIDTHS = [360, 768, 1280, 1600]


def changelist(name):
    return reverse(f"admin:advocacy_{name}_changelist")


@pytest.fixture
def pages():
    """The addresses of the pages of staff that are used most, each with something to show."""
    make_groups()
    make_user(username="olena", password="a long password", is_superuser=True)
    today = timezone.localdate()
    body = make_body(name="International Labour Organization", abbreviation="ILO")
    late = make_action(
        reference="NK-03",
        title="Open an inquiry into the forced labour of soldiers who are held far from home",
        body=body,
        expected_by=today - timedelta(days=3),
        expected_basis="rule",
    )
    make_action(reference="NK-04", title="Look into it", body=body)
    record_look(late)
    entry = record(late, tell=Tell.AT_ONCE)
    make_follower("a.long.name.of.somebody@a-long-name-of-a-place.example.org", action=late)
    make_source(title="A page that went away").note_link("404", works=False, gone=True)
    draft = surround(late, ResponseStatus.BLOCKED)
    return [
        reverse("admin:index"),
        changelist("draft"),
        change_page(draft),
        changelist("recommendedaction"),
        change_page(late),
        record_page(ask=late),
        record_page(body=body),
        record_page(ask=late, look=1),
        record_page(corrects=entry),
        changelist("source"),
        reverse("admin:advocacy_source_add"),
        change_page(Source.objects.first()),
        changelist("subscriber"),
        changelist("edition"),
        change_page(Edition.objects.get()),
    ]


def assert_fit(live_server, engine, pages, widths):
    engine.open(f"{live_server.url}/admin/")
    engine.type("//input[@name = 'login']", "olena")
    engine.type("//input[@name = 'password']", "a long password")
    engine.click(named("Log in", "button"))
    engine.sees("Drafts waiting for review")
    found = []
    for path in pages:
        engine.open(f"{live_server.url}{path}")
        found += spills(engine, path, widths)

    assert "\n".join(found) == ""
    assert engine.complaints() == []


@pytest.mark.parametrize("engine", QUICK, indirect=True)
def test_every_page_of_the_desk_fits_in_an_engine(live_server, engine, pages, request):
    """Half of them in each of two, at every second width."""
    first = QUICK.index(request.node.callspec.params["engine"])

    assert_fit(live_server, engine, pages[first :: len(QUICK)], WIDTHS[::2])


@pytest.mark.thorough
def test_every_page_of_the_desk_fits_in_every_engine(live_server, engine, pages):
    assert_fit(live_server, engine, pages, WIDTHS)
