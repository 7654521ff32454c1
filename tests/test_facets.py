"""Every count beside an option is the number of rows that the list then has, in any record."""

import re
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random

import hypothesis
import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.models import AskState, Audience, ExpectedBasis, Phase, ResponseStatus
from advocacy.models.vocabulary import RECORDED
from advocacy.public.lists import ActionList, IssueList
from advocacy.public.update_list import UpdateList
from tests.factories import make_action, make_body, make_issue, make_step, make_topic, make_user
from tests.moves import play
from tests.pages import options_of

LISTS = {"action_list": ActionList, "issue_list": IssueList, "update_list": UpdateList}
SLUGS = ["one", "two", "three"]
# Of the first three only options with rows are listed.
OPTIONS = {
    "topic": SLUGS,
    "body": SLUGS,
    "issue": SLUGS,
    "status": [*Phase.values, *ResponseStatus.values],
    "audience": Audience.values,
    "overdue": ["on"],
    "proposed": ["on"],
}


@contextmanager
def taken_back():
    """Whatever is written within is not there any more after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def some_day(random):
    return date(2024, 6, 1) + timedelta(days=random.randrange(880))


def make_record(random):
    """A record in which anything may stand beside anything."""
    topics = [make_topic(slug=slug) for slug in SLUGS]
    issues = [
        make_issue(
            slug=slug,
            opened_on=some_day(random),
            summary=random.choice(["Nickel", "Silence", "Nickel and silence"]),
            topics=random.sample(topics, random.randrange(3)),
        )
        for slug in SLUGS
    ]
    bodies = [make_body(slug=slug, works_in_confidence=random.random() < 0.3) for slug in SLUGS]
    by = make_user(is_superuser=True)
    for _ in range(12):
        action = make_action(
            issue=random.choice(issues),
            body=random.choice(bodies),
            asked_on=some_day(random) if random.random() < 0.8 else None,
            state=random.choice([AskState.OPEN] * 4 + AskState.values),
        )
        others = [issue for issue in issues if issue != action.issue]
        action.also_on.set(random.sample(others, random.choice([0, 0, 1, 2])))
        if random.random() < 0.5:
            action.expected_by = some_day(random)
            action.expected_basis = random.choice(ExpectedBasis.values)
            action.expected_rule = "Rule 1."
            action.save()
        for audience in random.sample(Audience.values, random.randrange(3)):
            make_step(action=action, audience=audience)
        for _ in range(random.randrange(5)):
            play(action, by, some_move(random))


def some_move(random):
    kind = random.choice(["response", "response", "look", "correct", "pause"])
    if kind in ("look", "pause"):
        return kind, some_day(random)
    return kind, random.choice(RECORDED[:4]), some_day(random)


def number_of_rows(name, query):
    """How many rows the list has, its own count left aside."""
    chosen = QueryDict(mutable=True)
    chosen.update(query)
    rows = LISTS[name](chosen)
    assert rows.filters.is_valid(), rows.filters.errors
    keys = list(rows.keys())
    if name == "action_list":
        # The filters of the desk are the same, asked of the database.
        asks = rows.standings.matching(**rows.chosen)
        asks = asks.proposed() if rows.is_of_proposals else asks.asked()
        assert set(keys) == set(asks.values_list("pk", flat=True)), query
    if keys and name != "issue_list":
        walk = rows.walk()
        walk.LEAST = walk.MARGIN = 0
        assert walk[: len(keys)] == keys, query
    return len(set(keys))


def shown_counts(page):
    """The number beside each option of a page: {filter: {option: number}}."""
    fields = page.context["filters"].fields
    shown = {}
    for field in OPTIONS:
        if field not in fields:
            continue
        is_ticked = field in ("overdue", "proposed")
        labels = {"on": fields[field].label} if is_ticked else options_of(page, field)
        labels.pop("", None)
        shown[field] = {
            option: int(re.search(r"\((\d+)\)$", label)[1]) for option, label in labels.items()
        }
    return shown


def some_choices(random, name, query):
    """The filters of a list with some chosen that leave something: its status, or another."""
    counts = shown_counts(Client().get(reverse(name), query))
    values = {field: [o for o, n in numbers.items() if n] for field, numbers in counts.items()}
    values = {field: options for field, options in values.items() if options}
    status = [field for field in values if field == "status"]
    others = [field for field in values if field != "status"]
    other = random.sample(others, min(len(others), 2))
    words = {"q": random.choice(["nickel", "silence", "nickel silence"])}
    for fields in (status, other[:1], [*status, *other[1:]]):
        chosen = {field: random.choice(values[field]) for field in fields}
        yield query | chosen | (words if random.random() < 0.2 else {})


def check_counts(random, name, query):
    page = Client().get(reverse(name), query)

    # Of entries our own looks are told by the day: fewer stand on the pages than there are.
    shown = page.context.get("number_of_entries", page.context["page"].paginator.count)
    assert shown == number_of_rows(name, query)
    for field, counts in shown_counts(page).items():
        # Of those with nothing behind them one is enough; one that is not listed has nothing.
        nothing = [option for option in OPTIONS[field] if not counts.get(option)]
        for option in [o for o in counts if counts[o]] + random.sample(nothing, bool(nothing)):
            found = number_of_rows(name, query | {field: option})
            assert counts.get(option, 0) == found, (name, query, field, option)


@pytest.mark.django_db
@settings(
    max_examples=2,
    # A seed cannot be made simpler.
    phases=[hypothesis.Phase.reuse, hypothesis.Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 1_000_000))
def test_every_count_is_the_number_of_rows_that_its_option_leaves(seed):
    random = Random(seed)
    with taken_back():
        make_record(random)
        for day in ({}, {"as_of": date(2026, random.randrange(1, 9), 1).isoformat()}):
            for name, looks in [*((name, {}) for name in LISTS), ("update_list", {"looks": "1"})]:
                for query in some_choices(random, name, day | looks):
                    check_counts(random, name, query)
