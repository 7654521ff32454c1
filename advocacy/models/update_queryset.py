"""Reading the record: which entries are in force, public, due to be told or to be counted."""

from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.utils import timezone

from advocacy.models.chain import AppendOnlyQuerySet
from advocacy.models.enums import EditionState, ResponseStatus, Tell
from advocacy.models.evidence import IS_A_LOOK
from advocacy.models.facets import Among, keys_of, values_of
from advocacy.models.kept import numbers
from advocacy.models.sources import whole_sources

if TYPE_CHECKING:
    from advocacy.models.responses import StatusUpdate

# What the lists of entries, the standing of an ask and the corrections are read by.
INDEXES = [
    models.Index(
        fields=["action", "-happened_on", "-id"],
        include=["status", "search_log", "checked_on", "happened_precision"],
        name="update_newest_of_action",
    ),
    models.Index(
        fields=["-happened_on", "-id"],
        include=["action", "status", "search_log"],
        name="update_newest",
    ),
    models.Index(fields=["status", "-happened_on", "-id"], name="update_newest_of_status"),
    models.Index(
        fields=["-recorded_at", "-id"],
        include=["action", "happened_on", "status", "search_log"],
        name="update_newest_recorded",
    ),
    models.Index(
        fields=["-recorded_at", "-id"],
        condition=models.Q(corrects__isnull=False),
        name="update_newest_correction",
    ),
]


