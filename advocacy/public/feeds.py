from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _

from advocacy.models import RecommendedAction, StatusUpdate
from advocacy.public.forms import UpdateFilterForm


class UpdateFeed(Feed):
    """Every entry of the record, newest first, with the filters of the page."""

    feed_type = Atom1Feed
    title = _("Answerable: responses")
    subtitle = _("Who was called on, what they answered, and what you can do next.")
    link = reverse_lazy("update_list")

    def get_object(self, request):
        return UpdateFilterForm(request.GET)

    def items(self, filters):
        at = filters.as_of_day
        actions = RecommendedAction.objects.published(at).with_status(at)
        updates = StatusUpdate.objects.published(at).of_matching(actions, **filters.filters)
        return updates.newest_first().with_related()[:50]

    def item_title(self, update):
        return f"{update.action.body.abbreviation}: {update.label}"

    def item_description(self, update):
        return "\n\n".join(filter(None, [update.account, update.missed_words]))

    def item_updateddate(self, update):
        return update.recorded_at

    def item_categories(self, update):
        return [update.status or "look"]
