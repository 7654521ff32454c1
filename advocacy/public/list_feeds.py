"""The lists of issues, bodies and asks as Atom: the rows of the page, in its order."""

from abc import ABC, abstractmethod
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import override

from advocacy.as_data import API, KINDS
from advocacy.models import Site, in_one_language
from advocacy.models.dates import written_day
from advocacy.models.positions import public_stances, speaker_name, stance_words, tally_words
from advocacy.public.decision_list import DecisionList
from advocacy.public.feeds import NEWEST, NOTHING_YET, CarriedAtom, Told, purpose
from advocacy.public.lists import ActionList, BodyList, IssueList
from advocacy.public.statement_list import StatementList
from advocacy.web.programs import for_all_sites, made_now


class ListFeed(Feed, ABC):
    """A list for feed readers. An entry is as new as what was last recorded of its asks.

    Every entry is in one language, and known by its address in the API, which has none.
    """

    feed_type = CarriedAtom
    list_class: type[Any]
    # Its page, its feed, and how the API calls its rows.
    page = feed = kind = ""
    # What leads from an entry of the record to a row.
    of_entry = ""

    def __call__(self, request, *args, **kwargs):
        """Its words may change without an entry, so it is as new as this answer."""
        return for_all_sites(made_now(super().__call__(request, *args, **kwargs)))

    def get_object(self, request):
        rows = self.list_class(request.GET)
        rows.filters.demand()
        rows.site = Site.current()
        rows.shown_rows = rows.first(NEWEST)
        self.note_moments(rows.shown_rows, rows.day or timezone.localdate())
        rows.told, rows.language, _states = in_one_language(
            lambda _states: Told(self.named(rows), purpose(rows))
        )
        for row in rows.shown_rows:
            row.told, row.told_in, _states = in_one_language(partial(self.told, row))
        return rows

    def note_moments(self, shown, day):
        """Note with each row when something public was last recorded of its asks."""
        moments: dict[int, datetime] = {}
        for kind in ("entries", "submissions"):
            public = KINDS[kind].public(day).filter(**{f"{self.of_entry}__in": shown})
            newest = public.order_by().values(self.of_entry).annotate(moment=Max("recorded_at"))
            for key, moment in newest.values_list(self.of_entry, "moment"):
                moments[key] = max(moment, moments.get(key, moment))
        for row in shown:
            row.moment = moments.get(row.pk, NOTHING_YET)

    def named(self, rows):
        # Read anew: the feed may be named in another language than its address.
        filters = type(rows.filters)(rows.filters.data)
        return f"{rows.site.name}: {filters.title}"

    @abstractmethod
    def told(self, row, _states):
        """What the feed says of a row, in the active language."""

    def title(self, rows):
        return rows.told.title

    def subtitle(self, rows):
        return rows.told.more

    def feed_extra_kwargs(self, rows):
        return {"in_language": rows.language}

    def author_name(self, rows):
        return rows.site.publisher

    def link(self, rows):
        return self.address(self.page, rows)

    def feed_url(self, rows):
        return self.address(self.feed, rows)

    def feed_guid(self, rows):
        return settings.SITE_URL + self.feed_url(rows)

    def address(self, name, rows):
        query = rows.filters.query
        return f"{reverse(name)}?{query}" if query else reverse(name)

    def items(self, rows):
        return rows.shown_rows

    def item_guid(self, row):
        return f"{settings.SITE_URL}{API}{self.kind}/{row.slug}"

    item_guid_is_permalink = False

    def item_title(self, row):
        return row.told.title

    def item_description(self, row):
        return row.told.more

    def item_extra_kwargs(self, row):
        return {"in_language": row.told_in}

    def item_updateddate(self, row):
        return row.moment


def paragraphs(*texts):
    """Texts as the HTML that readers of feeds take them for."""
    return format_html_join("", "<p>{}</p>", ((text,) for text in texts if text))


class ActionFeed(ListFeed):
    list_class = ActionList
    page, feed, kind, of_entry = "action_list", "action_feed", "actions", "action"

    def told(self, action, _states):
        title = f"{action.body.text_of('abbreviation')}: {action.text_of('title')}"
        return Told(title, paragraphs(action.standing.sentence, action.text_of("text")))

    def item_categories(self, action):
        """How it stands, for programs that sort by that."""
        with override(action.told_in):
            return [str(action.standing.label)]


class IssueFeed(ListFeed):
    list_class = IssueList
    page, feed, kind, of_entry = "issue_list", "issue_feed", "issues", "action__issue"

    def told(self, issue, _states):
        return Told(issue.text_of("title"), paragraphs(issue.text_of("question")))


class BodyFeed(ListFeed):
    list_class = BodyList
    page, feed, kind, of_entry = "body_list", "body_feed", "bodies", "action__body"

    def told(self, body, _states):
        return Told(body.text_of("name"), paragraphs(body.text_of("mandate")))


class RecordedFeed(ListFeed):
    """A list of rows of the record, each of which is as new as the day it was recorded."""

    def note_moments(self, shown, day):
        for row in shown:
            row.moment = row.recorded_at


class DecisionFeed(RecordedFeed):
    list_class = DecisionList
    page, feed, kind = "decision_list", "decision_feed", "decisions"

    def told(self, decision, _states):
        body = decision.body.text_of("abbreviation")
        day = written_day(decision.decided_on, decision.decided_precision)
        outcome = capfirst(decision.label)
        return Told(
            f"{body}: {decision.text_of('title')}",
            paragraphs(f"{day}. {outcome}.", tally_words(decision), decision.text_of("note")),
        )


class StatementFeed(RecordedFeed):
    list_class = StatementList
    page, feed, kind = "statement_list", "statement_feed", "statements"

    def told(self, statement, _states):
        day = written_day(statement.said_on, statement.said_precision)
        asks = [
            f"{one.action.text_of('title')}: {stance_words(one)}."
            for one in public_stances(statement)
        ]
        words = statement.text_of("point"), *asks
        return Told(f"{speaker_name(statement)}, {day}", paragraphs(*words))
