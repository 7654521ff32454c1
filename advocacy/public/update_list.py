"""The entries of the record as a list, for readers and for the feed."""

from django.utils.functional import cached_property

from advocacy.models import (
    Among,
    DayOfLooks,
    EntryChoice,
    Site,
    StatusUpdate,
    columns_of,
    days_of_looks,
)
from advocacy.public.forms import UpdateFilterForm
from advocacy.public.lists import ActionList, FilteredList
from advocacy.web.pagination import in_order, page_of


class UpdateList(ActionList):
    """The entries of the asks, newest first, our own looks only on request."""

    filter_form = UpdateFilterForm
    of_ask = "action_id"

    @cached_property
    def columns(self):
        return columns_of(self.day, with_entries=True)

    @cached_property
    def choice(self):
        return EntryChoice(self.columns, looks=self.has_looks, **self.chosen)

    def count(self):
        return self.choice.facets(self.filters.lookups, self.filters.among)

    @property
    def has_looks(self):
        return bool(self.filters.filters.get("looks") or self.looked_on)

    @property
    def looked_on(self):
        """The day of which all looks are listed, one by one, and nothing else."""
        return self.filters.filters.get("looked_on")

    @cached_property
    def facets(self):
        return None if self.looked_on else super().facets

    @property
    def chosen(self):
        of_asks = super().chosen.items()
        return {name: value for name, value in of_asks if name not in ("looks", "looked_on")}

    @property
    def updates(self):
        updates = StatusUpdate.objects.published(self.day)
        if self.looked_on:
            return updates.looks().filter(happened_on=self.looked_on)
        return updates if self.has_looks else updates.responses()

    in_rows = frozenset({"status"})

    def rows(self):
        return self.updates.of_status(self.chosen.get("status", "")).order_by()

    def sort(self, updates):
        return updates.newest_first()

    def fetch(self):
        return StatusUpdate.objects.with_related()

    rows_of = FilteredList.rows_of

    def shown(self, updates):
        return {"updates": updates}


class UpdateLines(UpdateList):
    """The same for readers: what bodies did in entries, our own looks of a day in one line."""

    # The next earlier day of looks, where a page has so many that it tells not all.
    earlier_looks = None

    @property
    def folds(self):
        """Whether looks are shown, and not those of one day alone."""
        return self.has_looks and not self.looked_on

    @property
    def updates(self):
        return super().updates.responses() if self.folds else super().updates

    @property
    def number_told_singly(self):
        """How many have an entry of their own on the pages of the list that folds looks."""
        return EntryChoice(self.columns, **self.chosen).total()

    def looks(self):
        """The looks that match and were not corrected."""
        looks = StatusUpdate.objects.published(self.day).looks().not_corrected()
        looks = looks.of_status(self.chosen.get("status", "")).order_by()
        return looks.filter(Among(self.of_ask, self.choice.keys)) if self.narrows else looks

    def page(self, number):
        if not self.folds:
            return super().page(number)
        ordered, per_page = self.ordered(), self.per_page
        page = page_of(ordered, number, total=self.number_told_singly, per_page=per_page)
        start = (page.number - 1) * per_page
        # The first entry of the next page says how far back the days of this one go.
        keys = ordered[start : start + per_page + 1]
        entries = in_order(keys, self.fetch())
        entries, following = entries[:per_page], entries[per_page:]
        looks = self.looks()
        if page.has_previous():
            looks = looks.filter(happened_on__lte=entries[0].happened_on)
        for entry in following:
            looks = looks.filter(happened_on__gt=entry.happened_on)
        days, self.earlier_looks = days_of_looks(looks)
        # A day of looks stands after what bodies did that day.
        page.object_list = sorted([*entries, *days], key=day_of, reverse=True)
        return page

    def shown(self, lines):
        updates = [line for line in lines if not isinstance(line, DayOfLooks)]
        more = {"number_of_entries": self.total, "earlier_looks": self.earlier_looks}
        return super().shown(updates) | {"lines": lines, **more}


def day_of(line):
    return line.day if isinstance(line, DayOfLooks) else line.happened_on


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
