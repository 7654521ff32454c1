"""What an operator sees of each fault: the sentence, whether `/readyz` is red, and what is left.

Each function is a part of `make proof`. Nothing that was acknowledged may be lost.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FAKETIME = "usr/lib/*/faketime/libfaketimeMT.so.1"
# How many deploys happen at once.
DEPLOYS = 4


def started(folder, **variables):
    from bench.proof_site import Site

    return Site(folder, variables)


def readyz(site):
    """(status, {check: what it says} of those that failed)."""
    try:
        with closing(HTTPConnection("127.0.0.1", site.port, timeout=30)) as connection:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            checks = json.loads(answer.read())
    except (OSError, HTTPException) as error:
        return None, {"web server": str(error)}
    return answer.status, {n: check["what"] for n, check in checks.items() if check["ok"] is False}


def waits(site, names, seconds=180):
    """Whether `/readyz` comes to name just these checks as failed; prints what it says."""
    said = {}

    def look():
        said["last"] = readyz(site)
        return set(said["last"][1]) == set(names)

    began = time.monotonic()
    is_so = site.wait(look, seconds)
    status, failed = said["last"]
    print(f"    /readyz {status} after {time.monotonic() - began:.0f} s")
    for name, what in failed.items():
        print(f"      {name}: {what}")
    if not is_so:
        print(f"    RED: expected {', '.join(names) or 'nothing'} to fail", flush=True)
    return is_so and status == (503 if names else 200)


def signs_up(site):
    """Whether a sign-up is acknowledged; on a busy machine not the first one may be."""
    return site.wait(site.ask, 60)


def manage(*words, **variables):
    """Run a command as an operator would: (how it ended, the last line it said)."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).strip().splitlines() or [""]
    return done.returncode, lines[-1]


def tried(*words, fails, **variables):
    """Whether a command fails, or not, as it should, in one sentence and without a traceback."""
    code, line = manage(*words, **variables)
    print(f"    manage.py {' '.join(map(str, words[:2]))}: {code}: {line}", flush=True)
    return bool(code) is fails and (not fails or line.startswith("CommandError"))


def outage(folder):
    """PostgreSQL stopped under web server and workers, and started again: what is said."""
    from tests.postgres import Cluster

    cluster = Cluster()
    try:
        with started(folder, DATABASE_URL=cluster.url) as site:
            good = waits(site, [])
            good &= signs_up(site)
            # Each web process keeps pages of its own.
            for _time in range(20):
                site.request("GET", "/en/")
            cluster.stop()
            good &= waits(site, ["database"])
            for what in ("/en/", "/en/actions/", "/healthz"):
                print(f"    {what}: {site.request('GET', what)}")
            good &= site.request("GET", "/en/") == 200
            good &= site.ask() is None
            cluster.start()
            good &= waits(site, [])
            good &= signs_up(site)
            site.drain(60)
            return site.figures() and good
    finally:
        cluster.remove()


def full_disk(folder):
    """A full disk during a sign-up, an upload, record.zip and a backup."""
    from bench.proof_site import full, may_mount, small_disk

    if not may_mount():
        return True
    os.environ |= {"LEAST_FREE_DISK": "5", "SECOND_FACTOR": "0"}
    with small_disk(folder, "80m"), started(folder) as site:
        code, line = manage("backup", "--new-key", str(folder / "key"))
        os.environ["BACKUP_KEYS"] = line.removeprefix("BACKUP_KEYS=")
        good = not code and waits(site, [])
        good &= tried("make_record_zip", "--verbosity=0", fails=False)
        zips = sorted((site.var / "record").glob("*.zip"))
        good &= tried("backup", str(folder / "good.age"), fails=False)
        good &= signs_up(site)
        editor = signed_in()
        with full(folder):
            good &= waits(site, ["disk"])
            good &= site.ask() is None
            is_there, is_refused = upload(editor, "while-full")
            good &= is_there != is_refused
            good &= tried("make_record_zip", "--verbosity=0", fails=True)
            good &= tried("backup", str(folder / "bad.age"), fails=True)
        left = sorted(path.name for path in folder.glob("*.age*")) + list_of_imports(site)
        good &= left == ["good.age", "good.age.sha256"]
        good &= sorted((site.var / "record").glob("*.zip")) == zips
        print(f"    left of it all: {left}, and the record.zip of before", flush=True)
        good &= waits(site, [])
        good &= upload(editor, "with-room") == (True, False)
        site.drain(60)
        return site.figures() and good


def signed_in():
    from django.test import Client

    from tests.factories import make_user

    editor = Client(raise_request_exception=False, headers={"host": "localhost"})
    editor.force_login(make_user(is_superuser=True))
    return editor


def upload(editor, name):
    """Import a file with one topic, as an editor: (whether it is there, whether the page says not).

    Each of the two without the other, the page tells the truth.
    """
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse

    from advocacy.admin.transfer import NOT_WRITTEN
    from advocacy.models import Topic

    file = SimpleUploadedFile("topics.csv", f"slug,name\n{name},{name}\n".encode())
    sent = {"file": file, "import": "Import"}
    answer = editor.post(reverse("admin:advocacy_topic_import"), sent)
    is_there = Topic.objects.filter(slug=name).exists()
    is_refused = str(NOT_WRITTEN) in answer.text
    said = f": {NOT_WRITTEN}" if is_refused else ""
    print(f"    an import: {answer.status_code}{said}", flush=True)
    return is_there, is_refused


