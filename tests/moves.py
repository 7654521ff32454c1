"""Changes of the record in any order, for tests of what must hold after all of them."""

from datetime import date

from django.core.exceptions import ValidationError
from hypothesis import strategies as st

from advocacy.models import Channel
from advocacy.models.vocabulary import RECORDED
from tests.factories import record, record_look, submit

DAYS = st.dates(date(2024, 6, 1), date(2026, 11, 1))
RESPONSE = st.tuples(st.just("response"), st.sampled_from(RECORDED), DAYS)
LOOK = st.tuples(st.just("look"), DAYS)
CORRECTION = st.tuples(st.just("correct"), st.sampled_from(RECORDED), DAYS)
ASKED = st.tuples(st.just("ask"), DAYS, st.sampled_from(Channel.values))
TAKEN_BACK = st.tuples(st.just("take back"), DAYS, st.booleans())
LISTED = st.tuples(st.just("list"), DAYS)
PAUSE = st.tuples(st.just("pause"), DAYS)


def play(action, by, move):
    """One change of the record or of the ask; what the vocabulary refuses changes nothing."""
    kind, *values = move
    try:
        if kind == "response":
            record(action, values[0], by=by, happened_on=values[1], transition_reason="So.")
        elif kind == "look":
            record_look(action, values[0], by=by)
        elif kind == "correct" and (wrong := action.updates.filter(correction=None).first()):
            record(
                action,
                values[0],
                by=by,
                happened_on=values[1],
                transition_reason="So.",
                corrects=wrong,
                correction_reason="A slip.",
            )
        elif kind == "ask":
            submit(action, values[0], values[1], by=by)
        elif kind == "take back" and (wrong := action.submissions.in_force().first()):
            submit(
                action,
                values[0],
                by=by,
                took_place=values[1],
                corrects=wrong,
                correction_reason="A slip.",
            )
        elif kind == "list":
            action.listed_on = values[0]
            action.save()
        elif kind == "pause":
            action.paused_on, action.pause_reason = values[0], "A pause."
            action.save()
    except ValidationError:
        pass
