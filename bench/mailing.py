"""What a mailing takes against a plain loop over one SMTP connection, and what two workers take.

    python -m bench.mailing                     # all parts, some minutes
    python -m bench.mailing speed --followers 5000

Both send to the same sink, a process of its own, in the same run. `speed` and `memory` work in a
SQLite database of their own, `workers` on a PostgreSQL server of its own. Ends with 1 where a goal
is missed.
"""

import os
import re
import smtplib
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["en", "uk", "ko"]
FASTER = 1.4
# Of what it held with a hundredth of the followers, and of what one worker takes.
MORE_MEMORY = 1.2
MORE_CPU = 1.15
SINK = """
import asyncio, sys
from collections import Counter
to = Counter()
async def serve(reader, writer):
    writer.write(b"220 sink\\r\\n")
    data = False
    while line := await reader.readline():
        if data:
            if line == b".\\r\\n":
                data = False
                writer.write(b"250 OK\\r\\n")
            continue
        word = line[:4].upper()
        data = word == b"DATA"
        answer = {b"DATA": b"354 go", b"QUIT": b"221 bye"}.get(word, b"250 OK")
        if word == b"RCPT":
            to[line[8:]] += 1
        if word == b"NOOP":
            answer = b"250 %d %d" % (len(to), sum(to.values()) - len(to))
            to.clear()
        writer.write(answer + b"\\r\\n")
        await writer.drain()
        if word == b"QUIT":
            break
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def sink():
    """A mail server that takes everything; gives its port."""
    process = subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()


def received(port):
    """How many addresses the sink got mail for since it was last asked, and how many twice."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        _code, numbers = server.noop()
    return tuple(int(number) for number in numbers.split())


def set_up(port, database):
    os.environ.update(
        ADDRESS_KEYS="bench",
        DATABASE_URL=database,
        DJANGO_SETTINGS_MODULE="advocacy.settings",
        HTTPS="0",
        MAIL_URL=f"smtp+plain://127.0.0.1:{port}",
        SECRET_KEY="bench",
    )
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def make_edition(number):
    """A notice that goes out now, to so many new followers, all others gone."""
    from django.utils import timezone

    from advocacy.models import Delivery, Edition, Follow, Subscriber, Tell
    from advocacy.models.addresses import address_hash, encrypt
    from advocacy.models.followers import new_public_id
    from tests.factories import make_action, record

    Delivery.objects.all().delete()
    Edition.objects.all().delete()
    Subscriber.objects.all().delete()
    for start in range(0, number, 5000):
        rows = Subscriber.objects.bulk_create(
            Subscriber(
                public_id=new_public_id(),
                address=encrypt(f"f{n}@example.org"),
                address_hash=address_hash(f"f{n}@example.org"),
                language=LANGUAGES[n % 3],
                frequency="at_once",
            )
            for n in range(start, min(start + 5000, number))
        )
        Follow.objects.bulk_create(Follow(subscriber=row) for row in rows)
    record(make_action(), summary="The body met on it and adopted nothing. " * 8, tell=Tell.AT_ONCE)
    Edition.objects.update(send_at=timezone.now())
    return Edition.objects.get()


def own_memory(process):
    """MB of memory of a process that no file stands behind; SQLite maps the database itself."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"RssAnon:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0


def cpu_of(process):
    """Seconds of CPU that a process has taken, with its children that ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


@contextmanager
def workers(number):
    """So many workers of the queue of mails, ready; gives their processes."""
    from advocacy.models import Worker

    command = [sys.executable, "manage.py", "worker", "--queue", "mail"]
    processes = [subprocess.Popen(command, cwd=ROOT) for _number in range(number)]
    try:
        while Worker.objects.count() < number:
            time.sleep(0.05)
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def mailing(number, port, *, by=1):
    """Seconds that workers take for a mailing, those of their CPU, and the most MB of one.

    Counted from when a worker found it due: they look every five seconds.
    """
    from django.utils import timezone

    from advocacy.models import Edition

    received(port)
    with workers(by) as processes:
        used = sum(cpu_of(process.pid) for process in processes)
        edition = make_edition(number)
        memory = 0
        while Edition.objects.get(pk=edition.pk).state != "sent":
            memory = max(memory, *(own_memory(process.pid) for process in processes))
            time.sleep(0.2)
        edition.refresh_from_db()
        took = (timezone.now() - edition.started_at).total_seconds()
        used = sum(cpu_of(process.pid) for process in processes) - used
    assert dict(edition.counts()) == {"sent": number}, edition.counts()
    assert received(port) == (number, 0), "lost or doubled"
    return took, used, memory


