"""The page of an ask: its status, its record, and the one place where a response is recorded."""

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from advocacy.admin.content import ContentForm, SearchableAdmin, VersionedAdmin
from advocacy.admin.filters import (
    BodyFilter,
    IssueFilter,
    OverdueFilter,
    PhaseFilter,
    StaleFilter,
    StatusFilter,
)
from advocacy.admin.forms import LookForm
from advocacy.admin.previews import public_page, refused_preview, somebody_else
from advocacy.admin.recording import Recording, announce, may_record
from advocacy.admin.steps import ChecklistStepInline
from advocacy.admin.transfer import TransferMixin
from advocacy.models import (
    Draft,
    Issue,
    RecommendedAction,
    ResponseStatus,
    SearchLog,
    TargetBody,
    is_published_at_once,
)

# One search log for more asks than this would not be honest: nobody looks that far in a sitting.
MOST_LOOKED_AT = 100


class AskForm(ContentForm):
    """The ask, and a response to it if one was typed in the block above."""

    recorder = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.response = None
        if self.recorder:
            data = self.data if self.is_bound else None
            self.response = Recording([self.instance], by=self.recorder, data=data)

    @property
    def media(self):
        return super().media + self.response.media if self.response else super().media

    @property
    def records(self):
        """Whether a response is to be recorded: it was typed, or its button pressed for nothing."""
        if not self.response:
            return False
        pressed = self.data.get("_continue") == "record" and not self.changed_data
        return self.response.is_given or pressed

    def clean(self):
        cleaned = super().clean()
        if self.records and not self.response.is_valid():
            self.add_error(
                None,
                _(
                    "The response was not recorded and nothing was saved. What is missing stands"
                    " beside its field; everything you typed is kept."
                ),
            )
        return cleaned


