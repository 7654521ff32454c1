"""A response as staff type it on one page: the entry, its new sources and its search log."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from advocacy.admin.forms import (
    FIELDS,
    PREFILLED,
    CorrectionForm,
    EntryForm,
    NewSourceForm,
    SearchLogForm,
)
from advocacy.models import (
    EVIDENCE,
    AssertedBy,
    Draft,
    Frequency,
    RecommendedAction,
    ResponseStatus,
    SearchLog,
    StatusUpdate,
    Subscriber,
    is_published_at_once,
)

S = ResponseStatus
NEW_SOURCES = 3

# The field beside which each constraint of the record is explained.
PLACE_OF = {
    "status_update_is_not_in_the_future": "happened_on",
    "status_update_is_checked_after_it_happened": "checked_on",
    "status_update_says_what_happened": "summary",
    "status_update_no_response_needs_search_log": "search_log",
    "status_update_committed_needs_words_and_speaker": "quote",
    "status_update_partial_needs_reference_and_missing_part": "missing",
    "status_update_action_taken_needs_reference": "reference",
    "status_update_refused_needs_reason_and_words_or_vote": "refused_reason",
    "status_update_blocked_needs_reason_and_blocker": "blocked_reason",
    "status_update_vote_needs_tally": "votes_for",
    "status_update_veto_needs_nine_votes": "votes_for",
    "status_update_reversed_names_what_was_undone": "undoes",
    "status_update_overtaken_needs_reason": "transition_reason",
    "status_update_correction_needs_reason": "correction_reason",
}


def may_record(user):
    return user.has_perm("advocacy.change_recommendedaction") and user.has_perm(
        "advocacy.add_statusupdate"
    )


def entry_url(entry):
    """Where staff read an entry of the record: on the page of its ask."""
    page = reverse("admin:advocacy_recommendedaction_change", args=[entry.action_id])
    return f"{page}#entry-{entry.pk}"


class Recording:
    """One response about to join the record: of one ask or of several, or as a correction.

    What it becomes, an entry or a draft, depends on who writes it and on its status.
    """

    def __init__(self, actions, *, by, data=None, corrects=None, draft=None):
        self.actions, self.by, self.draft = actions, by, draft
        self.corrects = draft.as_update().corrects if draft else corrects
        if data is not None and "entry-status" not in data:
            data = None
        form = CorrectionForm if self.corrects else EntryForm
        initial, log = self.initial()
        self.entry = form(data, actions=actions, initial=initial, prefix="entry")
        self.new_sources = [
            NewSourceForm(data, prefix=f"source-{n}") for n in range(1, NEW_SOURCES + 1)
        ]
        self.log = SearchLogForm(data, initial=log, prefix="log")
        self.forms = [self.entry, *self.new_sources, self.log]

    def initial(self):
        """What is typed already: the entry to correct, or the draft to change."""
        told = self.draft.as_update() if self.draft else self.corrects
        if not told:
            return {}, {}
        entry = {name: getattr(told, name) for name in FIELDS if name != "sources"}
        entry["sources"] = list((self.draft or told).sources.all())
        entry["correction_reason"] = told.correction_reason if self.draft else ""
        log = told.search_log
        return entry, {name: getattr(log, name) for name in SearchLogForm.TEXTS} if log else {}

    @property
    def is_given(self):
        """Whether anything was typed that is not there by itself."""
        entry = self.entry
        return entry.is_bound and (
            any(entry[name].value() for name in entry.fields if name not in PREFILLED)
            or any(form.has_changed() for form in self.new_sources)
            or self.log.is_given
        )

    @property
    def demands(self):
        """Each status with what it demands, to be read while choosing."""
        return [(status, EVIDENCE[status]) for status in S if status != S.NOT_CHECKED]

    @property
    def followers(self):
        """How many would be told now: {frequency: number}."""
        told = Subscriber.objects.following([StatusUpdate(action=ask) for ask in self.actions])
        return {word: told.filter(frequency=word).count() for word in Frequency.values}

    @property
    def is_published_at_once(self):
        """Whether it is public as soon as it is recorded; else it waits for a second person."""
        return is_published_at_once(self.by, self.entry["status"].value())

    @property
    def needs_second_person(self):
        """Whether nothing that this person records is public at once."""
        return not is_published_at_once(self.by, None)

    @property
    def media(self):
        return sum((form.media for form in self.forms), forms.Media(js=["js/admin.js"]))

    def is_valid(self):
        """Whether the record takes it; if not, every gap is named beside its field.

        Runs inside the transaction that saves, so that nobody records in between.
        """
        if not self.entry.is_bound:
            return False
        keys = [action.pk for action in self.actions]
        list(RecommendedAction.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
        self.refuse_doubles()
        refused = [form for form in self.forms if not form.is_valid()]
        for number, action in enumerate(self.actions):
            try:
                self.try_out(action)
            except ValidationError as refusal:
                refused.append(action)
                self.explain(refusal, action if number else None)
        return not refused and not self.entry.errors

    def try_out(self, action):
        """Let the record judge it, and take it back."""
        with transaction.atomic():
            given = dict.fromkeys(FIELDS) | self.entry.cleaned_data
            sources = [*(given.pop("sources") or []), *(f.instance for f in self.typed_sources)]
            update = StatusUpdate(
                action=action,
                recorded_by=self.by,
                corrects=self.corrects,
                search_log=self.log_for_now(),
                **given,
            )
            update.check_record(
                sources,
                exclude=list(self.entry.errors),
                approval_follows=not self.is_published_at_once,
            )
            transaction.set_rollback(True)

    def refuse_doubles(self):
        seen = set()
        for form in self.typed_sources:
            if form.instance.url in seen:
                form.add_error("url", _("The same address twice."))
            seen.add(form.instance.url)

    @property
    def typed_sources(self):
        return [form for form in self.new_sources if form.has_changed() and not form.errors]

    def log_for_now(self):
        """The search log, saved as far as it goes, to be judged with the entry and taken back."""
        if not self.log.is_given:
            return None
        if not self.log.has_changed():
            return self.kept_log
        typed = {name: self.log.typed(name) or "…" for name in SearchLogForm.TEXTS}
        return SearchLog.objects.create(
            searched_on=timezone.localdate(), searched_by=self.by, **typed
        )

    @property
    def kept_log(self):
        return (self.draft.as_update() if self.draft else self.corrects).search_log

    def explain(self, refusal, action=None):
        """Name each gap beside its field; of a further ask, above the form with its reference."""
        constraints = StatusUpdate._meta.constraints
        place_of = {c.get_violation_error_message(): PLACE_OF.get(c.name) for c in constraints}
        said = {message for errors in self.entry.errors.values() for message in errors}
        for name, errors in refusal.error_dict.items():
            if name == "sources" and any(form.errors for form in self.new_sources):
                continue
            for error in errors:
                for message in error.messages:
                    place = place_of.get(message, name)
                    if action:
                        if message not in said and place != "search_log":
                            self.entry.add_error(None, f"{action.reference}: {message}")
                    elif place == "search_log":
                        self.log.add_error(None, message)
                    else:
                        self.entry.add_error(place if place in self.entry.fields else None, message)

    def enter(self, approved_by):
        """Let it join the record whoever may publish: for a preview that is taken back."""
        details, sources = self.details()
        return self.actions[0].enter(
            by=self.by, sources=sources, approved_by=approved_by, **details
        )

    def save(self):
        """Record it for every ask. Call only what is_valid has passed, in the same transaction.

        Returns the entries, or the drafts where a second person publishes them.
        """
        details, sources = self.details()
        details["sources"] = sources
        status = details.pop("status")
        if self.draft:
            self.draft.rewrite(status, by=self.by, **details)
            return [self.draft]
        if is_published_at_once(self.by, status):
            return [ask.record_response(status, by=self.by, **details) for ask in self.actions]
        return [Draft.objects.write(ask, status, by=self.by, **details) for ask in self.actions]

    def details(self):
        """What the entry says, and its sources; what was typed with it is saved."""
        details = dict(self.entry.cleaned_data)
        now = timezone.now()
        sources = list(details.pop("sources"))
        for form in self.typed_sources:
            form.instance.accessed_on = details["checked_on"]
            form.instance.edited_by_staff_at = now
            sources.append(form.save())
        search_log = None
        if self.log.is_given:
            if self.log.has_changed():
                search_log = self.log.instance
                search_log.searched_on = details["checked_on"]
                search_log.searched_by = self.by
                search_log.edited_by_staff_at = now
                self.log.save()
            else:
                search_log = self.kept_log
        if search_log:
            # That nothing was found is our own claim, whatever the field said.
            details["asserted_by"] = AssertedBy.US
        return details | {"search_log": search_log, "corrects": self.corrects}, sources


def announce(model_admin, request, saved):
    """Say what became of a response: entries of the record, or drafts."""
    for row in saved:
        words = {"ask": row.action.reference}
        if isinstance(row, StatusUpdate):
            words |= {"status": row.current_status.label, "day": row.happened_on}
            done = _("Recorded for %(ask)s: “%(status)s”, %(day)s.")
        else:
            words |= {"status": row.status.label}
            done = _("%(ask)s: “%(status)s” is a draft now and waits for a second person.")
        model_admin.message_user(request, done % words, messages.SUCCESS)
