from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from advocacy.forms import ChecklistFilterForm, SheetForm
from advocacy.models import ChecklistStep, NetworkUse, RecommendedAction, StepDone
from advocacy.views.pagination import page_of
from advocacy.views.visitors import from_this_site, visitor_address


@require_safe
@vary_on_headers("HX-Request")
def my_checklist(request):
    """Every step of the open asks, narrowed to what one person can do; ticks stay with them."""
    filters = ChecklistFilterForm(request.GET)
    steps = ChecklistStep.objects.of_open_asks().matching(**filters.filters).with_related()
    page = page_of(request, steps.order_by("minutes", "action__reference", "position", "pk"))
    context = {"filters": filters, "page": page, "steps": with_asks(page)}

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
    form = SheetForm(request.GET)
    if not form.is_valid():
        raise Http404(_("No step was chosen for this sheet."))
    steps = form.cleaned_data["step"].with_related().order_by("action__reference", "position")
    context = {"title": form.cleaned_data["title"], "steps": with_asks(steps)}
    return render(request, "checklist/sheet.html", context)


@require_POST
@from_this_site
def step_done(request, slug):
    """Count that somebody did a step; of whom, nothing is kept."""
    if not settings.TALLY:
        raise Http404
    step = get_object_or_404(ChecklistStep.objects.of_open_asks(), slug=slug)
    if NetworkUse.objects.allows(visitor_address(request)):
        StepDone.objects.create(step=step)
    if request.htmx:
        return HttpResponse(_("Counted. Thank you."))
    return HttpResponseRedirect(f"{reverse('my_checklist')}#step-{step.slug}", status=303)
