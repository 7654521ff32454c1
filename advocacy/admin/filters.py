"""The filters of the list of asks, in the words of the record."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from advocacy.models import Issue, Phase, ResponseStatus, TargetBody
from advocacy.models.standing import label_of, label_of_group

# A longer list is no help; the search finds an ask by the words of its issue or body.
MOST_OPTIONS = 60


class AskedRowFilter(admin.SimpleListFilter):
    """The asks of one issue or body."""

    model: type[Issue | TargetBody]
    parameter_name: str

    def lookups(self, request, model_admin):
        asked = model_admin.model.objects.order_by().values(self.parameter_name)
        rows = self.model.objects.filter(pk__in=asked)[:MOST_OPTIONS]
        return [(str(row.pk), str(row)) for row in rows]

    def queryset(self, request, queryset):
        if (value := self.value()) is None:
            return queryset
        return queryset.filter(**{self.parameter_name: value})


class IssueFilter(AskedRowFilter):
    title = Issue._meta.verbose_name
    parameter_name = "issue"
    model = Issue


class BodyFilter(AskedRowFilter):
    title = TargetBody._meta.verbose_name
    parameter_name = "body"
    model = TargetBody


class PhaseFilter(admin.SimpleListFilter):
    title = _("phase")
    parameter_name = "phase"

    def lookups(self, request, model_admin):
        return [(phase.value, label_of_group(phase)) for phase in Phase]

    def queryset(self, request, queryset):
        return queryset.in_phase(self.value()) if self.value() in Phase.values else queryset


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [(status.value, label_of(status)) for status in ResponseStatus]

    def queryset(self, request, queryset):
        return queryset.matching(status=self.value() or "")


class OverdueFilter(admin.SimpleListFilter):
    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request, model_admin):
        return [("yes", _("Overdue"))]

    def queryset(self, request, queryset):
        return queryset.matching(overdue=self.value() == "yes")


class StaleFilter(admin.SimpleListFilter):
    title = _("last check")
    parameter_name = "checked"

    def lookups(self, request, model_admin):
        return [("stale", _("Not checked for 90 days"))]

    def queryset(self, request, queryset):
        return queryset.stale() if self.value() == "stale" else queryset
