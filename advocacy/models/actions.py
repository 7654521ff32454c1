from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import cached_property, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from advocacy.models.action_queryset import RecommendedActionQuerySet
from advocacy.models.bodies import TargetBody
from advocacy.models.checklists import ChecklistStep
from advocacy.models.enums import (
    AskState,
    ExpectedBasis,
    ResponseStatus,
)
from advocacy.models.events import Event
from advocacy.models.mailings import Edition
from advocacy.models.page_addresses import page_address
from advocacy.models.responses import StatusUpdate, look_details
from advocacy.models.roles import demand_publication
from advocacy.models.searchable import Searchable
from advocacy.models.sources import Source
from advocacy.models.standing import NOT_PUT, Standing
from advocacy.models.standing_today import StandingToday
from advocacy.models.submissions import Submission
from advocacy.models.text import Line, Slug, Text
from advocacy.models.vocabulary import is_step_back
from advocacy.models.wordings import Change, Witnessed, Wording

# What an ask asks, and by what it ends: a change of it after the first entry is shown.
WORDING = ["title", "text", "counts_as_done", "counts_as_refused"]


class RecommendedAction(Witnessed, Searchable):
    """One thing one body is asked to do on one issue: the ask.

    Its submissions say who put it to the body, when and how; without one the editors propose it.
    """

    TRANSLATED = (*WORDING, "closed_because", "legal_note", "expected_rule", "pause_reason")
    SEARCHED = ("reference", "title", "text")
    WITNESSED: ClassVar[list[str]] = [
        *WORDING,
        "reference",
        "issue_id",
        "body_id",
        "state",
        "listed_on",
        "closed_on",
        "closed_because",
        "superseded_by_id",
        "expected_by",
        "expected_basis",
        "expected_rule",
        "paused_on",
        "pause_reason",
        "legal_note",
    ]
    # Its address, whose row it is, and a copy for the search.
    NOT_WITNESSED: ClassVar[list[str]] = ["id", "slug", "edited_by_staff_at", "search_text"]
    STANDS_UNDER: ClassVar[list[str]] = ["updates", "submissions", "decisions", "stances"]

    slug = Slug(_("slug"), max_length=80, unique=True)
    reference = Line(
        _("reference"), max_length=20, unique=True, help_text=_("To quote in letters: AB-06.")
    )
    issue = models.ForeignKey(
        "Issue", on_delete=models.PROTECT, related_name="actions", verbose_name=_("issue")
    )
    also_on = models.ManyToManyField(
        "advocacy.Issue",
        blank=True,
        related_name="further_actions",
        verbose_name=_("also on"),
        help_text=_("Further issues that list it as well; in totals it counts once."),
    )
    body = models.ForeignKey(
        "TargetBody", on_delete=models.PROTECT, related_name="actions", verbose_name=_("body")
    )
    title = Line(_("the ask in one line"), max_length=200)
    text = Text(_("the ask"))
    state = Line(_("life of the ask"), max_length=10, choices=AskState, default=AskState.OPEN)
    listed_on = models.DateField(
        _("in this record since"),
        default=timezone.localdate,
        help_text=_("When it was put to the body is said by its submissions."),
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_because = Text(
        _("why it is closed"), blank=True, help_text=_("Who withdrew or replaced it, and why.")
    )
    superseded_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supersedes",
        verbose_name=_("replaced by"),
    )
    legal_references = models.ManyToManyField(
        "advocacy.LegalReference", blank=True, related_name="actions", verbose_name=_("legal basis")
    )
    legal_note = Text(_("legal note"), blank=True)
    counts_as_done = Text(_("what would count as done"))
    counts_as_refused = Text(_("what would count as refused"))
    expected_by = models.DateField(_("answer expected by"), null=True, blank=True)
    expected_basis = Line(_("why by then"), max_length=10, choices=ExpectedBasis, blank=True)
    expected_rule = Text(
        _("the rule or the promise"),
        blank=True,
        help_text=_("As anyone can find it: which text and paragraph, or who said it and when."),
    )
    paused_on = models.DateField(_("clock paused on"), null=True, blank=True)
    pause_reason = Text(_("why the clock is paused"), blank=True)

    # What `with_status` annotates.
    as_of: date
    asked_on: date | None
    asked_how: str
    public_from: date
    status: str
    status_update_id: int | None
    status_on: date | None
    status_precision: str
    acknowledged_on: date | None
    answered_on: date | None
    last_moved_on: date | None
    last_checked_on: date | None
    is_overdue: bool
    points_other_way: bool
    from_digests: bool

    history = HistoricalRecords(excluded_fields=["search_text"])
    objects = RecommendedActionQuerySet.as_manager()

    class Meta:
        ordering = ["issue", "body", "reference"]
        verbose_name = _("recommended action")
        verbose_name_plural = _("recommended actions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=AskState.values),
                name="recommended_action_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(expected_by=None, expected_basis="", expected_rule="")
                | (
                    models.Q(expected_by__isnull=False)
                    & models.Q(expected_basis__in=ExpectedBasis.values)
                    & ~models.Q(expected_rule="")
                ),
                name="recommended_action_expected_date_has_a_basis",
                violation_error_message=_(
                    "Say why an answer is expected by that day, and cite the rule or the promise."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[AskState.DRAFT, AskState.OPEN], closed_on=None, closed_because=""
                )
                | (
                    ~models.Q(state__in=[AskState.DRAFT, AskState.OPEN])
                    & models.Q(closed_on__isnull=False)
                    & ~models.Q(closed_because="")
                ),
                name="recommended_action_is_closed_by_something",
                violation_error_message=_(
                    "An ask that is closed says on which day and why; an open one has neither."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(state=AskState.SUPERSEDED, superseded_by__isnull=False)
                | (~models.Q(state=AskState.SUPERSEDED) & models.Q(superseded_by=None)),
                name="recommended_action_superseded_names_the_other",
                violation_error_message=_(
                    "An ask that was replaced names the ask that replaces it; no other does."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(superseded_by=None) | ~models.Q(superseded_by=models.F("pk")),
                name="recommended_action_does_not_supersede_itself",
                violation_error_message=_("An ask does not replace itself."),
            ),
            models.CheckConstraint(
                condition=models.Q(paused_on=None, pause_reason="")
                | (models.Q(paused_on__isnull=False) & ~models.Q(pause_reason="")),
                name="recommended_action_pause_has_a_reason",
                violation_error_message=_("A pause of the clock needs its reason."),
            ),
        ]
        indexes = [
            # What lists of meetings and of steps read of every ask, without its texts.
            models.Index(
                fields=["body", "reference", "id"],
                include=["state", "issue"],
                name="action_of_body",
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return page_address("action_detail", self.slug)

    @classmethod
    def standings(cls, day=None):
        """How every ask stands on a day, in the narrowest rows there are: lists read them first.

        For today these are the rows of `StandingToday`; for another day they are the asks, with
        the same columns derived from their entries.
        """
        if day in (None, timezone.localdate()):
            return StandingToday.objects.on_day(timezone.localdate())
        return cls.objects.with_status(day)

    def check_many(self, values):
        super().check_many(values)
        if self.issue_id in values.get("also_on", ()):
            raise ValidationError({"also_on": gettext("This is its issue already.")})

    @cached_property
    def issue_ids(self):
        """The keys of all issues that it stands on."""
        return {self.issue_id, *(issue.pk for issue in self.also_on.all())}

    @property
    def is_public(self):
        public_from = self.standing_today.public_from
        return self.state != AskState.DRAFT and public_from <= timezone.localdate()

    def not_put_words(self, day: date | None = None) -> str:
        """Says that nobody had put it to its body by a day; empty where somebody had."""
        asked_on = self.standing_today.asked_on
        return "" if asked_on and asked_on <= (day or timezone.localdate()) else str(NOT_PUT)

    @cached_property
    def standing(self) -> Standing:
        """How the ask stands on the day of `with_status`, in words. Needs `with_status`."""
        return Standing(
            day=self.as_of,
            asked_on=self.asked_on,
            asked_how=self.asked_how,
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
            # Its words are asked for once they are read: the page knows all of its rows then.
            pause_reason=self.pause_reason and lazy(self.text_of, str)("pause_reason"),
            sessions_passed=getattr(self, "sessions_passed", 0),
            points_other_way=self.points_other_way,
            from_digests=self.from_digests,
        )

    def clean(self):
        super().clean()
        if self.closed_on and self.closed_on > timezone.localdate():
            raise ValidationError({"closed_on": gettext("That day has not come yet.")})
        if self.expected_by:
            self.check_expected()

    def check_expected(self):
        """Refuse a day by which a body has to answer what was not put to it before that day."""
        submissions = Submission.objects.filter(action=self.pk) if self.pk else None
        if submissions is None or not submissions.in_force(self.expected_by).exists():
            raise ValidationError(
                {
                    "expected_by": gettext(
                        "Nobody is recorded to have put it to the body before that day, so no"
                        " answer can be expected by then. Record the submission first."
                    )
                }
            )

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save the ask, and with it how it stands today, which depends on what is said of it."""
        super().save(*args, **kwargs)
        self.keep_standing()

    def wording_changes(self) -> list[Change]:
        """How its wording or its closing test was changed since the record first stood on it."""
        return Wording.objects.changes_of(self, WORDING)

    def keep_standing(self):
        """Bring the row that says how the ask stands today up to date."""
        StandingToday.objects.refresh([self.pk])
        self._state.fields_cache.pop("standing_today", None)

    def keep_audiences(self):
        """The same of whom its steps are for, which is all that a step changes in that row."""
        ChecklistStep.objects.keep_audiences({self.pk})
        self._state.fields_cache.pop("standing_today", None)

    def submit(self, submitted_on, channel, *, by, organisations, approved_by=None, **details):
        """Record that organisations put the ask to its body, as a member of staff.

        `details` are the fields of Submission: its source, or that the proof is private. Raises
        PermissionDenied and ValidationError as `record_response` does.
        """
        demand_publication(by, approved_by)
        return self.enter_submission(
            submitted_on,
            channel,
            by=by,
            organisations=organisations,
            approved_by=approved_by,
            **details,
        )

    @transaction.atomic
    def enter_submission(self, submitted_on, channel, *, by, organisations, **details):
        """Add a submission, whoever writes it: for content that comes with the program."""
        ask = RecommendedAction.objects.select_for_update().get(pk=self.pk)
        if not details.get("slug"):
            details["slug"] = Submission.objects.free_slug(self, submitted_on)
        submission = Submission(
            action=self, submitted_on=submitted_on, channel=channel, recorded_by=by, **details
        )
        submission.check_record(organisations)
        ask.witness([submission.source] if submission.source else [])
        submission.insert(organisations)
        self.keep_standing()
        return submission

    def record_response(self, status, *, by, sources=(), approved_by=None, **details):
        """Add a response to the record, as a member of staff. `sources` are saved Sources.

        `details` are fields of StatusUpdate. Raises PermissionDenied if neither author nor approver
        may publish, and ValidationError saying what is missing. Nothing is saved then.
        """
        demand_publication(by, approved_by)
        return self.enter(status, by=by, sources=sources, approved_by=approved_by, **details)

    @transaction.atomic
    def record_look(self, search_log, *, by, approved_by=None, **details):
        """Add to the record that we searched and found nothing (new): no status changes."""
        demand_publication(by, approved_by)
        look = self.enter("", by=by, approved_by=approved_by, **look_details(search_log) | details)
        Edition.objects.tell_of_silence(look, by=by)
        return look

    def enter(self, status, *, by, sources=(), later_reason="", later_details=None, **details):
        """Add an entry, whoever writes it: for content that comes with the program, and for verbs
        that have already checked who may. Nothing else changes a status.

        Where this response was found late, the one after it may need a reason: `later_reason`.
        That response is then corrected in the same act. `later_details` are fields of this
        correction, where a file has it in words of its own.
        """
        with transaction.atomic():
            # One writer per ask at a time: the transition is checked against what the entry joins.
            ask = RecommendedAction.objects.select_for_update().get(pk=self.pk)
            update = StatusUpdate(action=self, status=status, recorded_by=by, **details)
            later = update.check_record(sources, later_reason=later_reason)
            ask.witness(sources, update.event)
            update.insert(sources)
            if later:
                self._enter_reason(later, update, later_reason, by, **(later_details or {}))
            self.keep_standing()
            Edition.objects.tell(update, by=by)
        return update

    def witness(self, sources, event=None):
        """Put into the chain how all reads that a row about this ask is about to stand on."""
        events = _locked(Event, [event.pk] if event else [])
        cited = {source.pk for row in events for source in row.sources.all()}
        cited |= {source.pk for source in sources}
        bodies = _locked(TargetBody, [self.body_id])
        Wording.objects.take([self, *bodies, *events, *_locked(Source, cited)])

    def _enter_reason(self, later, update, reason, by, *, sources=None, **details):
        """Correct the response after one found late, so that it has the reason it now needs."""
        sources = later.sources.all() if sources is None else sources
        found = gettext("An earlier response was found: %(response)s.") % {"response": update}
        said = {
            "transition_reason": reason,
            "is_setback": is_step_back(update.status, later.status),
            "correction_reason": found,
        }
        corrected = later.corrected_copy(recorded_by=by, **said | details)
        corrected.check_record(sources)
        corrected.insert(sources)


def _locked(model, keys):
    """Rows that the record will stand on: nobody edits them until what does so has joined it."""
    return model.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
