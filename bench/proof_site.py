"""The program as `make proof` runs it: started, asked, counted."""

import ctypes
import http.client
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlencode

from bench.project import set_up

ROOT = Path(__file__).resolve().parent.parent
# Where the server refuses, and with what; none of these is about the mailbox.
REFUSALS = [
    ("EHLO", "421 4.3.2 closing"),
    ("EHLO", "554 5.7.1 blocklisted"),
    ("MAIL", "451 4.7.1 greylisted"),
    ("MAIL", "550 5.7.1 sender rejected"),
    ("RCPT", "421 4.7.0 too many connections"),
    ("RCPT", "450 4.2.0 try later"),
    ("RCPT", "452 4.2.2 over quota"),
    ("RCPT", "550 5.7.1 relay access denied"),
    ("RCPT", "554 5.7.1 client host blocked"),
    ("DATA", "451 4.3.0 try later"),
    ("DATA", "552 5.3.4 too big"),
    ("DATA", "554 5.7.1 DMARC policy"),
]


class Site:
    def __init__(self, folder, variables):
        self.folder, self.variables = folder, variables
        self.asked, self.refused_sign_ups, self.recorded = [], 0, 0
        self.rule, self.refused = (None, None), 0
        self.numbers = iter(range(10**6))

    def __enter__(self):
        from tests.ports import held_port

        self.var = self.folder / "var"
        self.url = self.variables.get("DATABASE_URL", f"sqlite:///{self.folder}/db.sqlite3")
        self.sink = sink(self)
        self.port, self.held = held_port()
        dossier = self.folder / "dossier"
        # The dossier is small, so that the program is there soon.
        os.environ |= {"VAR_DIR": str(self.var), "DATABASE_URL": self.url, "RECORD_ZIP": "0"}
        os.environ |= {"MAIL_URL": self.variables.get("MAIL_URL", self.sink.url)}
        set_up()
        from tests.dossier import few_rows

        os.environ |= {"TRUST_PROXY": "1", "PORT": str(self.port), "CONTENT_DIR": str(dossier)}
        few_rows(dossier)
        self.log = (self.folder / "log").open("a")
        self.start()
        return self

    def start(self):
        """Start the program, and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "start"],
            cwd=ROOT,
            env=os.environ | self.variables,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.wait(lambda: self.request("GET", "/healthz") == 200, 300)

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.sink.close()
        self.held.close()
        self.log.close()

    # What it is asked

    def request(self, method, path, body=None):
        """The code of the answer, or None where there was none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        network = ".".join(str(random.randrange(1, 250)) for _part in range(4))
        headers = {"Origin": f"http://127.0.0.1:{self.port}", "X-Forwarded-For": network}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def ask(self):
        """Sign a new address up. Gives it where that was acknowledged."""
        address = f"s{next(self.numbers)}@example.org"
        form = {"email": address, "subject": "everything", "frequency": "weekly", "language": "en"}
        if self.request("POST", "/en/follow/", urlencode(form)) == 303:
            self.asked.append(address)
            return address
        self.refused_sign_ups += 1
        return None

    @contextmanager
    def sign_ups(self):
        """Sign-ups from two sides, one after the other, as long as the block lasts."""
        over = threading.Event()

        def go_on():
            while not over.wait(1):
                self.ask()

        threads = [threading.Thread(target=go_on) for _number in range(2)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def make_followers(self, number):
        from advocacy.models import Follow, Subscriber
        from advocacy.models.addresses import address_hash, encrypt
        from advocacy.models.followers import new_public_id

        Subscriber.objects.bulk_create(
            Subscriber(
                public_id=new_public_id(),
                address=encrypt(address),
                address_hash=address_hash(address),
                language="en",
                frequency="at_once",
            )
            for address in (f"f{n}@example.org" for n in range(number))
        )
        Follow.objects.bulk_create(Follow(subscriber=s) for s in Subscriber.objects.all())
        self.followers = number

    def record(self):
        """Record a response of which all followers are told at once, as the desk does."""
        from django.utils import timezone

        from advocacy.models import Edition, Tell
        from tests.factories import make_action, record

        def write():
            entry = record(make_action(), tell=Tell.AT_ONCE)
            Edition.objects.filter(entry=entry).update(send_at=timezone.now() - timedelta(days=2))
            self.recorded += 1

        patiently(write)

    # What is broken

    def pid_of(self, name):
        """One of the processes of the program, once it is there again."""
        found = []

        def look():
            found[:] = self.processes(name)
            return found

        self.wait(look, 90)
        return random.choice(found)

    def processes(self, name):
        rows = subprocess.check_output(["ps", "-eo", "pid=,ppid=,stat=,comm="], text=True)
        table = [row.split(None, 3) for row in rows.splitlines()]
        lives = {int(p): (int(above), comm) for p, above, stat, comm in table if "Z" not in stat}
        own = {p for p, (above, _comm) in lives.items() if above == self.process.pid}
        if name == "web process":
            servers = {p for p in own if lives[p][1] == "web server"}
            return [p for p, (above, _comm) in lives.items() if above in servers]
        return [p for p in own if lives[p][1] == name]

    def refuse(self, step, answer):
        self.rule, self.refused = (step, answer), 0

    def resume(self):
        """What staff do once the cause of many refusals is put right."""
        from advocacy.mailing.tasks import go_on
        from advocacy.models import Edition
        from tests.factories import make_user

        somebody = make_user(is_superuser=True)
        for edition in Edition.objects.paused():
            patiently(lambda edition=edition: edition.resume(by=somebody))
            patiently(lambda edition=edition: go_on.enqueue(edition.pk))

    def hurry(self):
        """As if the pause before the next try were over."""
        from django_tasks_db.models import DBTaskResult, get_date_max

        time.sleep(2)
        DBTaskResult.objects.filter(status="READY").update(run_after=get_date_max())

    # What became of it

    def wait(self, condition, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.2)
        return False

    def is_quiet(self):
        """Whether no mail waits any more. Looks again, as a task may queue another."""
        from django_tasks_db.models import DBTaskResult

        from advocacy.models import Edition, EditionState

        open_tasks = DBTaskResult.objects.filter(
            status__in=["READY", "RUNNING"], queue_name="mail"
        ).count
        unsent = Edition.objects.exclude(state=EditionState.SENT).count
        return not patiently(open_tasks) and not patiently(unsent)

    def drain(self, seconds):
        if not self.wait(self.is_quiet, seconds):
            print(f"    after {seconds} s there was still mail to send: {self.queue()}", flush=True)
        time.sleep(1)

    def queue(self):
        from django.db.models import Count, Min
        from django_tasks_db.models import DBTaskResult

        rows = DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).order_by()
        return list(rows.values_list("task_path", "status").annotate(Count("pk"), Min("run_after")))

    def has(self, address):
        return address in self.sink.addresses

    def states(self):
        from advocacy.models import Delivery

        counts = Counter(Delivery.objects.values_list("state", flat=True))
        return f"messages {dict(counts)}, followers ended {self.ended()}"

    def ended(self):
        """Followers who follow no more. Nobody left: whoever is ended was ended by refusals.

        Their address is kept for thirty days, so the state alone tells.
        """
        from advocacy.models import Subscriber

        return Subscriber.objects.count() - Subscriber.objects.confirmed().count()

    def figures(self, *, twice_allowed=0, mails=None):
        """Print what was acknowledged, lost and doubled. Whether that is as it should be."""
        from advocacy.models import Delivery, DeliveryState, StatusUpdate

        confirmations, messages = received(self.sink, mails)
        lost = [address for address in self.asked if not confirmations[address]]
        twice = sum(confirmations[address] > 1 for address in self.asked)
        print(
            f"    sign-ups: {len(self.asked)} acknowledged, {self.refused_sign_ups} not;"
            f" confirmations lost {len(lost)}, twice {twice} (at most {twice_allowed})"
        )
        entries = StatusUpdate.objects.filter(summary="The body met on it.").count()
        expected = self.recorded * getattr(self, "followers", 0)
        told = [DeliveryState.DOUBTFUL, DeliveryState.FAILED]
        known = Delivery.objects.filter(state__in=told).count()
        missing = expected - len(messages)
        doubled = sum(count > 1 for count in messages.values())
        ended = self.ended()
        print(
            f"    recordings: {self.recorded} acknowledged, {entries} on record; their messages:"
            f" {expected} to send, {len(messages)} arrived, {doubled} twice,"
            f" {missing} missing, of which {known} are marked doubtful or failed;"
            f" followers ended {ended}"
        )
        is_good = not lost and twice <= twice_allowed and entries >= self.recorded
        is_good &= not doubled and missing <= known and not ended
        print(f"    {'good' if is_good else 'RED'}", flush=True)
        if not is_good:
            print(*(self.folder / "log").read_text().splitlines()[-40:], sep="\n")
        return is_good


