"""How asks stand, derived from the record for any day and kept ready for today."""

from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from itertools import batched
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from advocacy.models.ask_rows import AskRowsQuerySet
from advocacy.models.checklists import ChecklistStep
from advocacy.models.enums import AskState, Channel, DatePrecision, ExpectedBasis, ResponseStatus
from advocacy.models.responses import StatusUpdate
from advocacy.models.submissions import Submission
from advocacy.models.text import Line, Text
from advocacy.models.vocabulary import ACKNOWLEDGING, SUBSTANTIVE

AT_ONCE = 1000
# What is derived of each ask, by the names of the annotations of `with_status`.
COLUMNS = [
    "asked_on",
    "asked_how",
    "public_from",
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
COPIED = ["issue_id", "body_id", "state", "expected_by", "expected_basis", "paused_on"]
KEPT = [*COLUMNS, *COPIED, "audiences"]
# What is kept is derived from the whole record. No entry is dated after the day it was recorded on,
# so that is how an ask stands today, and stays so if the clock is set back.
WHOLE_RECORD = date.max
# The entries of an ask are kept as a letter each, by their status; a look has none.
LETTERS = {
    "": "l",
    ResponseStatus.ACKNOWLEDGED: "a",
    ResponseStatus.UNDER_DISCUSSION: "u",
    ResponseStatus.COMMITTED: "c",
    ResponseStatus.PARTIAL_ACTION: "p",
    ResponseStatus.ACTION_TAKEN: "t",
    ResponseStatus.IMPLEMENTED: "i",
    ResponseStatus.REFUSED: "r",
    ResponseStatus.BLOCKED: "b",
    ResponseStatus.REVERSED: "v",
    ResponseStatus.OVERTAKEN: "o",
}


@lru_cache(maxsize=4)
def derived(day: date) -> dict[str, Any]:
    """The one definition of how an ask stands on a day, as annotations of asks.

    It was asked on the day of the first submission in force, and not before. It is public from
    that day, or from the one on which it entered this record. The status is that of the newest
    response in force that had happened by then; without one it is "no response" if anybody had
    looked by then, else "not checked". `acknowledged_on` and `answered_on` are the first responses
    after the ask; what acknowledges it may also be the receipt of a submission.
    """
    submissions = Submission.objects.filter(action=models.OuterRef("pk")).in_force(day)
    first = submissions.oldest_first()
    receipts = submissions.filter(receipt_on__lte=day).order_by("receipt_on")
    receipt = models.Subquery(receipts.values("receipt_on")[:1])
    record = StatusUpdate.objects.filter(action=models.OuterRef("pk")).in_force(day)
    responses = record.responses()
    current = responses.newest_first()
    after_ask = responses.filter(happened_on__gt=models.OuterRef("asked_on")).oldest_first()
    no_response = models.Value(ResponseStatus.NO_RESPONSE.value)
    looks = record.looks().newest_first().annotate(no_response=no_response)
    acknowledged = models.Subquery(
        after_ask.filter(status__in=ACKNOWLEDGING).values("happened_on")[:1]
    )
    return {
        "asked_on": models.Subquery(first.values("submitted_on")[:1]),
        "asked_how": Coalesce(
            models.Subquery(first.values("channel")[:1]),
            models.Value(""),
            output_field=models.CharField(),
        ),
        "public_from": Least("listed_on", Coalesce("asked_on", "listed_on")),
        # Not `Exists`: PostgreSQL would read all looks of the record to answer for the few asks
        # that have nothing else.
        "status": Coalesce(
            models.Subquery(current.values("status")[:1]),
            models.Subquery(looks.values("no_response")[:1]),
            models.Value(ResponseStatus.NOT_CHECKED.value),
            output_field=models.CharField(),
        ),
        "status_update_id": models.Subquery(current.values("pk")[:1]),
        "status_on": models.Subquery(current.values("happened_on")[:1]),
        "status_precision": Coalesce(
            models.Subquery(current.values("happened_precision")[:1]),
            models.Value(DatePrecision.DAY.value),
        ),
        # Of nothing and a day, SQLite gives nothing as the least.
        "acknowledged_on": Least(Coalesce(acknowledged, receipt), Coalesce(receipt, acknowledged)),
        "answered_on": models.Subquery(
            after_ask.filter(status__in=SUBSTANTIVE).values("happened_on")[:1]
        ),
        "last_moved_on": models.Subquery(current.values("happened_on")[:1]),
        "last_checked_on": models.Subquery(
            record.filter(checked_on__lte=day).order_by("-checked_on").values("checked_on")[:1]
        ),
        "entries": entries_by(day),
    }


def entries_by(day: date) -> Coalesce:
    """The entries of an ask by a day, corrected ones included: a letter of `LETTERS` for each.

    In no order: SQLite cannot be told one.
    """
    entries = StatusUpdate.objects.filter(action=models.OuterRef("pk"), happened_on__lte=day)
    letter = models.Case(
        *[models.When(status=status, then=models.Value(sign)) for status, sign in LETTERS.items()]
    )
    letters = models.StringAgg(letter, models.Value(""))
    of_ask = entries.order_by().values("action").annotate(letters=letters).values("letters")
    return Coalesce(models.Subquery(of_ask), models.Value(""), output_field=models.TextField())


@cache
def marks() -> dict[str, Any]:
    """What has to be said beside the status, by the entry that set it. Needs `status_update_id`."""
    entry = StatusUpdate.objects.filter(pk=models.OuterRef("status_update_id")).order_by()
    points = models.Subquery(entry.values("points_other_way")[:1])
    return {
        "points_other_way": Coalesce(points, models.Value(False)),
        "from_digests": models.Exists(entry.resting_on_digests()),
    }


def stored() -> dict[str, Any]:
    """The same annotations for today, from the rows kept ready."""
    return {name: models.F(f"standing_today__{name}") for name in COLUMNS}


def stored_by(day: date) -> dict[str, Any]:
    """What can be read for a day of the past as well: who can act, and what came first by then."""
    first = ["asked_on", "acknowledged_on", "answered_on"]
    by_then = models.When(standing_today__asked_on__lte=day, then="standing_today__asked_how")
    return {
        "asked_how": models.Case(by_then, default=models.Value("")),
        "public_from": models.F("standing_today__public_from"),
        "audiences": models.F("standing_today__audiences"),
    } | {
        name: models.Case(
            models.When(**{f"standing_today__{name}__lte": day}, then=f"standing_today__{name}")
        )
        for name in first
    }


class StandingTodayQuerySet(AskRowsQuerySet["StandingToday"]):
    ASK, KEPT = "action__", ""

    def due(self):
        """Asks that were put to their body and for whose answer a day is set."""
        return self.asked().exclude(expected_by=None)

    def refresh(self, pks) -> int:
        """Derive how the asks of these keys stand, and store it; returns how many there were."""
        rows = _derive(pks) if pks else []
        self.bulk_create(rows, update_conflicts=True, unique_fields=["action"], update_fields=KEPT)
        return len(rows)

    def rebuild(self, actions) -> Iterator[int]:
        """Refresh every ask, a thousand at a time; yields how many each time."""
        for pks in _batches(actions):
            yield self.refresh(pks)

    def differences(self, actions) -> Iterator[tuple[int, list[tuple[int, str]]]]:
        """Compare every ask with its row: yields (asks compared, [(ask, what differs)])."""
        for pks in _batches(actions):
            kept = {row.pk: row for row in self.filter(action__in=pks)}
            wrong = []
            for row in _derive(pks):
                there = kept.get(row.pk)
                names = [
                    name
                    for name in KEPT
                    if there is None or getattr(there, name) != getattr(row, name)
                ]
                if names:
                    wrong.append((row.pk, ", ".join(names)))
            yield len(pks), wrong


def _derive(pks) -> list["StandingToday"]:
    """The rows of the asks of these keys, not stored."""
    sql, parameters = _statement(connection.vendor, len(pks))
    rows = list(StandingToday.objects.raw(sql, [*parameters, *pks]))
    audiences = ChecklistStep.objects.audiences(pks)
    for row in rows:
        row.audiences = audiences.get(row.pk, "")
        row.entries = "".join(sorted(row.entries))
    return rows


@lru_cache(maxsize=8)
def _statement(vendor: str, number: int) -> tuple[str, tuple[Any, ...]]:
    """What derives the rows of so many asks: SQL, and its parameters before their keys.

    Made once, as every entry that is recorded needs it and Django takes five times as long to word
    it as the database to answer.
    """
    asks = apps.get_model("advocacy", "RecommendedAction").objects
    rows = asks.filter(pk__in=range(number)).order_by("pk").annotate(**derived(WHOLE_RECORD))
    # The keys are asked for in the condition, which comes last.
    sql, parameters = rows.values(
        *COLUMNS, *COPIED, action_id=models.F("pk")
    ).query.sql_with_params()
    return sql, parameters[: len(parameters) - number]


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
    # Empty where nobody put it to the body.
    asked_on = models.DateField(_("asked on"), null=True)
    asked_how = Line(_("how it was first put to the body"), max_length=10, choices=Channel)
    public_from = models.DateField(_("public from"))
    status = Line(_("status"), max_length=20)
    status_update = models.ForeignKey(
        StatusUpdate,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("entry"),
        db_index=False,
    )
    status_on = models.DateField(_("since"), null=True)
    status_precision = Line(_("precision of the date"), max_length=5)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True)
    answered_on = models.DateField(_("answered on"), null=True)
    last_moved_on = models.DateField(_("last movement"), null=True)
    last_checked_on = models.DateField(_("last checked"), null=True)
    # A letter for each, see LETTERS.
    entries = Text(_("entries"), blank=True)

    issue = models.ForeignKey(
        "Issue",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("issue"),
    )
    body = models.ForeignKey(
        "TargetBody",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("body"),
    )
    state = Line(_("life of the ask"), max_length=10, choices=AskState)
    expected_by = models.DateField(_("answer expected by"), null=True)
    expected_basis = Line(_("why by then"), max_length=10, choices=ExpectedBasis)
    paused_on = models.DateField(_("clock paused on"), null=True)
    # Those of its steps, in order, separated by commas.
    audiences = Line(_("who can act"), max_length=100)

    objects = StandingTodayQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "action"], name="standing_by_status"),
            models.Index(fields=["last_checked_on", "action"], name="standing_by_last_check"),
            # Who waits longest, of the overview.
            models.Index(fields=["asked_on", "action"], name="standing_by_asked_on"),
            # One for each order of the list of asks, see ACTION_ORDER; the order by movement has
            # its own on PostgreSQL, in a migration, as SQLite knows no index with nulls last.
            models.Index(fields=["-answered_on", "asked_on", "action"], name="standing_by_wait"),
            models.Index(fields=["-public_from", "action"], name="standing_by_public_from"),
            # Few: those that are not public, and those that can be overdue.
            models.Index(
                fields=["action"], condition=models.Q(state=AskState.DRAFT), name="standing_draft"
            ),
            models.Index(
                fields=["action"],
                condition=models.Q(expected_by__isnull=False),
                name="standing_due",
            ),
        ]

    def __str__(self):
        return f"{self.action_id}: {self.status}"
