"""What all screens for content share: a row belongs to its fixture until staff edit it."""

from hashlib import sha256
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from advocacy.admin.base import DeskModelAdmin, propose_url
from advocacy.models import WITHHOLD
from advocacy.models.folded import wanted
from advocacy.models.withheld import FIELDS, kind_of


class DayInput(forms.DateInput):
    """The browser's own date field: labelled, usable by keyboard, without a script."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


INPUTS: dict[type[models.Field], dict[str, Any]] = {
    models.DateField: {"widget": DayInput},
}


class Seen(forms.CharField):
    """What a row said when its form was opened, as a hash; never an edit by itself."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


class ContentForm(forms.ModelForm):
    """The form of a row; refuses to save over what somebody else saved meanwhile."""

    seen = Seen(required=False)
    # What the admin got, or the empty one of a form that was not sent.
    data: QueryDict

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A formset adds fields of its own later.
        self.hashed = [name for name in self.fields if name != "seen"]
        if self.instance.pk:
            self.fields["seen"].initial = self.hash_of(self.instance)
        if self.instance.pk and "slug" in self.fields:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = _("It stands in public addresses, so it never changes.")

    def hash_of(self, row):
        values = forms.model_to_dict(row, self.hashed)
        for name, value in values.items():
            if isinstance(value, list):
                values[name] = sorted(related.pk for related in value)
        return sha256(repr(sorted(values.items())).encode()).hexdigest()

    def clean(self):
        super().clean()
        seen = self.cleaned_data.get("seen")
        if seen and self.instance.pk and self.has_changed():
            stored = type(self.instance)._base_manager.select_for_update().get(pk=self.instance.pk)
            if (now := self.hash_of(stored)) != seen:
                self.add_error(None, self.conflict(stored))
                # Whoever has read both may save again: that is a decision, not an accident.
                self.data = self.data.copy()
                self.data[self.add_prefix("seen")] = now
        return self.cleaned_data

    def full_clean(self):
        """Judge the row, and then the rows that it is related to."""
        super().full_clean()
        many = {field.name for field in self.instance._meta.many_to_many}
        cleaned = self.cleaned_data if self.is_bound else {}
        chosen = {name: rows for name, rows in cleaned.items() if name in many}
        try:
            self.instance.check_many({n: {row.pk for row in rows} for n, rows in chosen.items()})
        except ValidationError as refusal:
            self.add_error(None, refusal)

    def conflict(self, stored):
        """Who saved what since this form was opened; what was typed stays in the fields."""
        entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(stored), object_id=str(stored.pk)
        )
        last = entries.select_related("user").order_by("-pk").first()
        sentences = [
            gettext(
                "%(who)s saved a newer version while you were editing. Nothing of yours was saved;"
                " all you typed is kept below. Save again to put it in place of the newer version."
            )
            % {"who": last.user if last else gettext("Somebody")}
        ]
        for name, value in forms.model_to_dict(stored, self.hashed).items():
            typed = self[name].field.prepare_value(self.cleaned_data.get(name))
            if readable(typed) != readable(value):
                words = {
                    "field": self.fields[name].label,
                    "theirs": readable(value) or "–",
                    "yours": readable(typed) or "–",
                }
                sentences.append(
                    gettext("%(field)s. Newer version: %(theirs)s. Yours: %(yours)s.") % words
                )
        return sentences


def readable(value):
    if isinstance(value, list | tuple) or hasattr(value, "values_list"):
        return "; ".join(sorted(str(getattr(row, "pk", row)) for row in value))
    return "" if value is None else str(getattr(value, "pk", value)).replace("\r\n", "\n")


class OwnerFilter(admin.SimpleListFilter):
    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request, model_admin):
        folder = gettext("from the content folder %(folder)s") % {
            "folder": settings.CONTENT_DIR.name
        }
        return [("fixtures", folder), ("staff", _("edited by staff"))]

    def queryset(self, request, queryset):
        if self.value() == "fixtures":
            return queryset.from_fixtures()
        if self.value() == "staff":
            return queryset.exclude(edited_by_staff_at=None)
        return queryset


class ContentAdmin(DeskModelAdmin):
    """A screen for content that `load_content` leaves alone once it was edited here."""

    form = ContentForm
    formfield_overrides = INPUTS
    fixture = ""
    list_filter = [OwnerFilter]

    class Media:
        js = ["js/admin.js"]

    def get_deleted_objects(self, objs, request):
        """What the record protects is refused for that reason, not for want of a permission."""
        to_delete, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set() if protected else perms_needed, protected

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Whoever saves a row takes it first: nobody changes or deletes it in between."""
        if request.method == "POST" and object_id and object_id.isdecimal():
            with transaction.atomic():
                self.model._base_manager.select_for_update().filter(pk=object_id).first()
                return super().changeform_view(request, object_id, form_url, extra_context)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_fields(self, request, obj=None):
        # The page puts it in by itself.
        return [name for name in super().get_fields(request, obj) if name != "seen"]

    def save_model(self, request, obj, form, change):
        is_restored = hasattr(obj, "_history")
        if change and not form.changed_data and not is_restored:
            return
        obj.edited_by_staff_at = timezone.now()
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """Rows edited in an inline are content as well, with their own fixture."""
        for row in formset.forms:
            if row.has_changed():
                row.instance.edited_by_staff_at = timezone.now()
        super().save_formset(request, form, formset, change)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if self.fixture:
            context["fixture"] = self.fixture
        if obj and kind_of(obj) in FIELDS and request.user.has_perm(WITHHOLD):
            context["withhold_url"] = propose_url(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


class SearchableAdmin(ContentAdmin):
    """Content that is found by its casefolded text, in any script."""

    search_fields = ["search_text"]

    def get_search_results(self, request, queryset, search_term):
        for word in wanted(search_term):
            queryset = queryset.holding(word)
        return queryset, False


class VersionedAdmin(SimpleHistoryAdmin, ContentAdmin):
    """Editorial text: every version is kept with who and when, and can be put back."""

    object_history_form_template = "admin/advocacy/restore.html"

    def history_view_title(self, request, obj):
        return gettext("Versions of %(row)s") % {"row": obj}

    def history_form_view_title(self, request, obj):
        return gettext("A version of %(row)s") % {"row": obj}

    def get_history_queryset(self, request, history_manager, pk_name, object_id):
        versions = history_manager.filter(**{pk_name: object_id})
        fields = history_manager.model._meta.concrete_fields
        related = [field.name for field in fields if field.many_to_one]
        return versions.select_related(*related)

    @transaction.atomic
    def history_form_view(self, request, object_id, version_id, extra_context=None):
        return super().history_form_view(request, object_id, version_id, extra_context)
