from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.action_queryset import RecommendedActionQuerySet
from advocacy.models.content import Searchable
from advocacy.models.enums import (
    AskState,
    AssertedBy,
    ExpectedBasis,
    Origin,
    ResponseStatus,
    Verification,
)
from advocacy.models.mailings import Edition
from advocacy.models.responses import StatusUpdate
from advocacy.models.roles import PUBLISH, WRITE, demand
from advocacy.models.standing import Standing
from advocacy.models.standing_today import StandingToday
from advocacy.models.vocabulary import is_step_back


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
        "advocacy.Organisation", related_name="actions", verbose_name=_("asked by")
    )
    legal_references = models.ManyToManyField(
        "advocacy.LegalReference", blank=True, related_name="actions", verbose_name=_("legal basis")
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

    # What `with_status` and `with_sessions_passed` annotate.
    as_of: date
    status: str
    status_update_id: int | None
    status_on: date | None
    status_precision: str
    acknowledged_on: date | None
    answered_on: date | None
    last_moved_on: date | None
    last_checked_on: date | None
    is_overdue: bool
    sessions_passed: int

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

    def get_absolute_url(self) -> str:
        return reverse("action_detail", args=[self.slug])

    @classmethod
    def standings(cls, day=None):
        """How every ask stands on a day, in the narrowest rows there are: lists read them first.

        Today those kept ready, for another day the asks with what is derived of them.
        """
        if day in (None, timezone.localdate()):
            return StandingToday.objects.on_day(timezone.localdate())
        return cls.objects.with_status(day)

    @property
    def is_public(self):
        return self.state != AskState.DRAFT and self.asked_on <= timezone.localdate()

    @cached_property
    def standing(self) -> Standing:
        """How the ask stands on the day of `with_status`, in words. Needs `with_status`."""
        return Standing(
            day=self.as_of,
            asked_on=self.asked_on,
            status=ResponseStatus(self.status),
            in_confidence=self.body.works_in_confidence,
            update_id=self.status_update_id,
            status_on=self.status_on,
            status_precision=self.status_precision,
            acknowledged_on=self.acknowledged_on,
            answered_on=self.answered_on,
            last_moved_on=self.last_moved_on,
            last_checked_on=self.last_checked_on,
            expected_by=self.expected_by,
            expected_basis=self.expected_basis,
            paused_on=self.paused_on,
            pause_reason=self.pause_reason,
            sessions_passed=getattr(self, "sessions_passed", 0),
        )

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save, and keep how the ask stands today with it: it depends on the day of the ask."""
        super().save(*args, **kwargs)
        self.keep_standing()

    def keep_standing(self):
        """Keep how the ask stands today, with what lists read beside it."""
        StandingToday.objects.refresh(RecommendedAction.objects.filter(pk=self.pk))

    def record_response(self, status, *, by, sources=(), approved_by=None, **details):
        """Add a response to the record, as a member of staff.

        `sources` are saved Sources; `details` are the fields of StatusUpdate. Raises
        PermissionDenied where neither who writes nor who approves may publish, ValidationError
        with what is missing in the words of the vocabulary; and saves nothing.
        """
        demand_publication(by, approved_by)
        return self.enter(status, by=by, sources=sources, approved_by=approved_by, **details)

    def record_look(self, search_log, *, by, approved_by=None, **details):
        """Add to the record that we searched and found nothing (new): no status changes."""
        demand_publication(by, approved_by)
        details = look_details(search_log) | details
        return self.enter("", by=by, approved_by=approved_by, **details)

    def enter(self, status, *, by, sources=(), later_reason="", **details):
        """Add an entry whoever writes it: for content that comes with the program, and for verbs
        that have asked who may. The only way anything changes a status.

        `later_reason` is the reason that the response after this one needs where this one was
        found late: that response is corrected in the same act.
        """
        with transaction.atomic():
            # One writer an ask at a time: the transition is checked against the record it joins.
            RecommendedAction.objects.select_for_update().get(pk=self.pk)
            update = StatusUpdate(action=self, status=status, recorded_by=by, **details)
            later = update.check_record(sources, later_reason=later_reason)
            update.insert(sources)
            if later:
                self._enter_reason(later, update, later_reason, by)
            self.keep_standing()
            Edition.objects.tell(update, by=by)
        return update

    def _enter_reason(self, later, update, reason, by):
        """Correct the response after one found late: it now has the reason that it needs."""
        corrected = later.corrected_copy(
            recorded_by=by,
            transition_reason=reason,
            is_setback=is_step_back(update.status, later.status),
            correction_reason=gettext("An earlier response was found: %(response)s.")
            % {"response": update},
        )
        corrected.check_record(later.sources.all())
        corrected.insert(later.sources.all())


def look_details(search_log):
    """The fields of the entry that says we searched and found nothing (new)."""
    return {
        "happened_on": search_log.searched_on,
        "checked_on": search_log.searched_on,
        "search_log": search_log,
        "asserted_by": AssertedBy.US,
        "verification": Verification.DOCUMENTED,
    }


def demand_publication(by, approved_by):
    """Refuse an entry that neither its author nor its approver may publish."""
    demand(by, WRITE)
    demand(approved_by or by, PUBLISH)
    if settings.FOUR_EYES and (not approved_by or approved_by == by):
        raise ValidationError(gettext("Here a second person publishes every entry."))