def received(sink, mails):
    """How often each address got a confirmation, and each message to a follower came."""
    raw = sink.raw if mails is None else [(None, p.read_bytes()) for p in mails.glob("*.eml")]
    confirmations, messages = Counter(), Counter()
    for _address, content in raw:
        mail = message_from_bytes(content)
        if mail["Message-ID"].startswith("<delivery-"):
            messages[mail["Message-ID"]] += 1
        else:
            confirmations[mail["To"]] += 1
    return confirmations, messages


def patiently(work):
    """Do it once the database takes it."""
    from django.db import InterfaceError, OperationalError, connections

    while True:
        try:
            return work()
        except (OperationalError, InterfaceError):
            connections.close_all()
            time.sleep(0.5)


def sink(site):
    from tests.sink import Sink

    class Refusing(Sink):
        """The mail server of the tests, which refuses where the site says so."""

        def says(self, step):
            wanted, answer = site.rule
            if wanted != step:
                return None
            site.refused += 1
            return answer

        async def handle_EHLO(self, server, session, envelope, hostname, responses):
            session.host_name = hostname
            refusal = self.says("EHLO")
            return [refusal] if refusal else responses

        async def handle_MAIL(self, server, session, envelope, address, options):
            if refusal := self.says("MAIL"):
                return refusal
            envelope.mail_from = address
            return "250 OK"

        async def handle_RCPT(self, server, session, envelope, address, options):
            if refusal := self.says("RCPT"):
                return refusal
            return await super().handle_RCPT(server, session, envelope, address, options)

        async def handle_DATA(self, server, session, envelope):
            return self.says("DATA") or await super().handle_DATA(server, session, envelope)

    return Refusing()


def may_mount():
    if os.getuid() != 0:
        print("    skipped: only root may mount a small file system")
        return False
    return True


@contextmanager
def small_disk(folder, size):
    """A small file system there, for this process and those that it starts, during the block."""
    folder.mkdir(parents=True, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    os.unshare(os.CLONE_NEWNS)
    private = 0x40000 | 0x4000  # MS_PRIVATE and MS_REC: nobody else sees it.
    for arguments in (
        (None, b"/", None, private, None),
        (b"tmpfs", bytes(folder), b"tmpfs", 0, f"size={size}".encode()),
    ):
        if libc.mount(*arguments):
            raise OSError(ctypes.get_errno(), "A small file system could not be mounted")
    try:
        yield
    finally:
        libc.umount2(bytes(folder), 2)  # MNT_DETACH: as soon as nobody uses it.


@contextmanager
def full(folder):
    """As long as the block lasts no byte is left there."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    try:
        yield
    finally:
        filler.unlink()
