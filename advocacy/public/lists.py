"""The lists of the record. A list is its filters, its rows, and what stands behind each option.

Whatever shows a list is made of it: the page, the part that htmx asks for, the feed, the file.
"""

from abc import ABC, abstractmethod
from collections import Counter
from typing import NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from advocacy.models import (
    PROPOSED,
    Among,
    AskChoice,
    Issue,
    IssueChoice,
    RecommendedAction,
    TargetBody,
    columns_of,
    in_words,
)
from advocacy.models.facets import keys_of
from advocacy.models.kept import numbers
from advocacy.models.nearest import Vocabulary
from advocacy.models.search_words import sought
from advocacy.public.forms import (
    ActionFilterForm,
    BodyFilterForm,
    IssueFilterForm,
)
from advocacy.public.forms.filters import FilterForm
from advocacy.public.pieces import Pieces
from advocacy.web.htmx import render_part
from advocacy.web.pagination import PER_PAGE, Walk, in_order, page_of

# So many asks are found by their keys; more of them are met soon in the order of the list.
FEW = 2000


def render_list(request, rows, template, **more):
    """The page of a list, or its part "results" for htmx."""
    rows.pieces = Pieces(request, template, rows.day)
    page = rows.page(request.GET.get("page"))
    context = {
        "pieces": rows.pieces,
        "filters": rows.form,
        "page": page,
        "search": rows.search,
        "meant": rows.meant,
        **rows.shown(page.object_list),
        **more,
    }
    return render_part(request, template, "results", context)


class FilteredList(ABC):
    """What the lists share: each says how its rows are found, in what order, and fetched whole."""

    filter_form: type[FilterForm]
    per_page = PER_PAGE
    # Of the page that shows it; a feed has none.
    pieces: Pieces | None = None

    def __init__(self, query):
        self.query = query
        self.filters = self.filter_form(query)
        self.day = self.filters.as_of_day

    @abstractmethod
    def matches(self):
        """The keys of the rows and what their order goes by, from the narrowest table."""

    @abstractmethod
    def sort(self, rows):
        """The rows in the order of the list."""

    @abstractmethod
    def fetch(self):
        """Rows with all that is shown of them."""

    @abstractmethod
    def shown(self, rows):
        """What a template gets of some rows."""

    @cached_property
    def search(self):
        """What the words of the filters ask for, if any stand there."""
        return sought(self.filters.filters.get("q", ""))

    def vocabulary(self):
        """The words that a search may have meant."""
        return Vocabulary.of(self.searched())

    def searched(self):
        """The public rows that such a search looks into."""
        return []

    @cached_property
    def has_any(self):
        return self.matches().exists()

    def meant(self):
        """Searches for known words near those that found nothing, where they find something."""
        if not self.search:
            return []
        return [words for words in self.vocabulary().near(self.search) if self.like(words).has_any]

    def like(self, words):
        """The same list with another search."""
        return type(self)(self.query | {"q": words})

    @cached_property
    def facets(self):
        """What stands behind each option of the filters, where that is told."""
        return None

    @cached_property
    def form(self):
        """The filters with the options to choose from, counted where they are."""
        if self.facets:
            self.filters.show_counts(self.facets)
        else:
            self.filters.show_first_options()
        return self.filters

    @cached_property
    def total(self):
        return self.facets["total"] if self.facets else self.matches().count()

    def keys(self):
        """The keys of all rows in order, from the narrowest table."""
        return self.sort(self.matches()).values_list("pk", flat=True)

    def ordered(self):
        """The same, to take some of them."""
        return self.keys()

    def first(self, number):
        """The first rows of the list."""
        return in_order(self.ordered()[:number], self.fetch())

    def page(self, number):
        """One page of the list; a bad number is a 404."""
        page = page_of(self.ordered(), number, total=self.total, per_page=self.per_page)
        page.object_list = self.rows_of(page)
        return page

    def rows_of(self, page):
        """The rows of a page, of which it has the keys."""
        return in_order(page.object_list, self.fetch())


class Keyed(NamedTuple):
    """A row of which a page needs no more than its key."""

    pk: int