@admin.register(RecommendedAction)
class RecommendedActionAdmin(TransferMixin, VersionedAdmin, SearchableAdmin):
    fixture = "actions.json"
    form = AskForm
    list_display = [
        "reference",
        "title",
        "body_short",
        "issue_title",
        "status_word",
        "days_waiting",
        "last_checked_on",
        "is_overdue",
    ]
    list_display_links = ["reference", "title"]
    list_filter = [
        OverdueFilter,
        StaleFilter,
        PhaseFilter,
        StatusFilter,
        BodyFilter,
        IssueFilter,
        "state",
        *VersionedAdmin.list_filter,
    ]
    search_help_text = gettext_lazy("Words of the ask, its issue or its body, in any script.")
    autocomplete_fields = ["issue", "body", "asked_by", "legal_references"]
    prepopulated_fields = {"slug": ["reference"]}
    inlines = [ChecklistStepInline]
    actions = ["look_again", "record_for_several"]
    fieldsets = [
        (
            gettext_lazy("The ask"),
            {
                "fields": [
                    "reference",
                    "slug",
                    "title",
                    "text",
                    "issue",
                    "body",
                    "asked_on",
                    "asked_by",
                ]
            },
        ),
        (
            gettext_lazy("What would close it, and on what basis it stands"),
            {
                "classes": ["collapse"],
                "fields": [
                    "counts_as_done",
                    "counts_as_refused",
                    "legal_references",
                    "legal_note",
                    "origin",
                ],
            },
        ),
        (
            gettext_lazy("Life of the ask, deadline and pause"),
            {
                "classes": ["collapse"],
                "fields": ["state", "expected_by", "expected_basis", "paused_on", "pause_reason"],
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_status().with_related()

    def get_search_results(self, request, queryset, search_term):
        return queryset.searching(search_term), False

    @admin.display(description=TargetBody._meta.verbose_name, ordering="body")
    def body_short(self, action):
        return action.body.abbreviation

    @admin.display(description=Issue._meta.verbose_name, ordering="issue")
    def issue_title(self, action):
        return action.issue.title

    @admin.display(description=gettext_lazy("status"))
    def status_word(self, action):
        return action.standing.label

    @admin.display(description=gettext_lazy("days waiting"), ordering="asked_on")
    def days_waiting(self, action):
        return action.standing.days_waiting

    @admin.display(description=gettext_lazy("last checked"), ordering="last_checked_on")
    def last_checked_on(self, action):
        return action.last_checked_on

    @admin.display(description=gettext_lazy("overdue"))
    def is_overdue(self, action):
        return _("overdue") if action.is_overdue else ""

    def has_record_permission(self, request, obj=None):
        return may_record(request.user)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.recorder = request.user if obj and self.has_record_permission(request, obj) else None
        return form

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.records:
            form.response.saved = form.response.save()
            announce(self, request, form.response.saved)
            if form.changed_data or any(formset.has_changed() for formset in formsets):
                self.message_user(request, _("Your changes to the ask were saved as well."))

    def construct_change_message(self, request, form, formsets, add=False):
        message = super().construct_change_message(request, form, formsets, add)
        if form.records:
            (saved,) = form.response.saved
            entry = {"name": str(saved._meta.verbose_name), "object": str(saved)}
            message.append({"added": entry})
        return message

    def response_change(self, request, obj):
        # Pressed after an edit of the ask alone, the button is a plain save.
        if request.POST.get("_continue") == "record" and request.POST.get("entry-status"):
            return HttpResponseRedirect(request.get_full_path())
        return super().response_change(request, obj)

    def render_change_form(self, request, context, obj=None, **kwargs):
        if obj:
            entries = obj.updates.newest_first().with_related()
            context |= {
                "response": context["adminform"].form.response,
                "entries": entries.select_related("recorded_by", "approved_by", "edition"),
                "may_record": self.has_record_permission(request, obj),
                "drafts": obj.drafts.waiting().select_related("written_by"),
            }
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.preview_view))
        name = "advocacy_recommendedaction_preview"
        return [path("<int:pk>/preview/", view, name=name), *super().get_urls()]

    @transaction.atomic
    def preview_view(self, request, pk):
        """The public page as it would look with the response that stands in the form."""
        if not self.has_record_permission(request):
            raise PermissionDenied
        ask = get_object_or_404(RecommendedAction, pk=pk)
        response = Recording([ask], by=request.user, data=request.POST)
        if not response.is_valid():
            transaction.set_rollback(True)
            return refused_preview(self, request, response)
        return public_page(request, ask, lambda: response.enter(somebody_else(request.user)))

    @admin.action(
        description=gettext_lazy("Record one response for these"),
        permissions=["record"],
        location=[ActionLocation.CHANGE_LIST],
    )
    def record_for_several(self, request, queryset):
        """On to the page of their body, where one response is recorded for all of them."""
        bodies = set(queryset.values_list("body", flat=True))
        if len(bodies) != 1:
            self.message_user(
                request,
                _("One response is one body's: choose asks to the same body."),
                messages.ERROR,
            )
            return None
        page = reverse("admin:advocacy_targetbody_record", args=bodies)
        chosen = urlencode({"ask": [ask.pk for ask in queryset]}, doseq=True)
        return HttpResponseRedirect(f"{page}?{chosen}")

    @admin.action(
        description=gettext_lazy("Looked again, nothing new"),
        permissions=["record"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    def look_again(self, request, queryset):
        """Ask once for the search log, then record the look for every ask or for none."""
        asks = list(queryset[: MOST_LOOKED_AT + 1])
        if len(asks) > MOST_LOOKED_AT:
            self.message_user(
                request,
                _("Choose at most %d asks: one search log cannot speak for more. Nothing saved.")
                % MOST_LOOKED_AT,
                messages.ERROR,
            )
            return None
        data = request.POST if "look-places" in request.POST else None
        form = LookForm(data, prefix="look", initial=last_log(asks))
        if form.is_valid() and self.record_look(form, asks, by=request.user):
            for ask in asks:
                self.log_change(request, ask, str(self.look_again.short_description))
            if is_published_at_once(request.user, ResponseStatus.NO_RESPONSE):
                done = ngettext(
                    "Looked again, nothing new: recorded for %d ask.",
                    "Looked again, nothing new: recorded for %d asks.",
                    len(asks),
                )
            else:
                done = ngettext(
                    "Looked again, nothing new: %d draft waits for a second person.",
                    "Looked again, nothing new: %d drafts wait for a second person.",
                    len(asks),
                )
            self.message_user(request, done % len(asks), messages.SUCCESS)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": self.look_again.short_description,
            "opts": self.opts,
            "media": self.media + form.media,
            "asks": asks,
            "form": form,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            # The page asks again through the same field: of the list, or of the ask's own page.
            "action_field": next(n for n in ("CHANGE_FORM-action", "action") if n in request.POST),
        }
        request.current_app = self.admin_site.name
        template = "admin/advocacy/recommendedaction/look_again.html"
        return TemplateResponse(request, template, context)

    def record_look(self, form, asks, *, by):
        """Record for all or for none; a refusal is shown above the form."""
        form.instance.searched_by = by
        form.instance.edited_by_staff_at = timezone.now()
        chosen = RecommendedAction.objects.filter(pk__in=[ask.pk for ask in asks])
        at_once = is_published_at_once(by, ResponseStatus.NO_RESPONSE)
        try:
            with transaction.atomic():
                log = form.save()
                if at_once:
                    chosen.record_check(log, by=by)
                else:
                    chosen.each(
                        lambda ask: Draft.objects.write(ask, by=by, **ask.check_details(log))
                    )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return False
        return True


def last_log(asks):
    """Places and terms of the newest search log of these asks, to start from today."""
    logs = SearchLog.objects.filter(updates__action__in=[ask.pk for ask in asks])
    last = logs.order_by("-searched_on", "-pk").values("places", "terms").first()
    return {"searched_on": timezone.localdate(), **(last or {})}
