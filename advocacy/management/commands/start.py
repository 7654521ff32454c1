"""Prepares and starts a site from a checkout; later starts skip what is already done."""

import hashlib
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import import_string
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from advocacy.mailing.checks import demand_mail_url
from advocacy.management.port import problem, resolved

# Enough to answer while one request waits for the database; the readers wait in Granian itself.
THREADS = 4
MANAGE = str(settings.BASE_DIR / "manage.py")
SECONDS_TO_STOP = 3


class Command(BaseCommand):
    help = (
        "Prepare the database, the content, the translations and the static files, then serve on"
        " HOST:PORT until stopped. This is what `make run` runs."
    )
    # The server's workers check nothing either, and `make check` does.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--no-worker",
            action="store_true",
            help="leave mail and other background work to a `manage.py worker` of its own",
        )
        parser.add_argument(
            "--dev", action="store_true", help="serve with Django's reloading server instead"
        )

    def handle(self, *, dev, no_worker, verbosity, **options):
        if sentence := problem(settings.HOST, settings.PORT):
            sys.exit(sentence)
        demand_mail_url()
        self.verbosity = verbosity
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        call_command("compile_messages", stdout=self.stdout, verbosity=verbosity)
        self.migrate()
        self.load_content()
        if not dev:
            self.collect_static()
        self.welcome(self.make_account())
        connections.close_all()
        worker = None if no_worker else start_worker()
        if dev:
            os.execv(sys.executable, [sys.executable, MANAGE, "runserver", listen()])
        try:
            serve()
        finally:
            if worker:
                stop_worker(worker)

    def migrate(self):
        executor = MigrationExecutor(connection)
        # The groups of the roles are brought up to date after every migration.
        roles = digest_of([settings.BASE_DIR / "advocacy" / "models" / "roles.py"], "")
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan or self.is_new("roles", roles):
            self.stdout.write("Preparing the database…")
            call_command("migrate", stdout=self.stdout, verbosity=0)
            self.remember("roles", roles)

    def load_content(self):
        # Timestamp of the first migration: tells a recreated database from the old one.
        born = MigrationRecorder.Migration.objects.earliest("id").applied
        address = {key: connection.settings_dict[key] for key in ("ENGINE", "NAME", "HOST", "PORT")}
        digest = digest_of(sorted(settings.CONTENT_DIR.glob("*.json")), f"{address} {born}")
        if self.is_new("content", digest):
            call_command("load_content", stdout=self.stdout, verbosity=self.verbosity)
            self.remember("content", digest)

    def collect_static(self):
        digest = digest_of(static_files())
        collected = (settings.STATIC_ROOT / "staticfiles.json").exists()
        if self.is_new("static", digest) or not collected:
            self.stdout.write("Collecting the static files…")
            call_command("collectstatic", interactive=False, stdout=self.stdout, verbosity=0)
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


def start_worker():
    """Start a worker that stops with this process, however that ends.

    In a group of its own: told to stop twice, by Ctrl-C and by us, it would break off its task.
    """
    command = [sys.executable, MANAGE, "worker", "--parent", str(os.getpid())]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, process_group=0)


def stop_worker(worker):
    """Stop the worker, letting it finish the message it is sending."""
    worker.terminate()
    try:
        worker.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def listen():
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    return f"{host}:{settings.PORT}"


def static_files():
    finders = get_finders()
    return sorted(storage.path(name) for finder in finders for name, storage in finder.list([]))


def digest_of(paths, salt=""):
    """One hash of all the given files."""
    digest = hashlib.sha256(salt.encode())
    for file in map(Path, paths):
        digest.update(f"\n{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def load_app():
    # In a worker. Ctrl-C and the closing of a terminal reach the whole group of processes, but
    # only the parent is to act on them: a worker that is told to stop twice may hang.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    return import_string("advocacy.wsgi.application")


def serve():
    # Import before forking, so that workers share the loaded app.
    import_string("advocacy.wsgi.application")
    hangup = signal.getsignal(signal.SIGHUP)
    *_, (address, port, *_scope) = resolved(settings.HOST, settings.PORT)
    server = Server(
        "advocacy.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.WORKERS,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_STOP,
    )

    @server.on_startup
    def stop_when_the_terminal_closes():
        # Granian reloads on SIGHUP and would outlive its terminal; under nohup that is intended.
        stop = server.signal_handler_interrupt
        signal.signal(signal.SIGHUP, hangup if hangup is signal.SIG_IGN else stop)

    server.serve(target_loader=load_app, wrap_loader=False)
