from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from advocacy.models import Confidence, Site
from advocacy.models.dates import written_day
from advocacy.public.meeting_list import MeetingList
from advocacy.text import carried, carried_line

# A calendar program asks again, so later dates come in as these pass.
MOST_MEETINGS = 150
FIRST_CHANGE = datetime(2026, 1, 1, tzinfo=UTC)


@require_safe
def meeting_calendar(request):
    """The calendar for calendar programs (RFC 5545), with the filters of the page."""
    chances = MeetingList(request.GET)
    if not chances.filters.is_valid():
        raise Http404(gettext("The address holds a filter that is not known here."))
    meetings = chances.first(MOST_MEETINGS)
    asks = chances.asks_of(meetings)
    title = gettext("%(name)s: next chances to act") % {"name": Site.current().name}
    calendar = Calendar()
    calendar.add("prodid", "-//Answerable//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", carried_line(title))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for meeting in meetings:
        calendar.add_component(_event(request, meeting, asks.get(meeting.body_id, [])))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


def _event(request, meeting, asks):
    """One meeting as an all-day event; DTEND is exclusive (RFC 5545)."""
    page = request.build_absolute_uri(f"{reverse('meeting_list')}#{meeting.slug}")
    who, what, act_by = gettext("Who can act:"), gettext("What can be done"), gettext("Act by")
    lines = [meeting.get_confidence_display().capitalize()]
    if meeting.who_can_act:
        lines.append(f"{who} {meeting.who_can_act}")
    if meeting.what_can_be_done:
        lines.append(f"{what}: {meeting.what_can_be_done}")
    if meeting.act_by:
        lines.append(f"{act_by}: {written_day(meeting.act_by)}")
    lines += [
        f"{ask.reference}: {ask.title}\n{request.build_absolute_uri(ask.get_absolute_url())}"
        for ask in asks
    ]
    event = Event()
    # The same under every name of the site: a calendar knows the meeting by it.
    event.add("uid", f"meeting-{meeting.slug}")
    # RFC 5545: must grow with every change.
    event.add("sequence", int((meeting.changed_at - FIRST_CHANGE).total_seconds()))
    event.add("dtstamp", meeting.changed_at)
    event.add("last-modified", meeting.changed_at)
    event.add("dtstart", meeting.starts_on)
    event.add("dtend", meeting.ends_on + timedelta(days=1))
    # RFC 5545 takes no control characters, whatever an older database holds.
    event.add("summary", carried_line(f"{meeting.body.abbreviation}: {meeting.title}"))
    description = carried("\n\n".join(lines))
    event.add("description", description, parameters={"LANGUAGE": get_language()})
    event.add("url", page)
    event.add("transp", "TRANSPARENT")
    confirmed = meeting.confidence == Confidence.CONFIRMED
    event.add("status", "CONFIRMED" if confirmed else "TENTATIVE")
    return event
