"""The record to take along: what there is, how it is checked, and the file itself."""

from typing import NamedTuple

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import condition, require_safe

from advocacy.bundle.made import NAME, last_made, made
from advocacy.models import RecordHead
from advocacy.public.forms.embeds import EmbedForm

HTML, JSON, CSV = "text/html", "application/json", "text/csv"
ATOM, CALENDAR = "application/atom+xml", "text/calendar"
# Each list, what its addresses are called, and what follows it in other programs.
LISTS = [
    (gettext_lazy("Issues"), "issue", ("Atom", "issue_feed", ATOM)),
    (gettext_lazy("Bodies"), "body", ("Atom", "body_feed", ATOM)),
    (gettext_lazy("Asks"), "action", ("Atom", "action_feed", ATOM)),
    (gettext_lazy("Updates"), "update", ("Atom", "update_feed", ATOM)),
    (gettext_lazy("Decisions"), "decision", ("Atom", "decision_feed", ATOM)),
    (gettext_lazy("Statements"), "statement", ("Atom", "statement_feed", ATOM)),
    (gettext_lazy("Calendar"), "meeting", ("iCalendar", "meeting_calendar", CALENDAR)),
]


class Form(NamedTuple):
    """One form in which a list can be had."""

    name: str
    address: str
    media_type: str


class ListAsData(NamedTuple):
    name: str
    forms: list[Form]


def lists_as_data() -> list[ListAsData]:
    return [
        ListAsData(
            str(name),
            [
                Form(form, reverse(view), media_type)
                for form, view, media_type in [
                    ("HTML", f"{kind}_list", HTML),
                    ("JSON", f"{kind}_json", JSON),
                    ("CSV", f"{kind}_csv", CSV),
                    followed,
                ]
            ],
        )
        for name, kind, followed in LISTS
    ]


def downloads() -> list[tuple[str, str]]:
    """The forms in which all of the record can be had: (path, media type)."""
    whole = [(reverse("record_zip"), "application/zip")] if last_made() else []
    return [*whole, (reverse("api:openapi-json"), "application/vnd.oai.openapi+json")]


@require_safe
def data(request):
    """What can be had and shown elsewhere, under which licence, how to check it and to cite it."""
    last = made()
    context = {
        "made": last,
        "made_on": timezone.localdate(last.moment) if last else None,
        "head": RecordHead.current(),
        "today": timezone.localdate(),
        "address": settings.SITE_URL,
        "lists": lists_as_data(),
        "downloads": downloads(),
        **EmbedForm(request.GET).shown,
    }
    return render(request, "data/data.html", context)


def _etag(request):
    return f'"{request.record_zip.sha256}"' if request.record_zip else None


def _modified(request):
    return request.record_zip.moment if request.record_zip else None


@condition(etag_func=_etag, last_modified_func=_modified)
def _file(request):
    """The file of the request, from its beginning to its end."""
    if request.record_zip is None:
        sentence = _("This file is not made yet. The site makes it within an hour of a change.")
        return HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8", status=404)
    file = request.record_zip.path.open("rb")
    response = FileResponse(file, as_attachment=True, filename=NAME, content_type="application/zip")
    response["Content-Encoding"] = "identity"
    return response


@require_safe
def record_zip(request):
    """The whole record in one file, as the worker made it last."""
    request.record_zip = made()
    try:
        return _file(request)
    except FileNotFoundError:  # Another was put in its place just now.
        request.record_zip = made()
        return _file(request)
