"""One entry about to join the record, as staff type it: a response or a look."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import DayInput, LinesInput
from advocacy.admin.record_forms import NewSourceForm
from advocacy.models import (
    DEFINITIONS,
    EVIDENCE,
    Draft,
    Frequency,
    RecommendedAction,
    ResponseStatus,
    SearchLog,
    StatusUpdate,
    Subscriber,
    Tell,
    is_published_at_once,
    look_details,
)
from advocacy.models.dates import written_day
from advocacy.models.evidence import newest_source_long_before
from advocacy.models.standing import label_of
from advocacy.models.vocabulary import RECORDED

S = ResponseStatus
# One response or search log for more asks than this would not be honest.
MOST_ASKS = 100
NEW_SOURCES = 3
# Errors that depend on the record of an ask: each ask gets its own, even if they read alike.
OF_EACH_ASK = ["status", "transition_reason", "is_setback", "later_reason"]

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
LOG = ["places", "terms", "gaps"]
LINES = LinesInput(attrs={"rows": 3})
DAYS = dict.fromkeys(["happened_on", "checked_on", "receipt_on"], DayInput)
TEXTS = ["summary", "quote", "missing", "transition_reason", "correction_reason", *LOG]


def too_many():
    return gettext("Choose at most %d asks: one entry cannot speak for more.") % MOST_ASKS


class EntryForm(forms.Form):
    """An entry for the chosen asks: typed anew, as a correction, or from and into a draft.

    What it becomes, an entry or a draft, depends on who writes it and on its status.
    """

    required_css_class = "required"
    is_look = False
    new_sources: list[NewSourceForm] = []
    # The fields of StatusUpdate that staff type.
    NAMES: list[str] = []

    ask = forms.ModelMultipleChoiceField(
        RecommendedAction.objects.none(),
        error_messages={"required": _("Choose at least one ask.")},
    )

    def __init__(self, address, *, by, data=None):
        self.by, self.draft = by, address.draft_to_change
        self.start, self.corrects = address.start, address.entry_to_correct
        super().__init__(data, prefix="entry", use_required_attribute=False)
        self.fields["ask"].queryset = address.candidates
        self.fields["ask"].disabled = self.start is not None
        self.initial = {"ask": address.chosen}
        self.add_fields(StatusUpdate, self.NAMES)
        if self.corrects:
            self.add_fields(StatusUpdate, ["correction_reason"])
            self.initial["correction_reason"] = self.start.correction_reason if self.draft else ""
            reason = self.fields["correction_reason"]
            reason.required = True
            reason.error_messages["required"] = _("Say why the entry is corrected.")
            reason.help_text = _("Both entries stay public; this sentence stands between them.")
        self.later_entries = {}

    def add_fields(self, model, names):
        widgets = DAYS | dict.fromkeys(TEXTS, LINES)
        self.fields.update(forms.fields_for_model(model, names, widgets=widgets))

    @cached_property
    def asks(self):
        """The asks that are chosen, as typed."""
        keys = [key for key in self["ask"].value() or [] if str(key).isdigit()]
        return list(self.fields["ask"].queryset.filter(pk__in=keys))

    @property
    def other_asks(self):
        """Those that could be chosen as well, as many as can be read."""
        asks = self.fields["ask"].queryset.exclude(pk__in=[ask.pk for ask in self.asks])
        return asks[:MOST_ASKS]

    @property
    def status(self):
        return self.cleaned_data.get("status", "") if self.is_bound else ""

    @property
    def is_published_at_once(self):
        """Whether it is public as soon as it is recorded; else it waits for a second person."""
        return not self.draft and is_published_at_once(self.by, self.status)

    @property
    def followers(self):
        """How many would be told now: {frequency: number}."""
        told = Subscriber.objects.following([StatusUpdate(action=ask) for ask in self.asks])
        return {word: told.filter(frequency=word).count() for word in Frequency.values}

    def clean_ask(self):
        if len(self.cleaned_data["ask"]) > MOST_ASKS:
            raise ValidationError(too_many())
        return self.cleaned_data["ask"]

    def clean(self):
        """Let the record judge an entry that is not saved, and say every error beside its field."""
        super().clean()
        fields, sources = self.entry_fields(), self.sources()
        refusals = {}
        for ask in self.judged_asks():
            update = StatusUpdate(action=ask, recorded_by=self.by, **fields)
            try:
                self.later_entries[ask] = update.check_record(
                    sources,
                    exclude=list(self.errors),
                    approval_follows=not self.is_published_at_once,
                    has_log=self.is_look,
                    later_reason=self.cleaned_data.get("later_reason", ""),
                )
            except ValidationError as refusal:
                refusals[ask] = refusal.error_dict
        self.ask_back()
        for ask, errors in refusals.items():
            self.explain(errors, ask if ask != self.asks[0] else None)

    def ask_back(self):
        """Ask about what may be right and often is not."""

    def explain(self, errors, further_ask=None):
        """Say each error beside its field; of a further ask above the form, with its reference."""
        known = {message for messages in self.errors.values() for message in messages}
        for name, of_field in errors.items():
            for message in ValidationError(of_field).messages:
                if not further_ask:
                    self.add_error(name if name in self.fields else None, message)
                elif name in OF_EACH_ASK or message not in known:
                    place = "later_reason" if name == "later_reason" else None
                    self.add_error(place, f"{further_ask.reference}: {message}")

    def typed(self, names):
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def entry_fields(self):
        """What the entry says, but for its evidence."""
        fields = self.typed(["correction_reason"])
        return fields | {"corrects_id": self.corrects and self.corrects.pk}

    def enter(self, approved_by):
        """Join the record of the first ask whoever may: for a preview that is taken back."""
        details = self.entry_fields() | self.save_evidence()
        return self.asks[0].enter(by=self.by, approved_by=approved_by, **details)

    def save(self):
        """Record it for every ask, or write the drafts that a second person publishes."""
        details = self.entry_fields() | self.save_evidence()
        if self.draft:
            self.draft.rewrite(by=self.by, **details)
            return [self.draft]
        write = self.publish if self.is_published_at_once else Draft.objects.write
        asks = RecommendedAction.objects.filter(pk__in=[ask.pk for ask in self.asks])
        return asks.each(lambda ask: write(ask, by=self.by, **details))


class ResponseForm(EntryForm):
    """What the body did or said, with its sources."""

    NAMES = [*CHOSEN, "checked_on", "summary", "reference", *PARTICULAR, "sources"]

    # Shown only where the record asks for them.
    day_is_right = forms.BooleanField(label=_("The day is right"), required=False)
    later_reason = forms.CharField(
        label=_("Why the later entry followed"), widget=LINES, required=False
    )

    def __init__(self, address, *, by, data=None):
        super().__init__(address, by=by, data=data)
        for name in self.NAMES:
            self.fields[name].required = name in CHOSEN
        self.fields["status"].error_messages["required"] = _("Choose a status of the vocabulary.")
        self.fields["tell"].initial = Tell.DIGEST
        self.fields["checked_on"].initial = None
        self.fields["checked_on"].help_text = _("Empty: today.")
        self.fields["sources"].label = _("Sources on file")
        self.fields["sources"].help_text = _("Type a word of the title, publisher or address.")
        self.fields["sources"].widget = AutocompleteSelectMultiple(
            StatusUpdate._meta.get_field("sources"),
            admin.site,
            attrs={"data-width": "100%"},
            choices=self.fields["sources"].choices,
        )
        # What was undone belongs to one ask.
        only = self.asks[0] if len(self.asks) == 1 else None
        undone = StatusUpdate.objects.filter(action=only).responses()
        self.fields["undoes"].queryset = undone.select_related("action__body")
        if self.start and not self.start.is_look:
            self.initial |= self.values_of(self.start)
        prefixes = [f"source-{number}" for number in range(1, NEW_SOURCES + 1)]
        self.new_sources = [NewSourceForm(data, prefix=prefix) for prefix in prefixes]

    def values_of(self, entry):
        values = {name: getattr(entry, name) for name in self.NAMES if name != "sources"}
        values["sources"] = list((self.draft or entry).sources.all())
        values["later_reason"] = self.draft.later_reason if self.draft else ""
        return values

    @property
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
        return [ask for ask in self.asks if day and day <= ask.asked_on]

    @property
    def outcomes(self):
        """How each ask will stand, for a last look: [(ask, the words, the later entry or None)].

        A response found late changes nothing where the record goes on after it.
        """
        for ask in self.asks:
            update = StatusUpdate(action=ask, **self.entry_fields())
            _before, after = StatusUpdate.objects.around(update)
            words = ask.standing.label if after else update.label
            yield ask, words, self.later_entries.get(ask)

    def is_valid(self):
        return all([super().is_valid(), *(form.is_valid() for form in self.new_sources)])

    def judged_asks(self):
        return self.asks

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
            form.instance.accessed_on = self.cleaned_data["checked_on"]
            form.instance.edited_by_staff_at = timezone.now()
            form.save()
        return {"sources": self.sources(), "later_reason": self.cleaned_data["later_reason"]}

    def clean_checked_on(self):
        return self.cleaned_data["checked_on"] or timezone.localdate()

    def publish(self, ask, **details):
        return ask.record_response(**details)


class LookForm(EntryForm):
    """That we searched on a day and found nothing (new), with the search log."""

    is_look = True
    NAMES = ["happened_on", "summary"]

    def __init__(self, address, *, by, data=None):
        super().__init__(address, by=by, data=data)
        self.add_fields(SearchLog, LOG)
        searched_on = SearchLog._meta.get_field("searched_on")
        self.fields["happened_on"].label = capfirst(searched_on.verbose_name)
        self.fields["summary"].label = _("In words, if there is more to say")
        self.fields["summary"].help_text = ""
        if self.start and self.start.is_look:
            self.initial |= {name: getattr(self.start, name) for name in self.NAMES}
        self.initial |= self.log_to_start_from()

    def log_to_start_from(self):
        """The log of the draft; else places and terms of the last search log of these asks."""
        if self.draft and self.start.is_look:
            return {name: getattr(self.start.search_log, name) for name in LOG}
        asks = self.asks or self.fields["ask"].queryset.values("pk")
        logs = SearchLog.objects.filter(updates__action__in=asks)
        return logs.order_by("-searched_on", "-pk").values("places", "terms").first() or {}

    @cached_property
    def log(self):
        """The search log as typed; a draft that leaves it alone keeps the one it has."""
        is_changed = {"happened_on", *LOG} & {*self.changed_data}
        if self.draft and self.start.is_look and not is_changed:
            return self.start.search_log
        return SearchLog(
            searched_on=self.cleaned_data.get("happened_on"),
            searched_by=self.by,
            edited_by_staff_at=timezone.now(),
            **self.typed(LOG),
        )

    def judged_asks(self):
        """One stands for all: no rule about a look depends on the record of its ask."""
        return self.asks[:1] if not self.errors else []

    def sources(self):
        return []

    def entry_fields(self):
        typed = super().entry_fields() | self.typed(["summary"])
        return look_details(self.log) | typed | {"status": ""}

    def save_evidence(self):
        if not self.log.pk:
            self.log.save()
        return {}

    def publish(self, ask, *, status, **details):
        return ask.record_look(**details)