class StatusUpdateQuerySet(AppendOnlyQuerySet["StatusUpdate"]):
    def in_force(self, day=None):
        """Entries that no correction has replaced and that had happened by a day."""
        return self.not_corrected().filter(happened_on__lte=day or timezone.localdate())

    def not_corrected(self):
        # Corrections are few: looked up once, not joined to every entry.
        return self.exclude(pk__in=self.model.objects.corrections().values("corrects"))

    def responses(self):
        """Entries about something the body did or said."""
        return self.exclude(IS_A_LOOK)

    def looks(self):
        """Entries that say we searched and found nothing (new)."""
        return self.filter(IS_A_LOOK)

    def resting_on_digests(self):
        """Responses of which nobody opened a source; see `rests_on_digests` in evidence.py."""
        cited = apps.get_model("advocacy", "Citation").objects.filter(update=models.OuterRef("pk"))
        read = cited.filter(source__accessed_on__isnull=False, source__is_weak=False)
        receipt = models.Q(status=ResponseStatus.ACKNOWLEDGED, receipt_on__isnull=False)
        rows = self.responses().exclude(receipt)
        return rows.filter(models.Exists(cited.order_by()), ~models.Exists(read.order_by()))

    def newest_first(self):
        return self.order_by("-happened_on", "-pk")

    def last_recorded_first(self):
        return self.order_by("-recorded_at", "-pk")

    def oldest_first(self):
        return self.order_by("happened_on", "pk")

    def around(self, update: "StatusUpdate") -> "tuple[StatusUpdate | None, StatusUpdate | None]":
        """The responses in force before and after an entry's day; what it corrects left out."""
        if not update.happened_on:
            return None, None
        others = self.filter(action_id=update.action_id).not_corrected().responses()
        others = others.exclude(pk=update.corrects_id)
        return (
            others.filter(happened_on__lte=update.happened_on).newest_first().first(),
            others.filter(happened_on__gt=update.happened_on).oldest_first().first(),
        )

    def before(self, update: "StatusUpdate") -> "StatusUpdate | None":
        """The response in force that set the status before an entry of the record, or None."""
        earlier = models.Q(happened_on=update.happened_on, pk__lt=update.pk) | models.Q(
            happened_on__lt=update.happened_on
        )
        others = self.filter(earlier, action_id=update.action_id).not_corrected()
        return others.responses().newest_first().first()

    def corrected_by(self, entry: "StatusUpdate") -> list[int]:
        """The keys of what an entry corrects, of what that corrected, and so on."""
        keys: list[int] = []
        while entry.corrects:
            entry = entry.corrects
            keys.append(entry.pk)
        return keys

    def corrections(self):
        # Not `exclude`: SQLite finds "not null" in an index, and reads all rows for "not (null)".
        return self.filter(corrects__isnull=False)

    def for_digest(self, week):
        """What followers are told of the seven days from a Monday on, in the words in force.

        An entry that only some were told at once belongs to it: the others read it here.
        """
        return self.of_week(week).exclude(tell=Tell.NOBODY)

    def corrections_for_digest(self, week):
        """The corrections of the week, for those who were told of what each corrects."""
        return self.of_week(week).corrections()

    def of_week(self, week):
        """What was recorded in the seven days from a Monday, is in force and not cancelled."""
        start = datetime.combine(week, time.min, tzinfo=timezone.get_current_timezone())
        return (
            self.published()
            .filter(recorded_at__gte=start, recorded_at__lt=start + timedelta(days=7))
            .not_corrected()
            .exclude(edition__state=EditionState.CANCELLED)
        )

    def in_last_year(self, day=None):
        """Entries about what bodies did in the last 365 days."""
        day = day or timezone.localdate()
        year = self.filter(happened_on__gt=day - timedelta(days=365))
        return year.published(day).responses().in_force(day)

    def mails_in_last_year(self, **subject):
        """How many mails the entries of the last year come to: (at once, weekly).

        `subject` narrows to an issue, a body or an ask (`action`).
        """
        chosen = {name: row for name, row in subject.items() if row}

        def count() -> tuple[int, int]:
            entries = self.in_last_year().order_by()
            for name, row in chosen.items():
                # By the keys of its asks, or all entries of the year are read.
                asks = {"issue": "asks", "body": "actions"}.get(name)
                keys = set(map(int, keys_of(getattr(row, asks).all()))) if asks else {row.pk}
                entries = entries.filter(Among("action_id", keys))
            # At most 366 rows: a database takes longer to find the week of every entry.
            by_day = dict(entries.values_list("happened_on").annotate(models.Count("pk")))
            return sum(by_day.values()), len({day.isocalendar()[:2] for day in by_day})

        return numbers.get(("mails", *((name, row.pk) for name, row in chosen.items())), count)

    def published(self, day=None):
        """Entries that the public sees: of published asks, by the day they happened."""
        day = day or timezone.localdate()
        # Asks that are not public are few: looked up once, not joined to every entry.
        asks = apps.get_model("advocacy", "StandingToday").objects.unpublished(day).values("pk")
        return self.filter(happened_on__lte=day).exclude(action__in=asks)

    def of_status(self, status):
        """Narrow to a status or phase of the entry; an empty one matches everything."""
        return self.filter(status__in=values_of(status)) if status else self

    def with_related(self):
        """Fetch what every card of an entry shows."""
        return (
            self.select_related(
                "action__issue",
                "action__body",
                "event",
                "action__standing_today",
                "search_log",
                "corrects",
                "undoes",
                "correction",
            )
            .prefetch_related(whole_sources(), "corrects__sources", "undoes__sources")
            .with_place()
        )

    def in_short(self):
        """Fetch what a line about a response shows; a look needs what was recorded before it."""
        return self.select_related("action__body", "action__standing_today").prefetch_related(
            "sources"
        )

    def with_place(self):
        """Annotate what looks need to be told apart, by what was recorded before and after them.

        `answered_before` and `looked_before`: whether a response, or another look, was on record.
        `missed_on`: the day of a response that had happened by then and was recorded only later.
        """
        return self.annotate(**_place(self.model))


@cache
def _place(model):
    """The same at every call: built once."""
    earlier = model.objects.filter(
        action=models.OuterRef("action"), happened_on__lte=models.OuterRef("happened_on")
    ).order_by()
    late = earlier.responses().filter(pk__gt=models.OuterRef("pk"), corrects=None)
    return {
        "answered_before": models.Exists(earlier.responses().filter(pk__lt=models.OuterRef("pk"))),
        "looked_before": models.Exists(earlier.looks().filter(pk__lt=models.OuterRef("pk"))),
        "missed_on": models.Subquery(late.newest_first().values("happened_on")[:1]),
    }
