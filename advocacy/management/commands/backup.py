"""Writes the whole site into one encrypted file."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from tqdm import tqdm

from advocacy.management import migrating
from advocacy.transfer import archives, backups
from advocacy.transfer.archives import ArchiveError
from advocacy.upkeep import backups as folders

NO_KEY = (
    "BACKUP_KEYS is not set: a backup is encrypted to the public key of whoever may restore it."
    " `manage.py backup --new-key FILE` makes a pair of keys: keep the file away from this machine,"
    " and give the public key it prints as BACKUP_KEYS."
)


class Command(BaseCommand):
    help = (
        "Write every row of the database, the folder of the record, the copies of sources and the"
        " settings that are no secret into one file, encrypted to BACKUP_KEYS, with its checksum"
        " beside it. The site goes on meanwhile. The keys (SECRET_KEY, ADDRESS_KEYS) are not in it:"
        " keep them elsewhere."
    )

    def add_arguments(self, parser):
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the file to write")
        where.add_argument(
            "--keep",
            nargs="?",
            type=Path,
            const=settings.BACKUP_FOLDER,
            metavar="FOLDER",
            help=(
                "write into this folder (or BACKUP_FOLDER), then delete older backups in it, but"
                f" {folders.DAILY} daily, {folders.WEEKLY} weekly and {folders.MONTHLY} monthly"
            ),
        )
        where.add_argument(
            "--new-key",
            type=Path,
            metavar="FILE",
            help="write no backup but a new secret key, and print the public one",
        )
        parser.add_argument(
            "--key",
            action="append",
            metavar="AGE1…",
            help="encrypt to this public key instead of BACKUP_KEYS; may be given again",
        )

    def handle(self, *, file, keep, new_key, key, verbosity, **options):
        try:
            if new_key:
                self.make_key(new_key)
            else:
                self.back_up(file, keep, key or settings.BACKUP_KEYS, verbosity)
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database could not be read: {error}") from error
        except OSError as error:
            raise CommandError(f"The backup could not be written: {error.strerror}.") from error

    def make_key(self, path):
        public = archives.new_identity(path)
        self.stdout.write(
            f"The secret key is in {path}: move it off this machine, and keep two copies of it."
            f" Without it no backup can be opened.\nBACKUP_KEYS={public}"
        )

    def back_up(self, file, folder, keys, verbosity):
        if not keys:
            raise CommandError(NO_KEY)
        if migrating.missing():
            raise CommandError("The database is not up to date: run `manage.py migrate` first.")
        path = file or folder / folders.name_for(timezone.now())
        if not path.parent.is_dir():
            raise CommandError(f"There is no folder {path.parent}.")
        quiet = verbosity == 0 or None
        bar = tqdm(desc="Backup", unit=" rows", disable=quiet)

        def progress(number):
            bar.reset(total=number)
            return bar.update

        with bar:
            manifest, digest, lost = backups.write(path, keys, progress)
        folders.note(manifest.made_at, path.absolute())
        self.stdout.write(
            f"{path}: {manifest.number} rows of {len(manifest.tables)} tables,"
            f" {path.stat().st_size / 1_000_000:.1f} MB, SHA-256 {digest}."
        )
        if lost:
            self.stderr.write(
                f"{len(lost)} copies of sources are not in it, as their files are gone or damaged:"
                " `manage.py keep_evidence` names them."
            )
        if folder and (gone := folders.rotate(folder)):
            self.stdout.write(f"{len(gone)} older ones deleted.")
