from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from advocacy.models import ChecklistStep, Doors, NetworkUse, Pack, StepDone
from advocacy.public.basket import MOST_STEPS, chosen_slugs
from advocacy.public.lists import render_list
from advocacy.public.step_list import StepList, with_asks
from advocacy.web.visitors import from_this_site, visitor_address

LONGEST_TITLE = 120


@require_safe
def my_checklist(request):
    """Every step of the open asks, narrowed to what one person can do; ticks stay with them."""
    steps = StepList(request.GET)
    more = {"longest_title": LONGEST_TITLE, "has_packs": Pack.objects.exists}
    return render_list(request, steps, "checklist/list.html", **more)


@require_safe
def sheet(request):
    """Chosen steps under a title of somebody's own: all of it stands in the address."""
    chosen = chosen_slugs(request.GET)
    steps = ChecklistStep.objects.of_open_asks().filter(slug__in=chosen).with_related()
    steps = with_asks(steps.order_by("action__reference", "position", "pk"))
    context = {
        "title": request.GET.get("title", "").strip()[:LONGEST_TITLE],
        "steps": steps,
        # Whoever opens a sheet may be in any country: its letters go through directories.
        "doors": Doors.of_steps("", steps),
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
