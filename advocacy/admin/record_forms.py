"""The form of the page that records: what both kinds share, and the short one of a look."""

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import DayInput
from advocacy.models import (
    Draft,
    Frequency,
    Meeting,
    RecommendedAction,
    Report,
    SearchLog,
    StatusUpdate,
    Subscriber,
    TargetBody,
    asks_to_look_for,
    is_published_at_once,
    look_details,
)

# One response or search log for more asks than this would not be honest.
MOST_ASKS = 100
# Errors that depend on the record of an ask; the others are the same for all asks, and said once.
OF_EACH_ASK = ["status", "transition_reason", "is_setback", "later_reason"]
LOG = ["places", "terms", "gaps"]
LINES = AdminTextareaWidget(attrs={"rows": 3})
TEXTS = ["summary", "quote", "missing", "transition_reason", "correction_reason", *LOG]
WIDGETS: dict[str, type[forms.Widget] | forms.Widget] = {
    **dict.fromkeys(["happened_on", "checked_on", "receipt_on"], DayInput),
    **dict.fromkeys(TEXTS, LINES),
}


def too_many():
    return gettext("Choose at most %d asks: one entry cannot speak for more.") % MOST_ASKS


class PageAddress(forms.Form):
    """What the address of the page names: asks or their body, an entry to correct, or a draft.

    A report may have led there: its link is then the first source.
    """

    ask = forms.ModelMultipleChoiceField(RecommendedAction.objects.all(), required=False)
    body = forms.ModelChoiceField(TargetBody.objects.all(), required=False)
    corrects = forms.ModelChoiceField(
        StatusUpdate.objects.with_related().select_related("recorded_by", "approved_by"),
        required=False,
    )
    draft = forms.ModelChoiceField(Draft.objects.with_related(), required=False)
    report = forms.ModelChoiceField(Report.objects.all(), required=False)
    # One that has ended: what it could have acted on, and nobody has looked for since.
    session = forms.ModelChoiceField(Meeting.objects.sessions(), required=False)
    look = forms.ChoiceField(choices=[("1", "look"), ("0", "response")], required=False)

    def clean(self):
        super().clean()
        named = self.cleaned_data
        if not any(named.get(name) for name in ("ask", "body", "corrects", "draft", "session")):
            raise ValidationError("nothing is named")
        if session := named.get("session"):
            named["body"] = named.get("body") or session.body
        if not self.is_one_bodys and named.get("look") != "1":
            raise ValidationError("a response is one body's")

    @property
    def is_one_bodys(self):
        return len({ask.body_id for ask in self.cleaned_data.get("ask") or []}) < 2

    @property
    def start(self):
        """What the form starts from: the draft as an entry, or the entry to correct; or None."""
        draft = self.cleaned_data["draft"]
        return draft.as_update() if draft else self.cleaned_data["corrects"]

    @property
    def is_look(self):
        if self.cleaned_data["look"]:
            return self.cleaned_data["look"] == "1"
        return bool(self.start and self.start.is_look)

    @property
    def chosen(self):
        """The keys of the asks that are chosen before anybody has chosen."""
        if self.start:
            return [self.start.action_id]
        if self.is_look and (session := self.cleaned_data["session"]):
            return asks_to_look_for(session)[:MOST_ASKS]
        return [ask.pk for ask in self.cleaned_data["ask"]]

    @property
    def candidates(self):
        """The asks that can be chosen: a response is one body's, a look is ours at any."""
        asks = RecommendedAction.objects.with_status().with_related().order_by("reference")
        chosen, body = asks.filter(pk__in=self.chosen), self.cleaned_data["body"]
        if self.start or (self.is_look and not body):
            return chosen
        bodies = [body] if body else {ask.body_id for ask in self.cleaned_data["ask"]}
        return chosen | asks.filter(body__in=bodies).open()


