"""Reading how asks stand: the same questions to the asks themselves and to the rows for today."""

from collections import Counter, defaultdict

from django.db import models
from django.utils import timezone

from advocacy.models.bodies import TargetBody
from advocacy.models.checklists import ChecklistStep
from advocacy.models.enums import ActionSort, AskState, Phase
from advocacy.models.facets import Cells, count_values, values_of, with_phases
from advocacy.models.issues import Issue
from advocacy.models.standing import BINDING, STALE_AFTER
from advocacy.models.vocabulary import OPEN_STATUSES, counted_as

ACTION_ORDER = {
    ActionSort.WAITING: [models.F("answered_on").desc(nulls_first=True), "asked_on"],
    ActionSort.MOVED: [models.F("last_moved_on").desc(nulls_last=True)],
    ActionSort.NEWEST: ["-asked_on"],
}


class AskRowsQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows that stand for one ask each: the asks themselves, or the narrow rows kept for today.

    Either has the key of the ask, its body, state and days, and (`with_status`) how it stands.
    """

    # What leads from a row to the columns of its ask that it does not have itself.
    ASK = ""
    # Values that a row has itself: they are counted together.
    IN_ROW = {"body", "status", "is_overdue", "audiences"}

    @property
    def asks(self):
        """All asks, to be narrowed."""
        return self.model.objects.all()

    def published(self, day=None):
        """Asks that had been made by a day, drafts left out."""
        return self.exclude(state=AskState.DRAFT).filter(asked_on__lte=day or timezone.localdate())

    def open(self):
        return self.filter(state=AskState.OPEN)

    def on_day(self, day):
        """Annotate the day, and which asks are overdue on it. Needs the status of that day."""
        return self.annotate(
            as_of=models.Value(day, output_field=models.DateField()),
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
            ),
        )

    def stale(self):
        """Asks nobody has looked at for 90 days. Needs `with_status`."""
        before = models.ExpressionWrapper(
            models.F("as_of") - STALE_AFTER, output_field=models.DateField()
        )
        return self.filter(models.Q(last_checked_on=None) | models.Q(last_checked_on__lt=before))

    def in_phase(self, *phases):
        """Narrow to asks whose status is in one of the phases. Needs `with_status`."""
        return self.filter(status__in=[s for phase in phases for s in Phase(phase).statuses])

    def about(self, issues):
        """Narrow to the asks about some issues."""
        return self.filter(**{f"{self.ASK}issue__in": issues})

    def without_answer(self):
        """Asks with no answer, those that have waited longest first. Needs `with_status`.

        Where nobody has looked we say nothing, and the silence of a body that works in confidence
        is no failure: both are left out.
        """
        asks = self.in_phase(Phase.NO_ANSWER).exclude(body__works_in_confidence=True)
        return asks.order_by("asked_on", "pk")

    def searching(self, text):
        """Asks where each word stands in the ask itself, in its issue or in its body."""
        rows = self
        for word in text.split():
            rows = rows.filter(
                models.Q(pk__in=self.asks.containing(word).values("pk"))
                | models.Q(**{f"{self.ASK}issue__in": Issue.objects.containing(word)})
                | models.Q(body__in=TargetBody.objects.containing(word))
            )
        return rows

    def matching(
        self, *, q="", issue=None, topic=None, body=None, status="", audience="", overdue=False
    ):
        """Narrow to the given filters; an empty one matches everything. Needs `with_status`.

        `status` is a status or a phase.
        """
        rows = self.searching(q)
        if issue:
            rows = rows.filter(**{f"{self.ASK}issue": issue})
        if topic:
            rows = rows.about(topic.issues.all())
        if body:
            rows = rows.filter(body=body)
        if status:
            rows = rows.filter(status__in=values_of(status))
        if audience:
            steps = ChecklistStep.objects.filter(action=models.OuterRef("pk"), audience=audience)
            rows = rows.filter(models.Exists(steps))
        if overdue:
            rows = rows.filter(is_overdue=True)
        return rows

    def sorted_by(self, sort):
        """Order by one of `ActionSort`. Needs `with_status`."""
        return self.order_by(*ACTION_ORDER.get(sort, [f"{self.ASK}reference"]), "pk")

    def facets(self, counted, *, number=None, among=None, **filters):
        """Count what stands behind each option of each filter, the other filters applied.

        `counted` says for each filter which value of an ask its options are; `among` may narrow
        the options of one to some rows. Returns {filter: Counter}, and how many match all filters
        under "total". An ask counts as one, or for the aggregate `number`. Needs `with_status`.
        """
        number = number or models.Count("pk")
        in_row = {name: lookup for name, lookup in counted.items() if lookup in self.IN_ROW}
        chosen = {lookup: values_of(filters[n]) for n, lookup in in_row.items() if filters.get(n)}
        others = {name: value for name, value in filters.items() if name not in in_row}
        rows = self.matching(**others).order_by().values(*in_row.values())
        cells = Cells(rows.annotate(n=number), list(in_row.values()))
        facets = {"total": cells.total(chosen)}
        for name, lookup in counted.items():
            if name in in_row:
                facets[name] = cells.counts(chosen, lookup)
                continue
            rows = self.matching(**{n: value for n, value in filters.items() if n != name})
            lookup = f"{self.ASK}{lookup}"
            if among and name in among:
                rows = rows.filter(**{f"{lookup}__in": among[name]})
            facets[name] = count_values(rows, lookup, number)
        if "status" in facets:
            facets["status"] = with_phases(facets["status"])
        return facets

    def phase_counts(self, group):
        """Count asks as `counted_as` says: {group value: Counter}. Needs `with_status`."""
        group = group if group in self.IN_ROW else f"{self.ASK}{group}"
        counts = defaultdict(Counter)
        rows = self.order_by().values_list(group, "status", "body__works_in_confidence")
        for key, status, in_confidence, n in rows.annotate(n=models.Count("pk")):
            counts[key][counted_as(status, in_confidence)] += n
        return counts
