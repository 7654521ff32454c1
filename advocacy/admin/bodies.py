from typing import Any

from django import forms
from django.contrib import admin
from django.urls import resolve, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.content import ContentAdmin, ContentForm, SearchableAdmin, VersionedAdmin
from advocacy.admin.once import once
from advocacy.admin.record import may_record
from advocacy.admin.transfer import TransferMixin
from advocacy.models import (
    COMMON_NAMES,
    BodyKind,
    Meeting,
    Organisation,
    Reply,
    Seat,
    TargetBody,
)
from advocacy.text import storable


class BodyKindForm(ContentForm):
    """Names the names that the program has in each language."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            names = ", ".join(sorted(COMMON_NAMES))
            self.fields["name"].help_text = gettext(
                "These are shown in the language of the page, any other as typed: %(names)s."
            ) % {"names": names}


@admin.register(BodyKind)
class BodyKindAdmin(TransferMixin, ContentAdmin):
    form = BodyKindForm
    fixture = "body_kinds.json"
    list_display = ["label", "reached_by", "salutation", "states_sit", "position"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    @admin.display(description=_("name"), ordering="name")
    def label(self, kind):
        return kind.label


class BodyForm(ContentForm):
    """A new body takes from its kind what is left open here; one on file says all itself."""

    AS_ITS_KIND = _("as its kind says")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk or "kind" not in self.fields:
            return
        for name in ("reached_by", "salutation"):
            field: Any = self.fields[name]
            field.choices = [("", self.AS_ITS_KIND), *field.choices[1:]]
        box = self.fields["states_sit"]
        self.fields["states_sit"] = forms.TypedChoiceField(
            label=box.label,
            help_text=box.help_text,
            required=False,
            choices=[("", self.AS_ITS_KIND), ("True", _("yes")), ("False", _("no"))],
            coerce=lambda chosen: chosen == "True",
            empty_value=None,
            initial="",
        )

    def clean(self):
        super().clean()
        if not self.instance.pk and "kind" in self.fields:
            kind = self.cleaned_data.get("kind")
            for name in BodyKind.BEGINS:
                if self.cleaned_data.get(name) in ("", None):
                    self.cleaned_data[name] = getattr(kind or BodyKind(), name)
        return self.cleaned_data


@admin.register(TargetBody)
class TargetBodyAdmin(TransferMixin, VersionedAdmin, SearchableAdmin):
    form = BodyForm
    fixture = "bodies.json"
    list_display = [
        "name",
        "abbreviation",
        "kind",
        "reached_by",
        "members_complete",
        "works_in_confidence",
        "position",
    ]
    list_filter = [
        "kind",
        "reached_by",
        "states_sit",
        "members_complete",
        "works_in_confidence",
        *SearchableAdmin.list_filter,
    ]
    list_select_related = ["kind"]
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["abbreviation"]}

    def get_changeform_initial_data(self, request):
        """`?kind=court` begins a body of this kind; what else the address says goes before it."""
        initial = super().get_changeform_initial_data(request)
        kind = BodyKind.objects.filter(slug=storable(str(initial.get("kind", "")))).first()
        return {**kind.begins_with, **initial, "kind": kind.pk} if kind else initial

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["may_record"] = bool(obj) and may_record(request.user)
        context["kinds"] = BodyKind.objects.all() if add else []
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(Reply)
class ReplyAdmin(VersionedAdmin):
    list_display = ["body", "action", "replied_on", "signed"]
    list_display_links = ["body", "replied_on"]
    list_filter = ["replied_on"]
    list_select_related = ["body", "action"]
    search_fields = ["text", "signed", "body__search_text"]
    autocomplete_fields = ["body", "action"]

    def add_view(self, request, form_url="", extra_context=None):
        def add():
            return super(ReplyAdmin, self).add_view(request, form_url, extra_context)

        if request.method != "POST":
            return add()
        return once(request, add, about=[], stands=self.is_kept)

    def is_kept(self, key):
        """Whether the reply that a form added is still there."""
        return Reply.objects.filter(pk=resolve(key.leads_to).kwargs["object_id"]).exists()

    def response_add(self, request, obj, post_url_continue=None):
        """Sent again, the form leads to the reply, not to the list that was shown after it."""
        answer: Any = super().response_add(request, obj, post_url_continue)
        answer.leads_to = reverse("admin:advocacy_reply_change", args=[obj.pk])
        return answer


@admin.register(Organisation)
class OrganisationAdmin(TransferMixin, ContentAdmin):
    fixture = "organisations.json"
    list_display = ["name", "abbreviation", "url"]
    search_fields = ["name", "abbreviation"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Seat)
class SeatAdmin(TransferMixin, ContentAdmin):
    fixture = "seats.json"
    list_display = ["body", "country", "capacity", "starts_on", "ends_on"]
    list_display_links = ["body", "country"]
    list_filter = ["body", *ContentAdmin.list_filter]
    list_select_related = ["body"]
    search_fields = ["country", "body__search_text"]
    autocomplete_fields = ["body"]


@admin.register(Meeting)
class MeetingAdmin(TransferMixin, ContentAdmin):
    fixture = "meetings.json"
    list_display = ["title", "body", "kind", "starts_on", "ends_on", "confidence"]
    list_filter = ["kind", "confidence", "body", *ContentAdmin.list_filter]
    list_select_related = ["body"]
    search_fields = ["title", "body__search_text"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["body"]
