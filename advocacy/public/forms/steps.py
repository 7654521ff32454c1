"""The filters of steps: on the page of an ask, and of the checklist."""

from django.utils.translation import gettext_lazy as _

from advocacy.models import (
    Audience,
    StepKind,
)
from advocacy.public.forms.countries import country_choices
from advocacy.public.forms.fields import body_field, issue_field
from advocacy.public.forms.filters import FilterForm
from advocacy.public.forms.options import (
    choice,
)


class StepFilterForm(FilterForm):
    """Narrows the checklist of an ask to what one person can do in the time they have."""

    MINUTES = [
        ("5", _("5 minutes")),
        ("15", _("15 minutes")),
        ("30", _("half an hour")),
        ("60", _("an hour")),
    ]
    WHO = [(Audience.ANYONE.value, _("a private person")), *Audience.choices[1:]]

    audience = choice(_("I am"), WHO, _("not said"))
    minutes = choice(_("I have"), MINUTES, _("any time"))


class AskStepForm(StepFilterForm):
    """The same on the page of an ask, and for which State its letters are addressed."""

    country = choice(_("Your country"), [], _("Choose a country"))

    def fill_choices(self):
        self.fields["country"].choices = [("", _("Choose a country")), *country_choices()]

    def leave_out(self):
        super().leave_out()
        leave_out_country(self)

    @property
    def chosen_country(self):
        return self.filters.get("country", "")

    @property
    def narrowing(self):
        """What fewer steps are shown for; the country only addresses their letters."""
        return {name: value for name, value in self.filters.items() if name != "country"}


def leave_out_country(form):
    """Nobody is asked for a country where the record knows none."""
    if "country" not in form.data and len(form.fields["country"].choices) == 1:
        del form.fields["country"]


class ChecklistFilterForm(StepFilterForm):
    """Narrows all steps of the record to one's own checklist."""

    lists = _("My checklist")
    kind = choice(_("I want to"), StepKind.choices, _("anything"))
    issue = issue_field()
    body = body_field()
    country = choice(_("My country"), [], _("any"))

    def fill_choices(self):
        self.fields["country"].choices = [("", _("any")), *country_choices()]

    def leave_out(self):
        super().leave_out()
        leave_out_country(self)
