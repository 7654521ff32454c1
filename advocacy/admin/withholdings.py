"""Withholding words: one person proposes it, another reads what will be gone, and confirms."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from advocacy.admin.base import ReadOnlyAdmin
from advocacy.admin.once import once
from advocacy.admin.record import entry_url
from advocacy.models import WITHHOLD, Draft, Withholding
from advocacy.models.text import LineInput
from advocacy.models.withheld import (
    FIELDS,
    KINDS,
    field_label,
    kind_of,
    model_of,
    same_words,
    words_of,
)

# Rows that stand on the page of another: the name by which they know it.
PART_OF = {"decisionparagraph": "decision", "statementask": "statement"}


class ProposalForm(forms.Form):
    """Which field of a row, and why."""

    field = forms.ChoiceField(label=gettext_lazy("Words to withhold"), widget=forms.RadioSelect)
    reason = LineInput(
        label=gettext_lazy("Reason"),
        help_text=Withholding._meta.get_field("reason").help_text,
        max_length=120,
    )

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [  # type: ignore[attr-defined]
            (name, f"{capfirst(field_label(kind_of(row), name))}: {words}")
            for name, words in words_of(row).items()
        ]


def row_url(row):
    """Where staff see a row: an entry in the record of its ask, anything else on its own page."""
    if kind_of(row) == "statusupdate":
        return entry_url(row)
    if part_of := PART_OF.get(kind_of(row)):
        row = getattr(row, part_of)
    return reverse(f"admin:advocacy_{kind_of(row)}_change", args=[row.pk])


@admin.register(Withholding)
class WithholdingAdmin(ReadOnlyAdmin):
    list_display = ["what", "reason", "proposed_by", "proposed_at", "state", "decided_by"]
    list_filter = ["state"]
    list_select_related = ["proposed_by", "decided_by"]
    search_fields = ["reason"]

    @admin.display(description=gettext_lazy("words"))
    def what(self, withholding):
        return str(withholding)

    def get_urls(self):
        def named(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"advocacy_{name}")

        propose = require_http_methods(["GET", "HEAD", "POST"])(self.propose_view)
        return [
            named("propose/<slug:of>/<int:key>/", propose, "withholding_propose"),
            named("<int:pk>/confirm/", require_POST(self.confirm_view), "withholding_confirm"),
            named("<int:pk>/withdraw/", require_POST(self.withdraw_view), "withholding_withdraw"),
            *super().get_urls(),
        ]

    def propose_view(self, request, of, key):
        if not request.user.has_perm(WITHHOLD):
            raise PermissionDenied
        if of not in FIELDS:
            raise Http404
        row = get_object_or_404(model_of(of), pk=key)
        form = ProposalForm(request.POST or None, row=row)
        if request.method == "POST" and form.is_valid():

            def propose():
                proposal = Withholding.objects.propose(row, **form.cleaned_data, by=request.user)
                self.log_change(request, proposal, "proposed")
                self.message_user(
                    request, _("Proposed. Nothing is gone yet: somebody else confirms it.")
                )
                return redirect("admin:advocacy_withholding_change", proposal.pk)

            try:
                return once(request, propose, about=[kind_of(row), row.pk])
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
        return self.desk_page(
            request,
            "withholding/propose.html",
            title=_("Withhold words"),
            form=form,
            media=self.media + form.media,
            row=row,
            row_url=row_url(row),
            kind=KINDS[kind_of(row)],
        )

    def withholding(self, request, pk):
        withholding = get_object_or_404(Withholding, pk=pk)
        if not self.has_view_permission(request, withholding):
            raise PermissionDenied
        return withholding

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What would be gone, for the second person to read before they confirm."""
        if not object_id.isdecimal():
            raise Http404
        withholding = self.withholding(request, object_id)
        row = withholding.target()
        context = {"row": row, "row_url": row and row_url(row)}
        if row and withholding.is_open:
            words = getattr(row, withholding.field)
            context |= {
                "words": words,
                "elsewhere": [(str(kept), row_url(kept)) for kept in same_words(words, row)],
                "drafts": self.drafts_made_from(row),
            }
        may = request.user.has_perm(WITHHOLD) and withholding.is_open
        return self.desk_page(
            request,
            "withholding/change_form.html",
            title=_("Withhold words"),
            withholding=withholding,
            kind=KINDS[withholding.of],
            may_confirm=may and withholding.proposed_by != request.user,
            may_withdraw=may,
            **context,
        )

    def drafts_made_from(self, row):
        if kind_of(row) != "statusupdate":
            return 0
        return Draft.objects.made_from(row).count()

    def confirm_view(self, request, pk):
        if not request.POST.get("sure"):
            words = _("Tick that you have read what will be gone, and that it cannot be undone.")
            self.message_user(request, words, messages.ERROR)
            return redirect("admin:advocacy_withholding_change", pk)
        return self.decided(request, pk, lambda proposal: proposal.confirm(by=request.user))

    def withdraw_view(self, request, pk):
        return self.decided(request, pk, lambda proposal: proposal.withdraw(by=request.user))

    def decided(self, request, pk, decide):
        withholding = self.withholding(request, pk)

        def answer():
            decide(withholding)
            self.log_change(request, withholding, str(withholding.state))
            words = {"what": str(withholding), "state": withholding.get_state_display()}
            self.message_user(request, _("%(what)s: %(state)s.") % words, messages.SUCCESS)
            return redirect("admin:advocacy_withholding_change", pk)

        try:
            return once(request, answer, about=[pk])
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return redirect("admin:advocacy_withholding_change", pk)
