"""The message catalogues, read by Babel, so that a site needs no gettext."""

import string
from pathlib import Path

from babel.messages.catalog import PYTHON_FORMAT, Catalog
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import to_language, to_locale

# The language of the code.
SOURCE = "en"


def catalogue_paths():
    """Where the catalogue of each language stands: of those that are there, whatever record runs
    beside them, and of those of this record. The language of the code needs none."""
    folder = Path(settings.LOCALE_PATHS[0])
    there = (path.parts[-3] for path in folder.glob("*/LC_MESSAGES/django.po"))
    languages = {code for code, _name in settings.LANGUAGES} | {to_language(name) for name in there}
    return {
        language: folder / to_locale(language) / "LC_MESSAGES" / "django.po"
        for language in sorted(languages - {SOURCE})
    }


def shown(path):
    """A path as a person standing in the checkout would type it."""
    return path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path


def read(path, language):
    if not path.exists():
        return Catalog(locale=to_locale(language))
    try:
        with path.open("rb") as stream:
            return read_po(stream, locale=to_locale(language), abort_invalid=True)
    except PoFileError as error:
        raise CommandError(f"{shown(path)}:{error.lineno + 1}: {error}") from error


def messages(catalogue):
    """The messages without the header, which Babel keeps as a message with an empty id."""
    return [message for message in catalogue if message.id]


def forms(message):
    """The translations of a message: one, or one for each plural form."""
    return list(message.string) if message.pluralizable else [message.string]


def untranslated(strings, catalogue):
    """The strings of the code that the catalogue has no translation for."""
    for message in messages(strings):
        found = catalogue.get(message.id, message.context)
        # A plural is the same in both its texts only.
        if not found or found.id != message.id or not is_complete(found, catalogue):
            yield message


def is_complete(message, catalogue):
    expected = catalogue.num_plurals if message.pluralizable else 1
    return not message.fuzzy and len(forms(message)) == expected and all(forms(message))


def problems(message, catalogue):
    """What makes a translation unfit to be shown, in sentences. A missing one is no problem."""
    if message.fuzzy:
        yield "it is marked fuzzy: check it and remove the mark."
    if not any(forms(message)):
        return
    for error in message.check(catalogue):
        yield f"{error}."
    ids = message.id if message.pluralizable else [message.id]
    known = [placeholders(text) for text in ids]
    for text in filter(None, forms(message)):
        try:
            used = placeholders(text) if known != [set()] * len(ids) else set()
        except ValueError as error:
            yield f"its braces are not balanced: {error}."
            continue
        for name in sorted(set.intersection(*known) - used):
            yield f"the placeholder {name} is missing."
        for name in sorted(used - set.union(*known)):
            yield f"the placeholder {name} does not stand in the original."


def placeholders(text):
    """The named ones, of both kinds: %(name)s and {name}."""
    named = {match[1] for match in PYTHON_FORMAT.finditer(text) if match[1]}
    return named | {name for _text, name, *_spec in string.Formatter().parse(text) if name}
