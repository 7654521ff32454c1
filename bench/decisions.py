"""What decisions with all their ballots cost: 193 States, five thousand decisions unless told.

    python -m bench.decisions sqlite:////tmp/decisions.sqlite3

Fills an empty database, which can be dropped afterwards, and times in CPU what pages ask of it.
"""

import argparse
import random
from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter, process_time
from typing import Any

from tqdm import tqdm

from bench.project import set_up

FIRST_DAY = date(1990, 1, 1)
AT_ONCE = 100


def make(number: int) -> None:
    from django.db import models, transaction

    from advocacy.models import GROUP_OF, Ballot, BodyKind, Decision, Link, TargetBody, roles
    from advocacy.models.decision_rules import counted

    rolls = random.Random(20)
    kind = BodyKind.objects.create(slug="assembly", name="assembly", states_sit=True)
    body = TargetBody.objects.create(
        slug="assembly",
        name="Assembly",
        abbreviation="A",
        kind=kind,
        states_sit=True,
        all_states_sit=True,
    )
    author = roles.content_author()
    for first in tqdm(range(0, number, AT_ONCE), desc="Decisions", unit="00"):
        cast = []
        for place in range(first, min(first + AT_ONCE, number)):
            ballots = {
                code: rolls.choices(["yes", "no", "abstain"], [6, 1, 3])[0] for code in GROUP_OF
            }
            decision = Decision(
                slug=f"d-{place}",
                body=body,
                symbol=f"A/RES/{place}",
                title=f"Decision {place}",
                decided_on=FIRST_DAY + timedelta(days=place * 2),
                outcome="adopted_by_vote",
                recorded_by=author,
                **counted(ballots),
            )
            cast.append((decision, ballots))
        with transaction.atomic():
            rows = models.QuerySet(Decision).bulk_create([decision for decision, _of in cast])
            models.QuerySet(Ballot).bulk_create(
                Ballot(decision=decision, state=code, vote=vote)
                for decision, ballots in cast
                for code, vote in ballots.items()
            )
            Link.objects.append_all(
                Decision.with_hashed().filter(pk__in=[r.pk for r in rows]).order_by("pk")
            )


def asked() -> dict[str, Callable[[], Any]]:
    from advocacy.models import Ballot, Decision, Link

    decisions = Decision.objects.in_force().newest_first()

    def country() -> None:
        voted = list(decisions.voted("KR").with_related()[:6])
        list(Ballot.objects.filter(state="KR", decision__in=voted))

    def page() -> None:
        decisions.count()
        [row.by_vote() for row in decisions.with_related().with_ballots()[:50]]

    def filtered() -> None:
        against = decisions.voted("KR", "no")
        against.count()
        list(against.with_related()[:50])

    return {
        "what a State voted, the newest six": country,
        "a page of fifty decisions with all ballots": page,
        "a page of those that a State voted against": filtered,
        "one decision with its strip": lambda: decisions.with_ballots()[0].by_vote(),
        "checking the chain of all of them": lambda: sum(
            bool(w) for _l, w in Link.objects.breaks()
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database", help="address of a database to fill")
    parser.add_argument("--decisions", type=int, default=5000)
    options = parser.parse_args()
    set_up(options.database)
    from django.core.management import call_command

    from advocacy.models import Decision

    call_command("migrate", verbosity=0)
    if Decision.objects.count() < options.decisions:
        make(options.decisions)
    for name, ask in asked().items():
        ask()
        wall, cpu = perf_counter(), process_time()
        ask()
        cpu, wall = process_time() - cpu, perf_counter() - wall
        print(f"{name}: {1000 * cpu:.0f} ms of CPU, {1000 * wall:.0f} ms")


if __name__ == "__main__":
    main()
