"""Derives anew how every ask stands today, from the entries of the record."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from advocacy.models import RecommendedAction, StandingToday

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Derive anew how every ask stands today. The rows are kept by every change of the record;"
        " run this after changes below the program. With --check, only compare and name what"
        " differs."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="compare, and change nothing")

    def handle(self, *, check, verbosity, **options):
        asks = RecommendedAction.objects.all()
        with tqdm(
            total=asks.count(), desc="Asks", unit=" asks", disable=verbosity == 0 or None
        ) as progress:
            if check:
                self.compare(asks, progress)
            else:
                for number in StandingToday.objects.rebuild(asks):
                    progress.update(number)
                self.stdout.write(f"How {progress.total} asks stand today was derived anew.")

    def compare(self, asks, progress):
        wrong = []
        for number, differing in StandingToday.objects.differences(asks):
            progress.update(number)
            wrong += differing
        for pk, what in wrong[:MOST_NAMED]:
            self.stderr.write(f"Ask {pk} differs in {what}.")
        if wrong:
            raise CommandError(f"{len(wrong)} of {progress.total} asks are kept wrong.")
        self.stdout.write(f"All {progress.total} asks stand as their entries say.")
