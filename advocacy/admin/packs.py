from django.contrib import admin

from advocacy.admin.content import SearchableAdmin, VersionedAdmin
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Pack


@admin.register(Pack)
class PackAdmin(TransferMixin, VersionedAdmin, SearchableAdmin):
    fixture = "packs/"
    list_display = ["title", "kind", "minutes", "spoken_seconds"]
    list_filter = [
        "kind",
        ("issues", admin.RelatedOnlyFieldListFilter),
        *VersionedAdmin.list_filter,
    ]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["actions", "meetings", "issues"]
