"""What the read-only pages of decisions and statements share: how a row of the record is shown."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advocacy.admin.base import NEWEST_FIRST, ReadOnlyAdmin
from advocacy.admin.record import may_record
from advocacy.admin.recorded import row_url
from advocacy.admin.transfer import TransferMixin

NEVER_SHOWN = ["id", "approved_by"]


class RecordedAdmin(TransferMixin, ReadOnlyAdmin):
    """Rows of the record, to read; one is corrected by a new one that names it."""

    # The page that records, as its address and the name of it.
    recording: Any
    record_words: Any = ""
    # What of the row other rows say, as methods of this page.
    parts: list[str] = []
    ordering = NEWEST_FIRST

    def get_urls(self) -> list[Any]:
        name = f"advocacy_{self.opts.model_name}_record"
        view = self.admin_site.admin_view(self.recording)
        return [path("record/", view, name=name), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = [field.name for field in self.opts.concrete_fields]
        return [*(name for name in own if name not in NEVER_SHOWN), *self.parts, "replaced"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *self.parts, "replaced"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        words = {"record_words": self.record_words}
        ways = words | {"record_page": self.record_page()} if may_record(request.user) else {}
        return super().changelist_view(request, ways | (extra_context or {}))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and may_record(request.user) and not obj.is_corrected:
            context["correct_page"] = f"{self.record_page()}?corrects={obj.pk}"
        return super().render_change_form(request, context, add, change, form_url, obj)

    def record_page(self) -> str:
        return reverse(f"admin:advocacy_{self.opts.model_name}_record")

    @admin.display(description=gettext_lazy("counts"), boolean=True)
    def counts(self, row: Any) -> bool:
        return bool(row.counts)

    @admin.display(description=gettext_lazy("correction"))
    def replaced(self, row: Any) -> str:
        if not row.is_corrected:
            return _("none")
        link = format_html('<a href="{}">{}</a>', row_url(row.correction), row.correction)
        return format_html("{}: {}", link, row.correction.correction_reason)

    @admin.display(description=gettext_lazy("sources"))
    def known_from(self, row: Any) -> str:
        return links((row_url(source), source) for source in row.sources.all())


class PartAdmin(TransferMixin, ReadOnlyAdmin):
    """What belongs to a decision or a statement, to read and to take along in a file."""

    ordering = NEWEST_FIRST
    exclude = NEVER_SHOWN


def links(rows: Any) -> str:
    """Rows of the desk as links below each other; a dash where there are none."""
    return format_html_join("", '<div><a href="{}">{}</a></div>', rows) or "—"


def lines(rows: Any) -> str:
    return format_html_join("", "<div>{}</div>", ((row,) for row in rows)) or "—"
