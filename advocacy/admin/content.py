"""What all screens for content share: a row belongs to its fixture until staff edit it."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.utils import timezone
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _


class DayInput(forms.DateInput):
    """The browser's own date field: labelled, usable by keyboard, without a script."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class LinesInput(AdminTextareaWidget):
    """Text as it was, whatever line ends the browser sends: opening a row is not an edit."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value and normalize_newlines(value)


INPUTS = {models.DateField: {"widget": DayInput}, models.TextField: {"widget": LinesInput}}


class ContentForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "slug" in self.fields:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = _("It stands in public addresses, so it never changes.")


class OwnerFilter(admin.SimpleListFilter):
    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request, model_admin):
        return [("fixtures", _("from fixtures/")), ("staff", _("edited by staff"))]

    def queryset(self, request, queryset):
        if self.value() == "fixtures":
            return queryset.from_fixtures()
        if self.value() == "staff":
            return queryset.exclude(edited_by_staff_at=None)
        return queryset


class ContentAdmin(admin.ModelAdmin):
    """A screen for content that `load_content` leaves alone once it was edited here."""

    form = ContentForm
    formfield_overrides = INPUTS
    fixture = ""
    list_filter = [OwnerFilter]
    list_per_page = 50
    show_full_result_count = False

    class Media:
        css = {"all": ["css/admin.css"]}
        js = ["js/admin.js"]

    def get_deleted_objects(self, objs, request):
        """What the record protects is refused for that reason, not for want of a permission."""
        to_delete, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set() if protected else perms_needed, protected

    def save_model(self, request, obj, form, change):
        if change and not form.changed_data:
            return
        obj.edited_by_staff_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """Rows edited in an inline are content as well, with their own fixture."""
        for row in formset.forms:
            if row.has_changed():
                row.instance.edited_by_staff_at = timezone.now()
        super().save_formset(request, form, formset, change)

    def render_change_form(self, request, context, **kwargs):
        context["fixture"] = self.fixture
        return super().render_change_form(request, context, **kwargs)


class SearchableAdmin(ContentAdmin):
    """Content that is found by its casefolded text, in any script."""

    search_fields = ["search_text"]

    def get_search_results(self, request, queryset, search_term):
        return queryset.containing(search_term), False
