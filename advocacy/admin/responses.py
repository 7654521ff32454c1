"""The whole record, to read; an entry is corrected by a new one, on a page of its own."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advocacy.admin.base import ReadOnlyAdmin
from advocacy.admin.recording import Recording, announce, entry_url, may_record
from advocacy.models import Draft, RecommendedAction, StatusUpdate


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
class StatusUpdateAdmin(ReadOnlyAdmin):
    list_display = [
        "happened_on",
        "ask",
        "status",
        "in_short",
        "verification",
        "checked_on",
        "recorded_by",
        "corrected",
    ]
    list_filter = [
        "status",
        "verification",
        "asserted_by",
        "happened_on",
        CorrectionFilter,
    ]
    list_select_related = ["action", "recorded_by", "correction"]
    search_fields = ["summary"]
    search_help_text = gettext_lazy("Words of the ask, its issue or its body, or of the entry.")

    def has_view_permission(self, request, obj=None):
        may = request.user.has_perm
        return may("advocacy.view_statusupdate") or may("advocacy.add_statusupdate")

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        asks = RecommendedAction.objects.searching(search_term)
        return queryset.filter(
            models.Q(action__in=asks.values("pk")) | models.Q(summary__icontains=search_term)
        ), False

    @admin.display(description=gettext_lazy("ask"), ordering="action__reference")
    def ask(self, entry):
        return format_html('<a href="{}">{}</a>', entry_url(entry), entry.action.reference)

    @admin.display(description=gettext_lazy("what happened"))
    def in_short(self, entry):
        if entry.is_recheck:
            return _("Looked again, nothing new")
        return Truncator(entry.summary).chars(90)

    @admin.display(description=gettext_lazy("corrected"))
    def corrected(self, entry):
        return entry.correction.recorded_at.date() if entry.is_corrected else None

    def get_urls(self):
        view = self.admin_site.admin_view(self.correct_view)
        name = "advocacy_statusupdate_correct"
        return [path("<int:entry_id>/correct/", view, name=name), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """An entry is read in its place: in the record of its ask."""
        entry = self.get_object(request, object_id)
        if entry and request.user.has_perm("advocacy.view_recommendedaction"):
            return HttpResponseRedirect(entry_url(entry))
        return super().change_view(request, object_id, form_url, extra_context)

    @transaction.atomic
    def correct_view(self, request, entry_id):
        """Add an entry that corrects this one and names it; both stay."""
        if not may_record(request.user):
            raise PermissionDenied
        entries = StatusUpdate.objects.with_related().select_related("recorded_by", "approved_by")
        entry = get_object_or_404(entries, pk=entry_id)
        if entry.is_corrected:
            self.message_user(
                request,
                _("This entry is already corrected: correct the newer one."),
                messages.WARNING,
            )
            return HttpResponseRedirect(entry_url(entry.correction))
        data = request.POST if request.method == "POST" else None
        response = Recording([entry.action], by=request.user, data=data, corrects=entry)
        if response.entry.is_bound and response.is_valid():
            (update,) = response.save()
            self.log_change(
                request,
                entry.action,
                [{"added": {"name": _("correction"), "object": str(update)}}],
            )
            if isinstance(update, Draft):
                announce(self, request, [update])
                return HttpResponseRedirect(entry_url(entry))
            self.message_user(
                request,
                _("Corrected: %(ask)s now says “%(status)s”, %(day)s. Both entries stay.")
                % {
                    "ask": entry.action.reference,
                    "status": update.current_status.label,
                    "day": update.happened_on,
                },
                messages.SUCCESS,
            )
            return HttpResponseRedirect(entry_url(update))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Correct an entry of the record"),
            "subtitle": str(entry.action),
            "opts": RecommendedAction._meta,
            "media": self.media + response.media,
            "response": response,
            "action": entry.action,
            "entry": entry,
            "back": entry_url(entry),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/advocacy/statusupdate/correct.html", context)
