"""Puts a backup into the database: all of it, or nothing."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.timezone import localtime
from tqdm import tqdm

from advocacy.management import migrating
from advocacy.models import Worker, unread_by_keys
from advocacy.transfer import archives, restoring
from advocacy.transfer.archives import ArchiveError


class Command(BaseCommand):
    help = (
        "Put a backup into this database, which may be of another kind than the one it came from."
        " The file is read to its end before anything is written; then all of it is written, or"
        " nothing. Afterwards the record is verified, and whether ADDRESS_KEYS read what the"
        " backup holds encrypted."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")
        parser.add_argument(
            "--key",
            type=Path,
            required=True,
            metavar="KEY_FILE",
            help="the file with the secret key that belongs to BACKUP_KEYS",
        )
        parser.add_argument(
            "--force", action="store_true", help="delete what the database holds first"
        )
        parser.add_argument(
            "--moved",
            action="store_true",
            help=(
                "nothing was sent since the backup was made: mailings go on where they stood."
                " Without it, those that were planned or on their way are held"
            ),
        )

    def handle(self, *, file, key, force, moved, verbosity, **options):
        self.quiet = verbosity == 0 or None
        self.prepare()
        self.demand_room(force)
        try:
            keys = archives.identities(key)
            checked = restoring.check(file, keys, self.progress("Checking"))
            restoring.restore(file, keys, checked.manifest, self.progress("Restoring"), moved=moved)
            self.say_what_came(file, keys, checked)
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database refused a row, and nothing was written: {error}"
            ) from error
        call_command("verify_record", verbosity=verbosity, stdout=self.stdout, stderr=self.stderr)
        self.check_keys()

    def prepare(self):
        """Make the tables where there are none; one that holds something is left as it is."""
        with migrating.alone():
            if not MigrationRecorder(connection).applied_migrations():
                call_command("migrate", verbosity=0)
            elif migrating.missing():
                raise CommandError("The database is not up to date: run `manage.py migrate` first.")

    def demand_room(self, force):
        if Worker.objects.alive().exists():
            raise CommandError("A worker is at work on this database: stop the site first.")
        there = restoring.rows_there()
        if there and not force:
            raise CommandError(
                f"The database is not empty ({there}): restore into an empty one, or give --force"
                " to delete all of it first."
            )

    def progress(self, words):
        def begin(number):
            return tqdm(total=number, desc=words, unit=" rows", disable=self.quiet).update

        return begin

    def say_what_came(self, file, keys, checked):
        manifest = checked.manifest
        self.stdout.write(
            f"{manifest.number} rows of “{manifest.site}” ({manifest.address}) are restored, as of"
            f" {localtime(manifest.made_at):%Y-%m-%d %H:%M %Z}."
        )
        folder = settings.VAR_DIR / "restored"
        lost = restoring.write_files(file, keys, folder, with_content=checked.has_other_files)
        self.stdout.write(f"Its settings are in {folder / 'settings.env'}.")
        if lost:
            self.stderr.write(
                f"{len(lost)} copies of sources are named and not there: `manage.py keep_evidence`"
                " names them."
            )
        if checked.has_other_files:
            self.stdout.write(
                f"Its folder of the record differs from CONTENT_DIR ({settings.CONTENT_DIR}): it is"
                f" in {folder / 'content'}. Compare them before the next start, which loads"
                " CONTENT_DIR."
            )

    def check_keys(self):
        """Say that keys are lost: nothing else would, until the first mail fails."""
        lost = unread_by_keys()
        if lost:
            what = ", ".join(
                f"{unread} of {number} {name}" for name, (unread, number) in lost.items()
            )
            raise CommandError(
                f"All rows are restored, but no key in ADDRESS_KEYS reads {what}: they were written"
                " with another key. Add that key to ADDRESS_KEYS; without it these addresses are"
                " lost, and nobody can be written to."
            )
        self.stdout.write("ADDRESS_KEYS read everything that is encrypted.")
