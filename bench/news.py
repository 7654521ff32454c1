"""What readers get on the day it is in the news, against nginx with the same bytes in a file.

    python -m bench.news                       # some three minutes
    python -m bench.news --seconds 2 --rounds 1

It starts the program with its dossier on SQLite and an nginx beside it, on this machine alone, and
asks both with wrk, one after the other in each round, so that what else the machine does meets
both. Each figure is the middle one of the rounds. Ends with 1 where a goal is missed.
"""

import http.client
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.mailing import ROOT, cpu_of
from bench.project import set_up
from tests.ports import held_port

PAGE = "/en/"
FILTERED = "/en/actions/?status=no_response"
# Whoever carries a session gets the page as it is now.
SESSION = {"Cookie": "sessionid=nobody"}
SIDES = 16
AT_ONCE = 40
ALONE, BEHIND, SLOWER, MEMORY = 0.8, 0.85, 5, 450

# As deploy/nginx.conf and docs/scaling.md say, but for where its files are.
NGINX = """
daemon off;
worker_processes 2;
pid {folder}/pid;
error_log {folder}/log;
{user}
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    gzip_static on;
    gzip_vary on;
    open_file_cache max=100;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache levels=1:2 keys_zone=answerable:10m max_size=200m inactive=10s;
    server {{
        listen 127.0.0.1:{static};
        root {folder}/files;
        index index.html;
    }}
    server {{
        listen 127.0.0.1:{proxy};
        location / {{
            proxy_pass http://127.0.0.1:{site};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_cache answerable;
            proxy_cache_key $scheme$host$request_uri;
            proxy_cache_valid 200 1s;
            proxy_cache_lock on;
            proxy_cache_bypass $http_cookie $http_authorization;
            proxy_no_cache $http_cookie $http_authorization;
        }}
    }}
}}
"""


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Asked(NamedTuple):
    """What is asked for, of whom, with which headers."""

    name: str
    server: str
    path: str = PAGE
    headers: dict[str, str] = {}


class Figures(NamedTuple):
    """Of one run of wrk: requests a second, µs of CPU of the servers each, ms of the slowest."""

    a_second: float
    cpu: float
    half: float
    slowest: float


class Server(NamedTuple):
    port: int
    process: int


def get(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=given)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def family(process):
    """A process and all that it started."""
    table = {}
    for line in subprocess.check_output(["ps", "-eo", "pid=,ppid="], text=True).splitlines():
        child, parent = map(int, line.split())
        table.setdefault(parent, []).append(child)
    found = [process]
    for one in found:
        found += table.get(one, [])
    return found


def cpu(processes):
    used = 0
    for process in processes:
        try:
            used += cpu_of(process)
        except OSError:
            continue  # It has ended.
    return used


def memory(processes):
    """MB of memory of all of them; what several share counts once (PSS)."""
    kilobytes = 0
    for process in processes:
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        kilobytes += int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1])
    return kilobytes / 1024


@contextmanager
def nginx(folder, site, answers):
    """An nginx with these answers of the site as files, and in front of the site: two servers."""
    files = folder / "files"
    for path, (plain, gzipped) in answers.items():
        target = files / path.lstrip("/") / "index.html"
        target.parent.mkdir(parents=True)
        target.write_bytes(plain)
        target.with_name("index.html.gz").write_bytes(gzipped)
    (static, held), (proxy, also_held) = held_port(), held_port()
    user = "user root;" if os.getuid() == 0 else ""
    values = {"folder": folder, "user": user, "static": static, "proxy": proxy, "site": site}
    (folder / "nginx.conf").write_text(NGINX.format(**values))
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    process = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf"])
    try:
        for port in (static, proxy):
            wait_for(port)
        yield Server(static, process.pid), Server(proxy, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)
        held.close()
        also_held.close()


def wait_for(port):
    for _try in range(100):
        try:
            return get(port, PAGE)
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


def measure(asked, servers, seconds):
    """One run of wrk; raises where an answer was not as it should be."""
    server = servers[asked.server]
    # The site works for the nginx in front of it.
    processes = {asked.server, "site"} if asked.server == "proxy" else {asked.server}
    pids = [pid for name in processes for pid in family(servers[name].process)]
    headers = {"Accept-Encoding": "gzip"} | asked.headers
    given = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    address = f"http://127.0.0.1:{server.port}{asked.path}"
    command = [
        "wrk",
        "-t1",
        f"-c{SIDES}",
        f"-d{seconds}s",
        "--latency",
        "--timeout",
        "60s",
        *given,
        address,
    ]
    used = cpu(pids)
    text = subprocess.check_output(command, text=True, timeout=seconds + 60)
    used = cpu(pids) - used
    if problem := re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", text):
        raise SystemExit(f"{asked.name}: {problem[0]}")
    number = int(re.search(r"(\d+) requests in", text)[1])
    a_second = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    return Figures(a_second, 1e6 * used / number, latency(text, 50), latency(text, 99))


def latency(text, share):
    found = re.search(rf"^\s+{share}%\s+([\d.]+)(us|ms|s)\s*$", text, re.M)
    if found is None:
        raise SystemExit(text)
    value, unit = found.groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def middle(runs):
    return Figures(*map(median, zip(*runs, strict=True)))


