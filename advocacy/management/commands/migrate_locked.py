"""Brings the database up to date for `bin/answerable upgrade`, which can take it back."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from advocacy.management import migrating


class Command(BaseCommand):
    help = (
        "Apply the migrations that are missing, while nobody else does. If one fails, the database"
        " is put back as it was. `bin/answerable upgrade` uses it; the site has to be stopped."
    )

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--undo",
            action="store_true",
            help="put the database back as it was before this command was run last",
        )
        what.add_argument(
            "--forget", action="store_true", help="delete what --undo would need: all is well"
        )

    def handle(self, *, undo, forget, **options):
        with migrating.alone():
            if forget:
                migrating.forget()
            elif undo:
                self.undo()
            else:
                self.migrate()

    def migrate(self):
        migrating.forget()
        missing = migrating.missing()
        if not missing:
            self.stdout.write("The database is up to date.")
            return
        migrating.remember()
        self.stdout.write(f"Applying {len(missing)} migrations, {missing[0]} first…")
        try:
            call_command("migrate", verbosity=0)
        except Exception as error:
            self.undo()
            raise CommandError(f"A migration failed: {error}") from error

    def undo(self):
        try:
            is_back = migrating.go_back()
        except Exception as error:
            raise CommandError(
                f"The database cannot go back by itself ({error}): restore the backup that was made"
                " before (docs/operations.md)."
            ) from error
        self.stdout.write(
            "The database is as it was before." if is_back else "There is nothing to take back."
        )
