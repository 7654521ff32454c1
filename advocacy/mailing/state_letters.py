"""The letter that tells followers of a State how it voted and what it said."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext

from advocacy.mailing.writing import Letter, letter_in, page_of
from advocacy.models import Decision, Site, Source, Statement, ToldOfState, country_name
from advocacy.models.dates import written_day


class StateChange(NamedTuple):
    """What a letter says of one decision or statement."""

    headline: str
    lines: list[str]
    correction: str
    caution: str
    sources: list[Source]
    address: str


def state_letter(told: Sequence[ToldOfState], reader: str) -> Letter:
    """What a mailing about States says to those who follow these, in one language."""

    def context() -> dict[str, Any]:
        return {
            "subject": subject_of(told),
            "changes": [change_of(news.row, states, reader) for news, states in told],
        }

    return letter_in(reader, "states", context)


def subject_of(told: Sequence[ToldOfState]) -> str:
    states = {code for _news, codes in told for code in codes}
    if len(told) == 1 and len(states) == 1:
        row = told[0].news.row
        words = {"state": country_name(states.pop()), "what": title_of(row)}
        if isinstance(row, Decision):
            return gettext("%(state)s: its vote on %(what)s") % words
        return gettext("%(state)s: what it said, %(what)s") % words
    words = {"name": Site.current().name, "number": str(len(told))}
    subject = ngettext(
        "%(name)s: %(number)s vote or statement of States that you follow",
        "%(name)s: %(number)s votes or statements of States that you follow",
        len(told),
    )
    return subject % words


def title_of(row: Decision | Statement) -> str:
    if isinstance(row, Decision):
        return row.symbol or row.draft_symbol or row.text_of("title")
    return forum_of(row)


def forum_of(statement: Statement) -> str:
    """Where it was said: in words, before a body, or both."""
    body = statement.forum_body.text_of("name") if statement.forum_body else ""
    return ", ".join(filter(None, [body, statement.text_of("forum")]))


def change_of(row: Decision | Statement, states: Sequence[str], reader: str) -> StateChange:
    """What to say of a row to those who follow these States."""
    if isinstance(row, Decision):
        headline, lines = headline_of_decision(row), votes_in(row, states)
    else:
        headline, lines = headline_of_statement(row), words_in(row)
    correction = ""
    if row.corrects_id:
        said = gettext("This corrects what we recorded before:")
        if not row.took_place:
            said = gettext("What we recorded before never took place:")
            lines = []
        correction = f"{said} {row.text_of('correction_reason')}"
    caution = caution_of(row)
    address = page_of(row, reader)
    return StateChange(headline, lines, correction, caution, row.standing_sources, address)


def caution_of(row: Decision | Statement) -> str:
    """What has to be said wherever a row is shown that no official record is known of."""
    if isinstance(row, Decision):
        said = gettext("No official record of it is among the sources.")
        return said if row.rests_on_reports else ""
    said = gettext("Known from copies alone: nobody here opened the speaker’s own page.")
    return said if row.rests_on_copies else ""


def headline_of_decision(decision: Decision) -> str:
    symbol = decision.symbol or decision.draft_symbol
    title = decision.text_of("title")
    words = {
        "body": decision.body.text_of("name"),
        "day": written_day(decision.decided_on, decision.decided_precision),
        "title": f"{title} ({symbol})" if symbol else title,
        "outcome": decision.label,
    }
    return gettext("%(body)s, %(day)s: “%(title)s” – %(outcome)s") % words


def votes_in(decision: Decision, states: Sequence[str]) -> list[str]:
    """How these States voted; of one that a correction left out, that no vote is on record."""
    votes = {ballot.state: str(ballot.get_vote_display()) for ballot in decision.ballots.all()}
    none = gettext("no vote on record")
    return [f"{country_name(code)}: {votes.get(code, none)}" for code in states]


def headline_of_statement(statement: Statement) -> str:
    codes = [statement.state, *sorted(said.state for said in statement.joined.all())]
    words = {
        "states": ", ".join(country_name(code) for code in codes if code),
        "day": written_day(statement.said_on, statement.said_precision),
        "forum": forum_of(statement),
    }
    return gettext("%(states)s, %(day)s, %(forum)s") % words


def words_in(statement: Statement) -> list[str]:
    lines = [statement.text_of("office")]
    if statement.quote:
        lines.append(f"“{statement.text_of('quote')}”")
    return [*filter(None, lines), *filter(None, [statement.text_of("point")])]
