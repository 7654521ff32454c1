"""The form that records how an ask was put to its body."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import DayInput
from advocacy.admin.record_response import NewSourceForm
from advocacy.models import (
    Organisation,
    RecommendedAction,
    Source,
    Submission,
    SubmissionDraft,
    is_published_at_once,
)

NAMES = ["submitted_on", "channel", "is_private", "reference", "receipt_on"]
OF_A_CORRECTION = ["took_place", "correction_reason"]
WIDGETS: dict[str, type[forms.Widget] | forms.Widget] = {
    **dict.fromkeys(["submitted_on", "receipt_on"], DayInput),
    "correction_reason": AdminTextareaWidget(attrs={"rows": 3}),
}


class SubmissionAddress(forms.Form):
    """What the address of the page names: the ask, or the submission to correct."""

    ask = forms.ModelChoiceField(
        RecommendedAction.objects.with_status().with_related(), required=False
    )
    corrects = forms.ModelChoiceField(Submission.objects.with_related(), required=False)

    def clean(self):
        super().clean()
        if not (self.cleaned_data.get("ask") or self.cleaned_data.get("corrects")):
            raise ValidationError("nothing is named")

    @property
    def corrected(self):
        return self.cleaned_data["corrects"]

    @property
    def asked(self):
        """The ask with how it stands."""
        if not self.corrected:
            return self.cleaned_data["ask"]
        asks = RecommendedAction.objects.with_status().with_related()
        return asks.get(pk=self.corrected.action_id)


class SubmissionForm(forms.Form):
    """One occasion, typed anew or as a correction. The record judges it before it is saved."""

    required_css_class = "required"

    def __init__(self, ask, *, by, corrects=None, data=None):
        super().__init__(data, prefix="submission", use_required_attribute=False)
        self.ask, self.by, self.corrects = ask, by, corrects
        names = [*NAMES, *(OF_A_CORRECTION if corrects else [])]
        self.fields.update(forms.fields_for_model(Submission, names, widgets=WIDGETS))
        self.fields["organisations"] = forms.ModelMultipleChoiceField(
            Organisation.objects.all(),
            label=_("Who put it to the body"),
            help_text=_("Only those for whom the source or the proof says so."),
            error_messages={"required": _("Say who put it to the body.")},
            widget=AutocompleteSelectMultiple(
                Submission._meta.get_field("organisations"),
                admin.site,
                attrs={"data-width": "100%"},
            ),
        )
        self.fields["source"] = forms.ModelChoiceField(
            Source.objects.all(),
            required=False,
            label=_("Source on file"),
            help_text=_("Type a word of the title, publisher or address."),
            widget=AutocompleteSelect(
                Submission._meta.get_field("source"), admin.site, attrs={"data-width": "100%"}
            ),
        )
        if corrects:
            self.fields["correction_reason"].required = True
            self.initial = {name: getattr(corrects, name) for name in [*NAMES, "source"]}
            self.initial["organisations"] = list(corrects.organisations.all())
            self.initial["took_place"] = True
        self.new_source = NewSourceForm(data, prefix="source-1")

    def clean(self):
        super().clean()
        if self.new_source.has_changed():
            if self.cleaned_data.get("source"):
                self.add_error("source", _("Choose a source on file or type a new one, not both."))
            if not self.new_source.is_valid():
                self.add_error(None, _("The new source is not whole."))
        try:
            self.unsaved().check_record(
                self.cleaned_data.get("organisations", ()), exclude=self.judged_already
            )
        except ValidationError as refusal:
            for name, errors in refusal.error_dict.items():
                place = name if name in self.fields else None
                if place not in self.errors:
                    self.add_error(place, ValidationError(errors).messages)

    @property
    def judged_already(self):
        """Fields whose own errors are said, or that are saved only with the submission."""
        return ["slug", *self.errors, *(["source"] if self.is_of_a_new_source else [])]

    @cached_property
    def is_of_a_new_source(self):
        return self.new_source.has_changed()

    @property
    def is_published_at_once(self):
        return is_published_at_once(self.by, status="")

    def unsaved(self):
        """What the form says, as a submission that is not saved."""
        return Submission(action=self.ask, recorded_by=self.by, **self.details())

    def details(self):
        names = [*NAMES, *OF_A_CORRECTION, "source"]
        said = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        if self.is_of_a_new_source and not said.get("source"):
            said["source"] = self.new_source.instance
        return said | {"corrects": self.corrects}

    @transaction.atomic
    def save(self):
        """Record it, or write the draft that a second person publishes; with its new source."""
        if self.is_of_a_new_source:
            self.new_source.instance.edited_by_staff_at = timezone.now()
            self.new_source.save()
        said = self.details() | {
            "by": self.by,
            "organisations": list(self.cleaned_data["organisations"]),
        }
        if not self.is_published_at_once:
            return SubmissionDraft.objects.write(self.ask, **said)
        return self.ask.submit(said.pop("submitted_on"), said.pop("channel"), **said)
