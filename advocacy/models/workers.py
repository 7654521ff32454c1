"""Signs of life of the worker processes: what a dead one held is given back."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone

DEAD_AFTER = timedelta(seconds=30)


class WorkerQuerySet(models.QuerySet["Worker"]):
    def beat(self, name: str) -> None:
        """Say that a worker lives."""
        self.update_or_create(name=name, defaults={"seen_at": timezone.now()})

    def alive(self, now: datetime | None = None) -> Self:
        return self.filter(seen_at__gte=(now or timezone.now()) - DEAD_AFTER)


class Worker(models.Model):
    """A process that works through the queue of tasks, and when it was last seen."""

    name = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    def __str__(self):
        return self.name
