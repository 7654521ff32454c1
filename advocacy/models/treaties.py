"""How States stand to the treaties that asks rest on."""

from collections.abc import Iterable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models.content import Content, ContentQuerySet
from advocacy.models.decision_enums import TreatyState
from advocacy.models.enums import DatePrecision
from advocacy.models.recorded import OF_A_STATE
from advocacy.models.text import Line, Slug, Text


class TreatyStatusQuerySet(ContentQuerySet["TreatyStatus"]):
    def of_state(self, state: str) -> Self:
        return self.filter(state=state)

    def behind(self, asks: Iterable[Any]) -> Self:
        """The treaties that some asks rest on, by themselves or by one of their articles."""
        return self.filter(
            models.Q(legal_reference__actions__in=asks)
            | models.Q(legal_reference__articles__actions__in=asks)
        ).distinct()

    def with_related(self) -> Self:
        return self.select_related("legal_reference", "source")


class TreatyStatus(Content):
    """How one State stands to one treaty, as its depositary lists it.

    Content as seats are: it says how things stand, is edited as they change, and is no entry.
    """

    TRANSLATED = ("reservations", "note")

    slug = Slug(_("slug"), max_length=80, unique=True)
    state = Line(_("State"), max_length=2, validators=OF_A_STATE)
    legal_reference = models.ForeignKey(
        "LegalReference",
        on_delete=models.PROTECT,
        related_name="statuses",
        verbose_name=_("treaty"),
    )
    status = Line(_("status"), max_length=10, choices=TreatyState)
    since = models.DateField(
        _("since"), null=True, blank=True, help_text=_("Empty: the day is not known to us.")
    )
    since_precision = Line(
        _("precision of the date"),
        max_length=5,
        choices=DatePrecision,
        default=DatePrecision.DAY,
    )
    reservations = Text(_("reservations and declarations"), blank=True)
    note = Text(_("note"), blank=True)
    source = models.ForeignKey(
        "Source",
        on_delete=models.PROTECT,
        related_name="treaty_statuses",
        verbose_name=_("source"),
    )

    objects = TreatyStatusQuerySet.as_manager()

    class Meta:
        ordering = ["state", "legal_reference", "pk"]
        verbose_name = _("treaty status")
        verbose_name_plural = _("treaty statuses")
        constraints = [
            models.UniqueConstraint(
                fields=["state", "legal_reference"],
                name="treaty_status_is_one_a_state",
                violation_error_code="legal_reference",
                violation_error_message=_("The record says already how this State stands to it."),
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=TreatyState.values)
                & models.Q(since_precision__in=DatePrecision.values),
                name="treaty_status_codes_are_known",
                violation_error_code="status",
                violation_error_message=_("Choose how the State stands to the treaty."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status=TreatyState.NOT_PARTY) | models.Q(since=None),
                name="treaty_status_of_no_party_has_no_day",
                violation_error_code="since",
                violation_error_message=_(
                    "Who never was a party has no day on which it became one."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}, {self.legal_reference}: {self.status}"

    def clean(self) -> None:
        super().clean()
        if self.since and self.since > timezone.localdate():
            raise ValidationError({"since": gettext("That day has not come yet.")})
        if self.legal_reference_id and self.legal_reference.treaty_id:
            whole = gettext("Who is a party is said of the treaty: “%(treaty)s”.")
            raise ValidationError(
                {"legal_reference": whole % {"treaty": self.legal_reference.treaty}}
            )
