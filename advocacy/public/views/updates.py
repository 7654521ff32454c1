from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from advocacy.models import RecommendedAction, StatusUpdate
from advocacy.public.forms import UpdateFilterForm
from advocacy.web.pagination import page_of


@require_safe
@vary_on_headers("HX-Request")
def update_list(request):
    """Every entry of the record, newest first."""
    filters = UpdateFilterForm(request.GET)
    at = filters.as_of_day
    actions = RecommendedAction.objects.published(at).with_status(at)
    updates = StatusUpdate.objects.published(at)
    facets = updates.facets(actions, **filters.filters)
    filters.show_counts(facets)
    updates = updates.of_matching(actions, **filters.filters).newest_first().with_related()
    page = page_of(request, updates, facets["total"])

    template = "updates/list.html"
    if request.htmx and not request.htmx.history_restore_request:
        template += "#results"
    return render(request, template, {"filters": filters, "page": page, "updates": page})


@require_safe
def correction_list(request):
    """Every correction beside the entry it replaced."""
    corrections = StatusUpdate.objects.published().corrections()
    page = page_of(request, corrections.order_by("-recorded_at", "-pk").with_related())
    replaced = StatusUpdate.objects.with_related().in_bulk([entry.corrects_id for entry in page])
    pairs = [(entry, replaced[entry.corrects_id]) for entry in page]
    return render(request, "updates/corrections.html", {"page": page, "corrections": pairs})
