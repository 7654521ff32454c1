from django.core.management.base import BaseCommand

from advocacy.mailing.checks import demand_mail_url
from advocacy.upkeep import worker


class Command(BaseCommand):
    help = (
        "Work through the queue of tasks: confirmations, mailings, digests, and the deletion of"
        " what is kept no longer. Several may run at once on PostgreSQL; `manage.py start` runs"
        " one."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--batch", action="store_true", help="do what is waiting now, then stop"
        )
        parser.add_argument(
            "--parent", type=int, help="stop when this process is gone (used by `start`)"
        )

    def handle(self, *, batch, parent, **options):
        demand_mail_url()
        worker.run(batch=batch, parent=parent)