class EntryForm(forms.Form):
    """An entry for the chosen asks: typed anew, as a correction, or from and into a draft.

    What it becomes, an entry or a draft, depends on who writes it and on its status.
    """

    required_css_class = "required"
    is_look = False
    # The forms of sources typed with it; a look has none.
    new_sources: list[forms.ModelForm] = []
    # The fields of StatusUpdate that staff type.
    NAMES: list[str] = []

    def __init__(self, address, *, by, data=None):
        self.by, self.draft, self.start = by, address.cleaned_data["draft"], address.start
        self.corrects = self.start.corrects if self.draft else self.start
        super().__init__(data, prefix="entry", use_required_attribute=False)
        self.candidates = address.candidates
        self.fields["ask"] = forms.ModelMultipleChoiceField(
            self.candidates,
            initial=address.chosen,
            disabled=self.start is not None,
            error_messages={"required": _("Choose at least one ask.")},
        )
        self.add_fields(StatusUpdate, self.NAMES)
        if self.corrects:
            self.add_fields(StatusUpdate, ["correction_reason"])
            reason = self.fields["correction_reason"]
            reason.initial = self.start.correction_reason if self.draft else ""
            reason.required = True
            reason.error_messages["required"] = _("Say why the entry is corrected.")
            reason.help_text = _("Both entries stay public; this sentence stands between them.")
        # The response after this one that gets its reason in the same act, by ask.
        self.later_entries: dict[RecommendedAction, StatusUpdate | None] = {}

    def add_fields(self, model, names):
        self.fields.update(forms.fields_for_model(model, names, widgets=WIDGETS))

    @cached_property
    def asks(self):
        """The asks that are chosen, as typed."""
        keys = [key for key in self["ask"].value() or [] if str(key).isdigit()]
        return list(self.candidates.filter(pk__in=keys))

    @property
    def other_asks(self):
        """Those that could be chosen as well, as many as can be read."""
        return self.candidates.exclude(pk__in=[ask.pk for ask in self.asks])[:MOST_ASKS]

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

    def judged_asks(self):
        return self.asks

    def sources(self):
        return []

    def ask_back(self):
        """Ask about what may be right and often is not."""

    def explain(self, errors, further_ask=None):
        """Say each error beside its field; of a further ask above the form, with its reference."""
        for name, of_field in errors.items():
            for message in ValidationError(of_field).messages:
                if not further_ask:
                    self.add_error(name if name in self.fields else None, message)
                elif name in OF_EACH_ASK:
                    place = "later_reason" if name == "later_reason" else None
                    self.add_error(place, f"{further_ask.reference}: {message}")

    def typed(self, names):
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def entry_fields(self):
        """What the entry says, but for its evidence."""
        fields = self.typed(["correction_reason"])
        return fields | {"corrects_id": self.corrects and self.corrects.pk}

    def save_evidence(self):
        """Save what was typed with the entry and it stands on; gives what belongs to it."""
        return {}

    def publish(self, ask, **details):
        return ask.record_response(**details)

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
            self.initial.update({name: getattr(self.start, name) for name in self.NAMES})
        self.initial.update(self.log_to_start_from())

    def log_to_start_from(self):
        """The log of the draft; else places and terms of the last search log of these asks."""
        if self.draft and self.start.is_look:
            return {name: getattr(self.start.search_log, name) for name in LOG}
        asks = self.asks or self.candidates.values("pk")
        logs = SearchLog.objects.filter(updates__action__in=asks)
        return logs.order_by("-searched_on", "-pk").values("places", "terms").first() or {}

    @cached_property
    def log(self):
        """The search log as typed; a draft that leaves it alone keeps the one it has."""
        is_changed = {"happened_on", *LOG} & {*self.changed_data}
        if self.draft and self.start.is_look and not is_changed:
            return self.start.search_log
        log = self.typed(LOG) | {"searched_on": self.cleaned_data.get("happened_on")}
        return SearchLog(searched_by=self.by, edited_by_staff_at=timezone.now(), **log)

    def judged_asks(self):
        """One stands for all: no rule about a look depends on the record of its ask."""
        return self.asks[:1] if not self.errors else []

    def entry_fields(self):
        typed = super().entry_fields() | self.typed(["summary"])
        return look_details(self.log) | typed | {"status": ""}

    def save_evidence(self):
        if not self.log.pk:
            self.log.save()
        return {}

    def publish(self, ask, **details):
        del details["status"]
        return ask.record_look(**details)
