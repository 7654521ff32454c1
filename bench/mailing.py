"""Messages per second of a mailing against a plain loop over one SMTP connection.

Both send to the same sink, a process of its own, in the same run:

    python bench/mailing.py 10000          # the ratio
    python bench/mailing.py 1000 100000    # the memory at each size

It works in a SQLite database of its own in a temporary folder, or in that of DATABASE_URL (a
throw-away one: its followers and mailings stay).
"""

import os
import re
import smtplib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SINK = """
import asyncio, sys
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


def set_up(port, folder):
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/db.sqlite3")
    os.environ.update(
        ADDRESS_KEYS="bench",
        DJANGO_SETTINGS_MODULE="advocacy.settings",
        HTTPS="0",
        MAIL_URL=f"smtp+plain://127.0.0.1:{port}",
        SECRET_KEY="bench",
    )
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    from bench.make_load import fill

    call_command("migrate", verbosity=0)
    fill(issues=1, bodies=1, actions=1, updates=3, quiet=True)


def make_edition(number):
    """A notice that has started, to so many new followers, all others gone."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from advocacy.models import Delivery, Edition, Follow, StatusUpdate, Subscriber
    from advocacy.models.addresses import address_hash, encrypt
    from advocacy.models.followers import new_public_id

    Delivery.objects.all().delete()
    Edition.objects.all().delete()
    Subscriber.objects.all().delete()
    for start in range(0, number, 5000):
        rows = Subscriber.objects.bulk_create(
            Subscriber(
                public_id=new_public_id(),
                address=encrypt(f"f{n}@example.org"),
                address_hash=address_hash(f"f{n}@example.org"),
                language=["en", "uk", "ko"][n % 3],
                frequency="at_once",
            )
            for n in range(start, min(start + 5000, number))
        )
        Follow.objects.bulk_create(Follow(subscriber=row) for row in rows)
    edition = Edition.objects.plan_notice(
        StatusUpdate.objects.first(), by=get_user_model().objects.first()
    )
    Edition.objects.update(send_at=timezone.now())
    return edition


def own_memory(process):
    """MB of memory of a process that no file stands behind; SQLite maps the database itself."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"RssAnon:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0


def mailing(number):
    """Seconds that the worker takes for a mailing, and the most memory it held, in MB."""
    from django.utils import timezone

    from advocacy.models import Edition

    edition = make_edition(number)
    started = time.monotonic()
    worker = subprocess.Popen([sys.executable, "manage.py", "worker", "--batch"], cwd=ROOT)
    memory = 0
    while (status := worker.poll()) is None:
        memory = max(memory, own_memory(worker.pid))
        time.sleep(0.2)
    took = time.monotonic() - started
    edition = Edition.objects.get(pk=edition.pk)
    counts = dict(edition.counts())
    assert status == 0, status
    assert counts == {"sent": number}, counts
    assert edition.finished_at < timezone.now()
    return took, memory


def plain_loop(number, port):
    """Seconds that the same message takes in a loop over one connection, written once each."""
    from advocacy.mailing import letters as mail
    from advocacy.models import Edition

    letter = mail.notice_letter(Edition.objects.first(), "en")
    started = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for n in range(number):
            message = mail.message(letter, f"f{n}@example.org", headers={}).message()
            server.send_message(message, "follow@example.org", [f"f{n}@example.org"])
    return time.monotonic() - started


def main():
    sizes = [int(size) for size in sys.argv[1:]] or [10000]
    sink = subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True)
    try:
        port = int(sink.stdout.readline())
        with tempfile.TemporaryDirectory() as folder:
            set_up(port, folder)
            for size in sizes:
                took, memory = mailing(size)
                plain = plain_loop(size, port)
                print(
                    f"{size} followers: mailing {size / took:.0f} messages/s, plain loop"
                    f" {size / plain:.0f} messages/s, ratio {plain / took:.2f};"
                    f" worker at most {memory:.0f} MB",
                    flush=True,
                )
    finally:
        sink.kill()


if __name__ == "__main__":
    main()
