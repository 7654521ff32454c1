from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advocacy.admin.content import ContentAdmin, SearchableAdmin, VersionedAdmin
from advocacy.admin.recording import Recording, announce, may_record
from advocacy.admin.transfer import TransferMixin
from advocacy.models import (
    Meeting,
    Organisation,
    RecommendedAction,
    Reply,
    ResponseStatus,
    Seat,
    TargetBody,
    Tell,
)

# More would be no choice; the list of asks and its action lead here with those chosen there.
MOST_ASKS_SHOWN = 100


class AskChoice(forms.Form):
    """Which asks of one body a response answers."""

    ask = forms.ModelMultipleChoiceField(
        RecommendedAction.objects.none(),
        label=gettext_lazy("Asks it answers"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose the asks that the response answers.")},
    )

    def __init__(self, data, *, body):
        super().__init__(data)
        asks = RecommendedAction.objects.filter(body=body).open().order_by("reference")
        self.fields["ask"].queryset = asks
        self.fields["ask"].widget.choices = [
            (ask.pk, str(ask)) for ask in asks[:MOST_ASKS_SHOWN].only("reference", "title")
        ]


@admin.register(TargetBody)
class TargetBodyAdmin(TransferMixin, VersionedAdmin, SearchableAdmin):
    fixture = "bodies.json"
    list_display = ["name", "abbreviation", "kind", "works_in_confidence", "position"]
    list_filter = ["kind", "works_in_confidence", *SearchableAdmin.list_filter]
    prepopulated_fields = {"slug": ["abbreviation"]}
    change_form_template = "admin/advocacy/targetbody/change_form.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.record_view)
        name = "advocacy_targetbody_record"
        return [path("<int:pk>/record/", view, name=name), *super().get_urls()]

    def render_change_form(self, request, context, obj=None, **kwargs):
        context["may_record"] = bool(obj) and may_record(request.user)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    @transaction.atomic
    def record_view(self, request, pk):
        """One response for several asks of a body: typed, looked at once more, recorded."""
        if not may_record(request.user):
            raise PermissionDenied
        body = get_object_or_404(TargetBody, pk=pk)
        data = request.POST if request.method == "POST" else None
        choice = AskChoice(data or {"ask": request.GET.getlist("ask")}, body=body)
        asks = list(choice.cleaned_data["ask"]) if choice.is_valid() else []
        response = Recording(asks, by=request.user, data=data)
        is_complete = bool(asks) and response.entry.is_bound and response.is_valid()
        if is_complete and "confirm" in request.POST:
            saved = response.save()
            announce(self, request, saved)
            self.log_change(request, body, "; ".join(map(str, saved)))
            return HttpResponseRedirect(reverse("admin:advocacy_targetbody_change", args=[pk]))
        template = "record.html"
        context = {
            **self.admin_site.each_context(request),
            "title": _("Record a response for several asks"),
            "subtitle": str(body),
            "opts": self.opts,
            "media": self.media + response.media,
            "body": body,
            "choice": choice,
            "was_sent": data is not None,
            "response": response,
        }
        if is_complete and "back" not in request.POST:
            chosen = RecommendedAction.objects.filter(pk__in=[ask.pk for ask in asks])
            template = "confirm.html"
            context["title"] = _("Is this right?")
            context["asks"] = chosen.with_status().with_related().order_by("reference")
            context["status"] = ResponseStatus(response.entry.cleaned_data["status"])
            context["tell"] = Tell(response.entry.cleaned_data["tell"]).label
            context["sent"] = [
                (name, value)
                for name, values in request.POST.lists()
                for value in values
                if name not in ("csrfmiddlewaretoken", "back")
            ]
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"admin/advocacy/targetbody/{template}", context)


@admin.register(Reply)
class ReplyAdmin(VersionedAdmin):
    list_display = ["body", "action", "replied_on", "signed"]
    list_display_links = ["body", "replied_on"]
    list_filter = ["replied_on"]
    list_select_related = ["body", "action"]
    search_fields = ["text", "signed", "body__search_text"]
    autocomplete_fields = ["body", "action"]


@admin.register(Organisation)
class OrganisationAdmin(ContentAdmin):
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
