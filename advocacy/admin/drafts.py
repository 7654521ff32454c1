"""Drafts: what one person wrote, and a second one publishes, gives back or leaves."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from advocacy.admin.base import ReadOnlyAdmin
from advocacy.admin.once import once
from advocacy.admin.previews import public_page, somebody_else
from advocacy.admin.record import draft_url, entry_url, may_record
from advocacy.models import PUBLISH, Draft, DraftState


class StateFilter(admin.SimpleListFilter):
    """Those that wait, unless one asks for others."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*DraftState.choices, ("all", _("All"))]

    def choices(self, changelist):
        return list(super().choices(changelist))[1:]

    def value(self):
        return super().value() or DraftState.WAITING.value

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else queryset.filter(state=self.value())


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    list_display = ["ask", "status_word", "written_by", "written_at", "state"]
    list_display_links = ["ask", "status_word"]
    list_filter = [StateFilter]

    def get_queryset(self, request):
        return Draft.objects.with_related()

    def has_view_permission(self, request, obj=None):
        return may_record(request.user) or super().has_view_permission(request, obj)

    @admin.display(description=gettext_lazy("ask"), ordering="action__reference")
    def ask(self, draft):
        return f"{draft.action.reference} {draft.action.title}"

    @admin.display(description=gettext_lazy("status"))
    def status_word(self, draft):
        return draft.label

    def get_urls(self):
        def named(address, view, name):
            return path(
                f"<int:pk>/{address}",
                self.admin_site.admin_view(view),
                name=f"advocacy_draft_{name}",
            )

        return [
            named("preview/", require_safe(self.preview_view), "preview"),
            named("publish/", require_POST(self.publish_view), "publish"),
            named("give-back/", require_POST(self.give_back_view), "give_back"),
            named("withdraw/", require_POST(self.withdraw_view), "withdraw"),
            *super().get_urls(),
        ]

    def draft(self, request, pk):
        draft = get_object_or_404(Draft.objects.with_related(), pk=pk)
        if not self.has_view_permission(request, draft):
            raise PermissionDenied
        return draft

    def change_view(self, request, object_id, form_url="", extra_context=None):
        draft = self.draft(request, object_id)
        if draft.state == DraftState.PUBLISHED:
            return redirect(entry_url(draft.update))
        mine = draft.written_by == request.user
        is_waiting = draft.state == DraftState.WAITING
        return self.desk_page(
            request,
            "draft/change_form.html",
            title=_("Draft"),
            subtitle=str(draft.action),
            draft=draft,
            entry=draft.as_update(),
            sources=draft.sources.all(),
            refusal=self.refusal(draft),
            may_publish=request.user.has_perm(PUBLISH) and not mine and is_waiting,
            may_edit=may_record(request.user) and draft.is_open,
            may_withdraw=mine and draft.is_open,
        )

    def refusal(self, draft):
        """Why the record would not take it as it stands now; nothing where it would."""
        try:
            draft.as_update().check_record(
                draft.sources.all(), approval_follows=True, later_reason=draft.later_reason
            )
        except ValidationError as refusal:
            return refusal.messages
        return []

    def preview_view(self, request, pk):
        draft = self.draft(request, pk)
        second = somebody_else(draft.written_by)
        try:
            return public_page(request, draft.action, lambda: draft.enter(approved_by=second))
        except ValidationError as refusal:
            for message in refusal.messages:
                self.message_user(request, message, messages.ERROR)
            return redirect(draft_url(draft))

    def publish_view(self, request, pk):
        return self.decided(request, pk, lambda draft: draft.publish(by=request.user))

    def give_back_view(self, request, pk):
        remark = request.POST.get("remark", "")
        return self.decided(
            request, pk, lambda draft: draft.give_back(by=request.user, remark=remark)
        )

    def withdraw_view(self, request, pk):
        return self.decided(request, pk, lambda draft: draft.withdraw(by=request.user))

    def decided(self, request, pk, decide):
        draft = self.draft(request, pk)

        def answer():
            decide(draft)
            self.log_change(request, draft, str(draft.get_state_display()))
            words = {"draft": str(draft), "state": draft.get_state_display()}
            self.message_user(request, _("%(draft)s: %(state)s.") % words, messages.SUCCESS)
            if draft.state == DraftState.PUBLISHED:
                return redirect(entry_url(draft.update))
            return redirect("admin:advocacy_draft_changelist")

        try:
            return once(request, answer, about=[draft.written_at])
        except ValidationError as refusal:
            for message in refusal.messages:
                self.message_user(request, message, messages.ERROR)
            return redirect(draft_url(draft))
