"""What mailings do in the background."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.tasks import Task, TaskContext, task
from django.utils import timezone

from advocacy.mailing import letters, sending
from advocacy.models import MAIL, READ_REPORTS, CallAbout, Edition, Report, SignUp, StaffCall

# The queue of all that sends mail. Whoever waits in front of a screen goes before a mailing.
QUEUE = "mail"
SOON = 50
MESSAGES_A_TASK = 100
# Permissions come from groups, however somebody signs in.
PERMISSIONS = "django.contrib.auth.backends.ModelBackend"
# From this hour on, local time, staff hear of new reports, and followers of last week.
MORNING = 8
# Seconds to wait before each further try; after the last one we give up.
BACK_OFF = [60, 300, 900, 3600, *[4 * 3600] * 3, *[12 * 3600] * 3]


def again[**P, R](task: "Task[P, R]", attempt: int) -> "Task[P, R]":
    """The same task, to run after the wait that follows this attempt."""
    return task.using(run_after=timezone.now() + timedelta(seconds=BACK_OFF[attempt]))


@task(queue_name=QUEUE, priority=SOON)
def send_confirmation(sign_up: int, attempt: int = 0) -> None:
    """Ask an address whether it wants to follow, unless it was asked often enough today."""
    wish = SignUp.objects.filter(pk=sign_up, confirmed_at=None).first()
    if wish is None:
        return
    if not wish.take_mail_slot():
        wish.delete()
    elif not sending.send_one(letters.confirmation(wish)) and attempt < len(BACK_OFF):
        again(send_confirmation, attempt).enqueue(sign_up, attempt + 1)


@task(queue_name=QUEUE)
def prepare_edition(edition: int) -> None:
    """Write down who is to be told, and hand the messages out in small tasks to any free worker."""
    mailing = Edition.objects.get(pk=edition)
    for keys in mailing.add_deliveries():
        hand_out(edition, keys)
    mailing.finish()


def hand_out(edition: int, keys: list[int]) -> None:
    for start in range(0, len(keys), MESSAGES_A_TASK):
        send_deliveries.enqueue(edition, keys[start : start + MESSAGES_A_TASK])


@task(queue_name=QUEUE)
def go_on(edition: int) -> None:
    """Hand out what is still waiting in a mailing that was paused and resumed."""
    mailing = Edition.objects.get(pk=edition)
    waiting = mailing.deliveries.waiting().order_by("pk")
    hand_out(edition, list(waiting.values_list("pk", flat=True)))
    mailing.finish()


@task(queue_name=QUEUE, takes_context=True)
def send_deliveries(
    context: "TaskContext[Any, Any]", edition: int, keys: list[int], attempt: int = 0
) -> None:
    mailing = Edition.objects.get(pk=edition)
    if mailing.is_paused:
        return  # What waits is handed out again when it is resumed.
    worker = (context.task_result.worker_ids or [""])[-1]
    later, left, pause_for = sending.send_deliveries(mailing, keys, worker=worker)
    if pause_for and pause(mailing, pause_for):
        return
    if left:
        send_deliveries.enqueue(edition, left, attempt)
    if later and attempt < len(BACK_OFF):
        again(send_deliveries, attempt).enqueue(edition, later, attempt + 1)
    elif later and mailing.give_up(later):
        pause(mailing, mailing.refused_with or "no answer")
    mailing.finish()


@transaction.atomic
def pause(mailing: Edition, problem: str) -> bool:
    """Hold a mailing and call staff, once. Returns whether it is held."""
    if mailing.pause(problem):
        for user in get_user_model().objects.with_perm(MAIL, backend=PERMISSIONS):
            if user.is_staff and user.email:
                call_staff.enqueue(mailing.pk, user.pk)
    mailing.refresh_from_db(fields=["state"])
    return mailing.is_paused


@task(queue_name=QUEUE)
def call_staff(edition: int, user: int, attempt: int = 0) -> None:
    """Tell one member of staff that a mailing is paused, unless somebody resumed it meanwhile."""
    mailing = Edition.objects.paused().filter(pk=edition).first()
    if mailing is None:
        return
    address = get_user_model().objects.get(pk=user).email
    mail = letters.paused(mailing, address)
    if not sending.send_one(mail) and attempt < len(BACK_OFF):
        again(call_staff, attempt).enqueue(edition, user, attempt + 1)


@task(queue_name=QUEUE, priority=SOON)
def send_trial(edition: int, language: str, user: int) -> None:
    """Send an edition to one member of staff."""
    address = get_user_model().objects.get(pk=user).email
    sending.send_trial(Edition.objects.get(pk=edition), language, address)


def send_due_editions() -> None:
    """Start every mailing whose time has come; its task is queued in the same transaction."""
    for edition in Edition.objects.due():
        with transaction.atomic():
            if edition.start():
                prepare_edition.enqueue(edition.pk)


def tell_of_corrections() -> None:
    """Plan what tells followers of a State that something they were told was corrected."""
    Edition.objects.follow_corrections()


def tell_of_reports(now: datetime | None = None) -> None:
    """Call the staff who may read reports to new ones, by one mail a day; nothing is in it."""
    now = timezone.localtime(now)
    told = Report.objects.open()
    if now.hour < MORNING or not told.exists():
        return
    people = get_user_model().objects.with_perm(READ_REPORTS, backend=PERMISSIONS)
    for user in people.filter(is_staff=True).exclude(email=""):
        since = StaffCall.objects.last_about(CallAbout.REPORTS, user, now)
        if number := told.filter(told_at__gt=since, told_at__lte=now).count():
            with transaction.atomic():
                if call := StaffCall.objects.take(user, now, about=CallAbout.REPORTS):
                    call.told()
                    call_to_reports.enqueue(user.pk, number)


@task(queue_name=QUEUE)
def call_to_reports(user: int, number: int, attempt: int = 0) -> None:
    """Tell one member of staff how many reports are new, unless all were closed meanwhile."""
    person = get_user_model().objects.get(pk=user)
    if not (person.is_active and person.has_perm(READ_REPORTS) and Report.objects.open().exists()):
        return
    mail = letters.reports(number, person.email)
    if not sending.send_one(mail) and attempt < len(BACK_OFF):
        again(call_to_reports, attempt).enqueue(user, number, attempt + 1)


def next_digest_on(now: datetime | None = None) -> date:
    """The day of the next weekly mail, should anything have changed by then."""
    now = timezone.localtime(now)
    if now.weekday() == 0 and now.hour < MORNING:
        return now.date()
    return now.date() + timedelta(days=7 - now.weekday())


def plan_digest(now: datetime | None = None) -> None:
    """Plan the digest of the week that ended, from Monday morning on."""
    now = timezone.localtime(now)
    monday = now.date() - timedelta(days=now.weekday())
    if now.weekday() > 0 or now.hour >= MORNING:
        Edition.objects.plan_digest(monday - timedelta(days=7))
        Edition.objects.plan_states_of(monday - timedelta(days=7))
