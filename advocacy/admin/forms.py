"""The forms of one response: its entry, the sources typed with it, and its search log."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import DayInput, LinesInput
from advocacy.models import (
    ResponseStatus,
    SearchLog,
    Source,
    StatusUpdate,
    Tell,
)

S = ResponseStatus
LINES = LinesInput(attrs={"rows": 3})

# Fields that hold something before anybody has typed.
PREFILLED = [
    "happened_on",
    "happened_precision",
    "checked_on",
    "asserted_by",
    "verification",
    "tell",
]
# The fields that only some statuses need, in groups that stay closed until they are wanted.
GROUPS = [
    (_("Exact words"), ["quote", "speaker"], [S.COMMITTED, S.REFUSED]),
    (_("What is still missing"), ["missing"], [S.PARTIAL_ACTION]),
    (_("How it was refused"), ["refused_reason"], [S.REFUSED]),
    (_("How it was blocked, and by whom"), ["blocked_reason", "blocked_by"], [S.BLOCKED]),
    (
        _("Tally of the vote"),
        ["votes_for", "votes_against", "votes_abstained"],
        [S.REFUSED, S.BLOCKED],
    ),
    (_("Our own receipt"), ["receipt_on"], [S.ACKNOWLEDGED]),
    (_("Entry undone"), ["undoes"], [S.REVERSED]),
    (
        _("Setback, and the reason for a step back or an end"),
        ["is_setback", "transition_reason"],
        [S.REVERSED, S.OVERTAKEN],
    ),
    (_("What happened, in Ukrainian and Korean"), ["summary_uk", "summary_ko"], []),
]
TEXTS = ["summary", "summary_uk", "summary_ko", "quote", "missing", "transition_reason"]
PARTICULAR = [name for _title, names, _statuses in GROUPS for name in names]
FIELDS = ["status", *PREFILLED, "summary", "reference", *PARTICULAR, "sources"]

LOG_RULE, FUTURE_RULE = (
    rule
    for rule in (*SearchLog._meta.constraints, *StatusUpdate._meta.constraints)
    if rule.name
    in ("search_log_says_where_how_and_what_is_missing", "status_update_is_not_in_the_future")
)


class EntryForm(forms.Form):
    """The fields of an entry. What its status demands beside them is the model's to say."""

    required_css_class = "required"

    def __init__(self, *args, actions, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        sources = AutocompleteSelectMultiple(
            StatusUpdate._meta.get_field("sources"), admin.site, attrs={"data-width": "100%"}
        )
        days = dict.fromkeys(["happened_on", "checked_on", "receipt_on"], DayInput)
        texts = dict.fromkeys([name for name in FIELDS if name in TEXTS], LINES)
        self.fields.update(
            forms.fields_for_model(
                StatusUpdate, FIELDS, widgets={**days, **texts, "sources": sources}
            )
        )
        for name in FIELDS:
            self.fields[name].required = name in ("status", *PREFILLED)
            # A page left open over midnight is still an untouched page.
            self.fields[name].show_hidden_initial = False
        self.fields["tell"].initial = Tell.DIGEST
        self.fields["status"].error_messages["required"] = _("Choose a status of the vocabulary.")
        self.fields["sources"].label = _("Sources on file")
        self.fields["sources"].help_text = _("Type a word of the title, publisher or address.")
        self.fields["summary"].help_text = _(
            "In English. Name the actor and what was done; claims stay claims."
        )
        # What was undone belongs to one ask.
        only = actions[0] if len(actions) == 1 else None
        self.fields["undoes"].queryset = StatusUpdate.objects.filter(action=only)

    def groups(self):
        """The fields that only some statuses need, as the page shows them."""
        for title, names, statuses in GROUPS:
            fields = [self[name] for name in names]
            yield {
                "title": title,
                "fields": fields,
                "statuses": " ".join(statuses),
                "labels": [status.label for status in statuses],
                "is_open": any(field.errors or field.value() for field in fields),
            }


class CorrectionForm(EntryForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["correction_reason"] = StatusUpdate._meta.get_field(
            "correction_reason"
        ).formfield(
            required=True,
            widget=LINES,
            help_text=_("Both entries stay public; this sentence stands between them."),
            error_messages={"required": _("Say why the entry is corrected.")},
        )


class NewSourceForm(forms.ModelForm):
    required_css_class = "required"

    class Meta:
        model = Source
        fields = ["title", "publisher", "url", "published_on", "tier", "is_independent"]
        widgets = {"published_on": DayInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, empty_permitted=True, use_required_attribute=False, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("A new source needs this.")

    def clean_url(self):
        url = self.cleaned_data["url"]
        if on_file := Source.objects.at_address(url).first():
            raise ValidationError(
                gettext("This address is on file: choose “%(title)s” under “Sources on file”.")
                % {"title": on_file.title}
            )
        return url


class SearchLogForm(forms.ModelForm):
    """Where we looked: empty as a whole, or complete."""

    required_css_class = "required"
    TEXTS = ["places", "terms", "gaps"]

    class Meta:
        model = SearchLog
        fields = ["places", "terms", "gaps"]
        widgets = dict.fromkeys(fields, LINES)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        for name in self.TEXTS:
            self.fields[name].required = False

    @property
    def is_given(self):
        return any(self.typed(name) for name in self.TEXTS)

    @property
    def is_demanded(self):
        return self.is_given

    def typed(self, name):
        return (self[name].value() or "").strip()

    def clean(self):
        cleaned = super().clean()
        for name in self.TEXTS:
            if self.is_demanded and not self.typed(name) and name not in self.errors:
                self.add_error(name, LOG_RULE.get_violation_error_message())
        return cleaned


class LookForm(SearchLogForm):
    """The one search log of a look at one or many asks."""

    is_demanded = True

    class Meta(SearchLogForm.Meta):
        fields = ["searched_on", *SearchLogForm.TEXTS]
        widgets = {**SearchLogForm.Meta.widgets, "searched_on": DayInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.TEXTS:
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = LOG_RULE.get_violation_error_message()

    def clean_searched_on(self):
        day = self.cleaned_data["searched_on"]
        if day > timezone.localdate():
            raise ValidationError(FUTURE_RULE.get_violation_error_message())
        return day
