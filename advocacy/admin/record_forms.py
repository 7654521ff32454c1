"""The forms of the page that records: a response with its sources, or a look with its log."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import DayInput, LinesInput
from advocacy.models import (
    Draft,
    RecommendedAction,
    ResponseStatus,
    SearchLog,
    Source,
    StatusUpdate,
    TargetBody,
    Tell,
)
from advocacy.models.standing import label_of

S = ResponseStatus
LINES = LinesInput(attrs={"rows": 3})
# One response or search log for more asks than this would not be honest.
MOST_ASKS = 100

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
]
PARTICULAR = [name for _title, names, _statuses in GROUPS for name in names]
# What is to be chosen; nothing of it is a fact before somebody chose it.
CHOSEN = ["status", "happened_on", "happened_precision", "asserted_by", "verification", "tell"]
RESPONSE = [*CHOSEN, "checked_on", "summary", "reference", *PARTICULAR, "sources"]
LOG = ["searched_on", "places", "terms", "gaps"]


class PageAddress(forms.Form):
    """What the address of the page names: asks or their body, an entry to correct, or a draft."""

    ask = forms.ModelMultipleChoiceField(RecommendedAction.objects.all(), required=False)
    body = forms.ModelChoiceField(TargetBody.objects.all(), required=False)
    corrects = forms.ModelChoiceField(
        StatusUpdate.objects.with_related().select_related("recorded_by", "approved_by"),
        required=False,
    )
    draft = forms.ModelChoiceField(Draft.objects.with_related(), required=False)
    look = forms.ChoiceField(choices=[("1", "look"), ("0", "response")], required=False)

    def clean(self):
        named = super().clean()
        if not any(named.get(name) for name in ("ask", "body", "corrects", "draft")):
            raise ValidationError("nothing is named")
        if not self.is_one_bodys and named.get("look") != "1":
            raise ValidationError("a response is one body's")
        return named

    @property
    def is_one_bodys(self):
        return len({ask.body_id for ask in self.cleaned_data.get("ask") or []}) < 2

    @property
    def told(self):
        """What the form starts from: the draft as an entry, or the entry to correct; or None."""
        draft, corrects = self.cleaned_data["draft"], self.cleaned_data["corrects"]
        return draft.as_update() if draft else corrects

    @property
    def is_look(self):
        if self.cleaned_data["look"]:
            return self.cleaned_data["look"] == "1"
        return bool(self.told and self.told.is_look)

    @property
    def candidates(self):
        """The asks that can be chosen: a response is one body's, a look is ours at any."""
        asks = RecommendedAction.objects.with_status().with_related().order_by("reference")
        chosen, body = self.cleaned_data["ask"], self.cleaned_data["body"]
        if self.told:
            return asks.filter(pk=self.told.action_id)
        if self.is_look and not body:
            return asks.filter(pk__in=chosen)
        bodies = [body] if body else {ask.body_id for ask in chosen}
        return asks.filter(pk__in=chosen) | asks.filter(body__in=bodies).open()


class AskChoice(forms.Form):
    """Which asks an entry is recorded for."""

    ask = forms.ModelMultipleChoiceField(
        RecommendedAction.objects.none(),
        error_messages={"required": _("Choose at least one ask.")},
    )

    def __init__(self, data, *, asks):
        super().__init__(data)
        self.fields["ask"].queryset = asks

    def clean_ask(self):
        asks = self.cleaned_data["ask"]
        if len(asks) > MOST_ASKS:
            raise ValidationError(too_many())
        return asks

    @property
    def chosen(self):
        keys = [key for key in self["ask"].value() or [] if str(key).isdigit()]
        return self.fields["ask"].queryset.filter(pk__in=keys)

    @property
    def others(self):
        """The asks that could be chosen as well, as many as can be read."""
        chosen = self.chosen.values("pk")
        return self.fields["ask"].queryset.exclude(pk__in=chosen)[:MOST_ASKS]


def too_many():
    return gettext("Choose at most %d asks: one entry cannot speak for more.") % MOST_ASKS


def add_fields_of_corrections(form):
    form.fields["correction_reason"] = StatusUpdate._meta.get_field("correction_reason").formfield(
        required=True,
        widget=LINES,
        help_text=_("Both entries stay public; this sentence stands between them."),
        error_messages={"required": _("Say why the entry is corrected.")},
    )


class ResponseForm(forms.Form):
    """The fields of a response. What its status demands beside them is the model's to say."""

    required_css_class = "required"

    # Shown where the record asks: see `Response.is_valid`.
    day_is_right = forms.BooleanField(label=_("The day is right"), required=False)
    later_reason = forms.CharField(
        label=_("Why the later entry followed"), widget=LINES, required=False
    )

    def __init__(self, *args, asks, is_correction, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        sources = AutocompleteSelectMultiple(
            StatusUpdate._meta.get_field("sources"), admin.site, attrs={"data-width": "100%"}
        )
        days = dict.fromkeys(["happened_on", "checked_on", "receipt_on"], DayInput)
        texts = dict.fromkeys(["summary", "quote", "missing", "transition_reason"], LINES)
        self.fields.update(
            forms.fields_for_model(
                StatusUpdate, RESPONSE, widgets={**days, **texts, "sources": sources}
            )
        )
        for name in RESPONSE:
            self.fields[name].required = name in CHOSEN
        self.fields["status"].error_messages["required"] = _("Choose a status of the vocabulary.")
        self.fields["tell"].initial = Tell.DIGEST
        self.fields["checked_on"].initial = None
        self.fields["checked_on"].help_text = _("Empty: today.")
        self.fields["sources"].label = _("Sources on file")
        self.fields["sources"].help_text = _("Type a word of the title, publisher or address.")
        # What was undone belongs to one ask.
        only = asks[0] if len(asks) == 1 else None
        undone = StatusUpdate.objects.filter(action=only).responses()
        self.fields["undoes"].queryset = undone.select_related("action__body")
        if is_correction:
            add_fields_of_corrections(self)

    def clean_checked_on(self):
        return self.cleaned_data["checked_on"] or timezone.localdate()

    def groups(self):
        """The fields that only some statuses need, as the page shows them."""
        for title, names, statuses in GROUPS:
            fields = [self[name] for name in names]
            yield {
                "title": title,
                "fields": fields,
                "statuses": " ".join(statuses),
                "labels": [label_of(status) for status in statuses],
                "is_open": any(field.errors or field.value() for field in fields),
            }


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


class LookForm(forms.ModelForm):
    """A look: its search log, and words about it where there is more to say."""

    required_css_class = "required"

    class Meta:
        model = SearchLog
        fields = LOG
        widgets = {**dict.fromkeys(LOG, LINES), "searched_on": DayInput}

    summary = forms.CharField(
        label=_("In words, if there is more to say"), widget=LINES, required=False
    )

    def __init__(self, *args, asks, is_correction, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        if is_correction:
            add_fields_of_corrections(self)
