"""What every list and page of the desk shares."""

from django.contrib import admin
from django.template.response import TemplateResponse


class DeskModelAdmin(admin.ModelAdmin):
    list_per_page = 50
    # Counting a large table for every search takes longer than the search.
    show_full_result_count = False

    class Media:
        css = {"all": ["css/admin.css"]}

    def desk_page(self, request, template, *, status=None, **context):
        """A page of our own beside those that Django's admin has for a model."""
        request.current_app = self.admin_site.name
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        template = f"admin/advocacy/{template}"
        return TemplateResponse(request, template, shared | context, status=status)


class ReadOnlyAdmin(DeskModelAdmin):
    """Rows that nobody adds, changes or deletes here."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
