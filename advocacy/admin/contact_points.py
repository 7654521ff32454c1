"""Addresses of offices: looked up on the office's own page, and confirmed with one click."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from advocacy.admin.content import ContentAdmin, VersionedAdmin
from advocacy.admin.once import once
from advocacy.admin.sources import LinkFilter
from advocacy.admin.transfer import TransferMixin
from advocacy.models import CHECK_CONTACTS, ContactPoint, SeenAs
from advocacy.models.contact_points import FIRST_TO_CHECK
from advocacy.models.dates import written_day


class CheckFilter(admin.SimpleListFilter):
    title = _("trust")
    parameter_name = "trust"

    def lookups(self, request, model_admin):
        return [
            ("due", _("to be checked")),
            ("checked", _("checked by an editor")),
            ("addressed", _("letters carry it")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "due":
                return queryset.to_check()
            case "checked":
                return queryset.checked()
            case "addressed":
                return queryset.addressed()
        return queryset


@admin.register(ContactPoint)
class ContactPointAdmin(TransferMixin, VersionedAdmin):
    fixture = "contact_points.json"
    list_display = ["name", "country", "place", "kind", "email", "trust", "page", "confirm"]
    list_filter = [
        CheckFilter,
        "place",
        "kind",
        "takes_letters",
        "confidence",
        LinkFilter,
        *ContentAdmin.list_filter,
    ]
    list_select_related = ["checked_by"]
    search_fields = ["name", "name_local", "email", "country", "body__search_text"]
    autocomplete_fields = ["body"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (_("Which office"), {"fields": ["name", "name_local", "slug", "kind", "place"]}),
        (_("Whose it is"), {"fields": ["country", "body"]}),
        (
            _("How it is reached"),
            {"fields": ["email", "form_url", "web", "phone", "postal", "languages"]},
        ),
        (_("The door"), {"fields": ["rules", "open_to", "takes_letters", "is_offered"]}),
        (
            _("How far it can be trusted"),
            {"fields": ["confidence", "weak_source", "source_url", "seen", "note"]},
        ),
    ]

    def get_ordering(self, request):
        """What is due stands in the order in which it should be looked up."""
        is_due = request.GET.get("trust") == "due"
        return FIRST_TO_CHECK if is_due else super().get_ordering(request)

    @admin.display(description=_("trust"), ordering="checked_on")
    def trust(self, contact):
        return trust_in(contact)

    @admin.display(description=_("official page"))
    def page(self, contact):
        return page_link(contact)

    @admin.display(description=_("check"))
    def confirm(self, contact):
        """A button of the form that holds the list, which leads elsewhere."""
        if not contact.official_page or contact.checked_on == timezone.localdate():
            return ""
        return format_html(
            '<button type="submit" class="button" formaction="{}" name="address" value="{}">{}'
            '<span class="visually-hidden">: {}</span></button>',
            reverse("admin:advocacy_contactpoint_confirm", args=[contact.pk]) + "?list=due",
            contact.email,
            gettext("I saw it there today"),
            contact,
        )

    def get_list_display(self, request):
        shown = super().get_list_display(request)
        return shown if request.user.has_perm(CHECK_CONTACTS) else shown[:-1]

    def get_urls(self):
        def named(address, view, name):
            wrapped = never_cache(self.admin_site.admin_view(require_POST(view)))
            return path(f"<int:pk>/{address}/", wrapped, name=f"advocacy_contactpoint_{name}")

        return [
            named("confirm", self.confirm_view, "confirm"),
            named("came-back", self.came_back_view, "came_back"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            may_check = request.user.has_perm(CHECK_CONTACTS)
            context |= {"may_check": may_check, "trust": trust_in(obj), "page": page_link(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        """An address that somebody typed was not seen where the one before it was seen."""
        changed = set(form.changed_data)
        is_another = "email" in changed and not changed & {"confidence", "source_url"}
        if change and is_another and obj.confidence == SeenAs.OFFICIAL:
            obj.confidence = SeenAs.COPY
            words = gettext(
                "The e-mail address is another one, so it no longer counts as seen on the office’s"
                " own page. Confirm it once you saw it there."
            )
            self.message_user(request, words, messages.WARNING)
        super().save_model(request, obj, form, change)

    @transaction.atomic
    def confirm_view(self, request, pk):
        """The button carries the address that stood beside it: no other one is confirmed."""
        contact = self.taken(request, pk)
        if request.POST.get("address", "") != contact.email:
            words = gettext("“%(office)s” was changed meanwhile: look at it again.")
            self.message_user(request, words % {"office": contact}, messages.WARNING)
            return redirect(back_from(request, contact))
        return self.act(
            request,
            contact,
            contact.confirm,
            gettext("Checked on the office’s own page: %(office)s."),
        )

    def came_back_view(self, request, pk):
        def note():
            contact = self.taken(request, pk)
            words = gettext("Noted that mail came back from %(office)s: no letter carries it.")
            return self.act(request, contact, contact.came_back, words)

        return once(request, note)

    def taken(self, request, pk):
        if not request.user.has_perm(CHECK_CONTACTS):
            raise PermissionDenied
        return get_object_or_404(ContactPoint.objects.select_for_update(), pk=pk)

    def act(self, request, contact, verb, words):
        try:
            verb(by=request.user)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
        else:
            words %= {"office": contact}
            self.log_change(request, contact, words)
            self.message_user(request, words, messages.SUCCESS)
        return redirect(back_from(request, contact))


def back_from(request, contact):
    """The list of what is due, where the button was pressed in a list; else the row."""
    if "list" in request.GET:
        return reverse("admin:advocacy_contactpoint_changelist") + "?trust=due"
    return reverse("admin:advocacy_contactpoint_change", args=[contact.pk])


def trust_in(contact):
    """Whether letters carry its address and why, in a line for staff."""
    if contact.returned:
        words = ngettext(
            "mail came back %(times)d time, on %(day)s",
            "mail came back %(times)d times, last on %(day)s",
            contact.returned,
        )
        return words % {"times": contact.returned, "day": written_day(contact.returned_on)}
    if contact.checked_on:
        known = {"day": written_day(contact.checked_on), "who": contact.checked_by}
        if contact.is_checked():
            return gettext("checked on %(day)s by %(who)s") % known
        return gettext("to be checked again: last on %(day)s by %(who)s") % known
    if contact.may_be_addressed():
        return contact.get_confidence_display()
    return gettext("to be checked")


def page_link(contact):
    if not contact.official_page:
        return gettext("not known")
    dead = gettext("no answer: %(answer)s") % {"answer": contact.link_answer}
    return format_html(
        '<a href="{}" target="_blank" rel="noopener noreferrer">{}</a> {}',
        contact.official_page,
        gettext("Open"),
        dead if contact.dead_since else "",
    )