def plain_loop(number, port):
    """Seconds, and those of CPU, that a loop takes for the same messages, without any account."""
    from advocacy.mailing import letters as mail
    from advocacy.models import Edition

    letters = [mail.notice_letter(Edition.objects.first(), language) for language in LANGUAGES]
    began, used = time.monotonic(), time.process_time()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for n in range(number):
            message = mail.message(letters[n % 3], f"f{n}@example.org", headers={}).message()
            server.send_message(message, "follow@example.org", [f"f{n}@example.org"])
    return time.monotonic() - began, time.process_time() - used


def speed(port, followers):
    """Messages a second against the plain loop."""
    took, used, _memory = mailing(followers, port)
    plain, plain_used = plain_loop(followers, port)
    print(
        f"{followers} followers: mailing {followers / took:.0f} messages/s and"
        f" {1000 * used / followers:.2f} ms of CPU each, plain loop {followers / plain:.0f} and"
        f" {1000 * plain_used / followers:.2f}: {plain / took:.2f} times as fast"
        f" (goal {FASTER}), {plain_used / used:.2f} times by CPU",
        flush=True,
    )
    return plain / took >= FASTER


def memory(port, followers):
    """What a worker holds with ten times the followers against a tenth."""
    few, many = (mailing(number, port)[2] for number in (followers // 10, followers * 10))
    print(
        f"memory of the worker: {few:.0f} MB at {followers // 10} followers, {many:.0f} MB at"
        f" {followers * 10}: {many / few:.2f} times (goal at most {MORE_MEMORY})",
        flush=True,
    )
    return many / few <= MORE_MEMORY


def pairs(port, followers):
    """The CPU of a message with two workers on PostgreSQL against one."""
    one, two = (mailing(followers, port, by=by)[:2] for by in (1, 2))
    print(
        f"on PostgreSQL, {followers} followers: one worker {1000 * one[1] / followers:.2f} ms of"
        f" CPU a message and {followers / one[0]:.0f} a second, two"
        f" {1000 * two[1] / followers:.2f} and {followers / two[0]:.0f}, none doubled:"
        f" {two[1] / one[1]:.2f} times the CPU (goal at most {MORE_CPU})",
        flush=True,
    )
    return two[1] / one[1] <= MORE_CPU


PARTS = {"speed": speed, "memory": memory, "workers": pairs}


def run(part, followers):
    sys.path.insert(0, str(ROOT))
    from tests.postgres import Cluster

    with sink() as port, tempfile.TemporaryDirectory() as folder:
        cluster = Cluster() if part == "workers" else None
        try:
            set_up(port, cluster.url if cluster else f"sqlite:///{folder}/db.sqlite3")
            return PARTS[part](port, followers)
        finally:
            if cluster:
                from django.db import connection

                connection.close()
                cluster.remove()


def main(parts, followers):
    if len(parts) == 1:
        return 0 if run(parts[0], followers) else 1
    # Each in a process of its own, as each has a database of its own.
    command = [sys.executable, "-m", "bench.mailing", "--followers", str(followers)]
    codes = [subprocess.run([*command, part], cwd=ROOT, check=False).returncode for part in parts]
    return max(codes)


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.mailing",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; without any, all of them")
    parser.add_argument("--followers", type=int, default=10000)
    chosen = parser.parse_args()
    if unknown := sorted(set(chosen.part) - set(PARTS)):
        parser.error(f"no such part: {', '.join(unknown)}")
    sys.exit(main(chosen.part or list(PARTS), chosen.followers))
