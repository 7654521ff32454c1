"""The page of an ask: how it stands, its record, and the ways to the page that records."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advocacy.admin.base import NEWEST_FIRST
from advocacy.admin.content import SearchableAdmin, VersionedAdmin
from advocacy.admin.filters import ASK_FILTERS, StaleFilter
from advocacy.admin.record import may_record, record, record_url
from advocacy.admin.record_forms import MOST_ASKS, too_many
from advocacy.admin.steps import ChecklistStepInline
from advocacy.admin.submissions import publish, submit, withdraw
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Issue, RecommendedAction, TargetBody
from advocacy.models.folded import wanted

# What the record in the desk says of an entry beside what every card of one shows.
SHOWN_OF_AN_ENTRY = [
    "recorded_by",
    "approved_by",
    "edition",
    "corrects__action__body",
    "corrects__action__standing_today",
    "correction__action__body",
    "correction__action__standing_today",
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
    ordering = NEWEST_FIRST
    list_filter = [
        StaleFilter,
        *ASK_FILTERS,
        "state",
        *VersionedAdmin.list_filter,
    ]
    search_help_text = gettext_lazy("Words of the ask, its issue or its body, in any script.")
    autocomplete_fields = ["issue", "also_on", "body", "legal_references", "superseded_by"]
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
                    "also_on",
                    "body",
                    "listed_on",
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
                ],
            },
        ),
        (
            gettext_lazy("Life of the ask, deadline and pause"),
            {
                "classes": ["collapse"],
                "fields": [
                    "state",
                    "closed_on",
                    "closed_because",
                    "superseded_by",
                    "expected_by",
                    "expected_basis",
                    "expected_rule",
                    "paused_on",
                    "pause_reason",
                ],
            },
        ),
    ]

    def get_queryset(self, request):
        return RecommendedAction.objects.with_status().with_related()

    def get_search_results(self, request, queryset, search_term):
        for word in wanted(search_term):
            queryset = queryset.found_by(word)
        return queryset, False

    @admin.display(description=TargetBody._meta.verbose_name, ordering="body")
    def body_short(self, action):
        return action.body.abbreviation

    @admin.display(description=Issue._meta.verbose_name, ordering="issue")
    def issue_title(self, action):
        return action.issue.title

    @admin.display(description=gettext_lazy("status"))
    def status_word(self, action):
        standing = action.standing
        return standing.sentence if standing.is_proposed else standing.label

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

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            entries = obj.updates.newest_first().with_related()
            entries = entries.prefetch_related("correction__sources")
            context |= {
                "entries": entries.select_related(*SHOWN_OF_AN_ENTRY),
                "may_record": self.has_record_permission(request, obj),
                "may_add_steps": request.user.has_perm("advocacy.add_checkliststep"),
                "submissions": obj.submissions.oldest_first()
                .with_related()
                .select_related("recorded_by"),
                "submission_drafts": [
                    (draft, draft.as_submission())
                    for draft in obj.submission_drafts.waiting().with_related()
                ],
                "drafts": obj.drafts.waiting().select_related("written_by"),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_urls(self):
        views: dict[str, tuple[Callable[..., HttpResponseBase], str]] = {
            "record/": (record, "record"),
            "submit/": (submit, "submit"),
            "submit/<int:pk>/publish/": (publish, "submission_publish"),
            "submit/<int:pk>/withdraw/": (withdraw, "submission_withdraw"),
        }
        return [
            *(
                path(address, self.admin_site.admin_view(view), name=f"advocacy_{name}")
                for address, (view, name) in views.items()
            ),
            *super().get_urls(),
        ]

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