class ActionList(FilteredList):
    filter_form: type[FilterForm] = ActionFilterForm

    # What leads from a row of the list to its ask.
    of_ask = "pk"

    @property
    def chosen(self):
        """The filters that narrow the asks, but for which of the two lists is shown."""
        chosen = {name: v for name, v in self.filters.filters.items() if name != "proposed"}
        return chosen | {"q": self.search} if self.search else chosen

    def searched(self):
        return [
            RecommendedAction.objects.published(),
            Issue.objects.opened(),
            TargetBody.objects.all(),
        ]

    @cached_property
    def has_any(self):
        return bool(self.choice.keys)

    @property
    def is_of_proposals(self):
        """Whether it lists what the editors propose. No list and no count mixes that with asks."""
        return bool(self.filters.filters.get("proposed"))

    @cached_property
    def columns(self):
        """All asks and proposals of the day."""
        return columns_of(self.day)

    @cached_property
    def choice(self):
        """What matches the filters, and each option of them."""
        return self.proposals if self.is_of_proposals else self.choice_within(self.columns.asked)

    @cached_property
    def proposals(self):
        """The same of what the editors propose."""
        return self.choice_within(self.columns.proposed)

    def choice_within(self, asks):
        return AskChoice(self.columns, within=asks, **self.chosen)

    @cached_property
    def facets(self):
        of = self.filter_form.__name__, self.filters.query, *self.filters.words
        return numbers.get(of, self.count)

    def count(self):
        facets = self.choice.facets(self.filters.lookups, self.filters.among)
        return facets | {"proposed": Counter({True: self.proposals.total()})}

    @property
    def number_proposed(self):
        """How many proposals match the filters."""
        return self.facets["proposed"][True]

    @cached_property
    def standings(self):
        """Every public ask and proposal, as it stands on the day."""
        return RecommendedAction.standings(self.day).published(self.day)

    def rows(self):
        """The rows that match the filters of `in_rows`, from the narrowest table."""
        chosen = {name: self.chosen[name] for name in self.in_rows & self.chosen.keys()}
        rows = self.standings.matching(**chosen).order_by()
        return rows.proposed() if self.is_of_proposals else rows.asked()

    @property
    def in_rows(self):
        """The filters by which the rows of today are narrowed as quickly as they are read."""
        is_today = self.day in (None, timezone.localdate())
        return {"body", "status", "overdue"} if is_today else set()

    @property
    def narrows(self):
        """Whether any other filter is chosen."""
        return not self.chosen.keys() <= self.in_rows

    def matches(self):
        if not self.narrows:
            return self.rows()
        return self.rows().filter(Among(self.of_ask, self.choice.keys))

    def ordered(self):
        if not self.narrows or self.choice.asks.bit_count() <= FEW:
            return self.keys()
        return self.walk()

    def walk(self):
        """The same, without giving the database the keys of all the asks that match."""
        share = self.choice.share_of(*self.in_rows)
        keys = self.columns.among(self.choice.asks)
        return Walk(self.sort(self.rows()), self.of_ask, keys, share=share)

    def sort(self, rows):
        return rows.sorted_by(self.filters.sort_by)

    def fetch(self):
        return RecommendedAction.objects.with_status(self.day).with_related()

    def rows_of(self, page):
        """The asks of a page: of those whose cards are kept, the keys alone."""
        keys = list(page.object_list)
        if self.pieces is None:
            return in_order(keys, self.fetch())
        lacking = {key for key in keys if self.pieces.lacks(key)}
        found = self.fetch().in_bulk(lacking) if lacking else {}
        there = (key for key in keys if key in found or key not in lacking)
        return [found.get(key) or Keyed(key) for key in there]

    def shown(self, actions):
        return {
            "actions": actions,
            "is_of_proposals": self.is_of_proposals,
            "number_proposed": self.number_proposed,
        }


class IssueList(ActionList):
    """The issues, narrowed by what was asked about them, with how their asks stand."""

    filter_form = IssueFilterForm

    @cached_property
    def choice(self):
        return IssueChoice(self.columns, keys_of(self.rows()), **self.chosen)

    def count(self):
        return self.choice.facets(self.filters.lookups)

    in_rows = frozenset[str]()

    def rows(self):
        return Issue.objects.opened(self.day).order_by()

    def ordered(self):
        return self.keys()

    def sort(self, issues):
        return issues.sorted_by(self.filters.sort_by)

    def fetch(self):
        return Issue.objects.with_related()

    rows_of = FilteredList.rows_of

    def shown(self, issues):
        phases = self.standings.phase_counts_of(issues)
        return {"issues": [(issue, phases.get(issue.pk, {})) for issue in issues]}


class BodyList(FilteredList):
    """The bodies, those first that are asked for something now."""

    filter_form = BodyFilterForm
    per_page = 50

    @cached_property
    def asks(self):
        return RecommendedAction.standings().published().open()

    def matches(self):
        return self.fetch().containing(self.search).order_by()

    def searched(self):
        return [TargetBody.objects.all()]

    def sort(self, bodies):
        return bodies.order_by("-is_asked", "position", in_words(TargetBody, "name"), "pk")

    def fetch(self):
        asked = self.asks.asked().filter(body=models.OuterRef("pk"))
        return TargetBody.objects.annotate(is_asked=models.Exists(asked)).select_related("kind")

    def shown(self, bodies):
        phases = self.asks.filter(body__in=bodies).phase_counts("body")
        return {
            "asked": [(body, phases[body.pk]) for body in bodies if body.is_asked],
            "number_asked": self.matches().filter(is_asked=True).count(),
            "not_asked": [
                (body, phases[body.pk][PROPOSED]) for body in bodies if not body.is_asked
            ],
        }
