"""The record to take along: what there is, how it is checked, and the file itself."""

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from advocacy.bundle.made import NAME, made
from advocacy.models import RecordHead


@require_safe
def data(request):
    """What can be downloaded, under which licence, how to check it and how to cite it."""
    last = made()
    context = {
        "made": last,
        "made_on": timezone.localdate(last.moment) if last else None,
        "head": RecordHead.current(),
        "today": timezone.localdate(),
        "address": settings.SITE_URL,
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
