"""What visitors send: the filters of every list, and the wish to follow."""

from datetime import timedelta

from babel import Locale
from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from advocacy.models import (
    GROUP_OF,
    ActionSort,
    Audience,
    Frequency,
    Issue,
    IssueSort,
    Phase,
    RecommendedAction,
    StepKind,
    TargetBody,
    Topic,
)

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


def _status_choices():
    return [
        (phase.label, [(code.value, code.label) for code in (phase, *phase.statuses)])
        for phase in Phase
    ]


def _counted_statuses(field, options):
    counts = {option.value: option.count for option in options}
    groups = [field.choices[0]]
    for phase in Phase:
        whole = sum(counts.get(status, 0) for status in phase.statuses)
        codes = [(s.value, f"{s.label} ({counts.get(s, 0)})") for s in phase.statuses]
        groups.append((phase.label, [(phase.value, f"{phase.label} ({whole})"), *codes]))
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
    status = _choice(_("Status"), _status_choices(), _("Any status"))
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
    status = _choice(_("Status of an ask"), _status_choices(), _("Any status"))
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


# Nobody reads the form and types an address in less.
LEAST_TIME = timedelta(seconds=3)
SUBJECTS = {"issue": Issue, "body": TargetBody, "action": RecommendedAction}


class MailAddressField(forms.CharField):
    """An address that can exist; domains may be international. Cleans to its normal form."""

    widget = forms.EmailInput

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return value
        try:
            found = validate_email(value, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValidationError(
                _("Give an e-mail address, for example name@example.org."), code="invalid"
            ) from None
        return found.normalized


class SubjectField(forms.ChoiceField):
    """What to follow: `everything`, `issue:slug`, `body:slug` or `action:slug`.

    Cleans to the keyword arguments of a subject; everything is an empty dict.
    """

    def to_python(self, value):
        if not value:
            return None
        if value == "everything":
            return {}
        kind, _colon, slug = str(value).partition(":")
        model = SUBJECTS.get(kind)
        rows = RecommendedAction.objects.published() if kind == "action" else None
        rows = model.objects.all() if model and rows is None else rows
        row = rows.filter(slug=slug).first() if model else None
        if row is None:
            raise ValidationError(_("This is not in the record: choose what to follow."))
        return {kind: row}

    def validate(self, value):
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")


class FollowForm(forms.Form):
    """A wish to follow. It is posted without a cookie, so pages that carry it can be cached."""

    email = MailAddressField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    subject = SubjectField(label=_("What to follow"))
    frequency = forms.ChoiceField(
        label=_("How often"), choices=Frequency, widget=forms.RadioSelect, initial=Frequency.WEEKLY
    )
    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES)
    # Programs fill in every field that they find; people do not see this one.
    homepage = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    shown_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, subject="everything", choices=()):
        super().__init__(data, auto_id="follow-%s", use_required_attribute=False)
        self.fields["subject"].initial = subject
        self.fields["language"].initial = get_language()
        self.fields["shown_at"].initial = signing.dumps(
            int(timezone.now().timestamp()), salt="follow-form"
        )
        if choices:
            self.fields["subject"].choices = choices
        else:
            self.fields["subject"].widget = forms.HiddenInput()

    @property
    def looks_automatic(self):
        """Whether a program filled it in: the trap holds text, or it took no time."""
        if self.cleaned_data["homepage"]:
            return True
        try:
            shown_at = signing.loads(self.cleaned_data["shown_at"], salt="follow-form")
        except signing.BadSignature:
            return True
        return timezone.now().timestamp() - shown_at < LEAST_TIME.total_seconds()


def subject_choices():
    """All that can be followed but single asks, which have the form on their own page."""
    return [
        ("everything", _("Everything in this record")),
        (_("Issues"), [(f"issue:{issue.slug}", issue.title) for issue in Issue.objects.all()]),
        (_("Bodies"), [(f"body:{body.slug}", body.name) for body in TargetBody.objects.all()]),
    ]


class FollowingForm(forms.Form):
    """What a follower may change about following."""

    keep = forms.ModelMultipleChoiceField(
        None, label=_("You follow"), required=False, widget=forms.CheckboxSelectMultiple
    )
    add = SubjectField(label=_("Follow this as well"), required=False)
    frequency = forms.ChoiceField(label=_("How often"), choices=Frequency, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES)

    def __init__(self, data=None, *, subscriber):
        follows = subscriber.follows.with_related()
        super().__init__(
            data,
            use_required_attribute=False,
            initial={
                "keep": follows,
                "frequency": subscriber.frequency,
                "language": subscriber.language,
            },
        )
        self.fields["keep"].queryset = follows
        self.fields["add"].choices = [("", _("Nothing more")), *subject_choices()]


# Babel names countries and does not sort; these letters stand elsewhere than their numbers say.
UKRAINIAN = {letter: n for n, letter in enumerate("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя")}


def country_choices():
    """The member States of the UN, by name in the active language."""
    territories = Locale.parse(get_language()).territories
    names = [(code, territories[code]) for code in GROUP_OF]

    def order(choice):
        letters = choice[1].casefold()
        return [UKRAINIAN.get(letter, ord(letter)) for letter in letters]

    return sorted(names, key=order)


class CountryForm(forms.Form):
    """Which State; nothing is guessed from where a visitor is."""

    country = forms.ChoiceField(
        label=_("Your country"),
        error_messages={
            "invalid_choice": _("“%(value)s” is no member State of the United Nations."),
            "required": _("Choose a country."),
        },
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, auto_id="seats-%s", use_required_attribute=False, **kwargs)
        self.fields["country"].choices = [("", _("Choose a country")), *country_choices()]
