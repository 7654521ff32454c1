"""What a real server says of itself under any name, and while its database is away."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from advocacy.upkeep import health
from tests.ports import held_port
from tests.running import ROOT, environment
from tests.test_health import NAMES
from tests.waiting import wait_until

pytestmark = pytest.mark.programs


@contextmanager
def served(folder, database_url):
    """The site as a server runs it; gives a function that asks it for a path under a name."""
    port, held = held_port()
    settings_of_it = environment(
        SECRET_KEY="x",
        ALLOWED_HOSTS="answerable.example.org",
        DATABASE_URL=database_url,
        VAR_DIR=str(folder / "var"),
    )
    site = subprocess.Popen(
        [
            *[sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"],
            *["--port", str(port), "--log-level", "critical", "advocacy.wsgi:application"],
        ],
        cwd=ROOT,
        env=settings_of_it,
        stderr=subprocess.DEVNULL,
    )

    def ask(path, host=None, method="GET"):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        line.putrequest(method, path, skip_host=True)
        line.putheader("Host", host or f"127.0.0.1:{port}")
        line.endheaders()
        answer = line.getresponse()
        body = answer.read().decode()
        line.close()
        return answer.status, body

    def answers():
        assert site.poll() is None
        try:
            return ask("/healthz")[0] == 200
        except OSError:
            return False

    try:
        wait_until(answers)
        yield ask
    finally:
        site.terminate()
        site.wait(timeout=60)
        held.close()


def test_health_is_asked_under_any_name_and_nothing_else_is(prepared):
    """As on a public server: https, and the one name it is known by."""
    with served(prepared, f"sqlite:///{prepared}/db.sqlite3") as ask:
        for host in ["127.0.0.1", "localhost", "10.0.0.7:8000", "anything.example", "b@d host"]:
            assert ask("/healthz", host) == (200, "ok\n")
            status, body = ask("/readyz", host)
            assert status == 503
            assert list(json.loads(body)) == NAMES
            for path in ["/", "/robots.txt", "/admin/", "/healthz/", "//healthz", "/en/healthz"]:
                assert ask(path, host)[0] == 400, (path, host)
        assert ask("/readyz", method="HEAD") == (503, "")
        # Nothing was migrated here, and the site says that and goes on.
        checks = json.loads(body)
        assert "is not up to date" in checks["migrations"]["what"]
        assert checks["mail"] == {"ok": False, "what": "The database is not readable."}
        assert checks["database"]["ok"] is True


@pytest.mark.parametrize("listens", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_a_database_that_refuses_or_never_answers_is_said_in_time(prepared, listens):
    port, held = held_port()
    if listens:
        held.listen(16)  # It takes a connection and says nothing, as behind a broken network.
    with served(prepared, f"postgres://u:secret@127.0.0.1:{port}/x") as ask:
        before = time.monotonic()
        status, body = ask("/readyz")
        assert time.monotonic() - before < 3 * health.SECONDS_TO_LOOK

        checks = json.loads(body)
        assert status == 503
        assert checks["database"]["ok"] is False
        said = "No answer within 5 seconds." if listens else "The database does not answer."
        assert checks["database"]["what"] == said
        for name in ["migrations", "worker", "tasks", "mail", "keys"]:
            assert checks[name]["ok"] is None
            assert checks[name]["what"] == "Not asked, as the database does not answer."
        assert checks["disk"]["ok"] is True
        assert not any(secret in body for secret in ("secret", str(port), "127.0.0.1", "postgres"))
        # Asked again and again, no further thread waits for it; the process lives.
        for _ in range(3 if listens else 1):
            assert ask("/readyz")[0] == 503
        assert ask("/healthz") == (200, "ok\n")
    held.close()


@contextmanager
def own_postgres():
    """A server of its own, to be stopped: (its address, the number of its first process)."""
    shell = subprocess.Popen(
        ["sh", "deploy/with_postgres.sh", "sh", "-c", 'echo "$DATABASE_URL"; cat'],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        shell.stdout.readline()
        url = shell.stdout.readline().strip()
        folder = Path(unquote(urlsplit(url).netloc.rpartition("@")[2]))
        yield url, int((folder / "data" / "postmaster.pid").read_text().split()[0])
    finally:
        shell.stdin.close()
        shell.wait(timeout=60)


def has_postgres():
    found = subprocess.run(["sh", "deploy/postgres_programs.sh"], cwd=ROOT, capture_output=True)
    return found.returncode == 0


@pytest.mark.thorough
@pytest.mark.skipif(not has_postgres(), reason="PostgreSQL's server is not installed")
def test_postgres_that_hangs_or_stops_is_said_and_its_return_is_noticed(prepared):
    with own_postgres() as (url, postmaster):
        variables = environment(SECRET_KEY="x", DATABASE_URL=url, VAR_DIR=str(prepared))
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=variables, check=True)
        worker = subprocess.Popen([*manage, "worker"], cwd=ROOT, env=variables)
        try:
            with served(prepared, url) as ask:
                wait_until(lambda: ask("/readyz")[0] == 200)

                os.kill(postmaster, signal.SIGSTOP)
                status, body = ask("/readyz")
                assert (status, json.loads(body)["database"]["ok"]) == (503, False)
                assert "No answer within 5 seconds." in body
                os.kill(postmaster, signal.SIGCONT)
                wait_until(lambda: ask("/readyz")[0] == 200)

                worker.terminate()
                worker.wait(timeout=60)
                os.kill(postmaster, signal.SIGINT)
                wait_until(lambda: "The database does not answer." in ask("/readyz")[1])
                assert ask("/healthz") == (200, "ok\n")
        finally:
            worker.kill()
            worker.wait()
            if lives(postmaster):
                os.kill(postmaster, signal.SIGCONT)


def lives(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
