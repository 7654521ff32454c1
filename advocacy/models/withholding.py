"""Withholding words: one person proposes it, another confirms, and one of them answers for it."""

from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import Link
from advocacy.models.enums import WithholdingState
from advocacy.models.erasure import erase
from advocacy.models.roles import ANSWER_FOR_WITHHOLDING, WITHHOLD, demand
from advocacy.models.second_person import Decided
from advocacy.models.text import Line
from advocacy.models.withheld import (
    KINDS,
    Withheld,
    field_label,
    kind_of,
    model_of,
    notice_of,
    place_name,
    words_of,
)


class WithholdingQuerySet(models.QuerySet["Withholding"]):
    def open(self) -> Self:
        return self.filter(state=WithholdingState.PROPOSED)

    def propose(self, row: models.Model, field: str, *, reason: str, by: Any) -> "Withholding":
        """Ask for the words of one field to be withheld; somebody else confirms it."""
        demand(by, WITHHOLD)
        if field not in words_of(row):
            raise ValidationError({"field": gettext("Choose a field that holds words.")})
        proposal = self.model(
            of=kind_of(row), row=row.pk, field=field, reason=reason.strip(), proposed_by=by
        )
        proposal.full_clean()
        proposal.save()
        return proposal


class Withholding(Decided):
    """What one person proposes to withhold, and another confirms: until then nothing is gone."""

    of = Line(_("kind"), max_length=40, choices=KINDS)
    row = models.BigIntegerField(_("row"))
    field = Line(_("field"), max_length=40)
    reason = Line(
        _("reason"),
        max_length=120,
        help_text=_("Public, and for good: who demands it, and under which number. Name nobody."),
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)
    state = Line(
        _("state"), max_length=9, choices=WithholdingState, default=WithholdingState.PROPOSED
    )

    objects = WithholdingQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        verbose_name = _("withholding")
        verbose_name_plural = _("withholdings")
        permissions = [
            ("answer_for_withholding", "Can answer for a withholding: one of its two people must")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["of", "row", "field"],
                condition=models.Q(state=WithholdingState.PROPOSED),
                name="withholding_is_proposed_once",
                violation_error_message=_("It is proposed already: somebody else confirms that."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=WithholdingState.values),
                name="withholding_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=WithholdingState.CONFIRMED)
                | (
                    models.Q(decided_by__isnull=False)
                    & ~models.Q(decided_by=models.F("proposed_by"))
                ),
                name="withholding_is_confirmed_by_a_second_person",
                violation_error_message=_("A second person confirms it."),
            ),
        ]

    def __str__(self) -> str:
        return place_name(self.of, self.row, self.field)

    @property
    def is_open(self) -> bool:
        return self.state == WithholdingState.PROPOSED

    @property
    def label(self) -> str:
        return field_label(self.of, self.field)

    def target(self) -> Any:
        return model_of(self.of)._base_manager.filter(pk=self.row).first()

    @transaction.atomic
    def withdraw(self, *, by: Any) -> None:
        """Leave the words where they are."""
        demand(by, WITHHOLD)
        self._take()
        self._decide(WithholdingState.WITHDRAWN, by)

    @transaction.atomic
    def confirm(self, *, by: Any) -> Withheld:
        """Delete the words, for good. Where this raises, nothing has changed."""
        demand(by, WITHHOLD)
        self._take()
        if by == self.proposed_by:
            raise ValidationError(gettext("You proposed it: a second person confirms it."))
        people = [by, self.proposed_by]
        if not any(person.has_perm(ANSWER_FOR_WITHHOLDING) for person in people):
            raise ValidationError(gettext("One of the two has to be an administrator."))
        # Locked: no entry comes to stand on it with these words meanwhile.
        rows = model_of(self.of)._base_manager.select_for_update(of=("self",))
        if (row := rows.filter(pk=self.row).first()) is None:
            raise ValidationError(gettext("What it is about is gone already."))
        gone = Withheld(
            of=self.of,
            row=self.row,
            field=self.field,
            reason=self.reason,
            proposed_by=self.proposed_by,
            confirmed_by=by,
        )
        gone.notice = notice_of(gone, row)
        erase(row, gone)
        gone.save_base(force_insert=True)
        Link.objects.append(gone)
        self._decide(WithholdingState.CONFIRMED, by)
        return gone

    def _take(self) -> None:
        """Lock it as it is now; refuse if it has been decided already."""
        self.refresh_from_db(from_queryset=Withholding.objects.select_for_update())
        if not self.is_open:
            raise ValidationError(
                gettext("It is no longer open: it is %(state)s.")
                % {"state": self.get_state_display()}
            )
