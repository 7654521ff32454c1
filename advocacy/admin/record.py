"""The one page that records: a response or a look, a correction, from and into a draft."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advocacy.admin.once import once
from advocacy.admin.previews import public_page, somebody_else
from advocacy.admin.record_forms import LookForm, PageAddress
from advocacy.admin.record_response import ResponseForm
from advocacy.models import (
    READ_REPORTS,
    Draft,
    DraftState,
    RecommendedAction,
    StatusUpdate,
    Tell,
)
from advocacy.models.dates import written_day


def may_record(user):
    return user.has_perm("advocacy.change_recommendedaction") and user.has_perm(
        "advocacy.add_statusupdate"
    )


def record_url(**named):
    """The address of the page for asks or their body, an entry to correct, or a draft."""
    return f"{reverse('admin:advocacy_record')}?{urlencode(named, doseq=True)}"


def entry_url(entry):
    """Where staff read an entry of the record: on the page of its ask."""
    page = reverse("admin:advocacy_recommendedaction_change", args=[entry.action_id])
    return f"{page}#entry-{entry.pk}"


def report_url(report):
    return reverse("admin:advocacy_report_change", args=[report.pk])


def draft_url(draft):
    return reverse("admin:advocacy_draft_change", args=[draft.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def record(request):
    """Show the form, or take what was typed: record it, ask once more, or say what is missing."""
    if not may_record(request.user):
        raise PermissionDenied
    if not request.GET:
        messages.info(request, _("Choose the asks here, and what to record for them."))
        return redirect("admin:advocacy_recommendedaction_changelist")
    address = PageAddress(request.GET)
    if not address.is_valid():
        raise Http404
    if address.cleaned_data["report"] and not request.user.has_perm(READ_REPORTS):
        raise PermissionDenied
    if request.method != "POST" and (answer := settled(request, address)):
        return answer
    kind = LookForm if address.is_look else ResponseForm
    form = kind(address, by=request.user, data=request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return form_page(request, address, form)
    if "preview" in request.POST:
        return preview(request, form)
    about = [form.is_look, form.corrects and form.corrects.pk, form.draft and form.draft.pk]

    def stands(key):
        return is_kept(form, key.taken_at)

    return once(request, lambda: answer_to(request, address, form), about=about, stands=stands)


def is_kept(form, since):
    """Whether what the form made is still there: an entry stays, a draft may be withdrawn."""
    entries = StatusUpdate.objects.filter(recorded_by=form.by, recorded_at__gte=since)
    drafts = Draft.objects.filter(written_by=form.by, written_at__gte=since)
    drafts = drafts.exclude(state=DraftState.WITHDRAWN)
    return any(rows.filter(action__in=form.asks).exists() for rows in (entries, drafts))


def settled(request, address):
    """On to what replaced the entry or became of the draft, where it is not open any more."""
    entry, draft = address.cleaned_data["corrects"], address.cleaned_data["draft"]
    if entry and entry.is_corrected:
        words = _("This entry is already corrected: correct the newer one.")
        messages.warning(request, words)
        return redirect(entry_url(entry.correction))
    if draft and not draft.is_open:
        messages.warning(request, _("This draft is no longer open."))
        return redirect(draft_url(draft))
    return None


def answer_to(request, address, form):
    if not form.is_valid() or "back" in request.POST:
        return form_page(request, address, form)
    if len(form.asks) > 1 and not form.is_look and "confirm" not in request.POST:
        return confirmation(request, form)
    try:
        rows = form.save()
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return form_page(request, address, form)
    note(request, rows)
    messages.success(request, words_for(rows))
    if (report := address.cleaned_data["report"]) and report.is_open:
        words = _("{report} led here and is still open: close it once it is dealt with.")
        link = format_html('<a href="{}">{}</a>', report_url(report), report)
        messages.info(request, format_html(words, report=link))
    return redirect(place_of(rows))


def note(request, rows):
    """Write into the history of each ask who recorded what."""
    for row in rows:
        added = {"name": str(row._meta.verbose_name), "object": str(row)}
        asks_admin().log_change(request, row.action, [{"added": added}])


def words_for(rows):
    """What became of it: entries of the record, or drafts."""
    row, labels = rows[0], dict.fromkeys(row.label for row in rows)
    asks = ", ".join(row.action.reference for row in rows)
    words = {"status": "; ".join(labels), "asks": asks}
    if isinstance(row, Draft):
        return _("Draft for %(asks)s: “%(status)s”. It waits for a second person.") % words
    words["day"] = written_day(row.happened_on, row.happened_precision)
    if row.corrects_id:
        return _("Corrected: %(asks)s now says “%(status)s”, %(day)s. Both entries stay.") % words
    return _("Recorded for %(asks)s: “%(status)s”, %(day)s.") % words


def place_of(rows):
    """Where they are seen: an entry at its ask, a draft, several in the list of asks."""
    row = rows[0]
    if len(rows) == 1:
        return draft_url(row) if isinstance(row, Draft) else entry_url(row)
    bodies = {row.action.body.slug for row in rows}
    asks = reverse("admin:advocacy_recommendedaction_changelist")
    return f"{asks}?body={bodies.pop()}" if len(bodies) == 1 else asks


def form_page(request, address, form):
    """The form, empty or with what was typed and what is missing."""
    if form.draft:
        title = _("Change a draft")
    elif form.corrects:
        title = _("Correct an entry of the record")
    else:
        title = _("Looked again, nothing new") if form.is_look else _("Record a response")
    context = {
        "address": address,
        "back": back_from(address),
        "errors": form.is_bound and not form.is_valid(),
    }
    return page(request, "form.html", form, title=title, **context)


def confirmation(request, form):
    """Is this right? Asked once where one response is about to be recorded for several asks."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    sent = [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"]
    tell = Tell(form.cleaned_data["tell"]).label
    return page(request, "confirm.html", form, title=_("Is this right?"), sent=sent, tell=tell)


def preview(request, form):
    """The public page as it would look with what stands in the form, and the mail to followers."""
    if form.is_valid():
        second = somebody_else(request.user)
        try:
            return public_page(request, form.asks[0], lambda: form.enter(approved_by=second))
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
    return asks_admin().desk_page(
        request,
        "no_preview.html",
        status=422,
        title=_("There is nothing to look at yet"),
        errors=[form.errors, *(source.errors for source in form.new_sources)],
    )


def page(request, template, form, **context):
    media = asks_admin().media + form.media
    return asks_admin().desk_page(request, f"record/{template}", form=form, media=media, **context)


def asks_admin():
    return admin.site.get_model_admin(RecommendedAction)


def back_from(address):
    """Where "Back" leads: to the report, draft, entry, ask, body or list one came from."""
    named = address.cleaned_data
    if named["report"]:
        return report_url(named["report"])
    if named["draft"]:
        return draft_url(named["draft"])
    if named["corrects"]:
        return entry_url(named["corrects"])
    if len(named["ask"]) == 1:
        return reverse("admin:advocacy_recommendedaction_change", args=[named["ask"][0].pk])
    if named["body"]:
        return reverse("admin:advocacy_targetbody_change", args=[named["body"].pk])
    return reverse("admin:advocacy_recommendedaction_changelist")
