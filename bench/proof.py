"""What is lost and what is doubled when processes are killed and what they stand on fails.

    python -m bench.proof                  # all of it, more than an hour
    python -m bench.proof kills postgres   # parts of it

Each part starts the real program in a folder of its own, with a real mail server, asks for
confirmations over HTTP and records responses of which followers are told, and breaks something
meanwhile. Acknowledged is what the program said it has: a sign-up that was answered "look into your
mail", a recorded response. Ends with 1 where something acknowledged was lost, or done twice
where that is not the price of a kill: a confirmation whose worker is killed between the mail
server's answer and the note of it comes twice, rather than never.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from bench.faults import clocks, deploys, full_disk, outage, rotation

ROOT = Path(__file__).resolve().parent.parent
KILLS = 20
TIMES = 5
FOLLOWERS = 40
FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def kills(folder):
    """kill -9 of a web process, the server or a worker, 20 times, under sign-ups and recordings."""
    with project(folder) as site:
        site.make_followers(FOLLOWERS)
        with site.sign_ups():
            for number in range(KILLS):
                time.sleep(random.uniform(2, 4))
                if number % 4 == 0:
                    site.record()
                name = ["mail worker", "web process", "default worker", "web server"][number % 4]
                os.kill(site.pid_of(name), signal.SIGKILL)
        site.drain(120)
        return site.figures(twice_allowed=KILLS // 4)


def postgres(folder):
    """PostgreSQL stopped and started 5 times, under sign-ups and recordings."""
    from tests.postgres import Cluster

    cluster = Cluster()
    try:
        with project(folder, DATABASE_URL=cluster.url) as site:
            site.make_followers(FOLLOWERS)
            with site.sign_ups():
                for _time in range(TIMES):
                    site.record()
                    time.sleep(3)
                    cluster.stop()
                    time.sleep(3)
                    cluster.start()
                    time.sleep(3)
            site.drain(90)
            return site.figures()
    finally:
        cluster.remove()


def lock(folder):
    """SQLite's write lock held longer than anybody waits for it, 5 times, under sign-ups."""
    import sqlite3

    url = f"sqlite:///{folder}/db.sqlite3?timeout=2"
    with project(folder, DATABASE_URL=url) as site:
        site.make_followers(FOLLOWERS)
        other = sqlite3.connect(folder / "db.sqlite3", isolation_level=None, timeout=20)
        with site.sign_ups():
            for _time in range(TIMES):
                site.record()
                time.sleep(2)
                other.execute("BEGIN IMMEDIATE")
                time.sleep(6)
                other.execute("COMMIT")
                time.sleep(3)
        other.close()
        site.drain(90)
        return site.figures()


def smtp(folder):
    """A mail server that refuses in 12 ways, each time a sign-up and a mailing, and then takes all.

    Each of the ways is about us or about the moment: none of them says that a mailbox is gone.
    """
    from bench.proof_site import REFUSALS

    with project(folder) as site:
        site.make_followers(3)
        for step, answer in REFUSALS:
            site.refuse(step, answer)
            asked = site.ask()
            site.record()
            site.wait(lambda: site.refused >= 2 or site.is_quiet(), 20)
            site.refuse(None, None)
            site.resume()
            site.hurry()
            site.drain(20)
            what = "arrived" if site.has(asked) else "lost"
            print(f"    {step} {answer}: confirmation {what}; {site.states()}", flush=True)
        return site.figures()


def disk(folder):
    """A full disk under the database, twice, under sign-ups and recordings."""
    from bench.proof_site import full, may_mount, small_disk

    if not may_mount():
        return True
    with small_disk(folder, "60m"), project(folder) as site:
        site.make_followers(FOLLOWERS)
        with site.sign_ups():
            for _time in range(2):
                site.record()
                time.sleep(2)
                with full(folder):
                    time.sleep(8)
                time.sleep(4)
        site.drain(60)
        return site.figures()


def mails(folder):
    """A full disk under the folder that mails are written to, under sign-ups."""
    from bench.proof_site import full, may_mount, small_disk

    if not may_mount():
        return True
    written = folder / "var" / "mail"
    with small_disk(written, "1m"), project(folder, MAIL_URL="folder:") as site:
        site.ask()
        with full(written):
            for _number in range(5):
                site.ask()
            time.sleep(4)
        site.hurry()
        site.drain(60)
        return site.figures(mails=written)


