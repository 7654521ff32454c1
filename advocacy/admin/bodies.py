from django.contrib import admin

from advocacy.admin.content import ContentAdmin, SearchableAdmin, VersionedAdmin
from advocacy.admin.once import once
from advocacy.admin.record import may_record
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Meeting, Organisation, Reply, Seat, TargetBody


@admin.register(TargetBody)
class TargetBodyAdmin(TransferMixin, VersionedAdmin, SearchableAdmin):
    fixture = "bodies.json"
    list_display = ["name", "abbreviation", "kind", "works_in_confidence", "position"]
    list_filter = ["kind", "works_in_confidence", *SearchableAdmin.list_filter]
    prepopulated_fields = {"slug": ["abbreviation"]}

    def render_change_form(self, request, context, obj=None, **kwargs):
        context["may_record"] = bool(obj) and may_record(request.user)
        return super().render_change_form(request, context, obj=obj, **kwargs)


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

        return once(request, add) if request.method == "POST" else add()


@admin.register(Organisation)
class OrganisationAdmin(ContentAdmin):
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
