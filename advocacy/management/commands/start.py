"""Prepares and starts a site from a checkout; later starts skip what is already done."""

import hashlib
import os
import secrets
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from tqdm import tqdm

from advocacy.content_folder import files_in
from advocacy.mailing.checks import demand_mail_url
from advocacy.management import migrating
from advocacy.management.commands.load_content import demand_a_record
from advocacy.management.commands.worker import workers
from advocacy.management.port import problem
from advocacy.management.serving import serve
from advocacy.management.supervisor import supervise
from advocacy.upkeep import health
from advocacy.web import static_files

MANAGE = str(settings.BASE_DIR / "manage.py")


class Command(BaseCommand):
    help = (
        "Prepare the database, the content, the translations and the static files, then serve on"
        " HOST:PORT until stopped, with a worker for each queue beside the server. Whichever"
        " process ends is started again. This is what `make run` runs."
    )
    # The server's workers check nothing either, and `make check` does.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--no-worker",
            action="store_true",
            help="leave mail and other background work to a `manage.py worker` elsewhere",
        )
        parser.add_argument(
            "--dev", action="store_true", help="serve with Django's reloading server instead"
        )

    def handle(self, *, dev, no_worker, verbosity, **options):
        if sentence := problem(settings.HOST, settings.PORT):
            sys.exit(sentence)
        demand_mail_url()
        demand_a_record(settings.CONTENT_DIR)
        self.verbosity = verbosity
        # No thread of a progress bar may run when processes are forked.
        tqdm.monitor_interval = 0
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        call_command("compile_messages", stdout=self.stdout, verbosity=verbosity)
        self.migrate()
        self.load_content()
        if not dev:
            self.collect_static()
        self.welcome(self.make_account())
        connections.close_all()
        if dev:
            self.serve_dev(no_worker)
        # What cannot work ends here, with its sentence, and is not tried again and again.
        # Not `advocacy.wsgi`: the limit of its queries is not for the workers.
        get_wsgi_application()
        works = {"web server": serve, "watch": health.keep_watch}
        supervise(works if no_worker else works | workers())

    def serve_dev(self, no_worker):
        """Become Django's server, with workers that stop when it does."""
        if not no_worker:
            command = [sys.executable, MANAGE, "worker", "--parent", str(os.getpid())]
            subprocess.Popen(command, cwd=settings.BASE_DIR, process_group=0)
        os.execv(sys.executable, [sys.executable, MANAGE, "runserver", listen()])

    def migrate(self):
        with migrating.alone():
            self.migrate_alone()

    def migrate_alone(self):
        # Groups of roles and triggers are brought up to date after every migration.
        models = settings.BASE_DIR / "advocacy" / "models"
        made = digest_of([models / "roles.py", models / "content_version.py"])
        if migrating.missing() or self.is_new("migrated", made):
            self.stdout.write("Preparing the database…")
            call_command("migrate", stdout=self.stdout, verbosity=0)
            self.remember("migrated", made)

    def load_content(self):
        # Timestamp of the first migration: tells a recreated database from the old one.
        born = MigrationRecorder.Migration.objects.earliest("id").applied
        address = {key: connection.settings_dict[key] for key in ("ENGINE", "NAME", "HOST", "PORT")}
        digest = digest_of(files_in(settings.CONTENT_DIR), f"{address} {born}")
        if self.is_new("content", digest):
            call_command("load_content", stdout=self.stdout, verbosity=self.verbosity)
            self.remember("content", digest)

    def collect_static(self):
        digest = digest_of(files_to_collect())
        collected = (settings.STATIC_ROOT / "staticfiles.json").exists()
        if self.is_new("static", digest) or not collected:
            self.stdout.write("Collecting the static files…")
            static_files.collect()
            self.remember("static", digest)

    def is_new(self, name, digest):
        path = settings.VAR_DIR / f"{name}.digest"
        return not path.exists() or path.read_text() != digest

    def remember(self, name, digest):
        (settings.VAR_DIR / f"{name}.digest").write_text(digest)

    def make_account(self):
        """The first start makes one account, so that somebody can sign in."""
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return ""
        password = secrets.token_urlsafe(12)
        users.create_superuser("staff", password=password)
        return password

    def welcome(self, password):
        site = f"http://{listen()}"
        self.stdout.write(f"\nAnswerable is at {site}/")
        self.stdout.write(f"Staff sign in at {site}/admin/")
        if password:
            self.stdout.write(f"  name:     staff\n  password: {password}  (shown this once)")
        if settings.MAIL_URL.startswith("folder:"):
            self.stdout.write(
                f"Mail is written to {settings.VAR_DIR / 'mail'} and its links are printed here;"
                " MAIL_URL sends it."
            )
        self.stdout.write("Ctrl-C stops it.\n\n")
        self.stdout.flush()


def listen():
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    return f"{host}:{settings.PORT}"


def files_to_collect():
    finders = get_finders()
    return sorted(storage.path(name) for finder in finders for name, storage in finder.list([]))


def digest_of(paths, salt=""):
    """One hash of all the given files."""
    digest = hashlib.sha256(salt.encode())
    for file in map(Path, paths):
        digest.update(f"\n{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()
