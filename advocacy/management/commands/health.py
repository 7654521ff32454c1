"""Whether the site works, for the command line and for a timer."""

import http.client
import time
from contextlib import closing

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from advocacy.models import Worker
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

        parser.add_argument(
            "--wait",
            type=int,
            metavar="SECONDS",
            help=(
                "check nothing else but wait so long until the web server answers at HOST:PORT and"
                " every queue has a worker"
            ),
        )

    def handle(self, *, mail, pause, wait, **options):
        if wait is not None:
            self.wait_until_up(wait)
            return
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

    def wait_until_up(self, seconds):
        end = time.monotonic() + seconds
        while True:
            missing = [] if answers() else ["the web server"]
            missing += [f"the {queue} worker" for queue in Worker.objects.idle_queues()]
            if not missing:
                self.stdout.write("The web server and the workers are at work.")
                return
            if time.monotonic() > end:
                raise CommandError(f"After {seconds} s: no sign of {' and '.join(missing)}.")
            time.sleep(1)


def answers():
    """Whether our own web server answers, whatever it says of the site."""
    try:
        with closing(http.client.HTTPConnection(settings.HOST, settings.PORT, timeout=5)) as line:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
