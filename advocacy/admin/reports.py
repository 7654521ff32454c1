"""What readers told us: read here, answered by a response with its source, then closed.

How to reach whoever told it is masked; showing it is a permission of its own, and logged.
"""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from advocacy.admin.base import DeskModelAdmin
from advocacy.admin.factors import ask_again
from advocacy.admin.once import once
from advocacy.admin.record import may_record, record_url
from advocacy.models import (
    CLOSE_REPORTS,
    READ_REPORTS,
    REVEAL_REPORTER,
    RecommendedAction,
    Report,
    ReportOutcome,
    Source,
)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", pgettext("report", "open")), ("closed", pgettext("report", "closed"))]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == "open")


class AskForm(forms.Form):
    """Which ask a report is about that named none: leads to the page that records."""

    def __init__(self):
        super().__init__()
        self.fields["ask"] = forms.ModelChoiceField(
            RecommendedAction.objects.all(),
            label=_("The ask that it is about"),
            widget=AutocompleteSelect(
                Report._meta.get_field("action"), admin.site, attrs={"data-width": "100%"}
            ),
        )


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What became of it"), choices=ReportOutcome, widget=forms.RadioSelect
    )


@admin.register(Report)
class ReportAdmin(DeskModelAdmin):
    list_display = ["told_at", "about", "in_language", "state", "closed_by"]
    list_filter = [StateFilter, "outcome"]
    list_select_related = ["action__body", "closed_by"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("ask"))
    def about(self, report):
        return report.action or _("Something else")

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def in_language(self, report):
        return report.language_name

    @admin.display(description=gettext_lazy("state"))
    def state(self, report):
        return pgettext("report", "open") if report.is_open else report.get_outcome_display()

    def get_urls(self):
        def named(address, view, name):
            wrapped = never_cache(self.admin_site.admin_view(require_POST(view)))
            return path(f"<int:pk>/{address}/", wrapped, name=f"advocacy_report_{name}")

        return [
            named("reveal", self.reveal_view, "reveal"),
            named("close", self.close_view, "close"),
            *super().get_urls(),
        ]

    def report(self, request, pk, permission=READ_REPORTS):
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return get_object_or_404(Report.objects.select_related("action__body", "closed_by"), pk=pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What was told, and what can be done with it."""
        if not object_id.isdecimal():
            raise Http404
        return never_cache(require_safe(self.read_view))(request, int(object_id))

    def read_view(self, request, pk, *, status=200, form=None):
        report = self.report(request, pk)
        find_ask = AskForm()
        may = may_record(request.user)
        return self.desk_page(
            request,
            "report/change_form.html",
            status=status,
            title=str(report),
            report=report,
            on_file=Source.objects.at_address(report.link).first() if report.link else None,
            form=form or CloseForm(),
            find_ask=find_ask if may and report.action is None else None,
            media=self.media + find_ask.media,
            record_url=may and report.action and record_url(ask=report.action_id, report=pk),
            may_close=report.is_open and request.user.has_perm(CLOSE_REPORTS),
            may_reveal=request.user.has_perm(REVEAL_REPORTER),
            may_delete=self.has_delete_permission(request, report),
        )

    def reveal_view(self, request, pk):
        """Show how to reach whoever told it. Who did it, and when, stays in its history."""
        report = self.report(request, pk, REVEAL_REPORTER)
        ask_again(request)
        self.log_change(request, report, _("How to reach the sender was shown."))
        return self.desk_page(
            request, "report/reveal.html", title=_("How to reach the sender"), report=report
        )

    def close_view(self, request, pk):
        report = self.report(request, pk, CLOSE_REPORTS)
        form = CloseForm(request.POST)
        if not form.is_valid():
            return self.read_view(request, pk, status=422, form=form)

        def close():
            report.close(form.cleaned_data["outcome"], by=request.user)
            self.log_change(request, report, report.get_outcome_display())
            words = _("%(report)s is closed: it will be deleted in thirty days.")
            self.message_user(request, words % {"report": report}, messages.SUCCESS)
            return redirect("admin:advocacy_report_changelist")

        try:
            return once(request, close, about=[pk])
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.WARNING)
            return redirect("admin:advocacy_report_change", pk)
