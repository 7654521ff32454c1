from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from advocacy.models import Audience, ChecklistStep, Doors, NetworkUse, Pack, StepDone
from advocacy.public.basket import MOST_STEPS, chosen_slugs
from advocacy.public.forms import AskStepForm
from advocacy.public.lists import render_list
from advocacy.public.next_step import done_alike, next_steps
from advocacy.public.step_list import StepList, with_asks
from advocacy.web.htmx import render_part
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


@require_http_methods(["GET", "HEAD", "POST"])
@from_this_site
def step_done(request, slug):
    """Thanks whoever did a step: what it was, what fits them next, and how to pass it on.

    A POST counts it; of whom, nothing is kept, and the answer is the same for everybody. Looking
    at the page counts nothing.
    """
    steps = with_asks(ChecklistStep.objects.of_open_asks().filter(slug=slug).with_related())
    if not steps or (request.method == "POST" and not settings.TALLY):
        raise Http404
    step, reader = steps[0], AskStepForm(request.GET)
    is_counted = request.method == "POST" or "counted" in request.GET
    if request.method == "POST":
        if NetworkUse.objects.allows("steps", visitor_address(request)):
            alike = done_alike(step, request.GET)
            StepDone.objects.bulk_create(StepDone(step=done) for done in alike)
        if not request.htmx:
            query = request.GET.copy()
            query["counted"] = "on"
            address = reverse("step_done", args=[slug])
            return HttpResponseRedirect(f"{address}?{query.urlencode()}", status=303)
    doors = Doors(reader.chosen_country, [])
    is_safe = not doors.are_dangerous
    context = {
        "step": step,
        "action": step.action,
        "is_counted": is_counted,
        "may_be_counted": settings.TALLY and not is_counted and is_safe,
        # Nobody is led into public who has to fear for somebody.
        "may_pass_on": is_safe and step.audience != Audience.FAMILY,
        "reader": reader.query,
        "next_steps": next_steps(step, reader),
    }
    page = render_part(request, "checklist/done.html", "after", context)
    page["X-Robots-Tag"] = "noindex"
    return page
