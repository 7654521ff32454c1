from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from advocacy.models import Meeting, Pack
from advocacy.public.lists import render_list
from advocacy.public.pack_list import PackList
from advocacy.text import carried, carried_line


@require_safe
def pack_list(request):
    return render_list(request, PackList(request.GET), "packs/list.html")


@require_safe
def pack_detail(request, slug):
    """One pack: who may use it, how long it takes, its text to copy, print or take along.

    Its text is in the page's language where it was translated, and with `?original` as written.
    """
    pack = get_object_or_404(Pack, slug=slug)
    chances = Meeting.objects.chances() | Meeting.objects.standing()
    # All rows are read before their words are: so these are fetched together.
    context = {
        "pack": pack,
        "today": timezone.localdate(),
        "asks": list(pack.actions.published().select_related("body").order_by("reference")),
        "meetings": list(chances.filter(packs=pack).with_related()),
        "issues": list(pack.issues.opened()),
        "letter": letter(request, pack),
        "link": address(request, pack),
        "query": original(request),
    }
    return render(request, "packs/detail.html", context)


def letter(request, pack):
    """What of a pack is copied, printed or taken along."""
    return pack.in_original() if original(request) else pack.in_one_language()


def original(request):
    """The query that asks for a text as it was written, if it was asked for."""
    return "?original=" if "original" in request.GET else ""


def address(request, pack):
    return request.build_absolute_uri(f"{pack.get_absolute_url()}{original(request)}")


@require_safe
def pack_text(request, slug):
    """The same as a file of plain text, with where it is from and the day it was taken there.

    It says nothing in the language of the page: the text may be in another.
    """
    pack = get_object_or_404(Pack, slug=slug)
    told = letter(request, pack)
    parts = [
        carried_line(told.title),
        carried(told.as_plain),
        f"{address(request, pack)}\n{timezone.localdate().isoformat()}\n",
    ]
    file = HttpResponse("\n\n".join(parts), content_type="text/plain; charset=utf-8")
    file["Content-Disposition"] = f'attachment; filename="{pack.slug}.txt"'
    file["Content-Language"] = told.language
    return file
