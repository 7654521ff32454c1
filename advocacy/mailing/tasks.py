"""The work of mailings that no request waits for."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.tasks import Task, TaskContext, task
from django.utils import timezone

from advocacy.mailing import sending
from advocacy.models import DeliveryState, Edition, SignUp

MESSAGES_A_TASK = 100
# How long to wait before the next try, in seconds; after the last one it is given up.
BACK_OFF = [60, 300, 900, 3600, *[4 * 3600] * 3, *[12 * 3600] * 3]


def again[**P, R](task: "Task[P, R]", attempt: int) -> "Task[P, R]":
    """The same task, to be run after the pause that follows this attempt."""
    return task.using(run_after=timezone.now() + timedelta(seconds=BACK_OFF[attempt]))


@task
def send_confirmation(sign_up: int, attempt: int = 0) -> None:
    """Ask an address whether it wants to follow, unless it was asked often enough today."""
    wish = SignUp.objects.filter(pk=sign_up, confirmed_at=None).first()
    if wish is None:
        return
    if not wish.take_mail_slot():
        wish.delete()
    elif not sending.send_confirmation(wish) and attempt < len(BACK_OFF):
        again(send_confirmation, attempt).enqueue(sign_up, attempt + 1)


@task
def prepare_edition(edition: int) -> None:
    """Write down who is told, and hand them out in small tasks to whichever worker is free."""
    mailing = Edition.objects.get(pk=edition)
    for keys in mailing.add_deliveries():
        for start in range(0, len(keys), MESSAGES_A_TASK):
            send_deliveries.enqueue(edition, keys[start : start + MESSAGES_A_TASK])
    mailing.finish()


@task(takes_context=True)
def send_deliveries(
    context: "TaskContext[Any, Any]", edition: int, keys: list[int], attempt: int = 0
) -> None:
    mailing = Edition.objects.get(pk=edition)
    worker = (context.task_result.worker_ids or [""])[-1]
    later = sending.send_deliveries(mailing, keys, worker=worker)
    if later and attempt < len(BACK_OFF):
        again(send_deliveries, attempt).enqueue(edition, later, attempt + 1)
    elif later:
        mailing.deliveries.waiting().filter(pk__in=later).update(state=DeliveryState.FAILED)
    mailing.finish()


@task
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


def plan_digest(now: datetime | None = None) -> None:
    """Plan the digest of the week that ended, from Monday morning on."""
    now = timezone.localtime(now)
    monday = now.date() - timedelta(days=now.weekday())
    if now.weekday() > 0 or now.hour >= 8:
        Edition.objects.plan_digest(monday - timedelta(days=7))
