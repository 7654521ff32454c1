"""Turns the catalogues into what Django reads. Fast when nothing changed."""

import os
from io import BytesIO

from babel.messages.mofile import write_mo
from django.core.management.base import BaseCommand, CommandError

from advocacy.management.catalogues import catalogue_paths, messages, problems, read, shown


class Command(BaseCommand):
    help = (
        "Compile the message catalogues that changed, without the system's gettext. A fuzzy"
        " translation or a broken placeholder is named with file and line, and nothing is written."
    )
    requires_system_checks = []

    def handle(self, *, verbosity, **options):
        changed = {
            path: read(path, language)
            for language, path in catalogue_paths().items()
            if path.exists() and is_newer(path, path.with_suffix(".mo"))
        }
        refusals = [
            f"{shown(path)}:{message.lineno}: {problem}"
            for path, catalogue in changed.items()
            for message in messages(catalogue)
            for problem in problems(message, catalogue)
        ]
        if refusals:
            raise CommandError("\n".join(["No catalogue was compiled.", *refusals]))
        for path, catalogue in changed.items():
            compiled = BytesIO()
            write_mo(compiled, catalogue)
            # In one step, so that a server starting meanwhile never reads half a file.
            draft = path.with_suffix(f".{os.getpid()}.mo")
            draft.write_bytes(compiled.getvalue())
            draft.replace(path.with_suffix(".mo"))
            if verbosity:
                self.stdout.write(f"Compiled {shown(path)}.")


def is_newer(path, compiled):
    return not compiled.exists() or compiled.stat().st_mtime_ns <= path.stat().st_mtime_ns
