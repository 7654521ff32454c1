"""Reading asks: which are public, how they stand, and writing to several of them at once."""

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from advocacy.models.ask_rows import AskRowsQuerySet
from advocacy.models.bodies import TargetBody
from advocacy.models.enums import MeetingKind
from advocacy.models.facets import Among, keys_of
from advocacy.models.holding import held_as
from advocacy.models.issues import Issue
from advocacy.models.kept import numbers
from advocacy.models.meetings import Meeting
from advocacy.models.searchable import SearchableQuerySet
from advocacy.models.standing_today import StandingToday, derived, marks, stored, stored_by

if TYPE_CHECKING:
    from advocacy.models.actions import RecommendedAction

MOST_PER_BODY = 5
# So many asks are looked up by their keys.
FEW = 1000


# Django's types give each of the two base classes a manager of its own.
class RecommendedActionQuerySet(  # type: ignore[override]
    AskRowsQuerySet["RecommendedAction"], SearchableQuerySet["RecommendedAction"]
):
    def insert(self, rows):
        super().insert(rows)
        StandingToday.objects.refresh([row.pk for row in rows])

    def change(self, rows):
        super().change(rows)
        StandingToday.objects.refresh([row.pk for row in rows])

    def with_status(self, day: date | None = None) -> "RecommendedActionQuerySet":
        """Annotate what the record says of each ask on a day, which `standing` reads.

        Today, also where no day is given, is read from the rows kept ready; another day is derived
        from the entries. The columns are the same, by the one definition in
        `standing_today.derived`.
        """
        today = timezone.localdate()
        day = day or today
        if day == today:
            # Joined by an inner join, so that an order can use an index of these rows.
            asks = self.filter(standing_today__isnull=False).annotate(**stored())
        else:
            asks = self.annotate(**derived(day) | stored_by(day))
        return asks.on_day(day).annotate(**marks())

    def found_by(self, *words):
        """Asks where one of some words stands in it, its issues or its body.

        Each table is searched by itself: asked in one query with "or", a database reads them all.
        Where very many asks hold one themselves, it is looked for in them as they are read.
        """
        asks = self.asks
        issues, bodies = (
            set(map(int, keys_of(model.objects.holding(*words)))) for model in (Issue, TargetBody)
        )
        further = asks.filter(Among("also_on", issues)) if issues else asks.none()
        own = list(asks.holding(*words).order_by().values_list("pk", flat=True)[: FEW + 1])
        return self.filter(
            models.Q(Among("issue_id", issues))
            | models.Q(Among("body_id", bodies))
            | models.Q(Among("pk", map(int, keys_of(further))))
            | (models.Q(Among("pk", own)) if len(own) <= FEW else held_as(words))
        )

    def with_sessions_passed(self) -> "RecommendedActionQuerySet":
        """Count the body's sessions that passed without movement. Needs `with_status`.

        They began after the ask and after the last movement, and have ended. So the session in
        which the body moved is not counted.
        """
        asked_on = models.OuterRef("asked_on")
        # Greater than both; without an ask than neither.
        sessions = Meeting.objects.filter(
            models.Q(starts_on__gt=asked_on),
            kind=MeetingKind.SESSION,
            body=models.OuterRef("body"),
            starts_on__gt=Coalesce(models.OuterRef("last_moved_on"), asked_on),
            ends_on__lt=models.OuterRef("as_of"),
        )
        count = sessions.order_by().values("body").annotate(n=models.Count("pk")).values("n")
        return self.annotate(sessions_passed=Coalesce(models.Subquery(count), models.Value(0)))

    def with_related(self) -> "RecommendedActionQuerySet":
        """Fetch what every card of an ask shows."""
        return self.select_related("issue", "body")

    def on(self, issue):
        """Narrow to an issue; without one, all asks."""
        return self.about([issue.pk]) if issue else self

    def states(self):
        """The States that are the subject of these asks, as codes of countries.

        Nobody is sent to one of them as to a neighbour who could help.
        """
        asked = self.exclude(body__country="").order_by()
        return asked.values_list("body__country", flat=True).distinct()

    def first_of_each_body(self, bodies, number=MOST_PER_BODY):
        """The first asks of each of these bodies by reference, so that a page stays readable."""
        if not bodies:
            return self.none()
        place = models.Window(RowNumber(), partition_by="body_id", order_by=["reference", "pk"])
        asks = self.filter(body__in=bodies).order_by().annotate(place=place)
        # Their keys first: a database takes them for many more than they are.
        keys = asks.filter(place__lte=number).values_list("pk", flat=True)
        first = numbers.get(("first of bodies", str(keys.query)), lambda: set(keys))
        return self.filter(pk__in=first).order_by("reference", "pk")

    def by_body(self):
        """The asks by the key of their body: {key: [ask, …]}."""
        asks: dict[int, list[RecommendedAction]] = {}
        for action in self:
            asks.setdefault(action.body_id, []).append(action)
        return asks

    @transaction.atomic
    def record_look(self, search_log, *, by):
        """Record one look for every ask, or for none; see `RecommendedAction.record_look`."""
        return self.each(lambda action: action.record_look(search_log, by=by))

    @transaction.atomic
    def each(self, verb):
        """Do the same with every ask, or with none: the refusal names each ask that refused.

        All are locked first and in the same order, so that no two writers wait for each other.
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
