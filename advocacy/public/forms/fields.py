"""The fields that filters of several lists share."""

from django import forms
from django.utils.translation import gettext_lazy as _

from advocacy.models import Issue, Organisation, Stance, TargetBody, Topic
from advocacy.public.forms.options import LONGEST_SEARCH, SlugField, choice


def words_field():
    return forms.CharField(
        label=_("Words"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


def issue_field():
    return SlugField(Issue.objects.all(), label=_("Issue"), empty=_("All issues"), named="title")


def topic_field():
    return SlugField(Topic.objects.all(), label=_("Topic"), empty=_("All topics"), searched=False)


def body_field():
    return SlugField(TargetBody.objects.all(), label=_("Body"), empty=_("All bodies"))


def organisation_field():
    label, empty = _("Who asked"), _("All organisations")
    return SlugField(Organisation.objects.all(), label=label, empty=empty, searched=False)


def stance_field():
    """What somebody said to an ask; for or against counts only what was said of the step itself."""
    return choice(_("What was said of it"), Stance.choices, _("Anything"))


def day_field(label, **options):
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Give a day as YYYY-MM-DD; this filter was not applied.")},
        **options,
    )
