"""The filters of every list, as GET forms. `counted` says which options show live counts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, Value
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from advocacy.models import (
    ActionSort,
    Audience,
    DatePrecision,
    Issue,
    IssueSort,
    Organisation,
    Phase,
    StandingToday,
    StatementAsk,
)
from advocacy.models.dates import written_day
from advocacy.models.kept import numbers
from advocacy.models.standing import label_of, label_of_group, status_choices
from advocacy.public.forms.fields import (
    body_field,
    day_field,
    issue_field,
    organisation_field,
    stance_field,
    topic_field,
    words_field,
)
from advocacy.public.forms.options import (
    Label,
    SlugField,
    Switch,
    choice,
    counted,
)
from advocacy.web.problems import Problem, wrong


class FilterForm(forms.Form):
    """A GET form whose unknown values are shown beside their field and not applied."""

    sort_default = ""
    # What the list is called, at the end of its title.
    lists: Any = ""
    fields: dict[str, Any]

    def __init__(self, data):
        super().__init__(data, auto_id="filter-%s")
        self.order_fields([name for name in self.fields if name not in ("as_of", "sort")])
        if "issue" in self.fields:
            self.fields["issue"].queryset = Issue.objects.opened()
        if "organisation" in self.fields:
            # No other option leads to anything.
            self.fields["organisation"].queryset = Organisation.objects.that_asked()
        for name, field in self._slug_fields():
            field.look_for(data.get(f"{name}_words", ""))
        self.fill_choices()
        self.is_valid()
        # Before the options carry counts.
        self.active = list(self._active())

    def demand(self):
        """For programs: none of them goes on with a list that is not the one it asked for."""
        if not self.is_valid():
            raise Problem(
                "The address holds a filter that is not known here.",
                errors=[
                    wrong(name, self.data.get(name, ""), error.code)
                    for name, errors in self.errors.as_data().items()
                    for error in errors
                ],
            )

    def fill_choices(self):
        """Give those fields their choices whose choices the record has."""

    @classmethod
    def not_offered(cls, data):
        """The filters that make no sense in this record and that the address does not name.

        Asked for only where a form is shown.
        """
        return []

    def leave_out(self):
        for name in self.not_offered(self.data):
            del self.fields[name]

    @property
    def as_of_day(self):
        """The day asked for, or None for today."""
        return self.cleaned_data.get("as_of")

    @property
    def sort_by(self):
        return self.cleaned_data.get("sort") or self.sort_default

    @property
    def filters(self):
        """The keyword arguments of `matching`: what was given and understood."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if value and name not in ("sort", "as_of")
        }

    @property
    def query(self):
        """What is applied, as the query of an address: alike however it was asked for."""
        return self.query_without()

    @property
    def query_in_order(self):
        """The same with the order of the rows, where one was chosen."""
        sort = self.cleaned_data.get("sort")
        return "&".join(part for part in (self.query, sort and urlencode({"sort": sort})) if part)

    def query_without(self, *names):
        """The same without some filters."""
        values = {**self.filters, "as_of": self.as_of_day}
        return urlencode(
            {
                name: getattr(value, "slug", "on" if value is True else value)
                for name, value in values.items()
                if value and name not in names
            }
        )

    def _active(self):
        """What is applied, as (field name, label, shown value), to be shown and removed."""
        for name, value in {**self.filters, "as_of": self.as_of_day}.items():
            if not value:
                continue
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField) and not isinstance(field, SlugField):
                value = dict(_flat(field.choices)).get(value, value)
            elif isinstance(field, SlugField):
                value = field.label_of(value)
            elif value is True:
                value = ""
            yield name, field.label, value

    @property
    def title(self):
        """What the page is called: “Security Council · under discussion · Asks”."""
        return " · ".join([*map(_in_title, self.active), str(self.lists)])

    @property
    def lookups(self):
        """{filter: the lookup by which its options are counted}, see `counted`."""
        fields = self.fields.items()
        return {name: field.counted for name, field in fields if hasattr(field, "counted")}

    @property
    def among(self):
        """The options of a filter that were searched for, where they were: {filter: rows}."""
        return {name: field.matches for name, field in self._slug_fields() if field.words}

    @property
    def words(self):
        """The words by which options were searched for: [(filter, words)]."""
        return [(name, field.words) for name, field in self._slug_fields() if field.words]

    def _slug_fields(self):
        return [(n, field) for n, field in self.fields.items() if isinstance(field, SlugField)]

    def show_first_options(self):
        """Fill the filters that show no counts."""
        self.leave_out()
        for name, field in self._slug_fields():
            field.show_first(self.cleaned_data.get(name))

    def show_counts(self, facets):
        """Put the live counts into the options of each filter: {filter: {value: count}}."""
        self.leave_out()
        for name, rows in self._names(facets).items():
            self._show_rows(name, rows, facets)
        for name, field in self.fields.items():
            counts = facets.get(name)
            if counts is None or isinstance(field, SlugField):
                continue
            if name == "status":
                field.choices = _counted_statuses(field, counts)
            elif hasattr(field, "choices"):
                field.choices = [
                    (value, f"{label} ({counts[value]})" if value else label)
                    for value, label in field.choices
                ]
            else:
                # A bound field keeps the label that it was made with.
                self[name].label = field.label = f"{field.label} ({counts[True]})"

    def _names(self, facets):
        """The same as kept for whoever applies the same filters."""
        of = type(self).__name__, self.query, *self.words, get_language()
        return numbers.get(("names", *of), lambda: self._read_names(facets))

    def _read_names(self, facets):
        """Slug and name of every row that is an option, from one query: {filter: {key: …}}."""
        fields = list(self._slug_fields())
        first, *others = [
            field.names(facets.get(name)).values_list(Value(name), "pk", "slug", "own", "told")
            for name, field in fields
        ]
        names: dict[str, dict[int, tuple[str, Label]]] = {name: {} for name, _field in fields}
        for name, pk, slug, own, told in first.union(*others, all=True).order_by():
            names[name][pk] = slug, Label.of(own, told)
        return names

    def _show_rows(self, name, names, facets):
        """Options with the most behind them come first, where that is counted."""
        counts, chosen = facets.get(name), self.cleaned_data.get(name)

        def numbered(pk, shown):
            # What is chosen leaves what is listed now.
            return shown if counts is None else shown.with_number(counts.get(pk, facets["total"]))

        rows = sorted(
            (-counts[pk] if counts else 0, shown, slug, pk) for pk, (slug, shown) in names.items()
        )
        self.fields[name].show(
            [(slug, numbered(pk, shown)) for _minus, shown, slug, pk in rows],
            chosen and (chosen.slug, numbered(chosen.pk, self.fields[name].label_of(chosen))),
        )


