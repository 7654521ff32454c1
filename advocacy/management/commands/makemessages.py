"""Django's makemessages, for catalogues that change only when their words do."""

from pathlib import Path

from babel.messages.catalog import Catalog
from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import makemessages
from django.utils.translation import to_locale

from advocacy.languages import SOURCE
from advocacy.management.catalogues import catalogue_paths, read, untranslated

FOLDERS = ["advocacy", "templates"]
# In place of one with the date and the placeholders of xgettext.
HEADER = """\
msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


class Command(makemessages.Command):
    help = (
        "Add new strings to the message catalogues and drop those that are gone; translations"
        " are kept and none is guessed. Needs gettext."
    )
    msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching"]

    missing: list[str]

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing; name what is not translated, and fail if anything is not",
        )
        parser.set_defaults(
            locale=[to_locale(language) for language in catalogue_paths()],
            ignore_patterns=["migrations"],
            # Without line numbers, a line added to a view does not rewrite two catalogues.
            add_location="file",
            no_wrap=True,
            no_obsolete=True,
        )

    def handle(self, *, check, **options):
        self.check_only, self.missing = check, []
        super().handle(**options)
        if self.missing:
            raise CommandError("\n".join(["These strings are not translated:", *self.missing]))

    def find_files(self, root):
        found = [file for folder in FOLDERS for file in super().find_files(folder)]
        for file in found:
            # Not where a record keeps its own.
            file.locale_dir = settings.LOCALE_PATHS[-1]
        return found

    def build_potfiles(self):
        potfiles = super().build_potfiles()
        for path in map(Path, potfiles):
            _header, blank, strings = path.read_text(encoding="utf-8").partition("\n\n")
            path.write_text(HEADER + blank[1:] + strings, encoding="utf-8")
        return potfiles

    def write_po_file(self, potfile, locale):
        path = Path(potfile).parent / locale / "LC_MESSAGES" / "django.po"
        if not self.check_only:
            start_catalogue(path, locale)
            super().write_po_file(potfile, locale)
            return
        for message in untranslated(read(Path(potfile), SOURCE), read(path, locale)):
            files = ", ".join(dict.fromkeys(file for file, _line in message.locations))
            text = message.id[0] if message.pluralizable else message.id
            self.missing.append(f"{locale}: {files}: {text}")


def start_catalogue(path, locale):
    """A language that is new starts with how it forms plurals."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head_of(locale), encoding="utf-8")


def head_of(locale):
    plural_forms = Catalog(locale=locale).plural_forms.rstrip(";")
    return f'{HEADER}"Language: {locale}\\n"\n"Plural-Forms: {plural_forms};\\n"\n'
