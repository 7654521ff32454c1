"""Writes the folder of a new record: a small example that runs, to be replaced file by file."""

import json
import os
import re
import shlex
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.text import slugify

from advocacy.content_folder import files_in
from advocacy.languages import is_known

STARTER = Path(__file__).parent.parent / "starter"
NAME = "Forced labour in cotton (example)"
# What stands for a word or a day in the files of the starter. The days of an example that is read
# next year as well are counted from the one on which it is written.
PLACE = re.compile(r"@(?P<word>RECORD|NAME|LANGUAGE|FOLDER|VAR)\b|@DAY(?P<days>[+-]\d+)")
NOT_IN_VAR = re.compile(r"[^A-Za-z0-9._-]+")


class Command(BaseCommand):
    help = (
        "Write a new record into FOLDER, which must be empty or not there yet: an invented example"
        " that can be looked at at once, with a README that says what to do first."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="for example ../cotton")
        parser.add_argument("--name", default=NAME, help="the name of the record")
        parser.add_argument("--language", default="en", help="its language, for example fr")

    def handle(self, *, folder, name, language, **options):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not empty. Nothing was written.")
        if not is_known(language):
            raise CommandError(f"“{language}” is no code of a language, such as en, fr or pt-br.")
        # As `make` is told it, in the folder of the program.
        places = [os.path.relpath(folder, settings.BASE_DIR), str(folder.absolute())]
        place = shlex.quote(min(places, key=len))
        own = folder.resolve().name
        words = {
            "RECORD": slugify(own) or "record",
            "NAME": " ".join(name.split()) or NAME,
            "LANGUAGE": language,
            "FOLDER": place,
            "VAR": f"var/records/{NOT_IN_VAR.sub('-', own)}",
        }
        for file in files_in(STARTER):
            target = folder / file.relative_to(STARTER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(filled_in(file, words), encoding="utf-8")
        self.stdout.write(
            f"A record was written into {folder}. Look at it with: make run CONTENT={place}\n"
            f"Then read {folder / 'README.md'}, which says what to do first."
        )


def filled_in(file, words):
    """The text of a file of the starter with its places filled in."""
    today = timezone.localdate()

    def word(place):
        if days := place["days"]:
            return (today + timedelta(days=int(days))).isoformat()
        said = words[place["word"]]
        return json.dumps(said, ensure_ascii=False)[1:-1] if file.suffix == ".json" else said

    return PLACE.sub(word, file.read_text(encoding="utf-8"))
