"""CPU milliseconds, queries and size of every page, against what each may cost.

Each is asked for twice: as by the first reader after something changed, when the process has kept
nothing, and then as by the next reader.

    python -m bench.pages --profile postgres --database-url postgres://… [--only asks]

The time is that of this process and of PostgreSQL's, as on a machine that nothing disturbs
(`bench/pace.py`), so other work on this one hardly counts.
The database is one that `bench.make_load` filled. Ends with 1 where a page is above its limit.
"""

import os
import shutil
import sys
import tempfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from http import HTTPStatus
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

from tqdm import tqdm

from bench.pace import pace
from bench.project import set_up

MOST_KB = 300
# On SQLite, at a tenth of the size, every page has the same limit.
ON_SQLITE = 250
STAFF = "bench-staff"
# Milliseconds; what takes longer is measured once.
SLOW = 2000


class Cost(NamedTuple):
    name: str
    address: str
    milliseconds: float
    of_database: float
    kept: float
    queries: int
    kilobytes: float
    limit: int
    kept_limit: int
    status: int

    @property
    def is_red(self):
        is_too_slow = self.milliseconds > self.limit or self.kept > self.kept_limit
        return is_too_slow or self.kilobytes > MOST_KB or self.status != HTTPStatus.OK


class Meter:
    """The CPU time of this process, and of the one that works for it in PostgreSQL."""

    def __init__(self, connection):
        self.backend = None
        # How many times as long as undisturbed the machine took.
        self.paces = []
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # Its helpers would be processes of their own.
                cursor.execute("SET max_parallel_workers_per_gather = 0")
                cursor.execute("SELECT pg_backend_pid()")
                self.backend = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def database(self):
        """Seconds of the database's own process."""
        return int(self.backend.read_text().split()[0]) / 1e9 if self.backend else 0

    def of(self, act):
        """Milliseconds that an act takes: (altogether, in the process of the database)."""
        before = pace()
        ours, theirs = process_time(), self.database()
        act()
        theirs = self.database() - theirs
        ours = process_time() - ours
        self.paces.append(max(1, (before + pace()) / 2))
        return 1000 * (ours + theirs) / self.paces[-1], 1000 * theirs / self.paces[-1]


def measured(client, meter, name, address, *, limits, runs):
    """The middle cost of so many runs, after one that warms up and counts the queries."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from advocacy.models.kept import forget

    def run(*, cold):
        # A picture is drawn once and kept: what it costs is the drawing.
        shutil.rmtree(settings.VAR_DIR / "share", ignore_errors=True)
        if cold:
            forget()
        return meter.of(lambda: client.get(address).getvalue())

    forget()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    number, size = len(queries), len(answer.getvalue()) / 1000
    times = [(*run(cold=True), run(cold=False)[0])]
    if times[0][0] < SLOW:
        times += [(*run(cold=True), run(cold=False)[0]) for _ in range(runs - 1)]
    cold, database, warm = (median(column) for column in zip(*times, strict=True))
    limit, later = limits
    status = answer.status_code
    return Cost(name, address, cold, database, warm, number, size, limit, later, status)


def costs(*, profile, only, runs):
    """Measure every page whose name holds one of the words of `only`, or all; then say how."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    from advocacy.models.figures import refresh
    from bench.addresses import desk_pages, limits_of, public_pages

    if connection.vendor != {"postgres": "postgresql"}.get(profile, profile):
        raise SystemExit(f"The database is {connection.vendor}: give --database-url.")
    user, _created = get_user_model().objects.get_or_create(
        username=STAFF, defaults={"is_staff": True, "is_superuser": True}
    )
    visitor, staff = (
        Client(raise_request_exception=False, headers={"host": "localhost"}) for _ in range(2)
    )
    staff.force_login(user)
    # The worker does so every five minutes.
    refresh()
    pages = {name: (visitor, address) for name, address in public_pages().items()}
    pages |= {name: (staff, address) for name, address in desk_pages(user).items()}
    if only:
        pages = {name: page for name, page in pages.items() if any(word in name for word in only)}
    meter = Meter(connection)
    for name, (client, address) in tqdm(pages.items(), desc="Pages", disable=None):
        limits = (ON_SQLITE, ON_SQLITE) if profile == "sqlite" else limits_of(name)
        yield measured(client, meter, name, address, limits=limits, runs=runs)
    print(
        f"The machine took {median(meter.paces):.2f} times as long as undisturbed"
        f" ({min(meter.paces):.2f} to {max(meter.paces):.2f}); all is told as undisturbed.",
        file=sys.stderr,
    )


def as_text(cost):
    return (
        f"{'!' if cost.is_red else ' '} {cost.name:50} {cost.milliseconds:6.0f}"
        f" {cost.of_database:8.0f} {cost.limit:6} {cost.kept:6.0f} {cost.kept_limit:6}"
        f" {cost.queries:7} {cost.kilobytes:6.0f}"
        f" {cost.status if cost.status != HTTPStatus.OK else ''}"
    )


def as_markdown(cost):
    mark = "**" if cost.is_red else ""
    return (
        f"| {cost.name} | {mark}{cost.milliseconds:.0f}{mark} | {cost.of_database:.0f}"
        f" | {cost.limit} | {mark}{cost.kept:.0f}{mark} | {cost.kept_limit}"
        f" | {cost.queries} | {cost.kilobytes:.0f} |"
    )


def main():
    parser = ArgumentParser(
        prog="python -m bench.pages",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--profile",
        choices=["postgres", "sqlite"],
        default="postgres",
        help="the limits of 100,000 asks on PostgreSQL, or of 10,000 on SQLite",
    )
    parser.add_argument("--database-url", default="", help="instead of DATABASE_URL")
    parser.add_argument("--only", nargs="+", default=[], help="pages with this in their name")
    parser.add_argument("--runs", type=int, default=5, help="of each page (5)")
    parser.add_argument("--markdown", action="store_true", help="as a table of Markdown")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAR_DIR"] = folder
        set_up(arguments.database_url)
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        write = as_markdown if arguments.markdown else as_text
        if arguments.markdown:
            print("| page | CPU ms | of it database | limit | kept | limit | queries | KB |")
            print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        else:
            print(f"  {'page':50} CPU ms database  limit   kept  limit queries     KB")
        red = 0
        for cost in costs(profile=arguments.profile, only=arguments.only, runs=arguments.runs):
            red += cost.is_red
            print(write(cost), flush=True)
    if red:
        print(f"\n{red} pages are above their limit.", file=sys.stderr)
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
