from django.contrib import admin

from advocacy.admin.base import NEWEST_FIRST
from advocacy.admin.content import (
    INPUTS,
    ContentAdmin,
    ContentForm,
    SearchableAdmin,
    VersionedAdmin,
)
from advocacy.admin.transfer import TransferMixin
from advocacy.models import Issue, LegalReference, Paragraph, Topic


class ParagraphInline(admin.StackedInline):
    """What happened, in dated paragraphs."""

    model = Paragraph
    form = ContentForm
    formfield_overrides = INPUTS
    fields = ["day", "precision", "text", "position", "sources"]
    autocomplete_fields = ["sources"]
    classes = ["collapse"]
    extra = 0


@admin.register(Issue)
class IssueAdmin(TransferMixin, VersionedAdmin, SearchableAdmin):
    fixture = "issues.json"
    list_display = ["title", "opened_on", "position"]
    list_filter = ["topics", *VersionedAdmin.list_filter]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["legal_references"]
    filter_horizontal = ["topics"]
    inlines = [ParagraphInline]


@admin.register(Paragraph)
class ParagraphAdmin(TransferMixin, VersionedAdmin):
    fixture = "paragraphs.json"
    fields = ["issue", "day", "precision", "text", "position", "sources"]
    list_display = ["issue", "day", "text", "position"]
    ordering = NEWEST_FIRST
    list_display_links = ["issue", "text"]
    list_filter = ["day", *VersionedAdmin.list_filter]
    list_select_related = ["issue"]
    search_fields = ["text", "issue__search_text"]
    autocomplete_fields = ["issue", "sources"]


@admin.register(Topic)
class TopicAdmin(TransferMixin, ContentAdmin):
    fixture = "topics.json"
    list_display = ["name", "position"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(LegalReference)
class LegalReferenceAdmin(TransferMixin, ContentAdmin):
    fixture = "legal_references.json"
    list_display = ["title", "url"]
    search_fields = ["title", "point"]
    prepopulated_fields = {"slug": ["title"]}
