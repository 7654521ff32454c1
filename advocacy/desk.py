"""The desk: the first page of staff, with what to do next."""

from datetime import timedelta
from functools import update_wrapper

from allauth.account.decorators import secure_admin_login
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.cache import cache
from django.db import models
from django.db.models.functions import TruncMonth
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from advocacy.accounts import lacks_second_factor
from advocacy.models import (
    STALE_AFTER,
    Draft,
    Edition,
    EditionState,
    Meeting,
    RecommendedAction,
    ResponseStatus,
    Source,
    StatusUpdate,
)

SHOWN = 8
MONTHS = 12
NEXT_DAYS = 30
# A record larger than this is counted by the worker, not while somebody waits for the page.
COUNTED_AT_ONCE = 5000
KEY = "desk"


class DeskSite(AdminSite):
    index_template = "admin/advocacy/desk.html"

    def login(self, request, extra_context=None):
        """One door: that of the account. Django's own would let a password pass alone."""
        return secure_admin_login(lambda request: redirect("admin:index"))(request)

    def admin_view(self, view, cacheable=False):
        """Whoever may publish sets up a second factor before anything else."""
        checked = super().admin_view(view, cacheable)

        def with_second_factor(request, *args, **kwargs):
            leaves = request.resolver_match.url_name in ("logout", "jsi18n")
            if not leaves and lacks_second_factor(request.user):
                messages.warning(
                    request, _("Set up a second factor first: whoever may publish needs it.")
                )
                return redirect("mfa_activate_totp")
            return checked(request, *args, **kwargs)

        return update_wrapper(with_second_factor, checked)

    def index(self, request, extra_context=None):
        context = {"desk": desk_for(request.user), **(extra_context or {})}
        return super().index(request, context)


def desk_for(user):
    """What this member of staff sees; lists that their role does not open are left out."""
    desk = {}
    if user.has_perm("advocacy.view_recommendedaction"):
        desk |= record_figures() | {"meetings": next_meetings()}
    if user.has_perm("advocacy.view_draft"):
        drafts = Draft.objects.waiting().with_related()
        desk["drafts"] = {"number": drafts.count(), "rows": drafts[:SHOWN]}
    if user.has_perm("advocacy.view_edition"):
        desk["mailings"] = mailings()
    if user.has_perm("advocacy.view_source"):
        dead = Source.objects.dead()
        desk["dead"] = {"number": dead.count(), "rows": dead[:SHOWN]}
    return desk


def record_figures():
    """The figures of the record: counted now while it is small, by the worker later on."""
    if is_counted_ahead():
        return cache.get(KEY) or refresh()
    return count_record()


def is_counted_ahead():
    return RecommendedAction.objects.order_by().values("pk")[COUNTED_AT_ONCE:].exists()


def refresh():
    """Count anew, and keep it for the pages; the worker does so every few minutes."""
    figures = count_record()
    cache.set(KEY, figures, timeout=3600)
    return figures


def count_record(at=None):
    at = at or timezone.localdate()
    asks = RecommendedAction.objects.published(at).open().with_status(at)
    stale = asks.stale(at).order_by(models.F("last_checked_on").asc(nulls_first=True), "pk")
    overdue = asks.filter(is_overdue=True).order_by("expected_by", "pk")
    return {
        "counted_at": timezone.now(),
        "stale_days": STALE_AFTER.days,
        "stale": _listed(stale, "last_checked_on"),
        "overdue": _listed(overdue, "expected_by"),
        "by_status": _by_status(asks),
        "by_month": _by_month(at),
    }


def _listed(asks, day):
    rows = asks.values("pk", "reference", "title", "body__abbreviation", day)[:SHOWN]
    return {
        "number": asks.count(),
        "rows": [row | {"day": row[day], "body": row["body__abbreviation"]} for row in rows],
    }


def _by_status(asks):
    """Open asks by status: [(status, number, percent of the longest bar)]."""
    counts = dict(asks.order_by().values_list("status").annotate(n=models.Count("pk")))
    most = max(counts.values(), default=1)
    return [
        {"label": status.label, "phase": status.phase.value, "number": n, "width": n * 100 // most}
        for status in ResponseStatus
        if (n := counts.get(status.value))
    ]


def _by_month(at):
    """What bodies did in each of the last twelve months, by the day it happened."""
    first = at.replace(day=1)
    months = []
    for _month in range(MONTHS):
        months.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    entries = StatusUpdate.objects.moving().filter(
        correction=None, happened_on__gte=months[-1], happened_on__lte=at
    )
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
    """Mailings that wait, run, or left something undelivered."""
    editions = Edition.objects.with_progress().select_related("entry__action")
    going = models.Q(state__in=[EditionState.PLANNED, EditionState.SENDING])
    recent = models.Q(send_at__gte=timezone.now() - timedelta(days=NEXT_DAYS))
    return editions.filter(going | (recent & models.Q(failed__gt=0))).order_by("-send_at")[:SHOWN]
