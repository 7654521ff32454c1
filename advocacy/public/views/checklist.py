from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from advocacy.models import ChecklistStep, NetworkUse, RecommendedAction, StepDone
from advocacy.public.forms import ChecklistFilterForm
from advocacy.web.pagination import page_of
from advocacy.web.visitors import from_this_site, visitor_address

# What an address can hold, and a sheet of paper or two.
MOST_STEPS = 50
LONGEST_TITLE = 120


@require_safe
@vary_on_headers("HX-Request")
def my_checklist(request):
    """Every step of the open asks, narrowed to what one person can do; ticks stay with them."""
    filters = ChecklistFilterForm(request.GET)
    steps = ChecklistStep.objects.of_open_asks().matching(**filters.filters).with_related()
    page = page_of(request, steps.order_by("minutes", "action__reference", "position", "pk"))
    context = {
        "filters": filters,
        "page": page,
        "steps": with_asks(page),
        "country": filters.cleaned_data.get("country"),
        "longest_title": LONGEST_TITLE,
    }

    template = "checklist/list.html"
    if request.htmx and not request.htmx.history_restore_request:
        template += "#results"
    return render(request, template, context)


def with_asks(steps):
    """The steps as a list, each with its ask as the record has it now."""
    steps = list(steps)
    asks = RecommendedAction.objects.with_status().with_related()
    asks = asks.in_bulk({step.action_id for step in steps})
    for step in steps:
        step.action = asks[step.action_id]
    return steps


@require_safe
def sheet(request):
    """Chosen steps under a title of somebody's own: all of it stands in the address."""
    chosen = set(request.GET.getlist("step")[:MOST_STEPS])
    steps = ChecklistStep.objects.of_open_asks().filter(slug__in=chosen).with_related()
    steps = with_asks(steps.order_by("action__reference", "position", "pk"))
    context = {
        "title": request.GET.get("title", "").strip()[:LONGEST_TITLE],
        "steps": steps,
        "gone": len(chosen) - len(steps),
        "most_steps": MOST_STEPS,
    }
    page = render(request, "checklist/sheet.html", context, status=200 if steps else 404)
    # Its title is a stranger's.
    page["X-Robots-Tag"] = "noindex"
    return page


@require_POST
@from_this_site
def step_done(request, slug):
    """Count that somebody did a step; of whom, nothing is kept."""
    if not settings.TALLY:
        raise Http404
    step = get_object_or_404(ChecklistStep.objects.of_open_asks(), slug=slug)
    if NetworkUse.objects.allows("steps", visitor_address(request)):
        StepDone.objects.create(step=step)
    if request.htmx:
        return HttpResponse(_("Counted. Thank you."))
    return HttpResponseRedirect(f"{reverse('my_checklist')}#step-{step.slug}", status=303)
