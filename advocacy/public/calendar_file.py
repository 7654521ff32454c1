from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from advocacy.models import Confidence, Meeting, Site, TranslationState, in_one_language
from advocacy.models.dates import written_day
from advocacy.public.meeting_list import MeetingList
from advocacy.text import carried, carried_line

# A calendar program asks again, so later dates come in as these pass.
MOST_MEETINGS = 100
FIRST_CHANGE = datetime(2026, 1, 1, tzinfo=UTC)


@require_safe
def meeting_calendar(request):
    """The calendar for calendar programs (RFC 5545), with the filters of the page."""
    chances = MeetingList(request.GET)
    chances.filters.demand()
    meetings = chances.first(MOST_MEETINGS)
    asks = chances.asks_of(meetings)
    title = gettext("%(name)s: next chances to act") % {"name": Site.current().name}
    return _file(request, meetings, asks, title, "calendar.ics")


@require_safe
def meeting_file(request, slug):
    """One dated meeting for calendar programs: the same event as in the file of them all."""
    dated = Meeting.objects.exclude(starts_on=None).with_related()
    meeting = get_object_or_404(dated, slug=slug)
    asks = MeetingList(QueryDict()).asks_of([meeting])
    title = f"{Site.current().name}: {meeting.text_of('title')}"
    return _file(request, [meeting], asks, title, f"{meeting.slug}.ics")


def _file(request, meetings, asks, title, name):
    """`asks` are {key of a body: [ask, …]}."""
    calendar = Calendar()
    calendar.add("prodid", "-//Answerable//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", carried_line(title))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for meeting in meetings:
        linked = [
            (ask, request.build_absolute_uri(ask.get_absolute_url()))
            for ask in asks.get(meeting.body_id, [])
        ]
        page = request.build_absolute_uri(meeting.get_absolute_url())
        calendar.add_component(_event(meeting, page, linked))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


class Told(NamedTuple):
    """What a calendar says of a meeting: a line, and more."""

    summary: str
    description: str


def _told(meeting, linked, states):
    """What a meeting is and what can be done for it, in the active language."""
    who, what, act_by = gettext("Who can act:"), gettext("What can be done"), gettext("Act by")
    lines = [meeting.get_confidence_display().capitalize()]
    if meeting.who_can_act:
        lines.append(f"{who} {meeting.text_of('who_can_act')}")
    if meeting.what_can_be_done:
        lines.append(f"{what}: {meeting.text_of('what_can_be_done')}")
    if meeting.act_by:
        lines.append(f"{act_by}: {written_day(meeting.act_by)}")
    lines += [f"{ask.reference}: {ask.text_of('title')}\n{address}" for ask, address in linked]
    summary = f"{meeting.body.text_of('abbreviation')}: {meeting.text_of('title')}"
    if states[TranslationState.TO_REVIEW]:
        lines.append(gettext("Machine translation, to be reviewed."))
    if states[TranslationState.OUTDATED]:
        lines.append(gettext("Translation of an earlier wording: the original has changed since."))
    # RFC 5545 takes no control characters, whatever an older database holds.
    return Told(carried_line(summary), carried("\n\n".join(lines)))


def _event(meeting, page, linked):
    """One meeting as an all-day event; DTEND is exclusive (RFC 5545).

    `linked` is [(ask, the address of its page), …].
    """
    told, language, _states = in_one_language(partial(_told, meeting, linked))
    event = Event()
    # The same under every name of the site: a calendar knows the meeting by it.
    event.add("uid", f"meeting-{meeting.slug}")
    # RFC 5545: must grow with every change.
    event.add("sequence", int((meeting.changed_at - FIRST_CHANGE).total_seconds()))
    event.add("dtstamp", meeting.changed_at)
    event.add("last-modified", meeting.changed_at)
    event.add("dtstart", meeting.starts_on)
    event.add("dtend", meeting.ends_on + timedelta(days=1))
    event.add("summary", told.summary, parameters={"LANGUAGE": language})
    event.add("description", told.description, parameters={"LANGUAGE": language})
    event.add("url", page)
    event.add("transp", "TRANSPARENT")
    confirmed = meeting.confidence == Confidence.CONFIRMED
    event.add("status", "CONFIRMED" if confirmed else "TENTATIVE")
    return event
