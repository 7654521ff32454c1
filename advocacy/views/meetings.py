from django.shortcuts import render
from django.views.decorators.http import require_safe

from advocacy.models import Meeting


@require_safe
def meeting_list(request):
    """The next chances to act, by date, and those that are open on any day."""
    context = {
        "meetings": Meeting.objects.upcoming().with_related(),
        "standing": Meeting.objects.standing().with_related().order_by("body__position", "title"),
    }
    return render(request, "meetings/list.html", context)
