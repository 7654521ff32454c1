from typing import Any

from django.contrib import admin
from django.urls import resolve, reverse

from advocacy.admin.content import ContentAdmin, SearchableAdmin, VersionedAdmin
from advocacy.admin.once import once
from advocacy.admin.record import may_record
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Meeting, Organisation, Reply, Seat, TargetBody


@admin.register(TargetBody)
class TargetBodyAdmin(TransferMixin, VersionedAdmin, SearchableAdmin):
    fixture = "bodies.json"
    list_display = [
        "name",
        "abbreviation",
        "kind",
        "reached_by",
        "members_complete",
        "works_in_confidence",
        "position",
    ]
    list_filter = [
        "kind",
        "reached_by",
        "states_sit",
        "members_complete",
        "works_in_confidence",
        *SearchableAdmin.list_filter,
    ]
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["abbreviation"]}

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["may_record"] = bool(obj) and may_record(request.user)
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(Reply)
class ReplyAdmin(VersionedAdmin):
    list_display = ["body", "action", "replied_on", "signed"]
    list_display_links = ["body", "replied_on"]
    list_filter = ["replied_on"]
    list_select_related = ["body", "action"]
    search_fields = ["text", "signed", "body__search_text"]
    autocomplete_fields = ["body", "action"]

    def add_view(self, request, form_url="", extra_context=None):
        def add():
            return super(ReplyAdmin, self).add_view(request, form_url, extra_context)

        if request.method != "POST":
            return add()
        return once(request, add, about=[], stands=self.is_kept)

    def is_kept(self, key):
        """Whether the reply that a form added is still there."""
        return Reply.objects.filter(pk=resolve(key.leads_to).kwargs["object_id"]).exists()

    def response_add(self, request, obj, post_url_continue=None):
        """Sent again, the form leads to the reply, not to the list that was shown after it."""
        answer: Any = super().response_add(request, obj, post_url_continue)
        answer.leads_to = reverse("admin:advocacy_reply_change", args=[obj.pk])
        return answer


@admin.register(Organisation)
class OrganisationAdmin(TransferMixin, ContentAdmin):
    fixture = "organisations.json"
    list_display = ["name", "abbreviation", "url"]
    search_fields = ["name", "abbreviation"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Seat)
class SeatAdmin(TransferMixin, ContentAdmin):
    fixture = "seats.json"
    list_display = ["body", "country", "capacity", "starts_on", "ends_on"]
    list_display_links = ["body", "country"]
    list_filter = ["body", *ContentAdmin.list_filter]
    list_select_related = ["body"]
    search_fields = ["country", "body__search_text"]
    autocomplete_fields = ["body"]


@admin.register(Meeting)
class MeetingAdmin(TransferMixin, ContentAdmin):
    fixture = "meetings.json"
    list_display = ["title", "body", "kind", "starts_on", "ends_on", "confidence"]
    list_filter = ["kind", "confidence", "body", *ContentAdmin.list_filter]
    list_select_related = ["body"]
    search_fields = ["title", "body__search_text"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["body"]
