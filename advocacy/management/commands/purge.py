"""Deletes what is kept no longer; the worker does it every hour."""

from django.core.management.base import BaseCommand

from advocacy.upkeep import tasks


class Command(BaseCommand):
    help = (
        "Delete sign-ups that nobody confirmed within seven days, the addresses of followers ended"
        " by refusals thirty days ago, the hashes of those who left twelve months ago, counts of"
        " refused mail, the counts of networks after a day, sessions that ended, and old results of"
        " tasks."
    )

    def handle(self, **options):
        for name, number in tasks.purge().items():
            self.stdout.write(f"{number} {name} deleted.")
