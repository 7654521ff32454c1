"""Checks that nothing of the record was changed, put in or taken away below the program."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from tqdm import tqdm

from advocacy.models import Link, RecommendedAction, RecordHead, StandingToday
from advocacy.models.chain import kinds

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Check the chain of the record: each link carries the hash of the one before it, and every"
        " row has its link. Also that how each ask stands today is what its entries say. With"
        " --head, that a hash noted earlier (from the method page) is still part of the chain."
    )

    def add_arguments(self, parser):
        parser.add_argument("--head", metavar="HASH", help="a hash noted earlier")

    def handle(self, *, head, verbosity, **options):
        quiet = verbosity == 0 or None
        number, broken = self.check_chain(head, quiet)
        broken += self.check_standing(quiet)
        for sentence in broken[:MOST_NAMED]:
            self.stderr.write(sentence)
        if broken:
            raise CommandError(f"The record does not hold: {len(broken)} breaks.")
        digest = RecordHead.current().digest or "none"
        self.stdout.write(f"The record holds: {number} entries, head {digest}.")

    def check_chain(self, head, quiet):
        last, number, broken, noted = None, 0, [], not head
        links = tqdm(
            Link.objects.breaks(),
            total=Link.objects.count(),
            desc="Record",
            unit=" entries",
            disable=quiet,
        )
        for link, row, why in links:
            last, number = link, number + 1
            noted = noted or link.digest == head
            if why:
                broken.append(f"{described(link, row)}: {why}.")
        stored = RecordHead.current()
        if (stored.number, stored.digest) != (number, last.digest if last else ""):
            broken.append(
                f"The record ends after {number} entries, and {stored.number} were written:"
                " entries at its end were taken away, or put in past the program."
            )
        for kind, model in kinds().items():
            linked = Link.objects.filter(kind=kind).values("key")
            for row in model._default_manager.exclude(pk__in=linked).order_by("pk")[:MOST_NAMED]:
                broken.append(f"{model._meta.verbose_name} {row.pk} was put in past the program.")
        if not noted:
            broken.append(f"The hash {head} is in no entry: what led to it was rewritten.")
        return number, broken

    def check_standing(self, quiet):
        asks = RecommendedAction.objects.all()
        progress = tqdm(total=asks.count(), desc="Asks", unit=" asks", disable=quiet)
        broken = []
        with progress:
            for number, wrong in StandingToday.objects.differences(asks):
                progress.update(number)
                broken += [
                    f"How ask {pk} stands today is kept wrong ({what}): run rebuild_standing."
                    for pk, what in wrong
                ]
        return broken


def described(link, row):
    """Entry 12 (NK-02, recorded 2025-01-05), or where it was, if it is gone."""
    if row is None:
        return f"Link {link.number} ({link.kind} {link.key})"
    day = localtime(row.recorded_at).date()
    return f"Entry {row.pk} ({row.action.reference}, recorded {day})"