def rows_of(etag):
    part = {"HX-Request": "true"}
    return [
        Asked("nginx, the same bytes in a file", "static"),
        Asked("page, warm", "site"),
        Asked("page, warm, behind nginx", "proxy"),
        Asked("filtered list, warm", "site", FILTERED),
        Asked("htmx part of it, warm", "site", FILTERED, part),
        Asked("304", "site", headers={"If-None-Match": etag}),
        Asked("trivial Django view", "site", "/trivial/", SESSION),
        Asked("filtered list, cold", "site", FILTERED, SESSION),
        Asked("page, cold", "site", headers=SESSION),
    ]


def table(rows, servers, seconds, rounds):
    """{what was asked: its figures}, printed as ratios to nginx."""
    runs = {asked: [] for asked in (row.name for row in rows)}
    for _round in range(rounds):
        for row in rows:
            runs[row.name].append(measure(row, servers, seconds))
    figures = {name: middle(of_row) for name, of_row in runs.items()}
    first = figures[rows[0].name]
    print("| | requests a second | of nginx | µs of CPU each | of nginx | p50, p99 in ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, row in figures.items():
        print(
            f"| {name} | {row.a_second:,.0f} | {row.a_second / first.a_second:.2g} | {row.cpu:,.0f}"
            f" | {row.cpu / first.cpu:,.1f} | {row.half:.2f}, {row.slowest:.2f} |",
            flush=True,
        )
    return figures


def ask_all_at_once(port):
    """Statuses of so many requests at the same moment."""
    together, statuses = threading.Barrier(AT_ONCE), []

    def ask():
        together.wait()
        statuses.append(get(port, PAGE).status)

    threads = [threading.Thread(target=ask) for _number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def renders_after_a_change(site, folder):
    """The most pages that one process made, when very many ask for the same after a change."""
    counted, before = folder / "counted", None
    # Pages that wrk no longer waits for are still being made.
    while before != (before := counted.read_text()):
        time.sleep(3)
    with closing(sqlite3.connect(folder / "var" / "db.sqlite3", timeout=60)) as database, database:
        # Triggers count it, whoever writes.
        database.execute("UPDATE advocacy_issue SET title = title || '!'")
    counted.write_text("")
    statuses = Counter()
    for _time in range(6):
        time.sleep(0.5)
        statuses.update(ask_all_at_once(site.port))
    lines = [line.split() for line in counted.read_text().splitlines()]
    made = Counter(process for process, path in lines if path == PAGE)
    print(f"after a change, {AT_ONCE} at once, 6 times: {dict(statuses)}; made by {dict(made)}")
    return max(made.values(), default=AT_ONCE) if set(statuses) == {200} else AT_ONCE


def goals(figures, renders, megabytes):
    """(what, the figure, the goal, whether it is met)."""
    first, warm, behind = list(figures.values())[:3]
    for what, figure, goal in (
        ("warm page against nginx", warm.a_second / first.a_second, ALONE),
        ("warm page behind nginx against nginx", behind.a_second / first.a_second, BEHIND),
    ):
        yield f"{what}: {figure:.2f} (goal at least {goal})", figure >= goal
    for what, row in ("warm page", warm), ("behind nginx", behind):
        figure = row.slowest / first.slowest
        yield f"p99, {what}: {figure:.1f} times nginx's (at most {SLOWER})", figure <= SLOWER
    yield f"pages made by one process after a change: {renders} (at most 1)", renders == 1
    yield f"memory of all processes: {megabytes:.0f} MB (at most {MEMORY})", megabytes <= MEMORY


def run(folder, seconds, rounds):
    set_up()
    from tests.running import started

    variables = {
        "DJANGO_SETTINGS_MODULE": "bench.news_site",
        "COUNTED_IN": str(folder / "counted"),
        "CONTENT_DIR": str(ROOT / "fixtures" / "north-korea"),
    }
    with ExitStack() as stack:
        site, _printed = stack.enter_context(started(folder, **variables))
        for path in (PAGE, FILTERED) * 8:
            get(site.port, path)
        time.sleep(5)
        at_rest = memory(family(site.process.pid))
        plain = get(site.port, PAGE)
        gzipped = get(site.port, PAGE, Accept_Encoding="gzip")
        bodies = {PAGE: (plain.body, gzipped.body)}
        static, proxy = stack.enter_context(nginx(folder, site.port, bodies))
        servers = {"site": Server(site.port, site.process.pid), "static": static, "proxy": proxy}
        assert get(static.port, PAGE, Accept_Encoding="gzip").body == gzipped.body
        print(f"{PAGE}: {len(plain.body):,} bytes, {len(gzipped.body):,} by gzip\n")
        figures = table(rows_of(plain.headers["ETag"]), servers, seconds, rounds)
        print()
        renders = renders_after_a_change(site, folder)
        time.sleep(5)
        used = memory(family(site.process.pid))
        print(f"memory of all processes: {at_rest:.0f} MB after the start, {used:.0f} in the end")
    print()
    results = list(goals(figures, renders, max(at_rest, used)))
    for sentence, is_met in results:
        print(sentence + ("" if is_met else "  MISSED"), flush=True)
    return all(is_met for _sentence, is_met in results)


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.news",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=int, default=5, help="of each run of wrk")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        sys.exit(0 if run(Path(name), chosen.seconds, chosen.rounds) else 1)
