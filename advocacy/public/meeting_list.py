"""The calendar as a list: the next chances to act."""

from django.db.models import Count, F, Q
from django.utils.http import urlencode

from advocacy.models import Meeting, Pack, RecommendedAction
from advocacy.models.groups import number_words
from advocacy.models.kept import numbers
from advocacy.public.forms import MeetingFilterForm
from advocacy.public.lists import FilteredList


def _of_bodies(issue):
    """How many open asks were put to each body, about an issue or all, and how many are proposed.

    {key of a body: (number, number)}
    """
    asks = RecommendedAction.objects.published().open().on(issue).order_by()
    counted = asks.values_list("body").annotate(
        asked=Count("pk", distinct=True, filter=Q(standing_today__asked_on__isnull=False)),
        proposed=Count("pk", distinct=True, filter=Q(standing_today__asked_on=None)),
    )
    return {body: (asked, proposed) for body, asked, proposed in counted}


class MeetingList(FilteredList):
    """What is dated and has not ended, by date; first what something can still be done for."""

    filter_form = MeetingFilterForm
    per_page = 50

    def matches(self):
        return Meeting.objects.matching(**self.filters.filters).upcoming().order_by()

    def sort(self, meetings):
        return meetings.order_by("starts_on", F("act_by").asc(nulls_last=True), "ends_on", "pk")

    def fetch(self):
        return Meeting.objects.with_related()

    def numbers_of(self, meetings):
        """How many open asks there are to the bodies of these meetings: {key of a body: words}."""
        issue = self.filters.filters.get("issue")
        of_bodies = numbers.get(("asks of bodies", issue and issue.pk), lambda: _of_bodies(issue))
        bodies = {meeting.body_id for meeting in meetings}
        return {body: number_words(*found) for body, found in of_bodies.items() if body in bodies}

    def asks_of(self, meetings):
        """The first open asks to the bodies of these meetings: {key of a body: [ask, …]}."""
        asks = RecommendedAction.objects.published().open().on(self.filters.filters.get("issue"))
        asks = asks.first_of_each_body({meeting.body_id for meeting in meetings})
        # All that is said of an ask here: some hundreds of them are read.
        asks = asks.only("reference", "title", "slug", "body", "standing_today__asked_on")
        return asks.select_related("standing_today").by_body()

    def shown(self, meetings):
        standing = Meeting.objects.matching(**self.filters.filters).standing().with_related()
        standing = list(standing.order_by("body__position", "title")[: self.per_page])
        chosen = {name: row.slug for name, row in self.filters.filters.items()}
        return {
            "chances": [meeting for meeting in meetings if meeting.is_chance],
            "others": [meeting for meeting in meetings if not meeting.is_chance],
            "standing": standing,
            "asks": self.numbers_of([*meetings, *standing]),
            "packs": Pack.objects.by_meeting([*meetings, *standing]),
            "query": urlencode(chosen),
        }
