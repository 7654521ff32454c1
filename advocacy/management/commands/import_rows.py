"""Reads rows from CSV or JSON: all of them or none."""

from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from advocacy import transfer
from advocacy.management.column_lists import column_lists


class Command(BaseCommand):
    help = (
        "Read rows from a CSV or JSON file in the columns of export_rows. Each row that is new,"
        " changed or refused is named with its line; if one is refused, nothing is saved. Columns"
        " that the file leaves out stay as they are. What is imported belongs to staff, so"
        " load_content leaves it alone. Entries and submissions join the record and are never"
        " changed; followers are told nothing of them. Kinds name rows of those before them:"
        f" import {', '.join(transfer.KINDS)} in this order."
    )

    def add_arguments(self, parser):
        parser.add_argument("kind", nargs="?", choices=transfer.KINDS, help="what the rows are")
        parser.add_argument(
            "file", nargs="?", metavar="FILE", type=Path, help="in UTF-8, .csv or .json"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, no more")
        parser.add_argument(
            "--columns",
            action="store_true",
            help="read nothing: list the columns of the kind, or of all kinds",
        )

    def handle(self, *, kind, file, dry_run, columns, verbosity, **options):
        if columns:
            self.stdout.write(column_lists([kind] if kind else transfer.KINDS), ending="")
            return
        if not (kind and file):
            raise CommandError("Name the kind of rows and the file, or ask for --columns.")
        format = transfer.guess_format(file)
        if format is None:
            raise CommandError(f"{file}: the name should end in .csv or .json.")
        try:
            with open(file, "rb") as source:
                counts = self.read(kind, source, format, dry_run, verbosity)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        numbers = ", ".join(f"{counts[what]} {what.value}" for what in transfer.What)
        if counts[transfer.What.REFUSED]:
            raise CommandError(f"Nothing was saved: {numbers}.")
        outcome = "Nothing was saved (--dry-run)" if dry_run else "Saved"
        self.stdout.write(f"{outcome}: {numbers}.")

    def read(self, kind, source, format, dry_run, verbosity):
        counts: Counter[transfer.What] = Counter()
        size = Path(source.name).stat().st_size
        quiet = verbosity == 0 or None
        with tqdm(total=size, desc=kind, unit="B", unit_scale=True, disable=quiet) as bar:
            fates = transfer.import_rows(kind, source, format, by=None, dry_run=dry_run)
            for fate in fates:
                bar.update(source.tell() - bar.n)
                counts[fate.what] += 1
                if fate.what == transfer.What.REFUSED or (
                    verbosity and fate.what != transfer.What.SAME
                ):
                    with tqdm.external_write_mode():
                        self.stdout.write(sentence(fate))
        return counts


def sentence(fate):
    about = " ".join(fate.reasons) or ", ".join(fate.changed)
    named = f"line {fate.line}: {fate.what.value} {fate.key}".rstrip()
    return f"{named}: {about}" if about else named
