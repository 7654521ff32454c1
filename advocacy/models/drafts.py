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
from advocacy.models.responses import StatusUpdate
from advocacy.models.roles import PUBLISH, WRITE, demand

# What a draft does not hold: whose it is, and what its publication adds.
NOT_WRITTEN = {
    "id",
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


class DraftQuerySet(models.QuerySet["Draft"]):
    def waiting(self):
        return self.filter(state=DraftState.WAITING)

    def with_related(self):
        return self.select_related("action__body", "action__issue", "written_by", "decided_by")

    def write(self, action, status, *, by, sources=(), **details):
        """Write down an entry for a second person to publish; it is checked as if it were one."""
        draft = self.model(action=action, written_by=by)
        draft.rewrite(status, by=by, sources=sources, **details)
        return draft


class Draft(models.Model):
    """An entry that somebody wrote and nobody has published: staff alone see it."""

    action = models.ForeignKey(
        RecommendedAction, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("ask")
    )
    entry = models.JSONField(_("entry"), encoder=DjangoJSONEncoder)
    # The reason that the response after it needs, where this one was found late.
    later_reason = models.TextField(_("reason for the later entry"), blank=True)
    sources = models.ManyToManyField("advocacy.Source", related_name="+", verbose_name=_("sources"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("written by"),
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    state = models.CharField(
        _("state"), max_length=9, choices=DraftState, default=DraftState.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)
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
        return self.state in (DraftState.WAITING, DraftState.RETURNED)

    def as_update(self, approved_by=None):
        """The entry it would become, not saved."""
        fields = {field.attname: field for field in StatusUpdate._meta.concrete_fields}
        values = {name: fields[name].to_python(value) for name, value in self.entry.items()}
        return StatusUpdate(
            action=self.action, recorded_by=self.written_by, approved_by=approved_by, **values
        )

    @transaction.atomic
    def rewrite(self, status, *, by, sources=(), later_reason="", **details):
        """Say it anew; whoever does so is its author, and it waits again."""
        demand(by, WRITE)
        if self.pk:
            self._take(DraftState.WAITING, DraftState.RETURNED)
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
        """Let it join the record. Raises PermissionDenied or ValidationError and changes nothing.

        Whoever wrote it does not publish it.
        """
        demand(by, PUBLISH)
        self._take(DraftState.WAITING)
        if self.written_by == by:
            raise ValidationError(gettext("You wrote it: a second person publishes it."))
        self.update = self.enter(approved_by=by)
        self._decide(DraftState.PUBLISHED, by)
        return self.update

    def enter(self, *, approved_by):
        """Join the record whoever lets it: for `publish`, and for a preview that is taken back."""
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
        """Back to whoever wrote it, with what should change."""
        demand(by, PUBLISH)
        self._take(DraftState.WAITING)
        if not remark.strip():
            raise ValidationError({"remark": gettext("Say what should change.")})
        self.remark = remark.strip()
        self._decide(DraftState.RETURNED, by)

    @transaction.atomic
    def withdraw(self, *, by):
        """Its author takes it back for good."""
        demand(by, WRITE)
        self._take(DraftState.WAITING, DraftState.RETURNED)
        if self.written_by != by:
            raise ValidationError(gettext("Only its author withdraws a draft."))
        self._decide(DraftState.WITHDRAWN, by)

    def _take(self, *states):
        """Lock it as it stands now; refuse if it is decided already."""
        self.refresh_from_db(from_queryset=Draft.objects.select_for_update())
        if self.state not in states:
            raise ValidationError(
                gettext("This draft is no longer open: it is %(state)s.")
                % {"state": self.get_state_display()}
            )

    def _decide(self, state, by):
        self.state, self.decided_by, self.decided_at = state, by, timezone.now()
        self.save(update_fields=["state", "decided_by", "decided_at", "remark", "update"])
