"""Reads a catalogue (PO) of translations: all of them or none."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from advocacy.transfer.translating import bring_in


class Command(BaseCommand):
    help = (
        "Read the translations of a catalogue (PO), as export_translations, Weblate or Poedit write"
        " it. What a person has made or reviewed stays as it is and is named. Everything else is"
        " published at once: what a machine made and nobody reviewed, marked as such. What is"
        " imported belongs to staff, so load_content leaves it alone."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", type=Path, help="in UTF-8, .po")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, no more")
        parser.add_argument(
            "--over-people",
            action="store_true",
            help="put them in place of what people have made or reviewed as well",
        )

    def handle(self, *, file, dry_run, over_people, verbosity, **options):
        try:
            with open(file, "rb") as stream:
                brought = bring_in(stream, by_staff=True, over_people=over_people, dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except ValidationError as error:
            raise CommandError(
                "\n".join([f"{file}:", *error.messages, "Nothing was saved."])
            ) from (error)
        for sentence in sentences(brought, names=verbosity > 0, dry_run=dry_run):
            self.stdout.write(sentence)


def sentences(brought, *, names, dry_run):
    """What became of a catalogue, with each context that somebody should know of."""
    noted = {
        "new": brought.named["new"],
        "changed": brought.named["changed"],
        "overwritten, though a person made or reviewed it": brought.overwritten,
        "kept as a person made or reviewed it": brought.kept,
        "names nothing that there is to translate": brought.unknown,
        "outdated: the original reads otherwise now": brought.outdated,
    }
    if names:
        for what, contexts in noted.items():
            yield from (f"{context}: {what}" for context in contexts)
    if brought.unchecked:
        verb = "would be" if dry_run else "are"
        yield (
            f"{len(brought.unchecked)} texts no person has made or reviewed: they {verb} published"
            " at once, marked as machine translation, to be reviewed."
        )
    for name, number in brought.reviewers.most_common():
        yield f"{number} texts were reviewed by {name}, as the catalogue says."
    numbers = [f"{number} {fate}" for fate, number in brought.fates.items()]
    numbers += [f"{len(brought.kept)} kept", f"{len(brought.unknown)} unknown"]
    numbers += [f"{len(brought.outdated)} outdated"]
    outcome = "Nothing was saved (--dry-run)" if dry_run else f"Saved ({brought.language})"
    yield f"{outcome}: {', '.join(numbers)}."
