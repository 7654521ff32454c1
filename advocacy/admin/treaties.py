"""How States stand to treaties: edited as that changes, as seats are."""

from django.contrib import admin

from advocacy.admin.content import ContentAdmin
from advocacy.admin.transfer import TransferMixin
from advocacy.models import TreatyStatus


@admin.register(TreatyStatus)
class TreatyStatusAdmin(TransferMixin, ContentAdmin):
    fixture = "treaties.json"
    list_display = ["state", "legal_reference", "status", "since"]
    list_display_links = ["state", "legal_reference"]
    list_filter = [
        "status",
        ("legal_reference", admin.RelatedOnlyFieldListFilter),
        *ContentAdmin.list_filter,
    ]
    list_select_related = ["legal_reference"]
    search_fields = ["state", "legal_reference__title"]
    autocomplete_fields = ["legal_reference", "source"]
