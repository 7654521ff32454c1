"""What a statement says to an ask: for it, against it, with conditions, or unclear."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.chain import Link
from advocacy.models.decision_enums import Stance, StanceBasis
from advocacy.models.recorded import Noted, NotedQuerySet, witness
from advocacy.models.text import Line, Slug, Text

SIDES = (Stance.SUPPORTS, Stance.OPPOSES)


class StatementAskQuerySet(NotedQuerySet["StatementAsk"]):
    @transaction.atomic
    def enter(self, *, by: Any, statement: Any, **said: Any) -> "StatementAsk":
        """Add what a statement that stands already says to a further ask, one made since."""
        statement = type(statement).objects.select_for_update().get(pk=statement.pk)
        (stance,) = statement.make_stances([said], by=by)
        stance.statement = statement
        check_stances([*statement.stances.with_related(), stance])
        witness([stance.action])
        stance.save_base(force_insert=True)
        Link.objects.append(stance)
        return stance

    def with_related(self) -> Self:
        return self.select_related("action")

    def in_force(self, day: Any = None) -> Self:
        """Stances of statements that no correction replaced or took back."""
        rows = self.filter(statement__correction=None, statement__took_place=True)
        return rows.filter(statement__said_on__lte=day) if day else rows

    def taking(self, stance: str) -> Self:
        """Those of a stance. For or against an ask counts only what was said of the step itself:

        whoever condemned the conduct has not asked for the step.
        """
        rows = self.filter(stance=stance)
        return rows.filter(basis=StanceBasis.EXPLICIT) if stance in SIDES else rows

    def implied(self) -> Self:
        """Those who spoke of the conduct and not of the step."""
        return self.filter(basis=StanceBasis.IMPLIED)


class StatementAsk(Noted):
    """What one statement says to one ask, and the sentence that shows it."""

    TRANSLATED = ("sentence",)

    KIND = "statementask"
    HASHED: ClassVar[list[str]] = [
        "slug",
        "statement_id",
        "action_id",
        "stance",
        "basis",
        "sentence",
        "recorded_at",
        "recorded_by_id",
        "approved_by_id",
    ]

    slug = Slug(_("slug"), max_length=200, unique=True)
    statement = models.ForeignKey(
        "Statement", on_delete=models.PROTECT, related_name="stances", verbose_name=_("statement")
    )
    action = models.ForeignKey(
        "RecommendedAction",
        on_delete=models.PROTECT,
        related_name="stances",
        verbose_name=_("ask"),
    )
    stance = Line(_("stance"), max_length=10, choices=Stance)
    basis = Line(_("basis of the stance"), max_length=10, choices=StanceBasis)
    sentence = Text(
        _("the sentence that shows it"),
        blank=True,
        help_text=_("Empty: the exact words show it, or without them what it said."),
    )

    objects = StatementAskQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        base_manager_name = "objects"
        verbose_name = _("stance on an ask")
        verbose_name_plural = _("stances on asks")
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "action"], name="statement_ask_is_named_once"
            ),
            models.CheckConstraint(
                condition=models.Q(stance__in=Stance.values),
                name="statement_ask_stance_is_known",
                violation_error_code="stance",
                violation_error_message=_("Choose a stance."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    stance__in=SIDES, basis__in=[StanceBasis.EXPLICIT, StanceBasis.IMPLIED]
                )
                | models.Q(
                    stance=Stance.QUALIFIED, basis__in=[StanceBasis.EXPLICIT, StanceBasis.NONE]
                )
                | models.Q(stance=Stance.UNCLEAR, basis=StanceBasis.NONE),
                name="statement_ask_side_has_a_basis",
                violation_error_code="basis",
                violation_error_message=_(
                    "Who supports or opposes an ask said so of this step, or spoke of the conduct"
                    " alone; who is unclear takes no side."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["action", "stance", "basis"], name="statement_ask_of_action")
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.action_id} {self.stance}"

    @property
    def is_support(self) -> bool:
        return self.stance == Stance.SUPPORTS and self.basis == StanceBasis.EXPLICIT

    @property
    def is_opposition(self) -> bool:
        return self.stance == Stance.OPPOSES and self.basis == StanceBasis.EXPLICIT

    @property
    def is_implied(self) -> bool:
        return self.basis == StanceBasis.IMPLIED


def check_stances(stances: "Iterable[StatementAsk]") -> None:
    """Refuse a stance without its basis, and two on one ask."""
    seen = set()
    for stance in stances:
        try:
            stance.clean_fields(exclude=["statement"])
            stance.validate_constraints(exclude=["statement"])
        except ValidationError as error:
            words = {"ask": stance.action, "why": " ".join(error.messages)}
            raise ValidationError({"asks": gettext("%(ask)s: %(why)s") % words}) from error
        if stance.action_id in seen:
            refusal = gettext("“%(ask)s” stands here twice.") % {"ask": stance.action}
            raise ValidationError({"asks": refusal})
        seen.add(stance.action_id)
