"""How far mailings are, for the command line."""

import time

from django.core.management.base import BaseCommand
from tqdm import tqdm

from advocacy.models import DeliveryState, Edition, EditionState

D = DeliveryState
OPEN = [D.WAITING, D.CLAIMED]


class Command(BaseCommand):
    help = "List the latest mailings: sent, waiting, failed, doubtful. With --watch, wait for one."

    def add_arguments(self, parser):
        parser.add_argument("--number", type=int, default=10, help="how many (default 10)")
        parser.add_argument(
            "--watch",
            action="store_true",
            help="show a progress bar until every mailing that has started is done",
        )

    def handle(self, *, number, watch, **options):
        if watch:
            for edition in Edition.objects.unfinished().order_by("started_at"):
                self.watch(edition)
        editions = list(Edition.objects.with_progress().select_related("entry__action")[:number])
        for edition in editions:
            self.stdout.write(
                f"{edition.send_at:%Y-%m-%d %H:%M} {edition.state:9} {edition}:"
                f" {edition.sent} of {edition.expected} sent, {edition.waiting} waiting,"
                f" {edition.failed} failed, {edition.doubtful} doubtful"
            )
        if not editions:
            self.stdout.write("No mailing has been planned yet.")

    def watch(self, edition):
        with tqdm(desc=str(edition), unit=" mails") as progress:
            while edition.state == EditionState.SENDING:
                counts = edition.counts()
                progress.total = counts.total()
                progress.update(counts.total() - sum(counts[s] for s in OPEN) - progress.n)
                time.sleep(1)
                edition.refresh_from_db()
