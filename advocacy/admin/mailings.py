"""Mailings: what goes out next, to be looked at, tried out and cancelled; and how far it went."""

import base64
import re
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advocacy.admin.base import DeskModelAdmin
from advocacy.admin.once import once
from advocacy.mailing import letters, tasks
from advocacy.models import Edition

OF_NEWS = ("news__decision", "news__statement")
STYLE = re.compile(r"<style>(.*?)</style>", re.S)


@admin.register(Edition)
class EditionAdmin(DeskModelAdmin):
    list_display = ["__str__", "kind", "state", "send_at", "expected", "sent", "waiting", "trouble"]
    list_filter = ["state", "kind"]
    list_select_related = [
        *("entry__action__body", "entry__action__standing_today", "meeting__body", "action"),
        *OF_NEWS,
    ]
    date_hierarchy = "send_at"
    fields = readonly_fields = (
        "kind",
        "state",
        "called_off",
        "send_at",
        "planned_by",
        "started_at",
        "finished_at",
    )
    change_form_template = "admin/advocacy/edition/change_form.html"

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return Edition.objects.with_progress().prefetch_related("entry__sources")

    @admin.display(description=gettext_lazy("followers"))
    def expected(self, edition):
        return edition.expected

    @admin.display(description=gettext_lazy("sent"))
    def sent(self, edition):
        return edition.sent

    @admin.display(description=gettext_lazy("waiting"))
    def waiting(self, edition):
        return edition.waiting

    @admin.display(description=gettext_lazy("failed or doubtful"))
    def trouble(self, edition):
        return edition.failed + edition.doubtful

    def get_urls(self):
        def named(address, view, name):
            wrapped = self.admin_site.admin_view(view)
            return path(f"<int:pk>/{address}", wrapped, name=f"advocacy_edition_{name}")

        return [
            named("preview/<str:language>.html", self.preview_html, "preview"),
            named("cancel/", require_POST(self.cancel_view), "cancel"),
            named(
                "resume/", require_http_methods(["GET", "HEAD", "POST"])(self.resume_view), "resume"
            ),
            named("trial/", require_POST(self.trial_view), "trial"),
            *super().get_urls(),
        ]

    # Its preview stands in a frame.
    @method_decorator(csp_override({**settings.SECURE_CSP, "frame-src": [CSP.SELF]}))
    def change_view(self, *args, **kwargs):
        return super().change_view(*args, **kwargs)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        language = request.GET.get("language", get_language())
        language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        letter = letters.preview(obj, language)
        shown: dict[str, Any] = {
            "edition": obj,
            "letter": letter,
            "letter_language": language,
            "languages": settings.LANGUAGES,
            "to_look": obj.number_to_look_for() if obj.is_planned else 0,
            "recipients": obj.recipients().count() if obj.is_planned else None,
            "may_change": self.has_change_permission(request, obj),
            "show_save": False,
            "show_save_and_continue": False,
        }
        return super().render_change_form(request, context | shown, add, change, form_url, obj)

    def edition(self, request, pk):
        edition = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, edition):
            raise PermissionDenied
        return edition

    def preview_html(self, request, pk, language):
        """The mail as it looks: its own style and nothing else is allowed."""
        if language not in dict(settings.LANGUAGES):
            raise Http404
        letter = letters.preview(self.edition(request, pk), language)
        return framed(letter.html if letter else "")(request)

    def changeable(self, request, pk):
        """The edition, for those who may do something with it."""
        edition = self.edition(request, pk)
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        return edition

    def cancel_view(self, request, pk):
        edition = self.changeable(request, pk)

        def cancel():
            edition.cancel(by=request.user)
            self.log_change(request, edition, "cancelled")
            self.message_user(request, _("Cancelled: it does not go out."), messages.SUCCESS)
            return redirect("admin:advocacy_edition_change", pk)

        try:
            return once(request, cancel, about=[])
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return redirect("admin:advocacy_edition_change", pk)

    def resume_view(self, request, pk):
        """Go on with a paused mailing: a page that says what would go out, and then a POST."""
        edition = self.changeable(request, pk)
        if request.method != "POST":
            return self.desk_page(
                request,
                "edition/resume.html",
                title=_("Resume this mailing"),
                original=edition,
                again=edition.refused_for_us().count() if edition.is_paused else 0,
            )

        def resume():
            try:
                edition.resume(by=request.user)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            else:
                tasks.go_on.enqueue(edition.pk)
                self.log_change(request, edition, "resumed")
                self.message_user(
                    request, _("Resumed: it goes on where it stood."), messages.SUCCESS
                )
            return redirect("admin:advocacy_edition_change", pk)

        return once(request, resume)

    def trial_view(self, request, pk):
        self.changeable(request, pk)

        def send():
            if request.user.email:
                language = request.POST.get("language")
                language = language if language in dict(settings.LANGUAGES) else get_language()
                tasks.send_trial.enqueue(pk, language, request.user.pk)
                self.message_user(request, _("On its way to your own address."), messages.SUCCESS)
            else:
                words = _("Your account has no e-mail address: add it first.")
                self.message_user(request, words, messages.ERROR)
            return redirect("admin:advocacy_edition_change", pk)

        # Whoever opens the page anew may try it out again.
        return once(request, send)


def framed(html):
    """A view that shows a mail inside a page of the desk; only the style it brings is allowed."""
    digests = [
        f"'sha256-{base64.b64encode(sha256(style.encode()).digest()).decode()}'"
        for style in STYLE.findall(html)
    ]

    @require_safe
    @xframe_options_sameorigin
    @csp_override(
        {
            "default-src": [CSP.NONE],
            "style-src": digests or [CSP.NONE],
            "frame-ancestors": [CSP.SELF],
        }
    )
    def view(request):
        return HttpResponse(html)

    return view
