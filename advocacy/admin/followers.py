"""Followers: masked; showing or exporting an address is a permission of its own, and logged.

So is taking back those whose mail was refused.
"""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from advocacy.admin.base import DeskModelAdmin
from advocacy.admin.factors import ask_again
from advocacy.admin.once import once
from advocacy.models import EXPORT, REVEAL, TAKE_BACK, Subscriber
from advocacy.transfer.outgoing import csv_text


class LanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return settings.LANGUAGES

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset


class SinceForm(forms.Form):
    """Since which day those ended by refusals are to be taken back."""

    since = forms.DateField(label=gettext_lazy("Ended since"), widget=AdminDateWidget)


@admin.register(Subscriber)
class SubscriberAdmin(DeskModelAdmin):
    list_display = fields = readonly_fields = (
        "masked_address",
        "state",
        "language_name",
        "frequency",
        "of_silence",
        "confirmed_at",
        "ended_at",
    )
    list_filter = ["state", LanguageFilter, "frequency"]
    search_fields = ["address_hash"]
    search_help_text = gettext_lazy("The whole address, exactly.")
    actions = ["export_addresses", "take_back"]
    change_form_template = "admin/advocacy/subscriber/change_form.html"
    change_list_template = "admin/advocacy/subscriber/change_list.html"

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
        return request.user.has_perm(EXPORT)

    def delete_model(self, request, obj):
        obj.forget()

    def delete_queryset(self, request, queryset):
        for follower in queryset:
            follower.forget()

    def get_urls(self):
        view = require_POST(never_cache(self.admin_site.admin_view(self.reveal_view)))
        since = require_http_methods(["GET", "HEAD", "POST"])(self.take_back_since_view)
        return [
            path("<path:object_id>/reveal/", view, name="advocacy_subscriber_reveal"),
            path(
                "take-back/",
                self.admin_site.admin_view(since),
                name="advocacy_subscriber_take_back",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        context = {"may_take_back": self.has_take_back_permission(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= {
            "may_reveal": request.user.has_perm(REVEAL),
            "follows": obj.follows.with_related(),
            "refusals": obj.refusals.all(),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def reveal_view(self, request, object_id):
        """Show one address in full. Who did it, and when, stays in the history of the follower."""
        if not request.user.has_perm(REVEAL):
            raise PermissionDenied
        ask_again(request)
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
        """Addresses in full, as a file, after a question. Logged for every follower in it."""
        ask_again(request)
        followers = queryset.confirmed()
        if not followers.exists():
            self.message_user(request, _("None of these has an address."), messages.WARNING)
            return None
        if "confirm" not in request.POST:
            return self.desk_page(
                request,
                "subscriber/export.html",
                title=_("Export the addresses (CSV)"),
                number=followers.count(),
                address=reverse("admin:advocacy_subscriber_changelist", query=request.GET or None),
                chosen=request.POST.getlist(ACTION_CHECKBOX_NAME),
                across=request.POST.get("select_across", "0"),
            )
        self.log_changes(request, followers, _("The address was exported."))
        columns = ["address", "language", "frequency", "confirmed"]
        rows = (
            {
                "address": follower.plain_address,
                "language": follower.language,
                "frequency": follower.frequency,
                "confirmed": f"{follower.confirmed_at:%Y-%m-%d}",
            }
            for follower in followers.iterator(chunk_size=1000)
        )
        response = HttpResponse(csv_text(columns, rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="followers.csv"'
        response["Cache-Control"] = "no-store"
        return response

    def has_take_back_permission(self, request):
        return request.user.has_perm(TAKE_BACK)

    @admin.action(
        description=gettext_lazy("Take back those whose mail was refused"),
        permissions=["take_back"],
    )
    def take_back(self, request, queryset):
        number = self.taken_back(request, queryset)
        self.message_user(
            request, words_of(number), messages.SUCCESS if number else messages.WARNING
        )

    @transaction.atomic
    def taken_back(self, request, queryset):
        """Undo the ending of these, write it into the history of each, and count them."""
        back = queryset.take_back(by=request.user)
        LogEntry.objects.log_actions(
            request.user.pk, back, CHANGE, _("Taken back after refusals."), single_object=False
        )
        return len(back)

    def take_back_since_view(self, request):
        """All who were ended by refusals since a day: how many they are, then, by a POST, back."""
        if not self.has_take_back_permission(request):
            raise PermissionDenied
        form = SinceForm(request.POST or request.GET or None)
        chosen = None
        if form.is_valid():
            ended = Subscriber.objects.bounced()
            chosen = ended.filter(ended_at__date__gte=form.cleaned_data["since"])
        if request.method == "POST" and chosen is not None:

            def act():
                self.message_user(
                    request, words_of(self.taken_back(request, chosen)), messages.SUCCESS
                )
                return redirect("admin:advocacy_subscriber_changelist")

            return once(request, act)
        return self.desk_page(
            request,
            "subscriber/take_back.html",
            title=_("Take back all since a day"),
            form=form,
            media=self.media + form.media,
            number=None if chosen is None else chosen.count(),
        )

    def log_changes(self, request, followers, message):
        for follower in followers.iterator(chunk_size=1000):
            self.log_change(request, follower, message)


def words_of(number):
    """What taking back came to."""
    if not number:
        return _("None of these was ended by refusals in the last thirty days.")
    words = ngettext(
        "%(number)s follower was taken back.", "%(number)s followers were taken back.", number
    )
    return words % {"number": number}
