"""CPU milliseconds of five pages of the dossier that are made anew, against what each may take.

    python -m bench.fresh            # some two minutes; most of it loads the dossier

Each is asked for without the page cache in front: in a process that has kept nothing, as by the
first reader after a change, and in one that has, as by whoever comes by an address of their own.
The limits are those of a machine on which a trivial Django view with all of our middleware takes
0.35 ms. Where the same run finds that it takes longer, all limits are as many times as high. Ends
with 1 where a page is above its limit.
"""

import os
import sys
import tempfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from statistics import median
from time import process_time
from typing import NamedTuple

from tqdm import tqdm

from bench.project import set_up

# Milliseconds of a trivial view on the machine that the limits are for, and how often it is asked.
TRIVIAL, VIEWS = 0.35, 50
RUNS = 15


class Limit(NamedTuple):
    """Milliseconds: of what is kept, and where nothing is."""

    kept: int
    anew: int


LIMITS = {
    "overview": Limit(12, 65),
    "asks": Limit(12, 50),
    "issue": Limit(15, 140),
    "ask": Limit(12, 110),
    "checklist": Limit(15, 95),
}


class Cost(NamedTuple):
    name: str
    address: str
    kilobytes: float
    kept: float
    anew: float


def load(folder):
    """The dossier in a database of its own, and Django set up for it."""
    os.environ |= {"VAR_DIR": folder, "DEBUG": "0"}
    os.environ.pop("DATABASE_URL", None)
    set_up()
    from django.conf import settings
    from django.core.management import call_command

    # That of the program, and a trivial view.
    settings.ROOT_URLCONF = "bench.news_urls"
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_content")


def addresses(client):
    """Of the issues and the asks, those with the longest page."""
    from advocacy.models import Issue, RecommendedAction

    def longest(rows):
        return max((row.get_absolute_url() for row in rows), key=lambda one: len(page(client, one)))

    return {
        "overview": "/en/",
        "asks": "/en/actions/",
        "issue": longest(Issue.objects.opened()),
        "ask": longest(RecommendedAction.objects.published()),
        "checklist": "/en/checklist/",
    }


def page(client, address):
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return answer.getvalue()


def milliseconds(act):
    before = process_time()
    act()
    return 1000 * (process_time() - before)


def measured(client):
    """(milliseconds of a trivial view, the cost of each page), in turns: the middle of the runs."""
    from django.utils import translation

    from advocacy.models.kept import forget

    with translation.override("en"):
        pages = addresses(client)
    trivial, kept, anew = [], {name: [] for name in pages}, {name: [] for name in pages}
    for _run in tqdm(range(RUNS), desc="Pages", disable=None):
        trivial.append(milliseconds(lambda: [page(client, "/trivial/") for _ in range(VIEWS)]))
        for name, address in pages.items():
            forget()
            anew[name].append(milliseconds(lambda: page(client, address)))  # noqa: B023
            kept[name].append(milliseconds(lambda: page(client, address)))  # noqa: B023
    costs = [
        Cost(
            name,
            address,
            len(page(client, address)) / 1000,
            median(kept[name]),
            median(anew[name]),
        )
        for name, address in pages.items()
    ]
    return median(trivial) / VIEWS, costs


def report(trivial, costs):
    """Print the table; whether every page is within its limits."""
    factor = max(1, trivial / TRIVIAL)
    print(f"\nA trivial view takes {trivial:.2f} ms of CPU: limits times {factor:.2f}.\n")
    print("| page | KB | of what is kept, ms | limit | nothing kept, ms | limit |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    red = []
    for cost in costs:
        limit = Limit(*(factor * most for most in LIMITS[cost.name]))
        print(
            f"| {cost.name}: {cost.address} | {cost.kilobytes:.0f} | {cost.kept:.1f} |"
            f" {limit.kept:.0f} | {cost.anew:.1f} | {limit.anew:.0f} |"
        )
        if cost.kept > limit.kept or cost.anew > limit.anew:
            red.append(cost.name)
    if red:
        print(f"\nAbove the limit: {', '.join(red)}.", file=sys.stderr)
    return not red


def main():
    ArgumentParser(
        prog="python -m bench.fresh",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    ).parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        load(folder)
        from django.test import Client

        return 0 if report(*measured(Client(headers={"host": "localhost"}))) else 1


if __name__ == "__main__":
    sys.exit(main())
