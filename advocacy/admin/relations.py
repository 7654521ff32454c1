from django.contrib import admin

from advocacy.admin.content import VersionedAdmin
from advocacy.admin.transfer import TransferMixin
from advocacy.models import AskRelation


@admin.register(AskRelation)
class AskRelationAdmin(TransferMixin, VersionedAdmin):
    fixture = "relations.json"
    fields = ["action", "kind", "other"]
    list_display = ["action", "kind", "other"]
    list_display_links = ["action", "other"]
    list_filter = ["kind", *VersionedAdmin.list_filter]
    list_select_related = ["action", "other"]
    search_fields = ["action__search_text", "other__search_text"]
    autocomplete_fields = ["action", "other"]
