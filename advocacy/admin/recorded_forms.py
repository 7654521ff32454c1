"""What the forms share that record a decision or a statement: sources, corrections, the judge."""

from abc import abstractmethod
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from advocacy.admin.ballots import read_states
from advocacy.admin.content import DayInput
from advocacy.admin.record_response import NewSourceForm
from advocacy.models import RecordedDraft, Source, country_name, is_published_at_once
from advocacy.models.recorded import Recorded
from advocacy.models.text import TextInput

LINES = AdminTextareaWidget(attrs={"rows": 3})
OF_A_CORRECTION = ["took_place", "correction_reason"]
FULL_WIDTH = {"data-width": "100%"}


class StatesField(TextInput):
    """States by their letters or names, with commas between."""

    widget: Any = AdminTextareaWidget(attrs={"rows": 2})

    def clean(self, value: Any) -> Any:
        return read_states(super().clean(value) or "")


def chosen_one(model: type[models.Model], name: str, **field: Any) -> forms.ModelChoiceField:
    """A row of another table, found by typing a word."""
    relation: Any = model._meta.get_field(name)
    rows = relation.related_model._default_manager.all()
    widget = AutocompleteSelect(relation, admin.site, attrs=FULL_WIDTH)
    said = {"label": relation.verbose_name.capitalize(), "help_text": relation.help_text}
    return forms.ModelChoiceField(rows, widget=widget, **said | field)


def chosen_several(
    model: type[models.Model], name: str, **field: Any
) -> forms.ModelMultipleChoiceField:
    relation: Any = model._meta.get_field(name)
    rows = relation.related_model._default_manager.all()
    widget = AutocompleteSelectMultiple(relation, admin.site, attrs=FULL_WIDTH)
    # No cross that clears them all: each has its own.
    widget.is_required = True
    said = {"label": relation.verbose_name.capitalize(), "required": False}
    return forms.ModelMultipleChoiceField(rows, widget=widget, **said | field)


class RecordedForm(forms.Form):
    """A row of the record, typed anew or as a correction. The record judges it as it would be."""

    required_css_class = "required"
    MODEL: type[Recorded]
    KIND = ""
    # The fields of the row that staff type; other fields and parts have fields of their own.
    NAMES: list[str] = []
    DAY = ""

    def __init__(self, *, by: Any, corrects: Any = None, start: Any = None, data: Any = None):
        super().__init__(data, prefix=self.KIND, use_required_attribute=False)
        self.by, self.corrects = by, corrects
        names = [*self.NAMES, *(OF_A_CORRECTION if corrects else [])]
        texts = ["note", "point", "quote", "correction_reason"]
        widgets: dict[str, type[forms.Widget] | forms.Widget] = dict.fromkeys(texts, LINES)
        widgets[self.DAY] = DayInput
        self.fields.update(forms.fields_for_model(self.MODEL, names, widgets=widgets))
        self.fields["sources"] = chosen_several(
            self.MODEL,
            "sources",
            label=_("Sources on file"),
            help_text=_("Type a word of the title, publisher or address."),
        )
        self.initial.update(start or {})
        if corrects:
            self.fields["correction_reason"].required = True
            self.initial.update(self.values_of(corrects) | {"took_place": True})
        self.new_source = NewSourceForm(data, prefix="source-1")

    def values_of(self, row: Any) -> dict[str, Any]:
        """What a correction starts with: all that the wrong row says."""
        said = {name: getattr(row, name) for name in self.NAMES}
        return said | {"sources": list(row.sources.all())}

    @property
    def is_published_at_once(self) -> bool:
        return is_published_at_once(self.by, status="")

    @cached_property
    def is_of_a_new_source(self) -> bool:
        return self.new_source.has_changed()

    def clean(self) -> None:
        super().clean()
        if self.is_of_a_new_source and not self.new_source.is_valid():
            self.add_error(None, _("The new source is not whole."))
        if not self.errors:
            try:
                self.try_out()
            except ValidationError as refusal:
                self.place(refusal)

    def try_out(self) -> None:
        """Record it, and take that back: raises what the record would refuse."""
        with transaction.atomic():
            self.MODEL._default_manager.enter(by=self.by, **self.details())  # type: ignore[attr-defined]
            transaction.set_rollback(True)
        self.new_source.instance.pk = None
        self.new_source.instance._state.adding = True

    def place(self, refusal: ValidationError) -> None:
        """Say each error beside its field, and above the form where it has none."""
        for name, errors in refusal.error_dict.items():
            place = name if name in self.fields else None
            self.add_error(place, ValidationError(errors).messages)

    def details(self) -> dict[str, Any]:
        """What the verbs of the record take, with the new source saved."""
        names = [*self.NAMES, *OF_A_CORRECTION]
        said = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return said | {"sources": self.all_sources(), "corrects": self.corrects}

    def all_sources(self) -> list[Source]:
        sources = list(self.cleaned_data["sources"])
        if self.is_of_a_new_source:
            self.new_source.instance.edited_by_staff_at = timezone.now()
            sources.append(self.new_source.save())
        return sources

    @transaction.atomic
    def record(self, *, by: Any, approved_by: Any = None) -> Any:
        verb = self.MODEL._default_manager.record  # type: ignore[attr-defined]
        return verb(by=by, approved_by=approved_by, **self.details())

    def save(self, typed: dict[str, list[str]]) -> Any:
        """Record it, or keep it as a draft that a second person publishes."""
        if self.is_published_at_once:
            return self.record(by=self.by)
        return RecordedDraft.objects.write(self.KIND, typed, by=self.by, title=self.in_short)

    @property
    @abstractmethod
    def in_short(self) -> str:
        """What a draft of it is called on the desk."""


def listed(codes: Any) -> str:
    """States as they are typed back into a form."""
    return ", ".join(codes)


def names_of(codes: Any) -> list[str]:
    return sorted(country_name(code) for code in codes)
