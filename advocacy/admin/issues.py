from django.contrib import admin

from advocacy.admin.content import ContentAdmin, SearchableAdmin, VersionedAdmin
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Issue, LegalReference, Topic


@admin.register(Issue)
class IssueAdmin(TransferMixin, VersionedAdmin, SearchableAdmin):
    fixture = "issues.json"
    list_display = ["title", "opened_on", "position"]
    list_filter = ["topics", *VersionedAdmin.list_filter]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["legal_references", "sources"]
    filter_horizontal = ["topics"]


@admin.register(Topic)
class TopicAdmin(ContentAdmin):
    fixture = "topics.json"
    list_display = ["name", "position"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(LegalReference)
class LegalReferenceAdmin(ContentAdmin):
    fixture = "legal_references.json"
    list_display = ["title", "url"]
    search_fields = ["title", "point"]
    prepopulated_fields = {"slug": ["title"]}
