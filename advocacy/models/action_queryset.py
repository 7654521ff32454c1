"""Reading asks: which are public, how they stand, and writing to several of them at once."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce, Greatest, RowNumber
from django.utils import timezone

from advocacy.models.ask_rows import AskRowsQuerySet
from advocacy.models.bodies import Meeting
from advocacy.models.content import SearchableQuerySet
from advocacy.models.enums import MeetingKind
from advocacy.models.standing_today import derived, stored

MOST_PER_BODY = 12


class RecommendedActionQuerySet(AskRowsQuerySet, SearchableQuerySet):
    def with_status(self, day=None):
        """Annotate what the record says of each ask on a day, which `standing` reads.

        Today (or no day) is read from the rows kept ready, another day is derived from the
        entries: the same columns, by the one definition in `standing_today.derived`.
        """
        today = timezone.localdate()
        day = day or today
        if day == today:
            # Joined by an inner join, so that an order can use an index of these rows.
            asks = self.filter(standing_today__isnull=False).annotate(**stored())
        else:
            asks = self.annotate(**derived(day), audiences=models.F("standing_today__audiences"))
        return asks.on_day(day)

    def with_sessions_passed(self):
        """Count the body's sessions that passed without movement. Needs `with_status`.

        Those that began after the ask, or after the last movement, and have ended: the session
        in which the body moved is not one.
        """
        since = Greatest(
            models.OuterRef("asked_on"),
            Coalesce(models.OuterRef("last_moved_on"), models.OuterRef("asked_on")),
        )
        sessions = Meeting.objects.filter(
            kind=MeetingKind.SESSION,
            body=models.OuterRef("body"),
            starts_on__gt=since,
            ends_on__lt=models.OuterRef("as_of"),
        )
        count = sessions.order_by().values("body").annotate(n=models.Count("pk")).values("n")
        return self.annotate(sessions_passed=Coalesce(models.Subquery(count), models.Value(0)))

    def with_related(self):
        """Fetch what every card of an ask shows."""
        return self.select_related("issue", "body")

    def on(self, issue):
        """Narrow to an issue; without one, all asks."""
        return self.filter(issue=issue) if issue else self

    def first_of_each_body(self, bodies, number=MOST_PER_BODY):
        """The first asks of each of these bodies by reference, so that a page stays readable."""
        place = models.Window(RowNumber(), partition_by="body_id", order_by=["reference", "pk"])
        asks = self.filter(body__in=bodies).annotate(place=place).filter(place__lte=number)
        return self.filter(pk__in=asks.values("pk")).order_by("reference", "pk")

    def by_body(self):
        """The asks by the key of their body: {key: [ask, …]}."""
        asks = {}
        for action in self:
            asks.setdefault(action.body_id, []).append(action)
        return asks

    @transaction.atomic
    def record_look(self, search_log, *, by):
        """Record one look for every ask, or for none; see `RecommendedAction.record_look`."""
        return self.each(lambda action: action.record_look(search_log, by=by))

    @transaction.atomic
    def each(self, verb):
        """Do the same with every ask, for all or for none: a refusal names each that refuses.

        All are locked first, in one order, so that two writers never wait for each other.
        """
        results, refusals = [], []
        for action in (
            self.model.objects.select_for_update()
            .filter(pk__in=[action.pk for action in self])
            .order_by("pk")
        ):
            try:
                results.append(verb(action))
            except ValidationError as refusal:
                refusals += [f"{action.reference}: {message}" for message in refusal.messages]
        if refusals:
            raise ValidationError(refusals)
        return results
