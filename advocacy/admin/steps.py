from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Max
from django.shortcuts import redirect

from advocacy.admin.base import NEWEST_FIRST
from advocacy.admin.content import INPUTS, ContentForm, VersionedAdmin
from advocacy.admin.transfer import TransferMixin
from advocacy.models import ChecklistStep


class ChecklistStepInline(admin.StackedInline):
    model = ChecklistStep
    form = ContentForm
    formfield_overrides = INPUTS
    # Its slug is made of the ask.
    exclude = ["slug"]
    autocomplete_fields = ["office"]
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
    autocomplete_fields = ["action", "office"]

    def get_changeform_initial_data(self, request):
        """Of an ask that the address names, the new step is the last."""
        initial = super().get_changeform_initial_data(request)
        ask = initial.get("action", "")
        if isinstance(ask, str) and ask.isdecimal():
            last = ChecklistStep.objects.filter(action=int(ask)).aggregate(Max("position"))
            initial.setdefault("position", str((last["position__max"] or 0) + 1))
        return initial

    def response_add(self, request, obj, post_url_continue=None):
        """The next step is most often of the same ask."""
        answer = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST:
            return redirect(f"{request.path}?{urlencode({'action': obj.action_id})}")
        return answer
