"""What was decided as a list, the newest first."""

from advocacy.models import Ballot, Decision
from advocacy.public.forms import DecisionFilterForm
from advocacy.public.recorded_list import RecordedList


class DecisionList(RecordedList):
    """The decisions in force; narrowed to a State, each with how it voted."""

    filter_form = DecisionFilterForm
    model = Decision
    searched_in = ["title", "symbol", "draft_symbol"]

    def narrow(self, decisions, *, issue=None, body=None, outcome="", state="", voted=""):
        """Of a State, those it voted on or had sponsored; with a vote, those it voted on so."""
        if issue:
            decisions = decisions.about(issue)
        if body:
            decisions = decisions.filter(body=body)
        if outcome:
            decisions = decisions.filter(outcome=outcome)
        if voted:
            cast = Ballot.objects.filter(vote=voted, **({"state": state} if state else {}))
            return decisions.filter(pk__in=cast.values("decision"))
        return decisions.voted(state) | decisions.sponsored_by(state) if state else decisions

    def fetch(self):
        return Decision.objects.select_related("body")

    def shown(self, decisions):
        state = self.filters.filters.get("state")
        cast = Ballot.objects.filter(state=state, decision__in=decisions) if state else []
        ballots = {ballot.decision_id: ballot for ballot in cast}
        return {"decisions": [(decision, ballots.get(decision.pk)) for decision in decisions]}
