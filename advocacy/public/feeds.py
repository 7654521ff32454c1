from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from advocacy.public.lists import UpdateList

NEWEST = 50


class UpdateFeed(Feed):
    """Every entry of the record, newest first, with the filters of the page."""

    feed_type = Atom1Feed
    title = _("Answerable: responses")
    subtitle = _("Who was called on, what they answered, and what you can do next.")
    link = reverse_lazy("update_list")

    def get_object(self, request):
        return UpdateList(request.GET)

    def items(self, updates):
        return updates.first(NEWEST)

    def item_title(self, update):
        return f"{update.action.body.abbreviation}: {update.label}"

    def item_description(self, update):
        return "\n\n".join(filter(None, [update.account, update.missed_words]))

    def item_updateddate(self, update):
        return update.recorded_at

    def item_categories(self, update):
        return [update.status or "look"]
