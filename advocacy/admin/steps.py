from django.contrib import admin

from advocacy.admin.base import NEWEST_FIRST
from advocacy.admin.content import INPUTS, ContentForm, VersionedAdmin
from advocacy.admin.transfer import TransferMixin
from advocacy.models import ChecklistStep


class ChecklistStepInline(admin.StackedInline):
    model = ChecklistStep
    form = ContentForm
    formfield_overrides = INPUTS
    prepopulated_fields = {"slug": ["title"]}
    classes = ["collapse"]
    extra = 0


@admin.register(ChecklistStep)
class ChecklistStepAdmin(TransferMixin, VersionedAdmin):
    fixture = "checklist_steps.json"
    list_display = ["title", "action", "audience", "kind", "minutes"]
    list_filter = ["audience", "kind", *VersionedAdmin.list_filter]
    list_select_related = ["action"]
    ordering = NEWEST_FIRST
    sortable_by = ["title", "minutes"]
    search_fields = ["title", "wording", "action__reference"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["action"]
