"""Signs of life of the worker processes: what a dead one was doing is given to others."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from advocacy.models.text import Line

QUEUES = settings.TASKS["default"]["QUEUES"]
DEAD_AFTER = timedelta(seconds=30)


class WorkerQuerySet(models.QuerySet["Worker"]):
    def beat(self, name: str, queues: Iterable[str] = QUEUES) -> None:
        """Note that a worker of these queues is alive."""
        seen = {"seen_at": timezone.now(), "queues": " ".join(queues)}
        self.update_or_create(name=name, defaults=seen)

    def last_seen(self, queue: str) -> datetime | None:
        """When a worker of a queue was last seen; None where none runs and none died."""
        workers = self.filter(queues__contains=queue)
        return workers.aggregate(seen=models.Max("seen_at"))["seen"]

    def idle_queues(self, now: datetime | None = None) -> list[str]:
        """The queues that no living worker works through."""
        worked = " ".join(self.alive(now).values_list("queues", flat=True)).split()
        return [queue for queue in QUEUES if queue not in worked]

    def alive(self, now: datetime | None = None) -> Self:
        """Those seen lately. One seen in the future died before the clock was set back."""
        now = now or timezone.now()
        return self.filter(seen_at__range=(now - DEAD_AFTER, now + DEAD_AFTER))


class Worker(models.Model):
    """A process that works through queues of tasks, and when it was last seen."""

    name = Line(max_length=64, unique=True)
    # Their names, with spaces between them.
    queues = Line(max_length=40)
    seen_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    def __str__(self):
        return self.name