def _in_title(filter_):
    """One filter in a title: its value, or its label where it is on or not."""
    name, label, value = filter_
    if name == "as_of":
        return gettext("As of %(day)s") % {"day": written_day(value, DatePrecision.DAY)}
    if name == "looked_on":
        return gettext("Our looks of %(day)s") % {"day": written_day(value, DatePrecision.DAY)}
    if name == "q":
        return gettext("“%(words)s”") % {"words": value}
    return str(label if name == "looks" else value or label)


def _flat(choices):
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def _counted_statuses(field, counts):
    groups = [field.choices[0]]
    for phase in Phase:
        words = label_of_group(phase)
        codes = [(s.value, f"{label_of(s)} ({counts[s.value]})") for s in phase.statuses]
        groups.append((words, [(phase.value, f"{words} ({counts[phase.value]})"), *codes]))
    return groups


class AsOfForm(FilterForm):
    """The filters of what can be shown as it stood on a day; by itself, that day alone."""

    as_of = day_field(_("As of"), help_text=_("The record as it stood on that day."))

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise ValidationError(_("That day has not come yet; this filter was not applied."))
        return day


def looks_field():
    return choice(_("Our own looks"), [("1", _("included"))], _("left out"))


class TimelineForm(AsOfForm):
    """The day, whether a timeline holds our own looks, and whether all of it is shown."""

    looks = looks_field()
    timeline = choice(_("Timeline"), [("all", _("whole"))], "")

    @property
    def is_whole(self):
        return bool(self.cleaned_data.get("timeline"))

    @property
    def has_looks(self):
        return bool(self.cleaned_data.get("looks"))


class OverviewForm(AsOfForm):
    """The day, and how the record is shown at a glance."""

    by = choice(
        _("Order"),
        [("issue", _("by issue")), ("wait", _("by the length of the silence"))],
        _("by body"),
    )
    view = choice(_("Shown as"), [("table", _("a table"))], _("a picture"))

    @property
    def is_table(self):
        return self.cleaned_data.get("view") == "table"

    @property
    def by_shown(self):
        return self.cleaned_data.get("by") or ""

    @property
    def orders(self):
        """[(value, words)] of the orders of the picture."""
        return self.fields["by"].choices


class ActionFilterForm(AsOfForm):
    lists = _("Asks")
    sort_default = ActionSort.WAITING

    q = words_field()
    issue = counted(issue_field(), "issue")
    topic = counted(topic_field(), "issue__topics")
    body = counted(body_field(), "body")
    organisation = organisation_field()
    status = counted(choice(_("Status"), status_choices(), _("Any status")), "status")
    stance: forms.Field | None = stance_field()
    audience = counted(choice(_("Who can act"), Audience.choices, _("Everyone")), "audiences")
    overdue = counted(Switch(_("Overdue only")), "is_overdue")
    proposed: forms.Field | None = Switch(_("Proposed by the editors"))
    sort = choice(_("Order"), ActionSort.choices[1:], ActionSort.WAITING.label)

    @classmethod
    def not_offered(cls, data):
        """Nothing can be overdue where no answer is due by any day; nor found where none is, or
        where nobody asked or spoke.
        """
        given = {"overdue", "proposed", "organisation", "stance"}
        named = given & cls.base_fields.keys() - data.keys()
        if not named:
            return []
        is_any = numbers.get("any", _is_any)
        return [name for name in named if not is_any.get(name)]


def _is_any():
    """Whether an answer is due by any day, or anything is proposed or was asked: one query."""
    asks = StandingToday.objects.published()
    rows = asks.order_by().values(
        overdue=Exists(asks.due()),
        proposed=Exists(asks.proposed()),
        organisation=Exists(asks.asked()),
        stance=Exists(StatementAsk.objects.in_force()),
    )
    return rows.first() or {}


class UpdateFilterForm(ActionFilterForm):
    """The filters of the asks, over the entries of their record; our own looks on request."""

    lists = _("Updates")
    # Its entries stand among the others, and say so.
    proposed = None
    # That is of the asks, not of what bodies did.
    stance = None
    sort = None
    looks = looks_field()
    looked_on = day_field(_("Our looks of one day"))


class IssueFilterForm(AsOfForm):
    lists = _("Issues")
    sort_default = IssueSort.POSITION

    q = words_field()
    topic = counted(topic_field(), "topics")
    body = counted(body_field(), "body")
    status = counted(choice(_("Status of an ask"), status_choices(), _("Any status")), "status")
    sort = choice(_("Order"), IssueSort.choices[1:], IssueSort.POSITION.label)


class BodyFilterForm(FilterForm):
    """Finds a body by words."""

    lists = _("Bodies")
    q = words_field()
