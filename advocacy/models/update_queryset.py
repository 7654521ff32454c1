"""Reading the record: which entries are in force, public, due to be told or to be counted."""

from datetime import datetime, time, timedelta

from django.db import models
from django.db.models.functions import TruncWeek
from django.utils import timezone

from advocacy.models.chain import AppendOnlyQuerySet
from advocacy.models.enums import AskState, EditionState, Tell
from advocacy.models.evidence import IS_A_LOOK
from advocacy.models.facets import count_values, values_of, with_phases


class StatusUpdateQuerySet(AppendOnlyQuerySet):
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

    def newest_first(self):
        return self.order_by("-happened_on", "-pk")

    def oldest_first(self):
        return self.order_by("happened_on", "pk")

    def around(self, update):
        """The responses in force before and after an entry's day; what it corrects left out."""
        if not update.happened_on:
            return None, None
        others = self.filter(action_id=update.action_id).not_corrected().responses()
        others = others.exclude(pk=update.corrects_id)
        return (
            others.filter(happened_on__lte=update.happened_on).newest_first().first(),
            others.filter(happened_on__gt=update.happened_on).oldest_first().first(),
        )

    def before(self, update):
        """The response in force that set the status before an entry of the record, or None."""
        earlier = models.Q(happened_on=update.happened_on, pk__lt=update.pk) | models.Q(
            happened_on__lt=update.happened_on
        )
        others = self.filter(earlier, action_id=update.action_id).not_corrected()
        return others.responses().newest_first().first()

    def corrections(self):
        return self.exclude(corrects=None)

    def for_digest(self, week):
        """What followers are told of the seven days from a Monday on, in the words in force.

        An entry that only some were told at once belongs to it: the others read it here.
        """
        start = datetime.combine(week, time.min, tzinfo=timezone.get_current_timezone())
        return (
            self.published()
            .filter(
                recorded_at__gte=start,
                recorded_at__lt=start + timedelta(days=7),
            )
            .not_corrected()
            .exclude(tell=Tell.NOBODY)
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
        lookups = {"issue": "action__issue", "body": "action__body", "action": "action"}
        chosen = {lookups[name]: value for name, value in subject.items() if value}
        numbers = (
            self.in_last_year()
            .filter(**chosen)
            .order_by()
            .aggregate(
                entries=models.Count("pk"),
                weeks=models.Count(TruncWeek("happened_on"), distinct=True),
            )
        )
        return numbers["entries"], numbers["weeks"]

    def published(self, day=None):
        """Entries that the public sees: of published asks, by the day they happened."""
        day = day or timezone.localdate()
        return self.filter(happened_on__lte=day, action__asked_on__lte=day).exclude(
            action__state=AskState.DRAFT
        )

    def of_matching(self, asks, *, status="", **filters):
        """Narrow to a status or phase of the entry, and to the asks that match the filters.

        `asks` are rows of public asks that have a status (`RecommendedAction.standings`).
        """
        updates = self.filter(status__in=values_of(status)) if status else self
        if any(filters.values()):
            updates = updates.filter(action__in=asks.matching(**filters).order_by().values("pk"))
        return updates

    def facets(self, asks, counted, day=None, *, status="", among=None, **filters):
        """Count the entries behind each option of each filter; see `AskRowsQuerySet.facets`.

        An ask counts for as many entries as it has.
        """
        rows, number = asks, models.Sum("entries")
        if status:
            entry = f"{asks.ASK}updates__"
            day = day or timezone.localdate()
            rows = asks.filter(
                **{f"{entry}status__in": values_of(status), f"{entry}happened_on__lte": day}
            )
            number = models.Count("pk")
        of_asks = {name: lookup for name, lookup in counted.items() if name != "status"}
        facets = rows.facets(of_asks, number=number, among=among, **filters)
        entries = self.of_matching(asks, **filters)
        facets["status"] = with_phases(count_values(entries, "status", models.Count("pk")))
        return facets

    def with_related(self):
        """Fetch what every card of an entry shows."""
        return (
            self.select_related(
                "action__issue", "action__body", "search_log", "corrects", "undoes", "correction"
            )
            .prefetch_related("sources")
            .with_place()
        )

    def with_place(self):
        """Annotate what looks need to be told apart, by what was recorded before and after them.

        `answered_before` and `looked_before`: whether a response, or another look, was on record.
        `missed_on`: the day of a response that had happened by then and was recorded only later.
        """
        earlier = self.model.objects.filter(
            action=models.OuterRef("action"), happened_on__lte=models.OuterRef("happened_on")
        ).order_by()
        late = earlier.responses().filter(pk__gt=models.OuterRef("pk"), corrects=None)
        return self.annotate(
            answered_before=models.Exists(earlier.responses().filter(pk__lt=models.OuterRef("pk"))),
            looked_before=models.Exists(earlier.looks().filter(pk__lt=models.OuterRef("pk"))),
            missed_on=models.Subquery(late.newest_first().values("happened_on")[:1]),
        )
