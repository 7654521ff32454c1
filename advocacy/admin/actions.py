"""The page of an ask: how it stands, its record, and the ways to the page that records."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advocacy.admin.content import SearchableAdmin, VersionedAdmin
from advocacy.admin.filters import (
    BodyFilter,
    IssueFilter,
    OverdueFilter,
    PhaseFilter,
    StaleFilter,
    StatusFilter,
)
from advocacy.admin.record import may_record, record, record_url
from advocacy.admin.record_forms import MOST_ASKS, too_many
from advocacy.admin.steps import ChecklistStepInline
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Issue, RecommendedAction, TargetBody

# What the record in the desk says of an entry beside what every card of one shows.
SHOWN_OF_AN_ENTRY = [
    "recorded_by",
    "approved_by",
    "edition",
    "corrects__action__body",
    "correction__action__body",
]


@admin.register(RecommendedAction)
class RecommendedActionAdmin(TransferMixin, VersionedAdmin, SearchableAdmin):
    fixture = "actions.json"
    list_display = [
        "reference",
        "title",
        "body_short",
        "issue_title",
        "status_word",
        "days_waiting",
        "last_checked_on",
        "is_overdue",
    ]
    list_display_links = ["reference", "title"]
    list_filter = [
        OverdueFilter,
        StaleFilter,
        PhaseFilter,
        StatusFilter,
        BodyFilter,
        IssueFilter,
        "state",
        *VersionedAdmin.list_filter,
    ]
    search_help_text = gettext_lazy("Words of the ask, its issue or its body, in any script.")
    autocomplete_fields = ["issue", "body", "asked_by", "legal_references"]
    prepopulated_fields = {"slug": ["reference"]}
    inlines = [ChecklistStepInline]
    actions = ["record_response", "look_again"]
    fieldsets = [
        (
            gettext_lazy("The ask"),
            {
                "fields": [
                    "reference",
                    "slug",
                    "title",
                    "text",
                    "issue",
                    "body",
                    "asked_on",
                    "asked_by",
                ]
            },
        ),
        (
            gettext_lazy("What would close it, and on what basis it stands"),
            {
                "classes": ["collapse"],
                "fields": [
                    "counts_as_done",
                    "counts_as_refused",
                    "legal_references",
                    "legal_note",
                    "origin",
                ],
            },
        ),
        (
            gettext_lazy("Life of the ask, deadline and pause"),
            {
                "classes": ["collapse"],
                "fields": ["state", "expected_by", "expected_basis", "paused_on", "pause_reason"],
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_status().with_related()

    def get_search_results(self, request, queryset, search_term):
        return queryset.searching(search_term), False

    @admin.display(description=TargetBody._meta.verbose_name, ordering="body")
    def body_short(self, action):
        return action.body.abbreviation

    @admin.display(description=Issue._meta.verbose_name, ordering="issue")
    def issue_title(self, action):
        return action.issue.title

    @admin.display(description=gettext_lazy("status"))
    def status_word(self, action):
        return action.standing.label

    @admin.display(description=gettext_lazy("days waiting"), ordering="asked_on")
    def days_waiting(self, action):
        return action.standing.days_waiting

    @admin.display(description=gettext_lazy("last checked"), ordering="last_checked_on")
    def last_checked_on(self, action):
        return action.last_checked_on

    @admin.display(description=gettext_lazy("overdue"))
    def is_overdue(self, action):
        return _("overdue") if action.is_overdue else ""

    def has_record_permission(self, request, obj=None):
        return may_record(request.user)

    def render_change_form(self, request, context, obj=None, **kwargs):
        if obj:
            entries = obj.updates.newest_first().with_related()
            context |= {
                "entries": entries.select_related(*SHOWN_OF_AN_ENTRY),
                "may_record": self.has_record_permission(request, obj),
                "drafts": obj.drafts.waiting().select_related("written_by"),
            }
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view(record)
        return [path("record/", view, name="advocacy_record"), *super().get_urls()]

    @admin.action(description=gettext_lazy("Record one response for these"), permissions=["record"])
    def record_response(self, request, queryset):
        if queryset.order_by().values("body").distinct().count() > 1:
            words = _("One response is one body's: choose asks to the same body.")
            return self.message_user(request, words, messages.ERROR)
        return self.to_record(request, queryset)

    @admin.action(description=gettext_lazy("Looked again, nothing new"), permissions=["record"])
    def look_again(self, request, queryset):
        return self.to_record(request, queryset, look=1)

    def to_record(self, request, queryset, **kind):
        """On to the page that records, with the chosen asks."""
        chosen = list(queryset.values_list("pk", flat=True)[: MOST_ASKS + 1])
        if len(chosen) > MOST_ASKS:
            return self.message_user(request, too_many(), messages.ERROR)
        return redirect(record_url(ask=chosen, **kind))
