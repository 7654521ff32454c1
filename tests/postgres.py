"""A PostgreSQL server of one test, which it may stop and start."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parent.parent


def programs():
    """The folder of its programs, or "" where it is not installed."""
    found = subprocess.run(
        ["sh", "deploy/postgres_programs.sh"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip()


class Cluster:
    def __init__(self):
        # In /tmp, as the path of a socket must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="answerable-pg.", dir="/tmp"))
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        name = self.user or subprocess.check_output(["id", "-un"], text=True).strip()
        self.url = f"postgres://{name}@{quote(str(self.folder), safe='')}/postgres"
        self.run("initdb", f"--username={name}", "--auth=trust", "--encoding=UTF8", "--no-sync")
        self.start()

    def run(self, program, *arguments):
        subprocess.run(
            [f"{programs()}/{program}", f"--pgdata={self.folder}/data", *arguments],
            cwd="/",
            user=self.user,
            group=self.user,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    def start(self):
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        log = f"--log={self.folder}/log"
        self.run("pg_ctl", "start", "--silent", "--wait", log, f"--options={options}")

    def stop(self):
        self.run("pg_ctl", "stop", "--silent", "--mode=fast")

    def remove(self):
        with suppress(subprocess.CalledProcessError):  # Where it does not run.
            self.run("pg_ctl", "stop", "--silent", "--mode=immediate")
        shutil.rmtree(self.folder)
