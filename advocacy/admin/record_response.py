"""The long form of the page that records: a response of the body, with its sources."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import DayInput
from advocacy.admin.record_forms import LINES, EntryForm
from advocacy.models import (
    DEFINITIONS,
    EVIDENCE,
    Event,
    ResponseStatus,
    Source,
    StatusUpdate,
    Tell,
)
from advocacy.models.dates import written_day
from advocacy.models.evidence import newest_source_long_before
from advocacy.models.standing import label_of
from advocacy.models.text import TextInput
from advocacy.models.vocabulary import RECORDED

S = ResponseStatus
NEW_SOURCES = 3

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
WHAT_IT_SAYS = ["reference", "points_other_way"]
# What is to be chosen; nothing of it is a fact before somebody chose it.
CHOSEN = ["status", "happened_on", "happened_precision", "asserted_by", "verification", "tell"]


class NewSourceForm(forms.ModelForm):
    required_css_class = "required"

    class Meta:
        model = Source
        fields = [
            "title",
            "publisher",
            "url",
            "published_on",
            "tier",
            "is_independent",
            "accessed_on",
            "exposes_people",
        ]
        widgets = {"published_on": DayInput, "accessed_on": DayInput}

    def __init__(self, data, *, prefix):
        super().__init__(data, prefix=prefix, empty_permitted=True, use_required_attribute=False)
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


class ResponseForm(EntryForm):
    """What the body did or said, with its sources."""

    NAMES = [*CHOSEN, "event", "checked_on", "summary", *WHAT_IT_SAYS, *PARTICULAR, "sources"]

    # Shown only where the record asks for them.
    day_is_right = forms.BooleanField(label=_("The day is right"), required=False)
    later_reason = TextInput(label=_("Why the later entry followed"), widget=LINES, required=False)

    def __init__(self, address, *, by, data=None):
        super().__init__(address, by=by, data=data)
        for name in self.NAMES:
            self.fields[name].required = name in CHOSEN
        self.fields["status"].error_messages["required"] = _("Choose a status of the vocabulary.")
        self.fields["tell"].initial = Tell.DIGEST
        self.fields["checked_on"].initial = None
        self.fields["checked_on"].help_text = _("Empty: today.")
        self.fields["sources"] = forms.ModelMultipleChoiceField(
            Source.objects.all(),
            required=False,
            label=_("Sources on file"),
            help_text=_("Type a word of the title, publisher or address."),
            widget=AutocompleteSelectMultiple(
                StatusUpdate._meta.get_field("sources"), admin.site, attrs={"data-width": "100%"}
            ),
        )
        # No cross that clears them all: each source has its own.
        self.fields["sources"].widget.is_required = True
        event = self.fields["event"]
        self.fields["event"] = forms.ModelChoiceField(
            Event.objects.all(),
            required=False,
            label=event.label,
            help_text=event.help_text,
            widget=AutocompleteSelect(
                StatusUpdate._meta.get_field("event"), admin.site, attrs={"data-width": "100%"}
            ),
        )
        # What was undone belongs to one ask.
        only = self.asks[0] if len(self.asks) == 1 else None
        self.fields["undoes"] = forms.ModelChoiceField(
            StatusUpdate.objects.filter(action=only).responses().select_related("action__body"),
            required=False,
            label=self.fields["undoes"].label,
        )
        if self.start and not self.start.is_look:
            self.initial.update(self.values_of(self.start))
        prefixes = [f"source-{number}" for number in range(1, NEW_SOURCES + 1)]
        self.new_sources = [NewSourceForm(data, prefix=prefix) for prefix in prefixes]
        if data is None and (report := address.cleaned_data["report"]):
            self.start_from_link(report.link)

    def start_from_link(self, link):
        """Name the source that a report gives. Nothing else is a fact because a reader said so.

        What is sent counts as typed, so a source is never left out for being as it was filled in.
        """
        if on_file := Source.objects.at_address(link).first():
            self.initial["sources"] = [*self.initial.get("sources", []), on_file]
        else:
            self.new_sources[0].initial["url"] = link

    def values_of(self, entry):
        values = {name: getattr(entry, name) for name in self.NAMES if name != "sources"}
        values["sources"] = list((self.draft or entry).sources.all())
        values["later_reason"] = self.draft.later_reason if self.draft else ""
        return values

    @property
    def groups(self):
        """The fields that only some statuses need, as the page shows them."""
        return [
            {
                "title": title,
                "fields": [self[name] for name in names],
                "statuses": " ".join(statuses),
                "labels": [label_of(status) for status in statuses],
                "is_open": any(self[name].errors or self[name].value() for name in names),
            }
            for title, names, statuses in GROUPS
        ]

    @property
    def has_particulars(self):
        return any(group["is_open"] for group in self.groups)

    @property
    def demands(self):
        """Each status with what it means and demands, to be read while choosing."""
        return [(status, DEFINITIONS[status], EVIDENCE[status]) for status in RECORDED]

    @property
    def asks_for_later_reason(self):
        """Whether this response was found late, and the one after it needs a reason."""
        return "later_reason" in self.errors or self["later_reason"].value()

    @property
    def stood_before(self):
        """The asks that were made on the typed day or later: it stood so before they were."""
        day = self.cleaned_data.get("happened_on") if self.is_bound else None
        return [ask for ask in self.asks if day and ask.asked_on and day <= ask.asked_on]

    @property
    def outcomes(self):
        """How each ask will stand, for a last look: [(ask, the words, the later entry or None)].

        A response found late changes nothing where the record goes on after it.
        """
        for ask in self.asks:
            update = StatusUpdate(action=ask, **self.entry_fields())
            update.to_cite = self.sources()
            _before, after = StatusUpdate.objects.around(update)
            words = ask.standing.label if after else update.label
            yield ask, words, self.later_entries.get(ask)

    def is_valid(self):
        return all([super().is_valid(), *(form.is_valid() for form in self.new_sources)])

    def entry_fields(self):
        names = [name for name in self.NAMES if name != "sources"]
        return super().entry_fields() | self.typed(names)

    @property
    def typed_sources(self):
        return [form for form in self.new_sources if form.is_valid() and form.has_changed()]

    def sources(self):
        new = [form.instance for form in self.typed_sources]
        return [*self.cleaned_data.get("sources", []), *new]

    def ask_back(self):
        addresses = set()
        for form in self.typed_sources:
            if form.instance.url in addresses:
                form.add_error("url", _("The same address twice."))
            addresses.add(form.instance.url)
        day = self.cleaned_data.get("happened_on")
        newest = newest_source_long_before(day, self.sources()) if day else None
        if newest and not self.cleaned_data["day_is_right"]:
            words = {"day": written_day(newest.published_on, newest.published_precision)}
            question = gettext("The newest source is of %(day)s. If the day is right, tick this.")
            self.add_error("day_is_right", question % words)

    def explain(self, errors, further_ask=None):
        # A source that was mistyped may be the one that is missing.
        if not all(form.is_valid() for form in self.new_sources):
            errors.pop("sources", None)
        super().explain(errors, further_ask)

    def save_evidence(self):
        """The sources, and those typed with it saved: they belong to staff."""
        for form in self.typed_sources:
            form.instance.edited_by_staff_at = timezone.now()
            form.save()
        return {"sources": self.sources(), "later_reason": self.cleaned_data["later_reason"]}

    def clean_checked_on(self):
        return self.cleaned_data["checked_on"] or timezone.localdate()
