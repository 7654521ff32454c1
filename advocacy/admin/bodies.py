from django.contrib import admin

from advocacy.admin.content import ContentAdmin, SearchableAdmin
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Meeting, Organisation, Seat, TargetBody


@admin.register(TargetBody)
class TargetBodyAdmin(TransferMixin, SearchableAdmin):
    fixture = "bodies.json"
    list_display = ["name", "abbreviation", "kind", "works_in_confidence", "position"]
    list_filter = ["kind", "works_in_confidence", *SearchableAdmin.list_filter]
    prepopulated_fields = {"slug": ["abbreviation"]}


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
