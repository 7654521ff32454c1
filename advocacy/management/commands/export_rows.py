"""Writes a whole table as CSV or JSON, in the columns that import_rows reads."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from advocacy import transfer


class Command(BaseCommand):
    help = (
        "Write all rows of a table as CSV or JSON. import_rows reads the same columns, and lists"
        " them with --columns: other rows are named by their key, days are written 2026-11-23, yes"
        " and no 1 and 0."
    )

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=transfer.KINDS, help="what to write")
        parser.add_argument(
            "--format",
            choices=transfer.FORMATS,
            help="csv unless told, here or by the name of the file",
        )
        parser.add_argument("--output", metavar="FILE", help="the file to write (or the screen)")

    def handle(self, *, kind, format, output, verbosity, **options):
        format = format or transfer.guess_format(output) or "csv"
        pieces = transfer.export_rows(kind, format, by=None)
        bar = tqdm(
            pieces,
            total=transfer.KINDS[kind]._default_manager.count() + 1,
            desc=kind,
            unit=" rows",
            disable=verbosity == 0 or None,
        )
        if not output:
            for piece in bar:
                self.stdout.write(piece, ending="")
            return
        try:
            with open(output, "w", encoding="utf-8", newline="") as file:
                file.writelines(bar)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
