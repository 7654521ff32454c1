"""How asks stand, derived from the record for any day and kept ready for today."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import batched
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models.ask_rows import AskRowsQuerySet
from advocacy.models.checklists import ChecklistStep
from advocacy.models.enums import AskState, DatePrecision, ExpectedBasis, ResponseStatus
from advocacy.models.responses import StatusUpdate
from advocacy.models.vocabulary import ACKNOWLEDGING, SUBSTANTIVE

AT_ONCE = 1000
# What is derived of each ask, by the names of the annotations of `with_status`.
COLUMNS = [
    "status",
    "status_update_id",
    "status_on",
    "status_precision",
    "acknowledged_on",
    "answered_on",
    "last_moved_on",
    "last_checked_on",
    "entries",
]
# What is copied from the ask: lists read no other row until they know which asks they show.
COPIED = ["body_id", "state", "asked_on", "expected_by", "expected_basis", "paused_on"]
KEPT = [*COLUMNS, *COPIED, "audiences"]


def derived(day: date) -> dict[str, Any]:
    """The one definition of how an ask stands on a day, as annotations of asks.

    The status is that of the newest response in force that had happened by then; without one it
    is "no response" if anybody had looked by then, else "not checked". `acknowledged_on` and
    `answered_on` are the first responses after the ask.
    """
    record = StatusUpdate.objects.filter(action=models.OuterRef("pk")).in_force(day)
    responses = record.responses()
    current = responses.newest_first()
    after_ask = responses.filter(happened_on__gt=models.OuterRef("asked_on")).oldest_first()
    looks = record.looks().values("pk")
    return {
        "status": Coalesce(
            models.Subquery(current.values("status")[:1]),
            models.Case(
                models.When(
                    models.Exists(looks), then=models.Value(ResponseStatus.NO_RESPONSE.value)
                ),
                default=models.Value(ResponseStatus.NOT_CHECKED.value),
            ),
        ),
        "status_update_id": models.Subquery(current.values("pk")[:1]),
        "status_on": models.Subquery(current.values("happened_on")[:1]),
        "status_precision": Coalesce(
            models.Subquery(current.values("happened_precision")[:1]),
            models.Value(DatePrecision.DAY.value),
        ),
        "acknowledged_on": models.Subquery(
            after_ask.filter(status__in=ACKNOWLEDGING).values("happened_on")[:1]
        ),
        "answered_on": models.Subquery(
            after_ask.filter(status__in=SUBSTANTIVE).values("happened_on")[:1]
        ),
        "last_moved_on": models.Subquery(current.values("happened_on")[:1]),
        "last_checked_on": models.Subquery(
            record.filter(checked_on__lte=day).order_by("-checked_on").values("checked_on")[:1]
        ),
        "entries": entries_by(day),
    }


def entries_by(day: date, **narrowed) -> Coalesce:
    """How many entries an ask has by a day, those that were corrected among them."""
    entries = StatusUpdate.objects.filter(
        action=models.OuterRef("pk"), happened_on__lte=day, **narrowed
    )
    count = entries.order_by().values("action").annotate(n=models.Count("pk")).values("n")
    return Coalesce(models.Subquery(count), models.Value(0))


def stored() -> dict[str, Any]:
    """The same annotations for today, from the rows kept ready."""
    return {name: models.F(f"standing_today__{name}") for name in COLUMNS}


class StandingTodayQuerySet(AskRowsQuerySet["StandingToday"]):
    ASK = "action__"

    @property
    def asks(self):
        """All asks, to be narrowed."""
        return self.model.action.field.related_model.objects.all()

    def refresh(self, actions) -> int:
        """Derive these asks anew and keep what is found; returns how many."""
        rows = [StandingToday(action_id=pk, **values) for pk, values in _derive(actions)]
        self.bulk_create(rows, update_conflicts=True, unique_fields=["action"], update_fields=KEPT)
        return len(rows)

    def rebuild(self, actions) -> Iterator[int]:
        """Refresh every ask, a thousand at a time; yields how many each time."""
        for pks in _batches(actions):
            yield self.refresh(actions.filter(pk__in=pks))

    def differences(self, actions) -> Iterator[tuple[int, list[tuple[int, str]]]]:
        """Compare every ask with its row: yields (asks compared, [(ask, what differs)])."""
        for pks in _batches(actions):
            kept = {
                row["action"]: row for row in self.filter(action__in=pks).values("action", *KEPT)
            }
            wrong = []
            for pk, values in _derive(actions.filter(pk__in=pks)):
                row = kept.get(pk)
                names = [name for name in KEPT if row is None or row[name] != values[name]]
                if names:
                    wrong.append((pk, ", ".join(names)))
            yield len(pks), wrong


def _derive(actions) -> Iterable[tuple[int, dict[str, Any]]]:
    rows = actions.order_by("pk").annotate(**derived(timezone.localdate()))
    rows = list(rows.values("pk", *COLUMNS, *COPIED))
    audiences = ChecklistStep.objects.audiences([row["pk"] for row in rows])
    return [(pk := row.pop("pk"), row | {"audiences": audiences.get(pk, "")}) for row in rows]


def _batches(actions) -> Iterator[tuple[int, ...]]:
    pks = actions.order_by("pk").values_list("pk", flat=True)
    return batched(pks.iterator(AT_ONCE), AT_ONCE, strict=False)


class StandingToday(models.Model):
    """How one ask stands today: what `derived` says, kept ready for lists.

    Written in the transaction of every verb that changes the record or the ask. Nothing in it
    depends on the day: days, sessions passed and overdue are computed on reading.
    """

    action = models.OneToOneField(
        "RecommendedAction",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="standing_today",
        verbose_name=_("ask"),
    )
    status = models.CharField(_("status"), max_length=20)
    status_update = models.ForeignKey(
        StatusUpdate,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("entry"),
        db_index=False,
    )
    status_on = models.DateField(_("since"), null=True)
    status_precision = models.CharField(_("precision of the date"), max_length=5)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True)
    answered_on = models.DateField(_("answered on"), null=True)
    last_moved_on = models.DateField(_("last movement"), null=True)
    last_checked_on = models.DateField(_("last checked"), null=True)
    entries = models.PositiveIntegerField(_("entries"))

    body = models.ForeignKey(
        "TargetBody",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("body"),
    )
    state = models.CharField(_("life of the ask"), max_length=10, choices=AskState)
    asked_on = models.DateField(_("asked on"))
    expected_by = models.DateField(_("answer expected by"), null=True)
    expected_basis = models.CharField(_("why by then"), max_length=10, choices=ExpectedBasis)
    paused_on = models.DateField(_("clock paused on"), null=True)
    # Of its steps, in order, with commas between them.
    audiences = models.CharField(_("who can act"), max_length=100)

    objects = StandingTodayQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "action"], name="standing_by_status"),
            models.Index(fields=["last_checked_on", "action"], name="standing_by_last_check"),
            # One for each order of the list of asks, see ACTION_ORDER; the order by movement has
            # its own on PostgreSQL, in a migration, as SQLite knows no index with nulls last.
            models.Index(fields=["-answered_on", "asked_on", "action"], name="standing_by_wait"),
            models.Index(fields=["-asked_on", "action"], name="standing_by_asked_on"),
        ]

    def __str__(self):
        return f"{self.action_id}: {self.status}"
