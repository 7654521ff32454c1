"""Fills a database with made-up content, to see how the site behaves at scale.

    python -m bench.make_load --actions 100000 --updates 1000000 --database-url postgres://…

For a throw-away database only: nothing of it is true, and the record cannot be deleted again. The
same seed makes the same content on the same day, but for the salts of the chain.
"""

from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser
from random import Random

from bench.project import set_up

ASKS_A_DRAFT = 100
NUMBERS = {"issues": 100, "bodies": 20, "actions": 1000, "updates": 10_000, "followers": 100}


def fill(*, issues, bodies, actions, updates, followers=0, seed=1, quiet=False):
    """Add so much of everything. Raises ValueError where that makes no sense."""
    from django.db import transaction

    from advocacy.models import Issue
    from bench.content import Content
    from bench.inserting import Insertion
    from bench.people import Desk, make_staff
    from bench.record import Record

    if min(issues, bodies, actions, updates, followers) < 0:
        raise ValueError("Numbers are not negative.")
    if actions and not (issues and bodies):
        raise ValueError("Asks need an issue and a body.")
    if (updates or followers) and not actions:
        raise ValueError("Entries and followers need asks.")
    if Issue.objects.filter(slug__startswith="load-").exists():
        raise ValueError("This database holds made-up content already: use a fresh one.")
    staff = make_staff()
    content = Content(Insertion(quiet=quiet), Random(seed))
    record, desk = Record(content, staff), Desk(content, staff)
    with transaction.atomic():
        asks = content.make(issues=issues, bodies=bodies, actions=actions)
    with transaction.atomic():
        record.make(asks, updates)
    record.derive()
    with transaction.atomic():
        desk.make_drafts(actions // ASKS_A_DRAFT)
        if followers:
            desk.make_sign_ins(followers)
            desk.make_followers(followers, asks)


def tidy():
    """Do the rest of what a database does by itself in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def main():
    parser = ArgumentParser(
        prog="python -m bench.make_load",
        description="Fill a throw-away database with made-up content: nothing of it is true, and"
        " the record cannot be deleted again.",
        formatter_class=ArgumentDefaultsHelpFormatter,
    )
    for name, number in NUMBERS.items():
        parser.add_argument(f"--{name}", type=int, default=number, help=f"how many {name}")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same content")
    parser.add_argument("--quiet", action="store_true", help="no progress bars")
    parser.add_argument(
        "--database-url", default="", help="instead of DATABASE_URL; migrated if it is empty"
    )
    arguments = vars(parser.parse_args())
    set_up(arguments.pop("database_url"))

    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    try:
        fill(**arguments)
    except ValueError as error:
        parser.error(str(error))
    tidy()
    print(", ".join(f"{arguments[name]:,} {name}" for name in NUMBERS))


if __name__ == "__main__":
    main()
