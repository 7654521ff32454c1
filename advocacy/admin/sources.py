"""Evidence. What an entry of the record cites stays as it was read."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advocacy.admin.base import NEWEST_FIRST
from advocacy.admin.content import ContentAdmin
from advocacy.admin.kept_copies import CopiesMixin, CopyFilter, OpenedFilter
from advocacy.admin.record import entry_url, may_record
from advocacy.admin.submissions import ask_url
from advocacy.admin.transfer import TransferMixin
from advocacy.models import SearchLog, Source


class EvidenceAdmin(ContentAdmin):
    """Read-only, and not to be deleted, as soon as an entry of the record stands on it."""

    def get_fields(self, request, obj=None):
        return [*(["cited_by"] if obj else []), *self.own_fields]

    def get_readonly_fields(self, request, obj=None):
        readonly = [*super().get_readonly_fields(request, obj)]
        if obj:
            readonly.append("cited_by")
        if obj and self.is_cited(obj):
            readonly += [name for name in self.own_fields if name in obj.fixed]
        return readonly

    @property
    def own_fields(self):
        fields = self.opts.concrete_fields
        return [field.name for field in fields if field.editable and not field.primary_key]

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj and self.is_cited(obj))

    def is_cited(self, obj):
        return obj.is_cited

    @admin.display(description=_("cited by"))
    def cited_by(self, obj):
        """What of the record stands on this row, which is why it does not change."""
        rows = [
            (entry_url(entry), entry.action.reference, entry)
            for entry in obj.updates.select_related("action__body")
            .prefetch_related("sources")
            .with_place()
        ]
        if "submissions" in obj.STANDS_UNDER:
            submissions = obj.submissions.select_related("action")
            rows += [(ask_url(row), row.action.reference, row) for row in submissions]
        return format_html_join("", '<div><a href="{}">{}: {}</a></div>', rows) or _(
            "no entry of the record: it can still be changed"
        )

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["is_cited"] = bool(obj and self.is_cited(obj))
        return super().render_change_form(request, context, add, change, form_url, obj)


class LinkFilter(admin.SimpleListFilter):
    title = _("address")
    parameter_name = "link"

    def lookups(self, request, model_admin):
        return [("dead", _("dead")), ("untried", _("not tried yet"))]

    def queryset(self, request, queryset):
        if self.value() == "dead":
            return queryset.dead()
        return queryset.filter(link_checked_at=None) if self.value() == "untried" else queryset


@admin.register(Source)
class SourceAdmin(CopiesMixin, TransferMixin, EvidenceAdmin):
    fixture = "sources.json"
    list_display = [
        "title",
        "publisher",
        "published_on",
        "tier",
        "accessed_on",
        "weak",
        "shows_people",
        "address_answers",
        "copy_kept",
    ]
    list_filter = [
        "tier",
        CopyFilter,
        LinkFilter,
        OpenedFilter,
        "is_independent",
        "is_weak",
        "exposes_people",
        *ContentAdmin.list_filter,
    ]
    search_fields = ["title", "publisher", "url"]

    # In a word: Django's red cross would stand beside the good ones.
    @admin.display(description=_("weak"), ordering="is_weak")
    def weak(self, source):
        return gettext("weak") if source.is_weak else ""

    @admin.display(description=_("may show people at risk"), ordering="exposes_people")
    def shows_people(self, source):
        return gettext("may show people at risk") if source.exposes_people else ""

    @admin.display(description=_("address"), ordering="dead_since")
    def address_answers(self, source):
        if source.dead_since:
            return gettext("dead: %(answer)s") % {"answer": source.link_answer}
        return source.link_answer or gettext("not tried yet")

    def has_view_permission(self, request, obj=None):
        """Whoever records a response finds the sources on file."""
        return super().has_view_permission(request, obj) or may_record(request.user)


@admin.register(SearchLog)
class SearchLogAdmin(TransferMixin, EvidenceAdmin):
    """Written with the entry that stands on it, so there is no button to add one."""

    fixture = "search_logs.json"
    list_display = ["searched_on", "searched_by", "places", "terms"]
    ordering = NEWEST_FIRST
    list_filter = ["searched_on", *ContentAdmin.list_filter]
    list_select_related = ["searched_by"]
    readonly_fields = ["searched_by"]
    search_fields = ["places", "terms", "gaps"]

    def has_add_permission(self, request):
        return False
