"""Where staff decide whether followers of a State are told of its vote or its words."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from advocacy.admin.base import DeskModelAdmin
from advocacy.models import MAIL, Decision, Edition, Statement, StateNews

# So many of those that were recorded last are offered.
MOST_OFFERED = 50


class StateNewsForm(forms.ModelForm):
    class Meta:
        model = StateNews
        fields = ["decision", "statement", "tell"]
        widgets = {"tell": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in {"decision": untold_votes(), "statement": untold_words()}.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("decision") and not cleaned.get("statement"):
            raise ValidationError(_("Choose a decision or a statement."))
        return cleaned


def untold_votes() -> Any:
    """The decisions recorded last of which votes are known and nobody has decided whom to tell."""
    rows = Decision.objects.in_force().filter(news=None, ballots__isnull=False).distinct()
    return latest(rows)


def untold_words() -> Any:
    """The same of statements of States."""
    rows = Statement.objects.in_force().filter(news=None)
    return latest(rows.exclude(state="", joined=None).distinct())


def latest(rows: Any) -> Any:
    keys = list(rows.order_by("-recorded_at").values_list("pk", flat=True)[:MOST_OFFERED])
    return rows.model.objects.filter(pk__in=keys).order_by("-recorded_at")


@admin.register(StateNews)
class StateNewsAdmin(DeskModelAdmin):
    form = StateNewsForm
    list_display = ["__str__", "tell", "decided_by", "decided_at", "mailing"]
    list_filter = ["tell"]
    list_select_related = ["decision", "statement", "decided_by", "edition"]
    date_hierarchy = "decided_at"

    def get_readonly_fields(self, request, obj=None):
        return ["decision", "statement", "tell", "decided_by", "decided_at"] if obj else []

    def has_add_permission(self, request):
        return request.user.has_perm(MAIL)

    def has_change_permission(self, request, obj=None):
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("mailing"))
    def mailing(self, news):
        edition = getattr(news, "edition", None)
        if edition is None:
            return "–"
        address = reverse("admin:advocacy_edition_change", args=[edition.pk])
        return format_html('<a href="{}">{}</a>', address, edition.get_state_display())

    @transaction.atomic
    def save_model(self, request, obj, form, change):
        """By the verb of the mailings: it plans the notice as well."""
        if change:
            raise PermissionDenied
        made = Edition.objects.tell_of_states(obj.row, obj.tell, by=request.user)
        obj.pk, obj._state.adding = made.pk, False
