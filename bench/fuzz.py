"""Requests that no page sends, thousands of them, to the real program: none may break it.

    python -m bench.fuzz                          # 20,000 on SQLite, 20,000 on PostgreSQL
    python -m bench.fuzz 2000 --only sqlite       # fewer, on one of them
    python -m bench.fuzz 2000 --seed 7            # others

It reads the pages, their links and their forms first, so a new page or field is tried by itself.
Then it asks the API what its document allows and what not. Ends with 1 at any answer of 500 and
above, answer of the API that is not in its document, traceback, markup that came back as it was
sent, header that was smuggled in, cookie on a public GET, or answer that cost more than two seconds
of CPU.
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from bench.fuzz_api import ask, ask_for_all_rows, of_server, operations
from bench.fuzz_requests import Answer, Fuzz, Request, explore, faults

ROOT = Path(__file__).resolve().parent.parent
REQUESTS = 20_000
MOST_CPU = 2.0


def send(port, request):
    """Send it as it is, byte by byte; the answer, or None where the server hung up."""
    target = request.path + (f"?{request.query}" if request.query else "")
    lines = [f"{request.method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    lines += [f"Content-Length: {len(request.body)}", "Connection: close", "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        try:
            connection.sendall("\r\n".join(lines).encode("latin-1") + request.body)
            response = http.client.HTTPResponse(connection, method=request.method)
            response.begin()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read())
        except (OSError, http.client.HTTPException):
            return None


@contextmanager
def program(folder, database_url):
    """The program, started; gives its port and process."""
    from tests.ports import held_port

    port, held = held_port()
    variables = {
        **{"SECRET_KEY": "x", "ADDRESS_KEYS": "y", "HTTPS": "0", "MAIL_URL": "folder:"},
        **{"PORT": str(port), "VAR_DIR": str(folder / "var"), "DATABASE_URL": database_url},
        **{"ALLOWED_HOSTS": "127.0.0.1", "TRUST_PROXY": "1"},
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "start", "--no-worker"],
            cwd=ROOT,
            env=os.environ | variables,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        is_there = Request(path="/healthz", headers={"Host": "127.0.0.1"})
        for _second in range(120):
            time.sleep(1)
            try:
                if send(port, is_there):
                    break
            except OSError:
                continue
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=60)
        held.close()


def cpu_of(process):
    """The seconds of CPU of a process and all that it started."""
    rows = subprocess.check_output(["ps", "-eo", "pid=,ppid="], text=True).split()
    above = dict(zip(map(int, rows[::2]), map(int, rows[1::2]), strict=True))
    total = 0
    for pid in above:
        one = pid
        while one and one != process:
            one = above.get(one, 0)
        if one == process:
            try:
                stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += int(stat[11]) + int(stat[12])
    return total / os.sysconf("SC_CLK_TCK")


def tracebacks(log):
    """Each place of the log where something broke, with the lines around it."""
    lines = log.splitlines()
    for place, line in enumerate(lines):
        if "Traceback" in line or "panicked" in line:
            yield "\n".join(lines[max(place - 1, 0) : place + 40])


def faults_of_api(address, number):
    """What the API answers wrongly; a few thousand requests take as long as all others."""
    schema, found = of_server(address), []
    steps = operations(schema)
    asked = max(2, number // 200)
    # Each from a network of its own: what many ask for is refused after a while.
    for place, operation in enumerate(steps):
        headers = {"X-Forwarded-For": f"10.1.{place}.1"}
        try:
            Counter(ask(operation, asked, headers=headers))
        except BaseExceptionGroup as group:
            found += [f"{operation.path}: {one}" for one in group.exceptions]
        except Exception as one:
            found.append(f"{operation.path}: {one}")
    try:
        rows = len(list(ask_for_all_rows(schema, headers={"X-Forwarded-For": "10.2.0.1"})))
    except Exception as one:
        found.append(str(one))
        rows = 0
    print(f"    {len(steps)} operations of the API, {rows} lists and rows as they are", flush=True)
    return found


def run(number, seed, name, database_url):
    """Send so many requests to the program on one database; whether all went well."""
    print(f"{name}: {number} requests, seed {seed}", flush=True)
    counts, red, slowest = Counter(), [], 0.0
    with tempfile.TemporaryDirectory(prefix="answerable-fuzz-") as made:
        folder = Path(made)
        url = database_url or f"sqlite:///{folder}/db.sqlite3"
        with program(folder, url) as (port, process):
            host = f"127.0.0.1:{port}"

            def answer_to(request):
                request.headers.setdefault("Host", host)
                return send(port, request) or Answer(0, {}, b"")

            pages, forms = explore(answer_to)
            print(f"    {len(pages)} pages, {len(forms)} forms and lists", flush=True)
            fuzz = Fuzz(pages, forms, seed, host)
            for _number in range(number):
                request, begun = fuzz.request(), time.monotonic()
                answer = answer_to(request)
                counts[answer.status or "hung up"] += 1
                wrong = list(faults(request, answer))
                took = time.monotonic() - begun
                slowest = max(slowest, took)
                # What took less time took less CPU; where it took more, it is asked again.
                if took > MOST_CPU:
                    before = cpu_of(process.pid)
                    answer_to(request)
                    if cpu_of(process.pid) - before > MOST_CPU:
                        wrong.append("cost more than two seconds of CPU")
                if wrong:
                    red.append(f"{', '.join(wrong)}: {request}")
            red += faults_of_api(f"http://{host}", number)
            if not send(port, Request(path="/en/", headers={"Host": host})):
                red.append("does not answer any more")
        log = (folder / "log").read_text(errors="replace")
        red += tracebacks(log)
    print(f"    {dict(counts.most_common())}, the slowest took {slowest:.1f} s")
    for line in red[:40]:
        print(f"    RED {line}")
    print(f"    {len(red)} of them red" if red else "    good", flush=True)
    return not red


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, nargs="?", default=REQUESTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args(arguments)
    is_good = True
    if given.only != "postgresql":
        is_good &= run(given.number, given.seed, "SQLite", "")
    if given.only != "sqlite":
        from tests.postgres import Cluster

        cluster = Cluster()
        try:
            is_good &= run(given.number, given.seed, "PostgreSQL", cluster.url)
        finally:
            cluster.remove()
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
