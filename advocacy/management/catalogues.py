"""The message catalogues, read and written by Babel, so that no system gettext is needed."""

import re
import string
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import PYTHON_FORMAT, Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import PoFileError, read_po, write_po
from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# No dates and no program versions: a catalogue changes only when its words do.
HEADER = """\
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms};\\n"

"""


def catalogue_paths():
    """Where the catalogue of each language stands; the source language needs none."""
    return {
        language: Path(settings.LOCALE_PATHS[0], to_locale(language), "LC_MESSAGES", "django.po")
        for language, _name in settings.LANGUAGES
        if language != settings.LANGUAGE_CODE
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


def write(path, catalogue):
    body = BytesIO()
    # Without line numbers, a line added to a view does not rewrite two catalogues.
    write_po(body, catalogue, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    header = HEADER.format(locale=catalogue.locale, plural_forms=catalogue.plural_forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + body.getvalue().decode().rstrip() + "\n", encoding="utf-8")


def messages(catalogue):
    """The messages without the header, which Babel keeps as a message with an empty id."""
    return [message for message in catalogue if message.id]


def forms(message):
    """The translations of a message: one, or one for each plural form."""
    return list(message.string) if message.pluralizable else [message.string]


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


def extracted():
    """The strings of the code and the templates, as a catalogue without translations."""
    catalogue = Catalog()
    for path in sorted(Path(settings.BASE_DIR, "advocacy").rglob("*.py")):
        if "migrations" not in path.parts:
            add(catalogue, path, path.read_bytes())
    pages = Path(settings.BASE_DIR, "templates").rglob("*.*")
    for path in sorted(path for path in pages if path.suffix in (".html", ".txt")):
        try:
            source = templatize(path.read_text(encoding="utf-8"), origin=shown(path))
        except SyntaxError as error:
            raise CommandError(str(error)) from error
        # The rest of the template comes as rows of X; Python's tokenizer would take the spaces
        # before them for indents.
        add(catalogue, path, re.sub(r"^[ \t]+", "", source, flags=re.M).encode())
    return catalogue


def add(catalogue, path, source):
    found = extract("python", BytesIO(source), KEYWORDS, ["Translators:"])
    for line, ids, comments, context in found:
        catalogue.add(
            ids, locations=[(str(shown(path)), line)], auto_comments=comments, context=context
        )
