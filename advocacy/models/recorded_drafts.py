"""Decisions and statements that wait for a second person."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from advocacy.models.enums import DraftState
from advocacy.models.roles import PUBLISH, WRITE, demand
from advocacy.models.second_person import AnyDraft, AnyDraftQuerySet
from advocacy.models.text import Line


class RecordedKind(models.TextChoices):
    DECISION = "decision", _("decision")
    STATEMENT = "statement", _("statement")


class RecordedDraftQuerySet(AnyDraftQuerySet["RecordedDraft"]):
    def write(
        self, kind: str, typed: Mapping[str, list[str]], *, by: Any, title: str
    ) -> "RecordedDraft":
        """Keep what a form says for a second person to publish; the form has judged it already."""
        demand(by, WRITE)
        return self.create(kind=kind, typed=dict(typed), title=title[:300], written_by=by)


class RecordedDraft(AnyDraft):
    """A decision or a statement that waits for a second person, as it was typed.

    It is judged again when it is published: what it stands on may have changed meanwhile.
    """

    kind = Line(_("kind"), max_length=9, choices=RecordedKind)
    title = Line(_("in short"), max_length=300)
    typed = models.JSONField(_("what was typed"))

    objects = RecordedDraftQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("draft of a decision or a statement")
        verbose_name_plural = _("drafts of decisions and statements")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DraftState.values)
                & models.Q(kind__in=RecordedKind.values),
                name="recorded_draft_codes_are_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DraftState.PUBLISHED)
                | (
                    models.Q(decided_by__isnull=False)
                    & ~models.Q(decided_by=models.F("written_by"))
                ),
                name="recorded_draft_is_published_by_a_second_person",
                violation_error_message=_("A second person publishes a draft."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"

    @property
    def is_waiting(self) -> bool:
        return self.state == DraftState.WAITING

    @transaction.atomic
    def publish(self, record: Callable[..., Any], *, by: Any) -> Any:
        """Add it to the record; somebody else than its author does so.

        `record` adds what was typed, as written by its author and approved by who publishes it.
        """
        demand(by, PUBLISH)
        self._take_to_publish(by)
        row = record(by=self.written_by, approved_by=by)
        self._decide(DraftState.PUBLISHED, by)
        return row

    @transaction.atomic
    def withdraw(self, *, by: Any) -> None:
        """Its author takes it back, or whoever may publish leaves it out."""
        demand(by, WRITE)
        self._take(DraftState.WAITING)
        if self.written_by != by:
            demand(by, PUBLISH)
        self._decide(DraftState.WITHDRAWN, by)
