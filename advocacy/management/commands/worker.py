from functools import partial

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from advocacy.mailing.checks import demand_mail_url
from advocacy.management.supervisor import Work, leave_with, supervise
from advocacy.models import Worker
from advocacy.upkeep import health, worker

QUEUES = settings.TASKS["default"]["QUEUES"]


class Command(BaseCommand):
    help = (
        "Work through the queues of tasks: `mail` for confirmations, mailings and digests;"
        " `default` for the rest. Each has a process of its own, so that mail waits for nothing,"
        " and one that ends is started again. Several may run at once on PostgreSQL;"
        " `manage.py start` runs one."
    )

    def add_arguments(self, parser):
        parser.add_argument("--queue", choices=QUEUES, help="work through this one, in one process")
        parser.add_argument(
            "--batch", action="store_true", help="do what is waiting now, then stop"
        )
        parser.add_argument("--parent", type=int, help="stop when this process is gone")
        parser.add_argument(
            "--alive",
            action="store_true",
            help="work through nothing: fail unless each queue had a worker lately",
        )

    def handle(self, *, queue, batch, parent, alive, **options):
        if alive:
            if idle := Worker.objects.idle_queues():
                raise CommandError(
                    f"No worker was seen in the last half minute: {', '.join(idle)}."
                )
            return
        demand_mail_url()
        # Mail is written here, perhaps on another machine than the pages.
        call_command("compile_messages", verbosity=0)
        if not queue and not batch:
            supervise(workers() | {"watch": health.keep_watch}, parent)
            return
        if parent:
            leave_with(parent)
        worker.run([queue] if queue else QUEUES, batch=batch)


def workers() -> dict[str, Work]:
    """What the worker processes do: one for each queue."""
    return {f"{queue} worker": partial(worker.run, [queue]) for queue in QUEUES}
