"""Makes the file with the whole record, as the worker does after changes."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from advocacy.bundle.building import AnotherIsAtIt, WordsWereWithheld, make
from advocacy.bundle.inside import NoSuchPage


class Command(BaseCommand):
    help = (
        "Make record.zip anew: data, pages and the program that checks them. The worker does so"
        " after changes, once an hour at most; readers get it at data/record.zip."
    )

    def handle(self, *, verbosity, **options):
        def watch(items, what, number):
            return tqdm(items, desc=what, total=number, disable=verbosity == 0 or None)

        try:
            facts = make(watch)
        except AnotherIsAtIt as error:
            raise CommandError("Another process is making the file now: wait for it.") from error
        except WordsWereWithheld as error:
            raise CommandError("Words were withheld meanwhile: run it again.") from error
        except OSError as error:
            raise CommandError(f"The file could not be written: {error.strerror}.") from error
        except NoSuchPage as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                f"{facts.path}: {facts.size} bytes, {facts.pages} pages, head"
                f" {facts.head or 'none'}.\nSHA-256 {facts.sha256}"
            )