def clock(folder):
    """The clock set a day forward and a day back again, under sign-ups and recordings."""
    libraries = list(Path("/").glob(FAKETIME.lstrip("/")))
    if not libraries:
        print("    skipped: libfaketime is not installed")
        return True
    ahead = folder / "ahead"
    ahead.write_text("+0")
    # libfaketime moves the end of a sleep that is given on the monotonic clock, which Python does.
    (folder / "sitecustomize.py").write_text(
        "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds)\n"
    )
    variables = {
        "PYTHONPATH": str(folder),
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME_TIMESTAMP_FILE": str(ahead),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with project(folder, **variables) as site:
        site.make_followers(FOLLOWERS)
        with site.sign_ups():
            for days in ("+1d", "+0", "-1d", "+0"):
                site.record()
                time.sleep(5)
                ahead.write_text(days)
                time.sleep(5)
        site.drain(90)
        return site.figures()


def project(folder, **variables):
    """Django in this process and the program beside it, on one database."""
    from bench.proof_site import Site

    return Site(folder, variables)


def fuzz(folder):
    """Requests that no page sends, 20,000 on each database (`bench/fuzz.py`)."""
    from bench.fuzz import main

    return main([]) == 0


def pages(folder):
    """Every public page in three languages, light and dark, with axe, measured and printed."""
    walk = ["-m", "pytest", "-q", "-s", "tests/browser/every_page.py", f"--basetemp={folder}/walk"]
    return subprocess.run([sys.executable, *walk], cwd=ROOT, check=False).returncode == 0


def thorough(folder):
    """The tests that walk all of something, and all others on PostgreSQL."""
    made = ["make", "--no-print-directory", "test-thorough", f"ARGS=--basetemp={folder}/tests"]
    return subprocess.run(made, cwd=ROOT, check=False).returncode == 0


def spreadsheet(folder):
    """A spreadsheet program opens every CSV file of record.zip, Korean and Ukrainian right."""
    from bench.spreadsheet import main

    return main(folder)


def upgrades(folder):
    """`bin/answerable upgrade` from each tag of a version before this one, all rows compared."""
    from bench.upgrades import main

    return main(folder)


def install(folder):
    """Every block of deploy/README.md, in its order, in an empty Debian 13."""
    return in_empty_debian("install")


def container(folder):
    """Every step of deploy/Containerfile, in its order, and the services of deploy/compose.yaml."""
    return in_empty_debian("container")


def in_empty_debian(name):
    if os.getuid() != 0 or not shutil.which("debootstrap"):
        print("    skipped: only root makes an empty Debian, with debootstrap")
        return True
    log = ROOT / "var" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    command = [sys.executable, f"deploy/prove_{name}.py", "--log", log]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


PARTS = [
    *[kills, postgres, lock, smtp, disk, mails, clock],
    *[outage, full_disk, deploys, clocks, rotation],
    *[fuzz, spreadsheet, upgrades, install, container, pages, thorough],
]


def main(names):
    parts = [part for part in PARTS if not names or part.__name__ in names]
    if len(parts) == 1:
        # Where a part mounts a disk, that is in use until this process ends.
        with tempfile.TemporaryDirectory(
            prefix="answerable-proof-", ignore_cleanup_errors=True
        ) as folder:
            print(f"{parts[0].__name__}: {parts[0].__doc__.splitlines()[0]}", flush=True)
            return 0 if parts[0](Path(folder)) else 1
    # Each in a process of its own, as each has a database of its own.
    commands = [[sys.executable, "-m", "bench.proof", part.__name__] for part in parts]
    return max(subprocess.run(command, cwd=ROOT, check=False).returncode for command in commands)


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.proof",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    names = [part.__name__ for part in PARTS]
    parser.add_argument("part", nargs="*", help=f"of {', '.join(names)}; without any, all of it")
    chosen = parser.parse_args().part
    if unknown := sorted(set(chosen) - set(names)):
        parser.error(f"no such part: {', '.join(unknown)}")
    sys.exit(main(chosen))
