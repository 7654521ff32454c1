"""The message catalogues, read by Babel, so that a site needs no gettext."""

import os
import string
from gettext import find
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import PYTHON_FORMAT, Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import to_language, to_locale
from django.utils.translation.trans_real import all_locale_paths

from advocacy.content_folder import LOCALE
from advocacy.languages import SOURCE

PLACE = Path("LC_MESSAGES", "django.po")


def catalogue_paths():
    """Where the catalogue of each language stands: of those that are there, whatever record runs
    beside them, and of those of this record. The language of the code needs none."""
    folder = Path(settings.LOCALE_PATHS[-1])
    there = (path.parts[-3] for path in folder.glob("*/LC_MESSAGES/django.po"))
    languages = {code for code, _name in settings.LANGUAGES} | {to_language(name) for name in there}
    return {
        language: folder / to_locale(language) / PLACE for language in sorted(languages - {SOURCE})
    }


def path_in_record(language):
    """Where the record keeps the program's sentences in a language, as far as it says them."""
    return Path(settings.CONTENT_DIR) / LOCALE / to_locale(language) / PLACE


def to_compile():
    """Every catalogue that is there, with where it is compiled to: {path: (language, compiled)}.

    Those of the record are compiled into the first of LOCALE_PATHS, which goes before the last.
    """
    found = {
        path: (language, path.with_suffix(".mo"))
        for language, path in catalogue_paths().items()
        if path.exists()
    }
    for path in sorted((Path(settings.CONTENT_DIR) / LOCALE).glob(f"*/{PLACE}")):
        name = path.parts[-3]
        compiled = of_record() / name / PLACE.with_suffix(".mo")
        found[path] = to_language(name), compiled
    return found


def of_record():
    return Path(settings.LOCALE_PATHS[0])


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


def compile_to(path, catalogue, changed=None):
    """In one step, so that a server starting meanwhile never reads half a file."""
    for message in messages(catalogue):
        # Without it, Django looks in the next language; Babel would write the original.
        if not is_complete(message, catalogue):
            catalogue.delete(message.id, message.context)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.mo")
    draft.write_bytes(compiled.getvalue())
    if changed:
        os.utime(draft, ns=(changed.st_atime_ns, changed.st_mtime_ns))
    draft.replace(path)


def forget_gone(compiled):
    """Delete what was compiled from a catalogue that the record no longer has."""
    if of_record() == Path(settings.LOCALE_PATHS[-1]):
        return
    needed = {stand_in_of(language) for language, _name in settings.LANGUAGES}
    for path in of_record().glob(f"*/{PLACE.with_suffix('.mo')}"):
        if path in needed - compiled:
            compile_to(path, Catalog(locale=path.parts[-3]))
        elif path not in compiled:
            path.unlink(missing_ok=True)


def stand_in():
    """Make an empty catalogue for each language that has none at all, not even Django's.

    Django shows pages only in a language that has one.
    """
    for language, _name in settings.LANGUAGES:
        path = stand_in_of(language)
        if path and not path.exists():
            compile_to(path, Catalog(locale=to_locale(language)))


def stand_in_of(language):
    """Where the empty catalogue of a language stands, or None for one that needs none."""
    name = to_locale(language)
    others = [folder for folder in all_locale_paths() if Path(folder) != of_record()]
    is_there = any(find("django", folder, [name]) for folder in others)
    return None if is_there else of_record() / name / PLACE.with_suffix(".mo")
