"""Submissions that wait for a second person."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from advocacy.models.actions import RecommendedAction
from advocacy.models.enums import DraftState
from advocacy.models.roles import PUBLISH, WRITE, demand
from advocacy.models.second_person import AnyDraft, AnyDraftQuerySet
from advocacy.models.submissions import Submission

# What its publication adds.
NOT_WRITTEN = {"id", "slug", "action_id", "recorded_at", "recorded_by_id", "approved_by_id"}


class SubmissionDraftQuerySet(AnyDraftQuerySet["SubmissionDraft"]):
    def with_related(self):
        return self.select_related("action", "written_by").prefetch_related("organisations")

    @transaction.atomic
    def write(self, action, *, by, organisations, **details):
        """Write a submission for a second person to publish; it is checked as if it were public."""
        demand(by, WRITE)
        submission = Submission(action=action, recorded_by=by, **details)
        submission.check_record(organisations, exclude=["slug"])
        said = {
            field.attname: field.value_from_object(submission)
            for field in Submission._meta.concrete_fields
            if field.attname not in NOT_WRITTEN
        }
        draft = self.create(action=action, said=said, written_by=by)
        draft.organisations.set(organisations)
        return draft


class SubmissionDraft(AnyDraft):
    """A submission that waits for a second person."""

    action = models.ForeignKey(
        RecommendedAction,
        on_delete=models.CASCADE,
        related_name="submission_drafts",
        verbose_name=_("ask"),
    )
    said = models.JSONField(_("submission"), encoder=DjangoJSONEncoder)
    organisations = models.ManyToManyField(
        "advocacy.Organisation", related_name="+", verbose_name=_("organisations")
    )

    objects = SubmissionDraftQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("draft of a submission")
        verbose_name_plural = _("drafts of submissions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DraftState.values),
                name="submission_draft_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DraftState.PUBLISHED)
                | (
                    models.Q(decided_by__isnull=False)
                    & ~models.Q(decided_by=models.F("written_by"))
                ),
                name="submission_draft_is_published_by_a_second_person",
                violation_error_message=_("A second person publishes a draft."),
            ),
        ]

    def __str__(self):
        return f"{self.action.reference}: {self.as_submission()}"

    @property
    def anchor(self):
        """Where it stands on the page of its ask in the desk."""
        return f"draft-of-a-submission-{self.pk}"

    def details(self):
        """What it says, by the names of the columns of Submission."""
        fields = {field.attname: field for field in Submission._meta.concrete_fields}
        return {name: fields[name].to_python(value) for name, value in self.said.items()}

    def as_submission(self):
        """The submission it would become, not saved."""
        return Submission(action=self.action, recorded_by=self.written_by, **self.details())

    @transaction.atomic
    def publish(self, *, by):
        """Add it to the record; somebody else than its author does so."""
        demand(by, PUBLISH)
        self._take_to_publish(by)
        details = self.details()
        submission = self.action.enter_submission(
            details.pop("submitted_on"),
            details.pop("channel"),
            by=self.written_by,
            approved_by=by,
            organisations=list(self.organisations.all()),
            **details,
        )
        self._decide(DraftState.PUBLISHED, by)
        return submission

    @transaction.atomic
    def withdraw(self, *, by):
        """Its author takes it back, or whoever may publish leaves it out."""
        demand(by, WRITE)
        self._take(DraftState.WAITING)
        if self.written_by != by:
            demand(by, PUBLISH)
        self._decide(DraftState.WITHDRAWN, by)
