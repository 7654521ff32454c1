"""The real program, in processes of its own: a site as `start` runs it, and a worker."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from django.conf import settings
from django.db import connection

from tests.dossier import few_rows
from tests.ports import held_port
from tests.waiting import wait_until

ROOT = Path(__file__).parent.parent


def environment(**variables):
    """A clean one: what a shell has, and nothing of the tests' own settings."""
    shell = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return shell | {"ADDRESS_KEYS": "y", "MAIL_URL": "folder:", "RECORD_ZIP": "0"} | variables


def run(*arguments, **variables):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


class Site:
    """One run of `manage.py start`, with a database and a folder of its own, and few rows."""

    def __init__(self, folder, *arguments, **variables):
        variables = {"CONTENT_DIR": str(few_rows(folder / "dossier"))} | variables
        self.port, self.held = held_port()
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "start", *arguments],
                cwd=ROOT,
                env=environment(
                    SECRET_KEY="x",
                    HTTPS="0",
                    PORT=str(self.port),
                    VAR_DIR=str(folder / "var"),
                    **variables,
                ),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def get(self, path):
        return urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60)

    def wait(self):
        """Until it answers; gives all it has printed."""
        wait_until(self.answers)
        return self.log.read_text()

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            self.get("/healthz").close()
        except OSError:
            return False
        return True

    def stop(self):
        """Ctrl-C in a terminal reaches every process of the group."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            self.process.wait(timeout=180)
        self.held.close()


@contextmanager
def started(folder, *arguments, **variables):
    site = Site(folder, *arguments, **variables)
    try:
        yield site, site.wait()
    finally:
        site.stop()


def database_url():
    """The database of the tests, for another process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    secret = f":{quote(found['PASSWORD'], safe='')}" if found["PASSWORD"] else ""
    host = quote(found["HOST"], safe="") + (f":{found['PORT']}" if found["PORT"] else "")
    return f"postgres://{found['USER']}{secret}@{host}/{found['NAME']}"


def start_worker(sink, *arguments, log=None, **variables):
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", *arguments],
        cwd=ROOT,
        env=os.environ
        | {
            "ADDRESS_KEYS": ",".join(settings.ADDRESS_KEYS),
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "advocacy.settings",
            "MAIL_URL": sink.url,
        }
        | variables,
        stderr=log,
    )
