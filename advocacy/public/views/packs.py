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
    """One pack: who may use it, how long it takes, its text to copy, print or take along."""
    pack = get_object_or_404(Pack, slug=slug)
    chances = Meeting.objects.chances() | Meeting.objects.standing()
    context = {
        "pack": pack,
        "today": timezone.localdate(),
        "asks": pack.actions.published().select_related("body").order_by("reference"),
        "meetings": chances.filter(packs=pack).with_related(),
        "issues": pack.issues.opened(),
    }
    return render(request, "packs/detail.html", context)


@require_safe
def pack_text(request, slug):
    """The same as a file of plain text, with where it is from and the day it was taken there.

    It says nothing in the language of the page: the text may be in another.
    """
    pack = get_object_or_404(Pack, slug=slug)
    address = request.build_absolute_uri(pack.get_absolute_url())
    parts = [
        carried_line(pack.title),
        carried(pack.as_plain),
        f"{address}\n{timezone.localdate().isoformat()}\n",
    ]
    file = HttpResponse("\n\n".join(parts), content_type="text/plain; charset=utf-8")
    file["Content-Disposition"] = f'attachment; filename="{pack.slug}.txt"'
    file["Content-Language"] = pack.language
    return file
