from datetime import UTC, datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext

from advocacy.models import RecordHead, Withheld
from advocacy.models.dates import written_day
from advocacy.public.lists import FeedList
from advocacy.text import carried

NEWEST = 50
# The date of a feed that holds nothing; it must not move until an entry is recorded.
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)


class CarriedAtom(Atom1Feed):
    """Atom that any reader can parse, whatever an older database holds."""

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
    """

    feed_type = CarriedAtom
    description_template = "updates/feed_entry.html"

    def get_object(self, request):
        updates = FeedList(request.GET)
        if not updates.filters.is_valid():
            raise Http404(gettext("The address holds a filter that is not known here."))
        return updates

    def title(self, updates):
        words = gettext("%(name)s: responses")
        if updates.has_looks:
            words = gettext("%(name)s: responses, and where we looked and found none")
        narrowed = [_shown(*active) for active in updates.filters.active if active[0] != "looks"]
        return " – ".join([words % {"name": updates.site.name}, *narrowed])

    def author_name(self, updates):
        return updates.site.publisher

    def subtitle(self, updates):
        """What it is, and the head of the record, which readers of the feed so keep elsewhere."""
        words = updates.site.words("purpose")
        witness = gettext("The record as this feed was written:")
        head = RecordHead.current().noted
        return f"{words} {witness} {head}" if head else words

    def link(self, updates):
        return _address("update_list", updates.filters.query)

    def feed_url(self, updates):
        return _address("update_feed", updates.filters.query)

    def feed_guid(self, updates):
        """Its address under the one name of the site, under whatever name it was asked for."""
        return settings.SITE_URL + self.feed_url(updates)

    def items(self, updates):
        entries = updates.first(NEWEST)
        Withheld.objects.mark(entries)
        return entries

    def item_guid(self, update):
        return update.uuid.urn

    def item_title(self, update):
        title = f"{update.action.body.abbreviation}: {update.label}"
        if update.is_corrected:
            return gettext("Corrected: %(title)s") % {"title": title}
        if update.corrects:
            return gettext("Correction: %(title)s") % {"title": title}
        return title

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


def _address(name, query):
    return f"{reverse(name)}?{query}" if query else reverse(name)


def _shown(_name, label, value):
    """A filter in the words of the page: Body: Security Council."""
    if hasattr(value, "isoformat"):
        value = written_day(value)
    return f"{label}: {value}" if value else f"{label}"
