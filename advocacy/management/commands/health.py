"""Whether the site works, for the command line and for a timer."""

import time

from django.core.management.base import BaseCommand

from advocacy.upkeep import health

MARKS = {True: "ok", False: "FAILED", None: "-"}


class Command(BaseCommand):
    help = (
        "Check the database, its migrations, the worker, waiting tasks and mail, and the disk: one"
        " line each, and exit code 1 where one fails. With --mail, tell the staff once a day."
    )
    # It runs every few minutes, and `make check` checks the rest.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--mail",
            action="store_true",
            help="write to staff who may operate the site, about what still fails after a pause",
        )
        parser.add_argument(
            "--pause",
            type=int,
            default=health.PAUSE_BEFORE_TELLING,
            metavar="SECONDS",
            help="how long that pause is (default %(default)s); a restart is over by then",
        )

    def handle(self, *, mail, pause, **options):
        checks = health.look_in_time()
        if mail and health.failing(checks):
            failed_before = {check.name for check in health.failing(checks)}
            time.sleep(pause)
            checks = health.look_in_time()
            lasting = [c for c in health.failing(checks) if c.name in failed_before]
            if health.tell_staff(lasting):
                self.stderr.write("Staff were told.")
        for check in checks:
            self.stdout.write(f"{check.name:10} {MARKS[check.is_ok]:6} {check.sentence}")
        if health.failing(checks):
            raise SystemExit(1)
