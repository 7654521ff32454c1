"""How many people say that they did a step: numbers, and nothing about the people."""

from collections import Counter

from django.db import models, transaction

from advocacy.models.checklists import ChecklistStep

# A smaller number could give somebody away.
FEWEST_SHOWN = 10
AT_ONCE = 5000


class StepDoneQuerySet(models.QuerySet["StepDone"]):
    @transaction.atomic
    def collect(self) -> int:
        """Add what came in to the tallies; returns how many steps that was.

        A worker locks the rows that it counts and deletes, so no other counts them again.
        """
        rows = list(self.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE])
        numbers = Counter(row.step_id for row in rows)
        for step, number in sorted(numbers.items()):
            StepTally.objects.get_or_create(step_id=step)
            StepTally.objects.filter(step=step).update(number=models.F("number") + number)
        self.filter(pk__in=[row.pk for row in rows]).delete()
        return len(rows)


class StepDone(models.Model):
    """Somebody did a step, yet to be counted. Adding one locks nothing that others read."""

    step = models.ForeignKey(ChecklistStep, on_delete=models.CASCADE, related_name="done")

    objects = StepDoneQuerySet.as_manager()

    def __str__(self):
        return str(self.step_id)


class StepTally(models.Model):
    """How many did a step."""

    step = models.OneToOneField(ChecklistStep, on_delete=models.CASCADE, related_name="tally")
    number = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.step_id}: {self.number}"

    @property
    def is_shown(self):
        return self.number >= FEWEST_SHOWN
