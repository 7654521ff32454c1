from collections import Counter, defaultdict
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce, Greatest, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.bodies import Meeting, MeetingKind, TargetBody
from advocacy.models.checklists import ChecklistStep
from advocacy.models.content import Searchable, SearchableQuerySet
from advocacy.models.facets import count_facets
from advocacy.models.issues import Issue
from advocacy.models.mailings import Edition
from advocacy.models.responses import StatusUpdate
from advocacy.models.roles import PUBLISH, WRITE, demand
from advocacy.models.vocabulary import (
    ACKNOWLEDGING,
    OPEN_STATUSES,
    SUBSTANTIVE,
    AssertedBy,
    Phase,
    ResponseStatus,
    counted_as,
)

STALE_AFTER = timedelta(days=90)
MOST_PER_BODY = 12


class ActionSort(models.TextChoices):
    WAITING = "waiting", _("Longest wait first")
    MOVED = "moved", _("Latest movement first")
    NEWEST = "newest", _("Newest ask first")
    REFERENCE = "reference", _("Reference")


ACTION_ORDER = {
    ActionSort.WAITING: [models.F("answered_on").desc(nulls_first=True), "asked_on"],
    ActionSort.MOVED: [models.F("last_moved_on").desc(nulls_last=True)],
    ActionSort.NEWEST: ["-asked_on"],
    ActionSort.REFERENCE: ["reference"],
}


class Origin(models.TextChoices):
    """Where the wording of an ask comes from."""

    EXPLICIT = "explicit", _("asked in the founding text")
    DERIVED = "derived", _("follows from the founding text")
    ADDED = "added", _("added by the editors of this record")


