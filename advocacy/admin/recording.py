"""One entry about to join the record, as staff type it: a response or a look."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from advocacy.admin.record_forms import LOG, RESPONSE, LookForm, NewSourceForm, ResponseForm
from advocacy.models import (
    DEFINITIONS,
    EVIDENCE,
    Draft,
    Frequency,
    RecommendedAction,
    SearchLog,
    StatusUpdate,
    Subscriber,
    is_published_at_once,
    look_details,
)
from advocacy.models.dates import written_day
from advocacy.models.evidence import newest_source_long_before
from advocacy.models.vocabulary import RECORDED

NEW_SOURCES = 3
# What the record says of these fields depends on the ask: it is said of each, even if alike.
OF_EACH_ASK = ["status", "transition_reason", "is_setback", "later_reason"]


class Recording:
    """An entry for the chosen asks: typed anew, as a correction, or from and into a draft.

    What it becomes, an entry or a draft, depends on who writes it and on its status.
    """

    form: type[forms.BaseForm]
    is_look = False
    # The field of the form where the error of another field is said.
    place_of: dict[str, str] = {}

    def __init__(self, choice, *, by, corrects=None, draft=None, data=None):
        self.choice, self.by, self.draft = choice, by, draft
        self.asks = list(choice.cleaned_data["ask"]) if choice.is_valid() else []
        self.told = draft.as_update() if draft else corrects
        self.corrects = self.told.corrects if draft else corrects
        self.entry = self.form(
            data,
            prefix="entry",
            asks=self.asks,
            is_correction=self.corrects is not None,
            initial=self.initial(),
        )
        self.new_sources = []
        # The response after this one that gets its reason in the same act, by ask.
        self.later, self.was_found_late = {}, False

    @property
    def forms(self):
        return [self.choice, self.entry, *self.new_sources]

    @property
    def media(self):
        return sum((form.media for form in self.forms), forms.Media())

    @property
    def is_published_at_once(self):
        """Whether it is public as soon as it is recorded; else it waits for a second person."""
        return not self.draft and is_published_at_once(self.by, self.status)

    @property
    def needs_second_person(self):
        """Whether nothing that this person records is public at once."""
        return not is_published_at_once(self.by, "")

    @property
    def followers(self):
        """How many would be told now: {frequency: number}."""
        told = Subscriber.objects.following([StatusUpdate(action=ask) for ask in self.asks])
        return {word: told.filter(frequency=word).count() for word in Frequency.values}

    def is_valid(self):
        """Whether the record takes it; if not, every gap is named beside its field.

        The record judges what is not saved, so nothing is written to find out.
        """
        for form in self.forms:
            form.full_clean()
        refusals = [(ask, refusal) for ask in self.judged() if (refusal := self.refusal(ask))]
        self.ask_back()
        self.was_found_late = any(
            "later_reason" in refusal.error_dict for _ask, refusal in refusals
        )
        for ask, refusal in refusals:
            self.explain(refusal, ask if ask != self.asks[0] else None)
        return not any(form.errors for form in self.forms)

    def refusal(self, ask):
        """Why the record would not take it for this ask; None where it would."""
        update = StatusUpdate(action=ask, recorded_by=self.by, status=self.status, **self.fields())
        try:
            self.later[ask] = update.check_record(
                self.sources(),
                exclude=list(self.entry.errors),
                approval_follows=not self.is_published_at_once,
                has_log=self.is_look,
                later_reason=self.entry.cleaned_data.get("later_reason", ""),
            )
        except ValidationError as refusal:
            return refusal
        return None

    def ask_back(self):
        """Ask about what may be right and often is not."""

    def explain(self, refusal, further=None):
        """Say each error beside its field; of a further ask above the form, with its reference."""
        said = {message for errors in self.entry.errors.values() for message in errors}
        for name, errors in refusal.error_dict.items():
            place = self.place_of.get(name, name)
            for message in ValidationError(errors).messages:
                if not further:
                    self.entry.add_error(place if place in self.entry.fields else None, message)
                elif name in OF_EACH_ASK or message not in said:
                    self.entry.add_error(None, f"{further.reference}: {message}")

    def enter(self, approved_by):
        """Join the record of the first ask whoever may: for a preview that is taken back."""
        details = self.fields() | self.evidence()
        return self.asks[0].enter(self.status, by=self.by, approved_by=approved_by, **details)

    def save(self):
        """Record it for every ask; call only what `is_valid` has passed.

        Returns the entries, or the drafts where a second person publishes them.
        """
        details = self.fields() | self.evidence()
        if self.draft:
            self.draft.rewrite(self.status, by=self.by, **details)
            return [self.draft]
        asks = RecommendedAction.objects.filter(pk__in=[ask.pk for ask in self.asks])
        if self.is_published_at_once:
            return asks.each(lambda ask: self.publish(ask, details))
        return asks.each(lambda ask: Draft.objects.write(ask, self.status, by=self.by, **details))


class Response(Recording):
    """What the body did or said, with its sources."""

    form = ResponseForm

    def __init__(self, choice, *, data=None, **kwargs):
        super().__init__(choice, data=data, **kwargs)
        prefixes = [f"source-{number}" for number in range(1, NEW_SOURCES + 1)]
        self.new_sources = [NewSourceForm(data, prefix=prefix) for prefix in prefixes]

    def initial(self):
        if not self.told or self.told.is_look:
            return {}
        entry = {name: getattr(self.told, name) for name in RESPONSE if name != "sources"}
        entry["sources"] = list((self.draft or self.told).sources.all())
        if self.draft:
            entry["correction_reason"] = self.told.correction_reason
            entry["later_reason"] = self.draft.later_reason
        return entry

    @property
    def status(self):
        return self.entry.cleaned_data.get("status", "") if self.entry.is_bound else ""

    @property
    def demands(self):
        """Each status with what it means and demands, to be read while choosing."""
        return [(status, DEFINITIONS[status], EVIDENCE[status]) for status in RECORDED]

    @property
    def outcomes(self):
        """How each ask will stand, for a last look: [(ask, the words, the later entry or None)].

        A response found late changes nothing where the record goes on after it.
        """
        for ask in self.asks:
            update = StatusUpdate(action=ask, status=self.status, **self.fields())
            _before, after = update.neighbours()
            yield ask, ask.standing.label if after else update.label, self.later.get(ask)

    def fields(self):
        names = [*RESPONSE, "correction_reason"]
        typed = self.entry.cleaned_data
        given = {name: typed[name] for name in names if name in typed}
        given.pop("sources", None)
        given.pop("status", None)
        return given | {"corrects_id": self.corrects and self.corrects.pk}

    @property
    def stood_before(self):
        """The asks that were made on the typed day or later: it stood so before they were."""
        day = self.fields().get("happened_on") if self.entry.is_bound else None
        return [ask for ask in self.asks if day and day <= ask.asked_on]

    def judged(self):
        return self.asks

    def sources(self):
        typed = [form.instance for form in self.typed_sources]
        return [*self.entry.cleaned_data.get("sources", []), *typed]

    @property
    def typed_sources(self):
        return [form for form in self.new_sources if form.has_changed() and not form.errors]

    def ask_back(self):
        typed, seen = self.entry.cleaned_data, set()
        for form in self.typed_sources:
            if form.instance.url in seen:
                form.add_error("url", _("The same address twice."))
            seen.add(form.instance.url)
        day = typed.get("happened_on")
        newest = newest_source_long_before(day, self.sources()) if day else None
        if newest and not typed["day_is_right"]:
            words = {"day": written_day(newest.published_on, newest.published_precision)}
            question = _("The newest source is of %(day)s. If the day is right, tick this.")
            self.entry.add_error("day_is_right", question % words)

    def explain(self, refusal, further=None):
        # A source that was mistyped may be the one that is missing.
        if any(form.errors for form in self.new_sources):
            refusal.error_dict.pop("sources", None)
        super().explain(refusal, further)

    def evidence(self):
        """Save the sources typed with it; they belong to staff."""
        typed = self.entry.cleaned_data
        for form in self.typed_sources:
            form.instance.accessed_on = typed["checked_on"]
            form.instance.edited_by_staff_at = timezone.now()
            form.save()
        return {"sources": self.sources(), "later_reason": typed["later_reason"]}

    def publish(self, ask, details):
        return ask.record_response(self.status, by=self.by, **details)


class Look(Recording):
    """That we searched on a day and found nothing (new), with the search log."""

    form = LookForm
    is_look = True
    status = ""
    place_of = {"happened_on": "searched_on", "checked_on": "searched_on"}

    def initial(self):
        """The day and words of what is told; places and terms of the last search log here."""
        if self.told and self.told.is_look:
            entry = {"searched_on": self.told.happened_on, "summary": self.told.summary}
            if self.draft:
                log = {name: getattr(self.told.search_log, name) for name in LOG}
                return entry | log | {"correction_reason": self.told.correction_reason}
        else:
            entry = {}
        asks = self.asks or self.choice.fields["ask"].queryset.values("pk")
        logs = SearchLog.objects.filter(updates__action__in=asks)
        last = logs.order_by("-searched_on", "-pk").values("places", "terms").first()
        return entry | (last or {})

    def fields(self):
        typed = self.entry.cleaned_data
        words = {name: typed.get(name, "") for name in ("summary", "correction_reason")}
        return look_details(self.log) | words | {"corrects_id": self.corrects and self.corrects.pk}

    def judged(self):
        """One ask stands for all: no rule about a look depends on the record of its ask."""
        return self.asks[:1] if not self.entry.errors else []

    def sources(self):
        return []

    @property
    def log(self):
        """The search log as typed; a draft that leaves it alone keeps the one it has."""
        is_kept = self.draft and self.told.is_look and not {*LOG} & {*self.entry.changed_data}
        return self.told.search_log if is_kept else self.entry.instance

    def evidence(self):
        if self.log == self.entry.instance:
            self.log.searched_by = self.by
            self.log.edited_by_staff_at = timezone.now()
            self.log.save()
        return {}

    def publish(self, ask, details):
        return ask.record_look(by=self.by, **details)
