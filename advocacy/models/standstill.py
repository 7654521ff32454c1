"""What waits in the queue and since when, and whom a standstill was told today."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from advocacy.models.enums import CallAbout, EditionState
from advocacy.models.kept import kept_for
from advocacy.models.mailings import Edition
from advocacy.models.networks import NetworkUse
from advocacy.models.text import Line
from advocacy.models.workers import Worker

# A confirmation is promised "after a few minutes".
MAIL_IS_LATE = timedelta(minutes=10)
# A call that its process did not finish is taken over after so long.
CALL_TAKES = timedelta(minutes=10)
KEEP_CALLS = timedelta(days=30)

MAIL = models.Q(queue_name="mail") | models.Q(task_path__startswith="advocacy.mailing.")
OF_A_MAILING = models.Q(task_path="advocacy.mailing.tasks.send_deliveries")
# Since when a task could be taken up; the largest date stands for "at once".
DUE_SINCE = models.Case(
    models.When(run_after=get_date_max(), then="enqueued_at"), default="run_after"
)


def _due(now: datetime) -> models.Q:
    at_once = models.Q(run_after=get_date_max())
    return models.Q(status="READY") & (at_once | models.Q(run_after__lte=now))


def tasks_wait_since(now: datetime | None = None) -> datetime | None:
    """Since when the oldest task but mail could have been taken up, or None."""
    tasks = DBTaskResult.objects.filter(_due(now or timezone.now())).exclude(MAIL)
    return tasks.aggregate(since=models.Min(DUE_SINCE))["since"]


class WaitingMail(NamedTuple):
    """Since when no mail leaves that could, and whether it is the mail server that refuses it."""

    since: datetime
    is_refused: bool = False


def mail_waits(now: datetime | None = None) -> WaitingMail | None:
    """What mail waits that is neither planned for later nor part of a mailing that moves on."""
    now = now or timezone.now()
    tasks = DBTaskResult.objects.filter(MAIL, status__in=["READY", "RUNNING"]).aggregate(
        number=models.Count("pk"),
        single=models.Min(DUE_SINCE, filter=_due(now) & ~OF_A_MAILING),
        mailing=models.Min(DUE_SINCE, filter=_due(now) & OF_A_MAILING),
    )
    if tasks["number"] and (outage := MailOutage.objects.first()):
        return WaitingMail(outage.since, is_refused=True)
    editions = Edition.objects.aggregate(
        due=models.Min("send_at", filter=models.Q(state=EditionState.PLANNED, send_at__lte=now)),
        started=models.Min("started_at", filter=models.Q(state=EditionState.SENDING)),
    )
    since = [tasks["single"], editions["due"]]
    if tasks["mailing"]:
        since.append(_mailing_waits_since(tasks["mailing"]))
    if not tasks["number"]:
        # Started, and no task is left that would send the rest of it.
        since.append(editions["started"])
    found = [moment for moment in since if moment]
    return WaitingMail(min(found)) if found else None


def _mailing_waits_since(oldest: datetime) -> datetime:
    """A large mailing waits for hours while it goes out: it stands still since its last task."""
    moved = DBTaskResult.objects.filter(OF_A_MAILING).aggregate(
        started=models.Max("started_at"), finished=models.Max("finished_at")
    )
    return max([oldest, *(moment for moment in moved.values() if moment)])


def is_mail_late() -> bool:
    """Whether a mail that is asked for now cannot be promised within minutes."""
    return NetworkUse.objects.puts_off() or _mail_stands_still()


@kept_for(seconds=5)
def _mail_stands_still() -> bool:
    """Thousands who sign up at once would each look through the mails of the others."""
    late = timezone.now() - MAIL_IS_LATE
    if (mail := mail_waits()) and mail.since <= late:
        return True
    seen = Worker.objects.last_seen("mail")
    return seen is not None and seen <= late


class MailOutageQuerySet(models.QuerySet["MailOutage"]):
    def begin(self) -> None:
        """The mail server took nothing: keep since when."""
        self.get_or_create(pk=1)

    def end(self) -> None:
        """It took a message."""
        self.all().delete()


class MailOutage(models.Model):
    """Since when the mail server takes nothing from anybody. One row, or none."""

    since = models.DateTimeField(default=timezone.now, editable=False)

    objects = MailOutageQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="mail_outage_is_one")]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M}"


class StaffCallQuerySet(models.QuerySet["StaffCall"]):
    def take(
        self,
        user: User,
        now: datetime | None = None,
        *,
        about: CallAbout = CallAbout.STANDSTILL,
    ) -> "StaffCall | None":
        """The right to tell this person today; None where another process has told or does."""
        now = now or timezone.now()
        call, is_new = self.get_or_create(
            user=user, day=timezone.localdate(now), about=about, defaults={"taken_at": now}
        )
        if is_new:
            return call
        left = self.filter(pk=call.pk, told_at=None, taken_at__lte=now - CALL_TAKES)
        return call if left.update(taken_at=now) else None

    def last_about(self, about: CallAbout, user: User, now: datetime) -> datetime:
        """When this person was last told; where no call is kept, since when they are."""
        last = self.filter(about=about, user=user).aggregate(last=models.Max("taken_at"))["last"]
        return last or now - KEEP_CALLS

    def outdated(self, now: datetime | None = None) -> "StaffCallQuerySet":
        return self.filter(taken_at__lt=(now or timezone.now()) - KEEP_CALLS)


class StaffCall(models.Model):
    """One person of the staff is told of one matter on one day: once, by one mail."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    about = Line(max_length=10, choices=CallAbout, default=CallAbout.STANDSTILL)
    taken_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    objects = StaffCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day", "about"], name="staff_call_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(about__in=CallAbout.values), name="staff_call_matter_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"

    def told(self) -> None:
        """The mail went out, or never will: today is settled."""
        self.told_at = timezone.now()
        self.save(update_fields=["told_at"])
