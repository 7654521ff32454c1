"""Writes a catalogue (PO) of all that there is to translate into a language."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from advocacy.models import TranslationState
from advocacy.transfer.catalogues import texts_to_translate, write_catalogue

ONLY = {state.value.replace("_", "-"): state for state in TranslationState}


class Command(BaseCommand):
    help = (
        "Write a catalogue (PO) of all there is to translate into a language, with what is"
        " translated. Weblate and Poedit open it; import_translations reads it."
    )

    def add_arguments(self, parser):
        codes = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("language", metavar="LANGUAGE", help=f"one of {', '.join(codes)}")
        parser.add_argument(
            "--only",
            choices=ONLY,
            help="leave out all that is in another state",
        )
        parser.add_argument("--output", metavar="FILE", help="the file to write (or the screen)")

    def handle(self, *, language, only, output, verbosity, **options):
        if language not in dict(settings.LANGUAGES):
            codes = ", ".join(code for code, _name in settings.LANGUAGES)
            raise CommandError(f"The record is not read in {language}: choose one of {codes}.")
        texts = tqdm(
            texts_to_translate(language),
            desc=language,
            unit=" texts",
            disable=verbosity == 0 or None,
        )
        catalogue = write_catalogue(language, texts, only=only and ONLY[only])
        if not output:
            self.stdout.write(catalogue.decode(), ending="")
            return
        try:
            Path(output).write_bytes(catalogue)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