class AskState(models.TextChoices):
    """The ask's own life, which is ours and never a response of the body."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    SPLIT = "split", _("split into more precise asks")
    SUPERSEDED = "superseded", _("replaced by a newer ask")
    WITHDRAWN = "withdrawn", _("withdrawn by those who asked")


class ExpectedBasis(models.TextChoices):
    """Why an answer is expected by a date. Only the first two can make an ask overdue."""

    RULE = "rule", _("the body's rule of procedure")
    PROMISE = "promise", _("the body's own promise")
    OURS = "ours", _("our expectation")


class RecommendedActionQuerySet(SearchableQuerySet):
    def published(self, at=None):
        """Asks that had been made by a day, drafts left out."""
        return self.exclude(state=AskState.DRAFT).filter(asked_on__lte=at or timezone.localdate())

    def open(self):
        return self.filter(state=AskState.OPEN)

    def with_status(self, at=None):
        """Annotate what the record says of each ask on a day (today unless told).

        `status`, `status_on` and `status_update_id` come from the newest entry that is not
        corrected; `acknowledged_on` and `answered_on` are the first entries after the ask, None
        while the body has not; `last_moved_on` is the newest entry that is not a mere look;
        `last_checked_on` is the last day somebody looked. `is_overdue` needs a deadline that
        the body is bound by. Dates only: the day counts are properties of the ask.
        """
        at = at or timezone.localdate()
        record = StatusUpdate.objects.filter(action=models.OuterRef("pk")).in_force(at)
        current = record.deciding().newest_first()
        after_ask = record.moving().filter(happened_on__gt=models.OuterRef("asked_on"))
        return self.annotate(
            as_of=models.Value(at, output_field=models.DateField()),
            status=Coalesce(
                models.Subquery(current.values("status")[:1]),
                models.Value(ResponseStatus.NOT_CHECKED.value),
            ),
            status_on=models.Subquery(current.values("happened_on")[:1]),
            status_update_id=models.Subquery(current.values("pk")[:1]),
            acknowledged_on=models.Subquery(
                after_ask.filter(status__in=ACKNOWLEDGING).oldest_first().values("happened_on")[:1]
            ),
            answered_on=models.Subquery(
                after_ask.filter(status__in=SUBSTANTIVE).oldest_first().values("happened_on")[:1]
            ),
            last_moved_on=models.Subquery(record.moving().newest_first().values("happened_on")[:1]),
            last_checked_on=models.Subquery(
                record.filter(checked_on__lte=at).order_by("-checked_on").values("checked_on")[:1]
            ),
        ).annotate(
            is_overdue=models.Case(
                models.When(
                    expected_by__lt=at,
                    expected_basis__in=[ExpectedBasis.RULE, ExpectedBasis.PROMISE],
                    status__in=OPEN_STATUSES,
                    paused_on=None,
                    then=True,
                ),
                default=False,
                output_field=models.BooleanField(),
            )
        )

    def with_sessions_passed(self):
        """Count the body's sessions that ended since the ask, or since the last movement."""
        sessions = Meeting.objects.filter(
            kind=MeetingKind.SESSION,
            body=models.OuterRef("body"),
            ends_on__lt=models.OuterRef("as_of"),
            ends_on__gt=Greatest(
                models.OuterRef("asked_on"),
                Coalesce(models.OuterRef("last_moved_on"), models.OuterRef("asked_on")),
            ),
        )
        count = sessions.order_by().values("body").annotate(n=models.Count("pk")).values("n")
        return self.annotate(sessions_passed=Coalesce(models.Subquery(count), models.Value(0)))

    def with_related(self):
        """Fetch what every card of an ask shows."""
        return self.select_related("issue", "body")

    def not_checked_since(self, day):
        """Asks that nobody has looked at since a day. Needs `with_status`.

        Asked of the entries themselves, so that a count does not look up the last of each ask; and
        of those few that are corrected, as a join of the record with itself would take long.
        """
        corrected = StatusUpdate.objects.corrections().values("corrects")
        looks = StatusUpdate.objects.exclude(pk__in=corrected).filter(
            action=models.OuterRef("pk"),
            happened_on__lte=models.OuterRef("as_of"),
            checked_on__lte=models.OuterRef("as_of"),
            checked_on__gte=day,
        )
        return self.filter(~models.Exists(looks))

    def stale(self, at=None):
        """Asks nobody has looked at for 90 days. Needs `with_status`."""
        return self.not_checked_since((at or timezone.localdate()) - STALE_AFTER)

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
                models.Q(pk__in=RecommendedAction.objects.containing(word).values("pk"))
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
        """Narrow to an issue; None narrows to nothing."""
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
    def record_check(self, search_log, *, by):
        """Record for every ask that we looked again and found nothing new.

        All or none: a refusal names each ask that refuses.
        """
        return self.each(lambda action: action.record_check(search_log, by=by))

    @transaction.atomic
    def each(self, verb):
        """Do the same with every ask, for all or for none: a refusal names each that refuses.

        All are locked first, in one order, so that two writers never wait for each other.
        """
        results, refusals = [], []
        for action in (
            RecommendedAction.objects.select_for_update()
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


class RecommendedAction(Searchable):
    """One thing one body is asked to do on one issue, since a date: the ask."""

    SEARCHED = ("reference", "title", "text")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    reference = models.CharField(
        _("reference"), max_length=20, unique=True, help_text=_("To quote in letters: NK-06.")
    )
    issue = models.ForeignKey(
        "Issue", on_delete=models.PROTECT, related_name="actions", verbose_name=_("issue")
    )
    body = models.ForeignKey(
        "TargetBody", on_delete=models.PROTECT, related_name="actions", verbose_name=_("body")
    )
    title = models.CharField(_("the ask in one line"), max_length=200)
    text = models.TextField(_("the ask"))
    origin = models.CharField(_("origin"), max_length=10, choices=Origin)
    state = models.CharField(
        _("life of the ask"), max_length=10, choices=AskState, default=AskState.OPEN
    )
    asked_on = models.DateField(_("asked on"))
    asked_by = models.ManyToManyField(
        "Organisation", related_name="actions", verbose_name=_("asked by")
    )
    legal_references = models.ManyToManyField(
        "LegalReference", blank=True, related_name="actions", verbose_name=_("legal basis")
    )
    legal_note = models.TextField(_("legal note"), blank=True)
    counts_as_done = models.TextField(_("what would count as done"))
    counts_as_refused = models.TextField(_("what would count as refused"))
    expected_by = models.DateField(_("answer expected by"), null=True, blank=True)
    expected_basis = models.CharField(
        _("why by then"), max_length=10, choices=ExpectedBasis, blank=True
    )
    paused_on = models.DateField(_("clock paused on"), null=True, blank=True)
    pause_reason = models.TextField(_("why the clock is paused"), blank=True)

    history = HistoricalRecords(excluded_fields=["search_text"])
    objects = RecommendedActionQuerySet.as_manager()

    class Meta:
        ordering = ["issue", "body", "reference"]
        verbose_name = _("recommended action")
        verbose_name_plural = _("recommended actions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(origin__in=Origin.values) & models.Q(state__in=AskState.values),
                name="recommended_action_origin_and_state_are_known",
            ),
            models.CheckConstraint(
                condition=models.Q(expected_by=None, expected_basis="")
                | (
                    models.Q(expected_by__isnull=False)
                    & models.Q(expected_basis__in=ExpectedBasis.values)
                ),
                name="recommended_action_expected_date_has_a_basis",
                violation_error_message=_("Say why an answer is expected by that day."),
            ),
            models.CheckConstraint(
                condition=models.Q(paused_on=None, pause_reason="")
                | (models.Q(paused_on__isnull=False) & ~models.Q(pause_reason="")),
                name="recommended_action_pause_has_a_reason",
                violation_error_message=_("A pause of the clock needs its reason."),
            ),
        ]
        indexes = [models.Index(fields=["asked_on", "id"], name="action_by_asked_on")]

    def __str__(self):
        return f"{self.reference} {self.title}"

    def get_absolute_url(self):
        return reverse("action_detail", args=[self.slug])

    def natural_key(self):
        return (self.slug,)

    @cached_property
    def current_status(self):
        """The annotated code as a `ResponseStatus`. Needs `with_status`."""
        return ResponseStatus(self.status)

    @property
    def is_public(self):
        return self.state != AskState.DRAFT and self.asked_on <= timezone.localdate()

    @property
    def phase(self):
        return self.current_status.phase

    @property
    def counted_as(self):
        """Its phase, or `IN_CONFIDENCE` for the silence of a body that works so."""
        return counted_as(self.current_status, self.body.works_in_confidence)

    @property
    def clock_end(self):
        """The day a running clock has reached: the day looked at, or the pause before it."""
        return min(self.as_of, self.paused_on) if self.paused_on else self.as_of

    @property
    def is_waiting(self):
        """Whether the clock for a substantive answer still runs."""
        return self.answered_on is None and self.phase not in (Phase.DELIVERED, Phase.CLOSED)

    @property
    def days_to_acknowledgement(self):
        """Days from the ask to the first acknowledgement, or so far."""
        return self._days_until(self.acknowledged_on)

    @property
    def days_to_answer(self):
        """Days from the ask to the first substantive answer, or so far."""
        return self._days_until(self.answered_on)

    @property
    def days_since_movement(self):
        """Days since the body last did something on the ask; None if it never has."""
        return self.last_moved_on and (self.as_of - self.last_moved_on).days

    def _days_until(self, day):
        if day is None:
            ended = self.phase in (Phase.DELIVERED, Phase.CLOSED)
            day = self.status_on if ended else self.clock_end
        return max((day - self.asked_on).days, 0)

    @property
    def is_stale(self):
        return self.last_checked_on is None or self.last_checked_on < self.as_of - STALE_AFTER

    def record_response(self, status, *, by, sources=(), approved_by=None, **details):
        """Add an entry to the record, as a member of staff.

        `sources` are saved Sources; `details` are the fields of StatusUpdate. Raises
        PermissionDenied where neither who writes nor who approves may publish, ValidationError
        with what is missing in the words of the vocabulary; and saves nothing.
        """
        demand(by, WRITE)
        demand(approved_by or by, PUBLISH)
        if settings.FOUR_EYES and (not approved_by or approved_by == by):
            raise ValidationError(gettext("Here a second person publishes every entry."))
        return self.enter(status, by=by, sources=sources, approved_by=approved_by, **details)

    def enter(self, status, *, by, sources=(), **details):
        """Add an entry whoever writes it: for content that comes with the program, and for verbs
        that have asked who may. The only way anything changes a status."""
        with transaction.atomic():
            # One writer an ask at a time: the transition is checked against the record it joins.
            RecommendedAction.objects.select_for_update().get(pk=self.pk)
            update = StatusUpdate(action=self, status=status, recorded_by=by, **details)
            update.check_record(sources)
            update.insert(sources)
            Edition.objects.tell(update, by=by)
        return update

    def record_check(self, search_log, *, by):
        """Record that we looked again and found nothing new: the status stays what it was."""
        return self.record_response(by=by, **self.check_details(search_log))

    def check_details(self, search_log):
        """The fields of the entry that says we looked again and found nothing new."""
        current = StatusUpdate.objects.filter(action=self).current(search_log.searched_on)
        return {
            "status": current.status if current else ResponseStatus.NO_RESPONSE,
            "happened_on": search_log.searched_on,
            "checked_on": search_log.searched_on,
            "search_log": search_log,
            "asserted_by": AssertedBy.US,
        }
