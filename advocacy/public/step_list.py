"""The checklist of all steps: a list of steps with their asks."""

from django.db import models
from django.utils.functional import cached_property

from advocacy.models import ChecklistStep, Doors, RecommendedAction
from advocacy.models.kept import numbers
from advocacy.public.forms import ChecklistFilterForm
from advocacy.public.lists import FilteredList
from advocacy.public.safety import letters_or_safety
from advocacy.web.pagination import Groups


class StepList(FilteredList):
    """Every step of the open asks, those first that take the least time."""

    filter_form = ChecklistFilterForm

    def matches(self):
        return ChecklistStep.objects.of_open_asks().matching(**self.filters.filters).order_by()

    @cached_property
    def by_minutes(self):
        """How many steps take how long: {minutes: number}, those first that take the least."""
        rows = self.matches().order_by("minutes").values_list("minutes")
        rows = rows.annotate(n=models.Count("pk"))
        return numbers.get(("steps", self.filters.query), lambda: dict(rows))

    @cached_property
    def total(self):
        return sum(self.by_minutes.values())

    def sort(self, steps):
        return steps.order_by("minutes", "action__reference", "position", "pk")

    def ordered(self):
        return Groups(self.sort(self.matches()), "minutes", self.by_minutes)

    def fetch(self):
        return ChecklistStep.objects.with_related()

    def shown(self, steps):
        steps, country = with_asks(steps), self.filters.filters.get("country", "")
        doors = Doors.of_steps(country, steps)
        return {
            "steps": steps,
            "country": country,
            "has_country_choice": "country" in self.filters.fields,
            **letters_or_safety(doors),
        }


def with_asks(steps):
    """The steps as a list, each with its ask as the record has it now."""
    steps = list(steps)
    asks = RecommendedAction.objects.with_status().with_related()
    asks = asks.in_bulk({step.action_id for step in steps})
    for step in steps:
        step.action = asks[step.action_id]
    return steps
