"""What was said as a list, the newest first."""

from advocacy.models import Statement
from advocacy.public.forms import StatementFilterForm
from advocacy.public.recorded_list import RecordedList


class StatementList(RecordedList):
    """The statements in force, each with what it says to the asks."""

    filter_form = StatementFilterForm
    model = Statement
    searched_in = ["quote", "point", "forum", "office"]

    def narrow(self, statements, *, issue=None, state="", stance=""):
        if issue:
            statements = statements.bearing_on(issue.asks)
        if state:
            statements = statements.of_state(state)
        return statements.with_stance(stance) if stance else statements

    def shown(self, statements):
        return {"statements": statements}
