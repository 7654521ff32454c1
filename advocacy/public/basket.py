"""The steps chosen for a sheet: they stand in the address of the checklist, and nowhere else."""

from django.http import QueryDict
from django.utils.functional import cached_property

from advocacy.models import ChecklistStep

# What an address can hold, and a sheet of paper or two.
MOST_STEPS = 50


def chosen_slugs(query):
    """The slugs of an address, each once; several may stand together with commas between."""
    slugs = [slug for value in query.getlist("step") for slug in value.split(",") if slug]
    return list(dict.fromkeys(slugs))[:MOST_STEPS]


class Basket:
    """The chosen steps of open asks, with the addresses that keep them."""

    def __init__(self, query):
        self.query = query

    @cached_property
    def slugs(self):
        """Those chosen that are open, in the order in which they were."""
        asked = chosen_slugs(self.query)
        if not asked:
            return []
        steps = ChecklistStep.objects.of_open_asks().filter(slug__in=asked)
        known = set(steps.order_by().values_list("slug", flat=True))
        return [slug for slug in asked if slug in known]

    def __len__(self):
        return len(self.slugs)

    @property
    def is_full(self):
        return len(self) >= MOST_STEPS

    def holds(self, slugs):
        return set(slugs) <= set(self.slugs)

    @property
    def others(self):
        """What else stands in the address: [(name, value)]."""
        lists = [(name, values) for name, values in self.query.lists() if name != "step"]
        return [(name, value) for name, values in lists for value in values if value]

    @property
    def alone(self):
        """The query of the checklist with the basket and no filter."""
        return self._encoded({}, self.slugs)

    def query_with(self, **filters):
        """The query of the first page with these filters in place of what they were."""
        kept = {name: value for name, value in self.others if name not in ("page", *filters)}
        return self._encoded(kept | {n: value for n, value in filters.items() if value}, self.slugs)

    def query_without(self, slugs):
        """The query of this page without some of the steps."""
        left = [slug for slug in self.slugs if slug not in set(slugs)]
        return self._encoded(dict(self.others), left)

    def _encoded(self, values, slugs):
        query = QueryDict(mutable=True)
        query.update(values)
        query.setlist("step", slugs)
        return query.urlencode()
