"""The checklist of all steps: a list of steps with their asks, by the body they are put to."""

from itertools import groupby
from typing import Any, NamedTuple

from django.db import models
from django.utils.functional import cached_property

from advocacy.models import Audience, ChecklistStep, ContactPoint, Doors, RecommendedAction
from advocacy.models.kept import numbers
from advocacy.models.positions import Positions
from advocacy.public.basket import Basket
from advocacy.public.forms import ChecklistFilterForm
from advocacy.public.lists import FilteredList
from advocacy.public.safety import letters_or_safety
from advocacy.web.pagination import Groups, Together

# Steps about the same body that say the same in all of these, and take as long, are one to do.
ALIKE = ("title", "kind", "audience", "when_status")


class StepList(FilteredList):
    """Every step of the open asks, by body; within a body those first that take the least time."""

    filter_form = ChecklistFilterForm

    @property
    def is_for_families(self):
        return self.filters.filters.get("audience") == Audience.FAMILY

    def matches(self):
        filters = self.filters.filters
        steps = ChecklistStep.objects.of_open_asks().matching(**filters).order_by()
        steps = steps.safe_in(filters.get("country", ""))
        return steps.for_families_alone() if self.is_for_families else steps

    @cached_property
    def by_body(self):
        """How many steps are about each body: {key: number}, the bodies in their order."""
        return numbers.get(("steps", self.filters.query), self._count_by_body)

    def _count_by_body(self):
        rows = self.matches().order_by("action__body__position", "action__body")
        return dict(rows.values_list("action__body").annotate(n=models.Count("*")))

    @cached_property
    def total(self):
        return sum(self.by_body.values())

    def sort(self, steps):
        # The same letter about several asks stands together.
        order = ("minutes", *ALIKE, "action__reference", "position", "pk")
        return steps.order_by("action__body__position", "action__body", *order)

    def ordered(self):
        by_body = Groups(self.sort(self.matches()), "action__body", self.by_body)
        return Together(by_body, ("action__body", "minutes", *ALIKE))

    def fetch(self):
        return ChecklistStep.objects.with_related().with_act_by()

    @cached_property
    def basket(self):
        return Basket(self.query)

    def rows_of(self, page):
        """The steps of a page, unless all that it says of them is kept.

        Nobody's basket is kept, nor that a page has none.
        """
        key = self.filters.query, page.number, "country" in self.form.fields
        if self.pieces is None or self.basket or not page.paginator.count:
            return super().rows_of(page)
        return super().rows_of(page) if self.pieces.lacks("steps", *key) else []

    def shown(self, steps):
        steps, country = with_asks(steps), self.filters.filters.get("country", "")
        rows, doors = merged(steps, self.basket), Doors.of_steps(country, steps)
        return {
            "rows": rows,
            "bodies": [Part(body, list(part)) for body, part in groupby(rows, body_of)],
            "country": country,
            "has_country_choice": "country" in self.filters.fields,
            **letters_or_safety(doors),
            "positions": Positions(country, [step.action for step in steps]),
            "basket": self.basket,
            "ways": self.ways(),
            "is_for_families": self.is_for_families,
            "contacts": ContactPoint.objects.for_families() if self.is_for_families else [],
        }

    def ways(self):
        """The three ways in: [(name, the query of its address, whether it is the current one)].

        They leave the other filters and the basket as they are.
        """
        filters = self.filters.filters
        chosen = filters.get("audience"), filters.get("minutes")
        return [
            (name, self.basket.query_with(audience=audience, minutes=minutes), chosen == way)
            for name, (audience, minutes) in WAYS.items()
            for way in [(audience or None, minutes or None)]
        ]


WAYS = {
    "five": (Audience.ANYONE.value, "5"),
    "half-hour": (Audience.ANYONE.value, "30"),
    "organisation": (Audience.NGO.value, ""),
}


class Part(NamedTuple):
    """The rows about one body."""

    body: Any
    rows: list["Row"]

    @property
    def act_by(self):
        """Until when something done outside helps at the next meeting of the body, if known."""
        return self.rows[0].step.act_by


class Row(NamedTuple):
    """One thing to do, for every ask to which it is to be done in the same words."""

    steps: list[ChecklistStep]
    basket: Basket

    @property
    def step(self):
        return self.steps[0]

    @property
    def texts(self):
        """The steps of it whose texts differ: each text is offered once."""
        texts: dict[Any, ChecklistStep] = {}
        for step in self.steps:
            texts.setdefault((step.wording, step.url), step)
        return list(texts.values())

    @property
    def slugs(self):
        return [step.slug for step in self.steps]

    @property
    def key(self):
        """What it is called where it is put into the basket and ticked."""
        return ",".join(self.slugs)

    @property
    def others(self):
        """The slugs of the steps that are done with the first."""
        return self.slugs[1:]

    @property
    def is_chosen(self):
        return self.basket.holds(self.slugs)

    @property
    def query_without(self):
        """The page with all of it taken out of the basket."""
        return self.basket.query_without(self.slugs)


def body_of(row):
    return row.step.action.body


def alike(step):
    """What two steps have in common that are done to the same body by one letter or deed."""
    return (step.action.body_id, step.minutes, *(getattr(step, name) for name in ALIKE))


def merged(steps, basket):
    """The steps as rows: what is to be done alike to the same body is one of them."""
    rows: dict[Any, list[ChecklistStep]] = {}
    for step in steps:
        rows.setdefault(alike(step), []).append(step)
    return [Row(steps, basket) for steps in rows.values()]


def with_asks(steps):
    """The steps as a list, each with its ask as the record has it now."""
    steps = list(steps)
    if not steps:
        return steps
    rows = RecommendedAction.objects.with_status().with_related()
    asks = rows.in_bulk({step.action_id for step in steps})
    for step in steps:
        step.action = asks[step.action_id]
    return steps
