"""The form that records what a State, an organisation or a body said, and to which asks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.recorded_forms import (
    LINES,
    RecordedForm,
    StatesField,
    chosen_one,
    listed,
)
from advocacy.models import (
    RecommendedAction,
    RecordedKind,
    Stance,
    StanceBasis,
    Statement,
    StatementAsk,
    country_name,
)

STANCES = 4
SAID = ["action", "stance", "basis", "sentence"]


class StatementAddress(forms.Form):
    """What the address of the page names: an ask it bears on, or what is corrected."""

    ask = forms.ModelChoiceField(RecommendedAction.objects.all(), required=False)
    corrects = forms.ModelChoiceField(Statement.objects.with_related(), required=False)


class StateField(StatesField):
    """One State by its letters or its name."""

    widget = forms.TextInput

    def clean(self, value: Any) -> str:  # type: ignore[override]
        states = super().clean(value)
        if len(states) > 1:
            raise ValidationError(gettext("One State speaks; others spoke with it."))
        return states[0] if states else ""


class StanceForm(forms.ModelForm):
    """What the statement says to one ask."""

    class Meta:
        model = StatementAsk
        fields = ["stance", "basis", "sentence"]
        widgets = {"sentence": LINES}

    def __init__(self, data: Any, *, prefix: str, start: Any = None):
        super().__init__(data, prefix=prefix, empty_permitted=True, use_required_attribute=False)
        self.fields["action"] = chosen_one(StatementAsk, "action")
        self.order_fields(SAID)
        self.initial |= start or {}

    def has_changed(self) -> bool:
        """What a correction starts with counts as typed."""
        return self.is_typed

    @property
    def is_typed(self) -> bool:
        return any(self[name].value() for name in SAID)

    def _post_clean(self) -> None:
        """The record judges it together with its statement."""


class StatementForm(RecordedForm):
    MODEL = Statement
    KIND = RecordedKind.STATEMENT
    DAY = "said_on"
    NAMES = [
        "forum",
        "said_on",
        "said_precision",
        "office",
        "quote",
        "quote_language",
        "point",
    ]

    state = StateField(
        label=_("State"), required=False, help_text=_("Its two letters or its name.")
    )
    joined = StatesField(
        label=_("States that spoke with it"),
        required=False,
        help_text=_("Letters or names, commas between."),
    )

    def __init__(self, *, ask: Any = None, **given: Any):
        super().__init__(**given)
        for name in ("organisation", "body", "forum_body"):
            self.fields[name] = chosen_one(Statement, name, required=False)
        starts = [{"action": ask}] if ask else []
        if self.corrects:
            said = self.corrects.stances.all()
            starts = [{name: getattr(row, name) for name in SAID} for row in said]
        self.stances = [
            StanceForm(
                given.get("data"),
                prefix=f"stance-{at + 1}",
                start=starts[at] if at < len(starts) else None,
            )
            for at in range(max(STANCES, len(starts) + 1))
        ]

    def values_of(self, row: Any) -> dict[str, Any]:
        names = ["state", "organisation", "body", "forum_body"]
        joined = listed(speaker.state for speaker in row.joined.all())
        said = {name: getattr(row, name) for name in names}
        return super().values_of(row) | said | {"joined": joined}

    @property
    def typed_stances(self) -> list[StanceForm]:
        return [form for form in self.stances if form.is_typed]

    def clean(self) -> None:
        if [form for form in self.typed_stances if not form.is_valid()]:
            self.add_error(None, gettext("What it says to an ask is not whole."))
        super().clean()

    def details(self) -> dict[str, Any]:
        names = ["state", "joined", "organisation", "body", "forum_body"]
        said = {name: self.cleaned_data[name] for name in names}
        asks = [form.cleaned_data for form in self.typed_stances]
        return super().details() | said | {"asks": asks}

    @property
    def looked_at(self) -> list[tuple[Any, str, str, str]]:
        """What it says to each ask, in words, for a last look."""
        said = [form.cleaned_data for form in self.typed_stances]
        return [
            (
                row["action"],
                Stance(row["stance"]).label,
                StanceBasis(row["basis"]).label,
                row["sentence"],
            )
            for row in said
        ]

    @property
    def speaker(self) -> str:
        said = self.cleaned_data
        return (
            country_name(said["state"]) if said["state"] else said["organisation"] or said["body"]
        )

    @property
    def in_short(self) -> str:
        return f"{self.speaker}, {self.cleaned_data['said_on']}"
