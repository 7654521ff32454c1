"""What decisions and statements say beside their columns."""

from typing import Any

from django.utils.translation import override

from advocacy.as_data import shapes
from advocacy.as_data.told import Told, cited


def of_decision(decision: Any, told: Told) -> shapes.OfDecision:
    label = {}
    for language in told.languages:
        with override(language):
            label[language] = decision.label
    return {
        "recorded_at": decision.recorded_at.isoformat(),
        "corrected_by": decision.correction.slug if decision.is_corrected else None,
        "label": label,
        "votes": {ballot.state: ballot.vote for ballot in decision.ballots.all()},
        "rests_on_reports": decision.rests_on_reports,
        "are_seats_checked": decision.are_seats_checked,
        "cited": cited(decision),
    }


def of_statement(statement: Any, _told: Told) -> shapes.OfStatement:
    return {
        "recorded_at": statement.recorded_at.isoformat(),
        "corrected_by": statement.correction.slug if statement.is_corrected else None,
        "rests_on_copies": statement.rests_on_copies,
        "cited": cited(statement),
    }


def of_stance(stance: Any, _told: Told) -> shapes.OfStance:
    return {
        "recorded_at": stance.recorded_at.isoformat(),
        "is_support": stance.is_support,
        "is_in_force": stance.statement.counts,
    }


def of_paragraph(paragraph: Any, _told: Told) -> shapes.OfDecisionParagraph:
    return {
        "recorded_at": paragraph.recorded_at.isoformat(),
        "is_in_force": paragraph.decision.counts,
    }
