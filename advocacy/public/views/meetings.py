from django.views.decorators.http import require_safe

from advocacy.public.lists import render_list
from advocacy.public.meeting_list import MeetingList


@require_safe
def meeting_list(request):
    """The next chances to act, by date, and those that are open on any day."""
    return render_list(request, MeetingList(request.GET), "meetings/list.html")
