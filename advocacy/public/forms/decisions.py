"""The filters of what was decided and of what was said."""

from django.utils.translation import gettext_lazy as _

from advocacy.languages import place_in_a_list
from advocacy.models import Decision, Outcome, TargetBody, Vote, country_name
from advocacy.models.kept import numbers
from advocacy.models.positions import states_that_spoke, states_that_voted
from advocacy.public.forms.fields import body_field, issue_field, stance_field, words_field
from advocacy.public.forms.filters import AsOfForm
from advocacy.public.forms.options import choice


class DecisionFilterForm(AsOfForm):
    """Narrows the decisions; with a State, to those in which it voted, and how."""

    lists = _("Decisions")

    q = words_field()
    issue = issue_field()
    body = body_field()
    outcome = choice(_("Outcome"), Outcome.choices, _("Any outcome"))
    state = choice(_("State"), [], _("Any State"))
    voted = choice(_("Vote"), Vote.choices, _("Any vote"))

    def fill_choices(self):
        decided = Decision.objects.in_force().order_by().values("body")
        self.fields["body"].queryset = TargetBody.objects.filter(pk__in=decided)
        self.fields["state"].choices += by_name(numbers.get("voted", states_that_voted))

    @classmethod
    def not_offered(cls, data):
        """Where no vote by name is on record, nobody is asked whose."""
        return unless(numbers.get("voted", states_that_voted), data, "state", "voted")


class StatementFilterForm(AsOfForm):
    """Narrows the statements to a State, to an issue, to what they say to an ask."""

    lists = _("Statements")

    q = words_field()
    issue = issue_field()
    state = choice(_("State"), [], _("Any State"))
    stance = stance_field()

    def fill_choices(self):
        self.fields["state"].choices += by_name(numbers.get("spoke", states_that_spoke))

    @classmethod
    def not_offered(cls, data):
        """Where no State is known to have spoken, nobody is asked which."""
        return unless(numbers.get("spoke", states_that_spoke), data, "state")


def by_name(codes):
    """The options of some States, in the order of their names."""
    named = ((code, country_name(code)) for code in codes)
    return sorted(named, key=lambda state: place_in_a_list(state[1]))


def unless(there, data, *names):
    """The filters of these names that the address does not name, where nothing is there."""
    return [] if there else [name for name in names if name not in data]
