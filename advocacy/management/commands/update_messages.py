"""Brings the catalogues up to date with the strings of the code and the templates."""

from babel.messages.catalog import Catalog
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_locale

from advocacy.management.catalogues import (
    catalogue_paths,
    extracted,
    is_complete,
    messages,
    read,
    shown,
    write,
)


class Command(BaseCommand):
    help = (
        "Add new strings to the message catalogues and drop those that are gone; translations"
        " are kept and none is guessed."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing; name what is not translated, and fail if anything is not",
        )

    def handle(self, *, check, **options):
        strings = extracted()
        missing = []
        for language, path in catalogue_paths().items():
            old = read(path, language)
            new = merged(strings, old, language)
            todo = [message for message in messages(new) if not is_complete(message, new)]
            missing += [f"{language}: {places(message)}: {text(message)}" for message in todo]
            gone = len(messages(old)) - sum(
                kept(message, old) is not None for message in messages(new)
            )
            self.stdout.write(
                f"{shown(path)}: {len(messages(new))} strings, {len(todo)} to translate,"
                f" {gone} no longer used."
            )
            if not check:
                write(path, new)
        if check and missing:
            raise CommandError("\n".join(["These strings are not translated:", *missing]))


def merged(strings, old, language):
    """Every string of the code, with the translation that stands in the old catalogue."""
    new = Catalog(locale=to_locale(language))
    for message in messages(strings):
        before = kept(message, old)
        new.add(
            message.id,
            before.string if before else "",
            locations=message.locations,
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before else (),
            flags=["fuzzy"] if before and before.fuzzy else (),
            context=message.context,
        )
    return new


def kept(message, old):
    """The same message of the old catalogue; a plural is the same in both its texts only."""
    before = old.get(message.id, message.context)
    return before if before and before.id == message.id else None


def places(message):
    return ", ".join(dict.fromkeys(file for file, _line in message.locations))


def text(message):
    return message.id[0] if message.pluralizable else message.id
