"""The one page that records: a response or a look, a correction, from and into a draft."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from advocacy.admin.once import once
from advocacy.admin.previews import public_page, refused_preview, somebody_else
from advocacy.admin.record_forms import AskChoice, PageAddress
from advocacy.admin.recording import Look, Response
from advocacy.models import Draft, RecommendedAction, Tell
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
    if request.method != "POST" and (answer := settled(request, address)):
        return answer
    recording = recording_at(request, address)
    if request.method != "POST":
        return page(request, address, recording)
    if "preview" in request.POST:
        return preview(request, recording)
    return once(request, lambda: answer_to(request, address, recording))


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


def recording_at(request, address):
    """What the page records: as its address names it, and as it was typed."""
    named, data = address.cleaned_data, request.POST if request.method == "POST" else None
    asks = {"ask": [ask.pk for ask in named["ask"]]}
    if address.told:
        asks = {"ask": [address.told.action_id]}
    elif data:
        asks = data
    kind = Look if address.is_look else Response
    return kind(
        AskChoice(asks, asks=address.candidates),
        by=request.user,
        corrects=named["corrects"],
        draft=named["draft"],
        data=data,
    )


def answer_to(request, address, recording):
    if not recording.is_valid() or "back" in request.POST:
        return page(request, address, recording)
    if len(recording.asks) > 1 and not recording.is_look and "confirm" not in request.POST:
        return confirmation(request, address, recording)
    try:
        saved = recording.save()
    except ValidationError as refusal:
        recording.entry.add_error(None, refusal.messages)
        return page(request, address, recording)
    note(request, saved)
    messages.success(request, words_for(saved))
    return redirect(seen_at(saved))


def note(request, saved):
    """Write into the history of each ask who recorded what."""
    asks = admin.site.get_model_admin(RecommendedAction)
    for row in saved:
        name = str(row._meta.verbose_name)
        asks.log_change(request, row.action, [{"added": {"name": name, "object": str(row)}}])


def words_for(saved):
    """What became of it: entries of the record, or drafts."""
    row, number = saved[0], len(saved)
    words = {"ask": row.action.reference, "status": row.label, "number": number}
    words["asks"] = ", ".join(row.action.reference for row in saved)
    if isinstance(row, Draft):
        one = _("%(ask)s: “%(status)s” is a draft now and waits for a second person.")
        several = ngettext(
            "%(number)d draft waits for a second person (%(asks)s): “%(status)s”.",
            "%(number)d drafts wait for a second person (%(asks)s): “%(status)s”.",
            number,
        )
        return (one if number == 1 else several) % words
    words["day"] = written_day(row.happened_on, row.happened_precision)
    if row.corrects_id:
        return _("Corrected: %(ask)s now says “%(status)s”, %(day)s. Both entries stay.") % words
    if number == 1:
        return _("Recorded for %(ask)s: “%(status)s”, %(day)s.") % words
    several = ngettext(
        "Recorded for %(number)d ask (%(asks)s): “%(status)s”, %(day)s.",
        "Recorded for %(number)d asks (%(asks)s): “%(status)s”, %(day)s.",
        number,
    )
    return several % words


def seen_at(saved):
    """Where what was saved is seen: an entry at its ask, a draft, several in the list of asks."""
    row = saved[0]
    if len(saved) == 1:
        return draft_url(row) if isinstance(row, Draft) else entry_url(row)
    asks = reverse("admin:advocacy_recommendedaction_changelist")
    bodies = {row.action.body_id for row in saved}
    return f"{asks}?body={bodies.pop()}" if len(bodies) == 1 else asks


def page(request, address, recording):
    """The form, empty or with what was typed and what is missing."""
    context = {
        "is_sent": recording.entry.is_bound,
        "errors": recording.entry.is_bound and any(form.errors for form in recording.forms),
        "address": address,
        "back": back_from(address),
    }
    return shown(request, recording, "form.html", title_of(recording), **context)


def confirmation(request, address, recording):
    """Is this right? Asked once where one response is about to be recorded for several asks."""
    typed = recording.entry.cleaned_data
    context = {
        "tell": Tell(typed["tell"]).label,
        "sent": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ],
        "back": back_from(address),
    }
    return shown(request, recording, "confirm.html", _("Is this right?"), **context)


def preview(request, recording):
    """The public page as it would look with what stands in the form, and the mail to followers."""
    if recording.is_valid():
        try:
            return public_page(
                request,
                recording.asks[0],
                lambda: recording.enter(approved_by=somebody_else(request.user)),
            )
        except ValidationError as refusal:
            recording.entry.add_error(None, refusal.messages)
    return refused_preview(request, recording.forms)


def shown(request, recording, template, title, **context):
    asks = admin.site.get_model_admin(RecommendedAction)
    context |= {"recording": recording, "media": asks.media + recording.media, "title": title}
    return asks.desk_page(request, f"record/{template}", **context)


def title_of(recording):
    if recording.draft:
        return _("Change a draft")
    if recording.corrects:
        return _("Correct an entry of the record")
    return _("Looked again, nothing new") if recording.is_look else _("Record a response")


def back_from(address):
    """Where "Back" leads: to the draft, the entry, the ask, the body or the list one came from."""
    named = address.cleaned_data
    if named["draft"]:
        return draft_url(named["draft"])
    if named["corrects"]:
        return entry_url(named["corrects"])
    if len(named["ask"]) == 1:
        return reverse("admin:advocacy_recommendedaction_change", args=[named["ask"][0].pk])
    if named["body"]:
        return reverse("admin:advocacy_targetbody_change", args=[named["body"].pk])
    return reverse("admin:advocacy_recommendedaction_changelist")
