"""Reading asks: which are public, how they stand, which match a filter and how many those are."""

from collections import Counter, defaultdict

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce, Greatest, RowNumber
from django.utils import timezone

from advocacy.models.bodies import Meeting, TargetBody
from advocacy.models.checklists import ChecklistStep
from advocacy.models.content import SearchableQuerySet
from advocacy.models.enums import ActionSort, AskState, MeetingKind, Phase
from advocacy.models.facets import count_facets
from advocacy.models.issues import Issue
from advocacy.models.standing import BINDING, STALE_AFTER
from advocacy.models.standing_today import derived, stored
from advocacy.models.vocabulary import OPEN_STATUSES, counted_as

MOST_PER_BODY = 12


ACTION_ORDER = {
    ActionSort.WAITING: [models.F("answered_on").desc(nulls_first=True), "asked_on"],
    ActionSort.MOVED: [models.F("last_moved_on").desc(nulls_last=True)],
    ActionSort.NEWEST: ["-asked_on"],
    ActionSort.REFERENCE: ["reference"],
}


class RecommendedActionQuerySet(SearchableQuerySet):
    def published(self, day=None):
        """Asks that had been made by a day, drafts left out."""
        return self.exclude(state=AskState.DRAFT).filter(asked_on__lte=day or timezone.localdate())

    def open(self):
        return self.filter(state=AskState.OPEN)

    def with_status(self, day=None):
        """Annotate what the record says of each ask on a day, which `standing` reads.

        Today (or no day) is read from the rows kept ready, another day is derived from the
        entries: the same columns, by the one definition in `standing_today.derived`.
        """
        today = timezone.localdate()
        day = day or today
        asks = self.annotate(as_of=models.Value(day, output_field=models.DateField()))
        if day == today:
            # Joined by an inner join, so that an order can use an index of these rows.
            asks = asks.filter(standing_today__isnull=False).annotate(**stored())
        else:
            asks = asks.annotate(**derived(day))
        return asks.annotate(
            is_overdue=models.Case(
                models.When(
                    models.Q(paused_on=None) | models.Q(paused_on__gt=day),
                    expected_by__lt=day,
                    expected_basis__in=BINDING,
                    status__in=OPEN_STATUSES,
                    then=True,
                ),
                default=False,
                output_field=models.BooleanField(),
            )
        )

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

    def stale(self):
        """Asks nobody has looked at for 90 days. Needs `with_status`."""
        before = models.ExpressionWrapper(
            models.F("as_of") - STALE_AFTER, output_field=models.DateField()
        )
        return self.filter(models.Q(last_checked_on=None) | models.Q(last_checked_on__lt=before))

    def in_phase(self, *phases):
        """Narrow to asks whose status is in one of the phases. Needs `with_status`."""
        return self.filter(status__in=[s for phase in phases for s in Phase(phase).statuses])

    def without_answer(self):
        """Asks with no answer, those that have waited longest first. Needs `with_status`.

        Where nobody has looked we say nothing, and the silence of a body that works in confidence
        is no failure: both are left out.
        """
        asks = self.in_phase(Phase.NO_ANSWER).exclude(body__works_in_confidence=True)
        return asks.order_by("asked_on", "pk")

    def searching(self, text):
        """Asks where each word stands in the ask itself, in its issue or in its body."""
        actions = self
        for word in text.split():
            actions = actions.filter(
                models.Q(pk__in=self.model.objects.containing(word).values("pk"))
                | models.Q(issue__in=Issue.objects.containing(word))
                | models.Q(body__in=TargetBody.objects.containing(word))
            )
        return actions

    def matching(
        self, *, q="", issue=None, topic=None, body=None, status="", audience="", overdue=False
    ):
        """Narrow to the given filters; an empty one matches everything. Needs `with_status`.

        `status` is a status or a phase.
        """
        actions = self.searching(q)
        if issue:
            actions = actions.filter(issue=issue)
        if topic:
            actions = actions.filter(issue__in=topic.issues.all())
        if body:
            actions = actions.filter(body=body)
        if status in Phase.values:
            actions = actions.in_phase(status)
        elif status:
            actions = actions.filter(status=status)
        if audience:
            steps = ChecklistStep.objects.filter(action=models.OuterRef("pk"), audience=audience)
            actions = actions.filter(models.Exists(steps))
        if overdue:
            actions = actions.filter(is_overdue=True)
        return actions

    def sorted_by(self, sort):
        """Order by one of `ActionSort`. Needs `with_status`."""
        return self.order_by(*ACTION_ORDER[sort], "pk")

    def facets(self, **filters):
        """Count the asks behind each option of each filter, the other filters applied.

        Returns {facet: [FacetOption, …]} and the number of matching asks under "total", from one
        query. Needs `with_status`.
        """

        def without(name):
            return self.matching(**{key: value for key, value in filters.items() if key != name})

        return count_facets(
            {
                "total": (self.matching(**filters), None, None),
                "issue": (without("issue"), "issue__slug", "issue__title"),
                "topic": (without("topic"), "issue__topics__slug", "issue__topics__name"),
                "body": (without("body"), "body__slug", "body__name"),
                "status": (without("status"), "status", None),
                "audience": (without("audience"), "steps__audience", None),
                "overdue": (without("overdue").filter(is_overdue=True), None, None),
            },
            repeated=["audience"],
        )

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

    def phase_counts(self, group):
        """Count asks as `counted_as` says: {group value: Counter}. Needs `with_status`."""
        counts = defaultdict(Counter)
        rows = self.order_by().values_list(group, "status", "body__works_in_confidence")
        for key, status, in_confidence, n in rows.annotate(n=models.Count("pk")):
            counts[key][counted_as(status, in_confidence)] += n
        return counts

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
