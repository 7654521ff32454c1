"""Deletes what is kept no longer; the worker does it every hour."""

from django.core.management.base import BaseCommand

from advocacy.upkeep import tasks


class Command(BaseCommand):
    help = (
        "Delete sign-ups that nobody confirmed within seven days, the hashes of followers who left"
        " twelve months ago, the counts of networks after a day, and old results of tasks."
    )

    def handle(self, **options):
        for name, number in tasks.purge().items():
            self.stdout.write(f"{number} {name} deleted.")
