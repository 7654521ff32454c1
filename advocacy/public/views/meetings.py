from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from advocacy.models import Meeting, RecommendedAction
from advocacy.public.forms import MeetingFilterForm


@require_safe
@vary_on_headers("HX-Request")
def meeting_list(request):
    """The next chances to act, by date, and those that are open on any day."""
    filters = MeetingFilterForm(request.GET)
    found = Meeting.objects.matching(**filters.filters).with_related()
    meetings = list(found.upcoming())
    standing = list(found.standing().order_by("body__position", "title"))
    asks = RecommendedAction.objects.published().open().on(filters.filters.get("issue"))
    asks = asks.first_of_each_body({meeting.body_id for meeting in [*meetings, *standing]})
    context = {
        "filters": filters,
        "meetings": meetings,
        "standing": standing,
        "asks": asks.by_body(),
        "query": urlencode({name: row.slug for name, row in filters.filters.items()}),
    }
    template = "meetings/list.html"
    if request.htmx and not request.htmx.history_restore_request:
        template += "#results"
    return render(request, template, context)
