"""Keeps copies of what stands at the addresses of sources; the worker does it by and by."""

from collections import Counter
from functools import partial

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from advocacy.models import Source
from advocacy.upkeep import evidence

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Read the addresses of all sources that are due and keep what stands there, as far as its"
        " site lets anybody: pages and PDFs of up to 10 MB, for staff alone. No entry of the record"
        " changes. It works where KEEP_EVIDENCE is 0 as well, and may be stopped at any time: what"
        " was kept by then stays. Then it names the copies whose files are gone or damaged."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--again",
            action="store_true",
            help="read every address anew, also where a copy was kept or nothing came lately",
        )

    def handle(self, *, again, verbosity, **options):
        sources = Source.objects.may_be_copied() if again else Source.objects.copies_to_try()
        sources = sources.prefetch_related("copies")
        keeper = evidence.Keeper()
        outcomes: Counter[str] = Counter()
        stopped = False
        quiet = verbosity == 0 or None
        try:
            for source in tqdm(sources, desc="Sources", unit=" sources", disable=quiet):
                copy = keeper.keep(source)
                outcomes[copy.get_outcome_display() if copy else "no longer wanted"] += 1
        except KeyboardInterrupt:
            stopped = True
        counts = "; ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common())
        self.stdout.write(f"{outcomes.total()} sources read: {counts or 'none was due'}.")
        if stopped:
            raise CommandError("Stopped: the rest is read the next time.", returncode=130)
        check = partial(tqdm, desc="Copies", unit=" files", disable=quiet)
        problems = [*self.failed(keeper.failures), *self.lost(evidence.lost(check))]
        if problems:
            raise CommandError(" ".join(problems))

    def failed(self, failures):
        if failures:
            yield f"{len(failures)} copies could not be kept here. {failures[-1]}"

    def lost(self, lost):
        for copy in lost[:MOST_NAMED]:
            self.stderr.write(f"The copy {copy.sha256} of {copy.url} is gone or damaged.")
        if lost:
            yield (
                f"{len(lost)} copies are gone or damaged: a backup may hold them (evidence/), and"
                " what still stands at an address is kept again with --again."
            )
