from django.shortcuts import render
from django.views.decorators.http import require_safe

from advocacy.models import StatusUpdate
from advocacy.public.lists import UpdateList, render_list
from advocacy.web.pagination import page_of


@require_safe
def update_list(request):
    """Every entry of the record, newest first."""
    return render_list(request, UpdateList(request.GET), "updates/list.html")


@require_safe
def correction_list(request):
    """Every correction beside the entry it replaced."""
    corrections = StatusUpdate.objects.published().corrections()
    corrections = corrections.order_by("-recorded_at", "-pk").with_related()
    page = page_of(corrections, request.GET.get("page"))
    replaced = StatusUpdate.objects.with_related().in_bulk([entry.corrects_id for entry in page])
    pairs = [(entry, replaced[entry.corrects_id]) for entry in page]
    return render(request, "updates/corrections.html", {"page": page, "corrections": pairs})
