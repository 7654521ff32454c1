"""Turns the catalogues into what Django reads. Fast when nothing changed."""

from django.core.management.base import BaseCommand, CommandError

from advocacy.management.catalogues import (
    compile_to,
    forget_gone,
    messages,
    problems,
    read,
    shown,
    stand_in,
    to_compile,
)


class Command(BaseCommand):
    help = (
        "Compile the message catalogues that changed, without the system's gettext. A fuzzy"
        " translation or a broken placeholder is named with file and line, and nothing is written."
    )
    requires_system_checks = []

    def handle(self, *, verbosity, **options):
        there = to_compile()
        changed = {
            path: (read(path, language), compiled)
            for path, (language, compiled) in there.items()
            if is_changed(path, compiled)
        }
        refusals = [
            f"{shown(path)}:{message.lineno}: {problem}"
            for path, (catalogue, _compiled) in changed.items()
            for message in messages(catalogue)
            for problem in problems(message, catalogue)
        ]
        if refusals:
            raise CommandError("\n".join(["No catalogue was compiled.", *refusals]))
        for path, (catalogue, compiled) in changed.items():
            compile_to(compiled, catalogue, path.stat())
            if verbosity:
                self.stdout.write(f"Compiled {shown(path)}.")
        forget_gone({compiled for _language, compiled in there.values()})
        stand_in()


def is_changed(path, compiled):
    """A compiled catalogue has the time of its own: one that was copied may be older than it."""
    return not compiled.exists() or compiled.stat().st_mtime_ns != path.stat().st_mtime_ns
