"""What happened. An event that an entry of the record points to stays as it is."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import ContentAdmin, ContentForm, VersionedAdmin
from advocacy.admin.record import may_record
from advocacy.admin.sources import EvidenceAdmin
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Event, Source


class EventForm(ContentForm):
    # Django's admin makes no field for a relation with a table of its own.
    sources = forms.ModelMultipleChoiceField(
        Source.objects.all(),
        label=_("Sources"),
        help_text=_("At least one. Type a word of the title, publisher or address."),
        error_messages={"required": _("An event needs a source.")},
        widget=AutocompleteSelectMultiple(Event._meta.get_field("sources"), admin.site),
    )


@admin.register(Event)
class EventAdmin(TransferMixin, VersionedAdmin, EvidenceAdmin):
    form = EventForm
    fixture = "events.json"
    still_editable = ["issues", "by_bodies", "about_bodies", "by_states", "about_states"]
    own_fields = [
        "happened_on",
        "happened_precision",
        "title",
        "slug",
        "text",
        "sources",
        *still_editable,
    ]
    list_display = ["title", "happened_on", "by_states"]
    list_filter = ["happened_on", *ContentAdmin.list_filter]
    search_fields = ["title", "text"]
    autocomplete_fields = ["issues", "by_bodies", "about_bodies"]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["title"]}

    def get_readonly_fields(self, request, obj=None):
        readonly = super().get_readonly_fields(request, obj)
        return [*readonly, "sources"] if obj and self.is_cited(obj) else readonly

    def has_view_permission(self, request, obj=None):
        """Whoever records a response finds the event on file."""
        return super().has_view_permission(request, obj) or may_record(request.user)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """No version is put back of an event that an entry points to by now."""
        try:
            return super().history_form_view(request, object_id, version_id, extra_context)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("admin:advocacy_event_history", object_id)
