"""The list of packs: what somebody can fill in, sign, say or send."""

from advocacy.models import Pack
from advocacy.public.forms import PackFilterForm
from advocacy.public.lists import FilteredList


class PackList(FilteredList):
    """The packs, by kind."""

    filter_form = PackFilterForm
    per_page = 50

    def matches(self):
        return Pack.objects.matching(**self.filters.filters | {"q": self.search}).order_by()

    def searched(self):
        return [Pack.objects.all()]

    def sort(self, packs):
        return packs.in_order()

    def fetch(self):
        return Pack.objects.in_short()

    def shown(self, packs):
        return {"packs": packs}
