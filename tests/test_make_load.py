import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from advocacy.models import TRANSITIONS, Issue, RecommendedAction, StatusUpdate, TargetBody

pytestmark = pytest.mark.django_db


def make_load(**numbers):
    call_command("make_load", verbosity=0, **numbers)


def test_it_makes_what_was_asked_for_and_the_pages_show_it(client, capsys):
    make_load(issues=7, bodies=3, actions=30, updates=100)

    assert capsys.readouterr().out == "Added 7 issues, 3 bodies, 30 asks, 100 updates.\n"
    assert [model.objects.count() for model in (Issue, TargetBody, RecommendedAction)] == [7, 3, 30]
    assert StatusUpdate.objects.count() == 100
    for name, count in [("issue_list", 7), ("action_list", 30), ("update_list", 100)]:
        page = client.get(reverse(name)).context["page"]
        assert page.paginator.count == count
    assert client.get(reverse("overview")).context["lead"]["asks"] == 30


def test_what_it_makes_follows_the_vocabulary():
    make_load(issues=2, bodies=2, actions=5, updates=40)

    for action in RecommendedAction.objects.all():
        before = "not_checked"
        for update in action.updates.oldest_first():
            assert update.status in TRANSITIONS[before]
            assert update.sources.exists()
            update.full_clean()
            before = update.status


def test_bulk_rows_are_found_by_search():
    make_load(issues=3, bodies=2, actions=5, updates=5)
    action = RecommendedAction.objects.get(slug="load-ask-0")

    assert action in RecommendedAction.objects.containing(action.title.upper())


@pytest.mark.parametrize(
    "numbers",
    [
        {"issues": -1},
        {"issues": 0, "bodies": 1, "actions": 1, "updates": 0},
        {"issues": 1, "bodies": 1, "actions": 0, "updates": 1},
    ],
)
def test_numbers_that_make_no_sense_are_refused(numbers):
    with pytest.raises(CommandError):
        make_load(**numbers)

    assert not Issue.objects.exists()


def test_a_second_load_into_the_same_database_is_refused():
    make_load(issues=1, bodies=1, actions=1, updates=1)

    with pytest.raises(CommandError, match="use a fresh one"):
        make_load(issues=1, bodies=1, actions=1, updates=1)
