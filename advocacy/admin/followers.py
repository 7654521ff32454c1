"""Followers: masked; showing or exporting an address is a permission of its own, and logged."""

import csv

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from advocacy.admin.base import DeskModelAdmin
from advocacy.models import Subscriber


class LanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return settings.LANGUAGES

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset


@admin.register(Subscriber)
class SubscriberAdmin(DeskModelAdmin):
    list_display = fields = readonly_fields = (
        "masked_address",
        "state",
        "language_name",
        "frequency",
        "confirmed_at",
        "ended_at",
    )
    list_filter = ["state", LanguageFilter, "frequency"]
    search_fields = ["address_hash"]
    search_help_text = gettext_lazy("The whole address, exactly.")
    actions = ["export_addresses"]
    change_form_template = "admin/advocacy/subscriber/change_form.html"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        follower = Subscriber.objects.by_address(search_term.strip())
        return queryset.filter(pk=follower.pk if follower else None), False

    @admin.display(description=gettext_lazy("address"))
    def masked_address(self, follower):
        return follower.masked_address

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def language_name(self, follower):
        return dict(settings.LANGUAGES).get(follower.language)

    def has_export_permission(self, request):
        return request.user.has_perm("advocacy.export_subscriber")

    def delete_model(self, request, obj):
        obj.forget()

    def delete_queryset(self, request, queryset):
        for follower in queryset:
            follower.forget()

    def get_urls(self):
        view = require_POST(never_cache(self.admin_site.admin_view(self.reveal_view)))
        address = path("<path:object_id>/reveal/", view, name="advocacy_subscriber_reveal")
        return [address, *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= {
            "may_reveal": request.user.has_perm("advocacy.reveal_subscriber"),
            "follows": obj.follows.with_related(),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def reveal_view(self, request, object_id):
        """Show one address in full. Who did it, and when, stays in the history of the follower."""
        if not request.user.has_perm("advocacy.reveal_subscriber"):
            raise PermissionDenied
        follower = get_object_or_404(Subscriber.objects.confirmed(), pk=unquote(object_id))
        self.log_change(request, follower, _("The address was shown in full."))
        return self.desk_page(
            request,
            "subscriber/reveal.html",
            title=_("Address of a follower"),
            original=follower,
        )

    @admin.action(description=gettext_lazy("Export the addresses (CSV)"), permissions=["export"])
    def export_addresses(self, request, queryset):
        """Addresses in full, as a file. Logged for every follower in it."""
        followers = queryset.confirmed()
        if not followers.exists():
            self.message_user(request, _("None of these has an address."), messages.WARNING)
            return None
        self.log_changes(request, followers, _("The address was exported."))
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="followers.csv"'
        response["Cache-Control"] = "no-store"
        writer = csv.writer(response)
        writer.writerow(["address", "language", "frequency", "confirmed"])
        for follower in followers.iterator(chunk_size=1000):
            writer.writerow(
                [
                    follower.plain_address,
                    follower.language,
                    follower.frequency,
                    f"{follower.confirmed_at:%Y-%m-%d}",
                ]
            )
        return response

    def log_changes(self, request, followers, message):
        for follower in followers.iterator(chunk_size=1000):
            self.log_change(request, follower, message)
