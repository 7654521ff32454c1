"""Sign-ups on the day it is in the news: many in a row, beside readers, on PostgreSQL.

    python -m bench.sign_ups                              # 6,000 at 300 a second
    python -m bench.sign_ups --number 600 --a-second 100

It starts the real program with a real mail server and asks for confirmations over HTTP, each from
another network. Ends with 1 where one that was acknowledged got no mail or two, mails came out of
their order, the rate was not reached, or readers beside them got pages at less than half the rate.
"""

import http.client
import math
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench.mailing import cpu_of

# So many are on their way at once.
SIDES = 16
PAGE = "/en/"
SECONDS_OF_READING = 10
PAGES_BESIDE = 0.5
FORM = {"subject": "everything", "frequency": "weekly", "language": "en"}


class Client:
    """Keeps one connection to the site, as a browser does."""

    def __init__(self, port):
        self.port, self.connection = port, None

    def request(self, method, path, body=None):
        """The code of the answer, or None where there was none."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        network = ".".join(str(random.randrange(1, 250)) for _part in range(4))
        headers = {"Origin": f"http://127.0.0.1:{self.port}", "X-Forwarded-For": network}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return None


@contextmanager
def readers(port):
    """Two who read the same page again and again during the block; gives how many pages a second.

    It is a number in a list, once they are done.
    """
    command = ["wrk", "-t1", "-c2", f"-d{SECONDS_OF_READING}s", "--timeout", "60s"]
    address = f"http://127.0.0.1:{port}{PAGE}"
    accepted = ["-H", "Accept-Encoding: gzip"]
    a_second = []
    with subprocess.Popen([*command, *accepted, address], stdout=subprocess.PIPE, text=True) as wrk:
        yield a_second
        text = wrk.communicate(timeout=SECONDS_OF_READING + 60)[0]
    if problem := re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", text):
        raise SystemExit(problem[0])
    a_second.append(float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]))


def sign_up(port, numbers, a_second):
    """Addresses that were acknowledged, and how many were so in a second.

    With each stands when it was asked for and when that was answered.
    """
    numbers, acknowledged, lock = enumerate(numbers), {}, threading.Lock()
    began = time.monotonic()

    def one_after_the_other():
        client = Client(port)
        while True:
            with lock:
                if (next_one := next(numbers, None)) is None:
                    return
            place, number = next_one
            # Not before its time: a stream, not a heap.
            time.sleep(max(0, began + place / a_second - time.monotonic()))
            address = f"s{number}@example.org"
            asked = time.monotonic()
            if client.request("POST", "/en/follow/", urlencode(FORM | {"email": address})) == 303:
                acknowledged[address] = asked, time.monotonic()

    threads = [threading.Thread(target=one_after_the_other) for _side in range(SIDES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return acknowledged, len(acknowledged) / (time.monotonic() - began)


def out_of_order(mails, acknowledged):
    """How many mails came before that of a sign-up which was answered before theirs was asked for.

    Two that are on their way at the same time have no order.
    """
    out, first_answered_later = 0, math.inf
    for address in reversed([address for address in mails if address in acknowledged]):
        asked, answered = acknowledged[address]
        out += first_answered_later < asked
        first_answered_later = min(first_answered_later, answered)
    return out


def wait_for_mail(site, number):
    """Until all came, or none for a minute."""
    came, at = 0, time.monotonic()
    while came < number and time.monotonic() < at + 60:
        time.sleep(0.5)
        if len(site.sink.addresses) > came:
            came, at = len(site.sink.addresses), time.monotonic()


def run(site, number, a_second):
    web = site.processes("web process")
    with readers(site.port) as alone:
        pass
    used = sum(map(cpu_of, web))
    acknowledged, rate = sign_up(site.port, range(number), a_second)
    used = sum(map(cpu_of, web)) - used
    # As long as they are read beside.
    some = min(number, SECONDS_OF_READING * a_second)
    with readers(site.port) as beside:
        acknowledged |= sign_up(site.port, range(number, number + some), a_second)[0]
    number += some
    began = time.monotonic()
    wait_for_mail(site, len(acknowledged))
    mails = site.sink.addresses
    times = Counter(mails)
    lost = sum(times[address] == 0 for address in acknowledged)
    twice = sum(count > 1 for count in times.values())
    out = out_of_order(mails, acknowledged)
    [alone], [beside] = alone, beside
    print(
        f"{number} sign-ups at {a_second} a second: {len(acknowledged)} acknowledged, {rate:.0f} a"
        f" second, {1000 * used / (number - some):.1f} ms of CPU of the web processes each; mails"
        f" lost {lost}, twice {twice}, out of order {out}, the last"
        f" {time.monotonic() - began:.0f} s later\n{PAGE} alone {alone:.0f} a second,"
        f" beside them {beside:.0f}: {beside / alone:.2f} of it (goal {PAGES_BESIDE})",
        flush=True,
    )
    good = len(acknowledged) == number and not lost and not twice and not out
    return good and rate >= 0.97 * a_second and beside / alone >= PAGES_BESIDE


def main(number, a_second):
    from bench.proof import project
    from tests.postgres import Cluster

    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            variables = {"DATABASE_URL": cluster.url, "CONFIRMATIONS_AN_HOUR": str(3 * number)}
            with project(Path(folder), **variables) as site:
                return 0 if run(site, number, a_second) else 1
    finally:
        cluster.remove()


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.sign_ups",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--number", type=int, default=6000)
    parser.add_argument("--a-second", type=int, default=300)
    chosen = parser.parse_args()
    sys.exit(main(chosen.number, chosen.a_second))
