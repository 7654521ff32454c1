"""The counts that staff see on their first page."""

from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.db import models
from django.db.models.functions import TruncMonth
from django.utils import timezone

from advocacy.models.actions import RecommendedAction
from advocacy.models.enums import CalledOff, EditionState, ResponseStatus
from advocacy.models.mailings import Edition
from advocacy.models.meetings import Meeting
from advocacy.models.responses import StatusUpdate
from advocacy.models.sources import Source
from advocacy.models.standing import STALE_AFTER, label_of
from advocacy.models.standing_today import StandingToday
from advocacy.models.told_of_silence import sessions_to_look_after

SHOWN = 8
MONTHS = 12
NEXT_DAYS = 30
# A record larger than this is counted by the worker, not while somebody waits for the page.
COUNTED_AT_ONCE = 5000
KEY = "desk"


def record_figures() -> dict[str, Any]:
    """The figures of the record: counted now while it is small, by the worker later on."""
    if is_counted_ahead():
        return cache.get(KEY) or refresh()
    return count_record()


def is_counted_ahead() -> bool:
    return RecommendedAction.objects.order_by().values("pk")[COUNTED_AT_ONCE:].exists()


def refresh() -> dict[str, Any]:
    """Count anew, and keep it for the pages; the worker does so every few minutes."""
    figures = count_record()
    cache.set(KEY, figures, timeout=3600)
    return figures


def count_record(day: date | None = None) -> dict[str, Any]:
    day = day or timezone.localdate()
    asks = RecommendedAction.objects.published(day).open().with_status(day)
    stale = asks.stale().order_by(models.F("last_checked_on").asc(nulls_first=True), "pk")
    overdue = asks.filter(is_overdue=True).order_by("expected_by", "pk")
    return {
        "counted_at": timezone.now(),
        "stale_days": STALE_AFTER.days,
        "stale": _listed(stale, "last_checked_on"),
        "overdue": _listed(overdue, "expected_by"),
        "sessions": _sessions(day),
        "changed": _changed(),
        "is_due": StandingToday.objects.due().exists(),
        **_by_status(asks),
        "by_month": _by_month(day),
    }


def _listed(asks, day):
    rows = asks.values("pk", "reference", "title", "body__abbreviation", day)[:SHOWN]
    return {
        "number": asks.count(),
        "rows": [row | {"day": row[day], "body": row["body__abbreviation"]} for row in rows],
    }


def _sessions(day):
    """The sessions that ended lately, after which somebody has to look again."""
    rows = list(sessions_to_look_after(day).with_related())
    return {
        "number": len(rows),
        "rows": [
            {
                "pk": meeting.pk,
                "title": meeting.title,
                "body": meeting.body.abbreviation,
                "day": meeting.ends_on,
                "precision": meeting.precision,
                "to_look": meeting.to_look,
            }
            for meeting in rows[:SHOWN]
        ],
    }


def _changed():
    """The sources that changed since they were read, those first that did so last."""
    changed: Any = Source.objects.changed()
    rows = changed.order_by("-newest_copy").values("pk", "title", "publisher")
    return {"number": changed.count(), "rows": list(rows[:SHOWN])}


def _by_status(asks):
    """Open asks by status, with the percent of the longest bar, and how many are proposed."""
    rows = asks.order_by().values_list("status")
    rows = list(rows.annotate(asked=models.Count("asked_on"), n=models.Count("pk")))
    counts = {status: asked for status, asked, _n in rows}
    most = max(counts.values(), default=0) or 1
    by_status = [
        {
            "label": label_of(status),
            "phase": status.phase.value,
            "number": n,
            "width": n * 100 // most,
        }
        for status in ResponseStatus
        if (n := counts.get(status.value))
    ]
    return {"by_status": by_status, "proposed": sum(n - asked for _status, asked, n in rows)}


def _by_month(day):
    """What bodies did in each of the last twelve months, by the day it happened."""
    first = day.replace(day=1)
    months = []
    for _month in range(MONTHS):
        months.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    entries = StatusUpdate.objects.responses().in_force(day).filter(happened_on__gte=months[-1])
    rows = entries.order_by().annotate(month=TruncMonth("happened_on")).values_list("month")
    counts = dict(rows.annotate(n=models.Count("pk")))
    most = max(counts.values(), default=1)
    return [
        {
            "month": month,
            "number": counts.get(month, 0),
            "height": counts.get(month, 0) * 100 // most,
        }
        for month in reversed(months)
    ]


def next_meetings():
    """Meetings of the next thirty days, each with the open asks to its body."""
    today = timezone.localdate()
    until = today + timedelta(days=NEXT_DAYS)
    meetings = list(
        Meeting.objects.upcoming(today).filter(starts_on__lte=until).with_related()[:SHOWN]
    )
    asks = RecommendedAction.objects.published().open()
    asks = asks.first_of_each_body({meeting.body_id for meeting in meetings}, number=4).by_body()
    return [(meeting, asks.get(meeting.body_id, [])) for meeting in meetings]


def mailings():
    """Mailings that wait, run, left something undelivered, or were called off by an entry."""
    editions = Edition.objects.with_progress()
    editions = editions.select_related(
        "entry__action__body", "entry__action__standing_today", "meeting__body", "action"
    )
    editions = editions.select_related("news__decision", "news__statement")
    editions = editions.prefetch_related("entry__sources")
    going = models.Q(state__in=[EditionState.PLANNED, EditionState.SENDING, EditionState.PAUSED])
    recent = models.Q(send_at__gte=timezone.now() - timedelta(days=NEXT_DAYS))
    # Those that wait for somebody come first.
    paused = models.Case(models.When(state=EditionState.PAUSED, then=0), default=1)
    called_off = models.Q(called_off__in=set(CalledOff) - {CalledOff.RESTORED})
    shown = editions.filter(going | (recent & (models.Q(failed__gt=0) | called_off)))
    return shown.order_by(paused, "-send_at")[:SHOWN]
