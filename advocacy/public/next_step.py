"""What fits next for whoever has just done a step: the same reader, on what is nearest to it."""

from typing import Any

from django.db import models

from advocacy.models import Audience, ChecklistStep, Doors, StepKind
from advocacy.public.basket import chosen_slugs
from advocacy.public.step_list import alike, with_asks

# As many are looked at, in the order of how near they are.
MOST_READ = 60
# Beyond the first they are for a browser that knows which of them its reader has ticked.
MOST_OFFERED = 8


def done_alike(step: ChecklistStep, query: Any) -> list[ChecklistStep]:
    """The step, and those named beside it that are done by the very same letter or deed."""
    steps = ChecklistStep.objects.of_open_asks().select_related("action")
    named = steps.filter(slug__in=chosen_slugs(query)).exclude(pk=step.pk)
    return [step, *(other for other in named if alike(other) == alike(step))]


def next_steps(step: ChecklistStep, reader: Any) -> list[ChecklistStep]:
    """Open steps for the same reader, the nearest first: of the ask, its issue, its body, any."""
    country = reader.filters.get("country", "")
    audience = reader.filters.get("audience") or step.audience
    minutes = reader.filters.get("minutes", "")
    steps = ChecklistStep.objects.of_open_asks().exclude(pk=step.pk)
    steps = steps.matching(audience=audience, minutes=minutes, country=country)
    if audience == Audience.FAMILY:
        steps = steps.for_families_alone()
    if Doors(country, []).are_dangerous:
        steps = steps.filter(kind=StepKind.READ)
    ask = step.action
    near = models.Q(action__issue=ask.issue_id) | models.Q(action__body=ask.body_id)
    distance = models.Case(
        models.When(action=ask.pk, then=0),
        models.When(action__issue=ask.issue_id, then=1),
        default=2,
    )
    order = ("minutes", "action__reference", "position", "pk")
    return _open_now(step, steps.filter(near).order_by(distance, *order)) or _open_now(
        step, steps.order_by(*order)
    )


def _open_now(done: ChecklistStep, steps: models.QuerySet[ChecklistStep]) -> list[ChecklistStep]:
    """The first of them that can be taken now; what is done alike stands there once."""
    found: dict[Any, ChecklistStep] = {alike(done): done}
    for step in with_asks(steps[:MOST_READ]):
        if step.is_open(step.action.standing.status):
            found.setdefault(alike(step), step)
    return list(found.values())[1 : MOST_OFFERED + 1]
