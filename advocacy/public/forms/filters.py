"""The filters of every list, as GET forms."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advocacy.models import (
    GROUP_OF,
    ActionSort,
    Audience,
    Issue,
    IssueSort,
    Phase,
    StepKind,
    TargetBody,
    Topic,
)
from advocacy.models.standing import label_of, label_of_group, status_choices
from advocacy.public.forms.countries import country_choices

UNKNOWN = _("“%(value)s” is not known here; this filter was not applied.")
MOST_OPTIONS = 60


def _choice(label, choices, empty):
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", empty), *choices],
        error_messages={"invalid_choice": UNKNOWN},
    )


class SlugField(forms.ModelChoiceField):
    """Cleans a slug to its row; its options are given by the page, with their counts."""

    def __init__(self, queryset, *, label, empty):
        super().__init__(
            queryset,
            label=label,
            required=False,
            to_field_name="slug",
            empty_label=empty,
            error_messages={"invalid_choice": UNKNOWN},
        )


class FilterForm(forms.Form):
    """A GET form whose unknown values are shown beside their field and not applied."""

    sort_default = ""
    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=_("The record as it stood on that day."),
        error_messages={"invalid": _("Give a day as YYYY-MM-DD; this filter was not applied.")},
    )

    def __init__(self, data):
        super().__init__(data, auto_id="filter-%s")
        self.is_valid()
        # Before the options carry counts.
        self.active = list(self._active())

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise ValidationError(_("That day has not come yet; this filter was not applied."))
        return day

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

    def _active(self):
        """What is applied, as (field name, label, shown value), to be shown and removed."""
        for name, value in {**self.filters, "as_of": self.as_of_day}.items():
            if not value:
                continue
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField) and not isinstance(field, SlugField):
                value = dict(_flat(field.choices)).get(value, value)
            elif value is True:
                value = ""
            yield name, field.label, value

    def show_counts(self, facets):
        """Put the live counts into the options of each filter."""
        for name, field in self.fields.items():
            if name not in facets:
                continue
            if isinstance(field, SlugField):
                field.widget.choices = self._counted_rows(name, field, facets[name])
            elif name == "status":
                field.choices = _counted_statuses(field, facets[name])
            elif isinstance(field, forms.ChoiceField):
                counts = {option.value: option.count for option in facets[name]}
                field.choices = [
                    (value, f"{label} ({counts.get(value, 0)})" if value else label)
                    for value, label in field.choices
                ]
            elif isinstance(field, forms.BooleanField):
                field.label = f"{field.label} ({facets[name]})"

    def _counted_rows(self, name, field, options):
        choices = [(o.value, f"{o.label} ({o.count})") for o in options[:MOST_OPTIONS]]
        chosen = self.cleaned_data.get(name)
        if chosen and chosen.slug not in dict(choices):
            choices.append((chosen.slug, f"{chosen} (0)"))
        return [("", field.empty_label), *choices]


def _flat(choices):
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def _counted_statuses(field, options):
    counts = {option.value: option.count for option in options}
    groups = [field.choices[0]]
    for phase in Phase:
        whole = sum(counts.get(status, 0) for status in phase.statuses)
        words = label_of_group(phase)
        codes = [(s.value, f"{label_of(s)} ({counts.get(s, 0)})") for s in phase.statuses]
        groups.append((words, [(phase.value, f"{words} ({whole})"), *codes]))
    return groups


class ActionFilterForm(FilterForm):
    sort_default = ActionSort.WAITING

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    issue = SlugField(Issue.objects.all(), label=_("Issue"), empty=_("All issues"))
    topic = SlugField(Topic.objects.all(), label=_("Topic"), empty=_("All topics"))
    body = SlugField(TargetBody.objects.all(), label=_("Body"), empty=_("All bodies"))
    status = _choice(_("Status"), status_choices(), _("Any status"))
    audience = _choice(_("Who can act"), Audience.choices, _("Everyone"))
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)
    sort = _choice(_("Order"), ActionSort.choices[1:], ActionSort.WAITING.label)

    field_order = ["q", "issue", "topic", "body", "status", "audience", "overdue", "as_of", "sort"]


class UpdateFilterForm(ActionFilterForm):
    """The filters of the asks, over the entries of their record; newest first."""

    sort = None


class IssueFilterForm(FilterForm):
    sort_default = IssueSort.POSITION

    q = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    topic = SlugField(Topic.objects.all(), label=_("Topic"), empty=_("All topics"))
    body = SlugField(TargetBody.objects.all(), label=_("Body"), empty=_("All bodies"))
    status = _choice(_("Status of an ask"), status_choices(), _("Any status"))
    sort = _choice(_("Order"), IssueSort.choices[1:], IssueSort.POSITION.label)

    field_order = ["q", "topic", "body", "status", "as_of", "sort"]


class AsOfForm(FilterForm):
    """The day of a page without other filters."""


class MeetingFilterForm(FilterForm):
    """Narrows the calendar to one body, or to those asked about one issue."""

    as_of = None
    issue = SlugField(Issue.objects.all(), label=_("Issue"), empty=_("All issues"))
    body = SlugField(TargetBody.objects.all(), label=_("Body"), empty=_("All bodies"))

    @property
    def as_of_day(self):
        return None


class StepFilterForm(FilterForm):
    """Narrows the checklist of an ask to what one person can do in the time they have."""

    MINUTES = [("5", _("5 minutes")), ("15", _("15 minutes")), ("60", _("an hour"))]

    as_of = None
    audience = _choice(_("I am"), Audience.choices, _("Anyone"))
    minutes = _choice(_("I have"), MINUTES, _("any time"))

    @property
    def as_of_day(self):
        return None


class ChecklistFilterForm(StepFilterForm):
    """Narrows all steps of the record to one's own checklist."""

    kind = _choice(_("I want to"), StepKind.choices, _("anything"))
    issue = SlugField(Issue.objects.all(), label=_("Issue"), empty=_("All issues"))
    body = SlugField(TargetBody.objects.all(), label=_("Body"), empty=_("All bodies"))
    country = _choice(_("My country"), [(code, code) for code in GROUP_OF], _("any"))

    field_order = ["audience", "minutes", "kind", "issue", "body", "country"]

    def __init__(self, data):
        super().__init__(data)
        self.fields["country"].choices = [("", _("any")), *country_choices()]
        # Named in the language of the page.
        self.active = list(self._active())
