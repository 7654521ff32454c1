"""Entries of the record that wait for a second person."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.actions import RecommendedAction
from advocacy.models.enums import DraftState, ResponseStatus
from advocacy.models.mailings import Edition
from advocacy.models.responses import StatusUpdate
from advocacy.models.roles import PUBLISH, WRITE, demand
from advocacy.models.second_person import OPEN, AnyDraft, AnyDraftQuerySet
from advocacy.models.text import Text
from advocacy.text import carried

# What a draft does not hold: whose it is, and what its publication adds.
NOT_WRITTEN = {
    "id",
    "uuid",
    "key",
    "action",
    "recorded_at",
    "recorded_by",
    "approved_by",
}


def is_published_at_once(user, status):
    """Whether what this person records is public at once, or a draft first."""
    by_two = settings.FOUR_EYES or status == ResponseStatus.IMPLEMENTED
    return user.has_perm(PUBLISH) and not by_two


class DraftQuerySet(AnyDraftQuerySet["Draft"]):
    def made_from(self, entry):
        """The drafts that an entry was made from, or that correct it."""
        return self.filter(models.Q(update=entry) | models.Q(entry__corrects_id=entry.pk))

    def with_related(self):
        drafts = self.select_related("action__body", "action__issue", "written_by", "decided_by")
        return drafts.prefetch_related("sources")

    def write(self, action, status, *, by, sources=(), **details):
        """Write an entry for a second person to publish; it is checked as if it were public."""
        draft = self.model(action=action, written_by=by)
        draft.rewrite(status, by=by, sources=sources, **details)
        return draft


class Draft(AnyDraft):
    """An entry that waits for a second person."""

    action = models.ForeignKey(
        RecommendedAction, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("ask")
    )
    entry = models.JSONField(_("entry"), encoder=DjangoJSONEncoder)
    # The reason that the response after it needs, where this one was found late.
    later_reason = Text(_("reason for the later entry"), blank=True)
    sources = models.ManyToManyField("advocacy.Source", related_name="+", verbose_name=_("sources"))
    remark = Text(_("remark"), blank=True)
    update = models.OneToOneField(
        StatusUpdate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="draft",
        verbose_name=_("entry of the record"),
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DraftState.values), name="draft_state_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DraftState.PUBLISHED)
                | (
                    models.Q(decided_by__isnull=False, update__isnull=False)
                    & ~models.Q(decided_by=models.F("written_by"))
                ),
                name="draft_is_published_by_a_second_person",
                violation_error_message=_("A second person publishes a draft."),
            ),
        ]

    def __str__(self):
        return f"{self.action.reference}: {self.label}"

    @property
    def label(self):
        """The words of the entry that it would become."""
        return self.as_update().label

    @property
    def is_open(self):
        return self.state in OPEN

    def as_update(self, approved_by=None):
        """The entry it would become, not saved."""
        fields = {field.attname: field for field in StatusUpdate._meta.concrete_fields}
        values = {
            # JSON holds what no column does.
            name: fields[name].to_python(carried(value) if isinstance(value, str) else value)
            for name, value in self.entry.items()
        }
        update = StatusUpdate(
            action=self.action, recorded_by=self.written_by, approved_by=approved_by, **values
        )
        update.to_cite = list(self.sources.all())
        return update

    @transaction.atomic
    def rewrite(self, status, *, by, sources=(), later_reason="", **details):
        """Write it anew: whoever does so becomes its author, and it waits for a decision again."""
        demand(by, WRITE)
        if self.pk:
            self._take(*OPEN)
        update = StatusUpdate(action=self.action, status=status, recorded_by=by, **details)
        update.check_record(sources, approval_follows=True, later_reason=later_reason)
        self.entry = {
            field.attname: field.value_from_object(update)
            for field in StatusUpdate._meta.concrete_fields
            if field.name not in NOT_WRITTEN
        }
        self.later_reason = later_reason
        self.written_by, self.written_at, self.state = by, timezone.now(), DraftState.WAITING
        self.save()
        self.sources.set(sources)

    @transaction.atomic
    def publish(self, *, by):
        """Add it to the record; somebody else than its author does so.

        Where this raises PermissionDenied or ValidationError, nothing has changed.
        """
        demand(by, PUBLISH)
        self._take_to_publish(by)
        self.update = self.enter(approved_by=by)
        Edition.objects.tell_of_silence(self.update, by=by)
        self._decide(DraftState.PUBLISHED, by, "update")
        return self.update

    def enter(self, *, approved_by):
        """Add it without asking who may: for `publish`, and for a preview that is rolled back."""
        entry = self.as_update()
        names = {field.name for field in StatusUpdate._meta.concrete_fields}
        return self.action.enter(
            by=self.written_by,
            sources=list(self.sources.all()),
            approved_by=approved_by,
            later_reason=self.later_reason,
            **{name: getattr(entry, name) for name in names - NOT_WRITTEN},
        )

    @transaction.atomic
    def give_back(self, *, by, remark):
        """Return it to its author, with a remark on what should change."""
        demand(by, PUBLISH)
        self._take(DraftState.WAITING)
        if not remark.strip():
            raise ValidationError({"remark": gettext("Say what should change.")})
        self.remark = remark.strip()
        self._decide(DraftState.RETURNED, by, "remark")

    @transaction.atomic
    def withdraw(self, *, by):
        """Its author takes it back for good."""
        demand(by, WRITE)
        self._take(*OPEN)
        if self.written_by != by:
            raise ValidationError(gettext("Only its author withdraws a draft."))
        self._decide(DraftState.WITHDRAWN, by)
