"""What was said as a list, the newest first."""

from advocacy.models import Statement
from advocacy.public.forms import StatementFilterForm
from advocacy.public.lists import FilteredList


class StatementList(FilteredList):
    """The statements in force, each with what it says to the asks."""

    filter_form = StatementFilterForm
    per_page = 50

    def matches(self):
        return narrowed(Statement.objects.in_force(self.day), **self.filters.filters).order_by()

    def sort(self, statements):
        return statements.newest_first()

    def fetch(self):
        return Statement.objects.with_related()

    def shown(self, statements):
        return {"statements": statements}


def narrowed(statements, *, issue=None, state="", stance=""):
    """The statements that match the filters."""
    if issue:
        statements = statements.bearing_on(issue.asks)
    if state:
        statements = statements.of_state(state)
    return statements.with_stance(stance) if stance else statements
