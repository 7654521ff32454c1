"""The lists of the record. A list is its filters, its rows, and what stands behind each option.

Whatever shows a list is made of it: the page, the part that htmx asks for, the feed, the file.
"""

from django.db import models
from django.utils.functional import cached_property
from django.utils.http import urlencode

from advocacy.models import (
    ChecklistStep,
    Issue,
    Meeting,
    RecommendedAction,
    StatusUpdate,
    TargetBody,
)
from advocacy.public.forms import (
    ActionFilterForm,
    BodyFilterForm,
    ChecklistFilterForm,
    IssueFilterForm,
    MeetingFilterForm,
    UpdateFilterForm,
)
from advocacy.web.htmx import render_part
from advocacy.web.pagination import PER_PAGE, in_order, page_of


def render_list(request, rows, template, **more):
    """The page of a list, or its part "results" for htmx."""
    page = rows.page(request.GET.get("page"))
    context = {"filters": rows.form, "page": page, **rows.shown(page.object_list), **more}
    return render_part(request, template, "results", context)


class FilteredList:
    """What the lists share: each says how its rows are found, in what order, and fetched whole."""

    filter_form = None
    per_page = PER_PAGE
    # What stands behind each option of the filters, where that is told: {filter: {value: count}}.
    facets = None

    def __init__(self, query):
        self.filters = self.filter_form(query)
        self.day = self.filters.as_of_day

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
        return self.facets["total"] if self.facets else self.found().count()

    def keys(self):
        """The keys of all rows in order, from the narrowest table."""
        return self.sort(self.found()).values_list("pk", flat=True)

    def rows(self):
        """All rows in order, as they are shown."""
        return self.sort(self.fetch().filter(pk__in=self.found().values("pk")))

    def first(self, number):
        """The first rows of the list."""
        return in_order(self.keys()[:number], self.fetch())

    def page(self, number):
        """One page of the list; a bad number is a 404."""
        page = page_of(self.keys(), number, total=self.total, per_page=self.per_page)
        page.object_list = in_order(page.object_list, self.fetch())
        return page


class ActionList(FilteredList):
    filter_form = ActionFilterForm

    @cached_property
    def asks(self):
        """Every public ask, as it stands on the day."""
        return RecommendedAction.standings(self.day).published(self.day)

    @cached_property
    def facets(self):
        filters = self.filters
        return self.asks.facets(filters.lookups, among=filters.among, **filters.filters)

    def found(self):
        return self.asks.matching(**self.filters.filters).order_by()

    def sort(self, asks):
        return asks.sorted_by(self.filters.sort_by)

    def fetch(self):
        return RecommendedAction.objects.with_status(self.day).with_related()

    def shown(self, actions):
        return {"actions": actions}


class UpdateList(ActionList):
    """The entries of the asks, newest first, with the filters of the asks."""

    filter_form = UpdateFilterForm

    @property
    def updates(self):
        return StatusUpdate.objects.published(self.day)

    @cached_property
    def facets(self):
        filters = self.filters
        counted = {"among": filters.among, **filters.filters}
        return self.updates.facets(self.asks, filters.lookups, self.day, **counted)

    def found(self):
        return self.updates.of_matching(self.asks, **self.filters.filters).order_by()

    def sort(self, updates):
        return updates.newest_first()

    def fetch(self):
        return StatusUpdate.objects.with_related()

    def shown(self, updates):
        return {"updates": updates}


class IssueList(ActionList):
    """The issues, narrowed by what was asked about them, with how their asks stand."""

    filter_form = IssueFilterForm

    @property
    def issues(self):
        return Issue.objects.opened(self.day)

    @cached_property
    def facets(self):
        filters = self.filters
        counted = {"among": filters.among, **filters.filters}
        return self.issues.facets(self.asks, filters.lookups, **counted)

    def found(self):
        return self.issues.matching(self.asks, **self.filters.filters).order_by()

    def sort(self, issues):
        return issues.sorted_by(self.filters.sort_by)

    def fetch(self):
        return Issue.objects.with_related()

    def shown(self, issues):
        phases = self.asks.about(issues).phase_counts("issue")
        return {"issues": [(issue, phases.get(issue.pk, {})) for issue in issues]}


class BodyList(FilteredList):
    """The bodies, those first that are asked for something now."""

    filter_form = BodyFilterForm
    per_page = 50

    @cached_property
    def asks(self):
        return RecommendedAction.standings().published().open()

    def found(self):
        return self.fetch().containing(self.filters.filters.get("q", "")).order_by()

    def sort(self, bodies):
        return bodies.order_by("-is_asked", "position", "name", "pk")

    def fetch(self):
        asked = self.asks.filter(body=models.OuterRef("pk"))
        return TargetBody.objects.annotate(is_asked=models.Exists(asked))

    def shown(self, bodies):
        phases = self.asks.filter(body__in=bodies).phase_counts("body")
        return {
            "asked": [(body, phases[body.pk]) for body in bodies if body.pk in phases],
            "number_asked": self.found().filter(is_asked=True).count(),
            "not_asked": [body for body in bodies if body.pk not in phases],
        }


class MeetingList(FilteredList):
    """The next chances to act, by date."""

    filter_form = MeetingFilterForm
    per_page = 50

    def found(self):
        return Meeting.objects.matching(**self.filters.filters).upcoming().order_by()

    def sort(self, meetings):
        return meetings.order_by("starts_on", "ends_on", "pk")

    def fetch(self):
        return Meeting.objects.with_related()

    def asks_of(self, meetings):
        """The first open asks to the bodies of these meetings: {key of a body: [ask, …]}."""
        asks = RecommendedAction.objects.published().open().on(self.filters.filters.get("issue"))
        return asks.first_of_each_body({meeting.body_id for meeting in meetings}).by_body()

    def shown(self, meetings):
        standing = Meeting.objects.matching(**self.filters.filters).standing().with_related()
        standing = list(standing.order_by("body__position", "title")[: self.per_page])
        chosen = {name: row.slug for name, row in self.filters.filters.items()}
        return {
            "meetings": meetings,
            "standing": standing,
            "asks": self.asks_of([*meetings, *standing]),
            "query": urlencode(chosen),
        }


class StepList(FilteredList):
    """Every step of the open asks, those first that take the least time."""

    filter_form = ChecklistFilterForm

    def found(self):
        return ChecklistStep.objects.of_open_asks().matching(**self.filters.filters).order_by()

    def sort(self, steps):
        return steps.order_by("minutes", "action__reference", "position", "pk")

    def fetch(self):
        return ChecklistStep.objects.with_related()

    def shown(self, steps):
        return {"steps": with_asks(steps), "country": self.filters.cleaned_data.get("country")}


def with_asks(steps):
    """The steps as a list, each with its ask as the record has it now."""
    steps = list(steps)
    asks = RecommendedAction.objects.with_status().with_related()
    asks = asks.in_bulk({step.action_id for step in steps})
    for step in steps:
        step.action = asks[step.action_id]
    return steps
