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
        self.fields["state"].choices += by_name(numbers.get("voted", states_that_voted))

    def leave_out(self):
        super().leave_out()
        # Any body is known in an address; those are offered that decided something.
        decided = Decision.objects.in_force().order_by().values("body")
        self.fields["body"].queryset = TargetBody.objects.filter(pk__in=decided)
        leave_out_states(self, "state", "voted")


class StatementFilterForm(AsOfForm):
    """Narrows the statements to a State, to an issue, to what they say to an ask."""

    lists = _("Statements")

    q = words_field()
    issue = issue_field()
    state = choice(_("State"), [], _("Any State"))
    stance = stance_field()

    def fill_choices(self):
        self.fields["state"].choices += by_name(numbers.get("spoke", states_that_spoke))

    def leave_out(self):
        super().leave_out()
        leave_out_states(self, "state")


def by_name(codes):
    """The options of some States, in the order of their names."""
    named = ((code, country_name(code)) for code in codes)
    return sorted(named, key=lambda state: place_in_a_list(state[1]))


def leave_out_states(form, *names):
    """Nobody is asked for a State, or how it voted, where the record knows of none."""
    if len(form.fields["state"].choices) == 1:
        for name in names:
            if name not in form.data:
                del form.fields[name]
