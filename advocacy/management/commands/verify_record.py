"""Checks that nothing of the record was changed, put in or taken away below the program."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from tqdm import tqdm

from advocacy.models import RecordHead, StatusUpdate

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Check the chain of the record: each entry carries the hash of the one before it. With"
        " --head, also that a hash noted earlier (from the method page) is still part of it."
    )

    def add_arguments(self, parser):
        parser.add_argument("--head", metavar="HASH", help="a hash noted earlier")

    def handle(self, *, head, verbosity, **options):
        last, number, broken, noted = None, 0, [], not head
        entries = StatusUpdate.objects.breaks()
        total = StatusUpdate.objects.count()
        for entry, why in tqdm(
            entries, total=total, desc="Record", unit=" entries", disable=verbosity == 0 or None
        ):
            last, number = entry, number + 1
            noted = noted or entry.digest == head
            if why:
                day = localtime(entry.recorded_at).date()
                broken.append(
                    f"Entry {entry.pk} ({entry.action.reference}, recorded {day}): {why}."
                )
        stored = RecordHead.current()
        if (stored.number, stored.digest) != (number, last.digest if last else ""):
            broken.append(
                f"The record ends after {number} entries, and {stored.number} were written:"
                " entries at its end were taken away, or put in past the program."
            )
        if not noted:
            broken.append(f"The hash {head} is in no entry: what led to it was rewritten.")
        for sentence in broken[:MOST_NAMED]:
            self.stderr.write(sentence)
        if broken:
            raise CommandError(f"The record does not hold: {len(broken)} breaks.")
        self.stdout.write(f"The record holds: {number} entries, head {stored.digest or 'none'}.")
