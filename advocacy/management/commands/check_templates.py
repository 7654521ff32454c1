"""Compiles every template, as a page that no test opens would break only in production."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    help = "Compile every template of the project and name those that cannot be."
    requires_system_checks = []

    def handle(self, **options):
        failures = []
        names = [
            path.relative_to(folder).as_posix()
            for folder in settings.TEMPLATES[0]["DIRS"]
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file()
        ]
        for name in names:
            try:
                get_template(name)
            except (TemplateSyntaxError, TemplateDoesNotExist) as error:
                failures.append(f"{name}: {error}")
        if failures:
            raise CommandError("\n".join(["These templates do not compile:", *failures]))
        self.stdout.write(f"{len(names)} templates compile.")
