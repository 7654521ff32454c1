"""What is kept of sources, for staff: which there are, as files, and what differs in them.

The bytes are somebody else's page. They are sent as a file to be saved and never shown as a page
of this site, where a script in them could act as whoever is signed in.
"""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from advocacy.admin import copy_lines
from advocacy.admin.base import DeskModelAdmin
from advocacy.admin.record import may_record, record_url
from advocacy.models import CopyOutcome, KeptCopy, Source
from advocacy.models.dates import written_day
from advocacy.models.roles import CHANGE_SOURCES

# {kind of content: (its name, how a file of it ends)}
KINDS = {
    "text/html": ("HTML", "html"),
    "application/xhtml+xml": ("HTML", "html"),
    "application/pdf": ("PDF", "pdf"),
}
# Whatever opens it has no script, no form and no origin.
POLICY = "sandbox; default-src 'none'"
NEWEST_FIRST = ("-asked_at", "-pk")


def kind_of_content(copy):
    return copy.content_type.partition(";")[0].strip().lower()


def kind_name(copy):
    """HTML or PDF, else as the server called it."""
    kind = kind_of_content(copy)
    return KINDS[kind][0] if kind in KINDS else kind


def file_name(copy):
    """Of what, and of which day, so that two copies lie side by side."""
    ending = KINDS.get(kind_of_content(copy), ("", "bin"))[1]
    return f"{copy.source.key}-{timezone.localtime(copy.asked_at):%Y-%m-%d}.{ending}"


def day_of(moment):
    return written_day(timezone.localtime(moment))


def kept_words(source):
    """What is kept of a source, or why nothing is, in a line for staff."""
    if copies := source.kept_copies:
        newest = copies[0]
        return gettext("kept %(day)s, %(size)s, %(kind)s") % {
            "day": day_of(newest.asked_at),
            "size": filesizeformat(newest.size),
            "kind": kind_name(newest),
        }
    if not (readings := source.readings):
        return gettext("not tried yet")
    last = readings[0]
    words = last.get_outcome_display()
    return f"{words}: {last.answer}" if last.outcome == CopyOutcome.FAILED else words


class CopyFilter(admin.SimpleListFilter):
    title = _("copy of what was read")
    parameter_name = "copy"

    def lookups(self, request, model_admin):
        return [
            ("none", _("no copy")),
            ("changed", _("changed")),
            ("bytes", _("other bytes, the same words")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "none":
                return queryset.without_copy()
            case "changed":
                return queryset.changed()
            case "bytes":
                return queryset.with_other_bytes()
        return queryset


class OpenedFilter(admin.SimpleListFilter):
    title = _("who opened it")
    parameter_name = "opened"

    def lookups(self, request, model_admin):
        return [("nobody", _("not opened by anybody")), ("somebody", _("opened by somebody"))]

    def queryset(self, request, queryset):
        if self.value() in ("nobody", "somebody"):
            return queryset.filter(accessed_on__isnull=self.value() == "nobody")
        return queryset


class CopiesMixin(DeskModelAdmin):
    """The copies of sources, on their list and their pages."""

    change_form_template = "admin/advocacy/source/change_form.html"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("copies")

    @admin.display(description=_("copy"))
    def copy_kept(self, source):
        return kept_words(source)

    def get_urls(self):
        def named(name, view):
            wrapped = never_cache(self.admin_site.admin_view(view))
            return path(f"copies/<int:pk>/{name}/", wrapped, name=f"advocacy_source_copy_{name}")

        return [
            named("download", require_safe(self.download_view)),
            named("compare", require_safe(self.compare_view)),
            named("looked", require_POST(self.looked_view)),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and obj.pk:
            context |= self.copies_of(obj, request.user)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def copies_of(self, source, user):
        """The readings of a source, newest first, and what to do where its bytes are other ones."""
        rows = list(source.copies.select_related("looked_by").order_by(*NEWEST_FIRST))
        newest = next(iter(source.kept_copies), None)
        is_changed = newest and Source.objects.changed().filter(pk=source.pk).exists()
        return {
            "copies": [(row, kind_name(row), are_pages(row, before(row, rows))) for row in rows],
            "changed": newest if is_changed else None,
            "changed_since": before(newest, rows) if is_changed else None,
            "are_kept": settings.KEEP_EVIDENCE,
            "may_look": user.has_perm(CHANGE_SOURCES),
            "to_correct": entries_to_correct(source) if is_changed and may_record(user) else [],
        }

    def copy(self, request, pk):
        """A copy of which there are bytes, for whoever may see its source."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        copies = KeptCopy.objects.kept().select_related("source")
        return get_object_or_404(copies, pk=pk)

    def download_view(self, request, pk):
        copy = self.copy(request, pk)
        try:
            content = copy.read()
        except OSError as error:
            return self.not_sent(request, copy, error)
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=file_name(copy)
        )
        response["Content-Security-Policy"] = POLICY
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def not_sent(self, request, copy, error):
        return self.desk_page(
            request,
            "source/not_sent.html",
            status=404,
            title=gettext("This copy cannot be sent"),
            copy=copy,
            is_gone=isinstance(error, FileNotFoundError),
            # What the system refuses has a number; what was found damaged has none.
            is_damaged=error.errno is None,
        )

    def compare_view(self, request, pk):
        """Which lines that a reader sees differ from the copy before."""
        copy = self.copy(request, pk)
        older = before(copy, copy.source.copies.kept().order_by(*NEWEST_FIRST))
        if not are_pages(copy, older):
            raise Http404
        if max(older.size, copy.size) > copy_lines.MOST_BYTES:
            return self.compared(request, copy, older, is_too_much=True)
        lines = []
        for row in (older, copy):
            try:
                lines.append(copy_lines.visible_lines(row.read(), row.content_type))
            except OSError as error:
                return self.not_sent(request, row, error)
        try:
            found = copy_lines.changes(*lines)
        except copy_lines.TooMuch:
            return self.compared(request, copy, older, is_too_much=True)
        most = copy_lines.MOST_CHANGES
        return self.compared(
            request, copy, older, changes=found[:most], most=most, number=len(found)
        )

    def compared(self, request, copy, older, **found):
        title = gettext("What differs in the two copies")
        context = {"copy": copy, "before": older, **found}
        return self.desk_page(request, "source/compare.html", title=title, **context)

    def looked_view(self, request, pk):
        copy = self.copy(request, pk)
        if copy.looked_at:
            self.message_user(request, gettext("Somebody has said so already."), messages.INFO)
        else:
            copy.note_looked(by=request.user)
            words = gettext("Compared: nothing changed that matters.")
            self.log_change(request, copy.source, words)
            self.message_user(request, words, messages.SUCCESS)
        return redirect("admin:advocacy_source_change", copy.source_id)


def before(copy, rows):
    """The copy before it of the same address, among rows with the newest first."""
    own = copy.asked_at, copy.pk
    of_address = (row for row in rows if copy.is_kept and row.is_kept and row.url == copy.url)
    return next((row for row in of_address if (row.asked_at, row.pk) < own), None)


def are_pages(*copies):
    """Whether all of them are there and have lines that can be compared."""
    return all(copy is not None and kind_name(copy) == "HTML" for copy in copies)


def entries_to_correct(source):
    """[(entry, the page that corrects it)] of the entries in force that stand on a source."""
    entries = (
        source.updates.in_force()
        .select_related("action__body", "action__standing_today")
        .with_place()
    )
    return [(entry, record_url(corrects=entry.pk)) for entry in entries]
