from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from advocacy.models import Confidence
from advocacy.public.lists import MeetingList

FIRST_CHANGE = datetime(2026, 1, 1, tzinfo=UTC)


@require_safe
def meeting_calendar(request):
    """The calendar for calendar programs (RFC 5545), with the filters of the page."""
    found = MeetingList(request.GET)
    meetings = list(found.rows())
    asks = found.asks_of(meetings)
    calendar = Calendar()
    calendar.add("prodid", "-//Answerable//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", gettext("Answerable: next chances to act"))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for meeting in meetings:
        calendar.add_component(_event(request, meeting, asks.get(meeting.body_id, [])))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="answerable.ics"'
    return response


def _event(request, meeting, asks):
    """One meeting as an all-day event; DTEND is exclusive (RFC 5545)."""
    page = request.build_absolute_uri(f"{reverse('meeting_list')}#{meeting.slug}")
    who, what, begin = gettext("Who can act:"), gettext("What can be done"), gettext("Begin")
    lines = [
        meeting.get_confidence_display().capitalize(),
        f"{who} {meeting.who_can_act}",
        f"{what}: {meeting.what_can_be_done}",
    ]
    if meeting.lead_time_days:
        days = ngettext("%(number)d day", "%(number)d days", meeting.lead_time_days)
        before = gettext("%(days)s before") % {"days": days % {"number": meeting.lead_time_days}}
        lines.append(f"{begin}: {before}")
    lines += [
        f"{ask.reference}: {ask.title}\n{request.build_absolute_uri(ask.get_absolute_url())}"
        for ask in asks
    ]
    event = Event()
    event.add("uid", f"meeting-{meeting.slug}@{request.get_host()}")
    # RFC 5545: must grow with every change.
    event.add("sequence", int((meeting.changed_at - FIRST_CHANGE).total_seconds()))
    event.add("dtstamp", meeting.changed_at)
    event.add("last-modified", meeting.changed_at)
    event.add("dtstart", meeting.starts_on)
    event.add("dtend", meeting.ends_on + timedelta(days=1))
    event.add("summary", f"{meeting.body.abbreviation}: {meeting.title}")
    event.add("description", "\n\n".join(lines), parameters={"LANGUAGE": get_language()})
    event.add("url", page)
    event.add("transp", "TRANSPARENT")
    confirmed = meeting.confidence == Confidence.CONFIRMED
    event.add("status", "CONFIRMED" if confirmed else "TENTATIVE")
    return event
