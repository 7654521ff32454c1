"""What `import_rows` takes against a loop that checks and saves each row by itself.

    python -m bench.transfer                    # 3,000 seats, 500 asks; SQLite and PostgreSQL
    python -m bench.transfer sqlite --rows 500

The loop is what the import was at first. CPU time of this process, in one run, on a database of its
own. Ends with 1 where the import is not so many times as fast as the loop.
"""

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FASTER = 4
BODIES = 50


def set_up(database):
    os.environ.update(
        ADDRESS_KEYS="bench",
        DATABASE_URL=database,
        DJANGO_SETTINGS_MODULE="advocacy.settings",
        HTTPS="0",
        MAIL_URL="folder:",
        SECRET_KEY="bench",
    )
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def seats(number, start=0):
    """Rows of a file: each State has a seat for a year in each body, one after the other."""
    for n in range(start, start + number):
        year = 1900 + n // (BODIES * 26) % 100
        yield {
            "slug": f"seat-{n}",
            "body": f"body-{n % BODIES}",
            "country": f"A{chr(ord('A') + n // BODIES % 26)}",
            "capacity": "elected",
            "starts_on": f"{year}-01-01",
            "ends_on": f"{year}-12-31",
            "source_url": f"https://example.org/{n}",
            "note": "Elected for a year. " * 5,
        }


def asks(number, start=0):
    for n in range(start, start + number):
        yield {
            "slug": f"ask-{n}",
            "reference": f"B-{n}",
            "issue": "issue",
            "body": f"body-{n % BODIES}",
            "title": f"Take it up in session {n}",
            "text": "Adopt a resolution on it, and report on what was done. " * 8,
            "listed_on": "2024-01-05",
            "counts_as_done": "It is adopted.",
            "counts_as_refused": "It is voted down.",
        }


def used(work, *arguments):
    began = time.process_time()
    work(*arguments)
    return time.process_time() - began


def imported(kind, rows, word="new"):
    from advocacy.transfer import incoming

    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    file = io.BytesIO(text.getvalue().encode())
    for fate in incoming.import_rows(kind, file, "csv", by=None):
        assert fate.what == word, fate


def saved_one_by_one(model, rows):
    """Check each row against the database, and save it in a savepoint of its own."""
    from django.db import transaction

    from advocacy.models import Issue, TargetBody

    others: dict[str, dict] = {
        "body": {row.slug: row for row in TargetBody.objects.all()},
        "issue": {row.slug: row for row in Issue.objects.all()},
    }
    with transaction.atomic():
        for cells in rows:
            row = model(**{name: others.get(name, {}).get(v, v) for name, v in cells.items()})
            row.full_clean(exclude=list(others))
            with transaction.atomic():
                row.save()


def compare(database, kind, model, make, number):
    imported(kind, list(make(20)))  # what is done once is done
    new = used(imported, kind, list(make(number, 20)))
    some = min(200, number)
    changed = [
        row | {"capacity" if kind == "seats" else "title": "other"} for row in make(some, 20)
    ]
    change = used(imported, kind, changed, "changed")
    loop = used(saved_one_by_one, model, list(make(number // 3, 20 + number))) * 3
    print(
        f"{database}, {number} new {kind}: import {1000 * new / number:.2f} ms of CPU each, loop"
        f" {1000 * loop / number:.2f}: {loop / new:.1f} times as fast (goal {FASTER});"
        f" a changed one {1000 * change / some:.2f}",
        flush=True,
    )
    return loop / new >= FASTER


def run(database, rows):
    sys.path.insert(0, str(ROOT))
    from tests.postgres import Cluster

    cluster = Cluster() if database == "postgresql" else None
    with tempfile.TemporaryDirectory() as folder:
        try:
            set_up(cluster.url if cluster else f"sqlite:///{folder}/db.sqlite3")
            from advocacy.models import RecommendedAction, Seat
            from tests import factories

            for n in range(BODIES):
                factories.make_body(slug=f"body-{n}")
            factories.make_issue(slug="issue")
            factories.make_organisation(slug="organisation")
            good = compare(database, "seats", Seat, seats, rows)
            return compare(database, "actions", RecommendedAction, asks, rows // 6) and good
        finally:
            if cluster:
                from django.db import connection

                connection.close()
                cluster.remove()


def main(databases, rows):
    if len(databases) == 1:
        return 0 if run(databases[0], rows) else 1
    command = [sys.executable, "-m", "bench.transfer", "--rows", str(rows)]
    return max(
        subprocess.run([*command, name], cwd=ROOT, check=False).returncode for name in databases
    )


if __name__ == "__main__":
    parser = ArgumentParser(
        prog="python -m bench.transfer",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    names = ["sqlite", "postgresql"]
    parser.add_argument("database", nargs="*", help=f"of {', '.join(names)}; without any, both")
    parser.add_argument("--rows", type=int, default=3000)
    chosen = parser.parse_args()
    if unknown := sorted(set(chosen.database) - set(names)):
        parser.error(f"no such database: {', '.join(unknown)}")
    sys.exit(main(chosen.database or names, chosen.rows))