def list_of_imports(site):
    """Files of imports that were cut off."""
    return [path.name for path in (site.var / "imports").glob("*") if not path.stat().st_size]


def deploys(folder):
    """Several deploys at once, on an empty and on a full database: one migrates, others wait."""
    from tests.postgres import Cluster

    cluster = Cluster()
    try:
        return all(
            deployed_at_once(folder / name, url)
            for name, url in (
                ("postgresql", cluster.url),
                ("sqlite", f"sqlite:///{folder}/db.sqlite3?timeout=20"),
            )
        )
    finally:
        cluster.remove()


def deployed_at_once(folder, url):
    variables = {"DATABASE_URL": url, "VAR_DIR": str(folder), "MAIL_URL": "folder:"}
    variables |= {"HTTPS": "0", "SECRET_KEY": "x", "ADDRESS_KEYS": "y"}
    good = True
    for what in ("empty", "full"):
        running = [
            subprocess.Popen(
                [sys.executable, "manage.py", "migrate_locked"],
                cwd=ROOT,
                env=os.environ | variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _number in range(DEPLOYS)
        ]
        said = [process.communicate(timeout=600)[0].strip().splitlines()[-1] for process in running]
        codes = [process.returncode for process in running]
        print(f"    {folder.name}, {what}: ended with {codes}")
        for sentence in sorted(set(said)):
            print(f"      {said.count(sentence)} × {sentence}", flush=True)
        migrated = sum(sentence.startswith("Applying") for sentence in said)
        good &= codes == [0] * DEPLOYS and migrated == (what == "empty")
    good &= manage("verify_record", **variables)[0] == 0
    return good


def clocks(folder):
    """The clock a day behind, and a month ahead and right again: what is said, what is lost."""
    libraries = list(Path("/").glob(FAKETIME))
    if not libraries:
        print("    skipped: libfaketime is not installed")
        return True
    moved = folder / "moved"
    moved.write_text("+0")
    # libfaketime moves the end of a sleep that is given on the monotonic clock, which Python does.
    (folder / "sitecustomize.py").write_text(
        "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds)\n"
    )
    variables = {
        "PYTHONPATH": str(folder),
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME_TIMESTAMP_FILE": str(moved),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with started(folder, **variables) as site:
        site.make_followers(3)
        site.record()
        good = waits(site, [])
        print("    a day behind", flush=True)
        moved.write_text("-1d")
        good &= waits(site, ["clock"])
        good &= signs_up(site)
        print("    right again", flush=True)
        moved.write_text("+0")
        good &= waits(site, [])
        print("    a month ahead", flush=True)
        moved.write_text("+30d")
        good &= waits(site, [])
        good &= signs_up(site)
        site.record()
        record_ahead()
        print("    right again, with an entry of the month ahead", flush=True)
        moved.write_text("+0")
        good &= waits(site, ["clock"])
        site.record()
        print("    after the next entry", flush=True)
        good &= waits(site, [])
        site.hurry()
        site.drain(90)
        return site.figures() and good


def record_ahead():
    """As the desk would have recorded it then: this process has the right clock."""
    from datetime import timedelta

    from django.utils import timezone

    from bench.proof_site import patiently
    from tests.factories import make_action, record

    then = timezone.now() + timedelta(days=30)
    patiently(lambda: record(make_action(), recorded_at=then))


def rotation(folder):
    """The key of addresses changed in the wrong order, and put right."""
    old, new = "the old key of the proof", "the new key of the proof"
    os.environ["ADDRESS_KEYS"] = old
    with started(folder) as site:
        good = signs_up(site) & waits(site, [])
        site.make_followers(3)
        site.record()
        site.drain(60)
        print("    rotated before the restart, while the site knows the old key alone", flush=True)
        good &= tried(
            "rotate_address_keys", "--verbosity=0", fails=False, ADDRESS_KEYS=f"{new},{old}"
        )
        good &= waits(site, ["keys"])
        print("    restarted with both", flush=True)
        good &= restarted(site, ADDRESS_KEYS=f"{new},{old}") and waits(site, [])
        good &= signs_up(site)
        site.drain(60)
        print("    the new key taken away again, and rotated", flush=True)
        good &= restarted(site, ADDRESS_KEYS=old) and waits(site, ["keys"])
        good &= tried("rotate_address_keys", "--verbosity=0", fails=True, ADDRESS_KEYS=old)
        print("    put back", flush=True)
        good &= restarted(site, ADDRESS_KEYS=f"{new},{old}") and waits(site, [])
        good &= signs_up(site)
        site.record()
        site.drain(60)
        return site.figures() and good


def restarted(site, **variables):
    """Stop the program and start it with other settings."""
    site.process.terminate()
    site.process.wait(timeout=60)
    site.variables |= variables
    site.start()
    return True
