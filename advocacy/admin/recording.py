"""A response as staff type it on one page: the entry, its new sources and its search log."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

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
    RecommendedAction,
    ResponseStatus,
    SearchLog,
    StatusUpdate,
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
    "status_update_implemented_needs_second_editor": "approved_by",
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
    """One entry about to join the record of an ask, or to correct an entry in it."""

    def __init__(self, action, *, by, data=None, corrects=None):
        self.action, self.by, self.corrects = action, by, corrects
        if data is not None and "entry-status" not in data:
            data = None
        form = CorrectionForm if corrects else EntryForm
        initial, log = self.initial()
        self.entry = form(data, action=action, by=by, initial=initial, prefix="entry")
        self.new_sources = [
            NewSourceForm(data, prefix=f"source-{n}") for n in range(1, NEW_SOURCES + 1)
        ]
        self.log = SearchLogForm(data, initial=log, prefix="log")
        self.forms = [self.entry, *self.new_sources, self.log]
        self.update = None

    def initial(self):
        if not self.corrects:
            return {}, {}
        entry = {name: getattr(self.corrects, name) for name in FIELDS if name != "sources"}
        entry["sources"] = list(self.corrects.sources.all())
        log = self.corrects.search_log
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
    def media(self):
        return sum((form.media for form in self.forms), forms.Media(js=["js/admin.js"]))

    def is_valid(self):
        """Whether the record takes it; if not, every gap is named beside its field.

        Runs inside the transaction that saves, so that nobody records in between.
        """
        RecommendedAction.objects.select_for_update().get(pk=self.action.pk)
        refused = [form for form in self.forms if not form.is_valid()]
        try:
            with transaction.atomic():
                given = dict.fromkeys(FIELDS) | self.entry.cleaned_data
                sources = [*(given.pop("sources") or []), *(f.instance for f in self.typed_sources)]
                update = StatusUpdate(
                    action=self.action,
                    recorded_by=self.by,
                    corrects=self.corrects,
                    search_log=self.log_for_now(),
                    **given,
                )
                update.check_record(sources, exclude=list(self.entry.errors))
                transaction.set_rollback(True)
        except ValidationError as refusal:
            self.explain(refusal)
            return False
        return not refused

    @property
    def typed_sources(self):
        return [form for form in self.new_sources if form.has_changed() and not form.errors]

    def log_for_now(self):
        """The search log, saved as far as it goes, to be judged with the entry and taken back."""
        if not self.log.is_given:
            return None
        if not self.log.has_changed():
            return self.corrects.search_log
        typed = {name: self.log.typed(name) or "…" for name in SearchLogForm.TEXTS}
        return SearchLog.objects.create(
            searched_on=timezone.localdate(), searched_by=self.by, **typed
        )

    def explain(self, refusal):
        constraints = StatusUpdate._meta.constraints
        place_of = {c.get_violation_error_message(): PLACE_OF.get(c.name) for c in constraints}
        for name, errors in refusal.error_dict.items():
            if name == "sources" and any(form.errors for form in self.new_sources):
                continue
            for error in errors:
                for message in error.messages:
                    place = place_of.get(message, name)
                    if place == "search_log":
                        self.log.add_error(None, message)
                    else:
                        self.entry.add_error(place if place in self.entry.fields else None, message)

    def save(self):
        """Record it. Call only what is_valid has passed, in the same transaction."""
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
                search_log = self.corrects.search_log
        if search_log:
            # That nothing was found is our own claim, whatever the field said.
            details["asserted_by"] = AssertedBy.US
        self.update = self.action.record_response(
            details.pop("status"),
            by=self.by,
            sources=sources,
            search_log=search_log,
            corrects=self.corrects,
            **details,
        )
        return self.update
