"""What was decided as a list, the newest first."""

from django.db.models import Q

from advocacy.models import Ballot, Decision, Translation
from advocacy.models.folded import held_by, wanted
from advocacy.public.forms import DecisionFilterForm
from advocacy.public.lists import FilteredList


class DecisionList(FilteredList):
    """The decisions in force; narrowed to a State, each with how it voted."""

    filter_form = DecisionFilterForm
    per_page = 50
    # Symbols and titles are looked for as they were typed.
    search = None

    def matches(self):
        return narrowed(Decision.objects.in_force(self.day), **self.filters.filters).order_by()

    def sort(self, decisions):
        return decisions.newest_first()

    def fetch(self):
        return Decision.objects.with_related()

    def shown(self, decisions):
        state = self.filters.filters.get("state")
        cast = Ballot.objects.filter(state=state, decision__in=decisions) if state else []
        ballots = {ballot.decision_id: ballot for ballot in cast}
        return {"decisions": [(decision, ballots.get(decision.pk)) for decision in decisions]}


def narrowed(decisions, *, q="", issue=None, body=None, outcome="", state="", voted=""):
    """The decisions that match the filters; of a State, those it voted on or had sponsored."""
    for word in wanted(q):
        told = Translation.objects.filter(of="decision", field="title")
        told = told.filter(held_by(["text"], word)).values("row")
        named = held_by(["title", "symbol", "draft_symbol"], word)
        decisions = decisions.filter(named | Q(pk__in=told))
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
