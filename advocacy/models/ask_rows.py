"""Reading how asks stand: the same questions to the asks themselves and to the rows for today."""

from collections import Counter, defaultdict
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from advocacy.models.checklists import ChecklistStep
from advocacy.models.enums import ActionSort, AskState, Phase, ResponseStatus
from advocacy.models.facets import Among, keys_of, values_of
from advocacy.models.search_words import sought
from advocacy.models.standing import BINDING, STALE_AFTER
from advocacy.models.vocabulary import OPEN_STATUSES, counted_as

ACTION_ORDER: dict[str, list[str | models.OrderBy]] = {
    ActionSort.WAITING: [models.F("answered_on").desc(nulls_first=True), "asked_on"],
    ActionSort.MOVED: [models.F("last_moved_on").desc(nulls_last=True)],
    ActionSort.NEWEST: ["-public_from"],
}


# Derived statuses: no response is on record.
UNANSWERED_YET = [ResponseStatus.NOT_CHECKED, ResponseStatus.NO_RESPONSE]


class AskRowsQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows that stand for one ask each: the asks themselves, or the narrow rows kept for today.

    Either has the key of the ask, its issue, body, state and days, and (`with_status`) how it
    stands.
    """

    # What leads from a row to the columns of its ask that it does not have itself, and to those
    # that are kept ready for today.
    ASK, KEPT = "", "standing_today__"

    @property
    def asks(self):
        """All asks, to be narrowed."""
        return apps.get_model("advocacy", "RecommendedAction").objects.all()

    def published(self, day=None):
        """Asks that had been made or proposed by a day, drafts left out."""
        by_then = {f"{self.KEPT}public_from__lte": day or timezone.localdate()}
        return self.exclude(state=AskState.DRAFT).filter(**by_then)

    def unpublished(self, day=None):
        """The others: drafts, and what was made or proposed after a day."""
        return self.filter(self.unpublished_on(day))

    def unpublished_on(self, day=None, via=""):
        """The condition for that; `via` leads to the ask from rows of something else."""
        later = {f"{via}{self.KEPT}public_from__gt": day or timezone.localdate()}
        return models.Q(**{f"{via}state": AskState.DRAFT}) | models.Q(**later)

    def open(self, day=None):
        """Asks that nobody has closed, or had by a day of the past."""
        return self.filter(self.open_on(day))

    def open_on(self, day=None):
        """The condition for that."""
        is_open = models.Q(state=AskState.OPEN)
        if day and day < timezone.localdate():
            is_open |= models.Q(**{f"{self.ASK}closed_on__gt": day})
        return is_open

    def asked(self):
        """Those that somebody had put to their body. Needs `with_status`."""
        return self.filter(asked_on__isnull=False)

    def proposed(self):
        """The others, which the editors alone propose. Needs `with_status`."""
        return self.filter(asked_on__isnull=True)

    def waiting_in_public(self, day):
        """Open asks that a body which works in the open has been asked and still owes an answer to,
        unless their clock is paused. Needs `with_status`.
        """
        return (
            self.published(day)
            .open()
            .asked()
            .filter(models.Q(paused_on=None) | models.Q(paused_on__gt=day))
            .filter(status__in=OPEN_STATUSES, body__works_in_confidence=False)
        )

    def unmoved_through(self, *, body, starts_on):
        """Those of a body that were put to it before a session began, and have not moved since
        before it did: in that session the body was silent on them. Needs `with_status`.

        The same rule as that of `with_sessions_passed`.
        """
        unmoved = models.Q(last_moved_on=None) | models.Q(last_moved_on__lt=starts_on)
        return self.filter(unmoved, body=body, asked_on__lt=starts_on)

    def unmoved_by_deadline(self):
        """Those that are overdue and have not moved since their day. Needs `with_status`."""
        unmoved = models.Q(last_moved_on=None) | models.Q(last_moved_on__lt=models.F("expected_by"))
        return self.filter(unmoved, is_overdue=True)

    def on_day(self, day):
        """Annotate the day, and which asks are overdue on it. Needs the status of that day."""
        return self.annotate(
            as_of=models.Value(day, output_field=models.DateField()),
            is_overdue=models.Case(
                models.When(
                    models.Q(paused_on=None) | models.Q(paused_on__gt=day),
                    asked_on__isnull=False,
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
        """Asks nobody has looked at for 90 days. Needs `with_status`.

        No answer is looked for to what was put to nobody; a response to it may grow old.
        """
        before = models.ExpressionWrapper(
            models.F("as_of") - STALE_AFTER, output_field=models.DateField()
        )
        rows = self.exclude(asked_on=None, status__in=UNANSWERED_YET)
        return rows.filter(models.Q(last_checked_on=None) | models.Q(last_checked_on__lt=before))

    def in_phase(self, *phases):
        """Narrow to asks whose status is in one of the phases. Needs `with_status`."""
        return self.filter(status__in=[s for phase in phases for s in Phase(phase).statuses])

    def about(self, issues):
        """Narrow to the asks about some issues, be it their first issue or a further one."""
        mainly = self.asks.filter(issue__in=issues).order_by().values_list("pk")
        further = self.asks.filter(also_on__in=issues).order_by().values_list("pk")
        return self.filter(pk__in=mainly.union(further).order_by())

    def by_issue(self, issues):
        """Two sets of rows with the issue that each is about: the first issues, the further ones.

        A row that stands on several of these issues is in them several times.
        """
        return [
            self.filter(**{f"{name}__in": issues}).annotate(of_issue=models.F(name))
            for name in ("issue", f"{self.ASK}also_on")
        ]

    def searching(self, text):
        """Asks where each part of a search stands in the ask, in its issues or in its body."""
        search = sought(text)
        if not search:
            return self
        return self.filter(Among("pk", set.intersection(*map(self.keys_for, search))))

    def keys_for(self, part):
        """The keys of all asks where a part of a search stands, in one of its forms."""
        keys = set.intersection(*(self.keys_with(*words) for words in part.words))
        return keys | self.keys_with(*part.names) if part.names else keys

    def keys_with(self, *words):
        """The keys of all asks where one of some words stands."""
        return set(map(int, keys_of(self.asks.found_by(*words))))

    def matching(
        self,
        *,
        q="",
        issue=None,
        topic=None,
        body=None,
        organisation=None,
        stance="",
        status="",
        audience="",
        overdue=False,
        proposed=False,
    ):
        """Narrow to the given filters; an empty one matches everything. Needs `with_status`.

        `status` is a status or a phase.
        """
        rows = self.searching(q)
        if proposed:
            rows = rows.proposed()
        if issue:
            rows = rows.about([issue.pk])
        if topic:
            rows = rows.about(topic.issues.all())
        if body:
            rows = rows.filter(body=body)
        if organisation:
            by_then = {
                "action": models.OuterRef("pk"),
                "submitted_on__lte": models.OuterRef("as_of"),
            }
            rows = rows.filter(models.Exists(organisation.submissions.in_force().filter(**by_then)))
        if stance:
            said = apps.get_model("advocacy", "StatementAsk").objects.in_force().taking(stance)
            said = said.filter(action=models.OuterRef("pk"))
            rows = rows.filter(
                models.Exists(said.filter(statement__said_on__lte=models.OuterRef("as_of")))
            )
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

    def phase_counts(self, group):
        """Count asks as `counted_as` says: {group value: Counter}. Needs `with_status`."""
        return _phases([self._grouped(group)])

    def phase_counts_of(self, issues):
        """The same for these issues: an ask counts with each that it stands on."""
        return _phases([rows._grouped("of_issue") for rows in self.by_issue(issues)])

    def _grouped(self, group):
        is_proposed = models.Case(models.When(asked_on=None, then=True), default=False)
        rows = self.order_by().annotate(is_proposed=is_proposed)
        groups = rows.values_list(group, "status", "body__works_in_confidence", "is_proposed")
        return groups.annotate(n=models.Count("pk"))


def _phases(groups) -> defaultdict[Any, Counter[str]]:
    counts: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    first, *others = groups
    rows = first.union(*others, all=True).order_by() if others else first
    for key, status, in_confidence, alone, n in rows:
        counts[key][counted_as(status, in_confidence, alone)] += n
    return counts
