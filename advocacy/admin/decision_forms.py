"""The form that records what a body decided, with the vote of each State."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.ballots import read_ballots
from advocacy.admin.recorded_forms import (
    LINES,
    RecordedForm,
    StatesField,
    chosen_one,
    chosen_several,
    listed,
    names_of,
)
from advocacy.models import (
    GROUP_OF,
    Decision,
    DecisionParagraph,
    Outcome,
    RecordedKind,
    TargetBody,
    Vote,
    country_name,
)
from advocacy.models.decision_rules import COUNTED
from advocacy.models.text import TextInput

VOTES = [("", "—"), *Vote.choices]
PARAGRAPHS = 2
OF_A_PARAGRAPH = ["number", "words", "language", "is_read"]


class DecisionAddress(forms.Form):
    """What the address of the page names: the body, its day, the ask; or what is corrected."""

    body = forms.ModelChoiceField(TargetBody.objects.all(), required=False)
    day = forms.DateField(required=False)
    corrects = forms.ModelChoiceField(
        Decision.objects.with_related().with_ballots(), required=False
    )


class ParagraphForm(forms.ModelForm):
    """A paragraph of the text that matters here."""

    class Meta:
        model = DecisionParagraph
        fields = OF_A_PARAGRAPH
        widgets = {"words": LINES}

    def __init__(self, data: Any, *, prefix: str, start: Any = None):
        super().__init__(data, prefix=prefix, empty_permitted=True, use_required_attribute=False)
        self.initial.update(start or {})

    def has_changed(self) -> bool:
        """What a correction starts with counts as typed."""
        return self.is_typed

    @property
    def is_typed(self) -> bool:
        return bool(self["number"].value() or self["words"].value())


class BallotsField(TextInput):
    widget = AdminTextareaWidget(attrs={"rows": 4})

    def clean(self, value: Any) -> Any:
        return read_ballots(super().clean(value) or "")


class DecisionForm(RecordedForm):
    MODEL = Decision
    KIND = RecordedKind.DECISION
    DAY = "decided_on"
    NAMES = [
        "symbol",
        "draft_symbol",
        "title",
        "decided_on",
        "decided_precision",
        "outcome",
        *Vote.values,
        "note",
    ]

    ballots = BallotsField(
        label=_("Votes"),
        required=False,
        help_text=_("All who voted, or nobody: “CH yes, CN abstain”, or “In favour: Algeria, …”."),
    )
    others = forms.ChoiceField(
        label=_("All other members"),
        choices=VOTES,
        required=False,
        help_text=_("How everybody voted who is named neither here nor in the table."),
    )
    sponsors = StatesField(
        label=_("Sponsors"), required=False, help_text=_("Letters or names, commas between.")
    )

    def __init__(self, *, members: bool = False, **given: Any):
        super().__init__(**given)
        self.fields["body"] = chosen_one(
            Decision, "body", error_messages={"required": _("Say which body decided.")}
        )
        for name in ("actions", "issues"):
            self.fields[name] = chosen_several(Decision, name)
        self.order_fields(["body", *self.fields])
        self.members = self.sitting() if members or self.has_table else []
        for code in self.members:
            self.fields[f"vote-{code}"] = forms.ChoiceField(
                label=country_name(code), choices=VOTES, required=False
            )
        if not self.is_bound and self.corrects:
            self.fill_in_table()
        said = self.corrects.paragraphs.all() if self.corrects else []
        starts = [{name: getattr(p, name) for name in OF_A_PARAGRAPH} for p in said]
        data = given.get("data")
        number = max(PARAGRAPHS, len(starts) + 1)
        self.paragraphs = [
            ParagraphForm(
                data, prefix=f"paragraph-{at + 1}", start=starts[at] if at < len(starts) else None
            )
            for at in range(number)
        ]

    @property
    def has_table(self) -> bool:
        """Whether what was sent has a table of members in it."""
        return any(name.startswith(f"{self.prefix}-vote-") for name in self.data)

    def sitting(self) -> list[str]:
        """The members of the body on the day, as far as both are known: by their names."""
        body, day = self.typed_body, self.typed_day
        if not (body and day):
            return []
        if body.all_states_sit:
            codes = [*GROUP_OF]
        else:
            seats = (body.parent or body).members.held(day)
            codes = [*dict.fromkeys(seats.values_list("country", flat=True))]
        return sorted(codes, key=country_name)

    @cached_property
    def typed_body(self) -> TargetBody | None:
        key = self["body"].value()
        key = getattr(key, "pk", key)
        return TargetBody.objects.filter(pk=key).first() if str(key or "").isdigit() else None

    @cached_property
    def typed_day(self) -> Any:
        try:
            return self.fields["decided_on"].to_python(self["decided_on"].value())
        except ValidationError:
            return None

    @property
    def knows_all_members(self) -> bool:
        body, day = self.typed_body, self.typed_day
        return bool(body and (body.all_states_sit or body.lists_all_members(day)))

    def fill_in_table(self) -> None:
        """Each vote of what is corrected stands in the table, or else among the typed ones."""
        rest = []
        for ballot in self.corrects.ballots.all():
            if ballot.state in self.members:
                self.initial[f"vote-{ballot.state}"] = ballot.vote
            else:
                rest.append(f"{ballot.state} {ballot.vote}")
        self.initial["ballots"] = listed(rest)

    def values_of(self, row: Any) -> dict[str, Any]:
        names = ("actions", "issues")
        many: dict[str, Any] = {name: list(getattr(row, name).all()) for name in names}
        sponsors = listed(sponsor.state for sponsor in row.sponsors.all())
        if row.ballots.exists():
            # They are counted anew.
            many |= dict.fromkeys((vote.value for vote in COUNTED), None)
        return super().values_of(row) | many | {"body": row.body, "sponsors": sponsors}

    @property
    def table(self) -> list[Any]:
        return [self[f"vote-{code}"] for code in self.members]

    def clean(self) -> None:
        if not self.errors:
            try:
                self.cleaned_data["ballots"] = self.all_ballots()
            except ValidationError as refusal:
                self.add_error("ballots", refusal)
        for form in self.paragraphs:
            if form.is_typed and not form.is_valid():
                self.add_error(None, gettext("A paragraph is not whole."))
        super().clean()

    def all_ballots(self) -> dict[str, str]:
        """What was typed, what stands in the table, and how everybody else voted, together."""
        ballots = dict(self.cleaned_data["ballots"])
        for code in self.members:
            vote = self.cleaned_data.get(f"vote-{code}")
            if vote and ballots.setdefault(code, vote) != vote:
                refusal = gettext("%(state)s votes otherwise in the table.")
                raise ValidationError(refusal % {"state": country_name(code)})
        if others := self.cleaned_data.get("others"):
            if not self.knows_all_members:
                refusal = gettext(
                    "The record does not know all members of this body on that day: name each vote."
                )
                raise ValidationError(refusal)
            ballots = dict.fromkeys(self.sitting(), others) | ballots
        return ballots

    def details(self) -> dict[str, Any]:
        names = ["body", "actions", "issues", "sponsors", "ballots"]
        paragraphs = [form.cleaned_data for form in self.paragraphs if form.is_typed]
        said = {name: self.cleaned_data[name] for name in names}
        return super().details() | said | {"paragraphs": paragraphs}

    @property
    def sums(self) -> list[tuple[str, int, list[str]]]:
        """How many voted in each way, and who, for a last look."""
        ballots = self.cleaned_data["ballots"]
        numbers = Counter(ballots.values())
        return [
            (
                str(vote.label),
                numbers[vote] or self.cleaned_data.get(vote.value) or 0,
                names_of(code for code, said in ballots.items() if said == vote),
            )
            for vote in Vote
            if numbers[vote] or self.cleaned_data.get(vote.value) is not None
        ]

    @property
    def outcome_words(self) -> str:
        return str(Outcome(self.cleaned_data["outcome"]).label)

    @property
    def in_short(self) -> str:
        said = self.cleaned_data
        return f"{said['body']}, {said['decided_on']}: {said['symbol'] or said['title']}"
