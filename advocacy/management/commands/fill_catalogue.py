"""Writes the sentences of the program into the folder of the record, to be translated there."""

from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_locale

from advocacy.languages import SOURCE, is_known
from advocacy.management.catalogues import (
    catalogue_paths,
    is_complete,
    messages,
    path_in_record,
    read,
)
from advocacy.management.commands.makemessages import head_of


class Command(BaseCommand):
    help = (
        "Write every sentence of the program that LANGUAGE has no words for into its catalogue in"
        " the folder of the record (locale/…/django.po), beside what that holds already. Needs no"
        " gettext. Say it again after an upgrade, to find the sentences that are new."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("language", help="one of the languages of site.json, for example fr")

    def handle(self, *, language, **options):
        if language == SOURCE or not is_known(language):
            raise CommandError(f"“{language}” is no language to translate the program into.")
        path = path_in_record(language)
        paths = catalogue_paths()
        own = read(path, language)
        of_program = read(paths[language], language) if language in paths else Catalog()
        # The program's catalogues are whole: what stands in any of them is all that it says.
        sources = [read(source, code) for code, source in paths.items() if source.exists()]
        there = {(m.context, m.id): m for source in sources for m in messages(source)}
        filled = Catalog(locale=to_locale(language))
        lacking = 0
        for message in there.values():
            said = own.get(message.id, message.context)
            is_said = said is not None and any(said.string)
            told = of_program.get(message.id, message.context)
            if not is_said and told and is_complete(told, of_program):
                continue
            lacking += not is_said
            filled.add(
                message.id,
                said.string if is_said else None,
                context=message.context,
                flags=message.flags | (said.flags if is_said else set()),
                locations=message.locations,
            )
        gone = [m for m in messages(own) if filled.get(m.id, m.context) is None and any(m.string)]
        # They stay at the end as comments: perhaps their words are of use to others.
        filled.obsolete.update(own.obsolete | {message.id: message for message in gone})
        stream = BytesIO()
        write_po(stream, filled, width=0, include_lineno=False, omit_header=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(head_of(to_locale(language)).encode() + b"\n" + stream.getvalue())
        self.stdout.write(
            f"{path}: {lacking} sentences to translate, {len(filled) - lacking} translated,"
            f" {len(gone)} that the program no longer says."
        )
