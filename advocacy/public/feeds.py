from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext

from advocacy.models import RecordHead, Site, Translated, Withheld, in_one_language
from advocacy.models.dates import written_day
from advocacy.public.lists import UpdateList
from advocacy.text import carried

NEWEST = 50
# The date of a feed that holds nothing; it must not move until an entry is recorded.
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)


class Told(NamedTuple):
    """What a feed says of itself, or of one entry: a line of text, and more."""

    title: str
    more: str


class FeedList(UpdateList):
    """What a feed holds of them: the same entries, last recorded first."""

    @cached_property
    def site(self):
        """Whose record the feed is of."""
        return Site.current()

    def sort(self, updates):
        return updates.last_recorded_first()

    def fetch(self):
        # What an entry corrects is fetched whole, so its sources need not come with it.
        return super().fetch().prefetch_related(None).prefetch_related("sources", "undoes__sources")

    def first(self, number):
        """The first entries, each with whole entries for what it corrects and is corrected by."""
        updates = super().first(number)
        others = {update.corrects_id for update in updates}
        others |= {update.correction.pk for update in updates if update.is_corrected}
        others = self.fetch().in_bulk(others - {None})
        for update in updates:
            if update.corrects_id:
                update.corrects = others[update.corrects_id]
            if update.is_corrected:
                update.correction = others[update.correction.pk]
        return updates


class ToldList(FeedList):
    """The entries of a feed with what it says of itself, and in which language."""

    newest: list[Any]
    told: Told
    language: str


class CarriedAtom(Atom1Feed):
    """Atom that any reader can parse, whatever an older database holds.

    Its language is that of its title; an entry in another one says so.
    """

    def root_attributes(self):
        return super().root_attributes() | {"xml:lang": self.feed["in_language"]}

    def item_attributes(self, item):
        is_other = item["in_language"] != self.feed["in_language"]
        return super().item_attributes(item) | (
            {"xml:lang": item["in_language"]} if is_other else {}
        )

    def write(self, outfile, encoding):
        self.feed = mended(self.feed)
        self.items = [mended(item) for item in self.items]
        super().write(outfile, encoding)

    def latest_post_date(self):
        return super().latest_post_date() if self.items else NOTHING_YET


def mended(value):
    """The same with every text in it as XML can carry it."""
    match value:
        case str():
            return carried(value)
        case dict():
            return {name: mended(part) for name, part in value.items()}
        case list() | tuple():
            return [mended(part) for part in value]
    return value


class UpdateFeed(Feed):
    """What bodies answered, last recorded first, with the filters of the page.

    `looks=1` adds the entries that say we searched and found nothing (new). The title and a summary
    are read by programs: the one is text, the other HTML (RFC 4287), each with all its words.
    An entry is in one language; all links lead to the pages in that of the feed.
    """

    feed_type = CarriedAtom

    def get_object(self, request):
        updates = ToldList(request.GET)
        if not updates.filters.is_valid():
            raise Http404(gettext("The address holds a filter that is not known here."))
        # Read before any word is, so that all words are fetched at once.
        updates.newest = updates.first(NEWEST)
        Withheld.objects.mark(updates.newest)
        updates.told, updates.language, _states = in_one_language(
            lambda _states: Told(self.named(updates), purpose(updates))
        )
        for update in updates.newest:
            update.told, update.told_in, _states = in_one_language(
                partial(told, request, get_language(), update)
            )
        return updates

    def named(self, updates):
        words = gettext("%(name)s: responses")
        if updates.has_looks:
            words = gettext("%(name)s: responses, and where we looked and found none")
        # Read anew: the feed may be named in another language than its address.
        filters = type(updates.filters)(updates.filters.data)
        narrowed = [_shown(*active) for active in filters.active if active[0] != "looks"]
        return " – ".join([words % {"name": updates.site.name}, *narrowed])

    def title(self, updates):
        return updates.told.title

    def subtitle(self, updates):
        return updates.told.more

    def feed_extra_kwargs(self, updates):
        return {"in_language": updates.language}

    def author_name(self, updates):
        return updates.site.publisher

    def link(self, updates):
        return _address("update_list", updates.filters.query)

    def feed_url(self, updates):
        return _address("update_feed", updates.filters.query)

    def feed_guid(self, updates):
        """Its address under the one name of the site, under whatever name it was asked for."""
        return settings.SITE_URL + self.feed_url(updates)

    def items(self, updates):
        return updates.newest

    def item_guid(self, update):
        return update.uuid.urn

    def item_title(self, update):
        return update.told.title

    def item_description(self, update):
        return update.told.more

    def item_extra_kwargs(self, update):
        return {"in_language": update.told_in}

    def item_pubdate(self, update):
        return update.recorded_at

    def item_updateddate(self, update):
        """When it was recorded or corrected, or words of it were withheld: a reader fetches it."""
        moments = [update.recorded_at, update.withheld_at]
        if update.is_corrected:
            moments.append(update.correction.recorded_at)
        return max(moment for moment in moments if moment)

    def item_categories(self, update):
        return [update.status or "look"]


def purpose(updates):
    """What it is, and the head of the record, which readers of the feed so keep elsewhere."""
    words = updates.site.text_of("purpose")
    witness = gettext("The record as this feed was written:")
    head = RecordHead.current().noted
    return f"{words} {witness} {head}" if head else words


def told(request, reader, update, states):
    """What the feed says of an entry, in the active language."""
    shown = {"update": update, "reader": reader, "translation_states": states}
    return Told(
        title_of(update), render_to_string("updates/feed_entry.html", shown, request=request)
    )


def title_of(update):
    title = f"{update.action.body.text_of('abbreviation')}: {update.label}"
    if update.is_corrected:
        return gettext("Corrected: %(title)s") % {"title": title}
    if update.corrects:
        return gettext("Correction: %(title)s") % {"title": title}
    return title


def _address(name, query):
    return f"{reverse(name)}?{query}" if query else reverse(name)


def _shown(_name, label, value):
    """A filter in the words of the page: Body: Security Council."""
    if isinstance(value, Translated):
        value = value.text_of(value.TRANSLATED[0])
    if hasattr(value, "isoformat"):
        value = written_day(value)
    return f"{label}: {value}" if value else f"{label}"
