"""The whole record, to read; an entry is corrected by a new one, on the page that records."""

from django.contrib import admin
from django.db import models
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advocacy.admin.base import ReadOnlyAdmin
from advocacy.admin.record import entry_url
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Among, RecommendedAction, StatusUpdate
from advocacy.models.folded import held_by, wanted

# The entries of so many asks are found by the keys of the asks.
MOST_ASKS = 2000


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [("response", _("Responses")), ("look", _("Looks"))]

    def queryset(self, request, queryset):
        if self.value() == "response":
            return queryset.responses()
        return queryset.looks() if self.value() == "look" else queryset


class CorrectionFilter(admin.SimpleListFilter):
    title = gettext_lazy("correction")
    parameter_name = "correction"

    def lookups(self, request, model_admin):
        return [("corrects", _("Corrections")), ("corrected", _("Corrected entries"))]

    def queryset(self, request, queryset):
        if self.value() == "corrects":
            return queryset.corrections()
        if self.value() == "corrected":
            return queryset.exclude(correction=None)
        return queryset


@admin.register(StatusUpdate)
class StatusUpdateAdmin(TransferMixin, ReadOnlyAdmin):
    list_display = [
        "happened_on",
        "ask",
        "words",
        "in_short",
        "verification",
        "checked_on",
        "recorded_by",
        "corrected",
    ]
    list_filter = [
        KindFilter,
        "status",
        "points_other_way",
        "verification",
        "asserted_by",
        "happened_on",
        CorrectionFilter,
    ]
    # By what there is an index for; the filters and the search find the rest.
    sortable_by = ["happened_on", "words"]
    list_select_related = ["action__body", "action__standing_today", "recorded_by", "correction"]
    search_fields = ["summary"]
    search_help_text = gettext_lazy("Words of the ask, its issue or its body, or of the entry.")

    def get_queryset(self, request):
        return StatusUpdate.objects.with_place().prefetch_related("sources")

    def has_view_permission(self, request, obj=None):
        may = request.user.has_perm
        return may("advocacy.view_statusupdate") or may("advocacy.add_statusupdate")

    def get_search_results(self, request, queryset, search_term):
        for word in wanted(search_term):
            found = RecommendedAction.objects.found_by(word).order_by().values_list("pk", flat=True)
            asks = list(found[: MOST_ASKS + 1])
            of_asks = models.Q(action__in=found)
            if len(asks) <= MOST_ASKS:
                of_asks = models.Q(Among("action_id", asks))
            queryset = queryset.filter(of_asks | held_by(self.search_fields, word))
        return queryset, False

    @admin.display(description=gettext_lazy("ask"), ordering="action__reference")
    def ask(self, entry):
        return format_html('<a href="{}">{}</a>', entry_url(entry), entry.action.reference)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def words(self, entry):
        return entry.label

    @admin.display(description=gettext_lazy("what happened"))
    def in_short(self, entry):
        return Truncator(entry.account).chars(90)

    @admin.display(description=gettext_lazy("corrected"))
    def corrected(self, entry):
        return entry.correction.recorded_at.date() if entry.is_corrected else None

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """An entry is read in its place: in the record of its ask."""
        entry = self.get_object(request, object_id)
        if entry and request.user.has_perm("advocacy.view_recommendedaction"):
            return redirect(entry_url(entry))
        return super().change_view(request, object_id, form_url, extra_context)
